"""What happened in the sample town up to today, in order of day, through the domain's own functions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from lizhi_pos.access.operators import Authority, Operator, approve
from lizhi_pos.accounts import batches
from lizhi_pos.accounts.import_batch import Drafted, draft
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.vetoes import record_veto
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import Transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.inventory.products import Taken
from lizhi_pos.periods import Month
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.files import take_gifts, take_purchases
from lizhi_pos.refusal import InvariantViolated, unwrap
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE, adopt
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.sample import goods, people
from lizhi_pos.sample.answers import answer_statements
from lizhi_pos.sample.days import Days, Step
from lizhi_pos.sample.households import ELIGIBLE, VETOED
from lizhi_pos.sample.keeping import keep
from lizhi_pos.sample.ledger import HELPERS, file_of, workbook
from lizhi_pos.sample.people import Village
from lizhi_pos.sample.register import change_households, object_to_batches
from lizhi_pos.settlement.closing import close_month

_T = TypeVar("_T")

CLERK = Operator(people.CLERK.name, "clerk", people.CLERK.booklet)
ACCOUNTANT = Operator(people.ACCOUNTANT.name, "accountant")
SUPERVISOR = Operator(people.SUPERVISOR.name, "supervisor")

PRINTER = "屏幕打印(示例)"
_OPENING, _BETWEEN_SALES = time(9), timedelta(minutes=7)

_BASKETS = (
    (("加碘食盐", 2), ("香皂", 1)),
    (("挂面", 1), ("加碘食盐", 1)),
    (("牙膏", 1),),
    (("白砂糖", 1), ("香皂", 1)),
    (("洗衣皂", 1), ("加碘食盐", 1)),
)


class Adopted(NamedTuple):
    """A rulebook as it is adopted: its text, and what it reads."""

    source: str
    rules: Rulebook


class MadeUpDays:
    """The days of the sample passing within one transaction; none of its moments is later than `now`."""

    def __init__(self, tx: Transaction) -> None:
        self.tx, self.now = tx, tx.now

    def at(self, day: date, minutes: timedelta = timedelta(0)) -> Transaction:
        """Return the transaction as it would have begun on that day, so long after the shop opens."""
        moment = datetime.combine(day, _OPENING, DEFAULT_ZONE) + minutes
        return self.tx.at(min(moment, self.now))


class _Event(NamedTuple):
    on: date
    turn: int
    """Which comes first on one day."""
    happen: Callable[[], Any]


def live(passing: MadeUpDays, days: Days, rulebooks: Mapping[int, Adopted]) -> None:
    """Everything from the founding to this morning's first two redemptions."""
    past = _Past(passing, days, rulebooks)
    events = [*past.adoptions(), *past.pool(), *past.ledgers(), *past.closings(), *past.answers()]
    events += [*past.vetoes(), *past.markets()]
    for event in sorted(events, key=lambda e: (e.on, e.turn)):
        event.happen()
    today = passing.at(days.today)
    keep(today, days, past.approval)
    change_households(today, days, past.approval)
    object_to_batches(today, days)


class _Past:
    """The sample's events, each to happen on its own day."""

    def __init__(self, passing: MadeUpDays, days: Days, rulebooks: Mapping[int, Adopted]) -> None:
        self.at, self.days, self.rulebooks = passing.at, days, rulebooks
        founded = passing.at(days.founded)
        self.approval = unwrap(approve(founded, SUPERVISOR.name, people.SUPERVISOR.pin, ACCOUNTANT, "示例"))

    def adoptions(self) -> Iterator[_Event]:
        for year in self.rulebooks:
            on = max(self.days.founded, date(year, 1, 1))
            yield _Event(on, 0, partial(self._adopt, year, on))

    def pool(self) -> Iterator[_Event]:
        for given in goods.gifts(self.days):
            yield _Event(given[0].on, 1, partial(self._receive, given))
        for bought in goods.purchases(self.days):
            yield _Event(bought[0].on, 1, partial(self._buy, bought))

    def ledgers(self) -> Iterator[_Event]:
        for village in people.VILLAGES:
            for month in self.days.months():
                for step, on in self.days.steps(village.prefix, village.at, month):
                    yield _Event(on, 2, partial(self._step, village, month, step, on))

    def closings(self) -> Iterator[_Event]:
        for month in self.days.months():
            if month < self.days.last_month:
                on = month.next().first_day + timedelta(2)
                yield _Event(on, 3, partial(self._close, month, on))

    def answers(self) -> Iterator[_Event]:
        """Yield what villages answer to their statements; the last one waits for most of them."""
        for month in self.days.months():
            if month < self.days.last_month:
                yield _Event(month.next().first_day + timedelta(5), 3, partial(self._answer, month))

    def vetoes(self) -> Iterator[_Event]:
        yield _Event(self.days.vetoed, 4, self._veto)

    def markets(self) -> Iterator[_Event]:
        held = [day for day in self._redemption_days() if day < self.days.today]
        for turn, day in enumerate(held):
            yield _Event(day, 5, partial(self._market, day, turn))
        yield _Event(self.days.today, 5, partial(self._today, len(held)))

    def _redemption_days(self) -> Iterator[date]:
        for month in self.days.months():
            on = month.next()
            day = self.rulebooks[on.year].rules.redemption_day(on.year, on.month)
            if day is not None:
                yield day

    def _adopt(self, year: int, on: date) -> None:
        source, rules = self.rulebooks[year]
        unwrap(adopt(self.at(on), source, rules, f"示例备〔{year}〕1号", people.ADMIN.name))

    def _receive(self, rows: Sequence[GiftRow]) -> None:
        _whole(take_gifts(self.at(rows[0].on), rows, ACCOUNTANT))

    def _buy(self, rows: Sequence[PurchaseRow]) -> None:
        _whole(unwrap(take_purchases(self.at(rows[0].on), rows, ACCOUNTANT, self.approval)))

    def _step(self, village: Village, month: Month, step: Step, on: date) -> None:
        tx, place = self.at(on), village.name
        match step:
            case "draft":
                items = self.rulebooks[month.year].rules.items_of(place)
                book = workbook(self.days, village, month, items)
                _whole(unwrap(draft(tx, book, ACCOUNTANT, file_of(village, month))))
            case "publish":
                unwrap(batches.publish(tx, place, month, Authority(ACCOUNTANT, on)))
            case "review":
                unwrap(batches.review(tx, place, month, Authority(SUPERVISOR, on)))
            case "post":
                unwrap(post_batch(tx, place, month, Authority(ACCOUNTANT, on)))

    def _close(self, month: Month, on: date) -> None:
        unwrap(close_month(self.at(on), month, Authority(ACCOUNTANT, on)))

    def _answer(self, month: Month) -> None:
        on = month.next().first_day + timedelta(5)
        answer_statements(self.at(on), month, on, month.next() == self.days.last_month)

    def _veto(self) -> None:
        on = self.days.vetoed
        unwrap(
            record_veto(
                self.at(on),
                VETOED,
                clause="1",
                facts="示例:多次把垃圾倒进河沟,劝阻不听",
                conduct_on=self.days.conduct,
                authority=Authority(ACCOUNTANT, on, self.approval),
            )
        )

    def _market(self, day: date, turn: int) -> None:
        self._until(day)
        unwrap(open_session(self.at(day), Authority(CLERK, day)))
        if turn == 0:
            self._sell(day, ELIGIBLE, 0, 0)
        for place in range(4):
            self._sell(day, *_buyer(turn, place))
        tx = self.at(day, timedelta(hours=5))
        unwrap(close_session(tx, Authority(CLERK, day)))
        _came_out(tx)

    def _until(self, day: date) -> None:
        """Put on record what was done up to a day: a shop's books never lie still from one market day to the next."""
        self.at(day).settle()

    def _today(self, turn: int) -> None:
        day = self.days.today
        self._until(day)
        if self.rulebooks[day.year].rules.is_redemption_day(day):
            unwrap(open_session(self.at(day), Authority(CLERK, day)))
        else:
            unwrap(open_session(self.at(day), Authority(CLERK, day, self.approval), "示例:演示"))
        for place in range(2):
            self._sell(day, *_buyer(turn, place))

    def _sell(self, day: date, booklet: str, turn: int, place: int) -> None:
        tx = self.at(day, _BETWEEN_SALES * (place + 1))
        village = people.village_of(booklet)
        proxy = village.members(int(booklet[2:]))[0] if place == 2 else ""
        basket = Basket(
            booklet=booklet,
            wanted=tuple(Wanted(goods.CODES[name], n) for name, n in _BASKETS[(turn + place) % len(_BASKETS)]),
            key=tx.new_id().hex(),
            proxy=proxy,
            relation="配偶" if proxy else "",
        )
        unwrap(redeem(tx, basket, Authority(CLERK, day)))
        _came_out(tx)


def _came_out(tx: Transaction) -> None:
    """Mark papers as printed that went home long ago: the till's printer must not begin with them."""
    for job in print_jobs.waiting(tx):
        print_jobs.claim(tx, job.id, printer=PRINTER, owner="")
        print_jobs.finish(tx, job.id, "sent", None)


def _buyer(turn: int, place: int) -> tuple[str, int, int]:
    village = people.VILLAGES[(turn + place) % len(people.VILLAGES)]
    return village.booklet(HELPERS[turn % 2]), turn, place


def _whole(taken: Taken | Drafted) -> None:
    if taken.errors:
        raise InvariantViolated(f"the sample town is refused: {taken.errors}")
