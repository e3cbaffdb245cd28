"""A small model of the register, and hands that change households in whatever order, in the books and in it.

Freezes, corrections, right scores, lost booklets, members, heads, closings, splits, merges, moves, sales, vetoes and
ledgers: after each, every household has the points that the model says, and what is frozen of them; at the end the
books are whole, and what the months' statements say of each village is what its households have.
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
from lizhi_pos.accounts.changes.merging import merge_households
from lizhi_pos.accounts.changes.moving import move_household
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    VILLAGE,
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

NOW = noon(date(2031, 12, 30))
WHY = "示例:核实"
PRICE = 250
WHICH = st.integers(0, 9)
AMOUNTS = st.integers(1, 12_000)


class Home(Struct):
    """A household of the model; `second` is its score of the window that was credited to it, None of a new one's.

    `people` are its members but the head, `earned` what each has earned for it by service and not taken along,
    `cleared` what each veto that stands took, by the day of its effect.
    """

    number: str
    points: int
    second: int | None
    frozen: int = 0
    cleared: dict[date, int] = {}
    is_out: bool = False
    head: str = "示例户主"
    village: str = VILLAGE
    people: set[str] = set()
    earned: dict[str, int] = {}


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
            if self.homes:
                self.every_month_is_closed(tx)
            proof = verify(tx)
        self._context.__exit__(None, None, None)
        assert proof.ok, [check for check in proof.checks if not check.ok]

    def every_month_is_closed(self, tx: Transaction) -> None:
        """No month makes points out of households that split, merge or move, and each village ends with its own."""
        unwrap(close_session(tx, Authority(ACCOUNTANT, MARKET_DAY)))
        month = Month.of(MARKET_DAY)
        while month <= Month.of(self.day):
            closed = unwrap(close_month(tx, month, Authority(ACCOUNTANT, NOW.date(), APPROVAL)))
            assert sum(village.totals.transferred for village in closed.villages) == 0
            month = month.next()
        for village in closed.villages:
            own = [home.points for home in self.homes if home.village == village.village]
            assert village.totals.closing == sum(own)

    def home(self, at: int) -> Home:
        return self.homes[at % len(self.homes)]

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
        self.homes = [Home(n, 10_000 + 890, 900, earned={"示例户主": 10_000}) for n in numbers]

    def writing(self) -> AbstractContextManager[Transaction]:
        return transaction(self.engine, NOW)

    def by(self) -> Authority:
        return Authority(ACCOUNTANT, self.day, APPROVAL)

    @rule(at=WHICH, points=AMOUNTS)
    def points_are_frozen(self, at: int, points: int) -> None:
        home = self.home(at)
        with self.writing() as tx:
            answer = freeze(tx, home.number, Points(points), WHY, self.by())
        assert isinstance(answer, Refusal) == (points > home.points - home.frozen)
        if not isinstance(answer, Refusal):
            home.frozen += points

    @rule(at=WHICH, points=st.none() | AMOUNTS)
    def points_are_released(self, at: int, points: int | None) -> None:
        home = self.home(at)
        wanted = home.frozen if points is None else points
        with self.writing() as tx:
            answer = release(tx, home.number, None if points is None else Points(points), WHY, self.by())
        assert isinstance(answer, Refusal) == (not home.frozen or wanted > home.frozen)
        if not isinstance(answer, Refusal):
            home.frozen -= wanted

    @rule(at=WHICH, points=st.integers(-12_000, 12_000).filter(bool))
    def points_are_put_right(self, at: int, points: int) -> None:
        home = self.home(at)
        with self.writing() as tx:
            answer = correct_points(tx, home.number, Points(points), "2024-03", (WHY, self.by()))
        assert isinstance(answer, Refusal) == (home.points + points < home.frozen and points < 0)
        if not isinstance(answer, Refusal):
            home.points += points

    @rule(at=WHICH, tenths=st.integers(0, 1000))
    def a_score_is_put_right(self, at: int, tenths: int) -> None:
        """The second of the half-year that was credited: a tenth of a score is half a hundredth of a point each."""
        home = self.home(at)
        more = credited(tenths) - credited(home.second) if home.second is not None else 0
        with self.writing() as tx:
            answer = correct_score(tx, home.number, Quarter(2023, 4), tenths, (WHY, self.by()))
        if home.second is None:
            # its score was copied: only that changes
            return
        same, uncovered = tenths == home.second, more < 0 and home.points + more < home.frozen
        assert isinstance(answer, Refusal) == (same or uncovered)
        if not isinstance(answer, Refusal):
            assert answer.adjusted == more
            home.points += more
            home.second = tenths

    @rule(at=WHICH)
    def a_booklet_is_lost(self, at: int) -> None:
        home = self.home(at)
        self.booklets += 1
        new = f"NEW{self.booklets:04}"
        with self.writing() as tx:
            unwrap(give_booklet(tx, home.number, new, WHY, self.by()))
            assert isinstance(freeze(tx, home.number, Points(1), WHY, self.by()), Refusal)
        home.number = new

    @rule(at=WHICH, name=st.sampled_from(("李示例", "王示例")), becomes=st.booleans())
    def people_come_and_one_becomes_head(self, at: int, name: str, becomes: bool) -> None:
        home = self.home(at)
        with self.writing() as tx:
            unwrap(change_member(tx, home.number, (name, "active", None), WHY, self.by()))
            if home.head != name:
                home.people = home.people | {name}
            if becomes and home.head != name:
                assert unwrap(change_head(tx, home.number, name, WHY, self.by())).was == home.head
                home.people = home.people - {name} | {home.head}
                home.head = name

    @rule(at=WHICH, quantity=st.integers(1, 40))
    def goods_are_redeemed(self, at: int, quantity: int) -> None:
        home = self.home(at)
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
        home = self.home(at)
        with self.writing() as tx:
            self.day += timedelta(1)
            if home.cleared:
                unwrap(lift_veto(tx, home.number, facts="示例", authority=self.by()))
                latest = max(home.cleared)
                home.points += home.cleared[latest]
                home.cleared = {day: points for day, points in home.cleared.items() if day != latest}
                return
            self.conducts += 1
            conduct = date(2024, 1, 1) + timedelta(self.conducts)
            unwrap(record_veto(tx, home.number, clause="1", facts="示例", conduct_on=conduct, authority=self.by()))
        home.cleared, home.points, home.frozen = {**home.cleared, self.day: home.points}, 0, 0

    @rule(times=st.lists(st.integers(0, 3), min_size=10, max_size=10), by_head=st.booleans())
    def a_ledger_is_posted(self, times: list[int], by_head: bool) -> None:
        self.month = self.month.next()
        while self.month.last_day < self.day:
            self.month = self.month.next()
        self.day = self.month.last_day + timedelta(12)
        done: list[tuple[Home, str, int]] = []
        for home, n in zip(self.homes, times, strict=False):
            name = home.head if by_head or not home.people else min(home.people)
            done += [(home, name, n)] if n else []
        with self.writing() as tx:
            for village in (VILLAGE, OTHER_VILLAGE):
                rows = [
                    act(home.number, self.month.last_day, n, name=name)
                    for home, name, n in done
                    if home.village == village
                ]
                post(tx, workbook(village=village, month=self.month, acts=rows), self.day)
        for home, name, n in done:
            home.points += 1000 * n
            home.earned = {**home.earned, name: home.earned.get(name, 0) + 1000 * n}

    @rule(at=WHICH, points=st.integers(0, 6000))
    def somebody_leaves_with_a_booklet_of_their_own(self, at: int, points: int) -> None:
        home = self.home(at)
        if not home.people or len(self.homes) == 10:
            return
        name = min(home.people)
        self.booklets += 1
        new = Home(f"NEW{self.booklets:04}", points, None, head=name, village=home.village)
        with self.writing() as tx:
            answer = split_household(tx, home.number, Apart(new.number, name, points=Points(points)), WHY, self.by())
        too_much = points > min(home.earned.get(name, 0), home.points - home.frozen)
        assert isinstance(answer, Refusal) == (home.is_out or too_much)
        if not isinstance(answer, Refusal):
            home.points -= points
            home.people = home.people - {name}
            home.earned = {**home.earned, name: home.earned.get(name, 0) - points}
            self.homes.append(new)

    @rule(at=WHICH, into=WHICH)
    def two_become_one(self, at: int, into: int) -> None:
        giving, taking = self.home(at), self.home(into)
        self.day += timedelta(1)
        with self.writing() as tx:
            answer = merge_households(tx, giving.number, taking.number, WHY, self.by())
        cannot = giving is taking or giving.is_out or taking.is_out or giving.frozen > 0
        assert isinstance(answer, Refusal) == cannot
        if isinstance(answer, Refusal):
            return
        assert answer.transferred == giving.points
        taking.points += giving.points
        taking.people = taking.people | giving.people | {giving.head}
        taking.people = taking.people - {taking.head}
        taking.cleared = {**taking.cleared, **giving.cleared}
        self.homes.remove(giving)
        self.day += timedelta(1)

    @rule(at=WHICH)
    def a_household_moves(self, at: int) -> None:
        home = self.home(at)
        to = OTHER_VILLAGE if home.village == VILLAGE else VILLAGE
        with self.writing() as tx:
            answer = move_household(tx, home.number, (to, None), WHY, self.by())
        assert isinstance(answer, Refusal) == home.is_out
        if not isinstance(answer, Refusal):
            home.village = to

    @rule(at=WHICH)
    def a_household_leaves(self, at: int) -> None:
        home = self.home(at)
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
