"""Near-duplicate documents: nominated by their sketches, confirmed by their shingles, grouped, and decided on.

`bands` cuts signatures, `candidates` finds pairs that may be alike.
"""
