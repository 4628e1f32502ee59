"""The facts about one document: everything a report says, and enough to rebuild the source."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from math import isfinite
from operator import itemgetter
from typing import Any, Final

from cleaner import digests
from cleaner.decode import encode
from cleaner.document import About, Document, Edit, Layer, Matched, undone
from cleaner.errors import ReportError, StaleEditError
from cleaner.quality import Effects, Measured, Quality, effects, hanzi, hanzi_of, is_dropped, measured

FORMAT: Final = 3  # raised when the meaning of a field changes

Facts = dict[str, Any]


PASSED: Final = "passed"  # the outcome of a record without text


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be cleaned, and why."""

    name: str
    reason: str

    def facts(self) -> Facts:
        """The failure as its JSON report says it."""
        return {"format": FORMAT, "name": self.name, "outcome": "failed", "reason": self.reason}


def facts(document: Document, *, quality: Quality | None = None) -> Facts:
    """What the JSON report on a document holds; `quality`, if it is known, need not be measured again.

    `outcome` is "cleaned", "unchanged", "empty" (nothing was left) or "dropped". `quality` holds the figures of
    `quality.Quality`, of a dropped document those it had before. `characters` counts code points: of
    the source, of the text, removed, replaced, put in the place of those, and flagged; source - removed - replaced +
    put in = text. `hanzi` counts those of the source, of the text, and removed. `rules` says for each rule what
    `by_rule` does. `layers` lists the edits of each layer in order; `start` is the place in the text that layer saw,
    `source` the span in the source, and `confidence` stands where a finder isn't quite sure. `matched` stands where a
    text is like another: `name` is the other's, and `page` whether it has a report page; or `name` is "" for this very
    document, `span` the place in the text that layer saw, and `source` in the source. `about` stands for HTML
    pages: title, date, author, source and kind, as `About` has them. Deterministic: no clock, no path.
    """
    done = effects(document.edits)
    found = measured(document, done) if quality is None else Measured(quality, hanzi_of(hanzi(document.text), done))
    rules = _told(done)
    source = digests.of_text(document.source)
    told = {
        "format": FORMAT,
        "name": document.name,
        "outcome": outcome(document),
        "encoding": document.encoding,
        "lossless": document.lossless,
        "source_sha256": source,
        "text_sha256": source if document.text == document.source else digests.of_text(document.text),
        "characters": {"source": len(document.source), "text": len(document.text), **_sums_of(rules)},
        "hanzi": found.hanzi,
        "quality": found.quality._asdict(),
        "rules": rules,
        "layers": _layers(document),
    }
    if document.about:
        told["about"] = document.about._asdict()
    return told


def outcome(document: Document) -> str:
    """What became of a document: "cleaned", "unchanged", "empty" or "dropped"."""
    if is_dropped(document):
        return "dropped"
    if not document.text.strip():
        return "empty"
    return "unchanged" if document.text == document.source else "cleaned"


def totals(edits: Iterable[Edit]) -> dict[str, int]:
    """Characters removed, replaced, put in and flagged; what a doubtful change replaced is flagged as well.

    Each layer of edits adds to them, so that a text is always its source's length - removed - replaced + put in long.
    """
    return _sums_of(by_rule(edits))


def _sums_of(rules: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    sums = {"removed": 0, "replaced": 0, "put_in": 0, "flagged": 0}
    for each in rules.values():
        for name in sums:
            sums[name] += each[name]
    return sums


def in_all(hanzi: Mapping[str, int]) -> int:
    """How many hanzi there were: those of the source, or those left and removed if repairs won some back."""
    return max(hanzi["source"], hanzi["text"] + hanzi["removed"])


def by_rule(edits: Iterable[Edit]) -> dict[str, dict[str, int]]:
    """For each rule, sorted by name: edits, characters removed, replaced, put in their place, and flagged.

    `removed_hanzi` are those among the removed, and `unsure_sentences` those in what was removed without being sure.
    """
    return _told(effects(edits))


def _told(done: Effects) -> dict[str, dict[str, int]]:
    return {
        rule: {
            "edits": each.edits,
            "removed": each.removed.characters,
            "replaced": each.replaced.characters,
            "put_in": each.put_in.characters,
            "flagged": each.flagged.characters + each.doubted,
            "removed_hanzi": each.removed.hanzi,
            "unsure_sentences": each.unsure_sentences,
        }
        for rule, each in done.items()
    }


def _layers(document: Document) -> list[list[Facts]]:
    return [
        [
            _edit_facts(edit, span, document, depth)
            for edit, span in zip(layer, document.source_spans(depth), strict=True)
        ]
        for depth, layer in enumerate(document.layers)
    ]


def _matched_facts(matched: Matched, document: Document, depth: int) -> Facts:
    if matched.name:
        return {"name": matched.name, "page": matched.has_page}
    source = document.source_span(matched.start, matched.end, depth=depth)
    return {"name": "", "span": [matched.start, matched.end], "source": list(source)}


def _matched(told: Facts | None) -> Matched | None:
    if told is None:
        return None
    start, end = told.get("span", (0, 0))
    return Matched(told["name"], start, end, told.get("page", False))


def _edit_facts(edit: Edit, span: tuple[int, int], document: Document, depth: int) -> Facts:
    told = {
        "start": edit.start,
        "old": edit.old,
        "new": edit.new,
        "rule": edit.rule,
        "why": edit.why,
        "source": [*span],
    }
    if edit.confidence < 1:
        told["confidence"] = edit.confidence
    if edit.matched:
        told["matched"] = _matched_facts(edit.matched, document, depth)
    return told


def to_json(content: Facts) -> str:
    """JSON with sorted keys, a line for each innermost object, so that two reports can be compared line by line.

    Lone surrogates, which no UTF-8 file can hold, are escaped.
    """
    return _written((_document_json(content, "\n") if "layers" in content else _json(content)) + "\n")


def to_line(content: Facts) -> str:
    """The same on one line."""
    return _written((_document_json(content, "") if "layers" in content else _inline(content)) + "\n")


def _written(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # rare, and faster to try than to look for
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text


def _json(value: Any) -> str:
    if isinstance(value, dict) and _holds_objects(value.values()):
        return "{\n" + ",\n".join([f"{_inline(key)}: {_json(value[key])}" for key in sorted(value)]) + "\n}"
    if isinstance(value, list) and _holds_objects(value):
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    return _inline(value)


def _document_json(told: Facts, end: str) -> str:
    """What `_json` gives for the facts about a document, or `_inline` if no line has an `end`, several times faster."""
    quality = {
        name: encode_basestring(value) if isinstance(value, str) else value for name, value in told["quality"].items()
    }
    rules = [f"{encode_basestring(rule)}: {_numbers_json(counts)}" for rule, counts in told["rules"].items()]
    layers = [_joined("[]", list(map(_edit_json, layer)), end) for layer in told["layers"]]
    parts = {
        "characters": _numbers_json(told["characters"]),
        "hanzi": _numbers_json(told["hanzi"]),
        "quality": _numbers_json(quality),
        "rules": _joined("{}", rules, end),
        "layers": _joined("[]", layers, end),
    }
    return _joined("{}", [f'"{name}": {parts.get(name) or _inline(told[name])}' for name in sorted(told)], end)


def _numbers_json(told: Mapping[str, float | str]) -> str:
    """What `_inline` gives for an object of numbers, or of what is JSON already."""
    form, values = _form(tuple(told))
    return form % values(told)


@lru_cache(maxsize=1 << 5)  # there are four, and as many of earlier versions
def _form(names: tuple[str, ...]) -> tuple[str, Callable[[Any], tuple[Any, ...]]]:
    """How an object with these keys is written, and what gives its values for that."""
    ordered = sorted(names)
    return "{" + ", ".join(f'"{name}": %s' for name in ordered) + "}", itemgetter(*ordered)


def _joined(brackets: str, parts: list[str], end: str) -> str:
    if not parts:
        return brackets
    between = f",{end or ' '}"
    return f"{brackets[0]}{end}{between.join(parts)}{end}{brackets[1]}"


_PLAIN: Final = 6  # keys of an edit of which no more is told than of all


def _edit_json(edit: Facts) -> str:
    """What `_inline` gives for an edit; nearly all objects of a report are edits."""
    told, more = encode_basestring, _more_json(edit) if len(edit) > _PLAIN else ""
    first, last = edit["source"]
    return (
        f'{{{more}"new": {told(edit["new"])}, "old": {told(edit["old"])}, "rule": {told(edit["rule"])}, '
        f'"source": [{first}, {last}], "start": {edit["start"]}, "why": {told(edit["why"])}}}'
    )


def _more_json(edit: Facts) -> str:
    """What is told of some edits only."""
    return "".join(f'"{name}": {_inline(edit[name])}, ' for name in ("confidence", "matched") if name in edit)


def _inline(value: Any) -> str:
    """What json.dumps writes with sorted keys, without an encoder for each of a report's many objects."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ", ".join([f"{encode_basestring(key)}: {_inline(value[key])}" for key in sorted(value)]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return repr(value) if type(value) in (int, float) and isfinite(value) else json.dumps(value)


def _holds_objects(values: Iterable[Any]) -> bool:
    """Whether any of the values is an object or a list that holds objects or lists."""
    for item in values:
        if isinstance(item, dict):
            return True
        if isinstance(item, list) and any(isinstance(part, dict | list) for part in item):
            return True
    return False


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def passed_facts(name: str, reason: str) -> Facts:
    """What the report row of a record says that has no text, and went out as it came."""
    return {"format": FORMAT, "name": name, "outcome": PASSED, "reason": reason}


def has_text(report: str) -> bool:
    """Whether a JSON report is on a document whose text was written: not if it was dropped, failed or had none."""
    try:
        return loaded(report)["outcome"] not in ("dropped", "failed", PASSED)
    except (ValueError, LookupError, TypeError):
        return True  # no report at all, as `source_of` will say


def source_of(text: bytes, report: str) -> bytes:
    """The very bytes that were cleaned, from the clean text, b"" if it was dropped, and its JSON report.

    For an HTML page, all that its elements say, in UTF-8, for its bytes cannot be had from that; for a text that never
    was bytes, its UTF-8. Raises `ReportError` if report and text don't belong together, or the bytes could not be kept.
    """
    document = document_of(text, report)
    try:
        return _encoded(document)
    except (LookupError, TypeError) as error:
        raise ReportError(_NO_REPORT) from error


def document_of(text: bytes, report: str) -> Document:
    """The document that a JSON report is on, from the clean text, b"" if it was dropped.

    Raises `ReportError` if report and text don't belong together.
    """
    try:
        content = loaded(report)
        name = content["name"]
        if content["outcome"] == "failed":
            raise ReportError(f"{name} has no text: {content['reason']}")
        if digests.of_text(text.decode("utf-8")) != content["text_sha256"]:
            raise ReportError(
                f"the text is not the one the report on {name} was made with; give the file from the same run, unedited"
            )
        layers = tuple(map(_layer, content["layers"]))
        source = undone(text.decode("utf-8"), layers)
        if digests.of_text(source) != content["source_sha256"]:
            raise ReportError(
                f"the report on {name} does not lead back to its source; it was changed after it was written"
            )
        about = About(**content["about"]) if "about" in content else None
        return Document(name, source, text.decode("utf-8"), layers, content["encoding"], content["lossless"], about)
    except (ValueError, LookupError, TypeError) as error:
        raise ReportError(_NO_REPORT) from error
    except StaleEditError as error:
        raise ReportError(f"the report does not fit the text: {error}") from error


def texts_of(text: str, report: str) -> Iterator[str]:
    """All texts that a document has been, from the clean one, "" if it was dropped, back to its source.

    Those that follow each other differ. `report` is the JSON report on it, which is taken at its word.
    """
    yield text
    for layer in reversed(loaded(report)["layers"]):
        if any(edit["new"] != edit["old"] for edit in layer):
            text = undone(text, (_layer(layer),))
            yield text


_NO_REPORT: Final = "no report on a cleaned document; give a .json file from OUT/reports and the text from OUT/text"
_ESCAPED: Final = re.compile(r"(?<!\\)(?P<backslashes>(?:\\\\)*)\\u(?P<code>d[89a-f][0-9a-f]{2})")


def loaded(report: str) -> Any:
    """What a JSON report holds; surrogates stay as `to_json` wrote them, where JSON joins two that make a pair."""
    if "\\ud" in report:  # rare, and faster to look for than the pattern
        report = _ESCAPED.sub(lambda match: match["backslashes"] + chr(int(match["code"], 16)), report)
    return json.loads(report)


def _layer(edits: Iterable[Facts]) -> Layer:
    return tuple(
        Edit(
            edit["start"],
            edit["old"],
            edit["new"],
            edit["rule"],
            edit["why"],
            edit.get("confidence", 1.0),
            _matched(edit.get("matched")),
        )
        for edit in edits
    )


def _encoded(document: Document) -> bytes:
    name, source, encoding = document.name, document.source, document.encoding
    if not encoding or document.about:  # a page's source is what it says, and never was bytes
        return source.encode("utf-8", "surrogatepass")
    if document.lossless:
        return encode(source, encoding)
    raise ReportError(f"the bytes of {name} were not kept: {encoding} doesn't give all of them; go back to the file")
