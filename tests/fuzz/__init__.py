"""Hostile input by the thousand: `dirt` makes it, `invariants` says what holds of it, `targets` puts both together.

`python -m tests.fuzz TARGET` lets atheris, guided by coverage, look for bytes that break one; see `make fuzz`. `shapes`
are texts of any length that make work.
"""
