"""Invented texts of any length, the same for the same seed: words of everyday use in sentences that mean nothing."""

from __future__ import annotations

import random
from typing import Final

_WORDS: Final = (
    "河边 旧书 铺子 掌柜 灯光 早晨 孩子 老人 街上 桥头 风筝 茶馆 钟表 木匠 渔民 邮差 信件 雨伞 石板 院墙 "
    "槐树 井水 麦田 山路 火车 站台 学堂 黑板 纸张 墨水 棋盘 胡琴 戏台 鼓声 集市 蔬菜 鱼篓 炊烟 窗户 月亮 "
    "慢慢 常常 已经 忽然 仍旧 渐渐 从不 一直 打开 收起 记得 忘了 看见 听说 写下 带走 修好 等着 讲起 走过 "
    "安静 热闹 明亮 潮湿 干净 陌生 熟悉 高兴 疲倦 认真 许多 几个 每年 那天 后来 从前 傍晚 夜里 冬天 春天"
).split()


def sentence(random_: random.Random) -> str:
    """A sentence of 10 to 30 characters."""
    return "".join(random_.choices(_WORDS, k=random_.randint(5, 14))) + "。"


def prose(seed: int, sentences: int = 40) -> str:
    """A text of so many sentences, five to a line."""
    random_ = random.Random(seed)
    said = [sentence(random_) for _ in range(sentences)]
    return "\n".join("".join(said[start : start + 5]) for start in range(0, sentences, 5)) + "\n"


def edited(text: str, share: float, *, seed: int = 1) -> str:
    """The text with a share of its characters exchanged for ones that stand nowhere else in it."""
    random_ = random.Random(seed)
    letters = list(text)
    places = [place for place, letter in enumerate(letters) if letter.isalpha()]
    for place in random_.sample(places, round(share * len(places))):
        letters[place] = chr(random_.randrange(0x4E00, 0x9000))
    return "".join(letters)
