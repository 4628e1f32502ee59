"""Rules that change: what they have nothing to say about is not cleaned again, and the bytes are those of a new run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from cleaner import parts as parts_
from cleaner import reuse, versions
from cleaner.cleaning import result_of
from cleaner.dedup import Policy
from cleaner.document import Document, undone
from cleaner.engine import Budget, Pool, Serial
from cleaner.fold import fold
from cleaner.pipeline import Cleaner
from cleaner.report import Failure
from cleaner.rules import Rule, RuleSet, of_definition
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import Output, State
from cleaner.units import View
from tests.killing import outputs, parts
from tests.prose import edited, prose
from tests.samples import LEAD, cleaner_with, rule, rule_file, story

ROWS = 160
STEPS = 3  # changes of rules in one folder
MOST = 40  # rules of a set that are not in the next


def of_rules(rules: Iterable[Rule], **choices: object) -> Cleaner:
    """A cleaner of just these rules; without proof, for half a set of rules changes some examples otherwise."""
    with patch("cleaner.rules.load", lambda paths, beside: RuleSet(rules, beside)):
        return Cleaner(**choices)  # type: ignore[arg-type]


@cache
def shipped() -> tuple[Rule, ...]:
    return Cleaner().rules.rules


def examples(rules: Iterable[Rule]) -> list[str]:
    return [text for rule in rules for text in (*(before for before, _ in rule.changes), *rule.flags, *rule.keeps)]


def muddled(text: str, dice: random.Random) -> str:
    """The text with some letters in a form that only repairs make legible."""
    forms: list[Callable[[str], str]] = [
        lambda letter: f"&#{ord(letter)};",
        lambda letter: f"\N{ZERO WIDTH SPACE}{letter}",
        lambda letter: f"\\u{ord(letter):04x}",
        lambda letter: letter.upper(),
    ]
    places = {dice.randrange(len(text)) for _ in range(dice.choice((0, 0, 3)))} if text else set()
    return "".join(dice.choice(forms)(letter) if at in places else letter for at, letter in enumerate(text))


def dirty(dice: random.Random, lines: list[str]) -> str:
    """An invented article with examples of rules about it, or an example by itself."""
    if dice.random() < 0.2:
        return muddled(dice.choice(lines), dice)
    around = [muddled(line, dice) for line in dice.choices(lines, k=dice.randrange(5))]
    return "\n".join([*around[:2], story(dice.randrange(1000), sentences=dice.randrange(3, 12)), *around[2:]])


def dirty_texts(folder: Path, dice: random.Random) -> Path:
    """A container, some files and pages of such texts, and what is no text."""
    folder.mkdir()
    lines = examples(shipped())
    rows = [json.dumps({"id": f"r{row}", "text": dirty(dice, lines)}, ensure_ascii=False) for row in range(ROWS)]
    (folder / "rows.jsonl").write_text("\n".join([*rows, '{"id": "none", "text": 3}']), "utf-8")
    for number in range(12):
        text = dirty(dice, lines)
        page = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        (folder / f"{number}.txt").write_text(text, "utf-8")
        (folder / f"{number}.html").write_text(f"<html><body><h1>{number}</h1>{page}</body></html>", "utf-8")
    (folder / "bad.txt").write_bytes(b"\x00")
    return folder


def changed(rule: Rule, dice: random.Random) -> Rule:
    """The rule with something else in it."""
    told = rule.definition
    other = {
        "about": f"{told['about']}, it seems",
        "kind": "other",
        "flag": not told["flag"],
        "needs": [*told["needs"], "的"],
        "pattern": f"(?:{told['pattern']})|[本更]",
        **({"replace": "—"} if rule.scope == "span" else {"longest": 25, "heads": not rule.heads}),
        **({"where": "edge" if rule.where == "anywhere" else "anywhere"} if rule.scope == "line" else {}),
    }
    key = dice.choice(sorted(other))
    return of_definition({**told, key: other[key]})


def another(rules: tuple[Rule, ...], dice: random.Random) -> tuple[Rule, ...]:
    """A rule set that lacks some of these rules, has some others, and some in another form, in another order."""
    count = dice.choice((1, 2, 8, MOST))
    gone = dice.sample(rules, dice.randrange(count + 1))
    new = [rule for rule in shipped() if rule.id not in {rule.id for rule in rules}]
    kept = [rule for rule in rules if rule not in gone]
    mended = {rule.id: changed(rule, dice) for rule in dice.sample(kept, dice.randrange(min(count, len(kept)) + 1))}
    found = [*(mended.get(rule.id, rule) for rule in kept), *dice.sample(new, min(dice.randrange(count + 1), len(new)))]
    dice.shuffle(found)
    return tuple(found)


def texts_of(document: Document) -> Iterator[str]:
    yield document.source
    for depth in range(1, len(document.layers) + 1):
        yield undone(document.text, document.layers[depth:])


def says(rule: Rule, line: str) -> bool:
    """Whether a rule matches a folded line: without the gate, and without a rule set."""
    if rule.scope == "span":
        return any(start < end for start, end in rule.matches(line))
    key = line.strip(" ")
    return len(key) <= rule.longest and rule.holds(key)


def touched(result: Document | Failure, rules: Iterable[Rule]) -> bool:
    if isinstance(result, Failure):
        return True
    lines = {line for text in texts_of(result) for line in View(text).bare_lines}
    return any(says(rule, line) for line in lines for rule in rules if any(need in line for need in rule.needs))


class Cleaned:
    """What a run cleans: the results by name."""

    def __init__(self) -> None:
        self.results: dict[str, Document | Failure] = {}

    def __call__(self, found: object, cleaner: Cleaner) -> Document | Failure:
        result = result_of(found, cleaner)  # type: ignore[arg-type]
        self.results[result.name] = result
        return result


def cleaned(given: Path, out: Path, cleaner: Cleaner, **choices: object) -> dict[str, Document | Failure]:
    """What a run cleans, by name."""
    seen = Cleaned()
    with patch.object(parts_, "result_of", seen):
        clean_files([given], out, cleaner, **choices)  # type: ignore[arg-type]
    return seen.results


def everything(folder: Path) -> dict[str, bytes]:
    """What a run wrote, for its users and for later runs."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", range(3))
def test_changed_rules_redo_only_the_texts_they_match(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    given, out = dirty_texts(tmp_path / "in", dice), tmp_path / "out"
    rules = tuple(dice.sample(shipped(), len(shipped()) - MOST))
    known = cleaned(given, out, of_rules(rules))
    again = 0
    for step in range(STEPS):
        before, rules = rules, another(rules, dice)
        told = {rule.name: rule.definition for rule in before}
        now = {rule.name: rule.definition for rule in rules}
        differ = [rule for rule in before if now.get(rule.name) != rule.definition]
        differ += [rule for rule in rules if told.get(rule.name) != rule.definition]
        redone = cleaned(given, out, of_rules(rules))
        assert redone.keys() == {name for name, result in known.items() if touched(result, differ)}
        known = cleaned(given, tmp_path / f"fresh {step}", of_rules(rules))
        assert everything(out) == everything(tmp_path / f"fresh {step}")
        again += len(redone)
    assert 0 < again < STEPS * len(known)
