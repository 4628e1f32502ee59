"""Stores for tests: a folder on this disk, as a server would offer it, with what servers do to those that write."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem


class Shelf(LocalFileSystem):  # type: ignore[misc]
    """A server of files; one on which no more than `room` files find room, if that is told."""

    protocol = "shelf"
    room: ClassVar[int | None] = None

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).removeprefix("shelf://").rstrip("/")

    def unstrip_protocol(self, name: str) -> str:
        return f"shelf://{self._strip_protocol(name)}"

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        if self.take():
            super().pipe_file(path, value, mode, **kwargs)
            return
        super().pipe_file(path, value[: len(value) // 2], mode, **kwargs)
        raise FullError("507", "Insufficient Storage")

    def put_file(self, path1: str, path2: str, callback: Any = None, **kwargs: Any) -> None:
        if not self.take():
            raise FullError("507", "Insufficient Storage")
        super().put_file(path1, path2, callback, **kwargs)

    @classmethod
    def take(cls) -> bool:
        """Whether there is room for one more."""
        if cls.room is not None:
            cls.room -= 1
        return cls.room is None or cls.room >= 0


class Copying(Shelf):
    """A server that cannot rename, nor write a file unless it is there."""

    protocol = "copying"
    mv = AbstractFileSystem.mv

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).removeprefix("copying://").rstrip("/")

    def unstrip_protocol(self, name: str) -> str:
        return f"copying://{self._strip_protocol(name)}"

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **kwargs: Any) -> Any:
        if "x" in mode:
            raise NotImplementedError
        return super()._open(path, mode, block_size, **kwargs)


class FullError(Exception):
    """An error such as packages have of their own: it cannot even travel to another process."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(f"{code} {told} at shelf://name:secret@there/")


STORES: Final = (Shelf, Copying)
for store in STORES:
    fsspec.register_implementation(store.protocol, store, clobber=True)
