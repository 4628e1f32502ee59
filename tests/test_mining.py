"""Rule files drafted from what documents share: that they load as they are, do what they say, and do no harm."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from cleaner.pipeline import Cleaner
from cleaner.run import Mined, mine_files
from tests.samples import cleaner_with, rule, rule_file
from tests.sites import BLOCK, article, essay, fused, page, paragraph, statute, written

CLEANER = cleaner_with()
COUNT = 12
SHIPPED = pipeline.shipped_rule_files()


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package ships one rule: these tests prove drafted rules many times over."""
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


def site(folder: Path, make: Callable[[int], str], count: int = COUNT) -> Path:
    return written(folder, {f"{number:02d}.txt": make(number) for number in range(count)})


def mined(folder: Path, out: Path, cleaner: Cleaner = CLEANER) -> tuple[Mined, list[dict[str, Any]]]:
    """What was mined, and the rules of the file."""
    found = mine_files([folder], out, cleaner, least=5)
    return found, tomllib.loads(out.read_text("utf-8"))["rule"] if out.exists() else []


def cleaned(text: str, out: Path) -> str:
    return cleaner_with(out).clean(text).text


def test_a_drafted_file_loads_and_cleans_pages_it_never_saw(tmp_path: Path) -> None:
    found, rules = mined(site(tmp_path / "in", page), tmp_path / "site.toml")
    assert found.rules == len(rules) == 5
    for number in (COUNT + 1, COUNT + 5):
        assert cleaned(page(number), tmp_path / "site.toml") == f"{article(number)}\n"


def test_a_rule_carries_counts_places_and_real_examples(tmp_path: Path) -> None:
    _, rules = mined(site(tmp_path / "in", page), tmp_path / "site.toml")
    text = (tmp_path / "site.toml").read_text("utf-8")
    assert (
        "# stands in 12 of 12 documents of folder .: 00.txt:7, 01.txt:7, 02.txt:7\n# line 1 of a block of 3\n" in text
    )
    pages = "".join(page(number) for number in range(COUNT))
    for drafted in rules:
        ((before, after),) = drafted["changes"]
        assert all(line in pages for line in before.splitlines())
        assert after.strip() in before
    assert len({drafted["id"] for drafted in rules}) == len(rules)


def test_what_varies_is_a_number_in_the_pattern(tmp_path: Path) -> None:
    _, rules = mined(site(tmp_path / "in", page), tmp_path / "site.toml")
    patterns = [rule["pattern"] for rule in rules]
    assert r"^已有\d+位乡亲在读$" in patterns
    assert any(pattern.startswith("^发布时间:") and r"浏览量\(\d+\)" in pattern for pattern in patterns)


def test_a_number_that_never_varies_stands_as_it_is(tmp_path: Path) -> None:
    def make(number: int) -> str:
        return f"{paragraph(number)}\n{BLOCK[0]}\n热线 12345 昼夜有人接听\n已有{number + 3}人订阅我们\n"

    _, rules = mined(site(tmp_path / "in", make), tmp_path / "site.toml")
    assert {rule["pattern"] for rule in rules} >= {"^热线 12345 昼夜有人接听$", r"^已有\d+人订阅我们$"}


def test_keeps_are_sentences_of_the_documents_that_share_words(tmp_path: Path) -> None:
    alike = "掌柜的说，长按下图二维码这种事，他到七十岁才学会。"

    def make(number: int) -> str:
        return page(number).replace(
            paragraph(3 * number), f"{paragraph(3 * number)}\n{alike}" if number == 4 else "夜深。"
        )

    _, rules = mined(site(tmp_path / "in", make), tmp_path / "site.toml")
    (rule,) = (rule for rule in rules if "二维码" in rule["pattern"])
    assert rule["keeps"] == [f"{alike}\n"]


def test_without_a_sentence_alike_a_keep_quotes_the_template(tmp_path: Path) -> None:
    _, rules = mined(site(tmp_path / "in", page), tmp_path / "site.toml")
    (rule,) = (rule for rule in rules if "二维码" in rule["pattern"])
    assert all("“长按下图二维码”" in keep for keep in rule["keeps"])


@pytest.mark.parametrize("make", [statute, essay])
def test_what_authors_repeat_becomes_no_rule(tmp_path: Path, make: Callable[[int], str]) -> None:
    found, rules = mined(site(tmp_path / "in", make), tmp_path / "site.toml")
    assert (found.rules, rules) == (0, [])
    assert not (tmp_path / "site.toml").exists()
    assert all(draft.dropped for draft in found.drafts)


def test_statutes_beside_a_site_are_not_harmed_by_its_rules(tmp_path: Path) -> None:
    for name, make in {"site": page, "law": statute, "essay": essay}.items():
        site(tmp_path / "in" / name, make)
    mined(tmp_path / "in", tmp_path / "site.toml")
    cleaner = cleaner_with(tmp_path / "site.toml")
    for number in range(COUNT):
        for make in (statute, essay):
            assert cleaner.clean(make(number)).text == make(number)


def test_folders_and_hosts_are_compared_within(tmp_path: Path) -> None:
    def hosted(number: int) -> str:
        host = f"https://{'one' if number % 2 else 'two'}.example.com/{number}"
        return f"---\nfrom: {host}\n---\n{paragraph(number)}\n{BLOCK[0]}\n{BLOCK[1]}\n"

    site(tmp_path / "in", hosted)
    found, _ = mined(tmp_path / "in", tmp_path / "site.toml")
    assert {str(draft.template.share) for draft in found.drafts} <= {
        f"stands in 6 of 6 documents of {name}.example.com" for name in ("one", "two")
    }
    assert found.rules == 2


def test_fused_promotion_becomes_rules_of_spans(tmp_path: Path) -> None:
    _, rules = mined(site(tmp_path / "in", fused), tmp_path / "site.toml")
    assert [rule["scope"] for rule in rules] == ["span", "span"]
    number = COUNT + 3
    told = "".join(paragraph(3 * number + part) for part in range(2))
    assert cleaned(fused(number), tmp_path / "site.toml").splitlines()[1] == told


def test_what_shipped_rules_take_needs_no_rule(tmp_path: Path) -> None:
    def make(number: int) -> str:
        return f"{paragraph(number)}\n打开应用看全文\n{BLOCK[0]}\n{BLOCK[1]}\n"

    found, rules = mined(site(tmp_path / "in", make), tmp_path / "site.toml", Cleaner())
    dropped = {draft.template.sample: draft.dropped for draft in found.drafts if draft.dropped}
    assert dropped == {"打开应用看全文": "the shipped rules take it already"}
    assert len(rules) == 2
    assert "the shipped rules take it already" in (tmp_path / "site.toml").read_text("utf-8")


def test_a_line_that_mostly_stays_is_told_of_with_the_rule_that_marks_it(tmp_path: Path) -> None:
    within = site(tmp_path / "in", lambda number: f"{article(number)}\n打开应用看全文\n{article(number + 50)}\n")
    found, _ = mined(within, tmp_path / "site.toml", Cleaner())
    (draft,) = found.drafts
    assert draft.dropped == "stands between lines of the article; app/read-on marks it already"


def test_places_are_lines_of_the_source(tmp_path: Path) -> None:
    def make(number: int) -> str:
        return f"\n\n{'&nbsp;' * number}\n{paragraph(number)}\n\n{BLOCK[0]}\n{BLOCK[1]}\n"

    found, _ = mined(site(tmp_path / "in", make), tmp_path / "site.toml")
    assert [draft.template.places for draft in found.drafts] == [
        [f"{number:02d}.txt:{line}" for number in range(3)] for line in (6, 7)
    ]


def test_places_are_of_the_group_whose_counts_are_told(tmp_path: Path) -> None:
    plain = {f"{number:02d}.txt": page(number) if number < 6 else article(number) for number in range(COUNT)}
    shared = {f"sub/{number:02d}.txt": page(number + COUNT) for number in range(COUNT)}
    found, _ = mined(written(tmp_path / "in", plain | shared), tmp_path / "site.toml")
    assert found.rules == 5
    for draft in found.drafts:
        assert draft.template.share.group == "folder sub"
        assert all(place.startswith("sub/") for place in draft.template.places), draft.template.places
        assert len(draft.template.places) == 3


def test_pages_are_extracted_first(tmp_path: Path) -> None:
    body = "<title>甲</title><link rel=canonical href=https://www.example.com/{n}><p>{text}<p>" + "<p>".join(BLOCK)
    texts = {f"{n}.html": body.format(n=n, text=paragraph(n)) for n in range(8)}
    found, _ = mined(written(tmp_path / "in", texts), tmp_path / "site.toml")
    assert {draft.template.share.group for draft in found.drafts} == {"example.com"}
    assert found.rules == 2


def test_quotes_marks_and_blanks_survive_the_file(tmp_path: Path) -> None:
    odd = "“山里'''人家”\\(一起)来\N{NO-BREAK SPACE}[看看] {好吗} $5^"

    def make(number: int) -> str:
        return f"{paragraph(number)}\n{BLOCK[0]}\n{odd}\n{BLOCK[1]}\n"

    mined(site(tmp_path / "in", make), tmp_path / "site.toml")
    assert cleaned(make(40), tmp_path / "site.toml") == f"{paragraph(40)}\n"


def test_an_earlier_rule_file_among_the_inputs_is_no_document(tmp_path: Path) -> None:
    site(tmp_path, page)
    first, _ = mined(tmp_path, tmp_path / "site.toml")
    again, _ = mined(tmp_path, tmp_path / "site.toml")
    assert (first.documents, again.documents) == (COUNT, COUNT)


def test_two_runs_write_the_same_file(tmp_path: Path) -> None:
    site(tmp_path / "in", page)
    written_files = []
    for name in ("one", "two"):
        mined(tmp_path / "in", tmp_path / name / "site.toml")
        written_files.append((tmp_path / name / "site.toml").read_bytes())
    assert written_files[0] == written_files[1]


@pytest.mark.slow
def test_a_drafted_file_loads_beside_all_shipped_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: SHIPPED)
    for name, make in {"site": page, "fused": fused, "law": statute, "essay": essay}.items():
        site(tmp_path / "in" / name, make)
    found, _ = mined(tmp_path / "in", tmp_path / "site.toml", Cleaner())
    assert found.rules
    cleaner = Cleaner(rule_files=[tmp_path / "site.toml"])
    assert not any(line in cleaner.clean(page(COUNT + 1)).text for line in BLOCK)
    assert cleaner.clean(statute(COUNT + 1)).text == statute(COUNT + 1)


# the command line


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_mine_writes_a_file_that_rules_test_and_clean_take_unedited(tmp_path: Path) -> None:
    folder, own = site(tmp_path / "in", page), tmp_path / "rules" / "site.toml"
    code, stdout, stderr = run("mine", folder, "-o", own)
    assert (code, stderr) == (0, "")
    assert "removes  长按下图二维码，找到我们的小屋 stands in 12 of 12 documents of folder .: 00.txt:8" in stdout
    assert stdout.endswith(f"12 documents, 5 rules: read them in {own}\n")
    assert run("rules", "test", own)[0] == 0
    assert run("clean", folder, "--rules", own, "-o", tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / "text" / "03.txt").read_text("utf-8") == f"{article(3)}\n"


def test_mine_says_when_there_is_nothing_to_write(tmp_path: Path) -> None:
    code, stdout, _ = run("mine", site(tmp_path / "in", statute), "-o", tmp_path / "site.toml")
    assert code == 0
    assert "dropped  本办法自发布之日起施行。" in stdout
    assert stdout.endswith("12 documents, and nothing in them that a rule can be made of: no file written\n")


def test_mine_ends_with_1_when_an_input_failed_and_names_it(tmp_path: Path) -> None:
    folder = site(tmp_path / "in", page)
    (folder / "bad.txt").write_bytes(b"\x00")
    code, stdout, stderr = run("mine", folder, "-o", tmp_path / "site.toml")
    assert code == 1
    assert stderr.startswith("bad.txt: no text: ")
    assert "12 documents, 5 rules" in stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "site.txt"], "a rule file is TOML"),
        (["-o", "site.toml", "--least", "2"], "3 documents at least"),
        (["-o", "site.toml", "--least", "0"], "3 at least"),
        ([], "--out"),
    ],
)
def test_mine_misused_ends_with_2_and_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, stderr = run("mine", site(tmp_path / "in", page), *words)
    assert code == 2
    assert says in stderr


def test_clean_with_templates_says_how_many_documents_share_a_line(tmp_path: Path) -> None:
    folder = site(tmp_path / "in" / "news", page)
    assert run("clean", folder.parent, "--templates", 5, "-o", tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / "text" / "news" / "03.txt").read_text("utf-8") == f"{article(3)}\n"
    report = (tmp_path / "out" / "reports" / "news" / "03.json").read_text("utf-8")
    assert "stands in 12 of 12 documents of folder news, below the article" in report
    assert '"templates": "5"' in (tmp_path / "out" / "summary.json").read_text("utf-8")


def test_clean_without_templates_compares_nothing(tmp_path: Path) -> None:
    folder = site(tmp_path / "in", page)
    run("clean", folder, "-o", tmp_path / "out")
    assert BLOCK[0] in (tmp_path / "out" / "text" / "03.txt").read_text("utf-8")
    assert "templates" not in (tmp_path / "out" / "summary.json").read_text("utf-8")


def test_undo_gives_back_what_templates_took(tmp_path: Path) -> None:
    folder = site(tmp_path / "in", page)
    run("clean", folder, "--templates", 5, "-o", tmp_path / "out")
    code, stdout, _ = run("undo", tmp_path / "out" / "text" / "03.txt", tmp_path / "out" / "reports" / "03.json")
    assert (code, stdout) == (0, page(3))


def test_cleaning_what_was_cleaned_changes_nothing(tmp_path: Path) -> None:
    for name, make in {"a": page, "b": essay, "c": fused, "d": statute}.items():
        site(tmp_path / "in" / name, make)
    run("clean", tmp_path / "in", "--templates", 5, "-o", tmp_path / "one")
    run("clean", tmp_path / "one" / "text", "--templates", 5, "-o", tmp_path / "two")
    for path in (tmp_path / "one" / "text").rglob("*.txt"):
        again = tmp_path / "two" / "text" / path.relative_to(tmp_path / "one" / "text")
        assert again.read_text("utf-8") == path.read_text("utf-8")


def test_a_file_that_fails_does_not_stop_counting(tmp_path: Path) -> None:
    folder = site(tmp_path / "in", page)
    (folder / "bad.txt").write_bytes(b"\x00")
    code, stdout, stderr = run("clean", folder, "--templates", 5, "-o", tmp_path / "out")
    assert code == 1
    assert stderr.count("bad.txt") == 1
    assert "13 files in = 12 written" in stdout
    assert "1 failed" in stdout


@pytest.mark.parametrize("count", ["-1", "1", "2"])
def test_clean_with_too_few_templates_is_misuse(tmp_path: Path, count: str) -> None:
    code, _, stderr = run("clean", tmp_path, "--templates", count, "-o", tmp_path / "out")
    assert code == 2
    assert f"3 documents at least must share a template, {count} may do so by chance" in stderr
    assert not (tmp_path / "out").exists()


def test_one_text_alone_has_no_templates() -> None:
    code, _, stderr = run("clean", "-", "--templates", "5")
    assert code == 2
    assert "compares many files" in stderr
