"""How benchmarks are run: contenders take turns, what can't be measured is told, and ratios keep their floors."""

from __future__ import annotations

import ast
import json
import runpy
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import bench.__main__ as command
from bench import contests, conversion, environments, inventing, many_rules, memory, profiling, results, rules, serving
from bench.contests import Contender, Measured, Unmeasured, contest, parts, series
from bench.corpora import ROOT
from bench.environments import Peer, UnmeasuredError, interpreter
from bench.results import Table
from cleaner.fold import fold, only_in

SCRIPT = """
import os, time
print("a library greets")
rounds = []
def counted(given, options):
    def run():
        rounds.append(len(open(given).read()))
        return {"rounds": len(rounds), "read": rounds[-1]}
    return run
def refused(given, options):
    raise ValueError("no such\\nmode")
def dies(given, options):
    return lambda: os._exit(3)
def forks(given, options):
    def run():
        if os.fork():
            open(given, "w").write("begun")
        time.sleep(5)
        open(given, "w").write("done")
    return run
def sleeps(given, options):
    return lambda: time.sleep(60)
TASKS = {"counted": counted, "refused": refused, "dies": dies, "forks": forks, "sleeps": sleeps}
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A made-up peer's script, without its ending, as contenders name it; its input lies beside it."""
    (tmp_path / "fake.py").write_text(SCRIPT, "utf-8")
    (tmp_path / "given").write_text("正文。", "utf-8")
    monkeypatch.setattr(environments, "FOLDER", tmp_path / "environments")
    return str(tmp_path / "fake")


def test_contenders_take_turns_and_what_fails_is_told_beside_the_others(
    script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = ("counted", "refused", "dies", "unknown")
    outcomes = contest([Contender(task, script, task) for task in tasks], tmp_path / "given", rounds=3)
    assert list(outcomes) == list(tasks)
    counted = outcomes["counted"]
    assert isinstance(counted, Measured)
    assert counted.output == {"rounds": 3, "read": 3}
    assert counted.peak >= counted.before > 0
    assert outcomes["refused"] == Unmeasured("ValueError: no such mode")
    assert outcomes["dies"] == Unmeasured("its process ended")
    assert outcomes["unknown"] == Unmeasured("KeyError: 'unknown'")
    assert capsys.readouterr().err.count("NOT MEASURED") == 3


def test_a_series_gives_each_round_another_input_and_counts_all_but_the_rehearsal(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [tmp_path / str(number) for number in range(4)]
    for number, path in enumerate(given):
        path.write_text("文" * number, "utf-8")
    seconds = iter((100.0, 1.0, 2.0, 4.0))
    asked = contests.asked
    monkeypatch.setattr(contests, "asked", lambda *request: {**asked(*request), "seconds": next(seconds)})
    counted = series([Contender("it", script, "counted")], given)["it"]
    assert isinstance(counted, Measured)
    assert counted.seconds == 7.0
    assert counted.output == {"rounds": 4, "read": 3}


def test_a_rehearsal_is_on_another_input_and_does_not_count(script: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("他文。", "utf-8")
    server = serving.Server(runpy.run_path(f"{script}.py")["TASKS"])
    request = {"task": "counted", "input": str(tmp_path / "given"), "rehearsal": str(tmp_path / "other")}
    assert server.answer(request)["output"] == {"rounds": 2, "read": 3}
    assert server.answer(request)["output"] == {"rounds": 3, "read": 3}


def test_a_profile_is_of_texts_that_were_not_seen_in_the_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    def sampled(script: str, request: dict[str, Any], out: Path) -> list[tuple[str, int]]:
        seen, new = (set(Path(request[name]).read_text("utf-8").splitlines()) for name in ("rehearsal", "input"))
        assert (len(seen), len(new), len(seen & new)) == (10, 20, 0)
        return [("measured (/w/bench/serving.py:5);find (/w/cleaner/fold.py:9)", 7), ("main (/w/x.py:1)", 9)]

    monkeypatch.setattr(profiling, "_sampled", sampled)
    monkeypatch.setattr(profiling, "sample", lambda corpus, count: [f"文{number}" for number in range(count)])
    assert profiling._stacks(profiling.WORKLOADS[0], 30) == [([("fold", "find")], 7)]
    monkeypatch.setattr(profiling, "_sampled", lambda *asked: [("main (/w/x.py:1)", 9)])
    with pytest.raises(UnmeasuredError, match="gave no answer"):
        profiling._stacks(profiling.WORKLOADS[0], 30)


def test_parts_are_a_rehearsal_and_all_the_rest_once() -> None:
    rehearsal, *rest = parts([str(number) for number in range(30)], 4)
    assert list(rehearsal) == [str(number) for number in range(10)]
    assert sorted(text for part in rest for text in part) == sorted(str(number) for number in range(10, 30))
    assert len(rest) == 4


def test_a_contender_that_never_answers_is_not_waited_for(script: str, tmp_path: Path) -> None:
    outcomes = contest([Contender("slow", script, "sleeps")], tmp_path / "given", rounds=2, patience=0.2)
    assert outcomes == {"slow": Unmeasured("no answer within 0.2 s")}


def test_what_a_contender_has_started_ends_with_it(script: str, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text("", "utf-8")
    with contests._serving(Contender("it", script, "forks")) as process:
        assert process.stdin is not None
        print(json.dumps({"task": "forks", "input": str(given)}), file=process.stdin, flush=True)
        while not given.read_text("utf-8"):
            assert process.poll() is None
    assert given.read_text("utf-8") == "begun"


def test_a_peer_that_cannot_be_installed_is_told_and_stops_nobody(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = Peer("absent", "a peer that is nowhere", (str(tmp_path / "absent-1.0-py3-none-any.whl"),))
    monkeypatch.setattr(environments, "peers", lambda: {"absent": peer})
    contenders = [Contender("it", script, "counted", "absent"), Contender("another", script, "counted")]
    outcomes = contest(contenders, tmp_path / "given", rounds=1)
    assert isinstance(outcomes["another"], Measured)
    absent = outcomes["it"]
    assert isinstance(absent, Unmeasured)
    assert absent.why.startswith("pip says ")
    assert "absent-1.0" in absent.why
    assert (tmp_path / "environments" / "absent").exists()
    monkeypatch.setattr(environments, "_install", lambda *_: pytest.fail("it was tried again"))
    with pytest.raises(UnmeasuredError, match="absent"):
        interpreter(peer)


def test_an_environment_is_kept_as_long_as_its_requirements_are_the_same(tmp_path: Path) -> None:
    peer = Peer("tiny", "a peer", (str(_wheel(tmp_path)),))
    python = interpreter(peer, folder=tmp_path)
    said = subprocess.run(
        [python, "-I", "-c", "import tiny; print(tiny.WORD)"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "小\n"
    trace = tmp_path / "tiny" / "trace"
    trace.touch()
    assert interpreter(peer, folder=tmp_path) == python
    assert trace.exists()
    with pytest.raises(UnmeasuredError, match="pip says"):
        interpreter(replace(peer, requires=("./nowhere.whl",)), folder=tmp_path)
    assert not trace.exists()


def test_an_environment_is_made_anew_if_there_is_another_python_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, trace = Peer("tiny", "a peer", ()), tmp_path / "tiny" / "trace"
    monkeypatch.setattr(environments, "_install", lambda python, requires: None)
    interpreter(peer, folder=tmp_path)
    trace.touch()
    monkeypatch.setattr(environments, "_version", lambda python: "3.99.0")
    interpreter(peer, folder=tmp_path)
    assert not trace.exists()


def _wheel(folder: Path) -> Path:
    """A package of one module, as pip installs it without asking anybody."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "WORD = '小'\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    return path


def test_a_peer_for_another_python_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.environments.shutil.which", lambda name: None)
    with pytest.raises(UnmeasuredError, match="needs Python <3, and there is none"):
        interpreter(Peer("old", "a peer", (), "<3"), folder=tmp_path)


def test_the_best_of_rounds_has_the_fewest_seconds_and_the_most_memory() -> None:
    one, other = Measured(1.0, 4.0, 20, 30, "one"), Measured(2.0, 3.0, 10, 40, "other")
    assert contests.best(one, other) == Measured(1.0, 3.0, 10, 40, "other")


def test_each_script_stands_alone_but_for_those_of_the_package_and_has_tasks() -> None:
    for path in sorted((ROOT / "bench" / "peers").glob("[!_]*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        assert any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TASKS" for node in tree.body), path
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        own = [name for name in imported if name.split(".")[0] in ("cleaner", "bench")]
        assert path.stem.startswith("cleaner_") or not own, path


def test_each_peer_says_what_it_is_and_is_pinned() -> None:
    known = environments.peers()
    assert {"data-juicer", "ftfy-opencc", "ftfy-opencc-cpp"} <= known.keys()
    assert all(peer.about and all("==" in each for each in peer.requires) for peer in known.values())


def test_each_table_has_a_title_of_its_own_and_each_floor_one_bound() -> None:
    titles = [title for title, _ in command.tables().values()]
    assert len(set(titles)) == len(titles)
    for name, floor in results.pinned().items():
        assert len(floor) == 1, name
        assert floor.keys() <= {"at least", "at most"}, name


def test_a_table_is_markdown_that_can_be_read_as_it_is() -> None:
    table = Table("Speed", ("", "MB/s"), [["ours", "10.0"], results.unmeasured("peer", Unmeasured("why"))], ["A note."])
    assert table.markdown().splitlines() == [
        "## Speed",
        "",
        "|                             | MB/s |",
        "| --------------------------- | ---: |",
        "| ours                        | 10.0 |",
        "| peer: **NOT MEASURED**: why |      |",
        "",
        "- A note.",
        "",
    ]


def test_tables_measured_anew_replace_their_sections_alone() -> None:
    first = results.merged("", "# Head", [Table("B", notes=["old b"]), Table("A", notes=["old a"])], ["A", "B", "C"])
    second = results.merged(first, "# New head", [Table("B", notes=["new b"])], ["A", "B", "C"])
    assert first == "# Head\n\n## A\n\n- old a\n\n## B\n\n- old b\n"
    assert second == "# New head\n\n## A\n\n- old a\n\n## B\n\n- new b\n"


def test_figures_of_two_machines_or_of_two_inputs_never_stand_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def after(change: Callable[[], object]) -> str:
        old = results.merged("", results.machine({}), [Table("B")], ["A", "B"])
        change()
        both = results.merged(old, results.machine({}), [Table("A"), Table("B", notes=["new"])], ["A", "B"])
        assert "- new" in both
        return results.merged(old, results.machine({}), [Table("A")], ["A", "B"])

    monkeypatch.setattr(inventing, "is_there", lambda name: True)
    assert "## B" in after(lambda: monkeypatch.setattr(results, "_OWN", ("numpy",)))
    for target, name, other in ((results, "cpu", lambda: "another"), (inventing, "is_there", lambda name: False)):
        with pytest.raises(results.OtherMachineError):
            after(partial(monkeypatch.setattr, target, name, other))


def test_a_named_table_leaves_the_results_of_another_machine_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {name: (name, lambda _, name=name: Table(name, notes=["new"])) for name in ("speed", "size")}
    old = results.merged("", "Machine: another.\n", [Table("speed"), Table("size")], ["speed", "size"])
    path = tmp_path / "RESULTS.md"
    path.write_text(old, "utf-8")
    monkeypatch.setattr(command, "tables", lambda: known)
    monkeypatch.setattr(results, "pinned", dict)
    monkeypatch.setattr(results, "RESULTS", path)
    assert command.main(["speed"]) == 0
    assert "not written to RESULTS.md: the results are of another machine" in capsys.readouterr().err
    assert path.read_text("utf-8") == old
    assert command.main([]) == 0
    assert path.read_text("utf-8").count("- new") == 2


def test_a_whole_run_that_is_cut_short_leaves_the_results_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(documents: int | None) -> Table:
        raise KeyboardInterrupt

    known = {"speed": ("speed", lambda _: Table("speed")), "size": ("size", stopped)}
    monkeypatch.setattr(command, "tables", lambda: known)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    with pytest.raises(KeyboardInterrupt):
        command.main([])
    assert not (tmp_path / "RESULTS.md").exists()


def test_a_table_tells_which_targets_were_missed() -> None:
    ratios = {"chain: a, news": 25.0, "chain: a, laws": 2.0, "chain: b, news": 3.5, "chain: c": None}
    ahead = Table("T", ratios=ratios, targets={"chain: a, ": 20.0, "chain: b, ": 3.0, "chain: c": 9.0}).markdown()
    assert (
        "Target for chain: a: at least 20. Reached: chain: a, news 25.00. **Missed**: chain: a, laws 2.00.\n" in ahead
    )
    assert "- Target for chain: b: at least 3. Reached: chain: b, news 3.50.\n" in ahead
    assert "- Target for chain: c: at least 9.\n" in ahead
    cost = Table("T", ratios={"x": 6.0}, bound="at most", targets={"x": 5.0}).markdown()
    assert "- Target for x: at most 5. **Missed**: x 6.00.\n" in cost


@pytest.mark.parametrize(
    ("floor", "ratio", "told"),
    [
        ({"at least": 3.0}, 3.0, []),
        ({"at least": 3.0}, 2.9, ["x: 2.90 is not at least 3"]),
        ({"at most": 5.0}, 5.0, []),
        ({"at most": 5.0}, 5.1, ["x: 5.10 is not at most 5"]),
        ({"at least": 3.0}, None, []),
    ],
)
def test_what_fell_below_its_floor_is_told(floor: Mapping[str, float], ratio: float | None, told: list[str]) -> None:
    assert results.fallen({"x": floor}, {"x": ratio}) == told


def test_what_of_the_package_itself_cannot_be_measured_keeps_no_floor(script: str, tmp_path: Path) -> None:
    found = contest(
        [Contender("own", script, "dies"), Contender("it", script, "counted")], tmp_path / "given", rounds=1
    )
    broken = {"x": results.ratio(found["it"], found["own"]), "y": results.ratio(found["own"], found["it"])}
    absent = {"x": results.ratio(Unmeasured("no pip"), found["it"])}
    for floor in ({"at least": 3.0}, {"at most": 5.0}):
        assert len(results.fallen({"x": floor, "y": floor}, broken)) == 2
        assert results.fallen({"x": floor}, absent) == []
    assert results.floors_of(Table("Speed", ratios=broken)) == {}


@pytest.mark.parametrize(
    ("floors", "asked", "code", "told"),
    [
        ({"fast": {"at least": 3.0}}, [], 0, "absent: NOT MEASURED"),
        ({"fast": {"at least": 5.0}}, [], 1, "FLOOR: fast: 4.00 is not at least 5"),
        ({"fast": {"at least": 5.0}}, ["other"], 0, "absent: NOT MEASURED"),
        ({"gone": {"at least": 5.0}}, [], 1, "FLOOR: gone: no table has it"),
        ({}, [], 0, "fast: 4.00 has no floor"),
    ],
)
def test_a_fallen_ratio_ends_the_run_with_an_error(  # noqa: PLR0913, PLR0917  fixtures and cases
    floors: dict[str, dict[str, float]],
    asked: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = {"speed": Table("Speed", ratios={"fast": 4.0}), "other": Table("Other", ratios={"absent": None})}
    tables = {name: (table.title, lambda documents, table=table: table) for name, table in made.items()}
    monkeypatch.setattr(command, "tables", lambda: tables)
    monkeypatch.setattr(results, "pinned", lambda: floors)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    assert command.main(asked) == code
    assert told in capsys.readouterr().err
    assert ("## Speed" in (tmp_path / "RESULTS.md").read_text("utf-8")) is (not asked)


def test_floors_are_taken_from_a_run_with_a_margin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [Table("Ahead", ratios={"fast": 4.0, "absent": None}), Table("Cost", ratios={"dear": 2.0}, bound="at most")]
    tables = {table.title: (table.title, lambda documents, table=table: table) for table in made}
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"absent": {"at least": 7.0}, "fast": {"at least": 9.0}}), "utf-8")
    monkeypatch.setattr(command, "tables", lambda: tables)
    monkeypatch.setattr(results, "FLOORS", floors)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    assert command.main([]) == 1
    assert command.main(["--pin"]) == 0
    assert results.pinned() == {"absent": {"at least": 7.0}, "dear": {"at most": 2.5}, "fast": {"at least": 3.0}}
    assert command.main([]) == 0


def test_a_quick_look_changes_no_results_and_is_held_to_no_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look = lambda documents: Table("Speed", notes=[f"{documents} texts"], ratios={"fast": 1.0})  # noqa: E731
    monkeypatch.setattr(command, "tables", lambda: {"speed": ("Speed", look)})
    monkeypatch.setattr(results, "pinned", lambda: {"fast": {"at least": 3.0}})
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    assert command.main(["--documents", "70"]) == 0
    assert "70 texts" in capsys.readouterr().out
    assert not (tmp_path / "RESULTS.md").exists()


@pytest.mark.parametrize("count", ["0", "9", "-3", "ten"])
def test_fewer_documents_than_rounds_need_are_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main([f"--documents={count}"])
    assert f"{count} is no number from 10 up" in capsys.readouterr().err


def test_a_table_that_breaks_off_stops_no_other_and_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(documents: int | None) -> Table:
        raise RuntimeError("no such thing")

    known = {"broken": ("Broken", breaks), "speed": ("Speed", lambda _: Table("Speed", ratios={"fast": 4.0}))}
    monkeypatch.setattr(command, "tables", lambda: known)
    monkeypatch.setattr(results, "pinned", lambda: {"fast": {"at least": 3.0}})
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    assert command.main([]) == 1
    assert "FLOOR: broken: the package itself could not be measured" in capsys.readouterr().err
    written = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert "**NOT MEASURED**: RuntimeError: no such thing" in written
    assert "## Speed" in written


def test_results_name_the_corpora_that_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventing, "is_there", lambda name: name != "laws_hant")
    assert "made-up ones (`bench.inventing`) for laws_hant, which aren't there" in results.machine({})
    monkeypatch.setattr(inventing, "is_there", lambda name: True)
    assert "made-up" not in results.machine({})


def test_a_table_that_is_unknown_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["sped"])
    assert "no such table: sped; there are floor," in capsys.readouterr().err


def test_who_has_no_corpora_gets_made_up_ones_of_the_same_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventing, "FOLDER", tmp_path)
    clean, dirty, hant = (inventing.sample(name, 5) for name in ("news_hans", "wechat_hans_dirty", "laws_hant"))
    assert clean == inventing.sample("news_hans", 5)
    assert not only_in("hant") & set("".join(clean + dirty))
    assert not only_in("hans") & set("".join(hant))
    assert "&nbsp;" in "".join(dirty)
    assert "&nbsp;" not in "".join(clean)
    assert all("<p>" in page for page in inventing.pages(3))


def test_a_stack_is_told_by_whom_the_work_was_done_for() -> None:
    loading = "<module> (/w/bench/serving.py:1);chain (/w/bench/peers/x.py:3);fold (/w/cleaner/fold.py:2)"
    timed = "measured (/w/bench/serving.py:5);run (/w/bench/peers/x.py:9)"
    chain = f"{timed};_steps (/w/cleaner/pipeline.py:9);revised (/w/cleaner/document.py:4)"
    finder = f"{chain};<genexpr> (/w/cleaner/pipeline.py:8);find (/w/cleaner/repair/mojibake/__init__.py:7)"
    assert [profiling.is_timed(stack) for stack in (loading, "measured (/w/bench/serving.py:5)", timed)] == [
        False,
        False,
        True,
    ]
    steps = {
        timed: "all else",
        chain: "edits: collected, settled, applied",
        finder: "finder: repair.mojibake",
        f"{finder};fold (/w/cleaner/fold.py:9)": "fold and lines",
        f"{timed};facts (/w/cleaner/report/facts.py:3)": "reports as JSON",
    }
    assert {stack: profiling.step_of(profiling.frames(stack)) for stack in steps} == steps
    assert profiling.module_of(profiling.frames(f"{finder};take (/lib/numpy/core.py:3)")) == "repair.mojibake"


def test_memory_that_nothing_tells_of_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {memory.STEPS: {"Python": 9000}, memory.POOL: [(1, 70_000, 5000), (2, 90_000, 40_000)]}

    def contest(contenders: Sequence[Contender], given: Path, *, rounds: int) -> dict[str, Measured]:
        return {each.name: Measured(1.0, 1.0, 0, 50_000, found[each.name]) for each in contenders}

    monkeypatch.setattr(memory, "contest", contest)
    monkeypatch.setattr(memory, "_write_input", lambda folder, count: folder)
    table = memory.table(None)
    assert table.ratios == {"memory of a worker, MB": 90.0}
    assert [row[1:] for row in table.rows[:2]] == [["90", "40"], ["70", "5"]]
    found[memory.POOL] = []
    table = memory.table(None)
    assert table.ratios == {"memory of a worker, MB": None}
    assert ["NOT MEASURED" in row[0] for row in table.rows[:3]] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "ours", "theirs", "share"),
    [
        ("头发和饭", "頭髮和飯", "頭髮和飯", 1.0),
        ("头发和饭", "頭髮和飯", "頭發和飯", 2 / 3),
        ("里面", "裏面", "裡面", 0.0),
        ("一二", "一二", "一二", 0.0),
        ("面条", "麪條", "麪條兒", 0.0),
    ],
)
def test_conversions_are_alike_where_both_change_a_character_to_the_same(
    text: str, ours: str, theirs: str, share: float
) -> None:
    assert conversion.share_alike([text], [ours], [theirs]) == pytest.approx(share)


def test_rules_find_the_same_by_re_as_by_the_package(tmp_path: Path) -> None:
    given, known = tmp_path / "lines.jsonl", tmp_path / "rules.json"
    lines = sorted({line.strip() for each in inventing._examples() for line in fold(each).split("\n")} - {""})
    given.write_text(json.dumps({"lines": lines}), "utf-8")
    known.write_text(json.dumps([rule.definition for rule in many_rules.shipped_part().rules[::5]]), "utf-8")
    options = {"rules": str(known), "repeats": 2}
    ours, by_re = (
        runpy.run_path(str(ROOT / "bench" / "peers" / script))["TASKS"]["rules"](str(given), options)()
        for script in ("cleaner_rules.py", "plain_re.py")
    )
    assert len(ours["found"]) > 20
    assert rules._agrees(ours, by_re)
    assert not rules._agrees(ours, {"found": ours["found"][1:], "refused": []})
    assert rules._agrees(ours, {"found": [], "refused": [rule for _, _, rule in ours["found"]]})


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"^\p{Han}{2}$", "书铺"), (r"[^\p{Han}a]", "b"), (r"[a[]b", "[b"), (r"\[\p{Han}\]", "[书]")]
)
def test_patterns_are_written_so_that_re_has_them(pattern: str, text: str) -> None:
    compiled = runpy.run_path(str(ROOT / "bench" / "peers" / "plain_re.py"))["compiled"]
    assert compiled(pattern).search(text)
    assert not compiled(pattern).search("书a铺")
