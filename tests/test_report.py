"""Reports: that they hold enough to rebuild the source, and that pages show text and never run it."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner.decode import decode
from cleaner.dedup import Found
from cleaner.document import Document, Edit, Matched, undone
from cleaner.errors import ReportError
from cleaner.extract import extract
from cleaner.quality import MEANINGS, figures
from cleaner.report import (
    Account,
    Failure,
    Summary,
    document_page,
    facts,
    failure_page,
    has_text,
    index_page,
    source_of,
    texts_of,
    to_json,
    to_line,
)
from cleaner.report import (
    document_of as read_again,
)
from cleaner.report.facts import by_rule, totals
from tests.samples import ARTICLE, LEAD, NOTHING, TRADITIONAL_ARTICLE, cleaner_with
from tests.strategies import decoded_texts, documents, encodable_texts

CLEANER = cleaner_with()
DIRT = "山&nbsp;水\N{ZERO WIDTH SPACE}<b>人</b>\N{REPLACEMENT CHARACTER}\n"


def document_of(*layers: list[Edit], text: str = "甲乙丙丁", name: str = "a.txt") -> Document:
    document = Document.of(text, name=name)
    for layer in layers:
        document = document.revised(layer)
    return document


def cleaned(data: bytes) -> Document:
    decoded = decode(data)
    return CLEANER.clean(decoded.text, name="a.txt", encoding=decoded.encoding, lossless=decoded.lossless)


# facts


def test_what_a_doubtful_change_replaced_counts_as_flagged_too() -> None:
    edits = [Edit(0, "甲乙", "丙丁", "a/guess", "", 0.5), Edit(5, "戊", "己", "a/sure", "", 0.9)]
    assert [edit.is_doubtful for edit in edits] == [True, False]
    assert totals(edits) == {"removed": 0, "replaced": 3, "put_in": 3, "flagged": 2}


@given(documents())
def test_characters_balance_whatever_later_layers_do_to_what_earlier_ones_put_in(document: Document) -> None:
    found = facts(document)
    for each in (found, Account.of(found)._asdict(), summed := of_two(document, container="")):
        count = each["characters"]
        assert count["source"] - count["removed"] - count["replaced"] + count["put_in"] == count["text"]
    assert summed["characters"]["put_in"] == 2 * sum(rule["put_in"] for rule in found["rules"].values())
    assert of_two(document, container="a.jsonl")["containers"][0]["characters"] == summed["characters"]


@given(documents())
def test_hanzi_that_were_removed_are_counted_by_rule(document: Document) -> None:
    found, removed = facts(document), [edit for edit in document.edits if not edit.new]
    for rule, counts in found["rules"].items():
        assert counts["removed_hanzi"] == sum(map(hanzi_in, (edit.old for edit in removed if edit.rule == rule)))
    whole = {"source": hanzi_in(document.source), "text": hanzi_in(document.text)}
    assert found["hanzi"] == {**whole, "removed": sum(map(hanzi_in, (edit.old for edit in removed)))}
    for container in ("", "a.jsonl"):
        summed = of_two(document, container=container)
        assert summed["hanzi"] == {name: 2 * count for name, count in found["hanzi"].items()}
    assert summed["containers"][0]["hanzi"] == summed["hanzi"]


def hanzi_in(text: str) -> int:
    return len(re.findall("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U00031fff]", text))


def of_two(document: Document, *, container: str) -> dict[str, Any]:
    """The facts of a summary that counts the document twice, by way of others that were revised to it."""
    summary, before = Summary(settings={}), Document.of(document.source, name=document.name)
    for name in ("one", "two"):
        told = [Account.of(facts(each))._replace(name=name) for each in (before, document)]
        summary.count(told[0], container=container)
        summary.revise(*told, container=container)
    return summary.facts()


def test_sentences_count_as_removed_unsurely_if_their_edit_is_not_sure_and_removes_them() -> None:
    prose = "孩子们都到河边去放风筝了。谁知道他们几时回来呢？首页 新闻\n联系我们\n谢谢！"
    edits = [
        Edit(0, prose, "", "a/unsure", "", 0.6),
        Edit(0, prose, "", "a/sure", "", 0.95),
        Edit(0, prose, prose, "a/flag", "", 0.6),
        Edit(0, prose, "甲", "a/new", "", 0.6),
    ]
    found = {rule: counts["unsure_sentences"] for rule, counts in by_rule(edits).items()}
    assert found == {"a/unsure": 2, "a/sure": 0, "a/flag": 0, "a/new": 0}


def test_facts_count_what_happened() -> None:
    document = document_of(
        [Edit(0, "甲", "", "a/x", "why"), Edit(1, "乙", "子丑", "b/y", ""), Edit(3, "丁", "丁", "b/y", "")],
        [Edit(0, "子丑丙", "", "a/x", "")],
    )
    found = facts(document)
    assert found["characters"] == {"source": 4, "text": 1, "removed": 4, "replaced": 1, "put_in": 2, "flagged": 1}
    assert found["hanzi"] == {"source": 4, "text": 1, "removed": 4}
    assert found["rules"] == {
        "a/x": {**NOTHING, "edits": 2, "removed": 4, "removed_hanzi": 4},
        "b/y": {**NOTHING, "edits": 2, "replaced": 1, "put_in": 2, "flagged": 1},
    }
    assert [edit["source"] for layer in found["layers"] for edit in layer] == [[0, 1], [1, 2], [3, 4], [1, 3]]
    first = found["layers"][0][0]
    assert (first["start"], first["old"], first["new"], first["rule"], first["why"]) == (0, "甲", "", "a/x", "why")


@pytest.mark.parametrize(
    ("text", "edit", "outcome"),
    [
        ("甲乙", Edit(0, "甲", "", "a/x", ""), "cleaned"),
        ("甲乙", Edit(0, "甲", "甲", "a/x", ""), "unchanged"),
        ("甲 \n", Edit(0, "甲", "", "a/x", ""), "empty"),
    ],
)
def test_an_outcome_is_told(text: str, edit: Edit, outcome: str) -> None:
    assert facts(document_of([edit], text=text))["outcome"] == outcome


def test_a_document_nothing_happened_to_is_unchanged_and_an_empty_one_empty() -> None:
    assert facts(Document.of("甲"))["outcome"] == "unchanged"
    assert facts(Document.of(""))["outcome"] == "empty"


@given(documents())
def test_a_report_leads_back_through_every_text_that_a_document_was(document: Document) -> None:
    texts = [undone(document.text, document.layers[depth:]) for depth in range(len(document.layers), -1, -1)]
    found = [*texts_of(document.text, to_json(facts(document)))]
    assert found == [text for text, before in zip(texts, [None, *texts], strict=False) if text != before]
    assert found[-1] == document.source


@given(documents(decoded_texts(max_parts=6)))
def test_facts_survive_json(document: Document) -> None:
    text = to_json(facts(document))
    assert json.loads(text) == facts(document)
    assert text.encode()


@given(documents(decoded_texts(max_parts=6)))
def test_the_same_document_gives_the_same_report(document: Document) -> None:
    again = Document(document.name, document.source, document.text, document.layers)
    assert to_json(facts(again)) == to_json(facts(document))
    assert document_page(again) == document_page(document)


def test_json_has_sorted_keys_and_a_line_for_each_edit() -> None:
    text = to_json(facts(document_of([Edit(0, "甲", "", "a/x", ""), Edit(2, "丙", "", "a/x", "")])))
    keys = list(json.loads(text))
    assert keys == sorted(keys)
    assert sum('"start"' in line for line in text.splitlines()) == 2
    assert "甲" in text


@given(documents())
def test_reports_and_rows_are_laid_out_as_json_is(document: Document) -> None:
    found = {**facts(document), "record": 1, "id": '甲"', "column": "text"}
    line = json.dumps(found, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace").decode()
    assert to_line(found) == f"{line}\n"
    assert to_json(found).replace(",\n", ", ").replace("\n", "") == line


def test_two_surrogates_that_make_a_pair_are_rebuilt_as_two() -> None:
    pair = "\ud83d\ude00"
    report = to_json(facts(document_of([Edit(0, pair, "", "a/x", "")], text=pair)))
    assert source_of(b"", report) == pair.encode("utf-8", "surrogatepass")


# rebuilding


@pytest.mark.parametrize("confidence", [1.0, 0.85, 1e-7])
def test_an_edit_stands_in_the_report_as_json_writes_it(confidence: float) -> None:
    old = '甲"乙\\\n\t\x01\N{LINE SEPARATOR}}, {'
    document = document_of([Edit(0, old, "丙}, {", "a/x", "因为“丁”", confidence)], text=old)
    (layer,) = facts(document)["layers"]
    line = json.dumps(layer[0], ensure_ascii=False, sort_keys=True)
    assert f"\n{line}\n" in to_json(facts(document))


@pytest.mark.parametrize(
    "data",
    [
        (DIRT + ARTICLE).encode(),
        codecs.BOM_UTF8 + (DIRT + ARTICLE).encode(),
        codecs.BOM_UTF16_LE + (DIRT + ARTICLE).encode("utf-16-le"),
        codecs.BOM_UTF32_BE + (DIRT + ARTICLE).encode("utf-32-be"),
        (ARTICLE + DIRT).encode("gb18030"),
        (TRADITIONAL_ARTICLE + "&nbsp;<b>").encode("big5hkscs"),
        ARTICLE.encode() + b"\xff\x80" + DIRT.encode() + b"\xe4",
        "山\r\n水\r人\n<br>\r\n".encode(),
        b"<b a='\\ud83d \\\\ud83d'>x",
        b"",
    ],
    ids=[
        "UTF-8",
        "UTF-8 with a mark",
        "UTF-16",
        "UTF-32",
        "GB18030",
        "Big5",
        "broken UTF-8",
        "line ends",
        "escapes",
        "nothing",
    ],
)
def test_the_bytes_that_came_in_are_rebuilt(data: bytes) -> None:
    document = cleaned(data)
    assert source_of(document.text.encode(), to_json(facts(document))) == data


@given(decoded_texts(), st.sampled_from(["utf-8", "gb18030"]))
def test_any_bytes_are_rebuilt(text: str, encoding: str) -> None:
    assume("\0" not in text)
    data = (ARTICLE + text).encode(encoding, "surrogateescape" if encoding == "utf-8" else "ignore")
    document = cleaned(data)
    assert document.lossless
    assert source_of(document.text.encode(), to_json(facts(document))) == data


REPORT: dict[str, Any] = facts(document_of([Edit(1, "乙", "子", "a/x", "")]))
EDIT: dict[str, Any] = REPORT["layers"][0][0]
TEXT = "甲子丙丁".encode()


def changed(**values: Any) -> str:
    return json.dumps({**REPORT, **values})


def test_the_report_these_tests_change_is_good() -> None:
    assert source_of(TEXT, changed()) == "甲乙丙丁".encode()


@pytest.mark.parametrize("text", ["", "甲子丙", "甲乙丙丁"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(
        ReportError, match=r"not the one the report on a\.txt was made with; give the file from the same"
    ):
        source_of(text.encode(), changed())


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ("", "no report on a cleaned document"),
        ("[]", "no report on a cleaned document"),
        ("null", "no report on a cleaned document"),
        (to_json(Failure("a.txt", "is missing").facts()), "a.txt has no text: is missing"),
        (changed(layers=None), "no report on a cleaned document"),
        (changed(layers=[[{"start": 1}]]), "no report on a cleaned document"),
        (changed(layers=[["x"]]), "no report on a cleaned document"),
        (changed(layers=[[{**EDIT, "start": "1"}]]), "no report on a cleaned document"),
        (changed(layers=[[{**EDIT, "new": "丑"}]]), "the report does not fit the text: undo: a/x expects"),
        (changed(layers=[[{**EDIT, "old": "丑"}]]), "the report on a.txt does not lead back to its source"),
        (changed(layers=[]), "the report on a.txt does not lead back to its source"),
    ],
)  # fmt: skip
def test_another_report_is_refused(report: str, says: str) -> None:
    with pytest.raises(ReportError, match=f"^{says}"):
        source_of(TEXT, report)


def test_a_text_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(ReportError):
        source_of(b"\xff\xfe", changed())


@pytest.mark.parametrize("encoding", ["klingon", 7])
def test_a_report_with_an_encoding_that_is_none_is_refused(encoding: Any) -> None:
    with pytest.raises(ReportError):
        source_of(TEXT, changed(encoding=encoding))


def test_the_text_of_a_page_is_rebuilt_whatever_its_entities_stand_for() -> None:
    document = CLEANER.finished(extract(f"<p>{LEAD}&#54620;</p>", encoding="big5hkscs"))
    assert source_of(document.text.encode(), to_json(facts(document)))


def test_bytes_that_could_not_be_kept_are_refused() -> None:
    document = cleaned(TRADITIONAL_ARTICLE.encode("big5") + b"\xa2\xcc")  # 十, which has another code
    assert not document.lossless
    with pytest.raises(ReportError):
        source_of(document.text.encode(), to_json(facts(document)))


# pages

SCRIPT = (resources.files("cleaner.report") / "templates" / "document.js").read_text("utf-8").rstrip("\n")
HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'{{ 7 * 7 }}"


def parsed(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml")


def assert_harmless(page: str) -> None:
    soup = parsed(page)
    assert [script.get_text() for script in soup.find_all("script")] in ([], [SCRIPT])
    assert not soup.find_all(["img", "iframe"])
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert "{{ 7 * 7 }}" in soup.get_text()


def test_hostile_text_name_rule_and_reason_are_shown_and_not_run() -> None:
    document = document_of(
        [
            Edit(0, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
            Edit(len(HOSTILE), HOSTILE, "", HOSTILE, HOSTILE),
            Edit(2 * len(HOSTILE), "甲", HOSTILE, HOSTILE, HOSTILE),
        ],
        text=HOSTILE * 2 + "甲" + HOSTILE,
        name=HOSTILE,
    )
    page = document_page(replace(document, encoding=HOSTILE))
    assert_harmless(page)
    soup = parsed(page)
    assert [listed.get_text() for listed in soup.select(".edits .why")] == [HOSTILE] * 3
    assert [listed.get_text() for listed in soup.select(".edits .kind")] == [HOSTILE] * 3


def test_hostile_failures_are_shown_and_not_run() -> None:
    assert_harmless(failure_page(Failure(HOSTILE, HOSTILE)))


def test_a_hostile_summary_is_shown_and_not_run() -> None:
    summary = Summary(settings={HOSTILE: HOSTILE})
    summary.add(document_of([Edit(0, "甲", "", HOSTILE, HOSTILE)], name=HOSTILE))
    summary.fail(Failure(HOSTILE, HOSTILE))
    summary.duplicates = Found([HOSTILE, HOSTILE], 2, [], [[0, 1]], {}, [[0, 1]])
    page = index_page(summary.facts())
    own = parsed(page).find("script")
    assert_harmless(page.replace(str(own), ""))
    links = [str(link["href"]) for link in parsed(page).find_all("a") if not str(link["href"]).startswith("#")]
    assert set(links) == {"duplicates.jsonl", f"reports/{quote(HOSTILE)}.html"}


@given(documents(st.text("甲乙丙<>&\"'", max_size=12)))
def test_a_page_shows_the_source_from_end_to_end(document: Document) -> None:
    for left_out, text in (("ins", document.source), ("del", document.text)):
        shown = parsed(document_page(document)).find(class_="source")
        assert isinstance(shown, Tag)
        for each in shown.select(f"{left_out}, a"):  # what was put in, or removed, and the numbers of edits
            each.extract()
        assert shown.get_text() == text


@given(documents(st.text("甲乙丙<>&\"'\n", max_size=12)))
def test_every_edit_has_one_mark_with_its_number_in_the_report_and_one_entry(document: Document) -> None:
    soup = parsed(document_page(document))
    marks = soup.select(".source [data-layer]")
    layers = facts(document)["layers"]
    assert len(marks) == len(document.edits)
    for number, mark in enumerate(marks, 1):
        edit = layers[int(str(mark["data-layer"]))][int(str(mark["data-index"]))]
        assert mark.name == {edit["old"]: "mark", "": "del" if edit["old"] else "mark"}.get(
            edit["new"], "del" if edit["old"] else "ins"
        )
        (entry,) = soup.select(f"#r{number}")
        assert [str(link["href"]) for link in mark.select(":scope > a")] == [f"#r{number}"]
        said = entry.get_text()
        assert edit["rule"] in said
        assert edit["why"] in said


@given(documents(encodable_texts(max_parts=6)))
def test_a_page_lists_every_edit(document: Document) -> None:
    rows = parsed(document_page(document)).select('li a[href^="#e"]')
    assert len(rows) == len(document.edits)


def test_a_page_gives_the_line_of_an_edit_and_leads_back() -> None:
    page = document_page(document_of([Edit(4, "丙", "", "a/x", "why")], text="甲\n乙\n丙", name="山/水/a.txt"))
    soup = parsed(page)
    assert [link.get_text() for link in soup.select('.edits a[href="#e1"]')] == ["1"]
    assert "line 3" in soup.select("#r1")[0].get_text()
    assert soup.find(id="e1")
    assert soup.select('a[href="../../../index.html"]')


def test_an_edit_leads_to_what_it_is_like() -> None:
    edits = [
        Edit(0, "甲", "甲", "a/x", "", matched=Matched("", 4, 5)),
        Edit(2, "乙", "", "a/x", "", matched=Matched("山 水/#1.txt", has_page=True)),
        Edit(4, "丙", "", "a/x", "", matched=Matched("b.jsonl:3")),
    ]
    document = document_of(edits, text="甲\n乙\n丙\n", name="news/a.txt")
    soup = parsed(document_page(document))
    first, second, third = soup.select(".edits li")
    row = soup.select(str(first.select("a")[1]["href"]))[0]
    assert (first.select("a")[1].get_text(), "丙" in row.get_text()) == ("line 3", True)
    assert second.select("a")[1]["href"] == "../../reports/%E5%B1%B1%20%E6%B0%B4/%231.html"
    assert len(third.select("a")) == 1
    assert third.get_text().endswith("like b.jsonl:3")


def test_what_an_edit_is_like_is_told_in_places_of_the_source_and_read_again() -> None:
    document = document_of(
        [Edit(0, "甲", "", "a/x", "")],
        [
            Edit(3, "丁", "", "a/x", "", matched=Matched("", 0, 2)),
            Edit(1, "丙", "丙", "a/x", "", 0.5, Matched("b", has_page=True)),
        ],
        text="甲乙丙戊丁",
    )  # fmt: skip
    found = facts(document)
    flag, gone = found["layers"][1]
    assert gone["matched"] == {"name": "", "span": [0, 2], "source": [1, 3]}
    assert flag["matched"] == {"name": "b", "page": True}
    report = to_json(found)
    assert json.loads(report) == found
    assert read_again(document.text.encode(), report).layers == document.layers


def test_surrogates_have_no_place_in_a_page() -> None:
    assert document_page(document_of(text="山\udcff", name="\udcff.txt")).encode()


def test_long_unchanged_stretches_are_not_shown() -> None:
    text = "甲" * 60_000 + "乙" + "丙" * 60_000
    page = document_page(document_of([Edit(60_000, "乙", "", "a/x", "")], text=text))
    assert len(page) < 50_000
    assert ">1</a>乙</del>" in page
    assert parsed(page).get_text().count("58000 unchanged characters") == 2


def test_a_page_of_very_many_edits_shows_the_first_and_says_where_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cleaner.report.document_pages.MOST_EDITS", 3)
    for edits, told in ((3, 0), (5, 2)):
        document = Document.of("山水" * edits + "河").revised(
            [Edit(2 * at, "山", "岳", "a", "b") for at in range(edits)]
        )
        page = BeautifulSoup(document_page(document), "lxml")
        assert len(page.select(".source del")) == 3
        assert len(page.select(".edits li")) == 3
        said = page.get_text()
        assert (f"{told} more edits are in the JSON report" in said) == (told > 0)
        assert ("… 5 more characters, with 2 more edits" in said) == (told > 0)
        assert ("河" in page.select(".source")[0].get_text()) == (told == 0)


def test_a_page_shows_each_figure_with_its_meaning() -> None:
    page = parsed(document_page(CLEANER.clean(ARTICLE, name="a.txt"))).get_text()
    for name, meaning in MEANINGS.items():
        assert name in page
        assert meaning in page


def test_facts_hold_the_figures() -> None:
    document = CLEANER.clean(ARTICLE)
    assert facts(document)["quality"] == figures(document)._asdict()


def test_a_dropped_document_is_told_to_be_and_is_rebuilt() -> None:
    document = cleaner_with(drop=["han > .5"]).clean(DIRT + ARTICLE, name="a.txt")
    report = to_json(facts(document))
    assert facts(document)["outcome"] == "dropped"
    assert source_of(b"", report).decode() == DIRT + ARTICLE
    assert "dropped, as asked by “han &gt; .5”" in document_page(document)
    assert (has_text(report), has_text(to_json(facts(CLEANER.clean(ARTICLE)))), has_text("[]")) == (False, True, True)


def test_a_summary_keeps_dropped_documents_apart() -> None:
    summary = Summary(settings={})
    summary.add(CLEANER.clean(ARTICLE, name="one"))
    summary.add(cleaner_with(drop=["han > .5"]).clean(ARTICLE, name="two"))
    found = summary.facts()
    assert found["accounts"] == {"in": 2, "written": 1, "dropped": 1, "failed": 0}
    assert [entry["name"] for entry in found["dropped"]] == ["two"]
    assert found["dropped"][0]["why"] in parsed(index_page(found)).get_text()


# summaries


def test_a_summary_adds_up_files_rules_and_kinds() -> None:
    summary = Summary(settings={"script": "keep"})
    summary.add(document_of([Edit(0, "甲", "", "a/x", ""), Edit(1, "乙", "乙", "a/y", "")], name="one"))
    summary.add(document_of([Edit(0, "甲", "", "a/x", ""), Edit(1, "乙", "子", "b/z", "")], name="two"))
    summary.fail(Failure("three", "is missing"))
    found = summary.facts()
    assert found["accounts"] == {"in": 3, "written": 2, "dropped": 0, "failed": 1}
    assert found["characters"] == {"source": 8, "text": 6, "removed": 2, "replaced": 1, "put_in": 1, "flagged": 1}
    assert found["rules"]["a/x"] == {**NOTHING, "files": 2, "edits": 2, "removed": 2, "removed_hanzi": 2}
    assert found["kinds"] == {
        "a": {**NOTHING, "edits": 3, "removed": 2, "removed_hanzi": 2, "flagged": 1},
        "b": {**NOTHING, "edits": 1, "replaced": 1, "put_in": 1},
    }
    assert [file["name"] for file in found["files"]] == ["one", "two"]
    assert found["failures"] == [Failure("three", "is missing").facts()]
    assert json.loads(to_json(found)) == found
