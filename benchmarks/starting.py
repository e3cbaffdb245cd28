"""`lizhi-pos --help` against bare Python."""

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

ROUNDS = 15


def measure() -> Iterator[str]:
    """The ratio of medians, taken in turn so that the machine's mood falls on both."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(seconds([sys.executable, "-c", "pass"]))
        ours.append(seconds([sys.executable, "-m", "lizhi_pos", "--help"]))
    ratio = median(ours) / median(bare)
    yield f"--help: {median(ours) * 1000:.0f} ms, bare Python {median(bare) * 1000:.0f} ms, ratio {ratio:.1f} (bound 5)"


def seconds(command: list[str]) -> float:
    """How long a command takes as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
