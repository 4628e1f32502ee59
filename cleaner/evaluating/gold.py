"""The right clean texts, by the names of documents. Next: `bare`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.finished import Told
from cleaner.shelf import Parts, Shelf
from cleaner.sinks import Output
from cleaner.sources import Columns, Record, Unread, find_sources, records

_GUESSED: Final = Columns()
_NAMED: Final = 3  # names in an error


@dataclass
class Gold:
    """Right texts that lie ready: `texts` of them, `unread` couldn't be, of which `reason` says why the first.

    `place` is where they are from. Some of the names they have are `names`, and some that were looked for and not found
    are `sought`.
    """

    texts: int = 0
    used: int = 0
    unread: int = 0
    reason: str = ""
    place: str = ""
    names: list[str] = field(default_factory=list)
    sought: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._shelf = Shelf(1)
        self._takers = Shelf(2)  # by the id that a text was found by: the container and the name of the document

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shelf.__exit__(kind, error, trace)
        self._takers.__exit__(kind, error, trace)

    @classmethod
    def at(cls, given: str, output: Output, columns: Columns = _GUESSED) -> Self:
        """The texts of a folder, by their names below it, or those of a container, by their ids and its name.

        Raises `InputError` if there are none; what else cannot be read is counted.
        """
        gold = cls(place=given)
        for source in find_sources([Path(given) if "://" not in given else given], leave_out=output.folder):
            for item in records(source, columns):
                gold._add(item)
        if not gold.texts:
            told = f" ({gold.reason})" if gold.reason else ""
            raise InputError(
                f"{given}: no right texts{told}; give a folder of them, named as those in {output.folder}/text or as "
                "the inputs, or a container with ids that are the names or ids of documents"
            )
        return gold

    def _add(self, item: object) -> None:
        try:
            if isinstance(item, Record):
                content = item.content
                text = content if isinstance(content, str) else decode(content, declared=item.declared).text
                data = text.encode("utf-8", "surrogatepass")
                placed = [self._shelf.put(name, data) for name in {item.name, item.id} if name]
                self.texts += any(placed)
                _keep(self.names, item.id or item.name)
            elif isinstance(item, Unread):
                self._miss(item.name, item.reason)
        except InputError as error:
            self._miss(getattr(item, "name", ""), str(error))

    def _miss(self, name: str, reason: str) -> None:
        self.unread += 1
        self.reason = self.reason or f"{name}: {reason}"

    def text_for(self, told: Told, output: Output) -> str | None:
        """The right text of a document: by its name, by that of its clean text, or by its id in its container.

        Of records of one container that share an id the first one has it. Raises `InputError` if records of two
        containers do, for either could be meant.
        """
        found, other = self._shelf.get(told.name), str(told.facts.get("id", ""))
        if not told.container:
            other = str(output.text(told.name)).removeprefix(f"{output.folder / 'text'}/")
        if found is None:
            found = self._by_id(told, other) if told.container else self._shelf.get(other)
        if found is None:
            _keep(self.sought, " or ".join(dict.fromkeys(filter(None, (told.name, other)))))
            return None
        self.used += 1
        return found[0].decode("utf-8", "surrogatepass")

    def unmet(self, documents: int, output: Output) -> InputError:
        """The error that says that no right text is of any of so many documents of a run."""
        return InputError(
            f"{self.place}: of {self.texts:,} right texts none is of one of the {documents:,} documents in "
            f"{output.folder}; there were looked for {_some(self.sought)}, and the right texts are called "
            f"{_some(self.names)}; give them the names of documents, of their clean texts, or, in a container, ids"
        )

    def _by_id(self, told: Told, record: str) -> Parts | None:
        found = self._shelf.get(record) if record else None
        taker = tuple(part.encode("utf-8", "surrogatepass") for part in (told.container, told.name))
        if found is None or self._takers.put(record, *taker):
            return found
        container, name = self._takers.get(record) or taker
        if container != taker[0]:
            raise InputError(
                f"the right text of id {record!r} may be that of {name.decode('utf-8', 'surrogatepass')} or of "
                f"{told.name}; give right texts ids that are such names"
            )
        return None


def _keep(names: list[str], name: str) -> None:
    if len(names) <= _NAMED:
        names.append(name)


def _some(names: list[str]) -> str:
    return ", ".join([*names[:_NAMED], *("…" for _ in names[_NAMED:])])
