"""One checkout of five lines in this process, against raw sqlite3 running the same statements, disk waits off.

The statements are recorded from one real checkout and replayed with their own values on a copy of the database, so
that both sides do the same work in the database; what the ratio shows is what Python costs on top of it.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.town import ADMIN, DAY, NOON, booklets, codes, sample
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.db import new_id, transaction
from lizhi_pos.driver import sqlite_module

ROUNDS = 300
Statement = tuple[str, Any, bool]


def measure() -> Iterator[str]:
    """The ratio of medians."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.db"
        engine = sample(path, sync=False)
        for number in range(20):
            sell(engine, number)
        engine.dispose()
        copyfile(path, Path(folder) / "raw.db")
        engine = sample_again(path)
        sell(engine, 20)
        statements = recorded(engine, 21)
        ours = [timed(lambda n=number: sell(engine, 22 + n)) for number in range(ROUNDS)]
        raw = replayed(Path(folder) / "raw.db", statements)
    ratio = median(ours) / median(raw)
    yield (
        f"checkout of five lines, {len(statements)} statements, sync off, 300 products, 300 households: "
        f"{median(ours) * 1000:.2f} ms, raw sqlite3 {median(raw) * 1000:.2f} ms, ratio {ratio:.1f} (bound 4)"
    )


def sample_again(path: Path) -> Engine:
    """The same file, opened anew with disk waits off."""
    from lizhi_pos.driver import open_engine

    engine = open_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def unsafe(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return engine


def sell(engine: Engine, number: int) -> None:
    """One checkout of five lines for one household after another."""
    goods = codes(300)
    wanted = tuple(Wanted(goods[(number * 5 + line) % 300], 1 + line % 2) for line in range(5))
    basket = Basket(booklet=booklets(300)[number % 300], wanted=wanted, key=new_id().hex())
    with transaction(engine, NOON) as session:
        assert isinstance(redeem(session, basket, DAY, ADMIN), Redemption)


def timed(work: Any) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def recorded(engine: Engine, number: int) -> list[Statement]:
    """The statements of one checkout, with their values."""
    found: list[Statement] = []

    def remember(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        found.append((statement, values, many))

    event.listen(engine, "before_cursor_execute", remember)
    sell(engine, number)
    event.remove(engine, "before_cursor_execute", remember)
    return [s for s in found if not s[0].startswith("BEGIN")]


def replayed(path: Path, statements: list[Statement]) -> list[float]:
    """The same statements through the driver alone, undone after each round."""
    connection = sqlite_module().connect(path, isolation_level=None)
    for setting in ("foreign_keys=ON", "recursive_triggers=ON", "synchronous=OFF"):
        connection.execute(f"PRAGMA {setting}")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for statement, values, many in statements:
            if many:
                cursor.executemany(statement, values)
            else:
                cursor.execute(statement, values).fetchall()
        times.append(time.perf_counter() - start)
        cursor.execute("ROLLBACK")
    connection.close()
    return times
