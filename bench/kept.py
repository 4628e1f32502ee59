"""What the later layers take of the articles that extraction found.

`python -m bench.kept` prints, for each marked page, F1 and recall of its text as extracted and as cleaned, and for
those that are worse for it, which edits took marked text. Recall is the share of the marked 5-grams that are there,
each counted once, so that a paragraph that a page says twice may go once; F1 counts them as often as they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Final, NamedTuple

from bench.marked import Marked, f1, grams, pages
from cleaner.document import Document, Layer, undone
from cleaner.extract import KIND, extract
from cleaner.pipeline import Cleaner

_SHOWN: Final = 3  # edits of a page, those first that took most


class Kept(NamedTuple):
    """F1 and recall of one page before and after cleaning, and what was taken of its marked text."""

    name: str
    f1: tuple[float, float]
    recall: tuple[float, float]
    taken: tuple[tuple[str, str], ...]  # (rule, text), the longest first

    @property
    def is_worse(self) -> bool:
        """Whether cleaning took marked text, of which F1 knows how often it stands there."""
        return self.recall[1] < self.recall[0] or self.f1[1] < self.f1[0]


def kept(page: Marked, cleaner: Cleaner) -> Kept:
    """What is left of a page's marked text."""
    return kept_of(page.name, page.gold, cleaner.finished(extract(page.page)))


def kept_of(name: str, gold: str, document: Document) -> Kept:
    """What the cleaned document of a page has left of its marked text."""
    marked, later = grams(gold), _after_extraction(document)
    extracted = undone(document.text, later)
    scores = f1(grams(extracted), marked), f1(grams(document.text), marked)
    shares = _recall(extracted, marked), _recall(document.text, marked)
    gone = (grams(extracted) & marked) - grams(document.text)
    return Kept(name, scores, shares, _taken(later, gone))


def _after_extraction(document: Document) -> tuple[Layer, ...]:
    """The layers after the one that leaves blocks out, if anything was left out."""
    is_first = bool(document.layers) and document.layers[0][0].kind == KIND
    return document.layers[1:] if is_first else document.layers


def _recall(text: str, marked: Counter[str]) -> float:
    return len(grams(text).keys() & marked.keys()) / max(len(marked), 1)


def _taken(layers: Sequence[Layer], gone: Counter[str]) -> tuple[tuple[str, str], ...]:
    """The edits of words that are gone."""
    changes = [edit for layer in layers for edit in layer if not edit.is_flag]
    edits = [edit for edit in changes if not gone.keys().isdisjoint(grams(edit.old))]
    return tuple((edit.rule, edit.old) for edit in sorted(edits, key=lambda edit: -len(edit.old)))


def show_kept(found: Sequence[Marked], *, is_whole: bool = False) -> None:
    """Print means, and the pages that lose marked text, or all if `is_whole`."""
    cleaner = Cleaner()
    results = [kept(page, cleaner) for page in found]
    for result in results:
        if is_whole or result.is_worse:
            print(f"{result.name[:14]:<28} {_told(result.f1, result.recall)}")
            for rule, text in result.taken[:_SHOWN] if result.is_worse else ():
                print(f"{'':<28} {rule}: {text.strip()[:60]!r}")
    scores, shares = (
        (fmean(each[0] for each in pairs), fmean(each[1] for each in pairs))
        for pairs in ([result.f1 for result in results], [result.recall for result in results])
    )
    print(f"{'extracted → cleaned, mean':<28} {_told(scores, shares)}")


def _told(scores: tuple[float, float], shares: tuple[float, float]) -> str:
    return f"F1 {scores[0]:.3f} → {scores[1]:.3f}   of the marked text {shares[0]:.1%} → {shares[1]:.1%} is there"


def main() -> None:
    if found := pages():
        show_kept(found, is_whole=True)


if __name__ == "__main__":
    main()
