"""Charts are drawn the same each time, as text and shapes alone, whatever their labels are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cleaner.report.charts import bars, columns
from tests.hostile import FRAGMENTS

ELEMENTS = {"svg", "title", "desc", "g", "rect", "line", "text"}


def texts(chart: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(chart).iter("text")]


def test_a_chart_has_a_name_a_description_and_its_labels_as_text() -> None:
    chart = bars("kinds", [("重复 7 %", 7.0), ("分享 3 %", 3.0)], title="Removed", told="mostly 重复", unit=" %")
    assert (
        bars("kinds", [("重复 7 %", 7.0), ("分享 3 %", 3.0)], title="Removed", told="mostly 重复", unit=" %") == chart
    )
    root = ElementTree.fromstring(chart)
    assert root.attrib["aria-labelledby"] == "kinds-title kinds-told"
    assert [(each.attrib["id"], each.text) for each in root[:2]] == [
        ("kinds-title", "Removed"),
        ("kinds-told", "mostly 重复"),
    ]
    assert {"重复 7 %", "分享 3 %", "0 %"} <= set(texts(chart))
    assert len(ElementTree.fromstring(chart).findall(".//g[@class='series bars']/rect")) == 2


def test_labels_of_others_are_text_and_have_room() -> None:
    points = [(fragment * 20, float(number)) for number, fragment in enumerate(FRAGMENTS)]
    chart = bars("x", points, title="x", told="".join(FRAGMENTS))
    root = ElementTree.fromstring(chart)
    assert {each.tag for each in root.iter()} == ELEMENTS
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on") or name == "style"]
    assert all(float(each.attrib[side]) >= 0 for each in root.iter("rect") for side in ("width", "height"))
    assert max(map(len, texts(chart))) <= 42
    assert not re.search(r"<(?:script|img|iframe)", chart)


def test_names_of_rules_stand_whole_in_a_chart_that_is_as_broad_as_they_need() -> None:
    name = "12.3 % markdown/image-with-empty-words"
    chart = bars("x", [(name, 12.3)], title="x", told=name)
    assert name in texts(chart)
    assert ElementTree.fromstring(chart).attrib["class"] == "chart broad"
    assert ElementTree.fromstring(bars("x", [("7 % 重复", 7.0)], title="x", told="x")).attrib["class"] == "chart"


def test_of_many_columns_some_are_labelled() -> None:
    chart = columns("h", [(str(number), number) for number in range(20)], title="h", told="h")
    assert [text for text in texts(chart)[:20] if text] == ["0", "4", "8", "12", "16"]
    assert len(ElementTree.fromstring(chart).findall(".//g[@class='series columns']/rect")) == 20


def test_nothing_is_drawn_of_nothing_and_something_of_nothing_but_zeros() -> None:
    assert bars("x", [], title="x", told="x") == ""
    assert columns("x", [("0", 0), ("1", 0)], title="x", told="x")
