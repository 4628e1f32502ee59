"""Invented sites: articles that share nothing, and what a site puts around each of them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

_WHO: Final = ("老木匠", "渡船的船家", "新来的教师", "气象站的值班员", "茶园的主人", "养蜂人", "修表的师傅", "守林人")
_WHEN: Final = ("天还没亮就", "下过雨以后", "到了秋天", "每逢赶集的日子", "过了小寒")
_DOES: Final = ("把工具一件一件擦干净", "沿着河堤走上十里路", "记下当天的风向和水位", "给邻居家的孩子讲从前的事")
_THEN: Final = (
    "，说这样心里踏实",
    "谁劝也不肯歇一歇",
    "几十年没有间断过",
    "旁人看了都很佩服",
    "回来时天已经黑了",
)
_SENTENCES: Final = [f"{who}{when}{does}，{then}。" for when, does, who, then in product(_WHEN, _DOES, _WHO, _THEN)]
_PARAGRAPH: Final = 3  # sentences
TITLES: Final = tuple(
    f"{who.removeprefix('新来的')}与{thing}" for who, thing in product(_WHO, ("旧船", "铜钟", "石桥", "年历"))
)


def paragraph(number: int) -> str:
    """The paragraph of that number; no two share a sentence as long as there are sentences left."""
    first = number * _PARAGRAPH * 7
    return "".join(_SENTENCES[(first + 7 * step) % len(_SENTENCES)] for step in range(_PARAGRAPH))


def article(number: int) -> str:
    """A title and three paragraphs."""
    return "\n".join([TITLES[number % len(TITLES)], *(paragraph(3 * number + part) for part in range(3))])


def written(folder: Path, texts: dict[str, str]) -> Path:
    """A folder with the given files."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def page(number: int) -> str:
    """A page of a news site: a trail and a counter above the article, a block of the site below it."""
    lines = [
        f"首页 > 山里新闻 > 第{number}版面",
        f"发布时间：2026-03-{number + 1:02d} 浏览量（{number * 37 + 5}）",
        article(number),
        "山里新闻网·把山里的事说给山外听",
        "长按下图二维码，找到我们的小屋",
        f"已有{number * 11 + 2}位乡亲在读",
    ]
    return "\n".join(lines) + "\n"


BLOCK: Final = ("山里新闻网·把山里的事说给山外听", "长按下图二维码，找到我们的小屋")


def statute(number: int) -> str:
    """A statute: chapters, articles and a last clause that all statutes share."""
    return (
        "\n".join(
            [
                f"{TITLES[number % len(TITLES)]}管理办法",
                "第一章 总则",
                "第 1 条",
                paragraph(3 * number),
                "第二章 管理",
                "第 2 条",
                paragraph(3 * number + 1),
                "第三章 附则",
                "第 3 条",
                "本办法自发布之日起施行。",
            ]
        )
        + "\n"
    )


def essay(number: int) -> str:
    """An essay with what authors repeat: headings, a refrain, a turn of speech, a greeting, notes."""
    return (
        "\n".join(
            [
                TITLES[number % len(TITLES)],
                "背景",
                paragraph(3 * number),
                "“嗯。”",
                "山一程，水一程，",
                paragraph(3 * number + 1),
                "影响",
                "答：",
                paragraph(3 * number + 2),
                "谢谢大家读到这里，我们下次再见。",
                "参考文献",
                f"[1] {TITLES[(number + 3) % len(TITLES)]}，山里书局，{1950 + number}",
            ]
        )
        + "\n"
    )


PLUG: Final = "山里故事会的往期合集都收在这里：https://example.com/plug/abc"
DIVIDER: Final = "－" * 30


def fused(number: int) -> str:
    """A video description on one line: a plug, the article, a divider and more plugs, without line breaks."""
    told = "".join(paragraph(3 * number + part) for part in range(2))
    return f"{TITLES[number % len(TITLES)]}\n{PLUG}{told}{DIVIDER}往期最受欢迎：山里的四季https://example.com/v/1\n"
