"""A whole market day through a real pseudo-terminal: the books equal what was sent, redemption by redemption."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from market_hand import Hand
from pty_till import PtyTill
from sqlalchemy import Engine, text

from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from towns.market import BELOW, GOODS, HEADS, LIMITED, POOR, VETOED, build_market_town
from towns.till import CLERK, CLERK_PIN

SEED = 20241124
HOUSEHOLDS, SCANS = 200, 1000
UNKNOWN = "6999999999997"
"""Of no goods; its check digit is right, so that it cannot be a booklet."""
OFTEN = tuple(goods.code for goods in GOODS if goods.code != LIMITED)
pytestmark = [pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals"), pytest.mark.no_cover]


@pytest.fixture
def market(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Path, Engine]]:
    path = tmp_path / "market.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    build_market_town(engine)
    yield path, engine
    engine.dispose()


class Day:
    """Who comes in which order, and what happens with each of them."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.random = hand, hand.random
        came = sorted(HEADS)
        self.random.shuffle(came)
        self._able = [b for b in came if b not in BELOW | VETOED | POOR]
        self._poor = [b for b in came if b in POOR - VETOED]
        self._barred = [b for b in came if b in BELOW | VETOED]
        self.served = 0

    def run(self) -> None:
        """Until as many households came and as many scans as a market day has."""
        turns = self._turns()
        while self.served < HOUSEHOLDS or self.hand.scans < SCANS:
            turn = next(turns)
            self.hand.doing = f"household {self.served + 1}: {turn.__name__}"
            turn()

    def _turns(self) -> Iterator[Callable[[], None]]:
        """Every kind of turn again and again, the plain one between them."""
        odd = (
            *(self.steps, self.too_poor, self.quantities, self.barred, self.taken_out, self.goes_on, self.unknown),
            *(self.held_for_another, self.barred, self.over_the_limit, self.several_held, self.too_poor, self.nobody),
            *(self.asked, self.helped, self.collected, self.locked, self.emptied, self.barred, self.too_poor),
        )
        while True:
            for turn in odd:
                yield turn
                yield self.plain

    def come(self, *, least: int = 2) -> None:
        """A household and its goods in one burst."""
        self.hand.booklet(self._next(self._able))
        self.hand.goods(*self.some(self.random.randint(least, 5)))

    def some(self, count: int) -> list[str]:
        """Goods, of which one may come twice."""
        return [self.random.choice(OFTEN) for _ in range(count)]

    def plain(self) -> None:
        self.come(least=4)
        if self.random.random() < 0.3:
            self.hand.again()
        self.hand.settle()
        self.hand.redeem()

    def steps(self) -> None:
        self.come()
        self.hand.settle()
        for by in (1, 1, -1, 1):
            self.hand.step(by)
        self.hand.redeem()

    def quantities(self) -> None:
        self.come()
        self.hand.goods(*self.some(1), quantity=3)
        self.hand.settle()
        self.hand.set_quantity(5)
        self.hand.goods(*self.some(1), quantity=2)
        self.hand.settle()
        self.hand.set_quantity(0)
        self.hand.redeem()

    def taken_out(self) -> None:
        self.come(least=4)
        self.hand.settle()
        self.hand.take_out()
        self.hand.goods(*self.some(2))
        self.hand.settle()
        self.hand.redeem()

    def goes_on(self) -> None:
        """Another booklet over the basket, and goods of which nobody knows whose they are; Esc, and on it goes."""
        self.come()
        self.hand.rung_away(self._able[-1], *self.some(2))
        self.hand.settle()
        self.hand.escape(" goes on")
        self.hand.goods(*self.some(2))
        self.hand.settle()
        self.hand.redeem()

    def held_for_another(self) -> None:
        self.come()
        other = self._next(self._able)
        self.hand.rung_away(other, *self.some(1))
        self.hand.settle()
        self.hand.hold(following=other)
        self.hand.goods(*self.some(2))
        self.hand.settle()
        self.hand.redeem()
        self.hand.recall()
        self.hand.redeem()

    def several_held(self) -> None:
        for _ in range(3):
            self.come()
            self.hand.settle()
            self.hand.hold()
        for at in (1, 1, 0):
            self.hand.recall(at)
            self.hand.goods(*self.some(1))
            self.hand.settle()
            self.hand.redeem()

    def barred(self) -> None:
        """One who may not redeem: goods scanned all the same ring, and the next booklet takes its place."""
        self.hand.booklet(self._next(self._barred))
        self.hand.goods(*self.some(3))
        if self.random.random() < 0.5:
            self.hand.settle("may not redeem")
        self.plain()

    def too_poor(self) -> None:
        self.hand.booklet(self._next(self._poor))
        self.hand.goods("6901000000014", *["20000249"] * 2)
        self.hand.goods("6904000000046", quantity=2)
        self.hand.settle()
        self.hand.refused_redeem("The points do not cover")
        self.hand.step(-1)
        self.hand.refused_redeem("The points do not cover")
        self.hand.take_out()
        self.hand.redeem()

    def over_the_limit(self) -> None:
        self.come()
        self.hand.goods(LIMITED, quantity=2)
        self.hand.settle("at most 1")
        self.hand.refused_redeem()
        self.hand.set_quantity(1)
        self.hand.redeem()

    def unknown(self) -> None:
        self.come()
        self.hand.rung_away(UNKNOWN)
        self.hand.goods(*self.some(2))
        self.hand.settle()
        self.hand.rung_away(UNKNOWN)
        self.hand.settle("There is no product")
        self.hand.redeem()

    def nobody(self) -> None:
        """Goods before any booklet."""
        self.hand.goods(*self.some(2))
        self.hand.settle("scan a booklet first")
        self.plain()

    def asked(self) -> None:
        self.come()
        self.hand.settle()
        self.hand.question(*self.some(2), yes=False)
        self.hand.goods(*self.some(1))
        self.hand.settle()
        self.hand.redeem()

    def emptied(self) -> None:
        self.come()
        self.hand.settle()
        self.hand.question(*self.some(1), yes=True)

    def helped(self) -> None:
        self.come()
        self.hand.settle()
        self.hand.help(*self.some(1))
        self.hand.redeem()

    def collected(self) -> None:
        self.come()
        self.hand.settle()
        self.hand.proxy("示例丙", "儿媳", *self.some(2))
        self.hand.goods(*self.some(1))
        self.hand.settle()
        self.hand.redeem()

    def locked(self) -> None:
        self.come()
        self.hand.settle()
        self.hand.lock(*self.some(2))
        self.hand.goods(*self.some(1))
        self.hand.settle()
        self.hand.redeem()

    def _next(self, who: list[str]) -> str:
        self.served += 1
        return who.pop()


@pytest.mark.timeout(240)
def test_a_market_day_and_the_books_equal_what_was_sent(market: tuple[Path, Engine]) -> None:
    path, engine = market
    with engine.connect() as connection:
        balances = dict.fromkeys(HEADS, 0) | {
            booklet: amount for booklet, amount in connection.execute(text(_BALANCES))
        }
    with transaction(engine) as tx:
        year = today(tx).year
    with PtyTill(path, LIZHI_OPERATOR=CLERK, LIZHI_PIN=CLERK_PIN) as till:
        till.wait_for("scan or type its booklet")
        hand = Hand(till, balances, year, SEED)
        Day(hand).run()
    for kept, sold in zip(_kept(engine), _due(hand, year), strict=False):
        assert kept == sold, f"{sold['booklet']} went wrong"
    assert len(_kept(engine)) == len(hand.sold)
    with transaction(engine) as tx:
        assert verify(tx).ok
    with engine.connect() as connection:
        assert connection.execute(text("SELECT booklet FROM basket")).all() == []
    assert till.bells == hand.rings


def _due(hand: Hand, year: int) -> list[dict[str, object]]:
    return [
        {
            "receipt": f"1-{year}-{number:06}",
            "booklet": sold.booklet,
            "proxy": sold.proxy,
            "before": sold.before,
            "total": sold.total,
            "after": sold.before - sold.total,
            "goods": list(sold.goods.items()),
        }
        for number, sold in enumerate(hand.sold, 1)
    ]


def _kept(engine: Engine) -> list[dict[str, object]]:
    lines: dict[str, list[tuple[str, int]]] = {}
    with engine.connect() as connection:
        for receipt, code, quantity in connection.execute(text(_LINES)):
            lines.setdefault(receipt, []).append((code, quantity))
        rows = connection.execute(text(_REDEMPTIONS)).mappings()
        return [{**row, "goods": lines[row["receipt"]]} for row in rows]


_REDEMPTIONS = """
SELECT receipt, booklet, proxy, balance_before AS before, total, balance_after AS after
FROM redemption ORDER BY recorded_at, number
"""
_LINES = """
SELECT r.receipt, p.code, l.quantity FROM redemption r JOIN redemption_line l USING (town_id, redemption_id)
JOIN product p USING (town_id, product_id) ORDER BY r.number, l.line
"""
_BALANCES = """
SELECT b.number, a.amount FROM booklet b JOIN balance a ON a.town_id = b.town_id AND a.account_id = b.household_id
"""
