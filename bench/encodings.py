"""Which encoding is told right, how often and how fast: our decoding beside the libraries for it, in the same run.

Texts with a known answer are written in each encoding, cut to a length, whole or within a character at both ends,
and read again: without a word on the encoding, as a page that names its own, and as a page that names another. Right
is who gives back the text, but for the characters that were cut. A library's answer is taken at its best: where it
names GB 2312, Big5 or Shift_JIS, the largest set of that name that reads the bytes is used, and what is left of a cut
character is left out. Chinese texts come from `bench.corpora`, those in other languages are invented here.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from time import process_time
from typing import Any, Final

from bench.corpora import texts
from cleaner.charsets import read, write
from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.sources.opening import needed

LENGTHS: Final = (40, 200, 1000, 10_000)  # bytes
SEED: Final = 7
LEAST_BEYOND: Final = 5  # characters beyond ASCII below which a short text tells nothing of its encoding
CODECS: Final = {
    "hans": ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
    "hant": ("utf-8", "cp950", "big5hkscs", "gb18030", "euc-tw", "utf-16-le"),
    "ja": ("utf-8", "euc_jp", "cp932", "utf-16-le"),
    "ko": ("utf-8", "cp949", "utf-16-le"),
    "west": ("utf-8", "cp1252"),
}
LIES: Final = ("utf-8", "gb2312", "big5", "iso-8859-1", "shift_jis", "euc-kr", "windows-1251")
BEYOND_CP950: Final = re.compile("[ぁ-ヾ々А-ё①-⑽]")  # Python has them at places where no other CP950 does
LABELS: Final = {"cp950": "big5", "big5hkscs": "big5-hkscs", "gb18030": "gb2312", "cp932": "shift_jis"}
LABELS_MORE: Final = {"euc_jp": "euc-jp", "cp949": "euc-kr", "cp1252": "iso-8859-1"}
LARGEST: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "euc_cn", "hz"), ("gb18030",)),
    **dict.fromkeys(("big5", "big5hkscs", "cp950", "big5-hkscs", "big5_tw"), ("cp950", "big5hkscs")),
    **dict.fromkeys(("shift_jis", "cp932", "shift_jis_2004", "shift-jis", "windows-31j"), ("cp932",)),
    **dict.fromkeys(("euc_kr", "cp949", "euc-kr", "uhc", "johab"), ("cp949",)),
    **dict.fromkeys(("euc_jp", "euc-jp", "euc_jis_2004"), ("euc_jp", "euc_jis_2004")),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin_1", "cp1252", "windows-1252", "iso-8859-15"), ("cp1252",)),
    **dict.fromkeys(("euc-tw", "euc_tw", "x-euc-tw"), ("euc-tw",)),
    "utf-16": ("utf-16-le", "utf-16-be"), "utf_16": ("utf-16-le", "utf-16-be"),
    "utf-32": ("utf-32-le", "utf-32-be"), "utf_32": ("utf-32-le", "utf-32-be"),
    "ascii": ("utf-8",), "utf-8-sig": ("utf-8",), "utf_8": ("utf-8",),
}  # fmt: skip

JAPANESE: Final = """\
今朝は早く起きて、駅前の小さな喫茶店で温かいコーヒーを飲んだ。窓の外では、子どもたちが楽しそうに走っている。
図書館の開館時間は午前九時から午後六時までです。貸し出しは一人五冊までとなっておりますので、ご注意ください。
祖母の作る味噌汁には、いつも庭で採れたネギとワカメが入っていた。あの味は、どこの店でも見つからない。
新しい道路の工事が始まってから、バスの到着が遅れることが多くなりました。ご迷惑をおかけして申し訳ございません。
「明日の会議、資料はもうできた？」と課長に聞かれて、思わず「はい」と答えてしまったが、実はまだ半分も終わっていない。
山の上から見る夕焼けは、息をのむほど美しかった。写真を撮ろうとしたが、カメラの電池が切れていた。
このアプリケーションでは、メニューの「設定」から表示する言語を変更することができます。変更後は再起動が必要です。
昨年の秋、町の祭りで三十年ぶりに古い太鼓が鳴らされた。集まった人々は、しばらく言葉もなく聞き入っていた。
猫は縁側で丸くなり、時々しっぽだけを動かしている。雨の日は、そんな静かな時間がゆっくり過ぎていく。
経済の成長が続く一方で、働き方を見直す企業が増えている。残業を減らし、家族と過ごす時間を大切にする人も多い。"""
KOREAN: Final = """\
오늘 아침에는 일찍 일어나서 동네 공원을 천천히 걸었다. 나뭇잎 사이로 들어오는 햇살이 무척 따뜻했다.
도서관은 오전 아홉 시부터 오후 여섯 시까지 문을 열며, 책은 한 사람이 다섯 권까지 빌릴 수 있습니다.
할머니가 끓여 주신 된장국에는 언제나 텃밭에서 딴 호박과 고추가 들어 있었다. 그 맛을 지금도 잊을 수가 없다.
새로운 도로 공사가 시작된 뒤로 버스가 늦게 도착하는 일이 많아졌습니다. 불편을 드려 대단히 죄송합니다.
"내일 회의 자료는 다 준비했어요?" 하고 과장님이 물으셔서 그만 그렇다고 대답하고 말았다.
산 위에서 바라본 저녁노을은 숨이 막힐 만큼 아름다웠다. 사진을 찍으려고 했지만 배터리가 없었다.
이 프로그램에서는 메뉴의 설정을 눌러 화면에 나오는 언어를 바꿀 수 있으며, 바꾼 다음에는 다시 시작해야 한다.
지난가을 마을 잔치에서 삼십 년 만에 오래된 북이 울렸다. 모인 사람들은 한동안 말없이 그 소리를 들었다.
고양이는 마루 끝에서 몸을 둥글게 말고 가끔 꼬리만 움직인다. 비가 오는 날이면 시간이 느리게 흐르는 것 같다.
경제가 성장하는 가운데 일하는 방식을 바꾸려는 기업이 늘고 있으며, 가족과 보내는 시간을 소중히 여기는 사람도 많다."""
WESTERN: Final = """\
Le café du marché a rouvert hier après de longs travaux ; les habitués s'y pressaient déjà à l'aube, ravis.
Die Bäckerei an der Ecke schließt früher, weil die Töchter des Meisters für die Prüfung üben müssen.
El niño pequeño soñaba con un país más allá de las montañas, donde el otoño duraría todo el año.
Être prêt, c'est déjà avoir gagné la moitié du temps, répétait mon grand-père à la fenêtre de son théâtre.
Über den Dächern hörte man später nur noch die Glocken von Sankt Jürgen und das Gelächter der Gäste.
A manhã começou fria; a avó pôs lenha no fogão e disse que ninguém sairia antes do almoço, está bem?
På øya er det stille når båten har gått, og bare måkene kretser over brygga der fiskerne står og røyker.
Où sont passés les élèves ? À la bibliothèque, où l'on prépare déjà l'été avec une curiosité mêlée d'inquiétude.
Während des Frühlings blühen überall Kirschbäume, und die Nächte werden wärmer, kürzer und lauter.
Señor, ¿dónde está la estación? Allí, detrás del jardín; pero el último tren salió hace más de una hora."""


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes to read, and the text that must come of them once what was cut off is left out."""

    script: str
    encoding: str
    length: int
    cut: bool
    label: str  # "undeclared", "honest" or "lying"
    data: bytes
    text: str
    head: str = ""

    def is_right(self, read_text: str) -> bool:
        """Whether the text was read, but for the characters cut at either end."""
        start = read_text.find(self.text, len(self.head))
        return 0 <= start - len(self.head) <= 4 and len(read_text) - start - len(self.text) <= 4


def invented(lines: str) -> list[str]:
    """Texts of some 20 KB from sentences in any order."""
    draw = random.Random(SEED)
    sentences = lines.split("\n")
    return ["\n".join(draw.sample(sentences, len(sentences)) * 9) for _ in range(60)]


def sampled(name: str, count: int) -> list[str]:
    """Texts of a corpus evenly taken, short ones joined up to where they give the greatest length."""
    every = texts(name)
    joined = ["\n".join(every[place : place + 12]) for place in range(0, max(0, len(every) - 12), 12)]
    return joined[:: max(1, len(joined) // max(count, 1))][:count]


def sources(count: int) -> dict[str, list[str]]:
    return {
        "hans": sampled("news_hans", count) + sampled("wechat_hans_dirty", count // 2),
        "hant": sampled("laws_hant", count) + sampled("web_hant_dirty", count // 2),
        "ja": invented(JAPANESE)[:count],
        "ko": invented(KOREAN)[:count],
        "west": invented(WESTERN)[:count],
    }


def encodable(text: str, encoding: str) -> str:
    """Those lines of a text that the encoding can hold, and gives back the same."""
    return "\n".join(line for line in text.split("\n") if _holds(line, encoding))


def _holds(line: str, encoding: str) -> bool:
    if encoding == "cp950" and BEYOND_CP950.search(line):
        return False
    try:
        return read(write(line, encoding), encoding) == line
    except UnicodeEncodeError:
        return False


def cases(count: int) -> Iterator[Case]:
    draw = random.Random(SEED)
    for script, originals in sources(count).items():
        for encoding, original in product(CODECS[script], originals):
            text = encodable(original, encoding)
            for length, cut in product(LENGTHS, (False, True)):
                yield from _cases_of(draw, (script, encoding, length, cut), text)


def _cases_of(draw: random.Random, kind: tuple[str, str, int, bool], text: str) -> Iterator[Case]:
    _, encoding, length, cut = kind
    start = draw.randrange(max(1, len(text) - length))
    part = text[start : start + length]
    data, whole = _clipped(part, encoding, length, ends=(cut, cut))
    if sum(letter > "\x7f" for letter in whole) < LEAST_BEYOND:
        return
    yield Case(*kind, "undeclared", data, whole)
    data, whole = _clipped(part, encoding, length, ends=(False, cut))  # a page begins with a whole character
    if encoding[:6] in ("utf-16", "utf-32"):
        return
    for label, name in (("honest", label_of(encoding)), ("lying", draw.choice(lies(encoding)))):
        head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={name}"></head><body>\n'
        yield Case(*kind, label, head.encode() + data, whole, head)


def label_of(encoding: str) -> str:
    return LABELS.get(encoding) or LABELS_MORE.get(encoding, encoding)


def lies(encoding: str) -> list[str]:
    """Names that a page in this encoding may falsely bear."""
    own = LARGEST.get(encoding, (encoding,))
    return [name for name in LIES if encoding not in LARGEST.get(name, (name,)) and LARGEST.get(name) != own]


def _clipped(part: str, encoding: str, length: int, *, ends: tuple[bool, bool]) -> tuple[bytes, str]:
    """(bytes, the whole characters in them): at most so many bytes, the first and the last cut off where `ends` says.

    Only characters of several bytes can be cut.
    """
    sizes = [len(write(letter, encoding)) for letter in part]
    total, last = 0, 0
    while last < len(part) and total + sizes[last] <= length:
        total += sizes[last]
        last += 1
    data = write(part[:last], encoding)
    if not data:
        return b"", ""
    before, after = ends[0] and sizes[0] > 1, ends[1] and sizes[last - 1] > 1
    return data[before : len(data) - after], part[before : last - after]


def ours(data: bytes) -> str:
    try:
        return decode(data).text
    except InputError:
        return ""


def by_name(find: Callable[[bytes], str | None]) -> Callable[[bytes], str]:
    """A reader that takes the name a library gives, at its best."""

    def reader(data: bytes) -> str:
        name = (find(data) or "").lower().replace("_", "-") or "ascii"
        best = ""
        for encoding in LARGEST.get(name, LARGEST.get(name.replace("-", "_"), (name,))):
            try:
                text = read(data, encoding)
            except (LookupError, ValueError):
                continue
            if not best or sum("\udc80" <= letter <= "\udcff" for letter in text) < 3:
                best = text
        return best

    return reader


def _normalizer(module: Any, data: bytes) -> str | None:
    best = module.from_bytes(data).best()
    return best.encoding if best else None


PEERS: Final[Mapping[str, tuple[str, Callable[[Any, bytes], str | None]]]] = {
    "chardet": ("chardet", lambda module, data: module.detect(data)["encoding"]),
    "charset-normalizer": ("charset_normalizer", _normalizer),
    "faust-cchardet": ("cchardet", lambda module, data: module.detect(data)["encoding"]),
    "chardetng": ("chardetng_py", lambda module, data: module.detect(data, allow_utf8=True)),
    "UnicodeDammit": ("bs4.dammit", lambda module, data: module.UnicodeDammit(data, is_html=True).original_encoding),
}


def readers() -> dict[str, Callable[[bytes], str]]:
    """Ours, and that of each library that is installed; a line tells of one that isn't."""
    logging.getLogger("bs4.dammit").setLevel(logging.ERROR)  # it warns of each case that it reads wrong
    found: dict[str, Callable[[bytes], str]] = {"cleaner": ours}
    for name, (module_name, find) in PEERS.items():
        try:
            found[name] = by_name(partial(find, needed(module_name, "dev")))
        except InputError as error:
            print(f"{name} is not measured: it {error}")
    return found


def measured(found: Sequence[Case], reader: Callable[[bytes], str]) -> tuple[list[bool], float]:
    """(whether each was right, MB/s)."""
    start = process_time()
    read_texts = [reader(case.data) for case in found]
    seconds = process_time() - start
    right = [case.is_right(text) for case, text in zip(found, read_texts, strict=True)]
    return right, sum(len(case.data) for case in found) / 1e6 / seconds


def table(found: Sequence[Case], named: Mapping[str, Callable[[bytes], str]], *, is_whole: bool = True) -> None:
    """Print which share each reader reads right, and how fast; by encoding and length too if the table `is_whole`."""
    right: dict[str, list[bool]] = {}
    speed = {}
    for name, reader in named.items():
        right[name], speed[name] = measured(found, reader)
    rows: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, case in enumerate(found):
        for key in _rows_of(case):
            rows[key].append(place)
    print(f"{'':<52}{'texts':>6}" + "".join(f"{name:>20}" for name in named))
    for key, places in sorted(rows.items(), key=lambda row: _GROUPS.index(row[0][0])):
        if is_whole or key[0] != _GROUPS[-1]:
            shares = (sum(right[name][place] for place in places) / len(places) for name in named)
            print(f"{' '.join(key):<52}{len(places):>6}" + "".join(f"{share:>20.2%}" for share in shares))
    print(f"{'MB/s':<58}" + "".join(f"{speed[name]:>20.2f}" for name in named))
    print(f"{'as a multiple of ours':<58}" + "".join(f"{speed[name] / speed['cleaner']:>20.3f}" for name in named))


_GROUPS: Final = ("all", "every", "each")  # of rows: over all encodings, over all lengths from 200 on, one of each


def _rows_of(case: Case) -> Iterator[tuple[str, ...]]:
    """The rows that a case counts in."""
    extent = "cut" if case.cut else "whole"
    width = "UTF-16 and UTF-32" if case.encoding.startswith(("utf-16", "utf-32")) else "other encodings"
    yield "all", width, "40" if case.length < LENGTHS[1] else "200 and more", extent, case.label
    if case.length >= LENGTHS[1]:
        yield "every", case.script, case.encoding, "200 and more"
    yield "each", case.script, case.encoding, str(case.length), extent, case.label


def wrong(found: Sequence[Case], count: int) -> None:
    """Some of what we read wrong: which, and as what."""
    missed = [case for case in found if not case.is_right(ours(case.data))]
    for case in missed[:count]:
        kind = (case.script, case.encoding, case.length, "cut" if case.cut else "whole", case.label)
        try:
            decoded = decode(case.data)
            print(*kind, "→", decoded.encoding, decoded.evidence, repr(case.text[:30]), repr(decoded.text[-30:]))
        except InputError as error:
            print(*kind, "→", error, repr(case.text[:30]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=60, help="of each script")
    parser.add_argument("--alone", action="store_true", help="without the libraries")
    parser.add_argument("--wrong", type=int, default=0, help="show so many texts that we read wrong")
    options = parser.parse_args()
    found = list(cases(options.texts))
    table(found, {"cleaner": ours} if options.alone else readers())
    wrong(found, options.wrong)


if __name__ == "__main__":
    main()
