"""What ten times as many rules cost the whole chain: those of the package, and made-up ones of the usual shapes."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Final

from bench.contests import parts
from bench.inventing import sample
from cleaner import pipeline
from cleaner.language import load as language_model
from cleaner.pipeline import Cleaner, shipped_rule_files
from cleaner.report import facts, to_json
from cleaner.rules import RuleSet, load

ROUNDS: Final = 4  # in which they take turns, each with other texts: lines that were seen are remembered
FEW, MANY = 200, 2000  # rules
TEXTS: Final = 400  # of each corpus
SEED: Final = 20260
COMMONEST: Final = 20_000  # words that a rule's literals are made of


def rules_ratio(texts: Sequence[str]) -> float:
    """The time that `MANY` rules take as a multiple of what `FEW` take, after a rehearsal; loading doesn't count."""
    few, many = (cleaner_with(rules) for rules in (shipped_part(), shipped_part(filler=MANY - FEW)))
    _, *seconds = [(chain_seconds(few, part), chain_seconds(many, part)) for part in parts(texts, ROUNDS)]
    return sum(second for _, second in seconds) / sum(first for first, _ in seconds)


def chain_seconds(cleaner: Cleaner, texts: Sequence[str]) -> float:
    """Processor time from texts to clean ones with their JSON reports."""
    start = process_time()
    for text in texts:
        to_json(facts(cleaner.clean(text)))
    return process_time() - start


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
    for corpus in ("news_hans", "wechat_hans_dirty"):
        print(f"{corpus}: {MANY} rules take {rules_ratio(sample(corpus, TEXTS)):.2f} × the time of {FEW}")


if __name__ == "__main__":
    main()
