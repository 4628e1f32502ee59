"""Headers of blog posts."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.repair import frontmatter
from cleaner.units import View


def cleaned(text: str) -> str:
    return Document.of(text).revised(frontmatter.find(View(text))).text


BODY = "渡口的老船夫说，雨季的河是另外一条河。\n"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("---\nlayout: post\ntags: [ 河 ]\n---\n", ""),
        ("+++\ntitle = '雨季'\ndraft = false\n+++\n", "雨季\n"),
        ("title: 雨季\ndate: 2020-01-02\ntags:\n- 河\n- 渡口\n---\n", "雨季\ndate: 2020-01-02\n"),
        ("---\ntitle: 另外一条河\nlayout: post\n---\n", "另外一条河\n"),
        ("---\ntitle: 雨季\nlayout: post\n---\n## 雨季\n", "## 雨季\n"),
        ("---\ndescription: 雨季的河是另外一条河\nlayout: post\n---\n", ""),
        ("---\nauthor: 阿岚\nmood: 平静\ntoc: true\n---\n", "author: 阿岚\nmood: 平静\n"),
        ("---\ntitle: >\n  两行\n  标题\nlayout: post\n---\n", "title: >\n  两行\n  标题\n"),
        ("---\nlayout: post\ndate: 2020-01-02\n---\n<!--1617213448000-->\n", "date: 2020-01-02\n"),
        (
            "---\ntitle: 雨季\nfrom: https://example.org/a_(b)\n---\n[雨季](https://example.org/a_(b))\n------\n",
            "from: https://example.org/a_(b)\n雨季\n",
        ),
    ],
    ids=[
        "machine",
        "toml",
        "hexo",
        "title in a sentence",
        "title below",
        "summary",
        "unknown",
        "folded",
        "stamp",
        "linked",
    ],
)
def test_a_header_is_taken_apart(text: str, clean: str) -> None:
    assert cleaned(text + BODY) == clean + BODY
    assert cleaned(clean + BODY) == clean + BODY


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}---\nlayout: post\ntags: 河\n---\n{BODY}",
        f"---\n{BODY}---\n{BODY}",
        f"---\n甲: 一\n乙: 二\n---\n{BODY}",
        f"---\nlayout: post\n---\n{BODY}",
        f"---\nlayout: post\ntitle: 无\n{BODY}",
        f"---\nlayout: post\ntitle: 示例\n---\n上面几行是 front matter。\n{BODY}",
        f"date: 2020-01-02\nauthor: 阿岚\n{BODY}---\n{BODY}",
        f"---\nlayout: post\ntitle: 雨季\n{BODY}---\n",
        f"---\nname: 阿岚\ntype: 工程师\nid: 12\n---\n{BODY}",
        "",
    ],
    ids=["not first", "prose", "chinese", "one field", "open", "explained", "no end", "prose inside", "card", "empty"],
)
def test_what_is_no_header_stays(text: str) -> None:
    assert cleaned(text) == text


def test_a_name_of_a_generator_may_be_a_persons() -> None:
    assert cleaned(f"---\nlayout: post\ntags: 河\n---\n越狱的人叫 Hugo Grotius。\n{BODY}").startswith("越狱的人")


def test_a_link_to_another_page_than_the_header_says_stays() -> None:
    text = f"---\ntitle: 雨季\nfrom: https://example.org/a\n---\n[雨季](https://example.org/b)\n{BODY}"
    assert "[雨季](https://example.org/b)" in cleaned(text)
