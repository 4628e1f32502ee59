"""What a page's document has left out, for tests of it."""

from __future__ import annotations

from cleaner.document import Document


def left_out(page: Document) -> list[tuple[str, str]]:
    """What each block that was left out says, and why it was."""
    return [(edit.old.strip(), edit.why.partition(", in ")[0]) for edit in page.edits]


def reasons(page: Document) -> dict[str, str]:
    """Why each block was left out, by what it says."""
    return dict(left_out(page))
