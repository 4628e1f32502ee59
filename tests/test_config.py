"""Options from a file: every one of every command, where the file is found, what is refused, and what is shown."""

from __future__ import annotations

import json
import os
import re
import tomllib
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cleaner import __version__, config
from cleaner.cli import app
from cleaner.cli.configuring import commands_of, options_of, walked
from cleaner.config import Commands, Option, Words
from cleaner.errors import ConfigError
from cleaner.fold import converted
from tests.samples import LEAD, TRADITIONAL_ARTICLE, rule, rule_file
from tests.test_cli import run

ROOT = typer.main.get_command(app)
LEAVES = dict(walked(ROOT))
COMMANDS = commands_of(ROOT)
EVERY_OPTION = [
    pytest.param(words, key, id=f"{' '.join(words)} --{key}") for words, options in COMMANDS.items() for key in options
]
SIMPLIFIED = converted(TRADITIONAL_ARTICLE, "hans")
DIRTY = f"{LEAD}&nbsp;灯\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, below which and above which no other test has left a file with options."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


# every option of every command


def sample(option: Option, default: object) -> Any:
    """A value that the option takes and that is not its default, as a file gives it."""
    if option.is_list:
        return ["x", "y"]
    if option.kind is bool:
        return not default
    if issubclass(option.kind, str) and hasattr(option.kind, "__members__"):
        return next(str(choice) for choice in option.kind if choice != default)  # type: ignore[attr-defined]
    return {int: 7, float: 0.25}.get(option.kind, "x")


def as_words(option: Option, value: Any, folder: Path) -> list[str]:
    """The same on the command line."""
    if option.kind is bool:
        return [f"--{option.key}" if value else f"--no-{option.key}"]
    is_path = option.is_place or option.kind is Path
    values = value if option.is_list else [value]
    return [word for each in values for word in (f"--{option.key}", str(folder / each if is_path else each))]


def called_with(monkeypatch: pytest.MonkeyPatch, words: Words, given: list[str], besides: str) -> dict[str, Any]:
    """The parameters that a command is called with; what it needs besides an option is given in words, too."""
    found: dict[str, Any] = {}
    leaf = LEAVES[words]
    monkeypatch.setattr(leaf, "callback", wraps(leaf.callback)(lambda **parameters: found.update(parameters)))
    for parameter in leaf.params:
        if parameter.required and parameter.name != besides:
            given = [*given, *([] if parameter.param_type_name == "argument" else [max(parameter.opts, key=len)]), "x"]
    ROOT.main([*words, *given], standalone_mode=False)
    return {name: _as_text(value) for name, value in found.items()}


def _as_text(value: Any) -> Any:
    """Paths as strings, which older versions of typer pass them on as."""
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, Path) else value


@pytest.mark.parametrize(("words", "key"), EVERY_OPTION)
def test_every_option_of_every_command_works_from_a_file(
    words: Words, key: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = COMMANDS[words][key]
    name = option.parameter
    default = next(parameter.default for parameter in LEAVES[words].params if parameter.name == name)
    value = sample(option, default)
    spoken = called_with(monkeypatch, words, as_words(option, value, here), name)
    for written in (key, key.replace("-", "_")):
        (here / "cleaner.toml").write_text(f"[{'.'.join(words)}]\n{written} = {json.dumps(value)}\n", "utf-8")
        assert called_with(monkeypatch, words, [], name)[name] == spoken[name] != default
    other = {bool: default, int: 9, float: 0.75}.get(option.kind, value if option.kind not in (str, Path) else "z")
    if option.is_list:
        other = ["z"]
    wins = called_with(monkeypatch, words, as_words(option, other, here), name)
    (here / "cleaner.toml").unlink()
    assert wins[name] == called_with(monkeypatch, words, as_words(option, other, here), name)[name]


def test_only_what_acts_before_the_file_is_read_cannot_stand_in_it() -> None:
    every = {max(each.opts, key=len) for leaf in LEAVES.values() for each in leaf.params if each.opts[0][0] == "-"}
    keys = {f"--{key}" for options in COMMANDS.values() for key in options}
    assert every - keys == {"--config", "--no-config"}
    assert all({"log-json", "log-file"} <= options.keys() for options in COMMANDS.values())


def test_types_are_those_of_the_commands() -> None:
    clean = options_of(LEAVES["clean",])
    assert (clean["rules"].kind, clean["rules"].is_list, clean["rules"].parameter) == (Path, True, "rules")
    assert (clean["format"].kind.__name__, clean["format"].parameter) == ("StreamChoice", "stream_format")
    assert (clean["threshold"].kind, clean["index"].kind, clean["index"].is_place) == (float, str, True)
    workers = options_of(LEAVES["dedup",])["workers"]
    assert (workers.kind, workers.least, workers.most) == (int, 1, None)


# where the file is


def made(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_the_nearest_file_above_is_found(here: Path) -> None:
    (here / "a" / "b").mkdir(parents=True)
    assert config.find(here / "a" / "b") is None
    top = made(here / "cleaner.toml")
    assert config.find(here / "a" / "b") == top
    near = made(here / "a" / "pyproject.toml", "[tool.cleaner.clean]\nscript = 'hans'\n")
    assert config.find(here / "a" / "b") == near
    assert config.find(here) == top


def test_a_file_of_its_own_comes_before_a_shared_one_which_needs_a_table(here: Path) -> None:
    shared = made(here / "pyproject.toml", "[project]\nname = 'cleaner'\n[tool.other]\n")
    assert config.find(here) is None
    made(shared, "[tool.cleaner]\n")
    assert config.find(here) == shared
    assert config.find(here) != made(here / "cleaner.toml")
    assert config.find(here) == here / "cleaner.toml"


@pytest.mark.parametrize("mark", [".git", ".hg", "home"])
def test_nothing_is_looked_for_above_a_repository_or_home(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "inside"
    (inside / "deep" / mark).mkdir(parents=True)
    (inside / ".git").mkdir()
    above = made(inside / "cleaner.toml")
    if mark == "home":
        assert config.find(inside / "deep") == above
        monkeypatch.setenv("HOME", str(inside / "deep"))
    assert config.find(inside / "deep") is None
    own = made(inside / "deep" / "cleaner.toml")
    assert config.find(inside / "deep") == own


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="asks who owns a file")
def test_a_file_that_somebody_else_put_where_everybody_can_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(here / "cleaner.toml")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    monkeypatch.setattr(os, "stat", _owned_by(54321))
    here.chmod(0o755)
    assert config.find(here) == path
    here.chmod(0o1777)
    with pytest.raises(ConfigError, match=re.escape(f"{path}: is somebody else's")):
        config.find(here)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert config.find(here) == path


def _owned_by(owner: int) -> Any:
    real = os.stat

    def stat(path: Any, **choices: Any) -> os.stat_result:
        said = list(real(path, **choices))
        said[4] = owner
        return os.stat_result(said)

    return stat


# what it says


def read(text: str, folder: Path, *, name: str = "cleaner.toml", commands: Commands = COMMANDS) -> Any:
    said = config.read(made(folder / name, text), commands)
    return {" ".join(words): values for words, values in said.items() if values}


def test_a_key_stands_for_all_commands_of_its_table_and_the_nearest_counts(tmp_path: Path) -> None:
    said = read('text-column = "a"\n[index]\ntext_column = "b"\n[index.add]\ntext-column = "c"\n', tmp_path)
    assert {words: values["text_column"].value for words, values in said.items()} == {
        **dict.fromkeys(("clean", "dedup", "eval", "explain", "mine", "rules new", "rules try", "undo"), "a"),
        "index query": "b",
        "index add": "c",
    }


def test_a_table_is_a_command_and_all_else_an_option_though_both_have_one_name(tmp_path: Path) -> None:
    said = read('index = "seen"', tmp_path)
    assert said["clean"]["index"].value == str(tmp_path / "seen")
    assert read("[index]\nngram = 3", tmp_path)["index add"]["ngram"].value == 3


def test_paths_are_relative_to_the_file_and_addresses_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/nobody")
    text = '[clean]\nout = "o"\nrules = ["a.toml", "/b.toml", "~/c.toml"]\nindex = "redis://host:1/2"\n'
    said = read(text, tmp_path)["clean"]
    assert said["out"].value == str(tmp_path / "o")
    assert said["rules"].value == [tmp_path / "a.toml", Path("/b.toml"), Path("/home/nobody/c.toml")]
    assert said["index"].value == "redis://host:1/2"
    assert read('out = "s3://a/b"', tmp_path)["dedup"]["out"].value == "s3://a/b"


def test_a_shared_file_says_it_in_a_table_of_its_own(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\n\n[tool.cleaner]\nngram = 3\n\n[tool.cleaner.clean]\nscript = "hans"\n'
    said = read(text, tmp_path, name="pyproject.toml")
    assert said["clean"]["script"] == ("hans", f"{tmp_path / 'pyproject.toml'}:8")
    assert said["dedup"]["ngram"] == (3, f"{tmp_path / 'pyproject.toml'}:5")
    with pytest.raises(ConfigError, match=r"pyproject.toml: has no table \[tool.cleaner\]"):
        read("[project]\n", tmp_path, name="pyproject.toml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[clean]\n\n# text\nscript = "hans"', 4),
        ('clean.script = "hans"', 1),
        ('\nclean = {ngram = 3, script = "hans"}', 2),
        ('[clean]\ndrop = [\n  "a",\n]\nscript = "hans"', 5),
        ("[clean]\nbatch = '''\n[dedup]\nscript = 1\n'''\nscript = 'hans'", 6),
        ("[dedup]\nngram = 3\n[clean]\n'script' = 'hans'", 4),
        ("[clean]\nbatch = 'a\N{LINE SEPARATOR}b'\nscript = 'hans'", 3),
    ],
)
def test_the_line_of_a_key_is_told(text: str, line: int, tmp_path: Path) -> None:
    assert read(text, tmp_path)["clean"]["script"] == ("hans", f"{tmp_path / 'cleaner.toml'}:{line}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('scirpt = "hans"', "1: unknown key 'scirpt'; did you mean 'script'?"),
        ('[clean]\nscirpt = "hans"', "2: unknown key 'scirpt' in [clean]; did you mean 'script'?"),
        ("[rules.test]\nnothing = 1", "2: unknown key 'nothing' in [rules.test]; known are log-file, log-json"),
        (
            '[dedup]\nscript = "hans"',
            "2: unknown key 'script' in [dedup]; it is an option of [clean], [explain]: put it there",
        ),
        ('[claen]\nscript = "hans"', "2: no command 'claen'; did you mean 'clean'?"),
        ("[index.ad]\nngram = 3", "2: no command 'index ad'; did you mean 'add'?"),
        (
            "[zzz]",
            "1: no command 'zzz'; there are "
            "clean, config, dedup, diff, eval, explain, index, mine, review, rules, undo",
        ),
        ('[[clean]]\nscript = "hans"', "1: unknown key 'clean'; it is a command, whose options stand below [clean]"),
        ("[clean.script]\na = 1", "2: script is an option and no table; write script = …"),
        ('[clean]\nscript = "hnas"', "2: script is one of keep, hans, hant, not 'hnas'; did you mean 'hans'?"),
        ("[clean]\nscript = 3", "2: script is one of keep, hans, hant, not 3"),
        ('[clean]\nngram = "5"', "2: ngram is a whole number, not '5'; write ngram = 5"),
        ("ngram = 5.5", "1: ngram is a whole number, not 5.5; write ngram = 5"),
        ("threshold = true", "1: threshold is a number, not true; write threshold = 0.9"),
        ("threshold = [0.9]", "1: threshold is one value and no list; write threshold = 0.9"),
        ('drop = "spam > .8"', '1: drop is a list; write drop = ["…"]'),
        ("drop = [1]", '1: drop is a string, not 1; write drop = ["…"]'),
        ('log-json = "yes"', "1: log-json is true or false, not 'yes'; write log-json = true"),
        ("[clean]\nout = 2024-01-01", "2: out is a path, not datetime.date(2024, 1, 1)"),
        ('out = ""', "1: out is a path, and this one is empty; leave the key out if there is none"),
        ("[dedup]\nworkers = 0", "2: workers is 1 at least, not 0"),
        ('text-column = "a"\ntext_column = "b"', "1: text-column is written with - and with _; leave one out"),
        ('config = "other.toml"', "1: unknown key 'config'; it is a command"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place_and_what_to_do(
    text: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'cleaner.toml'}:{says}")


@pytest.mark.parametrize(
    ("data", "says"), [(b"a = \xff", "is no UTF-8"), (b"a = ", "is no TOML"), (b"\0", "is no TOML"), (None, "No such")]
)
def test_what_is_no_file_of_options_is_refused(data: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=f"a.toml: {says}"):
        config.read(path, COMMANDS)


# from the command line


@pytest.fixture
def pages(here: Path) -> Path:
    made(here / "pages" / "a.txt", TRADITIONAL_ARTICLE)
    return here / "pages"


def test_the_file_decides_and_the_command_line_wins(pages: Path, here: Path) -> None:
    made(here / "cleaner.toml", '[clean]\nscript = "hans"\nout = "out"\n')
    assert run("clean", pages)[0] == 0
    assert (here / "out" / "text" / "a.txt").read_text("utf-8") == SIMPLIFIED
    assert run("clean", pages, "--script", "keep")[0] == 0
    assert (here / "out" / "text" / "a.txt").read_text("utf-8") == TRADITIONAL_ARTICLE
    code, _, stderr = run("clean", pages, "--no-config")
    assert (code, stderr.startswith("say where to write")) == (2, True)


def test_a_file_is_given_and_then_no_other_is_read(pages: Path, here: Path) -> None:
    made(here / "cleaner.toml", "no such key = 1")
    made(here / "conf" / "ours.toml", '[clean]\nscript = "hans"\nout = "../out"\n')
    assert run("clean", pages, "--config", "conf/ours.toml")[0] == 0
    assert (here / "out" / "text" / "a.txt").read_text("utf-8") == SIMPLIFIED
    code, _, stderr = run("clean", pages, "--config", "gone.toml")
    assert (code, stderr) == (2, "gone.toml: No such file or directory; give a file that can be read, or --no-config\n")


@pytest.mark.parametrize("order", [("--config", "a.toml", "--no-config"), ("--no-config", "--config", "a.toml")])
def test_a_file_and_none_contradict_each_other(order: tuple[str, ...], here: Path) -> None:
    made(here / "a.toml")
    code, _, stderr = run("rules", "test", *order)
    assert (code, stderr) == (2, "--config and --no-config contradict each other; leave out one\n")


def test_a_wrong_file_stops_every_command_but_not_its_help(here: Path) -> None:
    made(here / "cleaner.toml", 'scirpt = "hans"\n')
    for words in LEAVES:
        code, stdout, stderr = run(*words, *["x"] * 3)
        assert (code, stdout) == (2, "")
        assert stderr == f"{here / 'cleaner.toml'}:1: unknown key 'scirpt'; did you mean 'script'?\n"
        assert run(*words, "--help")[0] == 0


def test_misuse_tells_that_a_file_had_a_say(pages: Path, here: Path) -> None:
    made(here / "cleaner.toml", "[clean]\nthreshold = 1.5\n")
    code, _, stderr = run("clean", pages, "-o", "out")
    assert (code, stderr.splitlines()) == (
        2,
        [
            "--threshold is a similarity from 0.1 to 1, not 1.5",
            f"some options are from {here / 'cleaner.toml'}; `cleaner config` shows them",
        ],
    )


def test_stdin_is_filtered_whatever_a_file_says_of_files(here: Path) -> None:
    made(here / "cleaner.toml", '[clean]\nout = "out"\nbatch = "b"\nscript = "keep"\n')
    assert run("clean", "-", stdin=DIRTY.encode()) == (0, f"{LEAD} 灯\n", "")
    made(here / "cleaner.toml", '[clean]\nindex = "seen"\ntemplates = 3\n')
    code, stdout, stderr = run("clean", "-", stdin=DIRTY.encode())
    assert (code, stdout) == (0, f"{LEAD} 灯\n")
    assert stderr.splitlines() == [
        f"stdin is one text: {name} of the file with options is for many, and not used"
        for name in ("templates", "index")
    ]
    assert not (here / "seen").exists()


def test_the_format_of_stdin_in_a_file_is_none_of_the_files(pages: Path, here: Path) -> None:
    made(here / "cleaner.toml", '[clean]\nformat = "jsonl"\n')
    assert run("clean", pages, "-o", "out")[0] == 0
    assert run("clean", "-", stdin=b'{"text": "a&nbsp;b"}\n')[1] == '{"text": "a b"}\n'


def test_an_index_in_a_file_gives_way_to_not_looking_for_duplicates(pages: Path, here: Path) -> None:
    made(here / "cleaner.toml", 'index = "seen"\nbatch = "b"\n')
    assert run("clean", pages, "-o", "out", "--duplicates", "off")[0] == 0
    assert not (here / "seen").exists()
    assert run("clean", pages, "-o", "out")[0] == 0
    assert (here / "seen").exists()


# what is in force


def test_config_prints_what_is_in_force_and_whence(here: Path) -> None:
    path = made(here / "cleaner.toml", 'log-json = false\n\n[clean]\nscript = "hans"\ndrop = ["a < \\"1"]\nout = "o"\n')
    code, stdout, stderr = run("config", "clean")
    assert (code, stderr) == (0, "")
    lines = stdout.splitlines()
    assert lines[0] == f"# from {path}; the command line wins over what stands here"
    assert f"log-json = false  # {path}:1" in lines
    assert f'script = "hans"  # {path}:4' in lines
    assert f'drop = ["a < \\"1"]  # {path}:5' in lines
    assert f'out = "{here / "o"}"  # {path}:6' in lines
    assert 'punctuation = "keep"  # default' in lines
    assert "# threshold is not set" in lines
    assert "ngram" not in run("config", "rules")[1]


def test_what_config_prints_is_a_file_that_says_the_same(here: Path) -> None:
    made(
        here / "cleaner.toml",
        'text-column = "正文"\n[clean]\nrules = ["a.toml"]\nthreshold = 0.8\n[index.add]\nngram = 3\n',
    )
    stdout = run("config")[1]
    assert run("config", "--config", made(here / "again.toml", stdout))[0] == 0
    values = [_without_places(text) for text in (stdout, run("config", "--config", here / "again.toml")[1])]
    assert values[0] == values[1]
    assert tomllib.loads(stdout)["clean"]["rules"] == [str(here / "a.toml")]


def _without_places(text: str) -> Any:
    return tomllib.loads(text)


def test_config_names_the_option_that_none_is_set_of_and_every_command(here: Path) -> None:
    stdout = run("config")[1]
    assert stdout.startswith("# no file is read;")
    for words, options in COMMANDS.items():
        shown = run("config", *words)[1] if words != ("config",) else ""
        assert [key for key in options if shown and not re.search(rf"^(# )?{key} ", shown, re.MULTILINE)] == []
    assert run("config", "claen")[0] == 2


# versions


def versions(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "summary.json").read_text("utf-8"))["versions"])


def test_a_summary_names_the_versions_of_package_rules_and_settings(pages: Path, here: Path) -> None:
    run("clean", pages, "-o", "one")
    first = versions(here / "one")
    assert first["package"] == __version__
    assert all(re.fullmatch("[0-9a-f]{64}", first[name]) for name in ("rules", "settings"))
    made(here / "cleaner.toml", '[clean]\nscript = "hans"\n')
    run("clean", pages, "-o", "two", "--log-file", "log")
    second = versions(here / "two")
    assert (second["rules"], second["settings"] == first["settings"]) == (first["rules"], False)
    run("clean", pages, "-o", "three", "--no-config", "--script", "hans")
    assert versions(here / "three") == second


def test_the_version_of_the_rules_is_what_the_files_hold_and_not_where(pages: Path, here: Path) -> None:
    found = []
    for folder, pattern in (("a", "^打开应用看全文$"), ("b", "^打开应用看全文$"), ("b", "^打开应用看(全文|图)$")):
        (here / folder).mkdir(exist_ok=True)
        own = rule_file(here / folder, rule(id="own", pattern=pattern))
        assert run("clean", pages, "-o", "out", "--rules", own)[0] == 0
        found.append(versions(here / "out")["rules"])
    assert found[0] == found[1] != found[2]


def test_dedup_names_its_versions_too(pages: Path, here: Path) -> None:
    run("dedup", pages, "-o", "one")
    run("dedup", pages, "-o", "two", "--workers", "1")
    run("dedup", pages, "-o", "three", "--ngram", "4")
    assert versions(here / "one") == versions(here / "two") != versions(here / "three")
