"""Which stretches of a text are code."""

from __future__ import annotations

import pytest

from cleaner.repair import code


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in code.stretches(text)]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("先看\n```sh\n# 注释\n```\n再看", ["```sh\n# 注释\n```"]),
        ("它没有过滤。```\necho 1\n```\n完", ["```\necho 1\n```"]),
        ("~~~\n**\n~~~\n完", ["~~~\n**\n~~~"]),
        ("开头\n```\n没有结束", ["```\n没有结束"]),
        ("写作`a**b`或`c`。", ["`a**b`", "`c`"]),
        ("说明：\n\n    int **p;\n\t****\n完", ["    int **p;", "\t****"]),
        ("取 $x\\_0$ 与 $$y\\_1$$ 。", ["$x\\_0$", "$$y\\_1$$"]),
        ("[code]a[b]c[/b][/code]后面", ["[code]a[b]c[/b][/code]"]),
        ("没有代码，只有**粗体**。", []),
    ],
)
def test_stretches(text: str, stretches: list[str]) -> None:
    assert found(text) == stretches


def test_touching() -> None:
    stretches = code.stretches("一`ab`二`cd`三")
    assert stretches == [(1, 5), (6, 10)]
    assert [code.touches(stretches, place, place + 1) for place in range(11)] == [
        1 <= p < 5 or 6 <= p < 10 for p in range(11)
    ]
    assert code.touches(stretches, 0, 11)
    assert not code.touches([], 0, 5)
