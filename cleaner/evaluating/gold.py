"""The right clean texts, by the names of documents. Next: `bare`."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass
class Gold:
    """Right texts that lie ready: `texts` of them, `unread` couldn't be, of which `reason` says why the first."""

    texts: int = 0
    used: int = 0
    unread: int = 0
    reason: str = ""

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
        gold = cls()
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
        found = self._shelf.get(told.name)
        if found is None and told.container:
            found = self._by_id(told, str(told.facts.get("id", "")))
        elif found is None:
            found = self._shelf.get(str(output.text(told.name)).removeprefix(f"{output.folder / 'text'}/"))
        if found is None:
            return None
        self.used += 1
        return found[0].decode("utf-8", "surrogatepass")

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
