"""Commands as whole processes: `--help` against bare Python, others against importing SQLAlchemy alone."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from benchmarks.town import ADMIN, PIN, booklets, codes, sample

ROUNDS = 15
PYTHON = sys.executable
OURS = (PYTHON, "-m", "lizhi_pos", "--json")


def measure() -> Iterator[str]:
    """The ratios of medians, taken in turn so that the machine's mood falls on all."""
    bare, help_ = in_turn([(PYTHON, "-c", "pass")] * ROUNDS, [(PYTHON, "-m", "lizhi_pos", "--help")] * ROUNDS)
    yield f"--help: {help_ * 1000:.0f} ms, bare Python {bare * 1000:.0f} ms, ratio {help_ / bare:.1f} (bound 5)"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        sample(path, products=20, households=20, day=datetime.now(ZoneInfo("Asia/Shanghai")).date(), now=None).dispose()
        who = {**os.environ, "LIZHI_DB": str(path), "LIZHI_OPERATOR": ADMIN.name, "LIZHI_PIN": PIN}
        booklet, code = booklets(1)[0], codes(1)[0]
        library = [(PYTHON, "-c", "import sqlalchemy")] * ROUNDS
        shows = [(*OURS, "household", "show", booklet)] * ROUNDS
        redeems = [(*OURS, "redeem", booklet, code, "--key", f"bench-{n}") for n in range(ROUNDS)]
        alone, show, redeem = in_turn(library, shows, redeems, surroundings=who)
    for name, took in (("household show", show), ("redeem", redeem)):
        ratio = took / alone
        yield f"{name}: {took * 1000:.0f} ms, import sqlalchemy {alone * 1000:.0f} ms, ratio {ratio:.2f} (bound 1.4)"


def in_turn(*series: Sequence[tuple[str, ...]], surroundings: Mapping[str, str] | None = None) -> list[float]:
    """The median time of each series of commands, one command of each after the other."""
    taken: list[list[float]] = [[] for _ in series]
    for commands in zip(*series, strict=True):
        for took, command in zip(taken, commands, strict=True):
            took.append(seconds(command, surroundings))
    return [median(took) for took in taken]


def seconds(command: tuple[str, ...], surroundings: Mapping[str, str] | None = None) -> float:
    """How long a command takes as a whole process."""
    # as on everybody's machine, modules are compiled once and kept
    kept = {k: v for k, v in (surroundings or os.environ).items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=kept)
    return time.perf_counter() - start


if __name__ == "__main__":
    for line in measure():
        print(line)
