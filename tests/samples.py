"""Invented articles and rule files, and a cleaner that knows only the rules a test gives it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from cleaner import pipeline
from cleaner.pipeline import Cleaner

# What a report counts of a rule that did nothing.
NOTHING: Final = dict.fromkeys(
    ("edits", "removed", "replaced", "put_in", "flagged", "removed_hanzi", "unsure_sentences"), 0
)
TITLE: Final = "青石桥头的旧书铺"
LEAD: Final = "青石桥头有一家旧书铺，铺面不过两步宽，门口却总停着几辆自行车，车筐里放着刚买的书。"
MIDDLE: Final = (
    "掌柜姓褚，今年七十三岁，年轻时在印刷厂排字，手指上至今留着铅灰。他认书不看封面，只摸一摸纸，"
    "便说得出是哪一年、哪一家厂子印的，十回里有九回不错。"
)
CLOSE: Final = "天黑以后，他把门板一块一块装上，最后一块总留一道缝，说是给晚来的人看一眼灯光。"
ARTICLE: Final = f"{TITLE}\n\n{LEAD}\n\n{MIDDLE}\n\n{CLOSE}\n"
TRADITIONAL_ARTICLE: Final = (
    "青石橋頭有一家舊書鋪，鋪面不過兩步寬，門口卻總停著幾輛自行車，車筐裡放著剛買的書。\n"
    "掌櫃姓褚，今年七十三歲，年輕時在印刷廠排字，手指上至今留著鉛灰。\n"
)

_PEOPLE: Final = "老周 阿秀 船工 裁缝 邮差 木匠 茶农 渡口的老人 修伞的师傅 卖菱角的姑娘 守灯塔的人 放鸭的孩子".split()
_TIMES: Final = "清早 傍晚 入冬以后 头一场雨过后 赶集那天 腊月里 水退了以后 月亮上来时 晒谷的日子 第二年开春".split()
_PLACES: Final = "石桥边 晒场上 渡船里 祠堂门口 河滩上 半山的亭子 染坊后院 旧仓库 码头 竹林深处 磨坊前 井台旁".split()
_DEEDS: Final = (
    "数着岸上的灯 把湿木头翻了个面 记下当天的水位 给旧箱子换锁 煮一锅红薯粥 补好漏风的窗纸 讲起年轻时的远路 "
    "量那块青布的尺寸 等一封迟到的信 把鱼干一条条挂好 教徒弟辨认木纹 收起最后一张渔网 往炉膛里添松枝"
).split()
_ENDS: Final = "谁也没有催他 风停了好一阵 狗在门槛上睡着了 天色慢慢暗下去 邻居隔着墙应了一声 水声近得像在脚边".split()


def story(seed: int, *, sentences: int = 30) -> str:
    """An invented text of about 25 letters a sentence; those of two seeds have single phrases in common."""
    dice = random.Random(seed)
    parts = (_TIMES, _PEOPLE, _PLACES, _DEEDS, _ENDS)
    chosen = ([dice.choice(part) for part in parts] for _ in range(sentences))
    lines = (
        f"{when}，{who}第{dice.randint(1, 999)}次在{where}{what}，{end}。" for when, who, where, what, end in chosen
    )
    return "".join(line + ("\n" if number % 4 == 3 else "") for number, line in enumerate(lines))


def rule(**changed: Any) -> dict[str, Any]:
    """A rule that can be used, except for what is `changed`; None drops a key."""
    keys: dict[str, Any] = {
        "id": "read-on",
        "about": "a prompt to open the app",
        "needs": ["打开应用"],
        "where": None if changed.get("scope") == "span" else "anywhere",
        "pattern": "^打开应用看全文$",
        "changes": [[f"{LEAD}\n打开应用看全文\n", f"{LEAD}\n"]],
        "keeps": ["他打开应用，记下了今天的账。\n"],
        **changed,
    }
    return {key: value for key, value in keys.items() if value is not None}


def rule_file(folder: Path, *rules: dict[str, Any], stem: str = "site") -> Path:
    """A rule file in `folder`; the rules report under the kind `stem`."""
    path = folder / f"{stem}.toml"
    tables = ("[[rule]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in rule.items()) for rule in rules)
    path.write_text("\n".join(tables), "utf-8")
    return path


def cleaner_with(*rule_files: Path, **choices: Any) -> Cleaner:
    """A cleaner whose only rules are those of the given files, whatever the package ships."""
    with patch.object(pipeline, "shipped_rule_files", list):
        return Cleaner(rule_files=rule_files, **choices)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return '"' + "".join(_escaped(letter) for letter in value) + '"'
    return repr(value)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"
