"""How well main content is told from the rest of Chinese pages; `bench.main_content` has the peers beside it.

`python -m bench.extraction` prints the mean F1 of character 5-grams (multisets; white space and Markdown marks don't
count) on pages whose main content people marked, and pages a second of processor time: of the package as it is, and of
models fitted without the hosts of the pages they are judged on, which is the honest figure. `--write` fits the models
to all pages and writes their weights.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Final

from bench.fitting import cross_validated, fit, folds_of, packed
from bench.marked import Marked, f1, pages, recall
from cleaner.extract import extract
from cleaner.extract.choosing import WEIGHTS, Models, choose, tells_thread
from cleaner.extract.kinds import cues
from cleaner.pipeline import Cleaner

_SHOWN: Final = 6
_WELL, _BADLY = 0.9, 0.8


def show(name: str, found: Sequence[Marked], scores: Sequence[float], more: str = "") -> None:
    """Print the mean F1 of all pages and of each kind, and the worst pages."""
    kinds = {"articles": False, "threads": True}
    means = (
        f"{kind} {fmean(score for page, score in zip(found, scores, strict=True) if page.is_thread == is_thread):.3f}"
        for kind, is_thread in kinds.items()
    )
    worst = sorted(zip(scores, found, strict=True), key=lambda pair: pair[0])[:_SHOWN]
    print(f"{name:<28} F1 {fmean(scores):.3f}   {'   '.join(means)}   {more}")
    print(f"{'':<28} worst: {', '.join(f'{score:.2f} {page.name[:14]}' for score, page in worst)}", flush=True)


def _timed(found: Sequence[Marked], read: Callable[[str], str]) -> tuple[list[float], str]:
    read(found[0].page)
    start = time.process_time()
    texts = [read(page.page) for page in found]
    took = time.process_time() - start
    return [f1(text, page.gold) for text, page in zip(texts, found, strict=True)], f"{len(found) / took:.0f} pages/s"


def held_out(found: Sequence[Marked], *, fitted: Sequence[Models] = (), has_address: bool = True) -> list[str]:
    """What models that were fitted without its host take of each page, with its address or without."""
    chosen = (
        choose(page.view, page.url if has_address else page.view.told.address, models)
        for page, models in zip(found, fitted or cross_validated(found), strict=True)
    )
    return [page.text(choice.kept, are_seen=True) for page, choice in zip(found, chosen, strict=True)]


def show_without_address(found: Sequence[Marked], fitted: Sequence[Models]) -> None:
    """Print the figures of pages whose address nobody told, and how many threads are told all the same."""
    texts = held_out(found, fitted=fitted, has_address=False)
    scores = [f1(text, page.gold) for text, page in zip(texts, found, strict=True)]
    told = [
        tells_thread(models.thread, cues(page.view, page.view.told.address))
        for page, models in zip(found, fitted, strict=True)
    ]
    right = sum(page.is_thread and is_told for page, is_told in zip(found, told, strict=True))
    show("cleaner, and without address", found, scores, f"{right} of {sum(p.is_thread for p in found)} threads told")
    print(f"{'':<28} {sum(told) - right} articles told as threads")


def show_losses(found: Sequence[Marked], texts: Sequence[str]) -> None:
    """Print what is lost of marked text, and of pages that are read badly, how much of it is there to be found."""
    shares = [recall(text, page.gold) for text, page in zip(texts, found, strict=True)]
    print(f"{'':<28} recall {fmean(shares):.3f}; less than 0.9 of {sum(share < _WELL for share in shares)} pages")
    for page, text, share in zip(found, texts, shares, strict=True):
        if f1(text, page.gold) < _BADLY:
            there = recall(page.text(range(len(page.view.blocks.texts))), page.gold)
            why = (
                f"has {there:.2f} of what is marked"
                if there < _WELL
                else f"shows all; {len(page.gold)} letters are marked"
            )
            print(f"{'':<28} {page.name[:14]}: F1 {f1(text, page.gold):.2f}, recall {share:.2f}; the page {why}")


def compare(found: Sequence[Marked]) -> None:
    """Print the figures of the package, and of its text once the whole chain has cleaned it."""
    show("cleaner, as fitted", found, *_timed(found, lambda page: extract(page).text))
    fitted = cross_validated(found)
    texts = held_out(found, fitted=fitted)
    show("cleaner, fitted without host", found, [f1(text, page.gold) for text, page in zip(texts, found, strict=True)])
    show_losses(found, texts)
    show_without_address(found, fitted)
    cleaner = Cleaner()
    show("cleaner, the whole chain", found, *_timed(found, lambda page: cleaner.finished(extract(page)).text))


def main() -> None:
    found = pages()
    if not found:
        return
    if "--write" in sys.argv:
        content = packed(fit(found, folds_of(found)))
        WEIGHTS.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
        return
    compare(found)


if __name__ == "__main__":
    main()
