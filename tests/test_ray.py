"""Runs on a Ray cluster of two nodes: the same bytes as of one process, also if a node goes in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cleaner.engine import Budget, Item, Job, Piece, Ray, Result, Serial, Workers
from cleaner.errors import EngineError
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from tests.killing import outputs
from tests.test_engine import LINES, done
from tests.test_resume import lines, pages, table

ray = pytest.importorskip("ray", reason="Ray is not installed")
pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head without processors, so that all work is done by the two nodes that may go."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415  if it is installed

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    cluster.wait_for_nodes()
    cluster.going = nodes[0]
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@dataclass(frozen=True, slots=True)
class Failing:
    """A Ray one node of which goes after so many results of the first job."""

    cluster: Any
    after: int
    budget: Budget

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        with Ray(self.cluster.address, self.budget).opened() as workers:
            yield FailingWorkers(self.cluster, self.after, workers)


@dataclass(frozen=True, slots=True)
class FailingWorkers:
    cluster: Any
    after: int
    workers: Workers

    def map(self, job: Job[Item, Piece, Result], items: Any) -> Iterator[Result]:
        for number, result in enumerate(self.workers.map(job, items)):
            if number == self.after and self.cluster.going in self.cluster.worker_nodes:
                self.cluster.remove_node(self.cluster.going, allow_graceful=False)
            yield result


def test_a_cluster_that_loses_a_node_writes_the_same_bytes(tmp_path: Path, cluster: Any) -> None:
    given, cleaner = pages(tmp_path / "in", files=200), Cleaner()
    table(given / "a.parquet", rows=800)
    lines(given / "b.jsonl", rows=800)
    clean_files([given], tmp_path / "whole", cleaner)
    clean_files([given], tmp_path / "out", cleaner, engine=Failing(cluster, 1, Budget()))
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def test_a_cluster_does_the_job_and_only_what_breaks_a_worker_fails(cluster: Any) -> None:
    engine = Ray(cluster.address, Budget(2, 1024))
    assert done(engine, LINES) == done(Serial(), LINES)
    told = done(engine, ["a die b", "c", "eat d sleep"])
    too_large, too_long = engine.budget.too_large, engine.budget.too_long
    assert told == ["A", "die: died", "B", "C", f"eat: {too_large}", "D", f"sleep: {too_long}"]
    with pytest.raises(FileNotFoundError):
        done(engine, ["a", "raise", "b"])


def test_a_cluster_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("天", "utf-8")
    with pytest.raises(EngineError, match="no Ray cluster at"):
        clean_files([tmp_path / "in.txt"], tmp_path / "out", Cleaner(), engine=Ray("127.0.0.1:1"))
