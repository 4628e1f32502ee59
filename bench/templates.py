"""What `cleaner mine` and `cleaner clean --templates` find in folders of real texts, and how fast the counting is.

Each corpus is a folder of its own. Two are dirty; in two nothing but a link under each item is a site's: there every
template that goes is named. The floor beside the counting is the least it must do: fold, split, and count in a dict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

from bench.corpora import texts
from cleaner.document import Document
from cleaner.fold import fold
from cleaner.pipeline import Cleaner
from cleaner.templates import Counts, groups_of
from cleaner.templates.keys import generalised
from cleaner.units import View
from cleaner.workbench.drafts import drafted
from cleaner.workbench.mining import Miner

LEAST = 5
DIRTY = ("wechat_hans_dirty", "web_hant_dirty")
CLEAN = ("news_hans", "laws_hant")
ROUNDS = 3  # the fastest counts: machines are noisy


class Corpus(NamedTuple):
    """The texts of one folder, repaired, with the groups of each."""

    sources: Sequence[str]
    documents: Sequence[Document]
    groups: Sequence[tuple[str, ...]]

    @property
    def megabytes(self) -> float:
        """UTF-8 of all texts."""
        return sum(len(document.text.encode("utf-8", "replace")) for document in self.documents) / 1e6


def corpus(name: str, cleaner: Cleaner) -> Corpus:
    sources = texts(name)
    documents = [cleaner.repaired(text, name=f"{number}.txt") for number, text in enumerate(sources)]
    return Corpus(sources, documents, [groups_of("a.txt", text) for text in sources])


def counted(pages: Corpus) -> Counts:
    counts = Counts(LEAST)
    for document, groups in zip(pages.documents, pages.groups, strict=True):
        counts.add(View(document.text), groups)
    return counts


def floor(pages: Corpus) -> dict[str, int]:
    counts: dict[str, int] = {}
    for document in pages.documents:
        for line in set(fold(document.text).split("\n")):
            counts[line] = counts.get(line, 0) + 1
    return counts


def mining(pages: Corpus, counts: Counts, cleaner: Cleaner) -> str:
    """How many templates and rules there are."""
    miner = Miner(counts, cleaner.rules)
    for document, groups in zip(pages.documents, pages.groups, strict=True):
        miner.add(document, groups)
    drafts = drafted(miner.templates(), cleaner.rules, "site")
    rules = [draft.table for draft in drafts if draft.table]
    flags = sum(bool(table.get("flag")) for table in rules)
    spans = sum(table["scope"] == "span" for table in rules)
    return f"{len(drafts)} shared, {len(rules)} rules: {len(rules) - flags} remove, {flags} flag; {spans} of spans"


def cleaning(pages: Corpus, counts: Counts, cleaner: Cleaner, *, named: bool) -> str:
    """How many documents and letters the templates layer touches; with `named`, each line that goes."""
    knowing = cleaner.knowing(counts)
    touched = letters = flagged = unsettled = broken = 0
    gone: Counter[str] = Counter()
    for text, groups in zip(pages.sources, pages.groups, strict=True):
        document = knowing.clean(text, groups=groups)
        edits = [edit for edit in document.edits if edit.kind == "templates"]
        gone.update(generalised(fold(edit.old).strip()) for edit in edits if not edit.is_flag)
        touched += any(not edit.is_flag for edit in edits)
        flagged += any(edit.is_flag for edit in edits)
        letters += sum(len(edit.old) for edit in edits if not edit.is_flag)
        broken += document.rebuilt() != text
        again = [edit for edit in knowing.clean(document.text, groups=groups).edits if edit.kind == "templates"]
        unsettled += any(not edit.is_flag for edit in again)
    total = len(pages.sources)
    lines = [
        f"removed in {touched} of {total} documents ({touched / total:.1%}), {letters} letters; flagged in {flagged}; "
        f"{unsettled} not settled after one run, {broken} not rebuilt"
    ]
    if named:
        lines += [f"    {count} × {line}" for line, count in gone.most_common(20)]
    return "\n".join(lines)


def seconds(work: Callable[[Corpus], object], pages: Corpus) -> float:
    start = perf_counter()
    work(pages)
    return perf_counter() - start


def main() -> None:
    cleaner = Cleaner()
    for name in (*DIRTY, *CLEAN):
        pages = corpus(name, cleaner)
        if not pages.sources:
            continue
        counts = counted(pages)
        speed = pages.megabytes / min(seconds(counted, pages) for _ in range(ROUNDS))
        least = pages.megabytes / min(seconds(floor, pages) for _ in range(ROUNDS))
        print(f"{name}: {len(pages.sources)} documents, {pages.megabytes:.1f} MB, shared by {LEAST} at least")
        print(f"  counting {speed:.1f} MB/s, floor {least:.1f} MB/s: {least / speed:.1f} × the floor")
        print(f"  mine: {mining(pages, counts, cleaner)}")
        print(f"  clean --templates {LEAST}: {cleaning(pages, counts, cleaner, named=name in CLEAN)}")


if __name__ == "__main__":
    main()
