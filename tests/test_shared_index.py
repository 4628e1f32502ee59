"""The index on Redis, against a server of its own that the tests start."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import redis
from datasketch import MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from bench.servers import MISSING, Server, is_installed, redis_server
from cleaner.dedup import Documents, Means, Policy
from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import candidates
from cleaner.duplicates import Memory, Outcome
from cleaner.errors import StoredIndexError
from cleaner.fold import converted
from cleaner.index import Index, Parameters, Remembered
from cleaner.index import shared as shared_module
from cleaner.index.shared import SharedIndex, additions, buckets
from cleaner.index.shared.buckets import FULL, base_name
from cleaner.index.shared.documents import packed_sketches, packed_text, unpacked_sketches, unpacked_text
from cleaner.index.shared.server import Address
from cleaner.minhash import minhash, sketch
from tests.samples import story

needs_server = pytest.mark.skipif(not is_installed(), reason=MISSING)
STORY: Final = story(0)
NEAR: Final = STORY.replace("第", "第二", 2)
PART: Final = STORY[: len(STORY) // 2]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with redis_server(tmp_path_factory.mktemp("redis"), "--repl-diskless-sync-delay", "0") as running:
        yield running


@pytest.fixture
def address(server: Server, request: pytest.FixtureRequest) -> str:
    """An address where no other test has its index."""
    name = re.sub("[^A-Za-z0-9]+", "-", request.node.name)
    return f"redis://127.0.0.1:{server.port}/0?name={name}"


@pytest.fixture
def index(address: str) -> Iterator[SharedIndex]:
    with SharedIndex.open(address, write=True) as opened:
        yield opened


def add(index: Index, texts: dict[str, str], *, batch: str = "") -> int:
    return index.add(list(texts), texts.values(), sketch(texts.values()), batch=batch)


def found(index: Index, text: str, *, besides: str = "") -> list[Remembered]:
    """What the index nominates for a text."""
    numbers = index.nominate(sketch([text]), besides=besides).numbers.tolist()
    return [index.remembered(number) for number in numbers]


def names(index: Index, text: str, *, besides: str = "") -> list[str]:
    return sorted(document.name for document in found(index, text, besides=besides))


def assert_stats(index: Index, **expected: float | str) -> None:
    stats = index.stats()
    assert {key: stats[key] for key in expected} == expected


def keys(address: str) -> list[bytes]:
    """The server's keys of an index, without its name."""
    place = Address.parsed(address)
    client = redis.Redis(port=place.port)
    return sorted(key.partition(b":")[2] for key in client.scan_iter(f"{place.name}:*", count=10_000))


def stories(numbers: range) -> dict[str, str]:
    return {f"{number}.txt": story(number) for number in numbers}


def hour_passes(address: str) -> None:
    """Let the server forget who is busy, as it does after an hour."""
    place = Address.parsed(address)
    client = redis.Redis(port=place.port)
    client.delete(*client.scan_iter(f"{place.name}:busy:*"))


@needs_server
def test_what_resembles_a_remembered_text_is_nominated(index: SharedIndex) -> None:
    assert add(index, {"story.txt": STORY, **stories(range(1, 20))}) == 20
    for text in (STORY, NEAR, converted(STORY, "hant"), PART, STORY + story(30)):
        assert names(index, text) == ["story.txt"]
    assert names(index, story(40)) == []


@needs_server
@pytest.mark.parametrize("at_once", [5, 1024])
def test_pairs_are_those_that_candidates_finds_within_one_run(
    index: SharedIndex, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(buckets, "_KEYS", at_once)
    old = list(stories(range(30)).values())
    new = [text for text in old for text in (text[200:], text.replace("。", "。了", 12), converted(text, "hant"))]
    parameters = Parameters()
    pairs = candidates(sketch([*old, *new]), parameters.bands, threshold=parameters.threshold)
    across = (pairs.first < len(old)) & (pairs.second >= len(old))
    expected = set(zip((pairs.second[across] - len(old)).tolist(), pairs.first[across].tolist(), strict=True))
    index.add([str(row) for row in range(len(old))], old, sketch(old))
    nominated = index.nominate(sketch(new))
    rows = {int(number): int(index.remembered(number).name) for number in nominated.numbers.tolist()}
    assert {(row, rows[n]) for row, n in zip(*map(np.ndarray.tolist, nominated), strict=True)} == expected
    assert len(expected) >= len(new)


@needs_server
def test_nominations_are_sorted_and_distinct(index: SharedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    add(index, {"a": STORY, "b": NEAR, "c": PART, **stories(range(1, 9))})
    asked = sketch([NEAR, story(90), "", PART, story(5), story(3), STORY])
    whole = index.nominate(asked)
    assert whole.rows.dtype == whole.numbers.dtype == np.int64
    pairs = list(zip(whole.rows.tolist(), whole.numbers.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert set(whole.rows.tolist()) == {0, 3, 4, 5, 6}
    monkeypatch.setattr(shared_module, "_ROWS", 2)
    monkeypatch.setattr(shared_module, "_PAIRS", 3)
    in_parts = index.nominate(asked)
    assert pairs == list(zip(in_parts.rows.tolist(), in_parts.numbers.tolist(), strict=True))


@needs_server
def test_nothing_asked_is_nothing_nominated(index: SharedIndex) -> None:
    assert index.nominate(sketch([])).rows.size == 0
    assert index.nominate(sketch([STORY])).rows.size == 0
    assert add(index, {}) == 0


@needs_server
def test_texts_without_letters_are_remembered_and_resemble_nothing(index: SharedIndex) -> None:
    assert add(index, {"empty": "", "dots": "……"}) == 2
    assert index.stats()["texts"] == 2
    assert names(index, "") == names(index, "。。") == []


@needs_server
def test_short_texts_with_the_same_letters_are_nominated(index: SharedIndex) -> None:
    add(index, {"short": "青石桥"})
    assert names(index, "青石橋！") == ["short"]


@needs_server
def test_a_text_comes_back_as_it_was(index: SharedIndex) -> None:
    text = f"{STORY}\0\r\n\ud800😀"
    add(index, {"name \udcff\n": text}, batch="批 \udc80")
    assert found(index, text) == [Remembered("name \udcff\n", "批 \udc80", text)]


@needs_server
@pytest.mark.parametrize("order", ["nominated", "sorted", "backwards"])
def test_texts_that_are_asked_for_in_an_order_come_many_at_a_time(
    index: SharedIndex, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    texts = stories(range(30))
    add(index, texts)
    asked: list[int] = []
    fetch = additions.Additions.documents

    def noted(self: additions.Additions, numbers: Sequence[int]) -> list[Remembered]:
        asked.append(len(numbers))
        return fetch(self, numbers)

    monkeypatch.setattr(additions.Additions, "documents", noted)
    monkeypatch.setattr(shared_module, "_AHEAD", 20)
    monkeypatch.setattr(shared_module, "_HELD", 25)
    mixed = [name for name in texts if name < "2"] + [name for name in texts if name >= "2"]
    nominated = index.nominate(sketch([texts[name] for name in mixed])).numbers.tolist()
    numbers = {"nominated": nominated, "sorted": sorted(nominated), "backwards": nominated[::-1]}[order]
    names = {"nominated": mixed, "sorted": list(texts), "backwards": mixed[::-1]}[order]
    assert [index.remembered(number) for number in numbers] == [Remembered(name, "", texts[name]) for name in names]
    assert order == "backwards" or asked == [20, 10]


@needs_server
def test_a_number_without_a_text_is_an_empty_text(index: SharedIndex) -> None:
    add(index, {"a": STORY}, batch="monday")
    number = int(index.nominate(sketch([STORY])).numbers[0])
    add(index, {"b": story(1)}, batch="monday")
    assert index.remembered(number) == Remembered("", "", "")


@needs_server
def test_a_batch_takes_the_place_of_what_it_was(index: SharedIndex) -> None:
    assert add(index, {"a": STORY, "b": story(1)}, batch="monday") == 2
    assert add(index, {"c": story(2)}, batch="tuesday") == 1
    assert add(index, {"b": story(1), "d": story(3)}, batch="monday") == 1
    assert [names(index, story(n)) for n in range(4)] == [[], ["b"], ["c"], ["d"]]
    assert_stats(index, texts=3, batches=2, leftover=0)


@needs_server
def test_texts_that_a_batch_has_still_keep_their_numbers(index: SharedIndex) -> None:
    texts = stories(range(5))
    add(index, texts, batch="monday")
    before = index.nominate(sketch(texts.values())).numbers.tolist()
    assert add(index, texts, batch="monday") == 0
    assert index.nominate(sketch(texts.values())).numbers.tolist() == before


@needs_server
def test_a_run_does_not_meet_itself(index: SharedIndex) -> None:
    add(index, {"a": STORY}, batch="monday")
    add(index, {"b": STORY}, batch="tuesday")
    add(index, {"c": STORY})
    assert names(index, STORY) == ["a", "b", "c"]
    assert names(index, STORY, besides="monday") == ["b", "c"]


@needs_server
def test_what_has_no_batch_accumulates_and_is_added_once(index: SharedIndex) -> None:
    assert add(index, {"a": STORY, "b": story(1)}) == 2
    assert add(index, {"b": story(1), "c": story(2)}) == 1
    assert add(index, {"a": STORY}) == 0
    assert add(index, {"a": NEAR}) == 1
    assert names(index, STORY) == ["a", "a"]
    assert index.stats()["texts"] == 4


@needs_server
@pytest.mark.parametrize("batch", ["", "monday"])
def test_a_text_that_comes_twice_in_one_addition_is_added_once(
    index: SharedIndex, monkeypatch: pytest.MonkeyPatch, batch: str
) -> None:
    monkeypatch.setattr(shared_module, "_ROWS", 3)
    texts = [STORY, STORY, story(1), story(2), STORY, story(3)]
    same = ["a", "a", "b", "c", "a", "d"]
    assert index.add(same, texts, sketch(texts), batch=batch) == 4
    assert names(index, STORY) == ["a"]


@needs_server
def test_what_replaced_texts_took_up_is_given_back(
    index: SharedIndex, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "_AT_ONCE", 7)
    add(index, {}, batch="monday")
    bare = keys(address)
    add(index, {"empty": "", "a": STORY, "b": NEAR, **stories(range(1, 30))}, batch="monday")
    assert len(keys(address)) > 1000
    add(index, {}, batch="monday")
    assert set(keys(address)) - set(bare) <= {b"number"}
    assert index.stats()["texts"] == 0


@needs_server
def test_a_wrong_number_of_sketches_is_refused_and_nothing_added(index: SharedIndex) -> None:
    with pytest.raises(ValueError, match="1 texts have 2 sketches"):
        index.add(["a"], [STORY], sketch([STORY, NEAR]))
    with pytest.raises(ValueError, match="shorter"):
        index.add(["a", "b"], [STORY], sketch([STORY]))
    assert names(index, STORY) == []


class BrokenError(Exception):
    pass


@needs_server
def test_an_addition_that_breaks_leaves_nothing(index: SharedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_module, "_ROWS", 2)
    add(index, {"a": STORY, "b": story(1)}, batch="monday")

    def texts() -> Iterator[str]:
        yield from (story(1), story(2), story(3), story(4))
        raise BrokenError

    with pytest.raises(BrokenError):
        index.add(list("bcdef"), texts(), sketch(stories(range(1, 6)).values()), batch="monday")
    assert [names(index, story(n)) for n in range(5)] == [["a"], ["b"], [], [], []]
    assert_stats(index, texts=2, leftover=0)


@needs_server
def test_others_see_a_batch_as_it_was_until_all_of_it_is_there(
    index: SharedIndex, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_module, "_ROWS", 1)
    add(index, {"old": STORY}, batch="monday")
    with SharedIndex.open(address) as other:

        def texts() -> Iterator[str]:
            yield NEAR
            yield story(1)
            assert names(other, STORY) == ["old"]
            assert names(other, story(1)) == []

        index.add(["new", "more"], texts(), sketch([NEAR, story(1)]), batch="monday")
        assert names(other, STORY) == ["new"]
        assert names(other, story(1)) == ["more"]


@needs_server
def test_a_batch_that_two_add_at_once_is_that_of_the_first_to_finish(index: SharedIndex, address: str) -> None:
    add(index, {"a": STORY, "b": story(1)}, batch="monday")
    with SharedIndex.open(address, write=True) as other:

        def texts() -> Iterator[str]:
            yield STORY
            add(other, {"b": story(1), "c": story(2)}, batch="monday")

        with pytest.raises(
            StoredIndexError, match="another machine has added the batch 'monday' meanwhile; add it again"
        ):
            index.add(["a"], texts(), sketch([STORY]), batch="monday")
    assert [names(index, story(n)) for n in range(3)] == [[], ["b"], ["c"]]
    assert index.stats()["leftover"] == 0


def _adding(address: str, start: Barrier, own: int) -> None:
    with SharedIndex.open(address, write=True) as index:
        start.wait()
        for part in range(4):
            first = 100 * own + 10 * part
            add(index, stories(range(first, first + 10)), batch=f"{own}" if part == 0 else "")
            add(index, {f"{own}-{part}": STORY})


@needs_server
def test_two_machines_that_add_at_once_lose_nothing(index: SharedIndex, address: str) -> None:
    forking = multiprocessing.get_context("fork")
    start = forking.Barrier(2)
    machines = [forking.Process(target=_adding, args=(address, start, own)) for own in (1, 2)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    assert [machine.exitcode for machine in machines] == [0, 0]
    assert_stats(index, texts=88, batches=2, leftover=0)
    for texts in (stories(range(100, 140)), stories(range(200, 240))):
        numbers = index.nominate(sketch(texts.values())).numbers.tolist()
        assert [index.remembered(number) for number in numbers if index.remembered(number).name in texts] == [
            Remembered(name, name[0] if int(name[1:3]) < 10 else "", text) for name, text in texts.items()
        ]
    assert names(index, STORY) == [f"{own}-{part}" for own in (1, 2) for part in range(4)]


_DYING: Final = """
import os, sys
from cleaner.index.shared import SharedIndex
from cleaner.minhash import sketch
import cleaner.index.shared as shared
shared._ROWS = 1
def texts():
    yield sys.argv[2]
    yield sys.argv[2]
    os._exit(7)
SharedIndex.open(sys.argv[1], write=True).add(["x", "y", "z"], texts(), sketch([sys.argv[2]] * 3), batch="monday")
"""


@needs_server
def test_what_a_machine_that_died_has_left_is_never_seen_and_goes_after_an_hour(
    index: SharedIndex, address: str
) -> None:
    add(index, {"a": STORY}, batch="monday")
    before = keys(address)
    died = subprocess.run([sys.executable, "-c", _DYING, address, NEAR], check=False)
    assert died.returncode == 7
    assert names(index, NEAR) == ["a"]
    left = keys(address)
    assert len(left) > len(before)
    index.compact()
    assert keys(address) == left
    hour_passes(address)
    index.compact()
    assert set(keys(address)) == set(before)
    assert names(index, STORY) == ["a"]


@needs_server
def test_an_addition_that_took_too_long_is_refused(index: SharedIndex, address: str) -> None:
    def texts() -> Iterator[str]:
        yield STORY
        hour_passes(address)
        with SharedIndex.open(address, write=True) as other:
            other.compact()

    with pytest.raises(StoredIndexError, match="counts as given up; add it again"):
        index.add(["a"], texts(), sketch([STORY]))
    assert names(index, STORY) == []
    assert index.stats()["leftover"] == 0


@needs_server
def test_a_bucket_takes_a_bounded_number_of_texts(index: SharedIndex, address: str) -> None:
    add(index, {f"first {copy}": STORY for copy in range(FULL)}, batch="first")
    assert index.stats()["crowded"] == 0
    add(index, {f"second {copy}": STORY for copy in range(5)}, batch="second")
    assert_stats(index, texts=FULL + 5, crowded=5)
    assert set(names(index, NEAR)) == {f"first {copy}" for copy in range(FULL)}
    client = redis.Redis(port=Address.parsed(address).port)
    name = Address.parsed(address).name
    assert max(client.scard(key) for key in client.scan_iter(f"{name}:l*", _type="SET")) == FULL
    add(index, {}, batch="first")
    index.compact()
    assert_stats(index, texts=5, crowded=0)
    assert names(index, NEAR) == [f"second {copy}" for copy in range(5)]


@needs_server
def test_an_addition_fills_buckets_no_further_by_itself(index: SharedIndex) -> None:
    add(index, {str(copy): STORY for copy in range(2 * FULL)})
    assert index.stats()["crowded"] == FULL
    assert len(names(index, STORY)) == FULL
    index.compact()
    assert index.stats()["crowded"] == FULL


@needs_server
@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.9, 1.0])
def test_datasketch_finds_what_agrees_in_a_band(address: str, threshold: float) -> None:
    parameters = Parameters(threshold=threshold)
    bands = parameters.bands if parameters.bands.count > 1 else Bands(64, 2)
    texts = [STORY, NEAR, *stories(range(1, 30)).values()]
    with SharedIndex.open(address, parameters, write=True) as index:
        index.add(list(map(str, range(len(texts)))), texts, sketch(texts))
    keys = bands.keys(sketch(texts).signatures)
    agreeing = np.flatnonzero((keys == keys[:, :1]).any(axis=0)) + 1  # numbers begin with 1
    place = Address.parsed(address)
    lsh = MinHashLSH(
        num_perm=128,
        params=(bands.count, bands.rows),
        storage_config={
            "type": "redis", "basename": base_name(place.name), "redis": {"host": place.host, "port": place.port}
        },
        prepickle=False,
    )  # fmt: skip
    assert sorted(map(int, lsh.query(minhash(sketch([STORY]).signatures[0])))) == agreeing.tolist()
    assert not lsh.is_empty()


@needs_server
def test_an_index_stays_when_it_is_closed(address: str) -> None:
    parameters = Parameters(ngram=4, threshold=0.8)
    with SharedIndex.open(address, parameters, write=True) as index:
        index.add(["a"], [STORY], sketch([STORY], ngram=4), batch="monday")
    for asked in (None, parameters):
        with SharedIndex.open(address, asked) as index:
            assert index.parameters == parameters
            numbers = index.nominate(sketch([NEAR], ngram=4)).numbers
            assert [index.remembered(int(number)).name for number in numbers] == ["a"]
            assert_stats(index, texts=1, ngram=4, threshold=0.8)


@needs_server
def test_other_parameters_are_refused(address: str) -> None:
    SharedIndex.open(address, Parameters(threshold=0.8), write=True).close()
    for write in (False, True):
        with pytest.raises(StoredIndexError, match=r"made with threshold 0\.8, not 0\.7; bands .*make another index"):
            SharedIndex.open(address, Parameters(), write=write)
    with pytest.raises(StoredIndexError, match="made with ngram 5, not 4; ask for what it was made with"):
        SharedIndex.open(address, Parameters(ngram=4, threshold=0.8))


@needs_server
def test_an_index_of_another_format_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_module, "FORMAT", 2)
    SharedIndex.open(address, write=True).close()
    monkeypatch.undo()
    with pytest.raises(StoredIndexError, match="made with format 2, not 1"):
        SharedIndex.open(address)


@needs_server
def test_an_index_that_is_not_there_is_an_error_and_made_if_it_is_to_be_written(address: str) -> None:
    for parameters in (None, Parameters()):
        with pytest.raises(StoredIndexError, match="there is no index; add texts to it first, or correct its address"):
            SharedIndex.open(address, parameters)
    with SharedIndex.open(address, write=True) as index:
        assert index.parameters == Parameters()


@needs_server
@pytest.mark.parametrize("kind", ["text", "list"])
def test_keys_of_another_program_are_left_alone(address: str, kind: str) -> None:
    place = Address.parsed(address)
    client = redis.Redis(port=place.port)
    client.set(f"{place.name}:about", "mine") if kind == "text" else client.rpush(f"{place.name}:about", "mine")
    before = client.dump(f"{place.name}:about")
    with pytest.raises(StoredIndexError, match=r"no index of this program|of another program"):
        SharedIndex.open(address, write=True)
    assert client.dump(f"{place.name}:about") == before


@needs_server
def test_indexes_of_other_names_and_databases_are_apart(address: str) -> None:
    places = [address, f"{address}-2", f"{address}_lsh", address.replace("/0?", "/1?")]
    for number, place in enumerate(places):
        with SharedIndex.open(place, write=True) as index:
            add(index, {f"{number}": STORY}, batch="monday")
    for number, place in enumerate(places):
        with SharedIndex.open(place) as index:
            assert names(index, NEAR) == [f"{number}"]


@needs_server
def test_an_index_that_is_open_for_look_ups_takes_nothing(index: SharedIndex, address: str) -> None:
    with SharedIndex.open(address) as other:
        for write in (lambda: add(other, {"a": STORY}), other.compact):
            with pytest.raises(StoredIndexError, match="open for look-ups only; open it for writing"):
                write()
    assert names(index, STORY) == []


@needs_server
def test_a_password_is_used_and_not_shown(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--requirepass", "se/cr:et") as own:
        right = f"redis://:se%2Fcr%3Aet@127.0.0.1:{own.port}/0"
        with SharedIndex.open(right, write=True) as index:
            add(index, {"a": STORY})
            assert names(index, NEAR) == ["a"]
        for wrong in (
            f"redis://:geheim@127.0.0.1:{own.port}",
            f"redis://me:geheim@127.0.0.1:{own.port}",
            f"redis://127.0.0.1:{own.port}",
        ):
            with pytest.raises(StoredIndexError, match="refuses the user or the password; write them into") as told:
                SharedIndex.open(wrong)
            assert "geheim" not in str(told.value)


@needs_server
def test_a_user_who_may_not_write_is_told_so(tmp_path: Path) -> None:
    with redis_server(tmp_path) as own:
        redis.Redis(port=own.port).acl_setuser(
            "reader", enabled=True, passwords=["+geheim"], keys=["*"], categories=["+@read"]
        )
        there = f"redis://reader:geheim@127.0.0.1:{own.port}"
        with pytest.raises(StoredIndexError, match="may not do what an index needs") as told:
            SharedIndex.open(there, write=True)
        assert "geheim" not in str(told.value)
        with pytest.raises(StoredIndexError, match="there is no index"):
            SharedIndex.open(there)


@needs_server
def test_a_server_that_stops_in_the_middle_is_told_of(tmp_path: Path) -> None:
    with redis_server(tmp_path) as own:
        index = SharedIndex.open(f"redis://127.0.0.1:{own.port}", write=True)
        add(index, {"a": STORY})

        def texts() -> Iterator[str]:
            yield NEAR
            own.process.kill()
            own.process.wait()

        with pytest.raises(StoredIndexError, match=f"redis://127.0.0.1:{own.port}/0.*: no connection to the server"):
            index.add(["b"], texts(), sketch([NEAR]))
        for ask in (lambda: index.nominate(sketch([STORY])), index.stats, index.compact, lambda: index.remembered(1)):
            with pytest.raises(StoredIndexError, match="see whether it runs at this host and port"):
                ask()
        with pytest.raises(StoredIndexError, match="no connection to the server"):
            SharedIndex.open(f"redis://127.0.0.1:{own.port}")


@needs_server
def test_a_connection_that_breaks_once_is_made_again(index: SharedIndex, address: str) -> None:
    client = redis.Redis(port=Address.parsed(address).port)

    def texts() -> Iterator[str]:
        yield STORY
        client.client_kill_filter(_type="normal", skipme=True)

    assert index.add(["a"], texts(), sketch([STORY]), batch="monday") == 1
    assert names(index, STORY) == ["a"]


@needs_server
def test_a_replica_is_read_and_refuses_to_be_written(index: SharedIndex, address: str, tmp_path: Path) -> None:
    add(index, {"a": STORY})
    place = Address.parsed(address)
    with redis_server(tmp_path, "--replicaof", "127.0.0.1", str(place.port)) as own:
        replica = redis.Redis(port=own.port)
        while replica.info("replication")["master_link_status"] != "up":
            assert own.process.poll() is None
            time.sleep(0.02)
        there = f"redis://127.0.0.1:{own.port}?name={place.name}"
        with SharedIndex.open(there) as follower:
            assert names(follower, NEAR) == ["a"]
        with pytest.raises(StoredIndexError, match="a replica that can only be read; give the address of the one"):
            SharedIndex.open(there, write=True)


@needs_server
def test_a_full_server_is_told_of_and_nothing_added(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--maxmemory", "4mb") as own:
        index = SharedIndex.open(f"redis://127.0.0.1:{own.port}", write=True)
        add(index, {"a": STORY}, batch="monday")
        many = {str(copy): os.urandom(30_000).hex() for copy in range(80)}
        with pytest.raises(StoredIndexError, match="no memory left; raise its maxmemory, or move the index"):
            add(index, many, batch="monday")
        assert_stats(index, texts=1, leftover=0, eviction="noeviction")
        assert names(index, NEAR) == ["a"]
        assert add(index, {"b": story(1)}) == 1


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("redis://", "does not have the form"),
        ("http://:geheim@host", "does not have the form"),
        ("redis://:geheim@host:port", "does not have the form"),
        ("redis://:gehe/im@host", "does not have the form|by its number"),
        ("redis://:gehe#im@host", "does not have the form"),
        ("redis://:geheim@host:99999", "does not have the form"),
        ("redis://:geheim@[host", "does not have the form"),
        ("redis://:geheim@host/first", "names no database by its number"),
        ("redis://:geheim@host/0?database=1", "can end in .name=... and nothing else"),
        ("redis://:geheim@host/0?name=a:b", "letters, digits"),
        ("redis://:geheim@host/0?name=", "letters, digits"),
    ],
)
def test_a_wrong_address_is_refused_without_a_word_of_its_password(address: str, message: str) -> None:
    with pytest.raises(StoredIndexError, match=message) as told:
        SharedIndex.open(address)
    assert not re.search("geheim|gehe", str(told.value))


def test_an_address_is_shown_without_its_password() -> None:
    address = Address.parsed("rediss://me:geheim@seen.example/3?name=crawl")
    assert (address.user, address.password) == ("me", "geheim")
    assert str(address) == "rediss://seen.example:6379/3?name=crawl"
    assert "geheim" not in repr(address)


def test_without_the_client_library_the_extra_is_named() -> None:
    code = "import sys; sys.modules['redis'] = None; import cleaner.index.shared"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "StoredIndexError" in told.stderr
    assert "pip install 'webtext-cleaner[redis]'" in told.stderr


@given(st.lists(st.text(max_size=30) | st.just(STORY), max_size=4), st.binary(max_size=9))
def test_records_hold_what_was_packed(texts: list[str], slot: bytes) -> None:
    sketches = sketch(texts)
    digests = [bytes([row]) * 16 for row in range(len(texts))]
    numbers = np.arange(len(texts), dtype=np.int64) + 5
    stored = unpacked_sketches(numbers, packed_sketches(sketches, slot, digests))
    assert stored.numbers.tolist() == numbers.tolist()
    assert (stored.slots, stored.digests) == ([slot] * len(texts), digests)
    for name in ("signatures", "shingles", "landmarks", "ends"):
        own = getattr(stored.sketches, name)
        assert own.dtype == getattr(sketches, name).dtype
        assert np.array_equal(own, getattr(sketches, name))
    documents = [Remembered("name", "batch", text) for text in texts]
    assert [unpacked_text(packed_text(document)) for document in documents] == documents


def test_texts_without_a_record_are_left_out() -> None:
    sketches = sketch([STORY, NEAR])
    first, second = packed_sketches(sketches, b"=a", [b"0" * 16, b"1" * 16])
    stored = unpacked_sketches(np.array([3, 4, 5, 9]), [None, first, None, second])
    assert stored.numbers.tolist() == [4, 9]
    assert np.array_equal(stored.sketches.signatures, sketches.signatures)


@needs_server
def test_two_runs_at_once_do_not_both_lose_what_they_share(address: str) -> None:
    """Each has remembered the text before, and now sees the other's: one of them, or both, must be run again."""
    documents = Documents(["story.txt"], sketch([STORY]))

    def outcome(index: SharedIndex, batch: str) -> Outcome:
        means = Means.here(documents.sketches, lambda number: STORY)
        return Outcome(documents, Policy(), means, memory=Memory(index, batch))

    with SharedIndex.open(address, write=True) as one, SharedIndex.open(address, write=True) as two:
        one.add(["story.txt"], [STORY], documents.sketches, batch="a")
        two.add(["story.txt"], [STORY], documents.sketches, batch="b")
        first, second = outcome(one, "a"), outcome(two, "b")
        assert first.is_dropped(0)
        assert second.is_dropped(0)
        first.remember()
        with pytest.raises(StoredIndexError, match="run this again"):
            second.remember()
