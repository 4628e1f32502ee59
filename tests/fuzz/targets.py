"""What is done with any bytes: decoded, read as a page, cleaned as a text. Each target checks all that holds of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.extract import extract
from tests.fuzz.invariants import check_cleaned, check_decoded, check_document, check_settled, cleaner


def decoding(data: bytes) -> None:
    """Bytes become text that gives the bytes back, or are refused as no text."""
    try:
        decoded = decode(data)
    except InputError:
        return
    check_decoded(data, decoded)


def extracting(data: bytes) -> None:
    """A page becomes a document of which every edit says why."""
    check_document(extract(data.decode("utf-8", "surrogateescape")))


def cleaning(data: bytes) -> None:
    """A text is cleaned by all rules, and comes to rest."""
    check_settled(check_cleaned(cleaner().clean(data.decode("utf-8", "surrogateescape"))))


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {"decode": decoding, "extract": extracting, "clean": cleaning}
