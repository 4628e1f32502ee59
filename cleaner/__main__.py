"""`python -m cleaner` is the command `cleaner`."""

from cleaner.cli import app

app()
