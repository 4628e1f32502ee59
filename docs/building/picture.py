"""A picture of a report for the README: `python -m docs.building.picture` draws `docs/report.svg`.

It shows the report on a seed as its page does, in the fonts of whoever looks at it: each character has a place of its
own, so that nothing moves if a font is wider than another. Next: `edited`, whose pieces it shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import escape

import cleaner
from cleaner.document import Document, Edit
from cleaner.pipeline import Cleaner
from cleaner.report.facts import facts
from cleaner.report.marking import HUES, classes_of
from docs.building.edited import Piece, pieces

ROOT: Final = Path(__file__).parents[2]
PICTURE: Final = ROOT / "docs" / "report.svg"
SEED: Final = ROOT / "seeds" / "004_44b2adcac121026c.txt"
_SHOWN: Final = ("repeats/caption", "shear/guess", "shear/run")  # an excerpt around the first edit of each
_BEFORE, _BEHIND = 14, 28  # characters of the text around it

_WIDTH: Final = 860
_MARGIN: Final = 28
_HANZI, _LETTER = 17, 9  # places of characters of 16 pixels
_LINE: Final = 32

_SMALL: Final = 18
_REASON: Final = 100  # characters of a reason that fit into a line
_COLOURS: Final = re.compile(r"--h(?P<number>\d): (?P<colour>#[0-9a-f]{6});")  # light ones, then dark ones
_STYLES: Final = Path(cleaner.__file__).parent / "report" / "templates" / "document.css"
_FONTS: Final = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'PingFang TC', 'Microsoft YaHei', 'Microsoft JhengHei', "
    "'Noto Sans CJK SC', 'Noto Sans CJK TC', sans-serif"
)


class _Run(NamedTuple):
    """Characters of one form on one line: where each begins, where the last ends, and the line's base."""

    form: str
    hue: int | None
    text: str
    places: tuple[int, ...]
    end: int
    base: int


@dataclass
class _Pen:
    """Where the next character goes, and what has been written."""

    base: int
    x: int = _MARGIN
    runs: list[_Run] = field(default_factory=list)

    def write(self, text: str, form: str, hue: int | None) -> None:
        """Write a text, in lines as they are full."""
        letters: list[tuple[str, int]] = []
        for letter in text:
            width = _width(letter)
            if self.x + width > _WIDTH - _MARGIN:
                self._keep(letters, form, hue)
                letters = []
                self.x, self.base = _MARGIN, self.base + _LINE
            letters.append((letter, self.x))
            self.x += width
        self._keep(letters, form, hue)

    def _keep(self, letters: Sequence[tuple[str, int]], form: str, hue: int | None) -> None:
        if letters:
            text = "".join(letter for letter, _ in letters)
            self.runs.append(_Run(form, hue, text, tuple(place for _, place in letters), self.x, self.base))

    def skip(self) -> None:
        """Begin a paragraph."""
        self.x, self.base = _MARGIN, self.base + _LINE + _LINE // 2


def _width(letter: str) -> int:
    is_wide = unicodedata.east_asian_width(letter) in "WF" or letter == "…" or "①" <= letter <= "⓿"
    return _HANZI if is_wide else _LETTER


def drawn(by: Cleaner) -> str:
    """The picture as SVG; `by` is a cleaner with the shipped rules."""
    document = by.clean(SEED.read_text("utf-8"), name=SEED.name)
    excerpts = list(_excerpts(document))
    classes = classes_of(edit.kind for edit in document.edits)
    shown = {piece.edit.kind for excerpt in excerpts for piece in excerpt.pieces if piece.edit}
    hues = {kind: classes[kind] % HUES for kind in sorted(shown)}
    pen = _Pen(base=_MARGIN + 140)
    for excerpt in excerpts:
        for piece in excerpt.pieces:
            _write(pen, piece, hues)
        pen.skip()
    bottom = pen.base - _LINE
    told = list(_reasons([excerpt.edit for excerpt in excerpts], bottom + _LINE))
    body = [
        *_head(document),
        *_legend(hues),
        *_frame(bottom),
        *(line for run in pen.runs for line in _svg(run)),
        *told,
    ]
    height = bottom + _LINE + len(told) * _SMALL + _MARGIN // 2
    return "\n".join([*_opening(height, document), *body, "</svg>", ""])


class _Excerpt(NamedTuple):
    """Pieces of one line, and which of them the excerpt is about."""

    pieces: tuple[Piece, ...]
    edit: Edit


def _excerpts(document: Document) -> Iterator[_Excerpt]:
    """An excerpt around the first edit of each rule that is shown."""
    whole = list(pieces(document))
    for rule in _SHOWN:
        at, edit = next((at, piece.edit) for at, piece in enumerate(whole) if piece.edit and piece.edit.rule == rule)
        before = list(_until(reversed(whole[:at]), _BEFORE, last=-1))
        yield _Excerpt((*reversed(before), whole[at], *_until(whole[at + 1 :], _BEHIND, last=1)), edit)


def _until(walked: Iterable[Piece], letters: int, *, last: int) -> Iterator[Piece]:
    """Pieces up to the end of the line, or with so many letters of the text, cut short; backwards for `last` -1."""
    for piece in walked:
        if piece.edit:
            yield piece
            continue
        line = piece.old.rpartition("\n")[2] if last < 0 else piece.old.partition("\n")[0]
        if len(line) > letters:
            yield Piece(piece.start, f"…{line[-letters:]}" if last < 0 else f"{line[:letters]}…")
            return
        yield Piece(piece.start, line)
        letters -= len(line)
        if line != piece.old:
            return


def _write(pen: _Pen, piece: Piece, hues: Mapping[str, int]) -> None:
    if piece.edit is None:
        pen.write(piece.old, "text", None)
        return
    hue = hues[piece.edit.kind]
    doubt = " doubt" if piece.edit.is_doubtful else ""
    pen.write(piece.old, "flag" if piece.edit.is_flag else f"gone{doubt}", hue)
    if not piece.edit.is_flag and piece.edit.new:
        pen.write(piece.edit.new, f"new{doubt}", hue)


# --- SVG --------------------------------------------------------------------------------------------------------


def _opening(height: int, document: Document) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
    yield 'role="img" aria-labelledby="title about">'
    yield f'<title id="title">The report on {escape(document.name)}</title>'
    yield (
        '<desc id="about">Lines of a scraped page with what cleaning did: what was removed is struck through, what was '
        "put in is boxed, what is doubtful is underlined, each in the colour of its kind.</desc>"
    )
    yield from ("<style>", *_style(), "</style>")
    yield f'<rect class="page" x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1}" rx="10"/>'


def _style() -> Iterator[str]:
    """Light and dark, as whoever looks at it likes."""
    yield f"text {{ font: 16px {_FONTS}; fill: var(--ink); white-space: pre; }}"
    yield from (":root {", "--ink: #1d1d1f; --paper: #ffffff; --line: #c8c8cc; --faint: #5a5a60;", *_hues(0), "}")
    yield "@media (prefers-color-scheme: dark) {"
    yield from (":root {", "--ink: #e8e8ea; --paper: #18181b; --line: #48484e; --faint: #a8a8b0;", *_hues(1), "}", "}")
    yield ".page { fill: var(--paper); stroke: var(--line); } .frame { fill: none; stroke: var(--line); }"
    yield ".title { font-size: 19px; font-weight: 600; } .name { font-size: 12px; fill: var(--faint); }"
    yield ".figure { font-weight: 600; } .ground { fill: var(--hue); opacity: .14; } .swatch { fill: var(--hue); }"
    yield ".box { fill: none; stroke: var(--hue); } .wave { fill: none; stroke: var(--hue); stroke-width: 1.5; }"
    yield ".strike { stroke: var(--hue); stroke-width: 1.5; } .put { font-weight: 600; }"
    yield from (f".k{number} {{ --hue: var(--h{number}); }}" for number in range(HUES))


def _hues(scheme: int) -> Iterator[str]:
    """The colours of kinds on the pages of reports, light (0) or dark (1)."""
    found = list(_COLOURS.finditer(_STYLES.read_text("utf-8")))[scheme * HUES : (scheme + 1) * HUES]
    yield " ".join(f"--h{match['number']}: {match['colour']};" for match in found)


def _head(document: Document) -> Iterator[str]:
    """The name, the outcome and the figures, as at the top of a report."""
    told = facts(document)
    yield _text("title", _MARGIN, _MARGIN + 14, f"{document.name}: {told['outcome']}")
    names = {
        "source": "characters in",
        "text": "out",
        "removed": "removed",
        "replaced": "replaced",
        "put_in": "put in",
        "flagged": "flagged",
    }
    for column, (name, label) in enumerate(names.items()):
        x = _MARGIN + 130 * column
        yield _text("name", x, _MARGIN + 40, label)
        yield _text("figure", x, _MARGIN + 60, f"{told['characters'][name]:,}")


def _legend(hues: Mapping[str, int]) -> Iterator[str]:
    """The kinds by their colours, and what the forms mean."""
    base, x = _MARGIN + 92, _MARGIN
    for kind, number in hues.items():
        yield f'<rect class="swatch k{number}" x="{x}" y="{base - 13}" width="6" height="17"/>'
        yield _text("legend", x + 12, base, kind)
        x += 100
    for form, label in (("gone", "removed"), ("new", "put in"), ("flag", "doubtful")):
        pen = _Pen(base, x + 40)
        pen.write(label, form, 0)
        yield from (line for run in pen.runs for line in _svg(run))
        x += 110


def _reasons(edits: Sequence[Edit], base: int) -> Iterator[str]:
    """A line for each edit: its rule, how sure it is, and the beginning of its reason."""
    for number, edit in enumerate(edits):
        sure = f", sure by {edit.confidence:.0%}" if edit.confidence < 1 else ""
        why = edit.why if len(edit.why) <= _REASON else f"{edit.why[: _REASON - 1]}…"
        yield _text("name", _MARGIN, base + number * _SMALL, f"{edit.rule}{sure}: {why}")


def _frame(bottom: int) -> Iterator[str]:
    top = _MARGIN + 112
    width, height = _WIDTH - 2 * _MARGIN + 24, bottom - top
    yield f'<rect class="frame" x="{_MARGIN - 12}" y="{top}" width="{width}" height="{height}" rx="6"/>'


def _text(form: str, x: int, y: int, text: str) -> str:
    return f'<text class="{form}" x="{x}" y="{y}">{escape(text)}</text>'


def _svg(run: _Run) -> Iterator[str]:
    """The elements of a run: its ground, its characters, and what is drawn over and under them."""
    first, width, base = run.places[0], run.end - run.places[0], run.base
    forms = run.form.split()
    letters = list(_letters(run, "put" if "new" in forms else "plain"))
    if run.hue is None:
        yield from letters
        return
    yield f'<g class="k{run.hue}">'
    yield f'<rect class="ground" x="{first}" y="{base - 17}" width="{width}" height="23"/>'
    yield from letters
    if "gone" in forms:
        yield f'<path class="strike" d="M{first} {base - 5.5}h{width}"/>'
    if "new" in forms:
        yield f'<rect class="box" x="{first + 0.5}" y="{base - 17.5}" width="{width - 1}" height="24" rx="3"/>'
    if "flag" in forms or "doubt" in forms:
        yield f'<path class="wave" d="M{first} {base + 9}{_waves(width)}"/>'
    yield "</g>"


def _letters(run: _Run, form: str) -> Iterator[str]:
    """The characters of a run: hanzi each at its place, words of letters as wide as their places."""
    at = 0
    for is_wide, group in groupby(run.text, key=lambda letter: _width(letter) == _HANZI):
        text = "".join(group)
        x, y = run.places[at], run.base
        if is_wide:
            places = " ".join(map(str, run.places[at : at + len(text)]))
            yield f'<text class="{form}" x="{places}" y="{y}">{escape(text)}</text>'
        else:
            fitted = f' textLength="{_LETTER * len(text)}" lengthAdjust="spacingAndGlyphs"' if len(text) > 1 else ""
            yield f'<text class="{form}" x="{x}" y="{y}"{fitted}>{escape(text)}</text>'
        at += len(text)


def _waves(width: int) -> str:
    return "q2-3 4 0t4 0" + "t4 0" * (width // 4 - 2)


def write() -> None:
    """Draw the picture where the README has it."""
    PICTURE.write_text(drawn(Cleaner()), "utf-8")


if __name__ == "__main__":
    write()
