"""The command line: what each command prints and writes, and with which code it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from cleaner.fold import converted
from tests.boxes import PACK, json_lines, sheet, table
from tests.samples import ARTICLE, LEAD, rule, rule_file

DIRTY = f"{LEAD}&nbsp;<b>灯</b>\n打开应用看全文\n"
CLEAN = f"{LEAD} 灯\n"


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package ships two rules, one of which flags."""
    doubt = rule(
        id="doubt", about="a doubtful prompt", flag=True, flags=["请大家打开应用。"], changes=None, pattern="请大家"
    )
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), doubt, stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(DIRTY, "utf-8")
    return folder


def run(*words: object, stdin: bytes | None = None) -> tuple[int, str, str]:
    """(exit code, stdout, stderr); an exception other than an exit fails the test."""
    result = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


# clean


def test_clean_writes_texts_and_reports_and_sums_up(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, stdout, stderr = run("clean", pages, "-o", out)
    assert (code, stderr) == (0, "")
    assert (out / "text" / "a.txt").read_text("utf-8") == CLEAN
    assert (out / "reports" / "a.html").exists()
    assert "1 files in = 1 written + 0 dropped + 0 failed" in stdout
    assert f"{len(DIRTY)} characters in, {len(CLEAN)} out" in stdout
    assert f"look at {out / 'index.html'}" in stdout
    for kind in ("app", "entities", "markup"):
        assert kind in stdout


def test_clean_drops_near_duplicates_and_says_for_which(pages: Path, tmp_path: Path) -> None:
    (pages / "b.txt").write_text(ARTICLE, "utf-8")
    (pages / "c.txt").write_text(ARTICLE, "utf-8")
    stdout = run("clean", pages, "-o", tmp_path / "out")[1]
    assert "3 files in = 2 written + 1 dropped + 0 failed" in stdout
    assert "dropped: c.txt: says the same as b.txt, which stays" in stdout
    assert "1 pairs of near-duplicates in 1 groups: 1 dropped, 0 flagged" in stdout


def test_clean_leaves_near_duplicates_if_asked(pages: Path, tmp_path: Path) -> None:
    (pages / "b.txt").write_text(DIRTY, "utf-8")
    out = tmp_path / "out"
    assert "2 written + 0 dropped" in run("clean", pages, "-o", out, "--duplicates", "flag")[1]
    assert (out / "duplicates.jsonl").exists()
    assert "2 written + 0 dropped" in run("clean", pages, "-o", out, "--duplicates", "off")[1]
    assert not (out / "duplicates.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--threshold", "1.5"], "--threshold is a similarity"),
        (["--ngram", "0"], "--ngram is the length of a shingle"),
        (["--batch", "today"], "--index PATH"),
        (["--index", "seen", "--duplicates", "off"], "leave out one"),
    ],
)
def test_options_of_near_duplicates_that_make_no_sense_end_with_2(
    pages: Path, tmp_path: Path, options: list[str], says: str
) -> None:
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out", *options)
    assert code == 2
    assert says in stderr


def test_clean_names_a_file_whose_name_is_no_text(pages: Path, tmp_path: Path) -> None:
    (pages / "b.txt").write_text(ARTICLE, "utf-8")
    (pages / os.fsdecode(b"\xff.txt")).write_text(ARTICLE, "utf-8")
    stdout = run("clean", pages, "-o", tmp_path / "out")[1]
    assert "dropped: ⟦U+DCFF⟧.txt: says the same as b.txt" in stdout


def test_clean_ends_with_1_when_the_account_has_no_place(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "summary.json").mkdir(parents=True)
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out")
    assert code == 1
    assert stderr.startswith(f"{tmp_path / 'out'}: no place for summary.json: Is a directory")


def test_clean_ends_with_1_when_an_input_failed_and_names_it(pages: Path, tmp_path: Path) -> None:
    (pages / "[bold]bad.txt").write_bytes(b"\x00")
    code, stdout, stderr = run("clean", pages, "-o", tmp_path / "out")
    assert code == 1
    assert stderr.startswith("[bold]bad.txt: no text: ")
    assert "2 files in = 1 written + 0 dropped + 1 failed" in stdout
    assert (tmp_path / "out" / "text" / "a.txt").exists()


def test_clean_ends_with_1_when_out_cannot_be_written(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out")
    assert code == 1
    assert stderr.endswith("give an OUT that can be written to\n")
    assert str(tmp_path / "out") in stderr


def test_clean_converts_if_asked(pages: Path, tmp_path: Path) -> None:
    (pages / "a.txt").write_text("面条,皇后\n", "utf-8")
    assert run("clean", pages, "-o", tmp_path / "out", "--script", "hant", "--punctuation", "fullwidth")[0] == 0
    assert (tmp_path / "out" / "text" / "a.txt").read_text("utf-8") == converted("面条，皇后\n", "hant")


def test_clean_uses_own_rules(pages: Path, tmp_path: Path) -> None:
    own = rule_file(tmp_path, rule(id="lamp", needs=["灯"], pattern=" 灯", scope="span", changes=[["山 灯。", "山。"]]))
    assert run("clean", pages, "-o", tmp_path / "out", "--rules", own)[0] == 0
    assert (tmp_path / "out" / "text" / "a.txt").read_text("utf-8") == f"{LEAD}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say where to write: cleaner clean INPUT... -o OUT"),
        (["-o", "out", "--script", "pinyin"], "'pinyin'"),
        (["-o", "out", "--punctuation", "half"], "'half'"),
        (["-o", "out", "--rules", "gone.toml"], "gone.toml: "),
        (["-o", "out", "--nosuch"], "--nosuch"),
    ],
)
def test_clean_misused_ends_with_2_and_says_how(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = run("clean", pages, *words)
    assert (code, stdout) == (2, "")
    assert says in stderr
    assert not (tmp_path / "out").exists()


def test_a_rule_of_ones_own_that_is_not_true_is_misuse(pages: Path, tmp_path: Path) -> None:
    own = rule_file(tmp_path, rule(id="own", needs=["灯"], pattern="灯", scope="span", changes=[["灯。", "灯。"]]))
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out", "--rules", own)
    assert code == 2
    assert stderr == "site/own: changes[0] came out as '。', not '灯。', by site/own; mend the rule or the example\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_dash_filters_stdin_to_stdout(encoding: str) -> None:
    assert run("clean", "-", stdin=(DIRTY + ARTICLE).encode(encoding)) == (0, CLEAN + ARTICLE, "")


def test_a_dash_ends_with_1_for_what_is_no_text() -> None:
    code, stdout, stderr = run("clean", "-", stdin=b"\x00\x01")
    assert (code, stdout) == (1, "")
    assert stderr.startswith("stdin: no text: ")


def test_a_dash_says_which_bytes_are_no_text() -> None:
    data = f"{LEAD}\n{LEAD}".encode() + b"\xff\xfe" + LEAD.encode()
    code, stdout, stderr = run("clean", "-", stdin=data)
    assert (code, stdout) == (0, f"{LEAD}\n{LEAD}\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}{LEAD}")
    assert stderr == "stdin: bytes that are no text: FF FE; \N{REPLACEMENT CHARACTER} stands for it\n"


def test_a_dash_says_how_to_unpack_what_is_packed() -> None:
    code, _, stderr = run("clean", "-", "--format", "jsonl", stdin=PACK[".gz"](b'{"text": "x"}'))
    assert (code, stderr) == (1, "stdin:1: is packed; unpack it on the way, as in `gzip -dc FILE | cleaner clean -`\n")


def test_a_dash_cleans_json_lines_one_by_one() -> None:
    code, stdout, stderr = run("clean", "-", "--format", "jsonl", stdin=b'{"id": 1, "text": "a&nbsp;b"}\nno json\n')
    assert (code, stdout) == (1, '{"id": 1, "text": "a b"}\n')
    assert stderr.startswith("stdin:2: no JSON")


def test_a_format_of_files_is_misuse(pages: Path, tmp_path: Path) -> None:
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out", "--format", "jsonl")
    assert (code, stderr) == (2, "--format says what stdin holds; files say it by their names\n")


def test_clean_names_columns_and_records_that_fail(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"t": "a&nbsp;b", "key": 7}\n{"u": 1}\n', "utf-8")
    words = ("clean", tmp_path / "a.jsonl", "-o", tmp_path / "out", "--text-column", "t", "--id-column", "key")
    code, stdout, stderr = run(*words)
    assert code == 1
    assert stderr.startswith("a.jsonl:2: no text in a field 't'")
    assert "2 records in = 1 written + 0 dropped + 1 failed" in stdout
    assert (tmp_path / "out" / "text" / "a.jsonl").read_text("utf-8") == '{"t": "a b", "key": 7}\n'


def test_mine_reads_records(tmp_path: Path) -> None:
    lines = "".join(f'{{"url": "http://a/{n}", "text": "{LEAD}{n}\\n点这里入群领书\\n"}}\n' for n in range(8))
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    code, stdout, _ = run("mine", tmp_path / "a.jsonl", "-o", tmp_path / "site.toml")
    assert (code, "8 documents" in stdout) == (0, True)


def test_clean_drops_what_is_not_wanted_and_says_why(pages: Path, tmp_path: Path) -> None:
    (pages / "b.txt").write_text(ARTICLE, "utf-8")
    code, stdout, _ = run("clean", pages, "-o", tmp_path / "out", "--drop", "spam > .8", "--drop", "characters < 60")
    assert code == 0
    assert "2 files in = 1 written + 1 dropped + 0 failed" in stdout
    assert "dropped: a.txt: characters is " in stdout
    assert [path.name for path in (tmp_path / "out" / "text").iterdir()] == ["b.txt"]


def test_a_dash_says_why_it_prints_nothing() -> None:
    code, stdout, stderr = run("clean", "-", "--drop", "characters < 60", stdin=b"abc")
    assert (code, stdout) == (0, "")
    assert stderr == "stdin: characters is 3: dropped, as asked by “characters < 60”\n"


def test_a_wrong_condition_is_misuse(pages: Path, tmp_path: Path) -> None:
    code, stdout, stderr = run("clean", pages, "-o", tmp_path / "out", "--drop", "spamm > .8")
    assert (code, stdout) == (2, "")
    assert stderr.startswith("drop 'spamm > .8': expected a figure, perhaps spam; figures are: script, language,")
    assert not (tmp_path / "out").exists()


def test_undo_prints_the_bytes_of_a_dropped_document(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("clean", pages, "-o", out, "--drop", "characters > 0")
    result = CliRunner().invoke(app, ["undo", str(out / "text" / "a.txt"), str(out / "reports" / "a.json")])
    assert (result.exit_code, result.stdout) == (0, DIRTY)


# undo


def test_undo_prints_the_very_bytes_that_were_cleaned(pages: Path, tmp_path: Path) -> None:
    data = (DIRTY + ARTICLE).encode("gb18030")
    (pages / "a.txt").write_bytes(data)
    out = tmp_path / "out"
    run("clean", pages, "-o", out)
    result = CliRunner().invoke(app, ["undo", str(out / "text" / "a.txt"), str(out / "reports" / "a.json")])
    assert (result.exit_code, result.stdout_bytes) == (0, data)


@pytest.mark.parametrize(
    ("text", "report", "says"),
    [
        ("text/a.txt", "reports/gone.json", "No such file"),
        ("text/gone.txt", "reports/a.json", "No such file"),
        ("reports/a.html", "reports/a.json", "the text is not the one the report on a.txt was made with"),
        ("text/a.txt", "text/a.txt", "no report on a cleaned document"),
        ("reports/a.json", "text/a.txt", "a.json is the report; give the text first, and the report behind it"),
        ("text/a.txt", "reports/no-text.json", "no report on a cleaned document"),
    ],
)
def test_undo_ends_with_1_and_says_what_does_not_fit(
    pages: Path, tmp_path: Path, text: str, report: str, says: str
) -> None:
    run("clean", pages, "-o", tmp_path / "out")
    (tmp_path / "out" / "reports" / "no-text.json").write_bytes(b"\xff")
    code, stdout, stderr = run("undo", tmp_path / "out" / text, tmp_path / "out" / report)
    assert (code, stdout) == (1, "")
    assert says in stderr


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.jsonl.gz"])
@pytest.mark.parametrize("rows", [1, 2])
def test_undo_says_that_a_container_has_records(tmp_path: Path, name: str, rows: int) -> None:
    made = [{"id": str(number), "text": DIRTY} for number in range(rows)]
    writers: dict[str, Callable[[list[dict[str, str]]], bytes]] = {"jsonl": json_lines, "csv": sheet, "parquet": table}
    write = writers[name.split(".")[1]]
    (tmp_path / name).write_bytes(PACK[".gz" if name.endswith(".gz") else ""](write(made)))
    out = tmp_path / "out"
    run("clean", tmp_path / name, "-o", out, "--duplicates", "off")
    text, told = out / "text" / name, next((out / "reports").iterdir())
    code, stdout, stderr = run("undo", text, told)
    assert (code, stdout) == (1, "")
    assert "say which by --record" in stderr
    code, _, stderr = run("undo", told, text, "--record", "0")
    assert (code, stderr) == (1, f"{text.name} is the text; give it first\n")
    assert run("undo", text, told, "--record", "0")[:2] == (0, DIRTY)


def test_undo_of_a_record_of_a_file_that_has_none_says_so(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("clean", pages, "-o", out)
    code, stdout, stderr = run("undo", out / "text" / "a.txt", out / "reports" / "a.json", "--record", "a")
    assert (code, stdout) == (1, "")
    assert stderr == "a.json is on no records of a container; leave --record out\n"


# inputs and OUT


@pytest.mark.parametrize(
    "words", [["clean", "-o", "out"], ["mine", "-o", "x.toml"], ["dedup", "-o", "out"], ["index", "add", "seen"]]
)
def test_an_input_without_a_name_is_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(DIRTY, "utf-8")
    code, stdout, stderr = run(*words, "")
    assert (code, stdout) == (2, "")
    assert stderr == "an INPUT has no name; give a file or folder, . for this one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("command", ["clean", "dedup"])
@pytest.mark.parametrize("out", ["pages", "pages/../pages", "link"])
def test_an_out_that_is_an_input_is_misuse(pages: Path, tmp_path: Path, command: str, out: str) -> None:
    (tmp_path / "link").symlink_to(pages)
    code, stdout, stderr = run(command, pages, "-o", tmp_path / out)
    assert (code, stdout) == (2, "")
    assert stderr == f"{tmp_path / out} is an input, and the run would write into it; give another OUT\n"
    assert [path.name for path in pages.iterdir()] == ["a.txt"]


# rules


def test_rules_list_names_every_rule_and_says_which_only_flag() -> None:
    code, stdout, _ = run("rules", "list")
    assert code == 0
    lines = [line.split() for line in stdout.splitlines()]
    assert [words for words in lines if not words[0].startswith("spam/")] == [
        "app/read-on a prompt to open the app".split(),
        "app/doubt flags: a doubtful prompt".split(),
    ]
    assert "spam/lottery a line of the promises of lottery tipsters".split() in lines


def test_rules_show_gives_a_lexicon_with_what_it_keeps() -> None:
    stdout = run("rules", "show", "lottery")[1]
    assert stdout.startswith("spam/lottery\n")
    assert "keeps: '管家婆把资料" in stdout
    assert "pattern" not in stdout


@pytest.mark.parametrize("name", ["read-on", "app/read-on"])
def test_rules_show_gives_a_rule_with_its_examples(name: str) -> None:
    code, stdout, _ = run("rules", "show", name)
    assert code == 0
    assert stdout.startswith("app/read-on\n")
    for part in ("needs: 打开应用", "pattern: ^打开应用看全文$", "scope: line", "changes: ", "keeps: '他打开应用"):
        assert part in stdout


def test_rules_show_says_what_a_rule_flags() -> None:
    stdout = run("rules", "show", "doubt")[1]
    assert "only flags" in stdout
    assert "flags: '请大家打开应用。'" in stdout


def test_rules_show_of_no_rule_ends_with_2_and_the_nearest_name() -> None:
    assert run("rules", "show", "read-no") == (2, "", "no rule 'read-no'; did you mean 'read-on'?\n")
    error = run("rules", "show", "zzzz")[2]
    assert error.startswith("no rule 'zzzz'; `cleaner rules list` names all rules of the rule files;")


def test_rules_test_counts_the_examples_that_hold(tmp_path: Path) -> None:
    assert run("rules", "test") == (0, "2 rules, 4 examples: all hold\n", "")
    own = rule_file(
        tmp_path, rule(id="own", needs=["拉到底"], pattern="^拉到底$", changes=[[f"{LEAD}\n拉到底", f"{LEAD}\n"]])
    )
    assert run("rules", "test", own) == (0, "3 rules, 6 examples: all hold\n", "")


def test_rules_test_ends_with_1_for_a_rule_that_is_not_true(tmp_path: Path) -> None:
    own = rule_file(tmp_path, rule(id="own", keeps=[]))
    code, stdout, stderr = run("rules", "test", own)
    assert (code, stdout) == (1, "")
    assert stderr.startswith(f"{own}: own: no example in keeps")


# help


def commands() -> list[list[str]]:
    """The words of every command."""
    found, waiting = [], [([], typer.main.get_command(app))]  # type: ignore[var-annotated]
    while waiting:
        words, command = waiting.pop()
        below = getattr(command, "commands", {})
        waiting += [([*words, name], child) for name, child in below.items()]
        found += [] if below else [words]
    return sorted(found)


def test_there_are_these_commands() -> None:
    names = [" ".join(words) for words in commands()]
    indexes = ["index add", "index compact", "index query", "index stats"]
    of_rules = ["coverage", "document", "list", "new", "show", "test", "try"]
    rules = [f"rules {name}" for name in of_rules]
    assert names == ["clean", "config", "dedup", "diff", "eval", "explain", *indexes, "mine", "review", *rules, "undo"]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_help_holds_an_example_of_its_command(words: list[str]) -> None:
    code, stdout, _ = run(*words, "--help")
    assert code == 0
    assert f"Example: cleaner {' '.join(words)}" in stdout


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "cleaner", "--help"], capture_output=True, text=True, check=True)
    assert "clean" in done.stdout
    misused = subprocess.run([sys.executable, "-m", "cleaner", "nosuch"], capture_output=True, text=True, check=False)
    assert misused.returncode == 2
    assert "Traceback" not in misused.stderr


# engines


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--engine", "serial", "--workers", "2"], "--workers counts the processes of a pool"),
        (["--ray-address", "auto"], "give --engine ray, too"),
        (["--max-memory-per-worker", "100"], "a worker needs 512 MiB for itself"),
        (["--engine", "ray", "--ray-address", "127.0.0.1:1"], "Ray"),
    ],
)
def test_what_engines_cannot_do_is_said(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "a.txt").write_text("天气很好。", "utf-8")
    result = CliRunner().invoke(app, ["clean", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), *words])
    assert result.exit_code in (1, 2)
    assert says in result.stderr


HOSTILE = "a\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}\x9b2J"
SHOWN = "a⟦ESC⟧[31m⟦RLO⟧⟦CSI⟧2J"


def test_no_name_commands_a_terminal(pages: Path, tmp_path: Path) -> None:
    for name in (f"{HOSTILE}.txt", f"{HOSTILE}2.txt"):
        (pages / name).write_text(ARTICLE, "utf-8")
    (pages / f"{HOSTILE}.bin").write_bytes(b"\0")
    out = tmp_path / HOSTILE
    for words in (("clean", pages, f"{HOSTILE}.absent", "-o", out), ("dedup", pages, f"{HOSTILE}.absent", "-o", out)):
        _, stdout, stderr = run(*words)
        assert f"{SHOWN}.bin: no text" in stderr
        assert f"{SHOWN}.absent: No such file" in stderr
        assert f"{SHOWN}/" in stdout
        assert not set(stdout + stderr) & {"\x1b", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}"}


def test_no_option_or_path_commands_a_terminal(tmp_path: Path) -> None:
    for words in (
        ("clean", f"-{HOSTILE}", "-o", tmp_path),
        ("clean", "x", "-o", tmp_path, "--rules", tmp_path / HOSTILE),
        ("clean", "x", "-o", tmp_path, "--config", tmp_path / HOSTILE),
        ("clean", "x", "-o", tmp_path, "--log-file", tmp_path / HOSTILE / "log"),
        ("clean", "x", "-o", tmp_path, "--drop", HOSTILE),
        ("undo", tmp_path / HOSTILE, tmp_path / HOSTILE),
        ("rules", "show", HOSTILE),
        (HOSTILE,),
    ):
        code, stdout, stderr = run(*words)
        assert code
        assert not set(stdout + stderr) & {"\x1b", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}"}, words
