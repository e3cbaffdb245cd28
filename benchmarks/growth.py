"""What years do to the shop: one town measured after a year and after five, the same acts in both, in turn.

Everything but a household's own history and what proves all of it must cost in the fifth year what it cost in the
first.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from shutil import copyfile
from statistics import median
from typing import Any

from sqlalchemy import Engine, select

from benchmarks import years
from benchmarks.town import ADMIN, approved
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.till_queries import TradingDay, shelf_items, trading_day
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, of_town, reading, transaction
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.journal.models import period
from lizhi_pos.journal.queries import balance_on, history
from lizhi_pos.periods import Month
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.overview import overview
from lizhi_pos.settlement.verification import verify
from lizhi_pos.till.service import TillService

ROUNDS, SALES = 7, 60
YEARS = 5
ENOUGH = 100
"""Pieces of goods that last for all sales that are measured."""


def measure() -> Iterator[str]:
    """The growth table."""
    with tempfile.TemporaryDirectory() as folder:
        young, old = Path(folder) / "one.db", Path(folder) / "five.db"
        start = time.perf_counter()
        months = _months()
        engine = years.begin(old)
        years.live(engine, islice(months, 12))
        _keep(engine, old, young)
        years.live(engine, islice(months, 12 * (YEARS - 1)))
        _keep(engine, old, old)
        took = time.perf_counter() - start
        yield f"a town of {YEARS} years, 2,000 redemptions of four lines a month, built in {took:.0f} s (bound 90)"
        sizes = [path.stat().st_size / 1e6 for path in (young, old)]
        yield f"the file: {sizes[0]:.0f} MB after a year (bound 120), {sizes[1]:.0f} MB after {YEARS}"
        yield from _compared(_Town(young), _Town(old))


def _months() -> Iterator[Month]:
    month = years.FIRST
    while True:
        yield month
        month = month.next()


def _keep(engine: Engine, path: Path, kept: Path) -> None:
    """A copy as it stands, guarded and known to the planner; or that of the town itself."""
    if path != kept:
        engine.dispose()
        copyfile(path, kept)
        engine = years.engine_of(kept)
    years.finish(engine)
    engine.dispose()


def _compared(young: "_Town", old: "_Town") -> Iterator[str]:
    yield f"{'':32} {'1 year':>10} {f'{YEARS} years':>10}  ratio (bound 1.3)"
    for name in young.acts():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for town, seconds in ((young, times[0]), (old, times[1])):
                seconds.append(town.timed(name))
        one, five = median(times[0]) * 1000, median(times[1]) * 1000
        yield f"{name:32} {one:7.2f} ms {five:7.2f} ms  {five / one:.2f}"
    one, five = young.proved(), old.proved()
    yield f"{'verify':32} {one:7.1f} s  {five:7.1f} s   {five / YEARS:.1f} s a year (bound 30)"


class _Town:
    """A town on its next market day."""

    def __init__(self, path: Path) -> None:
        self.engine = years.engine_of(path)
        with reading(self.engine) as tx:
            last = tx.value(select(period.c.month).where(of_town(period)).order_by(period.c.month.desc()).limit(1))
        self.month = Month.parse(last).next()
        self.day = years.market_day(self.month)
        self.now = years.noon(self.day)
        self.served = 0
        self._write(lambda tx: take_gifts(tx, years.gifts(self.month), ADMIN))
        self._write(lambda tx: open_session(tx, Authority(ADMIN, self.day, approved(tx)), "示例"))
        with reading(self.engine, self.now) as tx:
            self.goods = [p.code for p in stock_on(tx, self.day) if p.sellable >= ENOUGH]
            facts = household_facts(tx, ["SL00001"], self.day)["SL00001"]
        self.household = facts.household_id
        for _ in range(20):
            self._sale()

    def acts(self) -> tuple[str, ...]:
        """What is measured, by its name."""
        return tuple(self._acts())

    def timed(self, name: str) -> float:
        """Seconds of one act, the median of a few where it is quick."""
        act = self._acts()[name]
        times = []
        for _ in range(SALES if name == "checkout of five lines" else 3):
            start = time.perf_counter()
            act()
            times.append(time.perf_counter() - start)
        return median(times)

    def proved(self) -> float:
        """Seconds that the proof of the books takes."""
        start = time.perf_counter()
        with reading(self.engine, self.now) as tx:
            proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]
        return time.perf_counter() - start

    def _acts(self) -> dict[str, Callable[[], Any]]:
        day, look = self.day, self._look
        return {
            "checkout of five lines": self._sale,
            "household show": lambda: look(self._shown),
            "household history, its own length": lambda: look(lambda s: history(s, self.household)),
            "stock list": lambda: look(lambda s: stock_on(s, day)),
            "pool show": lambda: look(lambda s: pool_view(s, day)),
            "home": lambda: look(lambda s: overview(s, day)),
            "the till's opening": self._opened,
            "what waits to be printed": lambda: look(lambda s: (print_jobs.waiting(s), print_jobs.queue(s))),
            "market close": lambda: self._undone(lambda s: close_session(s, Authority(ADMIN, day))),
            "month close": lambda: self._undone(self._month_closed),
        }

    def _sale(self) -> None:
        number = years.numbers(0)[self.served % 500]
        goods = [self.goods[(self.served * 5 + line) % len(self.goods)] for line in range(5)]
        self.served += 1
        basket = Basket(
            booklet=number, wanted=tuple(Wanted(code, 1) for code in goods), key=MACHINE_CLOCK.new_id().hex()
        )
        done = self._write(lambda tx: redeem(tx, basket, Authority(ADMIN, self.day)))
        assert isinstance(done, Redemption), done

    def _shown(self, tx: Transaction) -> None:
        household_facts(tx, ["SL00001"], self.day)
        balance_on(tx, self.household, self.day)

    def _opened(self) -> None:
        books = TillService(self.engine)
        with reading(self.engine, self.now) as tx:
            shop = trading_day(tx)
            assert isinstance(shop, TradingDay), shop
            shelf_items(tx, shop.market_session, shop.day)
        books.shop_status(shop)
        books.learn(0)

    def _month_closed(self, tx: Transaction) -> Any:
        close_session(tx, Authority(ADMIN, self.day))
        after = self.month.next().first_day
        return close_month(tx.at(years.noon(after)), self.month, Authority(ADMIN, after), proved=True)

    def _look(self, act: Callable[[Transaction], Any]) -> Any:
        with reading(self.engine, self.now) as tx:
            return act(tx)

    def _write(self, act: Callable[[Transaction], Any]) -> Any:
        with transaction(self.engine, self.now) as tx:
            return act(tx)

    def _undone(self, act: Callable[[Transaction], Any]) -> None:
        """Carried out up to its commit, then undone."""
        with suppress(_Undone), transaction(self.engine, self.now) as tx:
            act(tx)
            tx.settle()
            raise _Undone


class _Undone(Exception):
    """So that the act can be measured again."""
