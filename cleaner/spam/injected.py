"""Phrases of spam put into sentences: `六小香港六合彩开奖结果龙代表`. Next: `spam`, which makes edits of all this."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cleaner import language
from cleaner.patterns import late
from cleaner.spam.evidence import SPAM, Scale, Token, is_core, weights
from cleaner.spam.lexicons import WEIGHTS, Role

_JOINT: Final = late(r"[\s_|·.~&+/()\[\]【】:-]*")  # what may stand between the words of one phrase
_REACH: Final = 8  # hanzi around a phrase that are read
_LONGEST: Final = 24  # tokens of a run whose ends are tried; nobody puts more into a word
_MARGIN: Final = 16  # letters before a phrase in which the end of the clause before it stands
_WORD_REACH: Final = 3  # letters of a word on either side of a phrase
_WORD: Final = -12.0  # log-probability of a word that a phrase could well have split; rarer ones chance makes too
_GAIN: Final = 4.0  # how much likelier the word is than its pieces, in nats
_BETTER: Final = 0.5  # how much better, in nats a letter, the text reads on without the phrase
_BEFORE: Final = late("[㐀-鿿]+$")
_AFTER: Final = late("[㐀-鿿]+")
_QUOTES: Final = "“”「」『』《》〈〉\"'‘’【】〔〕"
_CLAUSE_BEFORE: Final = late(r"(?:^|[,。;!?])[\s(\[【]*$")
_CLAUSE_AFTER: Final = late(r"[)\]】\s]*(?:$|[,。;!?])")
_COMMAS: Final = (",", ";")


class Phrase(NamedTuple):
    """A stretch of a line that is a phrase of spam; with `word` that it splits, "" for a clause of its own or none."""

    start: int
    end: int
    kind: str
    word: str
    goes: bool  # False for a phrase that is only pointed at


def phrases(key: str, scale: Scale) -> Iterator[Phrase]:
    """The phrases of spam in a sentence, or in a line without any.

    One goes where the word it splits comes together without it, or where it is a clause of its own with an address.
    Others are pointed at. Left alone: what is quoted, and sentences with words of those who write about spam; but
    for a split word, which nobody writes.
    """
    reading = scale.reading(key)
    for run in _runs(key, reading.tokens):
        if sum(weights(run)) < WEIGHTS["sure"] or not any(map(is_core, run)):
            continue
        kind = max(run, key=lambda token: token.weight * is_core(token)).kind
        if split := _split_word(key, run):
            yield Phrase(*split[:2], kind, split[2], True)
        elif not _is_quoted(key, run):
            yield from _loose(key, run, kind, reading.against)


def _runs(key: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The runs of tokens with nothing but joints between them."""
    run: list[Token] = []
    for token in tokens:
        if run and not _JOINT.fullmatch(key, run[-1].end, token.start):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _split_word(key: str, run: Sequence[Token]) -> tuple[int, int, str] | None:
    """(start, end, word) of the phrase without which a word comes together best; words at its ends may be text."""
    if len(run) > _LONGEST:
        return None
    found: list[tuple[float, int, int, str]] = []
    for start, end in _trimmings(run):
        if joined := _joined(key, start, end):
            found.append((joined[0], start, end, joined[1]))
            if len(found) == 1 and (start, end) == (run[0].start, run[-1].end):
                break  # a word of the phrase often makes a word with the text, too
    return max(found)[1:] if found else None


def _trimmings(run: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The stretches of the run without some of the fillers and lures at its ends."""
    for first in range(len(run)):
        if all(not is_core(token) for token in run[:first]):
            for last in range(len(run), first, -1):
                part = run[first:last]
                if sum(weights(part)) < WEIGHTS["sure"] or any(map(is_core, run[last:])):
                    break
                yield part[0].start, part[-1].end


def _joined(key: str, start: int, end: int) -> tuple[float, str] | None:
    """(gain, word) where the letters on both sides make a word that neither has alone, and that reads on better."""
    before, after = _BEFORE.search(key, max(0, start - _REACH), start), _AFTER.match(key, end, end + _REACH)
    if not before or not after:
        return None
    gain, left, right = _best_word(before[0], after[0])
    if gain < _GAIN or _mean(before[0], right) < _mean(key[start:end], right) + _BETTER:
        return None
    return gain, left + right


def _best_word(before: str, after: str) -> tuple[float, str, str]:
    """(gain, left, right) of the word across the joint that is likelier than its pieces by most."""
    model = language.load()
    candidates = (
        (model.words[left + right] - model.word_score(left) - model.word_score(right), left, right)
        for left in (before[-length:] for length in range(1, min(len(before), _WORD_REACH) + 1))
        for right in (after[:length] for length in range(1, min(len(after), _WORD_REACH) + 1))
        if model.words.get(left + right, -99.0) >= _WORD
    )
    return max(candidates, default=(0.0, "", ""))


def _mean(before: str, after: str) -> float:
    """Mean log-probability of the letters of `after`."""
    return float(language.load().scores(before + after)[len(before) :].mean())


def _is_quoted(key: str, run: Sequence[Token]) -> bool:
    start, end = run[0].start, run[-1].end
    return (start > 0 and key[start - 1] in _QUOTES) or (end < len(key) and key[end] in _QUOTES)


def _loose(key: str, run: Sequence[Token], kind: str, against: frozenset[Role]) -> Iterator[Phrase]:
    """The phrase as a clause with an address, which goes, or as something to look at."""
    start, end = run[0].start, run[-1].end
    before, after = _CLAUSE_BEFORE.search(key, max(0, start - _MARGIN), start), _CLAUSE_AFTER.match(key, end)
    if before and after and "reports" not in against and any(token.term == "address" for token in run):
        yield Phrase(*_clause(before, after), kind, "", True)
    elif not against and sum(weights(run)) >= SPAM:
        yield Phrase(start, end, kind, "", False)


def _clause(before: re.Match[str], after: re.Match[str]) -> tuple[int, int]:
    """The clause with one mark: the comma before it if the sentence ends with it, else the mark behind."""
    ends_sentence = after[0][-1:] not in _COMMAS
    if before[0][:1] in _COMMAS and ends_sentence:
        return before.start(), after.end() - len(after[0][-1:].strip(")]】 "))
    return before.start() + len(before[0][:1].strip("([【 ")), after.end()
