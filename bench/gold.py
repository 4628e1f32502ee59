"""What cleaning takes of real pages, line by line, beside what readers said should go: `tests/gold.json`.

Readers labelled every piece of the pages: keep, drop, or either where sensible people differ. A piece is a line, or
part of one where a scraper ran blocks together. The file holds names, labels and digests, no text; pages come from
the corpora. Run as a script it prints the figures by corpus, and what went wrong with `--wrong`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.corpora import ROOT, page_texts, records
from cleaner.document import Document
from cleaner.fates import REMOVED, fates_of
from cleaner.pipeline import Cleaner

LABELS: Final = ROOT / "tests" / "gold.json"
KEEP, DROP, EITHER = "kde"
_DIGITS: Final = 6  # of the digest that stands for a piece
_GONE: Final = 0.1  # share of its letters that may be left of a piece that went
_DIVIDER: Final = "*\\-－—=_~"
_CUT: Final = re.compile(
    r"(?P<block>\n|(?:</(?:p|div|figure|figcaption|li|h[1-6]|blockquote|ul|ol|table|tr)>|<br[^<>]*>)+(?=.))"
    rf"|(?<![{_DIVIDER}])(?=[{_DIVIDER}]{{5,}})|(?<=[{_DIVIDER}]{{5}})(?![{_DIVIDER}])"
    r"|(?P<link>(?<=[!-~])(?=[\u3000-\u303f\u3400-\u9fff]))"
)
_LINK_BEFORE: Final = re.compile(r"https?://[!-~]+$")
_REACH: Final = 400  # characters a link may have
_UNSEEN: Final = re.compile(r"<[^<>]*>|(?<=\])\([^()\s]*(?: \"[^\"]*\")?\)|https?://[!-~]+|data-[!-~]+")
_LETTER: Final = re.compile(r"\w")


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each piece of a text that holds more than blanks, line ends and closing tags included."""
    start = 0
    for cut in _CUT.finditer(text):
        before = text[max(start, cut.start() - _REACH) : cut.start()]
        is_inside = not before.strip() or "](" in before
        if cut["block"] is None and (is_inside or (cut["link"] is not None and not _LINK_BEFORE.search(before))):
            continue
        if text[start : cut.end()].strip():
            yield start, cut.end()
        start = cut.end()
    if text[start:].strip():
        yield start, len(text)


def digest(piece: str) -> str:
    """What the labels know a piece by."""
    return sha256(piece.strip().encode()).hexdigest()[:_DIGITS]


def labelled() -> Iterator[tuple[str, str, list[tuple[int, int, str]]]]:
    """(name, text, [(start, end, label)]) of each labelled page that is there; pieces that changed are left out."""
    labels = json.loads(LABELS.read_text("utf-8"))
    for name, text in [*records("wechat_hans_dirty"), *records("web_hant_dirty"), *page_texts()]:
        if name in labels:
            known = defaultdict(list)
            digests = labels[name]["digests"]
            for place, label in enumerate(labels[name]["labels"]):
                known[digests[place * _DIGITS : (place + 1) * _DIGITS]].append(label)
            found = ((start, end, known.get(digest(text[start:end]))) for start, end in pieces(text))
            yield name, text, [(start, end, of.pop(0)) for start, end, of in found if of]


def survivors(document: Document) -> NDArray[np.bool_]:
    """For each character of the source whether it, or what replaced it, is in the text; shape (len(source),)."""
    return np.not_equal(fates_of(document).states, REMOVED)


def letters(piece: str) -> NDArray[np.bool_]:
    """Which characters of a piece a reader of its page sees as letters: none of markup and links."""
    seen = np.array([bool(_LETTER.match(letter)) for letter in piece], np.bool_)
    for hidden in _UNSEEN.finditer(piece):
        seen[hidden.start() : hidden.end()] = False
    return seen


class Outcome(NamedTuple):
    """What became of one piece: letters it had, letters left, and whether nothing to speak of is left."""

    label: str
    letters: int
    left: int
    is_gone: bool
    text: str


def outcomes(cleaner: Cleaner, text: str, labels: list[tuple[int, int, str]]) -> Iterator[Outcome]:
    """What cleaning a page does to each of its labelled pieces."""
    survives = survivors(cleaner.clean(text))
    for start, end, label in labels:
        piece = text[start:end]
        seen = letters(piece)
        if not seen.any():
            seen = np.array([not letter.isspace() for letter in piece])
        left = int((seen & survives[start:end]).sum())
        yield Outcome(label, int(seen.sum()), left, left <= _GONE * seen.sum(), piece.strip())


class Figures(NamedTuple):
    """Pieces to drop, those of them that went, letters to keep, those of them that were lost."""

    noise: int
    removed: int
    article: int
    lost: int

    @classmethod
    def of(cls, found: list[Outcome]) -> Figures:
        """The figures of some outcomes."""
        noise = [outcome for outcome in found if outcome.label == DROP]
        article = [outcome for outcome in found if outcome.label == KEEP and _LETTER.search(outcome.text)]
        total = sum(outcome.letters for outcome in article)
        return cls(
            len(noise), sum(outcome.is_gone for outcome in noise), total, total - sum(each.left for each in article)
        )

    def __str__(self) -> str:
        removed, lost = self.removed / max(self.noise, 1), self.lost / max(self.article, 1)
        return (
            f"noise lines removed {removed:7.2%} of {self.noise:5}, article letters lost {lost:7.3%} of {self.article}"
        )


def measured(cleaner: Cleaner) -> Mapping[str, list[Outcome]]:
    """The outcomes of all labelled pages, by name of the page."""
    return {name: list(outcomes(cleaner, text, labels)) for name, text, labels in labelled()}


def print_figures(pages: Mapping[str, list[Outcome]]) -> None:
    """Print the figures by corpus, and of all pages."""
    corpora = sorted({name.partition("/")[0] for name in pages})
    for corpus in [*corpora, "all"]:
        of = [page for name, page in pages.items() if corpus in ("all", name.partition("/")[0])]
        print(f"{corpus:<18} {len(of):4} pages: {Figures.of([outcome for page in of for outcome in page])}")


def print_wrong(pages: Mapping[str, list[Outcome]]) -> None:
    """Print each piece of which letters were lost, and each that should have gone."""
    for name, page in pages.items():
        print(f"##### {name}")
        for place, outcome in enumerate(page):
            if outcome.label == KEEP and outcome.left < outcome.letters:
                print(f"  lost {outcome.letters - outcome.left:5} {place} {outcome.text[:150]!r}")
            elif outcome.label == DROP and not outcome.is_gone:
                print(f"  left {outcome.left:5} {place} {outcome.text[:150]!r}")


def main() -> None:
    pages = measured(Cleaner())
    print_figures(pages)
    if "--wrong" in sys.argv:
        print_wrong(pages)


if __name__ == "__main__":
    main()
