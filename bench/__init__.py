"""Measurements: each module answers one question and prints ratios."""
