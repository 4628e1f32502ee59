"""A run held against right texts: what is counted as lost, left and right, and where people are told so."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from selectolax.lexbor import LexborHTMLParser

from cleaner.document import Document, Edit
from cleaner.errors import InputError
from cleaner.evaluating import Evaluation, Gold, evaluated, lines, page
from cleaner.evaluating.runs import Worst
from cleaner.evaluating.scoring import Line, Score, score
from cleaner.finished import FinishedRun, Told
from cleaner.fold import convert
from cleaner.largest import Largest
from cleaner.run import clean_files
from cleaner.sinks import Output
from cleaner.verdicts import Verdict, verdict_on, write_verdicts
from tests.boxes import json_lines
from tests.hostile import FRAGMENTS, hostile_texts
from tests.samples import ARTICLE, cleaner_with, rule, rule_file, story
from tests.test_cli import run
from tests.test_pages import skeleton

ARTICLE_LETTERS, NOISE_LETTERS = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
PROMPT: Final = "打开应用看全文\n"
SCHEMA: Final = json.loads(files("cleaner.report").joinpath("schemas/evaluation.schema.json").read_text("utf-8"))


def scored(source: str, gold: str, *removed: str) -> Score:
    """The score of a source without some of its parts, each removed where it stands last, by a rule of its own."""
    edits = [Edit(source.rindex(part), part, "", f"a/{number}", "") for number, part in enumerate(removed)]
    return score(Document.of(source).revised(edits), gold)


def figures(found: Score) -> tuple[int, int, int, int]:
    sums = found.sums()
    return sums["removed"], sums["missed"], sums["lost"], sums["absent"]


@st.composite
def labelled(draw: st.DrawFn) -> list[tuple[str, bool, bool]]:
    """Lines, whether each is of the article, and whether each was removed."""
    of_article = st.tuples(st.text(ARTICLE_LETTERS, min_size=4, max_size=40), st.just(True), st.booleans())
    of_noise = st.tuples(st.text(NOISE_LETTERS, min_size=4, max_size=40), st.just(False), st.booleans())
    return draw(st.lists(of_article | of_noise, max_size=12))


@given(labelled())
def test_what_was_lost_and_left_is_found_to_the_character(lines: list[tuple[str, bool, bool]]) -> None:
    source = "".join(f"{line}\n" for line, _, _ in lines)
    gold = "".join(f"{line}\n" for line, is_article, _ in lines if is_article)
    edits, start = [], 0
    for line, _, is_removed in lines:
        if is_removed:
            edits.append(Edit(start, f"{line}\n", "", "a/b", ""))
        start += len(line) + 1
    sums = score(Document.of(source).revised(edits), gold).sums()
    of = {(a, r): sum(len(line) for line, *is_ in lines if is_ == [a, r]) for a in (True, False) for r in (True, False)}
    least = of[True, True] - sums["lost"]  # of lines that are alike, and next to each other, some may count for others
    assert sums["article"] + sums["absent"] == of[True, True] + of[True, False]
    assert (sums["removed"], sums["missed"]) == (of[False, True] + least, of[False, False])
    if len({line for line, *_ in lines}) == len(lines) and all(len(line) > 8 for line, *_ in lines):
        assert least == sums["absent"] == 0


def test_of_a_paragraph_said_twice_the_one_that_stays_is_the_article() -> None:
    one = story(1, sentences=4)
    assert figures(scored(one + one, one, one)) == (len(one) - 1, 0, 0, 0)
    assert figures(scored(one + one, one + one, one)) == (0, 0, len(one) - 1, 0)


def test_lost_copies_of_what_stays_are_told_apart_and_what_is_gone_comes_first() -> None:
    kept, gone = story(1, sentences=4), f"{story(2, sentences=1).strip()}\n"
    found = scored(f"{kept}投票\n{kept}{gone}投票\n", f"{kept}投票\n{kept}{gone}投票\n", "投票\n", gone, kept)
    lost, elsewhere = (found.sums()[what] for what in ("lost", "elsewhere"))
    assert (elsewhere, lost - elsewhere) == (len("".join(kept.split())) + len("投票"), len(gone) - 1)
    assert {rule for rule, each in found.by_rule().items() if each["elsewhere"]} == {"a/0", "a/2"}
    assert (found.lost_lines()[0].text, found.lost_lines()[0].elsewhere) == (gone.rstrip("\n"), 0)
    assert [line.gone for line in found.lost_lines()[1:]] == [0] * (len(found.lost_lines()) - 1)


def test_what_is_short_and_no_line_or_shares_but_words_with_what_stays_is_no_copy() -> None:
    for source, lost in (
        ("他们去投票了。\n投票\n", "投票\n"),
        (f"{PROMPT}请你打开应用看全文好吗\n", "请你打开应用看全文好吗\n"),
    ):
        assert scored(source, source, lost).sums()["lost"] > 0
        assert scored(source, source, lost).sums()["elsewhere"] == 0
    long = story(1, sentences=8).replace("\n", "")
    sums = scored(f"{long}\n甲{long}\n", f"{long}\n甲{long}\n", f"甲{long}").sums()
    assert (sums["lost"], sums["elsewhere"]) == (len(long) + 1, len(long))


def test_what_was_lost_is_not_made_up_for_by_noise_that_stays() -> None:
    noise, article, more = (story(seed, sentences=4) for seed in (1, 2, 3))
    for source in (noise + article + more, article + noise + more):
        removed, missed, lost, absent = figures(scored(source, article + more, article))
        assert (removed, absent) == (0, 0)
        assert missed == len(noise) - 1
        assert lost == len(article) - 1


def test_what_stands_elsewhere_in_the_right_text_is_the_article_all_the_same() -> None:
    first, second = story(1, sentences=4), story(2, sentences=4)
    assert figures(scored(first + second, second + first)) == (0, 0, 0, 0)
    removed, missed, lost, absent = figures(scored(first + second, second + first, first))
    assert removed + lost == len(first) - 1
    assert removed == absent < 3  # a letter that both have, and that stays, may count for the one that went
    assert missed == 0


def test_posts_in_another_order_are_the_article() -> None:
    chance = Random(0)
    posts = ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(40)) + "\n" for _ in range(100)]
    source = PROMPT.join(posts)
    for right in (posts[::-1], chance.sample(posts, len(posts))):
        removed, missed, lost, absent = figures(scored(source, "".join(right)))
        assert (removed, lost, absent) == (0, 0, 0)
        assert missed == 99 * (len(PROMPT) - 1)


def test_script_blanks_and_width_do_not_count() -> None:
    source = "発　展，今天的會議討論了明年的工作。\n"
    gold = "発展,今天的会议讨论了明年的工作。"
    assert figures(scored(source, gold)) == (0, 0, 0, 0)
    document = Document.of("今天的会议讨论了明年的工作。")
    hant = score(document.revised(convert(document.source, "hant")), document.source)
    assert figures(hant) == (0, 0, 0, 0)
    assert hant.by_rule()["script/hant"]["repaired"] == hant.by_rule()["script/hant"]["repaired_right"] > 0


def test_repairs_are_right_where_the_right_text_says_the_same() -> None:
    document = Document.of("今天的浼氳讨论了明年的??，大家都很高兴。")
    edits = [Edit(3, "浼氳", "会议", "mojibake/a", ""), Edit(11, "??", "天气", "losses/b", "")]
    rules = score(document.revised(edits), "今天的会议讨论了明年的工作，大家都很高兴。").by_rule()
    assert {name: (each["repaired"], each["repaired_right"], each["replaced"]) for name, each in rules.items()} == {
        "mojibake/a": (2, 2, 2), "losses/b": (2, 0, 2)
    }  # fmt: skip


def test_what_stands_beside_a_wrong_repair_at_the_begin_or_end_of_a_page_is_the_article() -> None:
    for before, behind in (("嚴重", "壞的房屋已經修好了，大家都很高興。"), ("大家都很高興，已經修好了房屋的", "嚴重")):
        document = Document.of(f"{before}?fù)p{behind}")
        wrong = document.revised([Edit(len(before), "?fù)p", "揖", "shear/a", "")])
        for each in (document, wrong):
            sums = score(each, f"{before}損{behind}").sums()
            assert (sums["article"], sums["noise"], sums["absent"]) == (len(before) + len(behind), 5, 1)


def test_what_something_else_stands_for_is_lost() -> None:
    document = Document.of("今天的会议讨论了明年的工作安排，大家都很高兴。")
    spoilt = document.revised([Edit(11, "工作安排", "天气预报", "a/b", "")])
    assert (figures(score(spoilt, document.source))[2], spoilt.text[11:15]) == (4, "天气预报")


def test_readings_that_stay_are_what_should_go() -> None:
    assert figures(scored("産(chǎn)業(yè)創(chuàng)新很重要", "產業創新很重要"))[1:3] == (len("(chǎn)(yè)(chuàng)"), 0)


def test_lines_are_named_with_the_rule_that_took_them() -> None:
    article = story(4, sentences=8)
    line = article.split("\n")[0]
    found = scored(f"{article}{PROMPT}", article, f"{line}\n")
    assert found.lost_lines() == [Line(1, line, len(line), "a/0", 0)]
    assert found.missed_lines() == [Line(3, PROMPT.rstrip(), len(PROMPT) - 1, "")]


def test_a_text_of_a_megabyte_is_compared() -> None:
    parts = [f"{story(seed)}第{seed}回\n" for seed in range(370)]
    noise = [f"{PROMPT[:-1]}{seed}\n" for seed in range(370)]
    source = "".join(part + line for part, line in zip(parts, noise, strict=True))
    sums = score(Document.of(source), "".join(parts)).sums()
    assert len(source.encode()) > 1 << 20
    assert (sums["absent"], sums["lost"]) == (0, 0)
    assert sums["missed"] == sum(len(line) - 1 for line in noise)


# runs

STORIES: Final = [story(seed, sentences=8) for seed in range(5)]
PAGE: Final = f"<html><body><article><p>{STORIES[3].replace(chr(10), '</p><p>')}</p></article></body></html>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run over a text, a copy of it, a page, a file that is no text, and a container."""
    made = tmp_path / "in"
    made.mkdir()
    for name in ("a.txt", "copy.txt"):
        (made / name).write_text(STORIES[0] + PROMPT, "utf-8")
    (made / "b.html").write_text(PAGE, "utf-8")
    (made / "c.txt").write_bytes(b"\x7fELF" + bytes(range(256)))
    (made / "r.jsonl").write_bytes(json_lines([{"id": "x", "text": STORIES[1] + PROMPT}, {"id": "y", "text": ARTICLE}]))
    clean_files([made], tmp_path / "out", cleaner_with(rule_file(tmp_path, rule(), stem="app")))
    return tmp_path / "out"


GOLD: Final = {"a.txt": STORIES[0], "copy.txt": STORIES[0], "b.html.txt": STORIES[3], "c.txt": "好", "spare.txt": "好"}


def gold_at(folder: Path, texts: dict[str, str] = GOLD) -> Path:
    gold = folder.parent / "gold"
    gold.mkdir()
    for name, text in texts.items():
        (gold / name).write_text(text, "utf-8")
    return gold


def facts_of(folder: Path, gold: Path) -> dict[str, Any]:
    run = FinishedRun.at(folder)
    with Gold.at(str(gold), run.output) as texts:
        return evaluated(run, texts).facts()


def test_a_folder_of_right_texts_goes_by_names(folder: Path) -> None:
    gold = gold_at(folder)
    (gold / "r.jsonl").write_bytes(json_lines([{"id": "x", "text": f"{STORIES[1]}{PROMPT}"}, {"id": "z", "text": 7}]))
    facts = facts_of(folder, gold)
    assert facts["documents"] == {"in": 6, "compared": 4, "dropped": 1, "without_gold": 1, "without_text": 1}
    assert facts["gold"] == {"texts": 6, "unused": 1, "unread": 1, "pages": 0, "apart": 0, "sources": 1}
    size = len(PROMPT) - 1
    assert facts["rules"]["app/read-on"] | {"recall": 0} == {
        "removed": 3 * size, "noise": 2 * size, "lost": size, "elsewhere": 0, "replaced": 0, "repaired": 0,
        "repaired_right": 0, "right": 0, "wrong": 0, "precision": 0.6667, "recall": 0, "repairs": None,
        "verdicts": None,
    }  # fmt: skip
    assert facts["rules"]["app/read-on"]["recall"] == facts["shares"]["recall"] == 1
    (lost,) = facts["lost"]
    assert (lost["rule"], lost["characters"]) == ("app/read-on", size)
    assert [(each["name"], each["lines"][0]["text"]) for each in lost["files"]] == [("r.jsonl/x", PROMPT.rstrip())]


def test_a_container_of_right_texts_goes_by_ids(folder: Path) -> None:
    gold = folder.parent / "gold.jsonl"
    gold.write_bytes(json_lines([{"id": "x", "text": STORIES[1]}, {"id": "a.txt", "text": STORIES[0]}]))
    facts = facts_of(folder, gold)
    assert facts["documents"] == {"in": 6, "compared": 2, "dropped": 0, "without_gold": 4, "without_text": 0}
    assert facts["shares"] == {"precision": 1, "recall": 1, "article_kept": 1, "repairs": None, "verdicts": None}
    assert facts["gold"]["unused"] == 0
    assert sum(each["recall"] for each in facts["rules"].values()) == pytest.approx(1)


def test_an_id_that_two_containers_have_is_refused_and_one_that_two_records_have_is_that_of_the_first(
    tmp_path: Path,
) -> None:
    made = tmp_path / "in"
    made.mkdir()
    rows = [{"id": "x", "text": STORIES[0]}, {"id": "x", "text": STORIES[1]}, {"id": "y", "text": STORIES[2]}]
    for name in ("r.jsonl", "s.jsonl"):
        (made / name).write_bytes(json_lines(rows))
    (tmp_path / "gold.jsonl").write_bytes(json_lines([{"id": "r.jsonl/y", "text": STORIES[2]}]))
    clean_files([made], tmp_path / "out", cleaner_with())
    assert facts_of(tmp_path / "out", tmp_path / "gold.jsonl")["documents"]["compared"] == 1
    (tmp_path / "gold.jsonl").write_bytes(json_lines([{"id": "x", "text": STORIES[0]}]))
    with pytest.raises(InputError, match=r"id 'x' may be that of r.jsonl/x or of s.jsonl/x; give"):
        facts_of(tmp_path / "out", tmp_path / "gold.jsonl")
    clean_files([made / "r.jsonl"], tmp_path / "one", cleaner_with())
    facts = facts_of(tmp_path / "one", tmp_path / "gold.jsonl")
    assert (facts["documents"]["compared"], facts["characters"]["absent"]) == (1, 0)


def test_what_was_replaced_counts_for_precision_as_it_does_for_recall(tmp_path: Path) -> None:
    evaluation = Evaluation(FinishedRun(Output(tmp_path), {}), Gold(texts=1))
    document = Document.of("今天的浼氳讨论了明年的工作安排，大家都很高兴。")
    edits = [Edit(3, "浼氳", "会议", "mojibake/a", ""), Edit(19, "很高", "不高", "mojibake/a", "")]
    found = score(document.revised(edits), "今天的会议讨论了明年的工作安排，大家都很高兴。")
    evaluation._count(Told("a", "", "{}", b""), found)
    facts = evaluation.facts()
    assert (found.sums()["replaced"], found.sums()["lost"], found.sums()["removed"]) == (2, 1, 0)
    for figures in (facts["shares"], facts["rules"]["mojibake/a"], facts["kinds"]["mojibake"]):
        assert (figures["precision"], figures["recall"]) == (0.6667, 1)


def test_gold_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="no right texts"):
        Gold.at(str(folder / "absent"), FinishedRun.at(folder).output)


def test_verdicts_count_by_rule_and_those_on_other_edits_apart(folder: Path) -> None:
    told = FinishedRun.at(folder).find("a.txt").document()
    verdict = verdict_on(told, 0, is_right=False, note="是正文")
    record = verdict_on(FinishedRun.at(folder).find("r.jsonl/x").document(), 0, is_right=True)
    gone = replace_(verdict, source=(0, 1))
    write_verdicts(Output(folder), [verdict, gone, record])
    facts = evaluated(FinishedRun.at(folder), None).facts()
    assert facts["verdicts"] == {"right": 1, "wrong": 1, "outdated": 1, "edits": 4}
    assert [facts["rules"]["app/read-on"][what] for what in ("right", "wrong", "verdicts")] == [1, 1, 0.5]
    assert [each["note"] for each in facts["wrong"]] == ["是正文"]
    assert facts["gold"] is facts["characters"] is facts["rules"]["app/read-on"]["removed"] is None
    Draft202012Validator(SCHEMA).validate(facts)


def replace_(verdict: Verdict, **changed: Any) -> Verdict:
    return verdict._replace(**changed)


# the command


def test_eval_prints_and_writes_a_page_and_figures_that_keep_to_their_schema(folder: Path, tmp_path: Path) -> None:
    gold = gold_at(folder, GOLD | {"copy.txt": STORIES[0] + PROMPT})
    told = FinishedRun.at(folder).find("a.txt").document()
    write_verdicts(Output(folder), [verdict_on(told, 0, is_right=False)])
    code, stdout, stderr = run("eval", folder, gold, "--json", tmp_path / "f.json")
    assert (code, stderr) == (0, "")
    for line in ("3 of 6 documents were held", "precision 50.0%, recall 100.0%", "  app/read-on: 7",
                 "copy.txt: 7, line ", "0 edits are right and 1 wrong"):  # fmt: skip
        assert line in stdout
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads((tmp_path / "f.json").read_text("utf-8")))
    tree = LexborHTMLParser((folder / "eval.html").read_text("utf-8"))
    links = [unquote(str(link.attributes["href"])) for link in tree.css("a")]
    assert links == ["index.html", "reports/copy.html", "reports/a.html"]
    assert all((folder / link).is_file() for link in links)
    assert str(tmp_path) not in (folder / "eval.html").read_text("utf-8")


def test_eval_by_verdicts_alone_needs_some(folder: Path) -> None:
    code, _, stderr = run("eval", folder)
    assert code == 1
    assert "has no verdicts; give right texts as GOLD" in stderr
    assert not (folder / "eval.html").exists()
    write_verdicts(Output(folder), [verdict_on(FinishedRun.at(folder).find("a.txt").document(), 0, is_right=True)])
    code, stdout, _ = run("eval", folder)
    assert code == 0
    assert "1 edits are right and 0 wrong (100.0% right). That is 1 of 4 edits, which people chose" in stdout
    assert "kind                     judged right judged wrong\n" in stdout
    for told in (stdout, (folder / "eval.html").read_text("utf-8")):
        assert "removed" not in told  # nothing says how much was
        assert "recision" not in told


def test_the_page_has_columns_of_what_was_measured_and_leads_to_what_is_wrong(folder: Path) -> None:
    a, record = (FinishedRun.at(folder).find(name).document() for name in ("a.txt", "r.jsonl/x"))
    write_verdicts(Output(folder), [verdict_on(each, 0, is_right=False) for each in (a, record)])
    assert run("eval", folder)[0] == 0
    tree = LexborHTMLParser((folder / "eval.html").read_text("utf-8"))
    assert [str(link.attributes["href"]) for link in tree.css("td a")] == ["reports/a.html"]
    assert [head.text() for head in tree.css("th.number")] == ["judged right", "judged wrong"] * 2
    assert run("eval", folder, gold_at(folder))[0] == 0
    tree = LexborHTMLParser((folder / "eval.html").read_text("utf-8"))
    heads = [head.text() for head in tree.css("th.number")]
    assert heads[heads.index("removed") :][:5] == ["removed", "precision", "recall", "lost", "of it elsewhere"]
    assert "put in" not in heads


def test_the_page_and_the_lines_name_and_count_the_same() -> None:
    evaluation = hostile_evaluation("x")
    for number in range(12):
        evaluation._of(f"a/{number}").update({"removed": 1545, "lost": 1545})
        evaluation._lost[f"a/{number}"] = Largest(1)
    told, tree = "\n".join(lines(evaluation)), LexborHTMLParser(page(evaluation))
    heads = [head.text() for head in tree.css("th.number")]
    for head in ("removed", "lost", "of it elsewhere", "put in", "of it right", "judged wrong"):
        assert head in heads
        assert head in told
    assert "1,545" in told
    assert "1545" not in told + str(tree.html)
    assert "  … 3 more rules, which stand in eval.html" in told


def refusal(folder: Path, gold: Path) -> str:
    """What the command says of right texts that are none; it writes nothing."""
    (folder / "eval.html").write_text("as it was", "utf-8")
    code, stdout, stderr = run("eval", folder, gold, "--json", folder.parent / "f.json")
    assert (code, stdout, (folder.parent / "f.json").exists()) == (1, "", False)
    assert (folder / "eval.html").read_text("utf-8") == "as it was"
    return stderr


def test_right_texts_of_no_document_are_refused_with_the_names_on_both_sides(folder: Path) -> None:
    said = refusal(folder, gold_at(folder, {f"page-{number}.md": "好" for number in range(5)}))
    assert "of 5 right texts none is of one of the 6 documents" in said
    assert "there were looked for a.txt, b.html or b.html.txt, copy.txt, …" in said
    assert "are called page-0.md, page-1.md, page-2.md, …" in said


def test_inputs_or_texts_of_something_else_are_no_right_texts(folder: Path) -> None:
    assert "of 5 right texts 1 begin as HTML pages, and 3 are sources" in refusal(folder, folder.parent / "in")
    others = gold_at(folder, {"a.txt": ARTICLE, "copy.txt": ARTICLE, "b.html": STORIES[3]})
    assert "of 3 right texts 2 are mostly of something that neither" in refusal(folder, others)


def test_a_right_text_that_looks_as_if_it_were_none_is_told(folder: Path) -> None:
    sources = gold_at(folder, {"a.txt": STORIES[0] + PROMPT, "copy.txt": ARTICLE, "b.html": STORIES[3]})
    code, stdout, _ = run("eval", folder, sources)
    assert code == 0
    assert "Look at the right texts: 1 of them are mostly of something that neither" in stdout
    assert "Look at the right texts: 1 of them are the source of their document" in stdout


# text of others


def hostile_evaluation(text: str) -> Evaluation:
    """Figures into every part of which that text has come."""
    evaluation = Evaluation(FinishedRun(Output(Path("/a")), {}), Gold(texts=1))
    evaluation._of(text).update({"removed": 2, "noise": 1, "lost": 1, "repaired": 1})
    worst = Worst.of(Told(text, "", "{}", b""), [Line(number, text, 1) for number in range(9)])
    evaluation._lost[text] = Largest(1)
    for largest in (evaluation._lost[text], evaluation._missed):
        largest.add(1, text, worst)
    evaluation.wrong.append(Verdict(text, text, (0, 1), text, text, text, is_right=False, note=text))
    evaluation.judged["wrong"] = 2
    return evaluation


@settings(max_examples=25)  # each makes two pages
@given(hostile_texts)
@example("\n".join(FRAGMENTS))
def test_the_page_has_the_elements_of_a_harmless_one(text: str) -> None:
    if text:
        made, harmless = (page(hostile_evaluation(each)) for each in (text, "x" * len(text)))
        assert skeleton(made) == skeleton(harmless)
        assert "<script" not in re.sub("(?s)<title>.*?</title>", "", made.lower())
        made.encode()
