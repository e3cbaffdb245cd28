"""Goods: a scan at receiving and at a stocktake to its painted line, the shelf from Enter to its rows, a gift's way.

3,000 products and 9,000 lots in a SQLite file; beside the screens stands what a scan at the till takes in the same
program. The way of a gift leads through 100,000 lines of redemptions; beside it stands what reading them takes.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from shutil import copyfile
from statistics import median

from sqlalchemy import Engine, text

from benchmarks import growth, years
from benchmarks.terminal import Terminal
from benchmarks.till import PAUSE, basket, painted, till
from benchmarks.town import ADMIN, codes, sample
from lizhi_pos.checkout.papers import shelf_label
from lizhi_pos.db import Transaction, reading
from lizhi_pos.documents.shelf_labels import label_sheet
from lizhi_pos.engines import open_engine
from lizhi_pos.ids import Id
from lizhi_pos.inventory.labels import due_labels
from lizhi_pos.reports.lots import fates
from lizhi_pos.reports.trace import Trace, trace
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE

PRODUCTS, LOTS_OF_EACH, HOUSEHOLDS = 3000, 3, 50
SALES, SCANS, KNOWN, OPENED, TRACED = 8, 40, 10, 9, 9
LINES, MONTHS = 100_000, 13
DIALOG = 0.6
"""Seconds for a dialog to come or go."""


def measure() -> Iterator[str]:
    """Every figure with its bound."""
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder) / "town.db"
        start = time.perf_counter()
        engine = sample(town, PRODUCTS, HOUSEHOLDS, sync=False, day=datetime.now(DEFAULT_ZONE).date(), now=None)
        took = time.perf_counter() - start
        yield f"goods: {PRODUCTS:,} products, {PRODUCTS * LOTS_OF_EACH:,} lots, received in {took:.0f} s"
        yield _sheet(engine)
        engine.dispose()
        yield from _at_the_screens(town)
        yield from _a_gifts_way(Path(folder))


def _at_the_screens(town: Path) -> Iterator[str]:
    goods = codes(PRODUCTS)
    with till(town) as terminal:
        at_till = [seconds for number in range(SALES) for seconds in basket(terminal, number)[1:-1]]
        scan = median(at_till)
        yield f"a scan at this shop's till: p50 {_ms(scan)}"
        terminal.send("\x1b[21~")
        terminal.until("training")
        terminal.rest(DIALOG)
        yield _figure("receiving, scan to painted line", _received(terminal, goods), 0.017, scan, "the till's")
        yield _figure("shelf, Enter to its rows", _opened(terminal), 0.150, scan, "the till's")
        yield _figure("stocktake, scan to painted line", _counted(terminal, goods), 0.017, scan, "the till's")


def _received(terminal: Terminal, goods: Sequence[str]) -> list[float]:
    """A gift in kind: its giver, then each of a few products, then one of them many times over."""
    _press(terminal, "11\r", "Giver")
    for entry in ("示例\r", "\r", "\r", "\r"):
        terminal.send(entry)
        terminal.rest(DIALOG)
    times = [painted(terminal, code, f"示例商品{code} × 1,") for code in goods[:KNOWN]]
    times += [painted(terminal, goods[0], f"示例商品{goods[0]} × {pieces},") for pieces in range(2, SCANS)]
    # from the line to all of them, then home; the delivery stays open
    for _ in range(2):
        terminal.send("\x1b")
        terminal.rest(DIALOG)
    return times


def _opened(terminal: Terminal) -> list[float]:
    """The shelf, from home, and home again."""
    times = []
    for _ in range(OPENED):
        times.append(_press(terminal, "13\r", "示例商品2000010"))
        terminal.send("\x1b")
        terminal.rest(DIALOG)
    return times


def _counted(terminal: Terminal, goods: Sequence[str]) -> list[float]:
    """A new count of everything, and one product scanned many times over."""
    _press(terminal, "14\r", "F2")
    for entry in ("\x1bOQ", "1\r", "1\r"):
        terminal.send(entry)
        terminal.rest(DIALOG)
    terminal.rest(DIALOG)
    return [painted(terminal, goods[0], f"示例商品{goods[0]}: counted {pieces}") for pieces in range(1, SCANS)]


def _press(terminal: Terminal, keys: str, answer: str) -> float:
    sent = terminal.send(keys)
    seconds = terminal.until(answer) - sent
    terminal.rest(PAUSE)
    return seconds


def _sheet(engine: Engine) -> str:
    with reading(engine) as tx:
        labels = [shelf_label(found) for found in due_labels(tx)]
    start = time.perf_counter()
    made = label_sheet(labels)
    seconds = time.perf_counter() - start
    assert isinstance(made, bytes), made
    return f"an A4 sheet of {len(labels):,} labels: {seconds:.1f} s, {len(made) / 1000:.0f} kB"


def _a_gifts_way(folder: Path) -> Iterator[str]:
    path, copy = folder / "years.db", folder / "one_lot.db"
    engine = years.begin(path)
    years.live(engine, islice(growth._months(), MONTHS))
    years.finish(engine)
    engine.dispose()
    copyfile(path, copy)
    engine = open_engine(f"sqlite:///{copy}")
    key, name = _one_lot(engine)
    # the last connection that closes leaves everything in the file itself
    engine.dispose()
    lines = text("SELECT redemption_id, quantity FROM redemption_lot WHERE town_id = :town AND lot_id = :key")
    with reading(engine) as tx:
        (fate,) = fates(tx, [key])
        way = trace(tx, name, ADMIN)
    assert isinstance(way, Trace), way
    read = median(_times(engine, lambda tx: tx.all(lines, key=key)))
    for of, act in (
        (f"households, {fate.households:,}", lambda tx: fates(tx, [key])),
        (f"receipts, {len(way.down):,}", lambda tx: trace(tx, name, ADMIN)),
    ):
        yield _figure(
            f"the way of a gift through {LINES:,} lines to its {of}", _times(engine, act), 0.1, read, "reading"
        )
    engine.dispose()


def _times(engine: Engine, act: Callable[[Transaction], object]) -> list[float]:
    times = []
    for _ in range(TRACED):
        with reading(engine) as tx:
            start = time.perf_counter()
            act(tx)
            times.append(time.perf_counter() - start)
    return times


def _one_lot(engine: Engine) -> tuple[Id, str]:
    """Let a hundred thousand lines be of one lot, and return it: its way alone is measured, its books are not."""
    with engine.begin() as connection:
        for (guard,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{guard}"'))
        key, name = connection.execute(text("SELECT lot_id, name FROM lot ORDER BY lot_id DESC LIMIT 1")).one()
        count = text("SELECT count(*) FROM redemption_lot WHERE lot_id = :key")
        move = text("UPDATE OR IGNORE redemption_lot SET lot_id = :key WHERE lot_id = :other")
        there = connection.execute(count, {"key": key}).scalar_one()
        for (other,) in connection.execute(text("SELECT DISTINCT lot_id FROM redemption_lot ORDER BY lot_id")).all():
            if there >= LINES:
                break
            there += connection.execute(move, {"key": key, "other": other}).rowcount
        assert there >= LINES, there
    return Id(key), name


def _figure(name: str, seconds: Sequence[float], bound: float, other: float, others: str) -> str:
    half, most = median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
    verdict = "ok" if half <= bound else "OVER"
    ratio = f"{half / other:.1f} × {others} {_ms(other)}"
    return f"{name}: p50 {_ms(half)} (bound {_ms(bound)}) {verdict}, p95 {_ms(most)}; {ratio}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
