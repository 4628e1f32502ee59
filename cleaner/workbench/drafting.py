"""A rule drafted from one line that it is for, with examples around it, and what is left for its writer.

Next: `coverage`, which tells what rules do in a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cleaner import pipeline, rules, spam, structure
from cleaner.document import Edit
from cleaner.errors import InputError, RuleError
from cleaner.fold import fold
from cleaner.pipeline import Cleaner
from cleaner.rules import Rule, of_tables
from cleaner.shapes import is_sentence, speaks
from cleaner.sinks import read, write
from cleaner.templates.keys import generalised, letters
from cleaner.verdicts import Verdict
from cleaner.workbench.drafts import OWN_WORDS, SLACK, Table, failure, quotations
from cleaner.workbench.explaining import Seen, as_read, seen
from cleaner.workbench.mining import said_in, shortened
from cleaner.workbench.patterns import pattern_of
from cleaner.workbench.pointing import Spot
from cleaner.workbench.rulefile import rule_lines, shown, toml_value
from cleaner.workbench.trying import broken_by

_NEAR: Final = 5  # sentences of the article, nearest first, of which one should do as an example
_KEEPS: Final = 2
_KEEPS_OF_VERDICTS: Final = 5
_SCHEMA: Final = "rule.schema.json"
_ABOVE: Final = 3  # folders above a rule file in which its schema is looked for
_ABOUT: Final = "what this site puts on its pages"


class Drafted(NamedTuple):
    """A rule drafted: its table, what is left for the writer to do, and whether it loads and proves itself."""

    table: Table
    left: tuple[str, ...]
    is_proven: bool

    def lines(self, place: str) -> Iterator[str]:
        """The lines of a rule file that state it; `place` is where it was drafted from."""
        yield f"# drafted from {shown(place)}"
        yield from (f"# to do: {shown(told, most=_LONGEST_COMMENT)}" for told in self.left)
        yield from rule_lines(self.table)


_LONGEST_COMMENT: Final = 200


def draft(spot: Spot, rule_id: str, kind: str, cleaner: Cleaner, verdicts: Iterable[Verdict] = ()) -> Drafted:
    """A rule for lines like the one at a spot, proved beside the rules of the cleaner.

    Its pattern is the line with numbers, dates and paths of links generalised; its examples are the line among real
    neighbours, and lines that hold its words and stay. What a reviewer called wrong becomes `keeps` where it holds
    them, too. Raises `RuleError` if the id is taken or none, or `InputError` if the line can have no rule.
    """
    _check_id(rule_id, cleaner)
    found = _checked(spot, cleaner)
    key, text = found.step.view.lines[found.line].key, found.step.view.line_text(found.line)
    pattern, need = pattern_of(_alike(found, key), "line", is_sample=True)
    if not need:
        raise InputError(f"“{shown(text)}” holds no word that a rule could look for; point at another line")
    common: Table = {"id": rule_id, "about": f"a line that says “{shown(text)}”", "scope": "line", "needs": [need]}
    common |= {"longest": len(key) + SLACK, "pattern": pattern}
    keeps, left = _keeps(found, need, cleaner, pattern)
    judged, wrong = _of_verdicts(verdicts, need, cleaner)
    forms = [
        {**common, "where": where, "changes": [list(example)], "keeps": [*keeps, *judged]}
        for where in _wheres(key)
        for example in _examples(found, cleaner)
    ]
    told = ["say in `about` what it finds, for reports quote it", *left, *wrong]
    if is_sentence(key):
        told.insert(0, "it is a sentence: keep this rule only if the site puts it there, and nobody writes it")
    return _best(forms, kind, spot, cleaner, told)


def _check_id(rule_id: str, cleaner: Cleaner) -> None:
    for rule in (*cleaner.rules.rules, *spam.load().rules):
        if rule_id in (rule.id, rule.name):
            raise RuleError(f"the id is taken by {rule.name}, {rule.about}; give the rule another id")


def _checked(spot: Spot, cleaner: Cleaner) -> Seen:
    """The line as line rules see it; raises `InputError` if there is nothing for a rule to take."""
    start, end = spot.span
    if not spot.document.source[start:end].strip():
        raise InputError(f"line {spot.number} of {spot.document.name} is blank; point at a line with text")
    found = seen(spot, cleaner)
    how = f"`cleaner explain` of line {spot.number} says how"
    if found is None:
        raise InputError(f"nothing is left of the line before rules for lines are asked; {how}")
    if taken := _taking(found):
        raise InputError(f"{taken.rule} takes the line already; {how}")
    return found


def _taking(found: Seen) -> Edit | None:
    """The edit that takes a line where lines are decided on, if one does."""
    start, text = found.step.view.line_span(found.line)
    edits = found.step.document.layers[-1] if found.step.document.layers else ()
    if found.step.document.text == found.step.view.text:
        return None
    return next((edit for edit in edits if edit.start <= start < edit.end and not edit.is_flag and text), None)


def _alike(found: Seen, key: str) -> list[str]:
    """The line, and others of its page that differ from it in numbers and links alone."""
    keys = [line.key for line in found.step.view.lines]
    same = [other for other in keys if other and generalised(other) == generalised(key)]
    return list(dict.fromkeys([key, *same]))


def _wheres(key: str) -> list[str]:
    """Where the rule may hold: anywhere only if the line says so much that nobody writes it by chance."""
    return ["edge", "anywhere"] if letters(key) >= OWN_WORDS and not is_sentence(key) else ["edge"]


# --- examples --------------------------------------------------------------------------------------------------


def _examples(found: Seen, cleaner: Cleaner) -> list[tuple[str, str]]:
    """(text, what must become of it): the line between the nearest sentences of its page, and at either end of it."""
    line = found.step.view.line_text(found.line)
    above, below = _sentence(found, cleaner, -1), _sentence(found, cleaner, 1)
    examples = [(f"{above}{line}\n{below}", f"{above}{below}")] if above and below else []
    examples += [(f"{above}{line}\n", above)] if above else []
    return examples + ([(f"{line}\n{below}", below)] if below and not above else [])


def _sentence(found: Seen, cleaner: Cleaner, step: int) -> str:
    """The nearest sentence above or below that stays as it is by itself, with its line end; "" if there is none."""
    view = found.step.view
    rows = structure.rows_of(view, pipeline.marks(view, cleaner.rules))
    said = [row for row in rows if speaks(row) and (row.line - found.line) * step > 0][::step][:_NEAR]
    texts = (shortened(view.line_text(row.line), at_end=step < 0) for row in said)
    return next((f"{text}\n" for text in texts if text and _stays(f"{text}\n", cleaner)), "")


def _stays(text: str, cleaner: Cleaner) -> bool:
    return cleaner.clean(text).text == text


def _keeps(found: Seen, need: str, cleaner: Cleaner, pattern: str) -> tuple[list[str], list[str]]:
    """Texts that hold the literal and stay, the nearest first, and what is left to do about them."""
    engine = rules.to_try(pattern, [need])
    view = found.step.view
    innocent = [
        said
        for line in sorted(range(len(view.lines)), key=lambda line: abs(line - found.line))
        if line != found.line and need in view.lines[line].key and not engine.holds(view.lines[line].key)
        for said in _with(view.line_text(line), need)
    ]
    good = [text for text in (f"{said}\n" for said in innocent) if _stays(text, cleaner)][:_KEEPS]
    if good:
        return good, []
    made = [text for text in quotations(need) if _stays(text, cleaner)][:1]
    return made, [f"no other line here holds “{need}”: put a real one into `keeps` that looks alike and must stay"]


def _with(text: str, need: str) -> list[str]:
    """The line, or of a long one its plain sentences, that hold a literal."""
    texts = [text] if len(text) <= _SHORT else said_in(text)
    return [said for said in texts if need in fold(said)]


_SHORT: Final = 120  # letters of a line that is shown as a whole


def _of_verdicts(verdicts: Iterable[Verdict], need: str, cleaner: Cleaner) -> tuple[list[str], list[str]]:
    """What a reviewer called wrong and holds the literal, as `keeps`; and of what cannot be one yet, why."""
    keeps: list[str] = []
    left: list[str] = []
    for verdict in verdicts:
        if verdict.is_right or need not in fold(verdict.old):
            continue
        told = next((text for text in (verdict.context, f"{verdict.old.strip()}\n") if _stays(text, cleaner)), "")
        if told:
            keeps.append(told)
        else:
            left.append(f"{verdict.rule} still takes “{shown(verdict.old)}”, which a reviewer called wrong: narrow it")
    return list(dict.fromkeys(keeps))[:_KEEPS_OF_VERDICTS], list(dict.fromkeys(left))


# --- proving ---------------------------------------------------------------------------------------------------


def _best(forms: Sequence[Table], kind: str, spot: Spot, cleaner: Cleaner, told: list[str]) -> Drafted:
    """The first form that proves itself and takes the line where it stands; else the first that proves itself."""
    if not forms:
        raise InputError(
            "no sentence of an article stands near the line that could serve as an example; point at it on another page"
        )
    failures: list[str] = []
    proven: Drafted | None = None
    for table in forms:
        (rule,) = of_tables(kind, [table])
        if reason := _failure(rule, cleaner):
            failures.append(reason)
            continue
        spared = _spared(rule, spot, cleaner)
        if not spared:
            return Drafted(table, tuple(told), is_proven=True)
        proven = proven or Drafted(table, (*told, f"it marks the line, which stays where it stands: {spared}"), True)
    return proven or Drafted(forms[0], (*told, f"it doesn't prove itself: {failures[0]}"), is_proven=False)


def _failure(rule: Rule, cleaner: Cleaner) -> str:
    """Why a rule doesn't prove itself beside others, "" if it does."""
    if reason := failure(rule, pipeline.cleaning(cleaner.with_rules([rule]).rules)):
        return reason
    broken = broken_by(rule, cleaner)
    return f"it breaks {broken[0].key} of {broken[0].rule}: “{broken[0].text}”" if broken else ""


def _spared(rule: Rule, spot: Spot, cleaner: Cleaner) -> str:
    """Why a line stays where it stands though a rule marks it, "" if it goes."""
    ruled = cleaner.with_rules([rule])
    found = seen(as_read(spot), ruled)
    if found is None or _taking(found):
        return ""
    view = found.step.view
    stays = structure.staying(structure.decided(view, pipeline.marks(view, ruled.rules)), found.line)
    return str(stays.spared) if stays and stays.spared else "the rule does not mark it"


# --- files -----------------------------------------------------------------------------------------------------


def new_file(drafted: Drafted, place: str, path: Path | None = None) -> str:
    """The text of a rule file with the rule alone, whose schema it names if that stands at `path` or above."""
    head = [f"#:schema {schema}"] if path and (schema := _schema_near(path)) else []
    return "\n".join([*head, f"about = {toml_value(_ABOUT)}", "", *drafted.lines(place)]) + "\n"


def _schema_near(path: Path) -> str:
    """The way from a rule file to the schema in its folder or one above, "" if there is none."""
    for steps, folder in enumerate(path.absolute().parents[: _ABOVE + 1]):
        if (folder / _SCHEMA).is_file():
            return f"{'../' * steps or './'}{_SCHEMA}"
    return ""


def add(drafted: Drafted, place: str, path: Path) -> None:
    """Write a proven rule to a new file, or behind what stands in one, which stays as it is.

    Raises `RuleError` if the file would not load then, OSError or `OutputError` if it cannot be written.
    """
    if path.is_file():
        before = read(path).decode("utf-8")
        end = "\r\n" if "\r\n" in before else "\n"
        gap = "" if not before or before.endswith(end) else end
        text = f"{before}{gap}{end}{end.join(drafted.lines(place))}{end}"
    else:
        text = new_file(drafted, place, path)
    rules.of_text(path, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    write(path, text)


def known(path: Path | None) -> list[Path]:
    """The rule files that a draft for `path` must get on with: that one, if it is there and holds rules."""
    return [path] if path and path.is_file() and "rule" in read(path).decode("utf-8", "replace") else []
