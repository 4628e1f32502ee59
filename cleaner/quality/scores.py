"""The figures of a document that users sort and filter by. Next: `dropping`, which filters.

Figures are of the clean text, save `noise` and `spam`, which say what was in the source. A document that was dropped
is described as it was before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp
from statistics import fmean
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from cleaner.document import Document
from cleaner.extract import KIND
from cleaner.fold import codes
from cleaner.quality import runs
from cleaner.quality.effects import Effects, effects
from cleaner.quality.kinds import (
    HAN,
    HANGUL,
    HANS,
    HANT,
    KANA,
    KANJI,
    LATIN,
    OTHER,
    kinds,
    letters,
    line_ends,
)

ScriptName = Literal["hans", "hant", "mixed", "none"]
LanguageName = Literal["zh", "en", "ja", "ko", "other", "none"]

DROPPED: Final = "drop"  # the kind of the rule that drops a document
_SPAM_KIND: Final = "spam"
_SPAM_RULES: Final = frozenset({"structure/spam-shell"})  # of other kinds, and removes what spammers planted

_MINORITY: Final = 0.1  # share of telling characters from which on the other script makes a text mixed: quotes don't
_WORD: Final = 2.5  # Latin letters that weigh as much as a hanzi: English needs 2 to 3 times as many
_LEAST: Final = (
    0.05  # share of the letters of East Asia below which a text is none of theirs; addresses and code aren't
)
_FORM: Final = (
    3  # kana that a Japanese form of a kanji weighs as much as: Chinese text has none of these, prose has 1 in 10
)
_JAPANESE: Final = 0.1  # share of both; Japanese prose has half kana, Chinese text about Japan a word here and there
_SOME_JAPANESE: Final = 0.04  # the same in a text that mixes simplified and traditional, or whose runs aren't Chinese
_KOREAN: Final = 0.3  # share of hangul among the letters of East Asia: newspapers mixed in as many hanja
_NO_CHINESE: Final = 0.28  # share of known runs of three hanzi that all but 1 line of Chinese in 100 has
_ENGLISH: Final = frozenset("the of and to in a is that for it was on with as are be this by at from".split())
_ENGLISH_SHARE: Final = 0.15  # of these among the words; English prose has about 30 %

# Share of known runs at which text counts as half spun, and the width of the slope. Of clean news, web pages and
# statutes, 1 % lie below .42, .38 and .33; with all words replaced by others as frequent, half lie below .35, .37 and
# .28, by any other words below .24, .24 and .22 (`python -m bench.quality`).
_HALF_SPUN, _SLOPE = 0.33, 0.025
_ORDINARY, _PRIOR = 0.55, 60  # share of clean text, and runs by which a text is taken for it beforehand


class Quality(NamedTuple):
    """The figures of one document; shares are between 0 and 1, rounded to three decimals.

    `script`: "hans" or "hant" by the characters that only one script uses; "mixed" if a tenth of them belong to the
    other one; "none" without any.

    `language`: "zh" (Cantonese and classical Chinese too), "ja", "ko" or "en"; "other" for letters of any other
    language; "none" without letters. By the shares of scripts, with a hanzi as 2.5 Latin letters, but Chinese between
    addresses and code is Chinese. Japanese by kana and by the Japanese forms of kanji, few of which are enough where
    scripts mix or the language model knows too few of the runs; English by its commonest words.

    `characters`: length of the text in code points.

    `han`: share of hanzi among the letters of the text; digits are no letters.

    `end_marks`: share of lines that end in an end mark, blank ones left out, closing quotation marks looked through:
    FineWeb's line_punct_ratio (Penedo et al. 2024), after C4. Prose has most, lists and menus have few.

    `repetition`: share of runs of ten characters that stand further above too: `runs.said_again`. Gopher (Rae et al.
    2021) takes text above .10 of its like measure for poor.

    `noise`: share of the source's letters that edits removed. What edits replaced is no noise, and what extraction
    left out of a page isn't counted at all, for every page has menus.

    `spam`: share of the source's letters that edits of the kind `spam`, or of `structure/spam-shell`, removed, and
    of those that such edits flag in what is left, for its vocabulary; what no rule or lexicon knows isn't counted.

    `spun`: how far the Chinese is unlike any that is written, as when words are replaced by others: by the share of
    runs of three hanzi that the language model knows, `runs.known`, on a logistic scale. Below .02 in 99 of 100 clean
    news items and web pages, below .06 in 99 of 100 statutes; half of the texts with all words replaced by any others
    are above .58, by words as frequent above .08; a fifth of them replaced hardly shows. 0 in other languages, next
    to 0 in texts of few hanzi. Blind to whole sentences that were stitched together or put in another order, and to
    good translations; classical Chinese, of which the model knows little, scores as spun text does.
    """

    script: ScriptName
    language: LanguageName
    characters: int
    han: float
    end_marks: float
    repetition: float
    noise: float
    spam: float
    spun: float


MEANINGS: Final[Mapping[str, str]] = {
    "script": "simplified (hans) or traditional (hant) characters, mixed, or none that tell",
    "language": "zh, en, ja, ko, other, or none without letters",
    "characters": "length of the clean text",
    "han": "share of Chinese characters among the letters",
    "end_marks": "share of lines that end in an end mark: most in prose, few in lists",
    "repetition": "share of runs of ten characters that the text has said before",
    "noise": "share of the source's letters that were removed, but for what was left out of a page",
    "spam": "share of the source's letters that were removed or flagged as spam",
    "spun": "how far the words don't go together: 0 in clean text, 1 where they were replaced",
}


class Measured(NamedTuple):
    """The figures of a document, and how many hanzi there are in its source and its text, and were removed."""

    quality: Quality
    hanzi: dict[str, int]


def figures(document: Document) -> Quality:
    """The figures of a document, deterministic: by the text, the source and the edits alone.

    >>> quality = figures(Document.of("河边的柳树发了芽，孩子们在树下放风筝。"))
    >>> quality.script, quality.language, quality.han, quality.end_marks, quality.spun
    ('hans', 'zh', 1.0, 1.0, 0.0)
    """
    return measured(document, effects(document.edits)).quality


def measured(document: Document, done: Effects) -> Measured:
    """The same and the hanzi, given the effects of the document's edits."""
    if is_dropped(document):
        return Measured(figures(_undropped(document)), hanzi_of(0, done))
    text = document.text
    points = codes(text + "\n")
    found = kinds(points)
    counts = letters(found)
    windows = runs.windows(points)
    known = runs.known(windows, found)
    hanzi, total = _hanzi(counts), sum(counts)
    ended, lines = line_ends(found)
    script = _script(counts)
    language = _language(text, counts, is_mixed=script == "mixed", known=known)
    noise, spam = _removed(total, done) if done else (0.0, 0.0)
    quality = Quality(
        script=script,
        language=language,
        characters=len(text),
        han=_share(hanzi, total),
        end_marks=_share(ended, lines),
        repetition=round(runs.said_again(windows), 3),
        noise=noise,
        spam=spam,
        spun=_spun(known) if language == "zh" else 0.0,
    )
    return Measured(quality, hanzi_of(hanzi, done))


def hanzi_of(text: int, done: Effects) -> dict[str, int]:
    """Hanzi of the source, of the text, of which there are so many, and removed.

    Those of the source are those left and all that the edits took, less those they put in.
    """
    removed = sum(each.removed.hanzi for each in done.values())
    replaced = sum(each.replaced.hanzi - each.put_in.hanzi for each in done.values())
    return {"source": text + removed + replaced, "text": text, "removed": removed}


def worth(quality: Quality) -> float:
    """How good a text is beside others that say nearly the same: whole lines, nothing said twice, little taken out.

    -4 to 1: the share of lines with end marks, less the shares of repetition, noise, spam and spun words.
    """
    return quality.end_marks - quality.repetition - quality.noise - quality.spam - quality.spun


class Tally:
    """How often each value of each figure came; figures are rounded, so that it stays small however many come."""

    def __init__(self, of: Iterable[Quality] = ()) -> None:
        self.counts: dict[str, Counter[Any]] = {name: Counter() for name in Quality._fields}
        for quality in of:
            self.add(quality)

    def add(self, quality: Quality) -> None:
        """Count the figures of one more document."""
        for name, value in zip(Quality._fields, quality, strict=True):
            self.counts[name][value] += 1


def distribution(of: Tally) -> dict[str, dict[str, Any]]:
    """For each figure its `mean` and `quartiles` (least, quarters, most); how often each value, where it is a word.

    Nothing for no documents. Quartiles lie between the values around them, as numpy's do. `histogram` counts the
    documents from each value in `from` on, up to the next: shares by twentieths, the last with all of 1.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, counts in of.counts.items():
        if counts and isinstance(next(iter(counts)), str):
            found[name] = dict(sorted(counts.items()))
        elif counts:
            values = np.repeat(np.array(list(counts), np.float64), list(counts.values()))
            quartiles = np.percentile(values, _QUARTERS).tolist()
            found[name] = {
                "mean": round(fmean(values.tolist()), 3),
                "quartiles": [round(value, 3) for value in quartiles],
                "histogram": _histogram(counts, _LENGTHS if name == "characters" else _SHARES),
            }
    return found


def _histogram(counts: Mapping[float, int], edges: Sequence[float]) -> dict[str, Any]:
    documents = [0] * len(edges)
    for value, times in counts.items():
        documents[bisect_right(edges, value) - 1] += times
    return {"from": list(edges), "documents": documents}


_QUARTERS: Final = (0, 25, 50, 75, 100)
_SHARES: Final = tuple(round(twentieth / 20, 2) for twentieth in range(20))
_LENGTHS: Final = (0, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)  # texts are as often short as long


def _undropped(document: Document) -> Document:
    """A document that was dropped, as it was before."""
    return replace(document, text=document.layers[-1][0].old, layers=document.layers[:-1])


def is_dropped(document: Document) -> bool:
    """Whether the document's last edit dropped all of it."""
    return bool(document.layers) and document.layers[-1][0].kind == DROPPED and not document.text


def _hanzi(counts: list[int]) -> int:
    return counts[HAN] + counts[HANS] + counts[HANT] + counts[KANJI]


def _script(counts: list[int]) -> ScriptName:
    hans, hant = counts[HANS], counts[HANT]
    if not hans + hant:
        return "none"
    if min(hans, hant) >= _MINORITY * (hans + hant):
        return "mixed"
    return "hans" if hans > hant else "hant"


def _language(text: str, counts: list[int], *, is_mixed: bool, known: runs.Known) -> LanguageName:
    hanzi, kana, hangul = _hanzi(counts), counts[KANA], counts[HANGUL]
    east, total = hanzi + kana + hangul, sum(counts)
    if east * _WORD < total - east and (east < _LEAST * total or _is_english(text)):
        return _western(text, counts)
    if not east:
        return "none"
    if hangul >= _KOREAN * east:
        return "ko"
    japanese = (kana + _FORM * counts[KANJI]) / east
    is_chinese = known.known >= _NO_CHINESE * known.runs and not is_mixed
    return "ja" if japanese >= (_SOME_JAPANESE, _JAPANESE)[is_chinese] else "zh"


def _western(text: str, counts: list[int]) -> LanguageName:
    return "en" if counts[LATIN] > counts[OTHER] and _is_english(text) else "other"


def _is_english(text: str) -> bool:
    words = text[:_ENOUGH].lower().split()
    return sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


_ENOUGH: Final = 20_000  # characters that tell whether a text is English


def _spun(known: runs.Known) -> float:
    share = (known.known + _ORDINARY * _PRIOR) / (known.runs + _PRIOR)
    return round(1 / (1 + exp((share - _HALF_SPUN) / _SLOPE)), 3)


def _removed(left: int, done: Effects) -> tuple[float, float]:
    """(noise, spam) of a document in whose text `left` letters are left: shares of the source's letters.

    The source's, of a page those of its main content, are those left and all that the edits took, less those they put
    in: edits are short, sources long.
    """
    of_content = {rule: each for rule, each in done.items() if rule.partition("/")[0] != KIND}
    removed = sum(each.removed.letters for each in of_content.values())
    in_source = left + removed + sum(each.replaced.letters - each.put_in.letters for each in of_content.values())
    spam = sum(
        each.removed.letters + each.replaced.letters + each.flagged.letters
        for rule, each in of_content.items()
        if _is_spam(rule)
    )
    return _share(removed, in_source), _share(spam, in_source)


def _is_spam(rule: str) -> bool:
    """Whether a rule removes or flags spam: here comes in whatever finds spam, rules and lexicons alike."""
    return rule.partition("/")[0] == _SPAM_KIND or rule in _SPAM_RULES


def _share(part: int, whole: int) -> float:
    return round(min(part / whole, 1.0), 3) if whole else 0.0
