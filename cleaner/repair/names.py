"""Where a middle dot belongs: within foreign names, and between a work and its part. Next: `holes`, which asks this."""

from __future__ import annotations

from typing import Final

from cleaner.patterns import late

# The syllable tables of Xinhua's dictionary of names (世界人名翻译大辞典), simplified, with what Mongolian, Tibetan
# and Uyghur names are written with. The distinct ones hardly end or begin a Chinese phrase.
_DISTINCT: Final = frozenset(
    "尔斯姆弗莱蒂娜妮莎萨珀埃厄伊诺洛戈茨兹雅娅赫莫默顿逊琳黛薇蕾丝蒙迪鲁奥伦茜芙芭柯佩梅玛菲泽塞贝桑吉拉巴卡瓦朗侬坎坦哈霍胡穆阿艾纳内尼扎汗莉妲罕"
)
_SYLLABLES: Final = _DISTINCT | frozenset(
    "布普德特格克夫什施奇恩古库达塔加察沙查马亚瓜夸华帕盖凯韦费策谢杰切雷耶圭奎惠伯比皮基维齐西锡希米利里波博多托科沃福佐措索肖乔罗萝约果阔"
    "乌杜图武富朱楚苏舒努卢尤久丘休缪纽柳安班潘丹甘万凡赞灿尚詹钱曼南兰扬关宽环昂邦庞当唐冈康旺方藏仓让章昌杭芒拜派代泰怀法宰蔡赛夏贾海迈"
    "奈赖鲍保道陶高考藻曹绍焦豪毛瑙劳尧本彭登滕根肯文芬曾岑森申真琴亨门嫩延英宾平丁廷京金温津欣辛明宁林因翁蓬东通贡孔丰宗聪松雄容琼洪农隆龙永"
    "汤吕李葛彼得翰敦堡伍弥士提勒贞昆阮佛治盛歇撒欧威廉叶契诃列柴可陀思妥济慈笛狄更歌席大卫理山强尊伽梵毕居里牛腊翠莲珍露破雨左司泊乃仁"
    "增旦曲吾买江热孜别丽不都合木力吐肉呼其和牧爱何"
)
_REACH: Final = 8  # letters beside the dot that may be of the name
_CHAIN: Final = 8  # parts of a name at most; longer chains are lists
_LONG: Final = 3  # syllables in a row that no Chinese word is made of
# Short names of other syllables, and particles that stand between two marks.
_SHORT_NAMES: Final = frozenset("约翰 威廉 大卫 彼得 乔治 查理 杰克 杰夫 保罗 布什 本 德 冯 范 达 宾".split())

# Works that are cited with their part, and tunes with the song written to them: 《沁园春·雪》.
_WORKS: Final = frozenset(
    "论语 孟子 庄子 老子 荀子 墨子 列子 诗经 尚书 礼记 周易 易经 左传 国语 史记 "
    "汉书 后汉书 三国志 晋书 旧唐书 新唐书 宋史 明史 吕氏春秋 韩非子 淮南子 圣经 新约 旧约 沁园春 "
    "水调歌头 念奴娇 满江红 西江月 浣溪沙 蝶恋花 菩萨蛮 清平乐 如梦令 忆秦娥 虞美人 浪淘沙 卜算子 鹧鸪天 临江仙 "
    "渔家傲 采桑子 破阵子 青玉案 声声慢 雨霖铃 江城子 定风波 贺新郎 忆江南 一剪梅 醉花阴 永遇乐 水龙吟 天净沙 "
    "七律 七绝".split()
)
_WORK: Final = late(r"《([㐀-鿿]{2,5})$")
_PART: Final = late(r"[㐀-鿿]{1,12}》")
_MARKS: Final = ("?", "·")


def name_at(folded: str, place: int) -> str:
    """The syllables on both sides of the mark at `place`, with the mark; empty if no name of two parts stands there.

    Each part has two syllables or more; a shorter one counts between two marks (穆罕默德?本?扎耶德).

    >>> name_at("以卡尔?马克思为", 3), name_at("好的?马上来", 2)
    ('卡尔?马克思', '')
    """
    start, end = place, place + 1
    while start > 0 and place - start < _REACH and folded[start - 1] in _SYLLABLES:
        start -= 1
    while end < len(folded) and end - place <= _REACH and folded[end] in _SYLLABLES:
        end += 1
    left, right = place - start, end - place - 1
    is_led = left > 1 or (left == 1 and folded[max(start - 1, 0)] in _MARKS)
    goes_on = right > 1 or (right == 1 and folded[end : end + 1] in _MARKS)
    return folded[start:end] if is_led and goes_on and left + right > 2 else ""


def is_enclosed(folded: str, place: int, name: str) -> bool:
    """Whether a mark that is within no name stands at either end of the chain of names that this one is part of.

    Then the marks may be quotation marks, or questions: 托尔斯泰?马尔克斯?卡夫卡?他都不爱读。
    """
    start = place - name.index("?")
    return _is_marked(folded, start - 1, -1) or _is_marked(folded, start + len(name), 1)


def _is_marked(folded: str, place: int, step: int) -> bool:
    """Whether from `place` on, over names that are joined by marks, a mark comes that is within no name."""
    for _ in range(_CHAIN):
        if not (0 <= place < len(folded) and folded[place] == "?"):
            return False
        name = name_at(folded, place)
        if not name:
            return True
        place += step * (len(name) - name.index("?") if step > 0 else name.index("?") + 1)
    return True


def is_sure(name: str) -> bool:
    """Whether both parts of a name, as `name_at` gives it, are foreign beyond doubt: 派别?卡桑 is none.

    >>> is_sure("卡尔?马克思"), is_sure("约翰?列侬"), is_sure("派别?卡桑")
    (True, True, False)
    """
    parts = name.split("?")
    is_known = all(len(part) >= _LONG or part in _SHORT_NAMES or not _DISTINCT.isdisjoint(part) for part in parts)
    return is_known and not _DISTINCT.isdisjoint(name)


def is_part_of_work(folded: str, place: int) -> bool:
    """Whether the mark at `place` stands between a work and its part, within title marks: 《论语?学而》."""
    work = _WORK.search(folded, max(0, place - _REACH), place)
    return work is not None and work[1] in _WORKS and bool(_PART.match(folded, place + 1))
