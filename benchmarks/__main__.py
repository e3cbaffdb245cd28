"""`make bench`: speed as ratios measured in one run, on data it makes itself. Nothing here passes or fails."""

import platform
import sys

from benchmarks import checkout, goods, growth, months, postgres, starting, till, villages, workbook


def main() -> None:
    """Runs every benchmark and prints its ratio with the bound the project holds itself to."""
    print(f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}, {sys.platform}")
    for part in (checkout, postgres, workbook, starting, till, goods, growth, villages, months):
        for line in part.measure():
            print(line, flush=True)


main()
