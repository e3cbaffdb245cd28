"""A month of 50 villages, 10,000 households and 100,000 lines of points: its checks, its closing and its papers."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import Engine, Select
from sqlalchemy.dialects import sqlite

from benchmarks import years
from benchmarks.villages import CLERK, FIRST, VILLAGES, found
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts import queries
from lizhi_pos.db import reading, transaction
from lizhi_pos.documents.month import Options
from lizhi_pos.journal.models import POINTS_ENTRIES
from lizhi_pos.office.month_files import MonthFiles, closed_month
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement import statement
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.closing_checks import check_closing
from lizhi_pos.settlement.statement import compute_statement

PEOPLE, ACTS = 200, 2000
"""Households and acts of a village: with its base points about 100,000 lines in the town's month."""
ROUNDS = 5
CLOSED_ON = FIRST.next().first_day


def measure() -> Iterator[str]:
    """The table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "month.db"
        found(path, PEOPLE, ACTS)
        engine = years.engine_of(path)
        with sqlite3.connect(path) as connection:
            (lines,) = connection.execute("SELECT count(*) FROM posting").fetchone()
        yield f"a month of {VILLAGES} villages, {VILLAGES * PEOPLE:,} households, {lines:,} lines of points"
        yield from _figures(engine, path)
        yield f"{'every check of closing it':36} {_once(lambda: _checked(engine)) * 1000:8.0f} ms"
        yield f"{'closing it, its checks among it':36} {_once(lambda: _closed(engine)) * 1000:8.0f} ms"
        with transaction(engine, years.noon(CLOSED_ON)) as tx:
            unwrap(close_month(tx, FIRST, Authority(CLERK, CLOSED_ON)))
        engine.dispose()
        with get_context("spawn").Pool(1) as pool:
            seconds, files, memory = pool.apply(_papers, (str(path),))
        name = f"its {files} papers and workbooks (30 s)"
        yield f"{name:36} {seconds:8.0f} s   {memory:.0f} MB of memory (bound 500)"


def _papers(path: str) -> tuple[float, int, float]:
    """Make every paper of the month in a process of its own: seconds, files, the most memory in MB."""
    engine = years.engine_of(Path(path))
    start = time.perf_counter()
    with reading(engine, years.noon(CLOSED_ON)) as tx:
        closed = unwrap(closed_month(tx, FIRST))
    files = sum(bool(content) for _name, content in MonthFiles(closed, Options()))
    seconds = time.perf_counter() - start
    engine.dispose()
    return seconds, files, getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _figures(engine: Engine, path: Path) -> Iterator[str]:
    """The statement's figures beside the same SQL by hand, in turns."""
    ours: list[float] = []
    by_hand: list[float] = []
    for _ in range(ROUNDS):
        ours.append(_once(lambda: _worked_out(engine)))
        by_hand.append(_once(lambda: _by_hand(path)))
    one, other = median(ours) * 1000, median(by_hand) * 1000
    yield f"{'its figures worked out':36} {one:8.0f} ms  {one / other:.2f}× the same SQL by hand (bound 1.4)"


def _worked_out(engine: Engine) -> None:
    with reading(engine, years.noon(CLOSED_ON)) as tx:
        found_ = compute_statement(tx, FIRST)
        assert sum(len(village.households) for village in found_.villages) == VILLAGES * PEOPLE


def _by_hand(path: Path) -> None:
    """Ask the same of the file without the program, and sum it up by household and village."""
    with sqlite3.connect(path) as connection:
        (town,) = connection.execute("SELECT town_id FROM town").fetchone()
        last = FIRST.last_day.isoformat()
        values = {"town": town, "first": FIRST.first_day.isoformat(), "last": last, "day": last}

        def rows(asked: Asked) -> list[Any]:
            return connection.execute(asked.text, {**asked.given, **values}).fetchall()

        sums: dict[bytes, dict[str, int]] = {}
        for key, kind, amount in rows(_MOVED):
            sums.setdefault(key, {})[kind] = amount
        receipts = rows(_RECEIPTS)
        rows(_CONTRIBUTED)
        people = {row[0]: row for register in (_REGISTER, _FORMER) for row in rows(register)}
        told: dict[bytes, list[tuple[Any, ...]]] = {}
        for row in people.values():
            own = sums.get(row[_HOUSEHOLD], {})
            line = (row, *(own.get(kind, 0) for kind in POINTS_ENTRIES), sum(own.values()))
            told.setdefault(row[_VILLAGE], []).append(line)
        assert sum(line[-1] != 0 for lines in told.values() for line in lines) == VILLAGES * PEOPLE
        assert receipts == []


class Asked(NamedTuple):
    """A statement of the program as somebody would type it, with the values that are part of it."""

    text: str
    given: Mapping[str, Any]


def _typed(asked: Select[Any]) -> Asked:
    compiled = asked.compile(dialect=sqlite.dialect(paramstyle="named"))
    return Asked(str(compiled), {name: value for name, value in compiled.params.items() if value is not None})


_MOVED, _RECEIPTS, _CONTRIBUTED = map(_typed, (statement._MOVED, statement._RECEIPTS, statement._CONTRIBUTED))
_REGISTER, _FORMER = map(_typed, (queries._REGISTER, queries._FORMER))
_HOUSEHOLD, _VILLAGE = (
    queries._REGISTER.selected_columns.keys().index(name) for name in ("household_id", "village_id")
)


def _checked(engine: Engine) -> None:
    with reading(engine, years.noon(CLOSED_ON)) as tx:
        assert not check_closing(tx, FIRST, CLOSED_ON).blocking


def _closed(engine: Engine) -> None:
    with suppress(_Undone), transaction(engine, years.noon(CLOSED_ON)) as tx:
        unwrap(close_month(tx, FIRST, Authority(CLERK, CLOSED_ON)))
        tx.settle()
        raise _Undone


def _once(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


class _Undone(Exception):
    """So that the month can be closed again."""
