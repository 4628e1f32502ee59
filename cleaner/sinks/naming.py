"""Names that what goes out can have: from those of inputs and members, which others chose. Next: `writing`.

Inputs go by the names they have in addresses, archives and folders, and reports tell those as they are. But a file is
made, or unpacked by users, somewhere; there a name must not lead elsewhere, command a terminal, or meet another.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from cleaner.marks import Unseen, parts
from cleaner.sources.naming import form_of
from cleaner.sources.reading import Seen, key_of

_LONGEST: Final = 255  # bytes of a name that file systems hold
_ADDED: Final = 15  # bytes that a name may get besides: .jsonl.zst, or .warc.zst
_DEEPEST: Final = 2048  # bytes of all folders and the name, half of what Linux takes with the folder of the run
_DIGEST: Final = 16  # bytes: nobody finds two names with the same
_TOLD: Final = re.compile(r"~[0-9a-f]{32}(?:\.[^.]*){0,2}\Z")  # how a changed name ends; an unchanged one never does
_TAIL: Final = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z")  # .html, .jsonl.gz
_SEPARATORS: Final = re.compile(r"[/\\]")
_DOT: Final = r"(?:\.|%(?:25)*2e)"
_SLASH: Final = r"%(?:25)*(?:2f|5c)"
# What programs that decode %2e, once or again and again, take for a step up or for a control.
_DISGUISED: Final = re.compile(rf"(?:\A|{_SLASH}){_DOT}{{2}}(?:\Z|{_SLASH})|%(?:25)*(?:[01][0-9a-f]|7f)", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_DEVICE: Final = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\xb9\xb2\xb3]) *(?:\.|\Z)", re.IGNORECASE
)  # what Windows takes for one, whatever follows the dot
_REFUSED: Final = re.compile(r'[\t\n\r<>:"|?*]' if os.name == "nt" else r"[\t\n\r]")


@lru_cache(maxsize=1 << 10)  # it is asked several times for each input
def safe_name(name: str) -> str:
    r"""The path that what is written for an input of that name has below its folder; nearly always the name itself.

    It is relative, has no steps, nothing that isn't seen, and no part that hides itself, passes for an option of a
    command, is a device or cannot be a file on Windows, or is too long for a file system with the suffixes that are
    added. A part that is changed, or the last if parts go, ends in `~` and a digest of what it was, before its
    suffixes, and so does one that looks as if it had been changed; so different names stay different. What kind of
    file the name is of stays, too: `form_of` says the same of both.

    >>> safe_name("新闻/a.txt"), safe_name("a\x1b.jsonl.gz")
    ('新闻/a.txt', 'a_~c42cd2e0a08b356fdb3a325be8c35cd9.jsonl.gz')
    """
    found = [part for part in _SEPARATORS.split(name) if part not in ("", ".")] or [""]
    safe = [_safe_part(part) for part in found]
    path = "/".join(safe)
    if "/".join(found) != name or len(path.encode()) > _DEEPEST:
        leaf = _told(_harmless(found[-1]), _digest(name), of=name)
        path = leaf if len(path.encode()) > _DEEPEST else "/".join([*safe[:-1], leaf])
    return path


def _safe_part(part: str) -> str:
    safe = _harmless(part)
    if safe == part and len(part.encode()) <= _LONGEST - _ADDED and not _TOLD.search(part):
        return part
    return _told(safe, _digest(part), of=part)


def _harmless(part: str) -> str:
    """A part of a path without what does harm, of any length; itself if nothing does."""
    safe = "".join("_" if isinstance(piece, Unseen) else piece for piece in parts(part))
    safe = _REFUSED.sub("_", safe).rstrip(". ")
    if _DISGUISED.search(safe):
        safe = safe.replace("%", "_")
    if safe.startswith(("-", ".")):
        safe = f"_{safe[1:]}"
    if _DRIVE.match(safe) or _DEVICE.match(safe):
        safe = f"_{safe}".replace(":", "_")
    return safe or "_"


def _told(safe: str, digest: str, *, of: str) -> str:
    """A part with a digest, of the same kind of file as the name it is made of, and not too long."""
    match = _TAIL.search(safe)
    tail = match[0] if match else ""
    changed = _cut(safe.removesuffix(tail), f"~{digest}{tail}")
    return changed if _kind(changed) == _kind(of) else _cut(safe, f"~{digest}")


def _cut(stem: str, end: str) -> str:
    """As much of the stem as there is room for before its end, in whole characters."""
    room = _LONGEST - _ADDED - len(end.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + end


def _kind(name: str) -> tuple[str, str]:
    form = form_of(name)
    return form.kind, form.codec


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()


def folded(name: str) -> str:
    """What is the same of two names that a file system takes for one which doesn't tell capitals or forms apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class Members:
    """The names of an archive's members, for it may be unpacked anywhere."""

    def __init__(self) -> None:
        self._seen = Seen()

    def name(self, given: str, made: Callable[[str], str]) -> str:
        """What a member is called there: what is `made` of its safe name, which no other has."""
        name = made(safe_name(given))
        key = key_of(folded(name))
        if key in self._seen:
            folder, slash, leaf = safe_name(given).rpartition("/")
            name = made(f"{folder}{slash}{_told(leaf, _digest(given), of=leaf)}")
            key = key_of(folded(name))
        self._seen.add(key)
        return name
