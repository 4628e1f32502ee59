"""Runs on a Ray cluster of two nodes: the same bytes as of one process, also if a node goes in the middle."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cleaner import corpus, counting, keeping, parts, pieces
from cleaner.dedup import candidates, confirming
from cleaner.engine import Budget, Item, Job, Piece, Ray, Result, Serial, Workers
from cleaner.engine.cluster import _Tasks
from cleaner.errors import EngineError
from cleaner.pipeline import Cleaner
from cleaner.run import AcrossFiles, clean_files
from cleaner.weeding import Weeding, weed_files
from tests.killing import outputs
from tests.prose import prose
from tests.test_engine import LINES, done, job
from tests.test_resume import lines, pages, table

ray = pytest.importorskip("ray", reason="Ray is not installed")
pytestmark = pytest.mark.slow

CLEANER = Cleaner()
ACROSS = AcrossFiles(templates=3)
WATCHFUL = {"health_check_period_ms": 500, "health_check_initial_delay_ms": 500}  # soon sees that a node is gone
FOOT = "上一篇：河边的旧书铺\n下一篇：桥头的茶馆\n订阅我们的周刊，每周五送到您的信箱\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without processors, so that all work is done by nodes that may go; tests see to it that there are two."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415  if it is installed

    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": WATCHFUL}
    cluster: Any = Cluster(initialize_head=True, head_node_args=head)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def with_nodes(cluster: Any, count: int) -> Any:
    while len(cluster.worker_nodes) < count:
        cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes(timeout=120)
    return cluster


@pytest.fixture
def node(connected: Any) -> Any:
    return with_nodes(connected, 1)


@pytest.fixture
def nodes(cluster: Any) -> Any:
    return with_nodes(cluster, 2)


@pytest.fixture(scope="module")
def connected(cluster: Any) -> Any:
    """The cluster, to which this process stays connected: else each test has it start workers of its own."""
    ray.init(address=cluster.address, log_to_driver=False)
    return cluster


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs of several kinds, some texts of which are alike, and what one process made of them."""
    folder = tmp_path_factory.mktemp("whole")
    given = pages(folder / "in", files=40)
    for page in range(6):
        paragraphs = "".join(f"<p>{line}</p>" for line in (prose(900 + page, 30) + FOOT).splitlines())
        (given / f"page{page}.html").write_text(f"<html><body>{paragraphs}</body></html>", "utf-8")
    table(given / "a.parquet", rows=150)
    lines(given / "b.jsonl", rows=100)
    clean_files([given], folder / "out", CLEANER, across=ACROSS)
    return folder


@dataclass(frozen=True, slots=True)
class Failing:
    """A Ray one node of which goes when the first result of a kind of work has come."""

    cluster: Any
    work: str
    budget: Budget

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        with Ray(self.cluster.address, self.budget).opened() as workers:
            yield FailingWorkers(self.cluster, self.work, workers)


@dataclass(frozen=True, slots=True)
class FailingWorkers:
    cluster: Any
    work: str
    workers: Workers

    def map(self, job: Job[Item, Piece, Result], items: Any) -> Iterator[Result]:
        work: Any = job.work
        for number, result in enumerate(self.workers.map(job, items)):
            if number == 0 and work.func.__name__ == self.work:
                self.cluster.remove_node(next(iter(self.cluster.worker_nodes)), allow_graceful=False)
            yield result


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who reads texts in this process from now on, but for the writing of containers, which reads those once more."""
    read: list[str] = []

    def noted(module: Any, name: str) -> None:
        function = getattr(module, name)

        def noting(*given: Any, **more: Any) -> Any:
            if callers().isdisjoint({"write_container", "write_blocks", "_again"}):
                read.append(name)
            return function(*given, **more)

        monkeypatch.setattr(module, name, noting)

    readers = (
        (keeping, "_unpacked"),
        (pieces, "records"),
        (parts, "records"),
        (counting, "records"),
        (corpus, "records"),
    )
    for module, name in readers:
        noted(module, name)
    return read


def callers() -> set[str]:
    """The names of the functions that are under way."""
    frame: FrameType | None = sys._getframe(1)
    names = set()
    while frame:
        names.add(frame.f_code.co_name)
        frame = frame.f_back
    return names


def test_a_cluster_that_loses_a_node_while_it_cleans_writes_the_same_bytes(
    whole: Path, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loses_a_node(nodes, "clean", whole, tmp_path, monkeypatch)


@pytest.mark.usefixtures("connected")
def test_a_cluster_that_loses_a_node_while_it_confirms_writes_the_same_bytes(
    whole: Path, nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loses_a_node(nodes, "_confirmed", whole, tmp_path, monkeypatch)


def loses_a_node(nodes: Any, work: str, whole: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run while which a node goes, and no text comes to this process but to be written."""
    for module, name in ((candidates, "_KEYS"), (candidates, "_LANDMARKS"), (confirming, "_COMPARED")):
        monkeypatch.setattr(module, name, 5_000)  # so that there is more to be done when the node goes
    read, engine = watched(monkeypatch), Failing(nodes, work, Budget())
    summary = clean_files([whole / "in"], out, CLEANER, across=ACROSS, engine=engine)
    assert len(nodes.worker_nodes) == 1
    assert outputs(out) == outputs(whole / "out")
    assert summary.duplicates
    assert summary.duplicates.facts()["dropped"] > 10
    assert read == []


def test_texts_that_pass_through_this_process_are_noticed(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = watched(monkeypatch)
    clean_files([*sorted((whole / "in").glob("000*.txt"))], tmp_path, CLEANER, across=ACROSS)
    assert set(read) == {"records", "_unpacked"}


def test_a_cluster_dedups_as_one_process_does(
    whole: Path, node: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = whole / "in" / "a.parquet"
    weed_files([given], tmp_path / "one", Weeding())
    read = watched(monkeypatch)
    weeded = weed_files([given], tmp_path / "many", Weeding(engine=Ray(node.address, Budget(0, 0))))
    assert outputs(tmp_path / "many") == outputs(tmp_path / "one")
    assert weeded.facts()["accounts"]["dropped"] > 10
    assert set(read) <= {"records"}
    assert read.count("records") == 1  # what stays is written again from the container that it came in


def test_a_cluster_does_the_job_and_only_what_breaks_a_worker_fails(node: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.engine.cluster._RETRIES", 1)
    engine, hurried = Ray(node.address, Budget(100, 1024)), Ray(node.address, Budget(1, 0))
    assert done(engine, LINES[:9]) == done(Serial(), LINES[:9])
    assert done(engine, ["die", "c", "eat d"]) == ["die: died", "C", f"eat: {engine.budget.too_large}", "D"]
    assert done(hurried, ["sleep"]) == [f"sleep: {hurried.budget.too_long}"]
    with pytest.raises(FileNotFoundError):
        done(engine, ["a", "raise", "b"])


@dataclass(slots=True)
class Half:
    """A Ray that has done the first of two tasks; tasks and what makes them are it as well."""

    cancelled: list[str] = field(default_factory=list)

    def remote(self, *_: object) -> Half:
        return self

    def options(self, **_: object) -> Half:
        return self

    def put(self, given: object) -> object:
        return given

    def wait(self, results: list[str], **_: object) -> tuple[list[str], list[str]]:
        return results[:1], results[1:]

    def cancel(self, result: str, **_: object) -> None:
        self.cancelled.append(result)


def test_what_is_done_is_not_cancelled() -> None:
    half = Half()
    tasks = _Tasks(half, job(), Budget())
    tasks._cancel(["done", "running"])
    tasks._cancel([])
    assert half.cancelled == ["running"]


def test_a_cluster_that_is_not_there_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    (tmp_path / "in.txt").write_text("天", "utf-8")
    with pytest.raises(EngineError, match="no Ray cluster at"):
        clean_files([tmp_path / "in.txt"], tmp_path / "out", CLEANER, engine=Ray("127.0.0.1:1"))
