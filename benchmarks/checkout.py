"""Checkouts of five lines in this process, against raw sqlite3 running the same statements, disk waits off.

Three copies of one town: the first is sold in and timed; in the second the same sales are made and every statement
is written down with its values; in the third the driver alone runs those statements, each sale committed as ours are.
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
from lizhi_pos.driver import open_engine, sqlite_module

WARM_UP, ROUNDS = 20, 300
Statement = tuple[str, Any, bool]


def measure() -> Iterator[str]:
    """The ratio of medians."""
    with tempfile.TemporaryDirectory() as folder:
        timed_town, written_down, raw_town = (Path(folder) / f"{name}.db" for name in ("timed", "written", "raw"))
        sample(timed_town, sync=False).dispose()
        for copy in (written_down, raw_town):
            copyfile(timed_town, copy)
        ours = sold(timed_town)
        sales = recorded(written_down)
        raw = replayed(raw_town, sales)
    ratio = median(ours) / median(raw)
    yield (
        f"checkout of five lines, {len(sales[-1])} statements, sync off, 300 products, 300 households: "
        f"{median(ours) * 1000:.2f} ms, raw sqlite3 {median(raw) * 1000:.2f} ms, ratio {ratio:.1f} (bound 4)"
    )


def opened(path: Path) -> Engine:
    """The program's own engine, with disk waits off."""
    engine = open_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def unsafe(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return engine


def sold(path: Path) -> list[float]:
    """Seconds of each sale, after some that warm up."""
    engine = opened(path)
    times = []
    for number in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        sell(engine, number)
        times.append(time.perf_counter() - start)
    engine.dispose()
    return times[WARM_UP:]


def sell(engine: Engine, number: int) -> None:
    """One checkout of five lines for one household after another."""
    goods = codes(300)
    wanted = tuple(Wanted(goods[(number * 5 + line) % 300], 1 + line % 2) for line in range(5))
    basket = Basket(booklet=booklets(300)[number % 300], wanted=wanted, key=new_id().hex())
    with transaction(engine, NOON) as session:
        assert isinstance(redeem(session, basket, DAY, ADMIN), Redemption)


def recorded(path: Path) -> list[list[Statement]]:
    """The statements of each sale, with their values."""
    engine = opened(path)
    sales: list[list[Statement]] = []

    def remember(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("BEGIN"):
            sales[-1].append((statement, values, many))

    event.listen(engine, "before_cursor_execute", remember)
    for number in range(WARM_UP + ROUNDS):
        sales.append([])
        sell(engine, number)
    engine.dispose()
    return sales


def replayed(path: Path, sales: list[list[Statement]]) -> list[float]:
    """Seconds of each sale through the driver alone."""
    connection = sqlite_module().connect(path, isolation_level=None)
    for setting in ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON", "synchronous=OFF"):
        connection.execute(f"PRAGMA {setting}")
    times = []
    for statements in sales:
        start = time.perf_counter()
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for statement, values, many in statements:
            if many:
                cursor.executemany(statement, values)
            else:
                cursor.execute(statement, values).fetchall()
        cursor.execute("COMMIT")
        times.append(time.perf_counter() - start)
    connection.close()
    return times[WARM_UP:]
