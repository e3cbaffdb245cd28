"""Checkouts of five lines in this process, against raw sqlite3 running the same statements, disk waits off.

Three copies of one town. In the first the sales are made and every statement is written down with its values; then, in
turn so that the machine's mood falls on both, a sale is made and timed in the second, and the driver alone runs the
statements of that sale in the third, committed as ours are.
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
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine

WARM_UP, ROUNDS = 20, 300
Statement = tuple[str, Any, bool]


def measure() -> Iterator[str]:
    """The ratio of medians."""
    with tempfile.TemporaryDirectory() as folder:
        timed_town, written_down, raw_town = (Path(folder) / f"{name}.db" for name in ("timed", "written", "raw"))
        sample(timed_town, sync=False).dispose()
        for copy in (written_down, raw_town):
            copyfile(timed_town, copy)
        sales = recorded(written_down)
        ours, raw = in_turn(timed_town, raw_town, sales)
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


def sell(engine: Engine, number: int) -> None:
    """One checkout of five lines for one household after another."""
    goods = codes(300)
    wanted = tuple(Wanted(goods[(number * 5 + line) % 300], 1 + line % 2) for line in range(5))
    basket = Basket(booklet=booklets(300)[number % 300], wanted=wanted, key=MACHINE_CLOCK.new_id().hex())
    with transaction(engine, NOON) as tx:
        assert isinstance(redeem(tx, basket, Authority(ADMIN, DAY)), Redemption)


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


def in_turn(ours: Path, raw: Path, sales: list[list[Statement]]) -> tuple[list[float], list[float]]:
    """Seconds of each sale through the program and through the driver alone, after some that warm up."""
    engine = opened(ours)
    connection = sqlite_module().connect(raw, isolation_level=None)
    for setting in ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON", "synchronous=OFF"):
        connection.execute(f"PRAGMA {setting}")
    times: list[tuple[float, float]] = []
    for number, statements in enumerate(sales):
        start = time.perf_counter()
        sell(engine, number)
        sold = time.perf_counter()
        replay(connection, statements)
        times.append((sold - start, time.perf_counter() - sold))
    connection.close()
    engine.dispose()
    return [a for a, _ in times[WARM_UP:]], [b for _, b in times[WARM_UP:]]


def replay(connection: Any, statements: list[Statement]) -> None:
    """One sale's statements through the driver alone."""
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    for statement, values, many in statements:
        if many:
            cursor.executemany(statement, values)
        else:
            cursor.execute(statement, values).fetchall()
    cursor.execute("COMMIT")
