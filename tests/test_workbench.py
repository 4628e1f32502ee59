"""The commands for who writes rules: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from cleaner.finished import FinishedRun
from cleaner.verdicts import verdict_on, write_verdicts
from tests.samples import CLOSE, LEAD, MIDDLE, rule, rule_file

OTHER = "来信的人问，网页上的勋章究竟是什么意思。"
TEXT = f"{LEAD}\n{OTHER}\n{CLOSE}\n勳章：元老 \N{RIGHT-TO-LEFT OVERRIDE}灌水 7\n打开应用看全文\n"


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package ships one rule."""
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


def run(*words: object) -> tuple[int, str, str]:
    """(exit code, stdout, stderr); an exception other than an exit fails the test."""
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


# try


def test_try_shows_matches_in_context_and_sums_them_up(page: Path) -> None:
    code, stdout, stderr = run("rules", "try", "^勋章", page)
    assert (code, stderr) == (0, "")
    assert "a.txt:4: goes\n" in stdout
    assert f"    {CLOSE}\n  > ⟪勳章⟫：元老 灌水 7\n    打开应用看全文\n" in stdout
    assert "needs: 勋章\nmatches 1 line in 1 of 1 document, 2 characters; takes 1, " in stdout
    assert stdout.endswith("breaks no example of the rules in use\n")


def test_try_names_what_other_rules_take_and_the_examples_it_breaks(page: Path) -> None:
    code, stdout, _ = run("rules", "try", "^.*打开应用", page, "--where", "anywhere")
    assert code == 0
    assert "1 goes by app/read-on already" in stdout
    assert "breaks 1 example of the rules in use; narrow the pattern:\n  app/read-on: keeps: " in stdout


def test_try_counts_what_it_does_not_show(page: Path) -> None:
    stdout = run("rules", "try", "勋章", page, "--scope", "span", "--most", "1")[1]
    assert "matches 2 places" in stdout
    assert "1 more not shown" in stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["勋章(?=:)"], "no look-around"),
        (["勳章"], "write '勋' for '勳'"),
        ([r"\S+"], "name such literals by --needs"),
        (["勋章", "--replace", "x"], "replace belongs to span rules"),
        (["勋章", "--scope", "span", "--where", "anywhere"], "--where is for lines"),
        (["勋章", "--most", "-1"], "--most is how many"),
        (["勋章", "--scope", "span", "--unless", "x"], "belong to line rules"),
    ],
)
def test_try_refuses_what_can_be_no_rule(page: Path, words: list[str], says: str) -> None:
    code, _, stderr = run("rules", "try", words[0], page, *words[1:])
    assert code == 2
    assert says in stderr


def test_try_ends_with_1_if_an_input_cannot_be_read(page: Path, tmp_path: Path) -> None:
    code, stdout, _ = run("rules", "try", "勋章", page, tmp_path / "none\x1b[2J.txt")
    assert code == 1
    assert "not read: none⟦ESC⟧[2J.txt: No such file" in stdout


# new


def test_new_prints_a_draft_or_adds_it_to_a_file(page: Path, tmp_path: Path) -> None:
    code, stdout, stderr = run("rules", "new", "medal", "--from", f"{page}:4")
    assert (code, stderr) == (0, "")
    assert stdout.startswith('about = "what this site puts on its pages"\n\n# drafted from a.txt:4\n# to do: ')
    out = tmp_path / "forum.toml"
    code, stdout, stderr = run("rules", "new", "medal", "--from", f"{page}:4", "-o", out)
    assert (code, stderr) == (0, "")
    assert stdout.startswith(f"wrote medal to {out}; to do:\n  say in `about`")
    assert run("rules", "test", out)[0] == 0
    code, _, stderr = run("rules", "new", "medal", "--from", f"{page}:4", "-o", out)
    assert code == 1
    assert "the id is taken by forum/medal" in stderr


def test_new_takes_what_reviewers_called_wrong_as_keeps(page: Path, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "in" / "b.txt"
    other.parent.mkdir()
    other.write_text(f"{LEAD}\n老勋章打开应用看全文\n{MIDDLE}\n", "utf-8")
    own = rule_file(
        tmp_path, rule(id="greedy", needs=["勋章"], pattern="^老勋章.*$",
                       changes=[[f"{LEAD}\n老勋章\n", f"{LEAD}\n"]], keeps=["一枚老勋章。\n"]))  # fmt: skip
    assert run("clean", other, "-o", out, "--rules", own)[0] == 0
    finished = FinishedRun.at(out)
    document = finished.find("b.txt").document()
    write_verdicts(finished.output, [verdict_on(document, 0, is_right=False)])
    code, stdout, _ = run("rules", "new", "medal", "--from", f"{page}:4", "--verdicts", out)
    assert code == 0
    assert "老勋章打开应用看全文" in stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--from", "{page}:9"], 1, "has 5 lines, and no line 9"),
        (["--from", "{page}:5"], 1, "app/read-on takes the line already"),
        (["--from", "{page}:4", "--verdicts", "{page}"], 1, "no account of a run"),
        (["--from", "{page}:4", "-o", "{page}"], 2, "a rule file is TOML"),
    ],
)
def test_new_says_what_is_wrong(page: Path, words: list[str], code: int, says: str) -> None:
    ended, _, stderr = run("rules", "new", "medal", *(word.format(page=page) for word in words))
    assert ended == code
    assert says in stderr


# coverage, document


def test_coverage_lists_dead_rules_as_text_and_as_json(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    own = rule_file(tmp_path, rule(id="never", needs=["从未"], pattern="^从未$",
                                   changes=[[f"{LEAD}\n从未\n", f"{LEAD}\n"]]))  # fmt: skip
    assert run("clean", page, "-o", out, "--rules", own)[0] == 0
    code, stdout, _ = run("rules", "coverage", out, "--rules", own)
    assert (code, stdout) == (
        0,
        "1 of 2 rules found something in 1 document, and so did 1 rule built in\n\nfound nothing:\n  site/never\n",
    )
    told = json.loads(run("rules", "coverage", out, "--rules", own, "--json")[1])
    assert (told["dead"], told["is_of_run"]) == (["site/never"], True)
    assert "other rules or site files" in run("rules", "coverage", out)[1]


def test_coverage_of_what_is_no_run_ends_with_1(tmp_path: Path) -> None:
    code, _, stderr = run("rules", "coverage", tmp_path)
    assert code == 1
    assert "no summary.json is there" in stderr


def test_document_writes_page_and_schema(tmp_path: Path) -> None:
    rule_file(tmp_path, rule(), stem="forum")
    code, stdout, _ = run("rules", "document", tmp_path)
    assert (code, stdout) == (0, f"wrote {tmp_path / 'README.md'}\nwrote {tmp_path / 'rule.schema.json'}\n")
    (tmp_path / "README.md").write_text("mine")
    assert run("rules", "document", tmp_path)[0] == 1
    assert run("rules", "document", tmp_path / "none")[0] == 2


# explain


def test_explain_tells_each_edit(page: Path) -> None:
    code, stdout, stderr = run("explain", f"{page}:4")
    assert (code, stderr) == (0, "")
    assert stdout.startswith(
        "a.txt, line 4 of the source\n  was: 勳章：元老 ⟦RLO⟧灌水 7\n  is:  勳章：元老 灌水 7\n"
        "1. removed: “⟦RLO⟧” by characters/"
    )
    assert "why it stays:\n  no rule marks it\n  the tagger: reads as " in stdout
    assert stdout.endswith("  no line rule has a word of it\n")


def test_explain_has_little_to_say_of_a_blank_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{LEAD}\n\n{CLOSE}\n", "utf-8")
    stdout = run("explain", f"{tmp_path / 'a.txt'}:2")[1]
    assert stdout == "a.txt, line 2 of the source\n  a blank line; it goes only with lines around it\n"


def test_explain_tells_what_took_a_line_in_a_run(page: Path, tmp_path: Path) -> None:
    assert run("clean", page, "-o", tmp_path / "out")[0] == 0
    for words in ([f"{page}:5"], [f"{page}:5", "--run", tmp_path / "out"]):
        stdout = run("explain", *words)[1]
        assert "  is:  gone\n1. removed: “打开应用看全文” by app/read-on" in stdout
        assert "     then: nothing is left\n" in stdout
    assert f"  was: {CLOSE}\n  is:  as it was\n" in run("explain", f"{tmp_path / 'out/text/a.txt'}:3")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["{page}:9"], "has 5 lines, and no line 9"),
        (["{page}"], "names no line; write FILE:LINE"),
        (["{page}:1", "--run", "{page}"], "no account of a run"),
        (["{page}.none:1"], "No such file"),
        (["{page}:1", "--record", "x"], "is no container"),
    ],
)
def test_explain_says_what_is_wrong(page: Path, words: list[str], says: str) -> None:
    code, _, stderr = run("explain", *(word.format(page=page) for word in words))
    assert code == 1
    assert says in stderr
