"""What holds of every text, however hostile: nothing is lost, nothing comes from nowhere, and cleaning comes to rest.

`REPLACEMENTS` says, for every rule that puts something in the place of what it takes, what that may be; all other
rules only remove or flag. A check raises AssertionError with the edit at fault.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, islice
from typing import Final
from urllib.parse import unquote

from cleaner import report
from cleaner.decode import Decoded, encode
from cleaner.document import Document, Edit
from cleaner.pipeline import Cleaner

_BLANKS: Final = frozenset(" \n\N{IDEOGRAPHIC SPACE}")
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
_FULL_WIDTH: Final = 0xFEE0
_NAMED: Final = re.compile(r"(#?\w+);?$")
_BARE: Final = re.compile("x[0-9a-fA-F]{4}")
_UNITS: Final = re.compile("u([0-9a-fA-F]{4})")
_HANZI: Final = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
PASSES: Final = 2  # after so many, cleaning a text once more changes nothing


@cache
def cleaner() -> Cleaner:
    """One cleaner with the rules of the package for all."""
    return Cleaner()


# --- what may take the place of what goes ------------------------------------------------------------------------


def _blank(edit: Edit) -> bool:
    """Blanks and line ends: two parts are kept apart."""
    return set(edit.new) <= _BLANKS


def _part(edit: Edit) -> bool:
    """Characters of what stood there, in their order."""
    left = iter(edit.old)
    return all(letter in left for letter in edit.new)


def _blank_or_part(edit: Edit) -> bool:
    return set(edit.new) <= _BLANKS | set(edit.old)


def _one_of(*texts: str) -> Callable[[Edit], bool]:
    return lambda edit: edit.new in texts


def _forms(text: str) -> frozenset[str]:
    """The characters of a text, their compatibility forms, and the full-width forms of marks."""
    plain = set(text) | set(unicodedata.normalize("NFKC", text))
    wide = {chr(ord(letter) + _FULL_WIDTH) for letter in plain if "!" <= letter <= "~"}
    return frozenset(plain | wide)


def _same_character(edit: Edit) -> bool:
    """Compatibility forms of the same characters, those of the supplement of radicals any character."""
    radicals = {letter for letter in edit.old if "\u2e80" <= letter <= "\u2eff"}
    return len(edit.new) == len(edit.old) and all(
        new in _forms(old) or (old in radicals and _HANZI.match(new))
        for old, new in zip(edit.old, edit.new, strict=True)
    )


def _pair(edit: Edit) -> bool:
    """U+FFFD for what is no text, and the character that two halves of a pair make."""
    joined = edit.old.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return set(edit.new) <= _forms(joined) | {_LOST}


def _entity(edit: Edit) -> bool:
    """What HTML says the entity stands for, with an ordinary blank for one that doesn't break."""
    named = _NAMED.search(edit.old)
    name = named[1] if named else ""
    said = html.unescape(f"&#{name};" if _BARE.fullmatch(name) else f"&{name};")
    return set(edit.new) <= _forms(said.replace("\N{NO-BREAK SPACE}", " "))


def _escaped(edit: Edit) -> bool:
    units = b"".join(int(unit, 16).to_bytes(2, "big") for unit in _UNITS.findall(edit.old))
    said = units.decode("utf-16-be", "replace") if units else unquote(edit.old)
    return set(edit.new) <= _forms(said) | {_LOST}


def _decoded_again(edit: Edit) -> bool:
    """Any characters, for the same bytes mean any others, but no more of them, no controls and no lone surrogates."""
    strange = {letter for letter in set(edit.new) - set(edit.old) if unicodedata.category(letter) in ("Cs", "Cc")}
    return len(edit.new) <= len(edit.old) and not strange


def _of_gbk(edit: Edit) -> bool:
    """Characters of GBK, from whose bytes the run was put together, and what stood there."""
    return all(letter in edit.old or len(letter.encode("gbk", "ignore")) == 2 for letter in edit.new)


def _replaced(edit: Edit) -> bool:
    """What the rule's file says."""
    return edit.new == {rule.name: rule.replace for rule in cleaner().rules.rules}.get(edit.rule, "")


REPLACEMENTS: Final[dict[str, Callable[[Edit], bool]]] = {
    "characters/compatibility": _same_character,
    "characters/undecodable": _pair,
    "characters/filler": _one_of("", " "),
    "entities/entity": _entity,
    "escapes/unicode": _escaped,
    "escapes/percent": _escaped,
    "escapes/control": _one_of("\n", " ", '"', "/"),
    "mojibake": _decoded_again,
    "markup": _blank,
    "bbcode/tag": _blank,
    "jammers": _blank,
    "layout": _blank,
    "front-matter/title": _part,
    "front-matter/linked-title": _part,
    "links": _part,
    "markdown": _part,
    "shear": _of_gbk,
    "holes/blank": _blank_or_part,
    "holes/indent": _blank,
    "holes/dash": _one_of("——"),
    "holes/middle-dot": _one_of("·"),
    "holes/quotation-mark": _one_of("“", "”"),
}


def check_edit(edit: Edit) -> None:
    """An edit flags, removes, or replaces by what its rule may put there; and says why."""
    may_be = REPLACEMENTS.get(edit.rule) or REPLACEMENTS.get(edit.kind) or _replaced
    assert edit.is_flag or may_be(edit), f"{edit} puts in what its rule isn't known to"
    assert edit.rule.partition("/")[2], f"{edit} has no rule"
    assert edit.why, f"{edit} has no reason"
    assert 0 <= edit.confidence <= 1, edit


# --- what holds ---------------------------------------------------------------------------------------------------


def check_decoded(data: bytes, decoded: Decoded) -> None:
    """The bytes can be had back, if they were all kept, and only then; what came is one text."""
    try:
        again = encode(decoded.text, decoded.encoding)
    except UnicodeEncodeError:
        again = None
    assert decoded.lossless == (again == data), (decoded.encoding, decoded.evidence)
    assert decoded.evidence


def check_document(document: Document) -> None:
    """Nothing is lost and nothing is from nowhere; the text can be written."""
    assert document.rebuilt() == document.source
    for edit in document.edits:
        check_edit(edit)
    new = set(chain.from_iterable(edit.new for edit in document.edits if not edit.is_flag))
    assert set(document.text) <= set(document.source) | new
    for origin in document.origins():
        assert 0 <= origin.start <= origin.end <= len(document.source), origin


def check_reports(document: Document) -> None:
    """The JSON report is JSON, leads back to the source, and says the same each time; the page is there."""
    told = report.facts(document)
    written = report.to_json(told)
    assert written == report.to_json(report.facts(document))
    assert json.loads(written).keys() == told.keys()
    assert json.loads(report.to_line(told)) == json.loads(written)
    back = report.document_of(document.text.encode("utf-8"), written)
    assert (back.source, back.text, back.layers) == (document.source, document.text, document.layers)
    page = report.document_page(document)
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    page.encode("utf-8")


def passes(text: str) -> Iterator[str]:
    """What cleaning a text again and again gives, until it changes nothing."""
    again = cleaner().clean(text).text
    while again != text:
        yield again
        text, again = again, cleaner().clean(again).text


def check_settled(document: Document) -> None:
    """Cleaning comes to rest; see `PASSES`."""
    more = list(islice(passes(document.text), PASSES))
    assert len(more) < PASSES, more


def check_cleaned(document: Document) -> Document:
    """All that holds of one document that was cleaned, which is given back."""
    check_document(document)
    check_reports(document)
    assert document.text.encode("utf-8").decode("utf-8") == document.text
    return document
