"""Rules that change: what they have nothing to say about is not cleaned again, and the bytes are those of a new run."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from cleaner import cleaning, digests, pipeline, reuse, versions
from cleaner import parts as parts_
from cleaner import rules as rules_
from cleaner.cleaning import Recipe, result_of
from cleaner.dedup import Policy
from cleaner.document import Document, undone
from cleaner.engine import Budget, Item, Job, Piece, Result, Serial
from cleaner.pipeline import Choices, Cleaner
from cleaner.report import Failure
from cleaner.rules import Rule, RuleSet, of_definition
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import Output, State, write
from cleaner.sources import Columns
from cleaner.units import View
from tests.killing import REVISED, outputs, parts
from tests.prose import edited, prose
from tests.samples import LEAD, cleaner_with, rule, rule_file, story

ROWS = 40
FILES = 5
STEPS = 2  # changes of rules in one folder
DROP = ["characters < 40"]
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
    for number in range(FILES):
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
    gone = dice.sample(rules, dice.randint(1, count))
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


def is_touched(result: Document | Failure, rules: Iterable[Rule]) -> bool:
    """Whether one of the rules matches a line of any text that a result has been; of a failure nobody knows."""
    if isinstance(result, Failure):
        return True
    lines = {line for text in texts_of(result) for line in View(text).bare_lines}
    return any(says(rule, line) for line in lines for rule in rules if any(need in line for need in rule.needs))


def is_among(rule: Rule, rules: Iterable[Rule]) -> bool:
    return any(rule.definition == other.definition for other in rules if other.name == rule.name)


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


@pytest.mark.parametrize("seed", range(2))
def test_changed_rules_redo_only_the_texts_they_match(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    given, out = dirty_texts(tmp_path / "in", dice), tmp_path / "out"
    rules = tuple(dice.sample(shipped(), len(shipped()) - MOST))
    known = cleaned(given, out, of_rules(rules, drop=DROP))
    again = 0
    for step in range(STEPS):
        before, rules = rules, another(rules, dice)
        differ = [rule for rule in (*before, *rules) if not (is_among(rule, before) and is_among(rule, rules))]
        redone = cleaned(given, out, of_rules(rules, drop=DROP))
        assert redone.keys() == {name for name, result in known.items() if is_touched(result, differ)}
        known = cleaned(given, tmp_path / f"fresh {step}", of_rules(rules, drop=DROP))
        assert everything(out) == everything(tmp_path / f"fresh {step}")
        again += len(redone)
    assert 0 < again < STEPS * len(known)


# one rule, and what it does to texts on their way from their source to what becomes of them

LINE = "打开应用看全文"
HIDDEN = LINE.replace("用", "&#29992;")  # which a layer makes legible, and another takes away
NONE = cleaner_with()


def made(**changed: object) -> Rule:
    """The rule that takes the line away, but for what is changed."""
    (found,) = rules_.of_tables("site", [rule(**changed)])
    return found


def one(folder: Path, **changed: object) -> Cleaner:
    """A cleaner whose only rule takes the line away."""
    return cleaner_with(rule_file(folder, rule(**changed)))


def rows(path: Path, *, count: int = 40, line: str = LINE, every: int = 20) -> Path:
    """A container of invented texts, of which one in so many ends in the line."""
    texts = [f"{prose(row, 6)}{line}\n" if row % every == 7 else prose(row, 6) for row in range(count)]
    told = (json.dumps({"id": row, "text": text}, ensure_ascii=False) for row, text in enumerate(texts))
    path.write_text("\n".join(told) + "\n", "utf-8")
    return path


KINDS: dict[str, dict[str, object]] = {
    "a line": {},
    "a span": {"scope": "span", "pattern": "打开应用看全文"},
    "a flagged line": {"flag": True, "flags": [f"{LEAD}\n{LINE}\n"], "changes": []},
    "a flagged span": {"scope": "span", "flag": True, "flags": [f"{LEAD}\n{LINE}\n"], "changes": []},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line", [LINE, HIDDEN, LINE.replace("开", "開"), "\N{ZERO WIDTH SPACE}".join(LINE)])
def test_a_rule_that_comes_or_goes_redoes_what_it_matches(kind: str, line: str, tmp_path: Path) -> None:
    given, out = rows(tmp_path / "in.jsonl", line=line), tmp_path / "out"
    assert len(cleaned(given, out, NONE)) == 40
    told = []
    for number, cleaner in enumerate((of_rules([made(**KINDS[kind])]), NONE)):
        assert cleaned(given, out, cleaner).keys() == {"in.jsonl/7", "in.jsonl/27"}
        fresh = tmp_path / str(number)
        cleaned(given, fresh, cleaner)
        assert everything(out) == everything(fresh)
        told.append((out / "reports" / "in.jsonl").read_text("utf-8").count("site/read-on"))
    assert told[0] >= 2
    assert told[1] == 0


@pytest.mark.parametrize("changed", [{"heads": True}, {"about": "an advert"}, {"longest": 39}, {"where": "edge"}])
def test_a_rule_in_another_form_redoes_what_either_matches(changed: dict[str, object], tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", line=f"{LINE}\n\n• 一则短讯\n• 两则短讯")
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    before, after = (of_rules([made(**each)]) for each in ({}, changed))
    cleaned(given, out, before)
    assert cleaned(given, out, after).keys() == {"in.jsonl/7", "in.jsonl/27"}
    cleaned(given, fresh, after)
    assert everything(out) == everything(fresh)


def last(texts: Iterable[str]) -> list[str]:
    return [*texts][-1:]


def first(texts: Iterable[str]) -> list[str]:
    return [*texts][:1]


_bears = reuse.bears
WRONG: dict[str, Callable[[RuleSet, Iterable[str]], bool]] = {
    "no text": lambda rules, texts: False,
    "the source": lambda rules, texts: _bears(rules, last(texts)),
    "the clean text": lambda rules, texts: _bears(rules, first(texts)),
}


@pytest.mark.parametrize("seen", WRONG)
def test_a_check_that_looks_at_too_little_is_noticed(seen: str, tmp_path: Path) -> None:
    given, out, fresh = rows(tmp_path / "in.jsonl", line=HIDDEN), tmp_path / "out", tmp_path / "fresh"
    cleaned(given, out, one(tmp_path))
    with patch.object(reuse, "bears", WRONG[seen]):
        cleaned(given, out, NONE)
    cleaned(given, fresh, NONE)
    assert outputs(out) != outputs(fresh)


def test_a_mark_that_only_bears_on_its_neighbours_counts(tmp_path: Path) -> None:
    """A line that is marked and stays leaves no trace in a report, but may be why another went."""
    other = {"needs": ["客户端"], "pattern": "^客户端打开$", "changes": [["客户端打开", ""]]}
    both = [made(), made(id="other", where="edge", **other)]
    text = f"{prose(1, 12)}\n客户端打开\n\n{prose(2, 12)}\n{LINE}\n"
    given, out, fresh = tmp_path / "in.txt", tmp_path / "out", tmp_path / "fresh"
    given.write_text(text, "utf-8")
    cleaned(given, out, of_rules(both))
    assert "客户端打开" in (out / "text" / "in.txt").read_text("utf-8")
    assert cleaned(given, out, of_rules(both[:1])).keys() == {"in.txt"}
    cleaned(given, fresh, of_rules(both[:1]))
    assert everything(out) == everything(fresh)


# what redoes nothing, and what redoes all


def some_files(folder: Path) -> Path:
    """Texts some of which are alike, a container, and what is no text."""
    folder.mkdir()
    for seed in range(8):
        (folder / f"{seed}.txt").write_text(edited(prose(seed // 2, 12), seed % 2 / 100), "utf-8")
    (folder / "bad.txt").write_bytes(b"\x00")
    rows(folder / "rows.jsonl")
    return folder


OTHERWISE: dict[str, dict[str, object]] = {
    "no duplicates": {"across": AcrossFiles(duplicates=Policy("off"))},
    "flagged duplicates": {"across": AcrossFiles(duplicates=Policy("flag", 0.8))},
    "the best survive": {"across": AcrossFiles(duplicates=Policy(survivor="best"))},
    "another budget": {"engine": Serial(Budget(100, 0))},
}


def test_what_does_not_bear_on_cleaning_redoes_nothing(tmp_path: Path) -> None:
    given, out = some_files(tmp_path / "in"), tmp_path / "out"
    clean_files([given], out, NONE)
    cleaned = {key: told for key, told in parts(out).items() if REVISED not in key}
    for name, choices in OTHERWISE.items():
        clean_files([given], out, NONE, **choices)  # type: ignore[arg-type]
        assert cleaned.items() <= parts(out).items(), name


def test_other_examples_files_and_orders_of_the_same_rules_redo_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    given, out = some_files(tmp_path / "in"), tmp_path / "out"
    two = rule(id="two", needs=["看", "全文"], pattern="^点击看全文$", changes=[[f"{LEAD}\n点击看全文\n", f"{LEAD}\n"]])
    cleaned(given, out, cleaner_with(rule_file(tmp_path, rule(), two)))
    other = rule(keeps=["他打开应用，看了一眼。\n", "应用打开了。\n"])
    turned = {**two, "needs": ["全文", "看"]}
    assert not cleaned(given, out, cleaner_with(rule_file(tmp_path / "elsewhere", turned, other)))


class Sent(Serial):
    """An engine whose work arrives as it does in another process, where nothing is known yet."""

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        sent = pickle.dumps((job.start, job.cut, job.work))
        cleaning._made.clear()
        start, cut, work = pickle.loads(sent)
        return Serial.map(self, replace(job, start=start, cut=cut, work=work), items)


def test_untouched_parts_are_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "shipped_rule_files", list)
    given, out, fresh = rows(tmp_path / "in.jsonl", count=600, every=600), tmp_path / "out", tmp_path / "fresh"
    clean_files([given], out, NONE)
    before = {inode for inode, _ in parts(out).values()}
    clean_files([given], out, one(tmp_path), engine=Sent())
    after = [inode for inode, _ in parts(out).values()]
    assert [inode in before for inode in after].count(False) == 1 < len(after)
    clean_files([given], fresh, one(tmp_path))
    assert everything(out) == everything(fresh)


def recipe(cleaner: Cleaner, counts: Path | None = None) -> Recipe:
    return Recipe.of(cleaner, counts)


def test_all_that_is_no_rule_makes_another_base(tmp_path: Path) -> None:
    site, counts = tmp_path / "b.toml", tmp_path / "counts.json"
    site.write_text('hosts = ["b.example"]\nkind = "article"\ncontent = ["#b"]\n', "utf-8")
    counts.write_text("{}", "utf-8")
    plain = recipe(NONE)
    assert recipe(one(tmp_path)).base == plain.base
    assert recipe(one(tmp_path)).rules != plain.rules
    others = [recipe(cleaner_with(script="hans")), recipe(cleaner_with(drop=DROP)), recipe(NONE, counts)]
    others.append(recipe(cleaner_with(site_files=[site])))
    site.write_text('hosts = ["b.example"]\nkind = "article"\ncontent = ["#c"]\n', "utf-8")
    others.append(recipe(cleaner_with(site_files=[site])))
    assert len({each.base for each in others} - {plain.base}) == len(others)
    assert {each.rules for each in others} == {plain.rules}


def test_another_package_or_library_makes_another_base() -> None:
    plain = recipe(NONE).base
    for name in ("of_package", "of_libraries"):
        with patch.object(cleaning, name, lambda: "another"):
            assert recipe(NONE).base != plain
    libraries = digests.of_libraries.__wrapped__()
    installed = digests._installed
    other = installed("lxml")._replace(version="0")
    with patch.object(digests, "_installed", lambda library: other if library == "lxml" else installed(library)):
        assert digests.of_libraries.__wrapped__() != libraries
    with patch.object(digests, "unidata_version", "1.0"):
        assert digests.of_libraries.__wrapped__() != libraries


def test_a_shipped_rule_is_no_part_of_the_base_and_a_lexicon_is(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_.shipped_folder(), folder)
    with (
        patch.object(rules_, "shipped_folder", lambda: folder),
        patch.object(versions, "shipped_folder", lambda: folder),
    ):
        found = [versions.of_tables()]
        for name in ("share.toml", "plan.toml", "lexicons/loans.toml", "sites/weixin.toml"):
            (folder / name).write_text((folder / name).read_text("utf-8") + "# ...\n", "utf-8")
            found.append(versions.of_tables())
    assert found[1] == found[0]
    assert len(set(found)) == 4


def test_rules_inside_the_package_are_no_part_of_its_digest() -> None:
    whole = digests.of_package.__wrapped__()
    with patch.object(digests, "SHIPPED_RULES", "tagger"):
        assert digests.of_package.__wrapped__() != whole


def test_templates_by_changed_rules_are_those_of_a_new_run(tmp_path: Path) -> None:
    given, out, fresh = some_files(tmp_path / "in"), tmp_path / "out", tmp_path / "fresh"
    for path in given.glob("[0-9].txt"):
        text = f"{path.read_text('utf-8')}\n青石桥头旧书铺网站地图\n关于我们 联系方式 投稿须知\n{LINE}\n"
        path.write_text(text, "utf-8")
    span = one(tmp_path, scope="span", pattern="看全文", changes=[[f"{LEAD}{LINE}\n", f"{LEAD}打开应用\n"]])
    for cleaner in (NONE, one(tmp_path, id="anywhere"), span):
        cleaned(given, out, cleaner, across=AcrossFiles(templates=3))
    cleaned(given, fresh, span, across=AcrossFiles(templates=3))
    assert everything(out) == everything(fresh)


# runs that are cut short, and what they leave


def test_parts_of_several_rule_sets_are_of_use(tmp_path: Path) -> None:
    """A run by other rules that was cut short, and then one by a third rule set."""
    given, out, fresh = some_files(tmp_path / "in"), tmp_path / "out", tmp_path / "fresh"
    cleaned(given, out, NONE)
    with pytest.raises(KeyboardInterrupt), patch.object(parts_, "result_of", side_effect=KeyboardInterrupt):
        clean_files([given], out, one(tmp_path))
    assert len(notes(out)) == 2
    third = one(tmp_path, about="an advert")
    assert cleaned(given, out, third).keys() == {"bad.txt", "rows.jsonl/7", "rows.jsonl/27"}
    cleaned(given, fresh, third)
    assert everything(out) == everything(fresh)
    assert len(notes(out)) == 1


def notes(out: Path) -> list[Path]:
    return [*(out / ".cleaner" / "rules").iterdir()]


@pytest.mark.parametrize("damage", [b"", b"\xff", b"{}\n"])
def test_a_rule_set_that_is_not_known_any_more_redoes_all(damage: bytes, tmp_path: Path) -> None:
    given, out, fresh = rows(tmp_path / "in.jsonl"), tmp_path / "out", tmp_path / "fresh"
    cleaned(given, out, one(tmp_path))
    (note,) = notes(out)
    note.write_bytes(damage)
    assert len(cleaned(given, out, NONE)) == 40
    cleaned(given, fresh, NONE)
    assert everything(out) == everything(fresh)


def test_a_part_of_other_rules_that_is_damaged_is_done_again(tmp_path: Path) -> None:
    given, out, fresh = some_files(tmp_path / "in"), tmp_path / "out", tmp_path / "fresh"
    cleaned(given, out, NONE)
    for number, path in enumerate(sorted((out / ".cleaner" / "parts").glob("*/*"))):
        path.write_bytes(path.read_bytes()[: -1 - number])
    assert len(cleaned(given, out, one(tmp_path))) == 49
    cleaned(given, fresh, one(tmp_path))
    assert everything(out) == everything(fresh)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_part_is_shared_whatever_is_in_its_place(has_links: bool, tmp_path: Path) -> None:
    state = State(tmp_path)
    state.put("one", b"whole")
    for damage in (None, b"half"):
        if damage:
            write(tmp_path / "parts" / "tw" / "two", damage)
        with nullcontext() if has_links else patch("os.link", side_effect=OSError):
            state.share("one", "two")
        assert state.is_whole("two")
        assert (state.get("one"), state.get("two")) == (b"whole", b"whole")


def test_records_that_broke_a_worker_are_done_one_by_one_by_other_rules_too() -> None:
    own, other = (way(rules) for rules in ("a" * 64, "b" * 64))
    assert own.key("records") != other.key("records")
    assert own.key("records", "b" * 64) == other.key("records")
    assert parts_.split_mark(own.key("records")) == parts_.split_mark(other.key("records")) != own.key("records")


def way(rules: str) -> parts_.Way:
    return parts_.Way(Recipe(Choices(), None, "base", rules), Columns(), Output(Path("out")), 5, Budget())
