r"""Cleans scraped Chinese text and says of every change which rule made it and why.

>>> import cleaner
>>> document = cleaner.clean("市图书馆今天重新开放，许多读者一早就在门口等候。\n分享让更多人看到\n")
>>> document.text
'市图书馆今天重新开放，许多读者一早就在门口等候。\n'
>>> [edit.old for edit in document.edits]
['分享让更多人看到\n']
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from cleaner import loaded as loaded

if TYPE_CHECKING:
    from cleaner.document import Document, Edit
    from cleaner.errors import CleanerError
    from cleaner.pipeline import Cleaner, clean

__version__ = "0.1.0"

__all__ = ["Cleaner", "CleanerError", "Document", "Edit", "__version__", "clean"]

_PLACES: Final = {
    "Cleaner": "cleaner.pipeline",
    "CleanerError": "cleaner.errors",
    "Document": "cleaner.document",
    "Edit": "cleaner.document",
    "clean": "cleaner.pipeline",
}

if not TYPE_CHECKING:  # for which every name would be there then

    def __getattr__(name: str) -> Any:
        """A public name or a room, loaded when it is first asked for: `cleaner --help` need not wait for all."""
        if name in _PLACES:
            found = globals()[name] = getattr(import_module(_PLACES[name]), name)
            return found
        if not name.startswith("_") and find_spec(f"{__name__}.{name}"):
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
