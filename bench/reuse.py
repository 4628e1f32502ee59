"""What a second run into a folder costs if a rule was added since, beside a first run and one after no change at all.

The rule matches one text in a hundred, and what comes out must be what a first run by the same rules gives. Process
time of whole runs, reports and all; what cleaning takes, and what is done instead of it, is what they take beyond the
run after no change.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from time import process_time
from unittest.mock import patch

from bench.engines import MEGABYTES, corpus
from cleaner import parts
from cleaner.cleaning import result_of
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from tests.killing import outputs
from tests.samples import rule, rule_file

EVERY = 100  # texts, of which one holds what the rule finds
LINE = "打开应用看全文"


def write_inputs(folder: Path) -> tuple[dict[str, Path], int]:
    """The texts as files of a folder, and as one container; how many there are."""
    files, lines = folder / "files", folder / "rows.jsonl"
    files.mkdir()
    found = [f"{text}\n{LINE}\n" if number % EVERY == 0 else text for number, text in enumerate(corpus(MEGABYTES))]
    with lines.open("w", encoding="utf-8") as container:
        for number, text in enumerate(found):
            (files / f"{number:06}.txt").write_text(text, "utf-8")
            container.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
    return {"files": files, "one container": lines}, len(found)


def taken(given: Path, out: Path, cleaner: Cleaner) -> tuple[float, int]:
    """Seconds of process time that a run takes, and how many records it cleans."""
    with patch.object(parts, "result_of", wraps=result_of) as cleaned:
        start = process_time()
        clean_files([given], out, cleaner)
        return process_time() - start, cleaned.call_count


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cleaner, other = Cleaner(), Cleaner(rule_files=[rule_file(folder, rule())])
        inputs, texts = write_inputs(folder)
        for kind, given in inputs.items():
            out, fresh = folder / f"{kind} out", folder / f"{kind} fresh"
            first, _ = taken(given, out, cleaner)
            again, _ = taken(given, out, cleaner)
            second, cleaned = taken(given, out, other)
            taken(given, fresh, other)
            same = "the same bytes" if outputs(out) == outputs(fresh) else "OTHER BYTES"
            print(
                f"{kind} ({MEGABYTES} MB): first run {first:.1f} s, nothing new {again / first:.0%} of it, a rule more "
                f"{second / first:.0%}: {cleaned} of {texts} texts cleaned ({cleaned / texts:.1%}), "
                f"{(second - again) / (first - again):.0%} of what cleaning all takes; {same}"
            )


if __name__ == "__main__":
    main()
