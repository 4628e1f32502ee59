"""Near-duplicates among documents: which are confirmed, how they group, who stays, and what is said of the others."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from cleaner.dedup import Documents, Found, Known, Match, Means, Policy, candidates, confirming, find, revised
from cleaner.dedup import found as by_workers
from cleaner.dedup.candidates import NEIGHBOURS, Pairs
from cleaner.dedup.differences import own_sentences
from cleaner.dedup.paragraphs import counts, keys
from cleaner.document import Document
from cleaner.engine import Budget, Pool
from cleaner.fold import converted
from cleaner.minhash import containment, jaccard, shingles, sketch
from cleaner.sinks import SharedSketches, Spool
from tests.prose import edited, prose, sentence

TEXT = prose(1)
NEAR = edited(TEXT, 0.01)
ALIKE = edited(NEAR, 0.015, seed=2)
OTHER = prose(2)


def found(*texts: str, policy: Policy | None = None, worth: tuple[float, ...] = ()) -> Found:
    policy = policy or Policy()
    documents = Documents([str(place) for place in range(len(texts))], sketch(texts, ngram=policy.ngram), worth)
    return find(documents, policy=policy, read=texts.__getitem__)


def dropped(result: Found) -> dict[int, int]:
    """For each dropped document the one it is dropped for."""
    return {fate.document: fate.other for fate in result.fates.values() if fate.is_dropped}


def flagged(result: Found) -> dict[int, int]:
    return {fate.document: fate.other for fate in result.fates.values() if not fate.is_dropped}


# which pairs


def test_the_true_similarity_of_each_pair_is_told() -> None:
    result = found(TEXT, OTHER, NEAR, ALIKE)
    assert [(pair.first, pair.second) for pair in result.pairs] == [(0, 2), (0, 3), (2, 3)]
    for pair in result.pairs:
        left, right = (shingles((TEXT, OTHER, NEAR, ALIKE)[place]) for place in (pair.first, pair.second))
        assert pair.similarity == jaccard(left, right)
        assert (pair.first_share, pair.second_share) == (containment(left, right), containment(right, left))


def test_the_samples_lie_where_they_should() -> None:
    assert 0.9 <= jaccard(shingles(TEXT), shingles(NEAR)) < 1
    assert 0.7 <= jaccard(shingles(TEXT), shingles(ALIKE)) < 0.9


def test_a_traditional_copy_with_other_marks_says_the_same() -> None:
    (pair,) = found(TEXT, converted(TEXT, "hant").replace("。", "．\n")).pairs
    assert pair.similarity == 1


@pytest.mark.parametrize("texts", [("", ""), ("……", "！！"), (TEXT, OTHER), ("打印", "打印本页"), ()])
def test_these_are_no_pairs(texts: tuple[str, ...]) -> None:
    assert found(*texts).pairs == []


def test_texts_shorter_than_a_shingle_match_if_they_are_equal() -> None:
    assert dropped(found("打印", "打 印。", "打字")) == {1: 0}


def test_every_pair_of_a_group_is_listed() -> None:
    texts = [edited(TEXT, 0.001 * place, seed=place) for place in range(15)]
    assert [(pair.first, pair.second) for pair in found(*texts).pairs] == list(combinations(range(15), 2))


@pytest.mark.parametrize("share", [0.5, 0.25, 0.15])
def test_a_part_of_a_text_is_found_however_little_it_is_like_the_whole(share: float) -> None:
    whole = prose(3, 120)
    part = whole[: round(share * len(whole))]
    result = found(part, whole)
    assert dropped(result) == {0: 1}
    assert result.pairs[0].similarity < 0.7
    assert result.pairs[0].first_share > 0.95


# who stays


def test_from_the_threshold_documents_are_dropped_and_below_it_flagged() -> None:
    result = found(TEXT, NEAR, ALIKE)
    assert (dropped(result), flagged(result)) == ({1: 0}, {2: 0})
    assert dropped(found(TEXT, NEAR, ALIKE, policy=Policy(threshold=0.7))) == {1: 0, 2: 0}
    assert dropped(found(TEXT, NEAR, policy=Policy(threshold=0.99))) == {}


def test_nothing_is_dropped_if_only_flags_are_wanted() -> None:
    result = found(TEXT, NEAR, ALIKE, TEXT[:200], policy=Policy("flag"))
    assert (dropped(result), flagged(result)) == ({}, {1: 0, 2: 1, 3: 0})
    assert flagged(found(TEXT, NEAR, ALIKE, policy=Policy("flag", threshold=0.9))) == {1: 0}


@pytest.mark.parametrize(
    ("survivor", "worth", "stays"), [("first", (), 0), ("longest", (), 1), ("best", (0.1, 0.2, 0.9), 2)]
)
def test_the_survivor_is_a_choice(survivor: str, worth: tuple[float, ...], stays: int) -> None:
    texts = (TEXT, f"{TEXT}后来的事情就是这样。", f"{TEXT}后来。")
    result = found(*texts, policy=Policy(survivor=survivor), worth=worth)  # type: ignore[arg-type]
    assert dropped(result) == {place: stays for place in range(3) if place != stays}


@pytest.mark.parametrize("survivor", ["first", "longest"])
def test_a_whole_survives_its_part_whatever_the_choice(survivor: str) -> None:
    whole = prose(3, 120)
    result = found(whole[:900], whole, policy=Policy(survivor=survivor))  # type: ignore[arg-type]
    assert dropped(result) == {0: 1}


def test_a_document_is_dropped_only_for_one_that_stays_and_that_it_is_like() -> None:
    steps = [TEXT]
    for seed in range(12):  # each is like the one before, and the last is not like the first
        steps.append(edited(steps[-1], 0.012, seed=seed))
    result = found(*steps, policy=Policy(survivor="first"))
    assert len(result.groups) == 1
    gone = dropped(result)
    assert gone
    for document, survivor in gone.items():
        assert survivor not in gone
        assert jaccard(shingles(steps[document]), shingles(steps[survivor])) >= 0.9
    assert len(steps) - len(gone) > 1


def test_of_equal_documents_the_first_stays_in_any_order_of_names() -> None:
    assert dropped(found(TEXT, TEXT, TEXT)) == {1: 0, 2: 0}


def test_a_large_group_keeps_one_and_raises_an_alarm() -> None:
    texts = [edited(TEXT, 0.004, seed=seed) for seed in range(150)] + [prose(seed) for seed in range(100, 300)]
    result = found(*texts)
    assert len(result.alarms) == 1
    assert len(result.alarms[0]) == 150
    assert len(dropped(result)) == 149
    (alarm,) = result.facts()["alarms"]
    assert (alarm["documents"], alarm["dropped"]) == (150, 149)


def test_what_only_shares_a_long_promotion_is_no_group_and_found_in_bounded_work() -> None:
    promotion = prose(9, 30)
    texts = [promotion + prose(seed, 40) for seed in range(100, 400)]
    texts.append(texts[7])
    result = found(*texts)
    assert dropped(result) == {300: 7}
    assert result.alarms == []


def test_remembered_texts_stay_and_drop_new_ones() -> None:
    texts = (OTHER, NEAR, f"{TEXT}。")
    documents = Documents(["other", "near"], sketch(texts[:2]))
    known = Known(["seen"], Pairs(np.array([1]), np.array([2])))
    result = find(documents, policy=Policy(survivor="longest"), read=texts.__getitem__, known=known)
    assert dropped(result) == {1: 2}
    (row,) = result.rows()
    assert (row["a"], row["b"], row["kept"], row["dropped"], row["remembered"]) == (
        "seen",
        "near",
        "seen",
        ["near"],
        True,
    )


# what is told


def test_a_row_names_who_is_kept_and_who_is_dropped() -> None:
    rows = {(row["a"], row["b"]): row for row in found(TEXT, NEAR, ALIKE).rows()}
    assert rows["0", "1"]["dropped"] == ["1"]
    assert {key: row["kept"] for key, row in rows.items()} == {("0", "1"): "0", ("0", "2"): "0", ("1", "2"): "2"}
    assert {row["group"] for row in rows.values()} == {1}


def outcome(text: str, other: str, **policy: object) -> Document:
    result = found(other, text, policy=Policy(**policy))  # type: ignore[arg-type]
    match = Match(result.fates[1], "other.txt", other)
    return revised(Document.of(text, name="text.txt"), match, {})


def test_a_dropped_document_says_for_which_how_alike_and_what_differs() -> None:
    random_ = random.Random(5)
    own, others = sentence(random_), sentence(random_)
    long = prose(4, 60)
    document = outcome(f"{long}{own}", f"{long}{others}后来的事谁也没有再问过，第二年他就离开了那里。")
    assert document.text == ""
    drop = document.edits[-1]
    assert (drop.rule, drop.new) == ("drop/near-duplicate", "")
    assert "similar by 9" in drop.why
    assert "other.txt, which stays; 1 sentence only here, flagged; 2 sentences only there" in drop.why
    assert others in drop.why
    (flag,) = (edit for edit in document.edits if edit.is_flag)
    assert (flag.rule, flag.old) == ("duplicates/own-sentence", own)
    assert document.rebuilt() == f"{long}{own}"


def test_the_rule_says_whether_it_is_a_copy_or_a_part() -> None:
    assert outcome(TEXT, TEXT).edits[-1].rule == "drop/duplicate"
    assert outcome(TEXT[:400], TEXT).edits[-1].rule == "drop/part"


def test_a_near_duplicate_that_stays_is_flagged_over_its_first_line() -> None:
    document = outcome(f"\n{ALIKE}", f"{TEXT}后来。")
    assert document.text == f"\n{ALIKE}"
    (flag,) = document.edits
    assert (flag.rule, flag.start, flag.old) == ("duplicates/alike", 1, ALIKE.split("\n")[0])
    assert "other.txt" in flag.why


def test_shared_paragraphs_are_flagged_with_counts() -> None:
    texts = [f"{prose(seed, 10)}{prose(50, 5)}" for seed in (60, 61, 62)]
    shared = counts(map(keys, texts))
    document = revised(Document.of(texts[0]), None, shared)
    (flag,) = document.edits
    assert (flag.rule, flag.old) == ("duplicates/paragraph", prose(50, 5).rstrip("\n"))
    assert flag.why == "2 other documents of this run have this paragraph"


@pytest.mark.parametrize("choice", [{"action": "keep"}, {"survivor": "last"}, {"threshold": 0}, {"ngram": 65}])
def test_a_policy_that_makes_no_sense_is_refused(choice: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(choice))):
        Policy(**choice)  # type: ignore[arg-type]


def test_differences_are_of_words_alone() -> None:
    assert own_sentences(TEXT, converted(TEXT, "hant").replace("。", "！\n\n")) == []


def digits(seed: int, count: int = 4000) -> str:
    random_ = random.Random(seed)
    return "".join(random_.choices("01", k=count))


@pytest.mark.parametrize(
    ("text", "other"),
    [(digits(1), digits(2)), (f"{TEXT}{digits(1)}", f"{TEXT}{digits(2)}")],
)
def test_texts_that_say_few_things_over_and_over_are_flagged_and_stay(text: str, other: str) -> None:
    result = found(text, other)
    assert (dropped(result), flagged(result)) == ({}, {1: 0})
    (row,) = result.rows()
    assert row["is_sure"] is False
    assert row["similarity"] > 0.9


@pytest.mark.parametrize("change", [lambda text: text, lambda text: f"{text}。"])
def test_copies_of_such_texts_are_dropped(change: Callable[[str], str]) -> None:
    assert dropped(found(digits(1), change(digits(1)))) == {1: 0}


@pytest.mark.parametrize(
    ("text", "other"),
    [("若a<b则选甲", "若a>b则选甲"), ("只要1.23元", "只要12.3元"), ("C++", "C#"), ("气温-5度", "气温5度")],
)
def test_short_texts_with_other_signs_are_flagged_and_stay(text: str, other: str) -> None:
    assert (dropped(found(text, other)), dropped(found(text, f"{text}。"))) == ({}, {1: 0})


def test_another_sign_in_a_long_text_is_told() -> None:
    profit = "净利润为-3.5亿元。"
    document = outcome(f"{TEXT}{profit}", f"{TEXT}{profit.replace('-', '')}")
    assert [edit.old for edit in document.edits if edit.is_flag] == [profit]
    assert "1 sentence only here" in document.edits[-1].why


def test_other_order_is_told() -> None:
    lines = prose(7, 60).splitlines()
    document = outcome("\n".join(reversed(lines)), "\n".join(lines))
    assert "the same sentences in another order" in document.edits[-1].why


# by workers


def test_workers_find_what_one_process_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among texts a group of which is so large that texts are compared once more when it is decided who stays."""
    many = [edited(TEXT, 0.002 * (place % 40), seed=place) for place in range(70)]
    texts = [*many, *(edited(prose(place // 2), 0.01 * (place % 2)) for place in range(40)), "", OTHER]
    documents, policy = Documents([str(place) for place in range(len(texts))], sketch(texts)), Policy()
    known = Known(["old"], Pairs(np.array([len(texts) - 1]), np.array([len(texts)])))
    read = [*texts, OTHER].__getitem__
    here = find(documents, policy=policy, read=read, known=known)
    assert any(len(group) > NEIGHBOURS + 1 for group in here.groups)
    spool = Spool(tmp_path)
    ends = [0, *spool.put("texts", [*texts, OTHER]).tolist()]
    for module, name in ((candidates, "_KEYS"), (candidates, "_LANDMARKS"), (confirming, "_COMPARED")):
        monkeypatch.setattr(module, name, 500)  # so that there are many pieces
    with Pool(2, Budget(0, 0), worthwhile=0).opened() as workers:
        sketches = SharedSketches(documents.sketches, tmp_path)
        means = Means(workers, sketches, lambda document: ("texts", *ends[document : document + 2]), spool.text)
        there = by_workers(documents, means, policy=policy, known=known)
    assert (list(there.rows()), there.fates) == (list(here.rows()), here.fates)
    assert len(list(tmp_path.iterdir())) > 1  # sketches have travelled
