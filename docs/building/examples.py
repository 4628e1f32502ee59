"""Examples on pages: a text, and what cleaning makes of it. They are cleaned whenever the pages are made.

A page shows one as a fenced block of the kind `{example}`: the text, a line with an arrow, and what comes out, or
`→ stays` for a text that comes out as it went in. `:rules:` in its first line names the rules whose edits it shows.
What isn't so is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from cleaner import marks
from cleaner.document import Document
from cleaner.pipeline import Cleaner
from docs.building.edited import Piece, pieces

_ARROW: Final = "→"
_STAYS: Final = "→ stays"
_RULES: Final = ":rules:"


class ExampleError(Exception):
    """An example that doesn't come out as its page says, or cannot be read."""


class Example(NamedTuple):
    """A text, what a page says becomes of it, and by which rules, each named once, in alphabetical order."""

    source: str
    result: str
    rules: tuple[str, ...]


def parsed(text: str) -> Example:
    """The example that a fenced block holds; raises `ExampleError` for one that cannot be read."""
    lines = text.removesuffix("\n").split("\n")
    rules: tuple[str, ...] = ()
    if lines[0].startswith(_RULES):
        rules = tuple(sorted(name.strip() for name in lines.pop(0).removeprefix(_RULES).split(",")))
    if lines[-1] == _STAYS:
        source = result = "\n".join(lines[:-1])
    elif lines.count(_ARROW) == 1:
        source, result = "\n".join(lines).split(f"\n{_ARROW}\n")
    else:
        raise ExampleError(f"an example is a text, a line with {_ARROW}, and what comes out, or ends in “{_STAYS}”")
    return Example(f"{source}\n", f"{result}\n", rules)


def checked(example: Example, cleaner: Cleaner) -> Document:
    """The cleaned document of an example; raises `ExampleError` unless the page says what comes out."""
    document = cleaner.clean(example.source)
    rules = tuple(sorted({edit.rule for edit in document.edits}))
    if document.text != example.result:
        raise ExampleError(
            f"comes out as {document.text!r}, not {example.result!r}, by {', '.join(rules) or 'no rule'}"
        )
    if rules != example.rules:
        raise ExampleError(f"the rules are {', '.join(rules) or 'none'}, not {', '.join(example.rules) or 'none'}")
    return document


def shown(document: Document) -> str:
    """An element with the source, every edit in its place as in a report, and below it which rule made it and why."""
    whole = Markup("").join(map(_shown, pieces(document)))
    told = Markup("").join(
        Markup("<li><code>{}</code> {}</li>").format(edit.rule, _seen(edit.why)) for edit in _reasons(document)
    )
    notes = Markup("<ul>{}</ul>").format(told) if told else Markup("<p>No rule touches it.</p>")
    return Markup('<div class="example"><div class="source" lang="zh">{}</div>{}</div>').format(whole, notes)


def _shown(piece: Piece) -> Markup:
    if piece.edit is None:
        return _seen(piece.old)
    if piece.edit.is_flag:
        return Markup("<mark>{}</mark>").format(_seen(piece.old))
    new = Markup("<ins>{}</ins>").format(_seen(piece.edit.new)) if piece.edit.new else Markup("")
    changed = Markup("<del>{}</del>{}").format(_seen(piece.old), new)
    return Markup("<mark>{}</mark>").format(changed) if piece.edit.is_doubtful else changed


class _Reason(NamedTuple):
    rule: str
    why: str


def _reasons(document: Document) -> Iterator[_Reason]:
    """Each rule with the reason of its first edit."""
    told = set()
    for edit in document.edits:
        if edit.rule not in told:
            told.add(edit.rule)
            yield _Reason(edit.rule, edit.why)


def _seen(text: str) -> Markup:
    """Text as HTML, with a mark for each character that would not be seen."""
    return escape(marks.marked(text))
