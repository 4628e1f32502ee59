"""An environment for each peer, so that none has to agree with another's, or the package's, requirements.

They lie in `.bench`, one folder each, and stay there while their lines in `peers.toml` stay the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.specifiers import SpecifierSet

from bench.corpora import ROOT

FOLDER: Final = ROOT / ".bench"
PEERS: Final = ROOT / "bench" / "peers.toml"
_VERSION: Final = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
_NEWEST: Final = 20  # 3.20 is the newest Python that is looked for


@dataclass(frozen=True, slots=True)
class Peer:
    """A line of `peers.toml`."""

    name: str
    about: str
    requires: tuple[str, ...]
    python: str = ""


class UnmeasuredError(Exception):
    """Why a contender can't be measured: one line."""


def peers(path: Path = PEERS) -> dict[str, Peer]:
    """All peers by name."""
    given = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Peer(name, line["about"], tuple(line["requires"]), line.get("python", "")) for name, line in given.items()
    }


def interpreter(peer: Peer, *, folder: Path | None = None) -> Path:
    """The Python of the peer's environment, which is made if it isn't there, or is of another Python or requirements.

    `UnmeasuredError` says why it can't be made, which is tried once.
    """
    home = (folder or FOLDER) / peer.name
    if home in _refused:
        raise UnmeasuredError(_refused[home])
    python, note = home / "bin" / "python", home / "made.json"
    base = _base(peer)
    wanted = json.dumps([base, _version(base), *peer.requires])
    if not (note.exists() and note.read_text("utf-8") == wanted):
        print(f"{peer.name}: installing {' '.join(peer.requires)} into {home}", file=sys.stderr, flush=True)
        try:
            _make(home, base)
            _install(python, peer.requires)
        except UnmeasuredError as error:
            _refused[home] = str(error)
            raise
        note.write_text(wanted, "utf-8")
    return python


_refused: dict[Path, str] = {}  # environments that couldn't be made, and why


def _base(peer: Peer) -> str:
    """A Python that the peer runs on: the one that runs this, if it will do."""
    allowed = SpecifierSet(peer.python)
    if allowed.contains(_version(sys.executable)):
        return sys.executable
    for minor in range(_NEWEST, 6, -1):
        found = shutil.which(f"python3.{minor}")
        if found and (version := _version(found)) and allowed.contains(version):
            return found
    raise UnmeasuredError(f"needs Python {peer.python}, and there is none; put one on the PATH")


def _version(python: str) -> str:
    """Its version; empty if it doesn't run."""
    return subprocess.run([python, "-c", _VERSION], check=False, capture_output=True, text=True).stdout.strip()


def _make(home: Path, base: str) -> None:
    shutil.rmtree(home, ignore_errors=True)
    if base == sys.executable:
        venv.create(home, symlinks=True)
        return
    made = subprocess.run([base, "-m", "venv", "--without-pip", home], check=False, capture_output=True, text=True)
    if made.returncode:
        raise UnmeasuredError(f"venv says {_last(made.stderr.splitlines())}")


def _install(python: Path, requires: Iterable[str]) -> None:
    """By the pip beside this very Python, so that no environment needs one of its own."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*pip, "install", "--quiet", *requires], check=False, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.splitlines()
        raise UnmeasuredError(f"pip says {_last([line for line in lines if 'ERROR' in line] or lines)}")


def _last(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
