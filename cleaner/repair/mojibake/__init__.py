"""Text that was decoded in the wrong encoding: `finding` decides per run, `redecoding` lists what it may have been."""

from cleaner.repair.mojibake.finding import find

__all__ = ["find"]
