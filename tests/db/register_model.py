"""A small model of the register, and hands that change households in whatever order, in the books and in it.

Freezes, corrections, right scores, lost booklets, members, heads, closings, sales, vetoes and ledgers: after each,
every household has the points that the model says, and what is frozen of them; at the end the books are whole.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.changes.correcting import correct_points, correct_score
from lizhi_pos.accounts.changes.freezing import freeze, release
from lizhi_pos.accounts.changes.members import change_head, change_member
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    MARKET_DAY,
    SALT,
    act,
    found,
    gift,
    household,
    noon,
    open_shop,
    post,
    scores,
    sell,
    workbook,
)

NOW = noon(date(2025, 12, 30))
WHY = "示例:核实"
PRICE = 250
WHICH = st.integers(0, 2)
AMOUNTS = st.integers(1, 12_000)


class Home(Struct):
    """A household of the model."""

    number: str
    points: int
    second: int
    frozen: int = 0
    cleared: int | None = None
    is_out: bool = False
    head: str = "示例户主"


class Register(RuleBasedStateMachine):
    """The books of a town beside plain sums; `opened` gives an empty database and closes it again."""

    opened: ClassVar[Callable[[], AbstractContextManager[Engine]]]

    def __init__(self) -> None:
        super().__init__()
        self._context = type(self).opened()
        self.engine = self._context.__enter__()
        self.homes: list[Home] = []
        self.day, self.booklets, self.conducts, self.month = MARKET_DAY, 0, 0, Month(2024, 3)

    def teardown(self) -> None:
        with transaction(self.engine, NOW) as tx:
            proof = verify(tx)
        self._context.__exit__(None, None, None)
        assert proof.ok, [check for check in proof.checks if not check.ok]

    @initialize()
    def begin(self) -> None:
        numbers = ("TQ0001", "TQ0002", "TQ0003")
        with self.writing() as tx:
            found(tx)
            gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=5000, value="2.00")
            scored = [s for n in numbers for s in scores(n, q2023_3="88", q2023_4="90", q2024_1="90")]
            acts = [act(n, date(2024, 3, 5), 10) for n in numbers]
            post(tx, workbook(households=[household(n) for n in numbers], scored=scored, acts=acts))
            open_shop(tx)
        # 88 and 90 of the second half of 2023: 8.90 base points
        self.homes = [Home(n, 10_000 + 890, 900) for n in numbers]

    def writing(self) -> AbstractContextManager[Transaction]:
        return transaction(self.engine, NOW)

    def by(self) -> Authority:
        return Authority(ACCOUNTANT, self.day, APPROVAL)

    @rule(at=WHICH, points=AMOUNTS)
    def points_are_frozen(self, at: int, points: int) -> None:
        home = self.homes[at]
        with self.writing() as tx:
            answer = freeze(tx, home.number, Points(points), WHY, self.by())
        assert isinstance(answer, Refusal) == (points > home.points - home.frozen)
        if not isinstance(answer, Refusal):
            home.frozen += points

    @rule(at=WHICH, points=st.none() | AMOUNTS)
    def points_are_released(self, at: int, points: int | None) -> None:
        home = self.homes[at]
        wanted = home.frozen if points is None else points
        with self.writing() as tx:
            answer = release(tx, home.number, None if points is None else Points(points), WHY, self.by())
        assert isinstance(answer, Refusal) == (not home.frozen or wanted > home.frozen)
        if not isinstance(answer, Refusal):
            home.frozen -= wanted

    @rule(at=WHICH, points=st.integers(-12_000, 12_000).filter(bool))
    def points_are_put_right(self, at: int, points: int) -> None:
        home = self.homes[at]
        with self.writing() as tx:
            answer = correct_points(tx, home.number, Points(points), "2024-03", (WHY, self.by()))
        assert isinstance(answer, Refusal) == (home.points + points < home.frozen and points < 0)
        if not isinstance(answer, Refusal):
            home.points += points

    @rule(at=WHICH, tenths=st.integers(0, 1000))
    def a_score_is_put_right(self, at: int, tenths: int) -> None:
        """The second of the half-year that was credited: a tenth of a score is half a hundredth of a point each."""
        home = self.homes[at]
        more = credited(tenths) - credited(home.second)
        with self.writing() as tx:
            answer = correct_score(tx, home.number, Quarter(2023, 4), tenths, (WHY, self.by()))
        same, uncovered = tenths == home.second, more < 0 and home.points + more < home.frozen
        assert isinstance(answer, Refusal) == (same or uncovered)
        if not isinstance(answer, Refusal):
            assert answer.adjusted == more
            home.points += more
            home.second = tenths

    @rule(at=WHICH)
    def a_booklet_is_lost(self, at: int) -> None:
        home = self.homes[at]
        self.booklets += 1
        new = f"NEW{self.booklets:04}"
        with self.writing() as tx:
            unwrap(give_booklet(tx, home.number, new, WHY, self.by()))
            assert isinstance(freeze(tx, home.number, Points(1), WHY, self.by()), Refusal)
        home.number = new

    @rule(at=WHICH, name=st.sampled_from(("李示例", "王示例")), becomes=st.booleans())
    def people_come_and_one_becomes_head(self, at: int, name: str, becomes: bool) -> None:
        home = self.homes[at]
        with self.writing() as tx:
            unwrap(change_member(tx, home.number, (name, "active", None), WHY, self.by()))
            if becomes and home.head != name:
                assert unwrap(change_head(tx, home.number, name, WHY, self.by())).was == home.head
                home.head = name

    @rule(at=WHICH, quantity=st.integers(1, 40))
    def goods_are_redeemed(self, at: int, quantity: int) -> None:
        home = self.homes[at]
        if self.day != MARKET_DAY:
            # on a later day what was there on the market day may have been gone meanwhile
            return
        with self.writing() as tx:
            answer = sell(tx, home.number, (SALT, quantity))
        if isinstance(answer, Refusal):
            codes = {reason.code for reason in answer.reasons}
            assert ("balance" in codes) == (quantity * PRICE > home.points - home.frozen)
            return
        assert not home.is_out
        home.points -= quantity * PRICE

    @rule(at=WHICH)
    def a_household_is_vetoed_or_free_again(self, at: int) -> None:
        home = self.homes[at]
        with self.writing() as tx:
            self.day += timedelta(1)
            if home.cleared is not None:
                unwrap(lift_veto(tx, home.number, facts="示例", authority=self.by()))
                home.points += home.cleared
                home.cleared = None
                return
            self.conducts += 1
            conduct = date(2024, 1, 1) + timedelta(self.conducts)
            unwrap(record_veto(tx, home.number, clause="1", facts="示例", conduct_on=conduct, authority=self.by()))
        home.cleared, home.points, home.frozen = home.points, 0, 0

    @rule(times=st.lists(st.integers(0, 3), min_size=3, max_size=3))
    def a_ledger_is_posted(self, times: list[int]) -> None:
        self.month = self.month.next()
        self.day += timedelta(12)
        rows = [
            act(home.number, self.month.first_day, n, name=home.head)
            for home, n in zip(self.homes, times, strict=True)
            if n
        ]
        with self.writing() as tx:
            post(tx, workbook(month=self.month, acts=rows), max(self.day, self.month.last_day + timedelta(12)))
        self.day = max(self.day, self.month.last_day + timedelta(12))
        for home, n in zip(self.homes, times, strict=True):
            home.points += 1000 * n

    @rule(at=WHICH)
    def a_household_leaves(self, at: int) -> None:
        home = self.homes[at]
        with self.writing() as tx:
            answer = close_household(tx, home.number, "moved_out", WHY, self.by())
        assert isinstance(answer, Refusal) == (home.is_out or home.frozen > 0)
        if not isinstance(answer, Refusal):
            assert answer.closed_out == home.points
            home.points, home.is_out = 0, True

    @invariant()
    def everybody_has_what_they_should(self) -> None:
        if not self.homes:
            return
        with self.writing() as tx:
            cards = [unwrap(household_card(tx, home.number, self.day)) for home in self.homes]
            assert [(c.balance, c.frozen, c.facts.head) for c in cards] == [
                (home.points, home.frozen, home.head) for home in self.homes
            ]
            assert pool_on(tx, self.day).outstanding_points == sum(home.points for home in self.homes)


def credited(second: int) -> int:
    """What 88.0 and another score earn, in hundredths of points: their average by a tenth, half up."""
    return ((880 + second) * 10 + 10) // 20
