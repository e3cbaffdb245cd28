"""Power cuts at random points of what the program really writes: whole, and everything acknowledged is there."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from month import Act, played, put_back
from power_cuts import Disk, Step, steps_in
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.test_undelivered import BY, DAY, SALT
from lizhi_pos.db import reading
from lizhi_pos.engines import open_engine
from lizhi_pos.settlement.verification import verify
from soak_figures import Count

BUDGET_S = 45
SALES = 16

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

SELLS = """
import os, sys
from lizhi_pos.cli.main import main
from lizhi_pos.engines import open_engine
by, day, salt, sales, acks = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
said = os.open(acks, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
keep = None
for number in range(sales):
    if number == sales // 2:
        # from here on as at a till, which has the books open all the time: nothing is brought in from the log
        keep = open_engine("sqlite:///" + os.environ["LIZHI_DB"]).connect()
        keep.exec_driver_sql("SELECT 1 FROM town")
        keep.rollback()
    words = ["redeem", "TQ0001", salt, "--on", day, "--key", f"k{number}", "--approver", by]
    assert main(["--json", *words]) == 0
    os.write(said, f"{number}\\n".encode())
"""


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that notes what is written."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler here")
    library = tmp_path_factory.mktemp("tracer") / "traced_writes.so"
    source = Path(__file__).with_name("traced_writes.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Act, Path]:
    """The month before its first redemption, in its folder."""
    folder = tmp_path_factory.mktemp("month")
    for act in played(folder, tmp_path_factory.mktemp("kept")):
        if act.name == "redemption":
            put_back(act, folder)
            return act, folder
    raise LookupError


@pytest.fixture(scope="module")
def written(tracer: Path, before: tuple[Act, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """Everything that sixteen sales wrote, in order."""
    act, folder = before
    log = tmp_path_factory.mktemp("log") / "trace"
    traced = {"LD_PRELOAD": str(tracer), "TRACE_DIR": str(folder), "TRACE_LOG": str(log)}
    words = [sys.executable, "-c", SELLS, BY[1], DAY, SALT, str(SALES), str(folder / "acks")]
    subprocess.run(words, check=True, env={**os.environ, **act.who, **traced}, stdout=subprocess.DEVNULL, timeout=120)
    put_back(act, folder)
    steps = list(steps_in(log.read_bytes()))
    names = {step.name for step in steps if step.what == "S"}
    assert {"town.db", "town.db-wal"} <= names, "the library saw nothing of the database"
    return steps


def acknowledged(steps: list[Step]) -> int:
    return sum(step.name == "acks" and step.what == "W" for step in steps)


def redemptions(folder: Path) -> int | None:
    """How many redemptions the books have after a power cut; None where they are not whole."""
    engine = open_engine(f"sqlite:///{folder / 'town.db'}")
    try:
        with reading(engine) as tx:
            if not verify(tx).ok:
                return None
            return int(tx.connection.execute(text("SELECT count(*) FROM redemption")).scalar_one())
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def cuts(
    written: list[Step], folder: Path, left: Path, seconds: float, *, lies: bool = False
) -> list[tuple[int, int | None]]:
    """What was acknowledged and what was found at random points, until the seconds are used up."""
    chance, until, found = random.Random(7), time.monotonic() + seconds, []
    while time.monotonic() < until:
        at = chance.randrange(len(written))
        disk = Disk(folder, lies=lies)
        for step in written[:at]:
            disk.take(step)
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        disk.cut(left, chance)
        found.append((acknowledged(written[:at]), redemptions(left)))
    return found


def test_what_was_acknowledged_outlives_a_power_cut(
    written: list[Step], before: tuple[Act, Path], tmp_path: Path, count: Count
) -> None:
    found = cuts(written, before[1], tmp_path / "left", BUDGET_S)
    for said, there in found:
        count(
            "power cut, SQLite as it is set up",
            tried=1,
            acknowledged=said,
            lost=said if there is None else max(0, said - there),
            not_whole=there is None,
        )
    assert all(there is not None and said <= there <= said + 1 for said, there in found), found
    assert max(said for said, _ in found) > SALES // 2


def test_a_disk_that_lies_loses_something(written: list[Step], before: tuple[Act, Path], tmp_path: Path) -> None:
    """So the test before can fail."""
    found = cuts(written, before[1], tmp_path / "left", 8, lies=True)
    assert any(there is None or there < said for said, there in found)
