"""五 “不能兑现金” in the types: nothing turns points into yuan, and the type checker refuses who tries."""

import subprocess
import sys
from pathlib import Path

ATTEMPT = """
from lizhi_pos.money import Points, Yuan, points_for

price = Yuan(250)
points: Points = points_for(price)
cash: Yuan = points
more: Points = price
"""


def test_the_type_checker_keeps_points_and_yuan_apart(tmp_path: Path) -> None:
    attempt = tmp_path / "attempt.py"
    attempt.write_text(ATTEMPT, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(attempt)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    wrong = [line for line in done.stdout.splitlines() if "error" in line and "attempt.py" in line]
    assert [line.split(":")[1] for line in wrong] == ["6", "7"], done.stdout
