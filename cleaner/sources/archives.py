"""Records of archives: the files of a zip or tar. Next: `reading`, which puts all together.

Nothing is unpacked into files. A name that leads out of an archive is refused, for what goes out would have it too.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, Any, BinaryIO, Final, cast

from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.sources.naming import form_of, is_page_name, refusal
from cleaner.sources.opening import RATIO_LIMIT, RECORD_LIMIT, seekable, unpacking
from cleaner.sources.records import Passed, Record, Unread

_IS_UTF8: Final = 0x800  # the flag of a zip whose names are
_MODE: Final = 16  # the bit from which on the attributes of a member are those of Unix
_RATIO_FROM: Final = 1 << 20  # bytes of a member from which on its ratio is looked at
_SYSTEMS: Final = "__MACOSX"
_OF_HEADS: Final = b"xgXLK"  # kinds of members that tell of the next, and are read whole: long names, and the like
_HEAD_LIMIT: Final = 1 << 20


def read_zip(stream: BinaryIO, *, is_plain: bool) -> Iterator[Record | Unread | Passed]:
    """A record for each file in a zip; ids are their names. Links are passed over."""
    with seekable(stream, is_plain=is_plain) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = (member for member in archive.infolist() if not member.filename.endswith("/"))
                for number, member in enumerate(members, 1):
                    yield _zipped(archive, member, number)
        except Exception as error:  # what is broken comes to light as errors of many kinds
            raise InputError(f"broken zip ({error}); get the file again") from error


def read_tar(stream: BinaryIO) -> Iterator[Record | Unread | Passed]:
    """A record for each file in a tar, or in several one behind the other; links and devices are passed over."""
    pieces = _Pieces(stream)
    number = 0
    try:
        with tarfile.open(fileobj=cast(BinaryIO, pieces), mode="r|", tarinfo=_Head, ignore_zeros=True) as archive:
            for member in archive:
                if not member.isdir():
                    number += 1
                    yield _tarred(archive, member, number)
                archive.members = []  # type: ignore[attr-defined]  # which would hold all heads
    except (tarfile.TarError, ValueError) as error:
        raise InputError(f"broken tar ({error}); get the file again") from error
    if pieces.end.strip(b"\0"):
        raise InputError("broken tar (it ends without a mark of its end); get the file again")


class _Pieces:
    """A stream read in pieces as they come, so that none is lost to what is broken behind it; `end` is the last."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self.end = b""

    def read(self, size: int) -> bytes:
        data: bytes = self._read(size)
        self.end = (self.end + data)[-tarfile.BLOCKSIZE :]
        return data


class _Head(tarfile.TarInfo):
    """The head of a member of a tar; a broken one is an error, where the library takes it for the end of the tar."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Head:
        try:
            head = super().frombuf(buf, encoding, errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(error)) from error
        if head.size < 0 or (head.type in _OF_HEADS and head.size > _HEAD_LIMIT):
            raise tarfile.ReadError(f"a length of {head.size} bytes")
        return head


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int) -> Record | Unread | Passed:
    if stat.S_ISLNK(member.external_attr >> _MODE):
        return Passed(number, "link")
    name = _zip_name(member)
    if hindrance := _hindrance(name):
        return hindrance._replace(number=number)
    if member.flag_bits & 1:
        return Unread(name, number, "is encrypted; unpack it first")
    if member.file_size > max(member.compress_size, 1) * RATIO_LIMIT and member.file_size > _RATIO_FROM:
        ratio = member.file_size // max(member.compress_size, 1)
        return Unread(name, number, f"unpacks into {ratio} times its size, as no text does: a bomb; leave it out")
    try:
        with archive.open(member) as file:
            return _member(name, number, file, member)
    except Exception as error:  # each codec has errors of its own
        return Unread(name, number, f"broken member ({error}); pack it again")


def _tarred(archive: tarfile.TarFile, member: tarfile.TarInfo, number: int) -> Record | Unread | Passed:
    if not member.isfile():
        return Passed(number, "link" if member.issym() or member.islnk() else "device")
    name = _tar_name(member)
    if hindrance := _hindrance(name):
        return hindrance._replace(number=number)
    file = archive.extractfile(member)
    assert file is not None
    return _member(name, number, file, member)


def _member(name: str, number: int, file: IO[bytes], row: Any) -> Record | Unread:
    try:
        content = unpacking(cast(BinaryIO, file), form_of(name).codec).read(RECORD_LIMIT + 1)
    except InputError as error:
        return Unread(name, number, str(error))
    if len(content) > RECORD_LIMIT:
        return Unread(name, number, f"holds more than {RECORD_LIMIT >> 20} MiB; leave it out")
    if told := refusal(name, content):
        return Unread(name, number, told)
    return Record("", number, name, content, is_page_name(name), row=row)


def _hindrance(name: str) -> Unread | Passed | None:
    """What there is against a member of that name, if anything."""
    slashed = name.replace("\\", "/")  # as Windows writes it, and reads it
    parts = PurePosixPath(slashed).parts
    if not parts:
        return Unread("", 0, "it has no name; pack it again under one")
    if slashed.startswith("/") or ".." in parts or PureWindowsPath(name).drive or "\x00" in name:
        return Unread(name, 0, "its name leads out of the archive; pack it again under another")
    if any(part.startswith(".") for part in parts if part != ".") or _SYSTEMS in parts:
        return Passed(0, "hidden file")
    if not form_of(name).is_whole:
        return Unread(name, 0, "is a container in a container; unpack the outer one first")
    return None


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; the standard has no other than UTF-8 and cp437, and packers write what they like."""
    if member.flag_bits & _IS_UTF8 or member.orig_filename.isascii():
        return member.orig_filename
    try:
        return _legible(member.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return member.orig_filename


def _tar_name(member: tarfile.TarInfo) -> str:
    """The name of a member; the standard has no other than UTF-8, which the library has tried."""
    try:
        member.name.encode("utf-8")
    except UnicodeEncodeError:
        return _legible(member.name.encode("utf-8", "surrogateescape"))
    return member.name


def _legible(name: bytes) -> str:
    """A name in whatever encoding."""
    try:
        return decode(name).text
    except InputError:
        return name.decode("utf-8", "backslashreplace")
