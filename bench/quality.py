"""What the figures of quality say of clean text, how well `spun` tells spun text from it, and what they cost.

AUC: the chance that a spun text scores above a clean one, .5 for a guess. Beside the share of known runs, which
`spun` is made from, stand other measures of the same language model on the same texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from time import perf_counter
from typing import Final, NamedTuple

import numpy as np

from bench.contests import parts
from bench.corpora import own_texts, texts
from bench.many_rules import chain_seconds
from bench.spinning import any_words, like_words, other_order
from cleaner.document import Document
from cleaner.fold import codes, converted
from cleaner.language import is_hanzi, load
from cleaner.pipeline import Cleaner
from cleaner.quality import figures, runs
from cleaner.quality.kinds import kinds

CLEAN: Final = ("news_hans", "laws_hant", "web_hant_dirty", "own")
EVERY: Final = 25
SPUN: Final[Mapping[str, Callable[[str, Random], str]]] = {
    "any other words, 20 %": lambda text, random: any_words(text, 0.2, random),
    "any other words, 40 %": lambda text, random: any_words(text, 0.4, random),
    "any other words, all": lambda text, random: any_words(text, 1, random),
    "words as frequent, 20 %": lambda text, random: like_words(text, 0.2, random),
    "words as frequent, 40 %": lambda text, random: like_words(text, 0.4, random),
    "words as frequent, all": lambda text, random: like_words(text, 1, random),
    "parts in another order": other_order,
}
_SENTENCE: Final = re.compile("[^。！？!?\n]{10,}")
_UNLIKELY: Final = -6.5  # mean log-probability of a sentence that is hardly Chinese
_LENGTH: Final = 4_000  # characters of a text that the other measures look at: they are slow
_PERCENTILES: Final = (1, 5, 25, 50, 75, 95, 99)
_ROUNDS: Final = 5


class Measures(NamedTuple):
    """What several measures say of a text; the higher, the more spun."""

    spun: float
    unknown: float
    mean: float
    unlikely: float


def measures(text: str) -> Measures:
    """All measures of one text."""
    text = text[:_LENGTH]
    points = codes(text)
    seen = runs.known(runs.windows(points), kinds(points))
    scores, hanzi = load().scores(text), is_hanzi(text)
    sentences = [scores[slice(*part.span())][hanzi[slice(*part.span())]] for part in _SENTENCE.finditer(text)]
    unlikely = [sentence.mean() < _UNLIKELY for sentence in sentences if sentence.size]
    return Measures(
        figures(Document.of(text)).spun,
        1 - seen.known / max(seen.runs, 1),
        -float(scores[hanzi].mean()) if hanzi.any() else 0.0,
        float(np.mean(unlikely)) if unlikely else 0.0,
    )


def auc(clean: Sequence[float], spun: Sequence[float]) -> float:
    """The chance that one of `spun` is above one of `clean`; equal ones count half."""
    ordered = np.sort(clean)
    below = np.searchsorted(ordered, spun, "left") + np.searchsorted(ordered, spun, "right")
    return float(below.mean()) / 2 / len(clean)


def sample(name: str) -> list[str]:
    """Texts that count as clean; what is called dirty holds promotion, but written by people."""
    return own_texts() if name == "own" else texts(name, every=EVERY)


def spun_score_auc(clean: Sequence[str], spin: Callable[[str, Random], str]) -> float:
    """AUC of `spun` on the texts and the same texts spun."""
    random = Random(1)
    scores = [figures(Document.of(text)).spun for text in clean]
    return auc(scores, [figures(Document.of(spin(text, random))).spun for text in clean])


def show_percentiles(name: str, pages: list[str]) -> None:
    found = [figures(Document.of(page)) for page in pages]
    print(f"{name}: {len(pages)} texts; percentiles {_PERCENTILES}")
    for figure in ("spun", "repetition", "end_marks", "han"):
        values = np.percentile([getattr(quality, figure) for quality in found], _PERCENTILES)
        print(f"  {figure:<12}" + "".join(f"{value:7.3f}" for value in values))
    known = np.percentile([1 - measures(page).unknown for page in pages], _PERCENTILES)
    print(f"  {'known runs':<12}" + "".join(f"{value:7.3f}" for value in known))


def show_ranking(corpora: Mapping[str, list[str]]) -> None:
    random = Random(1)
    clean = {name: [measures(page) for page in pages] for name, pages in corpora.items()}
    print(f"AUC of spun above clean text: all corpora together, then the score in {', '.join(corpora)}")
    print(f"  {'':<26}" + "".join(f"{field:>10}" for field in Measures._fields))
    for kind, spin in SPUN.items():
        spun = {name: [measures(spin(page, random)) for page in pages] for name, pages in corpora.items()}
        together = [
            auc(
                [each[at] for name in clean for each in clean[name]], [each[at] for name in spun for each in spun[name]]
            )
            for at in range(len(Measures._fields))
        ]
        apart = [auc([each.spun for each in clean[name]], [each.spun for each in spun[name]]) for name in corpora]
        median = float(np.median([each.spun for name in spun for each in spun[name]]))
        known = [float(np.median([1 - each.unknown for each in spun[name]])) for name in corpora]
        print(
            f"  {kind:<26}" + "".join(f"{value:10.3f}" for value in together)
            + "   " + " ".join(f"{value:.3f}" for value in apart) + f"   median score {median:.3f}"
            + "   known " + " ".join(f"{value:.2f}" for value in known)
        )  # fmt: skip


def show_cost() -> None:
    cleaner = Cleaner()
    for name in ("news_hans", "wechat_hans_dirty"):
        rehearsal, pages = parts(texts(name, every=5), 1)
        if not pages:
            continue
        chain_seconds(cleaner, rehearsal)
        chain = chain_seconds(cleaner, pages)  # at once, for lines that were seen are remembered
        documents = [cleaner.clean(page) for page in pages]
        alone = min(_seconds(documents) for _ in range(_ROUNDS))
        print(
            f"{name}: {alone / len(pages) * 1e6:.0f} µs a text, "
            f"{alone / sum(len(page.encode('utf-8')) for page in pages) * 1e9:.1f} ms a MB: "
            f"{alone / chain:.1%} of the chain"
        )


def _seconds(documents: list[Document]) -> float:
    start = perf_counter()
    for document in documents:
        figures(document)
    return perf_counter() - start


def main() -> None:
    corpora = {name: pages for name in CLEAN if (pages := sample(name))}
    for name, pages in corpora.items():
        show_percentiles(name, pages)
        simplified = [converted(page, "hans") for page in pages]
        moved = max(
            abs(figures(Document.of(page)).spun - figures(Document.of(other)).spun)
            for page, other in zip(pages, simplified, strict=True)
        )
        print(f"  spun moves by {moved:.3f} at most when the script is converted")
    show_ranking(corpora)
    show_cost()


if __name__ == "__main__":
    main()
