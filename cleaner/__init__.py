r"""Cleans scraped Chinese text and says of every change which rule made it and why.

>>> import cleaner
>>> document = cleaner.clean("市图书馆今天重新开放，许多读者一早就在门口等候。\n分享让更多人看到\n")
>>> document.text
'市图书馆今天重新开放，许多读者一早就在门口等候。\n'
>>> [edit.old for edit in document.edits]
['分享让更多人看到\n']
"""

from cleaner.document import Document, Edit
from cleaner.errors import CleanerError
from cleaner.pipeline import Cleaner, clean

__version__ = "0.1.0"

__all__ = ["Cleaner", "CleanerError", "Document", "Edit", "__version__", "clean"]
