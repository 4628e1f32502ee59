"""How many texts a second the index on Redis takes and looks up, beside datasketch's `MinHashLSH` on the same server.

`python -m bench.shared_index`; it starts a server of its own. Both have the same bands and news pages. The
index keeps the texts too, and landmarks, and decides by sketches what to nominate; `MinHashLSH` does none of that. It
is used as its documentation shows, one text at a time, and also with its own buffer for insertion.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import redis
from datasketch import MinHash, MinHashLSH

from bench.corpora import texts as corpus
from bench.servers import MISSING, Server, is_installed, redis_server
from cleaner.index import Parameters
from cleaner.index.shared import SharedIndex
from cleaner.minhash import PERMUTATIONS, Sketches, minhash, sketch

TEXTS: Final = 4000
PLAIN: Final = 400  # texts for `MinHashLSH` one at a time


class Figures(NamedTuple):
    """Texts a second, and the server's memory for each."""

    added: float
    found: float
    bytes: float


def ours(server: Server, texts: Sequence[str], sketches: Sketches) -> Figures:
    """The index, with texts that one batch brings."""
    with SharedIndex.open(f"redis://127.0.0.1:{server.port}", write=True) as index:
        before = _memory(server)
        added = _rate(len(texts), lambda: index.add(list(map(str, range(len(texts)))), texts, sketches))
        memory = _memory(server) - before
        found = _rate(len(texts), lambda: index.nominate(sketches))
    return Figures(added, found, memory / len(texts))


def plain(server: Server, signatures: Sequence[MinHash], *, buffered: bool) -> Figures:
    """`MinHashLSH` with the same bands, each signature inserted and then asked for."""
    bands = Parameters().bands
    lsh = MinHashLSH(
        num_perm=PERMUTATIONS,
        params=(bands.count, bands.rows),
        storage_config={"type": "redis", "redis": {"host": "127.0.0.1", "port": server.port}},
    )
    before = _memory(server)
    added = _rate(len(signatures), lambda: _inserted(lsh, signatures, buffered=buffered))
    memory = _memory(server) - before
    found = _rate(len(signatures), lambda: [lsh.query(signature) for signature in signatures])
    return Figures(added, found, memory / len(signatures))


def _inserted(lsh: MinHashLSH, signatures: Sequence[MinHash], *, buffered: bool) -> None:
    if not buffered:
        for number, signature in enumerate(signatures):
            lsh.insert(number, signature)
        return
    with lsh.insertion_session() as session:
        for number, signature in enumerate(signatures):
            session.insert(number, signature, check_duplication=False)


def _rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def _memory(server: Server) -> int:
    return int(redis.Redis(port=server.port).info("memory")["used_memory"])


def main() -> None:
    """Print figures and ratios."""
    if not is_installed():
        print(MISSING)
        return
    texts = corpus("news_hans", every=2)[:TEXTS]
    if not texts:
        return
    sketches = sketch(texts)
    signatures = [minhash(signature) for signature in sketches.signatures]
    with TemporaryDirectory() as folder, redis_server(Path(folder)) as server:
        figures = {
            "one at a time": plain(server, signatures[:PLAIN], buffered=False),
            "with its buffer": plain(server, signatures, buffered=True),
            "the index": ours(server, texts, sketches),
        }
    print(f"{'':<17}{'added/s':>9}{'looked up/s':>13}{'bytes/text':>12}   the index, as a multiple")
    for name, own in figures.items():
        index = figures["the index"]
        print(f"{name:<17}{own.added:>9.0f}{own.found:>13.0f}{own.bytes:>12.0f}   ", end="")
        print(f"{index.added / own.added:.1f} × added, {index.found / own.found:.1f} × looked up")


if __name__ == "__main__":
    main()
