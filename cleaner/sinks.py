"""What goes out: where a document's files are, and writing them so that none is ever half there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile


@dataclass(frozen=True, slots=True)
class Output:
    """The folder of a run, and where in it everything lies."""

    folder: Path

    def text(self, name: str) -> Path:
        """The clean text of the input `name`."""
        return self.folder / "text" / f"{stem_of(name)}.txt"

    def report(self, name: str, suffix: str) -> Path:
        """The report on the input `name`; `suffix` is json or html."""
        return self.folder / "reports" / f"{stem_of(name)}.{suffix}"

    def summary(self) -> Path:
        """The account of the whole run."""
        return self.folder / "summary.json"

    def index(self) -> Path:
        """The page that leads to all reports."""
        return self.folder / "index.html"


def stem_of(name: str) -> str:
    """The name of an input's outputs: its own without `.txt`, so that a.txt and a.html stay apart.

    >>> stem_of("news/a.txt"), stem_of("news/a.html")
    ('news/a', 'news/a.html')
    """
    return name.removesuffix(".txt")


def write(path: Path, content: str | bytes) -> None:
    """Write the file under a passing name and rename it when complete; folders are made as needed."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        try:
            part.write(data)
            part.close()
            os.chmod(part.name, 0o666 & ~_umask())
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
