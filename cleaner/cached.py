"""What takes long to make and comes out the same each time, kept for the next process. Next: `rules.loading`.

An entry lies in the user's own cache folder, in a file under a digest of all that it is made from: its inputs, the
package, its libraries, Python. One that cannot be read, isn't the user's own or isn't whole is made anew, and what
cannot be written isn't kept, so that nothing but time depends on what lies there.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from cleaner import digests

FOLDER: Final = "CLEANER_CACHE"  # the variable that names another folder, or none if it is empty
_NAME: Final = "webtext-cleaner"
_MOST: Final = 256  # entries: those of ten versions of the package; older ones go
_ENTRY: Final = re.compile(r"[a-z-]+-[0-9a-f]{32}\.json\w*")  # or what was left of one; other files are not ours
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_QUIETLY: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def cached(name: str, inputs: Iterable[str], make: Callable[[], Any]) -> Any:
    """What `make` gives, as JSON holds it; from an earlier process, if one made it of the same inputs.

    `inputs` must be all that it depends on besides the package and its libraries. What `make` raises comes out here.
    """
    folder, maker = _folder(), _maker()
    if folder is None or not maker:
        return json.loads(json.dumps(make()))
    key = digests.of_text(json.dumps([name, maker, *inputs]))
    path = folder / f"{name}-{key[:32]}.json"
    content = _read(path, key)
    if content is None:
        content = json.dumps(make(), ensure_ascii=False)
        if digests.are_of_this_process():
            with suppress(OSError):
                _write(path, key, content)
    return json.loads(content)


def plain(value: Any) -> Any:
    """Tuples and sets of strings as JSON can hold them.

    >>> plain((1, frozenset("ba"), None))
    [1, {'': ['a', 'b']}, None]
    """
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return {"": sorted(value)} if isinstance(value, frozenset) else value


def again(value: Any) -> Any:
    """What `plain` was given, named tuples as bare ones.

    >>> again(plain((1, frozenset("b"), (), None)))
    (1, frozenset({'b'}), (), None)
    """
    if isinstance(value, list):
        return tuple(again(each) for each in value)
    return frozenset(value[""]) if isinstance(value, dict) else value


def _folder() -> Path | None:
    """Where entries lie; None if nothing is to be kept, or nobody knows where."""
    if (given := os.environ.get(FOLDER)) is not None:
        return Path(given) if given else None
    from platformdirs import user_cache_path  # noqa: PLC0415

    with suppress(RuntimeError):  # a user without a home
        return user_cache_path(_NAME)
    return None


@cache
def _maker() -> str:
    """What makes entries: a digest of all code that bears on them; "" if that cannot be told."""
    made_by = digests.of_text(json.dumps([sys.version, digests.of_package(), digests.of_libraries()]))
    return made_by if digests.are_of_this_process() else ""


def _read(path: Path, key: str) -> str | None:
    """What was kept under a key; None if nothing was, or it may be another's doing."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _QUIETLY), "rb") as file:
            if not _is_own(os.fstat(file.fileno())):
                return None
            digest, _, content = file.read().decode("utf-8", "surrogatepass").partition("\n")
    except (OSError, ValueError):
        return None
    return content if digest == _seal(key, content) else None


def _is_own(told: os.stat_result) -> bool:
    """Whether a file is one, and no other user can have written it."""
    if not stat.S_ISREG(told.st_mode):
        return False
    return not hasattr(os, "geteuid") or (told.st_uid == os.geteuid() and not told.st_mode & _OTHERS_MAY_WRITE)


def _write(path: Path, key: str, content: str) -> None:
    """Keep what was made, all of it or nothing; raises OSError if that cannot be."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:  # which others cannot read
        try:
            file.write(f"{_seal(key, content)}\n{content}".encode("utf-8", "surrogatepass"))
            file.close()
            os.replace(file.name, path)
        except OSError:
            os.unlink(file.name)
            raise
    _forget_old(path.parent)


def _seal(key: str, content: str) -> str:
    """Binds what is kept to its key, and is another if a part is lost or changed."""
    return digests.of_text(f"{key}\n{content}")


def _forget_old(folder: Path) -> None:
    entries = [path for path in folder.iterdir() if _ENTRY.fullmatch(path.name)]
    for path in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True)[_MOST:]:
        path.unlink()
