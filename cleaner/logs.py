"""What a run says while it goes on, as records of the standard library's logging, and how they are written.

Every module logs by the logger of its own name, so that programs that use the package handle its records as they like.
Times stand here alone: reports have none. Next: `metrics`, what is logged of long runs.
"""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cleaner import marks

logging.getLogger("cleaner").addHandler(logging.NullHandler())  # who doesn't ask for records sees none
METRICS: Final = "metrics"  # the event that people see, too, though it is no warning
_OUR: Final = "cleaner"
_TOLD: Final = 20  # failures of one container that people are told of, for all may fail by one wrong column


def event(name: str, /, **fields: Any) -> dict[str, Any]:
    """The `extra` of a record: what happened, in a word that programs can rely on, and with what."""
    return {"event": name, "fields": fields}


def failed(log: logging.Logger, name: str, reason: str) -> None:
    """Tell of an input, or a record of one, that cannot be used."""
    log.warning("%s: %s", name, reason, extra=event("failed", name=name, reason=reason))


class Failing:
    """Tells of records that cannot be used; of the first of a container as warnings, and then that there are more.

    `where` says what tells of all.
    """

    def __init__(self, log: logging.Logger, where: str) -> None:
        self._log, self._where = log, where
        self._told: Counter[str] = Counter()

    def tell(self, name: str, reason: str, *, container: str) -> None:
        """Tell of a record of a container, or of a file that is none if `container` is ""."""
        self._told[container] += 1
        if not container or self._told[container] <= _TOLD:
            failed(self._log, name, reason)
            return
        if self._told[container] == _TOLD + 1:
            self._log.warning("%s: more records fail; %s", container, self._where, extra=event("more", name=container))
        self._log.info("%s: %s", name, reason, extra=event("failed", name=name, reason=reason))


@contextmanager
def written(*, as_json: bool = False, file: Path | None = None, has_bar: bool = False) -> Iterator[None]:
    """Write records to stderr while the block runs, and to the end of a file if there is one.

    Stderr has the messages of warnings and errors, and of metrics unless a progress bar shows them; `as_json` writes
    all records as JSON, as they always stand in a file. Raises OSError if that cannot be opened.
    """
    handlers: list[logging.Handler] = [_Stderr(_Json() if as_json else _Plain())]
    if not as_json:
        handlers[0].addFilter(lambda record: _is_for_people(record, has_bar=has_bar))
    if file is not None:
        handlers.append(_LogFile(file))
    root, ours = logging.getLogger(), logging.getLogger(_OUR)
    level = ours.level
    ours.setLevel(logging.INFO)
    logging.captureWarnings(as_json)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
        logging.captureWarnings(False)
        ours.setLevel(level)


def _is_for_people(record: logging.LogRecord, *, has_bar: bool) -> bool:
    if record.levelno >= logging.WARNING:
        return True
    return getattr(record, "event", "") == METRICS and not has_bar


class _Plain(logging.Formatter):
    """The message on one line; what would command a terminal, or reorder what it shows, is shown as marks."""

    def format(self, record: logging.LogRecord) -> str:
        message = marks.line(record.getMessage())
        return f"{message}\n{marks.marked(self.formatException(record.exc_info))}" if record.exc_info else message


class _Json(logging.Formatter):
    """One object on a line of ASCII: time, level, logger, event, message, fields, and the traceback of a crash."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", "message"),
            "message": record.getMessage(),
            "fields": getattr(record, "fields", {}),
        }
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str)


class _Stderr(logging.Handler):
    """Writes to what stderr is at the moment, which is above the progress bar while there is one."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; that nobody reads on is no reason to stop a run."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except (OSError, ValueError):  # gone, or closed
            return


class _LogFile(logging.FileHandler):
    """Appends to a file; of one that cannot be written on it is told once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "a", encoding="utf-8")
        self.setFormatter(_Json())
        self._is_broken = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  its name in the library
        """Say that the file has an end here, though the run goes on."""
        if not self._is_broken:
            self._is_broken = True
            told = f"{self.baseFilename}: {sys.exc_info()[1]}; the run goes on without it"
            print(marks.line(told), file=sys.stderr)

    def close(self) -> None:
        """Close the file; what cannot be written even then has been told of."""
        with suppress(OSError):
            super().close()
