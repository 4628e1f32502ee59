"""How many of something, in words. Next: `limits`."""

from __future__ import annotations


def amount(number: int, what: str) -> str:
    """A number with the noun that it counts, which is in the singular; its plural ends in s.

    >>> amount(1, "edit"), amount(1200, "document of it")
    ('1 edit', '1,200 documents of it')
    """
    noun, blank, rest = what.partition(" ")
    return f"{number:,} {noun}{'' if number == 1 else 's'}{blank}{rest}"
