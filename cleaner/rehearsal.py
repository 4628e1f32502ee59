"""Makes a process ready for cleaning by importing it: that from which the workers of a pool are copied. Next: `run`.

Rules, tables and templates are then there at once for each worker, also for one that takes another's place.
"""

from __future__ import annotations

import gc
import signal
from contextlib import suppress
from typing import Final

if hasattr(signal, "pthread_sigmask") and signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
    # Who began this process held interrupts back from it; from here on one ends it at once, and without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

from cleaner import language, report
from cleaner.cleaning import result_of
from cleaner.document import Document
from cleaner.minhash import sketch
from cleaner.pipeline import Cleaner
from cleaner.sources import Record

_LINE: Final = "今天的会议讨论了明年的工作，与会者都发了言。"
_PAGE: Final = f"<p>{_LINE}</p><p>分享让更多人看到</p>"


def rehearse() -> None:
    """Clean a page, sketch it and report on it, ask the language model all that it tells, and keep nothing."""
    document = result_of(Record("page.html", 1, "", _PAGE, is_page=True), Cleaner())
    assert isinstance(document, Document)
    report.to_json(report.facts(document))
    report.document_page(document)
    sketch([document.text])
    language.load().scores(_LINE)
    language.load().word_score(_LINE)


with suppress(Exception):  # the cleaner that a run is given fails likewise, and where it is heard
    rehearse()
gc.freeze()  # what is there stays, and need not be looked through, nor copied for that
