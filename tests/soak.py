"""Kills a run, at random moments, again and again, and looks whether the next one goes on as if nothing had been.

The long form of `tests/test_resume.py`, by the command line and a pool of processes: at least `KILLS` kills of a run
over `FILES` files, and of one over a large parquet file. After each kill the run is started again, and from time to
time it is left to its end, compared with one that nobody disturbed, and begun anew. Run by `make soak`, with a seed to
repeat one: python -m tests.soak SEED.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.killing import killed_command, outputs, parts, seconds
from tests.test_resume import pages, table

KILLS = 50
KILLS_A_RUN = 10  # until it is left to its end
FILES, ROWS = 2_000, 20_000


def command(given: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "cleaner", "clean", str(given), "-o", str(out), "--max-seconds-per-file", "60"]


def finish(given: Path, out: Path) -> None:
    """Let a run come to its end; 1 says that some input failed, as one does."""
    done = subprocess.run(command(given, out), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not (out / "summary.json").exists():
        sys.exit(f"{given.name}: a run failed: {done.stderr}")


def soak(given: Path, folder: Path, random_: random.Random) -> None:
    whole = folder / f"{given.name} whole"
    time_taken = seconds(partial(finish, given, whole))
    undisturbed, out = outputs(whole), folder / f"{given.name} killed"
    killed = redone = 0
    while killed < KILLS:
        shutil.rmtree(out, ignore_errors=True)
        kept: dict[str, tuple[int, int]] = {}
        for _ in range(KILLS_A_RUN):
            killed += killed_command(command(given, out), random_.uniform(0, time_taken))
            now = parts(out)
            redone += len(kept.items() - now.items())
            kept = now
        finish(given, out)
        redone += len(kept.items() - parts(out).items())
        if outputs(out) != undisturbed:
            sys.exit(f"{given.name}: other bytes after {killed} kills: {out} and {whole}")
        print(f"{given.name}: {killed} kills, {len(kept)} parts, {redone} done twice, the same bytes", flush=True)


def interrupt(given: Path, out: Path) -> float:
    """Seconds that a run takes to stop when it is interrupted in the middle of its work."""
    running = subprocess.Popen(command(given, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and len(parts(out)) < 5:
        time.sleep(0.05)
    start = time.monotonic()
    running.send_signal(signal.SIGINT)
    running.wait()
    return time.monotonic() - start


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 32)
    print(f"seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    random_ = random.Random(seed)
    inputs = (pages(folder / "files", files=FILES, sentences=80), table(folder / "rows.parquet", rows=ROWS))
    for number, given in enumerate(inputs):
        print(f"{given.name}: stops {interrupt(given, folder / f'interrupted {number}'):.1f} s after control-C")
        soak(given, folder, random_)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
