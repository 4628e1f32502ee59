"""A Redis server of one's own, for measurements and tests: on a free port, in a folder, kept in memory alone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

PROGRAM: Final = "redis-server"
MISSING: Final = f"{PROGRAM} is not installed (Debian: apt-get install {PROGRAM})"
_STARTING: Final = 20  # seconds
_TRIES: Final = 5  # another program may take a free port before the server does


class Server(NamedTuple):
    """A server that runs; it can be reached at 127.0.0.1."""

    port: int
    process: subprocess.Popen[bytes]


def is_installed() -> bool:
    """Whether there is a server to start."""
    return shutil.which(PROGRAM) is not None


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[Server]:
    """A server with these options of its command line; stopped at the end. Raises OSError if none can be started."""
    server = _started(folder, options)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def _started(folder: Path, options: tuple[str, ...]) -> Server:
    for _ in range(_TRIES):
        port = _free_port()
        command = [PROGRAM, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if _is_answering(port, process):
            return Server(port, process)
        process.kill()
        process.wait()
    raise OSError(f"{PROGRAM} does not start in {folder}; try it by hand: {' '.join(command)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_answering(port: int, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + _STARTING
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(1) in {b"+", b"-"}  # a server with a password says -NOAUTH
        except OSError:
            time.sleep(0.02)
    return False
