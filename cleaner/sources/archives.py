"""Records of archives: the files of a zip or tar. Next: `reading`, which puts all together.

Nothing is unpacked into files. A name that leads out of an archive is refused, for what goes out would have it too.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, Any, BinaryIO, Final, cast

from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.sources.naming import form_of, is_page_name
from cleaner.sources.opening import RATIO_LIMIT, RECORD_LIMIT, seekable, unpacking
from cleaner.sources.records import Passed, Record, Unread

_IS_UTF8: Final = 0x800  # the flag of a zip whose names are
_RATIO_FROM: Final = 1 << 20  # bytes of a member from which on its ratio is looked at
_SYSTEMS: Final = "__MACOSX"


def read_zip(stream: BinaryIO, *, is_plain: bool) -> Iterator[Record | Unread | Passed]:
    """A record for each file in a zip; ids are their names."""
    with seekable(stream, is_plain=is_plain) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = (member for member in archive.infolist() if not member.is_dir())
                for number, member in enumerate(members, 1):
                    yield _zipped(archive, member, number)
        except zipfile.BadZipFile as error:
            raise InputError(f"broken zip ({error}); get the file again") from error


def read_tar(stream: BinaryIO) -> Iterator[Record | Unread | Passed]:
    """A record for each file in a tar; links and devices are passed over."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            number = 0
            for member in archive:
                if not member.isdir():
                    number += 1
                    yield _tarred(archive, member, number)
                archive.members = []  # type: ignore[attr-defined]  # which would hold all heads
    except tarfile.TarError as error:
        raise InputError(f"broken tar ({error}); get the file again") from error


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int) -> Record | Unread | Passed:
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
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        return Unread(name, number, f"broken member ({error}); pack it again")


def _tarred(archive: tarfile.TarFile, member: tarfile.TarInfo, number: int) -> Record | Unread | Passed:
    if not member.isfile():
        return Passed(number)
    if hindrance := _hindrance(member.name):
        return hindrance._replace(number=number)
    file = archive.extractfile(member)
    assert file is not None
    return _member(member.name, number, file, member)


def _member(name: str, number: int, file: IO[bytes], row: Any) -> Record | Unread:
    try:
        content = unpacking(cast(BinaryIO, file), form_of(name).codec).read(RECORD_LIMIT + 1)
    except InputError as error:
        return Unread(name, number, str(error))
    if len(content) > RECORD_LIMIT:
        return Unread(name, number, f"holds more than {RECORD_LIMIT >> 20} MiB; leave it out")
    return Record("", number, name, content, is_page_name(name), row=row)


def _hindrance(name: str) -> Unread | Passed | None:
    """What there is against a member of that name, if anything."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or PureWindowsPath(name).drive or "\\" in name or "\x00" in name:
        return Unread(name, 0, "its name leads out of the archive; pack it again under another")
    if any(part.startswith(".") for part in parts if part != ".") or _SYSTEMS in parts:
        return Passed(0)
    if not form_of(name).is_whole:
        return Unread(name, 0, "is a container in a container; unpack the outer one first")
    return None


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; the standard has no other than UTF-8 and cp437, and packers write what they like."""
    if member.flag_bits & _IS_UTF8 or member.orig_filename.isascii():
        return member.orig_filename
    try:
        return decode(member.orig_filename.encode("cp437")).text
    except (UnicodeEncodeError, InputError):
        return member.orig_filename
