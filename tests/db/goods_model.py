"""A small model of the shelf and the pool, and hands that do the same to the books and to it.

Gifts, purchases, sales, returns, voids, counts, write-offs, recalls and vetoes in whatever order: the sums agree after
each. What the books choose freely, as the lots that found goods go back to, is taken from their answer.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.donations.spending import spending
from lizhi_pos.inventory.count_closing import close_count
from lizhi_pos.inventory.counts import Seen, add_tally, drop_count, open_count
from lizhi_pos.inventory.recalls import recall_lot, release_lot
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.inventory.writeoffs import write_off
from lizhi_pos.journal.balances import balance_now
from lizhi_pos.receiving.voids import void_voucher
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OIL,
    SALT,
    act,
    found,
    gift,
    household,
    noon,
    open_shop,
    post,
    purchase,
    scores,
    sell,
    workbook,
)

HOUSEHOLDS = ("TQ0001", "TQ0002")
PRICES = {SALT: 250, OIL: 1500}
GOODS = st.sampled_from(sorted(PRICES))
NOW = noon(date(2024, 12, 30))
KEEPER = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
SOLD = Authority(CLERK, MARKET_DAY, APPROVAL)


class Lot(Struct):
    """A lot of the model."""

    name: str
    code: str
    cost: int
    received: int
    units: int
    expires: date
    is_bought: bool
    is_recalled: bool = False
    away: int = 0
    """Sold and not come back, or written off: others that were found since are not these."""


class Sale(Struct):
    """A redemption of the model that may still come back."""

    receipt: str
    booklet: str
    points: int
    lots: list[tuple[Lot, int]]


def yuan(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


class Shelf(RuleBasedStateMachine):
    """The books of a town beside plain sums; `opened` gives an empty database and closes it again."""

    opened: ClassVar[Callable[[], AbstractContextManager[Engine]]]

    def __init__(self) -> None:
        super().__init__()
        self._context = type(self).opened()
        self.engine = self._context.__enter__()
        self.points = dict.fromkeys(HOUSEHOLDS, 100_000)
        self.lots: list[Lot] = []
        self.sales: list[Sale] = []
        self.money: dict[str, int] = {}
        self.vetoed: dict[str, int] = {}
        self.day, self.number, self.conducts = MARKET_DAY, 0, 0
        self.once_vetoed: set[str] = set()
        self.cash = self.given = self.redeemed = self.losses = 0

    def teardown(self) -> None:
        with transaction(self.engine, NOW) as tx:
            proof = verify(tx)
        self._context.__exit__(None, None, None)
        assert proof.ok, proof

    @initialize()
    def begin(self) -> None:
        with self.writing() as tx:
            found(tx)
            scored = [s for b in HOUSEHOLDS for s in scores(b, q2023_4="90", q2024_1="90")]
            acts = [act(b, date(2024, 3, 5), 100) for b in HOUSEHOLDS]
            post(tx, workbook(households=[household(b) for b in HOUSEHOLDS], scored=scored, acts=acts))
            open_shop(tx)

    def writing(self) -> AbstractContextManager[Transaction]:
        return transaction(self.engine, NOW)

    def voucher(self) -> str:
        self.number += 1
        return f"V-{self.number:04}"

    def standing(self, code: str) -> list[Lot]:
        return [x for x in self.lots if x.code == code]

    def queue(self, code: str) -> Iterator[Lot]:
        return iter(sorted(self.standing(code), key=lambda x: (x.expires, x.is_bought, x.name)))

    @rule(amount=st.integers(1, 50_000))
    def money_comes_in(self, amount: int) -> None:
        name = self.voucher()
        with self.writing() as tx:
            gift(tx, name, MARKET_DAY, value=yuan(amount))
        self.money[name] = amount
        self.cash += amount
        self.given += amount

    @rule(code=GOODS, quantity=st.integers(1, 9), cost=st.integers(1, 2000), days=st.none() | st.integers(-1, 40))
    def goods_come_in(self, code: str, quantity: int, cost: int, days: int | None) -> None:
        name, expires = self.voucher(), None if days is None else MARKET_DAY + timedelta(days)
        with self.writing() as tx:
            gift(tx, name, MARKET_DAY - timedelta(2), code=code, quantity=quantity, value=yuan(cost), expires=expires)
        self.lots.append(Lot(name, code, cost, quantity, quantity, expires or date.max, False))
        self.given += quantity * cost

    @rule(code=GOODS, quantity=st.integers(1, 9), cost=st.integers(1, 2000))
    def goods_are_bought(self, code: str, quantity: int, cost: int) -> None:
        name = self.voucher()
        with self.writing() as tx:
            answer = purchase(tx, name, MARKET_DAY, code, quantity, yuan(cost))
        assert isinstance(answer, Refusal) == (quantity * cost > self.cash)
        if not isinstance(answer, Refusal):
            self.cash -= quantity * cost
            self.lots.append(Lot(name, code, cost, quantity, quantity, date.max, True))

    @rule(booklet=st.sampled_from(HOUSEHOLDS), code=GOODS, quantity=st.integers(1, 12))
    def a_household_redeems(self, booklet: str, code: str, quantity: int) -> None:
        may_go = [x for x in self.queue(code) if x.expires >= MARKET_DAY and not x.is_recalled]
        price = PRICES[code] * quantity
        with self.writing() as tx:
            answer = sell(tx, booklet, (code, quantity))
        short = price > self.points[booklet] or quantity > sum(x.units for x in may_go)
        assert isinstance(answer, Refusal) == (short or booklet in self.once_vetoed)
        if isinstance(answer, Refusal):
            return
        self.points[booklet] -= price
        taken = []
        for one in may_go:
            part = min(one.units, quantity)
            one.units -= part
            one.away += part
            quantity -= part
            self.redeemed += part * one.cost
            if part:
                taken.append((one, part))
        self.sales.append(Sale(answer.receipt, booklet, price, taken))

    @rule(at=st.integers(0, 99))
    def everything_of_a_receipt_comes_back(self, at: int) -> None:
        open_ones = [s for s in self.sales if s.booklet not in self.once_vetoed]
        if not open_ones:
            return
        sale = open_ones[at % len(open_ones)]
        with self.writing() as tx:
            unwrap(return_goods(tx, sale.receipt, (), reason="示例", authority=SOLD))
        self.sales.remove(sale)
        self.points[sale.booklet] += sale.points
        for one, part in sale.lots:
            one.units += part
            one.away -= part
            self.redeemed -= part * one.cost

    @rule(at=st.integers(0, 99))
    def goods_are_voided(self, at: int) -> None:
        if not self.lots:
            return
        one = self.lots[at % len(self.lots)]
        with self.writing() as tx:
            answer = void_voucher(tx, "purchase" if one.is_bought else "gift", one.name, "示例", KEEPER)
        assert isinstance(answer, Refusal) == (one.units != one.received or one.away > 0)
        if not isinstance(answer, Refusal):
            self.lots.remove(one)
            if one.is_bought:
                self.cash += one.received * one.cost
            else:
                self.given -= one.received * one.cost

    @rule(at=st.integers(0, 99))
    def money_is_voided(self, at: int) -> None:
        if not self.money:
            return
        name = sorted(self.money)[at % len(self.money)]
        with self.writing() as tx:
            spent = spending(tx).spent(name)
            answer = void_voucher(tx, "gift", name, "示例", KEEPER)
        assert isinstance(answer, Refusal) == bool(spent)
        if not isinstance(answer, Refusal):
            amount = self.money.pop(name)
            self.cash -= amount
            self.given -= amount

    @rule(code=GOODS, more=st.integers(-6, 6))
    def a_product_is_counted(self, code: str, more: int) -> None:
        there = sum(x.units for x in self.standing(code))
        difference = max(there + more, 0) - there
        with self.writing() as tx:
            number = unwrap(open_count(tx, [code], False, KEEPER)).count
            unwrap(add_tally(tx, number, Seen(code, there + difference), ACCOUNTANT))
            if difference > 0 and not self.standing(code):
                assert isinstance(close_count(tx, number, "keep", KEEPER), Refusal)
                unwrap(drop_count(tx, number, KEEPER))
                return
            (line,) = unwrap(close_count(tx, number, "keep", KEEPER)).lines
        assert sum(x.quantity for x in line.lots) == difference == line.difference
        named = {x.name: x for x in self.standing(code)}
        for moved in line.lots:
            named[moved.lot].units += moved.quantity
            self.losses -= moved.quantity * named[moved.lot].cost
        if difference < 0:
            left = [x.units for x in self.queue(code)]
            # first expired first: nothing is left of a lot before the last one that gave
            touched = {moved.lot for moved in line.lots}
            last = max(at for at, x in enumerate(self.queue(code)) if x.name in touched)
            assert not any(left[:last])

    @rule(at=st.integers(0, 99), quantity=st.integers(1, 12))
    def goods_are_written_off(self, at: int, quantity: int) -> None:
        if not self.lots:
            return
        one = self.lots[at % len(self.lots)]
        with self.writing() as tx:
            answer = write_off(tx, one.name, quantity, "broken", "", KEEPER)
        assert isinstance(answer, Refusal) == (quantity > one.units)
        if not isinstance(answer, Refusal):
            one.units -= quantity
            one.away += quantity
            self.losses += quantity * one.cost

    @rule(at=st.integers(0, 99))
    def a_lot_is_recalled_or_released(self, at: int) -> None:
        if not self.lots:
            return
        one = self.lots[at % len(self.lots)]
        with self.writing() as tx:
            if one.is_recalled:
                assert isinstance(recall_lot(tx, one.name, "示例", KEEPER), Refusal)
                unwrap(release_lot(tx, one.name, "示例", KEEPER))
            else:
                assert isinstance(release_lot(tx, one.name, "示例", KEEPER), Refusal)
                unwrap(recall_lot(tx, one.name, "示例", KEEPER))
        one.is_recalled = not one.is_recalled

    @rule(booklet=st.sampled_from(HOUSEHOLDS[1:]))
    def a_household_is_vetoed_or_free_again(self, booklet: str) -> None:
        with self.writing() as tx:
            if booklet in self.vetoed:
                self.day += timedelta(1)
                unwrap(lift_veto(tx, booklet, facts="示例", authority=Authority(ACCOUNTANT, self.day, APPROVAL)))
                self.points[booklet] += self.vetoed.pop(booklet)
                return
            self.once_vetoed.add(booklet)
            self.conducts += 1
            conduct = date(2024, 1, 1) + timedelta(self.conducts)
            authority = Authority(ACCOUNTANT, self.day, APPROVAL)
            unwrap(record_veto(tx, booklet, clause="1", facts="示例", conduct_on=conduct, authority=authority))
        self.vetoed[booklet], self.points[booklet] = self.points[booklet], 0

    @invariant()
    def the_equations_hold(self) -> None:
        with transaction(self.engine, NOW) as tx:
            facts = household_facts(tx, HOUSEHOLDS, self.day)
            if not facts:
                return
            assert {b: balance_now(tx, facts[b].household_id) for b in HOUSEHOLDS} == self.points
            stock = {p.code: p for p in stock_on(tx, self.day)}
            for code in PRICES:
                assert {x.lot: x.on_hand for x in stock[code].lots} == {
                    x.name: x.units for x in self.standing(code) if x.units
                }
            pool = pool_on(tx, self.day)
            assert pool.balances
            assert (pool.cash, pool.redeemed_at_cost, pool.losses) == (self.cash, self.redeemed, self.losses)
            assert pool.cash + pool.stock_at_cost == self.given - self.redeemed - self.losses
            assert pool.outstanding_points == sum(self.points.values())
