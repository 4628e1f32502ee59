"""What each contender of `python -m bench` does: scripts that `bench/serving.py` runs, each in its own environment."""
