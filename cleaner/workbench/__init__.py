"""What who writes rules works with: what a site shares, drafts, trials, explanations, and what rules do in a run.

Mining goes first (`mining`, `patterns`, `drafts`, `rulefile`), for a run may do it; the rest looks at pages and runs.
"""
