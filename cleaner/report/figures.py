"""The tables and lists of the page on one document, row by row as HTML: of what it has most. Next: `document_pages`.

They are put together here, for a template does it several times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from cleaner.document import Edit
from cleaner.quality import MEANINGS
from cleaner.report.rendering import foreign, seen, told

_QUOTED: Final = 60  # characters of what an edit took or put in that are shown,
_LEEWAY: Final = 5  # and so many more, if that is all


class Like(NamedTuple):
    """What an edit's text is like: a line of this text, or another document; `address` is "" where there is no page."""

    name: str
    line: int
    address: str


class Listed(NamedTuple):
    """An edit as the list of edits shows it: its number, and the line of the source it is in, both from 1."""

    number: int
    line: int
    edit: Edit
    like: Like | None


class Shade(NamedTuple):
    """A kind as the legend shows it: the number of its class, and of its edits."""

    name: str
    number: int
    edits: int


def quality_rows(quality: Mapping[str, object]) -> Markup:
    """The figures of quality, with what they mean."""
    return Markup("".join([f"{before}{quality[figure]}{behind}" for figure, before, behind in _FIGURES]))


_FIGURES: Final = [
    (figure, f'<tr><th scope="row">{figure}</th><td class="number">', f"</td><td>{escape(meaning)}</td></tr>\n")
    for figure, meaning in MEANINGS.items()
]


def rule_rows(rules: Mapping[str, Mapping[str, int]]) -> Markup:
    """What each rule did."""
    return Markup("".join([_rule_row(rule, counts) for rule, counts in rules.items()]))


def _rule_row(rule: str, counts: Mapping[str, int]) -> str:
    numbers = [f'<td class="number">{counts[column]}</td>' for column in _COLUMNS]
    return f'<tr><th scope="row">{foreign(rule)}</th>{"".join(numbers)}</tr>\n'


_COLUMNS: Final = ("edits", "removed", "replaced", "put_in", "flagged", "removed_hanzi")


def shade_items(shades: Iterable[Shade]) -> Markup:
    """The legend of kinds."""
    return Markup("".join([_shade_item(shade) for shade in shades]))


def _shade_item(shade: Shade) -> str:
    kind = f'<span class="kind">{foreign(shade.name)}</span>'
    return f'<li class="k{shade.number}" data-kind="{shade.number}">{kind} {shade.edits}</li>\n'


def edit_items(listed: Iterable[Listed], classes: Mapping[str, int], *, show: Callable[[str], str] = seen) -> Markup:
    """The edits with their reasons; `classes` has the number of each kind, and `show` makes HTML of a piece of text."""
    return Markup("".join([_edit_item(row, classes[row.edit.kind], show) for row in listed]))


def _edit_item(row: Listed, number: int, show: Callable[[str], str]) -> str:
    edit = row.edit
    perhaps = ", perhaps" if edit.is_doubtful else ""
    confidence = f" (confidence {edit.confidence})" if edit.confidence < 1 else ""
    return (
        f'<li id="r{row.number}" class="k{number}"><a href="#e{row.number}">{row.number}</a> '
        f'<span class="kind">{foreign(edit.rule)}</span>, line {row.line}, {_done(edit)}{perhaps}: '
        f'<span lang="zh">{_change(edit, show)}</span> <span class="why">{told(edit.why)}</span>{confidence}'
        f"{_like(row.like) if row.like else ''}</li>\n"
    )


def _done(edit: Edit) -> str:
    return "flagged" if edit.is_flag else "replaced" if edit.new else "removed"


def _change(edit: Edit, show: Callable[[str], str]) -> str:
    old = show(_quoted(edit.old))
    if edit.is_flag:
        return f"<mark>{old}</mark>"
    return f"<del>{old}</del> <ins>{show(_quoted(edit.new))}</ins>" if edit.new else f"<del>{old}</del>"


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTED + _LEEWAY else f"{text[: _QUOTED - 1]}…"


def _like(like: Like) -> str:
    """What an edit's text is like, behind the edit."""
    what = f"line {like.line}" if like.line else foreign(like.name)
    return f', like <a href="{escape(like.address)}">{what}</a>' if like.line or like.address else f", like {what}"
