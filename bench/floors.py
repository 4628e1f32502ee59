"""Floors for the repairs, measured on the repository's own texts: `python -m bench.floors` pins them anew.

A test fails if a share of what is put right falls below its floor, or a share of what is put wrong rises above its
ceiling. The texts are few: the figures are no measure of quality, they only notice when it falls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from bench import losses, mojibake, notes, repeats, residue
from bench.corpora import ROOT, own_texts
from bench.garbling import LOSSLESS, LOSSY
from bench.quality import SPUN, spun_score_auc
from bench.ranking import share_ranked
from bench.repair import KINDS, share, shearing
from cleaner.fold import converted

FLOORS: Final = ROOT / "tests" / "floors.json"
_PAGES: Final = 30
_LENGTH: Final = 300
_SLACK: Final = 0.005  # for what rounding and a library's new version may change


class Figure(NamedTuple):
    """One figure: the share put right, and the share put wrong without saying so."""

    name: str
    right: float
    wrong: float


def measured() -> Iterator[Figure]:
    """All figures, on the same texts each time."""
    texts = own_texts()
    traditional = [converted(text, "hant") for text in texts]
    counts = shearing(traditional, len(traditional))
    for kind in KINDS:
        right = share(counts, kind, "right", "right guess")
        yield Figure(f"shear: {kind}", right, share(counts, kind, "wrong"))
    yield Figure("shear: characters elsewhere", 1.0, float(counts["elsewhere", "changed"]))
    yield Figure("language model: real above sheared", share_ranked(traditional, 1)[0], 0.0)
    yield from _notes(texts)
    yield from _mojibake(texts)
    yield from _losses(texts)
    yield from _residue(texts)
    yield from _spun(texts)
    yield from _repeats(texts)


def _notes(texts: list[str]) -> Iterator[Figure]:
    pools: tuple[notes.Pool, ...] = ("traditional", "everyday", "single glyphs")
    for pool in pools:
        for extent in notes.EXTENTS:
            pages = [converted(text, "hant") for text in texts] if pool == "traditional" else texts
            figures = notes.measure(pages, pool, extent)
            inserted = max(figures.inserted, 1)
            yield Figure(f"notes: {pool}, {extent}", figures.removed / inserted, figures.wrong / inserted)


def _mojibake(texts: list[str]) -> Iterator[Figure]:
    sample = [text[:_LENGTH] for text in texts[5:_PAGES:6]]
    for kind, garble in {**LOSSLESS, **LOSSY}.items():
        pages = [converted(text, "hant") for text in sample] if kind.startswith("big5") else sample
        result = mojibake.outcomes(pages, kind, garble, whole=True)
        yield Figure(f"mojibake: {kind}", result.restored / result.total, result.wrong / result.total)


def _losses(texts: list[str]) -> Iterator[Figure]:
    for kind, counts in losses.figures(texts).items():
        if total := counts["right"] + counts["left"] + counts["wrong"]:
            yield Figure(f"losses: {kind}", counts["right"] / total, counts["wrong"] / total)


def _residue(texts: list[str]) -> Iterator[Figure]:
    for kind in residue.KINDS:
        counts = residue.figures(kind, texts)
        if total := counts["right"] + counts["left"] + counts["wrong"]:
            yield Figure(f"residue: {kind}", counts["right"] / total, (counts["wrong"] + counts["harm"]) / total)


def _spun(texts: list[str]) -> Iterator[Figure]:
    long = [text for text in texts if len(text) >= _LENGTH]
    for kind, spin in SPUN.items():
        if not kind.startswith("parts"):  # of which the score sees nothing
            yield Figure(f"spun above clean: {kind}", spun_score_auc(long, spin), 0.0)


def _repeats(texts: list[str]) -> Iterator[Figure]:
    for kind in repeats.KINDS:
        counts = repeats.figures(kind, texts)
        again = counts["found"] + counts["flagged"] + counts["missed"]
        right = counts["found"] / again if again else 1.0
        yield Figure(f"repeats: {kind}", right, counts["wrong"] / max(counts["others"], 1))


def pinned() -> dict[str, dict[str, float]]:
    """The floor and the ceiling of each figure: `{name: {"right": floor, "wrong": ceiling}}`."""
    floors: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8"))
    return floors


def main() -> None:
    floors = {
        figure.name: {
            "right": round(max(figure.right - _SLACK, 0), 3),
            "wrong": round(figure.wrong + _SLACK, 3) if figure.wrong else 0.0,
        }
        for figure in measured()
    }
    FLOORS.write_text(json.dumps(floors, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(floors)} figures pinned in {FLOORS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
