"""How fast the whole chain is, bytes in → text and JSON report as strings, and which layer takes what share.

Processor time counts, and no file is written. The floor beside it is the least any such tool must do: decode,
fold and one pass for all literals of the rules, over the same bytes in the same run. Then what ten times as many
rules cost.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Final

from bench.corpora import texts
from cleaner import pipeline
from cleaner.decode import decode
from cleaner.document import Document
from cleaner.fold import fold
from cleaner.language import load as language_model
from cleaner.pipeline import Cleaner, shipped_rule_files
from cleaner.report import facts, to_json
from cleaner.rules import RuleSet, load
from cleaner.units import View

ROUNDS = 3  # the fastest counts: machines are noisy, even in processor time


def chain_seconds(cleaner: Cleaner, pages: list[bytes]) -> float:
    start = process_time()
    for page in pages:
        decoded = decode(page)
        document = cleaner.clean(decoded.text, encoding=decoded.encoding, lossless=decoded.lossless)
        to_json(facts(document))
    return process_time() - start


def floor_seconds(cleaner: Cleaner, pages: list[bytes]) -> float:
    start = process_time()
    for page in pages:
        cleaner.rules.gate.calls(fold(page.decode("utf-8")).split("\n"))
    return process_time() - start


def layer_seconds(cleaner: Cleaner, pages: list[bytes]) -> dict[str, float]:
    """Seconds by step; what all layers share (fold, lines, literals) counts where it is first asked for."""
    seconds: defaultdict[str, float] = defaultdict(float)
    clock = process_time()

    def lap(name: str) -> None:
        nonlocal clock
        now = process_time()
        seconds[name] += now - clock
        clock = now

    for page in pages:
        clock = process_time()
        text = decode(page).text
        lap("decode")
        document = Document.of(text)
        view = View(text, cleaner.rules.gate)
        for layer in cleaner.layers:
            revised = document.revised(edit for finder in layer.finders for edit in finder(view))
            if revised.text != document.text:
                view = view.revised(revised.text)
            document = revised
            lap(layer.name)
        to_json(facts(document))
        lap("report")
    return seconds


FEW, MANY = 200, 2000  # rules
SLICE = 5  # every so many texts are enough for a ratio
SEED = 20260
COMMONEST: Final = 20_000  # words that a rule's literals are made of


def rules_ratio(pages: list[bytes]) -> float:
    """The time that `MANY` rules take as a multiple of what `FEW` take; loading doesn't count."""
    few, many = (cleaner_with(rules) for rules in (shipped_part(), shipped_part(filler=MANY - FEW)))
    seconds = [
        (chain_seconds(few, pages), chain_seconds(many, pages)) for _ in range(ROUNDS)
    ]  # in turn: noise hits both
    return min(second for _, second in seconds) / min(first for first, _ in seconds)


def cleaner_with(rules: RuleSet) -> Cleaner:
    """A cleaner with these rules in place of its own, unproved."""
    cleaner = Cleaner()
    cleaner.rules = rules
    cleaner.layers = pipeline._plan(rules)
    return cleaner


def shipped_part(*, filler: int = 0) -> RuleSet:
    """`FEW` of the rules that come with the package, and as many made-up ones as asked."""
    shipped = load(shipped_rule_files()).rules
    chosen = [shipped[place * len(shipped) // FEW] for place in range(FEW)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filler.toml"
        path.write_text("\n".join(filler_rules(filler)), "utf-8")
        return RuleSet([*chosen, *(load([path]).rules if filler else ())])


def filler_rules(count: int) -> Iterator[str]:
    """TOML of made-up rules of the usual shapes, each with four literals of its own: two words, two pairs of words."""
    chances = language_model().words
    words = sorted((word for word in chances if len(word) > 1), key=lambda word: (-chances[word], word))[:COMMONEST]
    draw = random.Random(SEED)
    for number in range(count):
        parts = draw.sample(words, 6)
        needs = [parts[0], parts[1], parts[2] + parts[3], parts[4] + parts[5]]
        scope, pattern = filler_pattern(draw, needs)
        yield (
            f'[[rule]]\nid = "filler-{number}"\nabout = "filler"\nscope = "{scope}"\n'
            f"needs = {json.dumps(needs, ensure_ascii=False)}\npattern = '''{pattern}'''\n"
            f"changes = [{json.dumps([needs[0], ''], ensure_ascii=False)}]\n"
            f"keeps = {json.dumps([needs[1]], ensure_ascii=False)}\n"
        )


def filler_pattern(draw: random.Random, needs: list[str]) -> tuple[str, str]:
    """(scope, pattern) of a made-up rule: a label with a count, words near each other, or a phrase within a line."""
    either = "|".join(needs)
    label = rf"^[-*•·>#\s\[【|(]*({either})\s*[:(]?\s*(\d[\d,.]*(万|k)?)?[次条个)]?[\s\]】|)»>]*$"
    near = rf"^[^。;]{{0,20}}({either})[^。;]{{0,16}}(点击|查看|下载|联系|欢迎|更多|[\p{{Han}}]{{2,4}}网)[^。]{{0,40}}$"
    phrase = rf"({either})[^。,;:!?\s]{{0,10}}(点击|查看|更多)[:\s]*\d{{1,6}}"
    return draw.choices([("line", label), ("line", near), ("span", phrase)], weights=[5, 3, 2])[0]


def main() -> None:
    cleaner = Cleaner()
    for corpus in ("news_hans", "wechat_hans_dirty"):
        pages = [text.encode("utf-8") for text in texts(corpus)]
        if not pages:
            continue
        megabytes = sum(map(len, pages)) / 1e6
        chain = min(chain_seconds(cleaner, pages) for _ in range(ROUNDS))
        floor = min(floor_seconds(cleaner, pages) for _ in range(ROUNDS))
        print(f"{corpus}: {len(pages)} texts, {megabytes:.1f} MB of UTF-8, {len(cleaner.rules.rules)} rules")
        print(
            f"  chain {megabytes / chain:.1f} MB/s, floor {megabytes / floor:.1f} MB/s: {chain / floor:.1f} × the floor"
        )
        seconds = layer_seconds(cleaner, pages)
        for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
            print(f"  {name:<16} {spent / sum(seconds.values()):6.1%}")
        print(f"  {MANY} rules take {rules_ratio(pages[::SLICE]):.2f} × the time of {FEW}")


if __name__ == "__main__":
    main()
