"""Templates → rules with examples, and the proof that they hold. Next: `rulefile`, which writes them down.

A rule is tried the way a rule file is: each of its changes must come out exactly so through all layers, and its keeps
and all other rules' examples must stay. One that fails is weakened to a rule that flags, then dropped with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cleaner.document import Document
from cleaner.errors import RuleError
from cleaner.pipeline import cleaning
from cleaner.rules import Rule, RuleSet, of_tables
from cleaner.templates.keys import LINK_MARK, letters
from cleaner.templates.lines import EVERY_PAGE, SITE_WIDE, Outcome
from cleaner.workbench.mining import Context, Template
from cleaner.workbench.patterns import pattern_of

Table = dict[str, Any]
Clean = Callable[[str], Document]

_SURE: Final = 0.8  # share of a template's places at which it must go, before a rule removes it
_ALWAYS: Final = 0.95  # share at which it must go, before its rule holds anywhere
_DOUBT: Final = 0.5  # share at which it must go or be doubtful, before a rule flags it
OWN_WORDS: Final = 8  # letters of a line that nobody writes by chance: its rule holds anywhere
SLACK: Final = 10  # letters a line may be longer than those seen: a longer number, another blank
_ROUNDS: Final = 8  # of trying all rules together; each drops or weakens at least one
_KEEPS: Final = 2
_QUOTED: Final = 20  # letters of a template that a made keep quotes


@dataclass
class Draft:
    """A template with the rule drafted for it: what its file would say, or why there is none."""

    template: Template
    id: str
    forms: list[Table] = field(default_factory=list)  # from the strongest to the weakest; the first is tried
    dropped: str = ""
    weakened: str = ""  # why the rule as it stands is not the strongest that was tried

    @property
    def table(self) -> Table | None:
        """The rule as it stands; None if it was dropped."""
        return self.forms[0] if self.forms else None

    def weaken(self, why: str) -> None:
        """Give up the present form for the next."""
        del self.forms[0]
        self.weakened, self.dropped = (why, "") if self.forms else ("", why)


def drafted(templates: Sequence[Template], shipped: RuleSet, kind: str) -> list[Draft]:
    """A draft for each template, proved together with the shipped rules.

    Templates that mostly stay have no rule, nor have those that the shipped rules take already.
    """
    clean = cleaning(shipped)
    drafts = [_draft(template, number, clean) for number, template in enumerate(templates, 1)]
    for draft in drafts:
        _drop_broken(draft, kind)
    for _ in range(_ROUNDS):
        if not _weaken_failing(drafts, shipped, kind):
            break
    else:
        for draft in drafts:
            draft.forms.clear()
            draft.dropped = draft.dropped or "the rules could not be reconciled with each other"
    return drafts


# --- one rule --------------------------------------------------------------------------------------------------


def _draft(template: Template, number: int, clean: Clean) -> Draft:
    draft = Draft(template, f"{_slug(template.share.group)}-{number}")
    share = template.outcomes[Outcome.GOES] + template.outcomes[Outcome.DOUBTFUL]
    reason = next(iter(template.reasons.most_common(1)), ("", 0))[0]
    if share < _DOUBT * template.outcomes.total() or not (template.going >= _SURE or _is_worth_a_flag(template)):
        draft.dropped = reason + "".join(f"; {rule} marks it already" for rule, _ in template.marked.most_common(1))
        return draft
    contexts = [context for context in template.contexts if _is_clean(context.article, clean)]
    examples = [_example(context, alone=alone) for alone in (True, False) for context in contexts]
    examples = list(dict.fromkeys(example for example in examples))
    if not examples:
        draft.dropped = "no line of an article beside it that could serve as an example"
        return draft
    if any(clean(before).text == after for before, after in examples):
        draft.dropped = "the shipped rules take it already"
        return draft
    draft.forms = list(_forms(template, draft.id, examples, _keeps(template, clean)))
    return draft


def _forms(template: Template, name: str, examples: list[tuple[str, str]], keeps: list[str]) -> Iterator[Table]:
    """The rule in its forms, from one that removes with a short example to one that flags."""
    pattern, needs = pattern_of(list(template.texts), template.form)
    common = {"id": name, "about": _about(template), "needs": [needs], "pattern": pattern, "keeps": keeps}
    scope: Table = {"scope": "span"}
    if template.form == "line":
        scope = {"scope": "line", "where": _where(template), "longest": max(map(len, template.texts)) + SLACK}
    if template.going >= _SURE and not _is_common_word(template):
        for before, after in examples:
            yield {**common, **scope, "changes": [[before, after]]}
    yield {**common, **scope, "flag": True, "flags": [examples[0][0]]}


def _is_worth_a_flag(template: Template) -> bool:
    """Whether a doubtful template is likely the site's: it stands with others, or on most pages.

    Authors and statutes say single sentences again and again, and a rule that flags them tells nobody anything.
    """
    if template.form != "line":
        return template.share.part >= SITE_WIDE
    if template.beside >= _DOUBT * template.outcomes.total():
        return not _is_common_word(template)
    return template.share.part >= EVERY_PAGE and not (template.is_sentence or _is_common_word(template))


def _is_common_word(template: Template) -> bool:
    """Whether a line is a word or two: where other pages have it, nothing says that it isn't their author's."""
    key = "".join(template.key)
    return template.form == "line" and LINK_MARK not in key and letters(key) < (4 if _HAN.search(key) else 8)


def _where(template: Template) -> str:
    """Sentences, short lines and what some articles say go only at an edge, where their neighbours count too."""
    if (
        template.is_sentence
        or template.going < _ALWAYS
        or (isinstance(template.key, str) and letters(template.key) < OWN_WORDS)
    ):
        return "edge"
    return "anywhere"


def _about(template: Template) -> str:
    where = {"line": "a line", "head": "what stands at the head of a long line", "tail": "what ends a long line"}
    return f"{where[template.form]} that {template.share.documents} of {template.share.of} documents share"


def _example(context: Context, *, alone: bool) -> tuple[str, str]:
    """(text, what must become of it): the article's line beside the template, alone or with the run it stands in."""
    run = (context.run[context.place],) if alone else context.run
    lines = run[0] if context.is_joined else "".join(f"{line}\n" for line in run)
    after = f"{context.article}\n"
    if context.is_above:
        return lines + after, after
    return (f"{context.article}{lines}\n" if context.is_joined else after + lines), after


def _is_clean(article: str, clean: Clean) -> bool:
    return clean(f"{article}\n").text == f"{article}\n"


def _keeps(template: Template, clean: Clean) -> list[str]:
    """Sentences of the documents that share words with a template and stay; else one that quotes it.

    The quotation is made: a sentence that reports the template's words says them without being the template.
    """
    found = [f"{sentence.strip()}\n" for sentence in template.lookalikes if sentence.strip() != template.sample]
    good = [text for text in found if clean(text).text == text][:_KEEPS]
    return good or [text for text in quotations(template.sample) if clean(text).text == text][:1]


def quotations(text: str) -> list[str]:
    """Made-up sentences that quote a text, or the longest run of hanzi in it: its words in an article."""
    quoted = max(_HAN.findall(text), key=len, default=text)[:_QUOTED]
    return [frame.format(quoted) for frame in _FRAMES]


_FRAMES: Final = (
    "来信的人问，网页上“{}”几个字究竟是什么意思，编辑部后来专门作了答复。\n",
    "他把“{}”抄在本子上，第二天才想起来要问一问老师。\n",
)
_HAN: Final = re.compile("[㐀-鿿]+")


def _slug(group: str) -> str:
    """A name for rules of a group: its letters and digits of ASCII."""
    return re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-") or "site"


# --- proving ---------------------------------------------------------------------------------------------------


def _drop_broken(draft: Draft, kind: str) -> None:
    """Give up forms that cannot even be loaded, such as a pattern too large for the engine."""
    while draft.table:
        try:
            of_tables(kind, [draft.table])
        except RuleError as error:
            draft.weaken(f"no rule can be made of it: {error}")
        else:
            return


def _weaken_failing(drafts: list[Draft], shipped: RuleSet, kind: str) -> bool:
    """Try all rules together and weaken those that fail; says whether any did."""
    standing = {draft.id: draft for draft in drafts if draft.table}
    rules = of_tables(kind, [draft.table for draft in standing.values() if draft.table])
    clean = cleaning(RuleSet([*shipped.rules, *rules]))
    failing: dict[str, str] = {}
    for rule in rules:
        if reason := failure(rule, clean):
            failing.setdefault(rule.id, reason)
    for rule in (*shipped.rules, *rules):
        for name, reason in _trespassers(rule, clean, standing, kind):
            failing.setdefault(name, reason)
    for name, reason in failing.items():
        standing[name].weaken(reason)
        _drop_broken(standing[name], kind)
    return bool(failing)


def failure(rule: Rule, clean: Clean) -> str:
    """What of a rule's own examples doesn't hold; empty if all do."""
    for before, after in rule.changes:
        document = clean(before)
        if document.text != after:
            return "its example did not come out as it should"
        if clean(after).text != after:
            return "its example is not settled after one run"
        if not any(edit.rule == rule.name for edit in document.edits):
            return "other rules take it already"
    for text in rule.flags:
        if not any(edit.rule == rule.name and edit.is_flag for edit in clean(text).edits):
            return "its example was not flagged"
    if any(clean(text).text != text for text in rule.keeps):
        return "it changes a sentence that must stay"
    return ""


def _trespassers(rule: Rule, clean: Clean, standing: dict[str, Draft], kind: str) -> Iterator[tuple[str, str]]:
    """The drafted rules that change another rule's examples, with a reason."""
    for text, expected in [*rule.changes, *((keep, keep) for keep in rule.keeps)]:
        document = clean(text)
        if document.text == expected:
            continue
        for edit in document.edits:
            place, _, name = edit.rule.partition("/")
            if place == kind and name in standing and name != rule.id and not edit.is_flag:
                yield name, f"it changes an example of {rule.name}"
    for text in rule.flags:
        document = clean(text)
        if not any(edit.rule == rule.name and edit.is_flag for edit in document.edits):
            yield from (
                (edit.rule.partition("/")[2], f"it hides what {rule.name} flags")
                for edit in document.edits
                if edit.kind == kind and edit.rule != rule.name and edit.rule.partition("/")[2] in standing
            )
