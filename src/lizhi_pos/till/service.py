"""The till's acts on the books, one method an act. Runs on the database thread only, which also imports it."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.access.people import still_here
from lizhi_pos.accounts.pending_points import PendingPoints
from lizhi_pos.checkout import open_baskets
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.day_chart import day_chart
from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.checkout.open_baskets import OpenBasket
from lizhi_pos.checkout.papers import queue_sticker
from lizhi_pos.checkout.receipt_summaries import (
    ReceiptLineSummary,
    ReceiptSummary,
    last_at_till,
    lines_of_receipt,
    receipt_numbered,
    receipts_on,
)
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption, find_redemption
from lizhi_pos.checkout.returns import Return, return_goods
from lizhi_pos.checkout.till_queries import (
    HouseholdAtCounter,
    HouseholdMatch,
    RecentEntry,
    ShelfItem,
    TradingDay,
    counter_left_open,
    household_at_counter,
    households,
    recent_entries,
    shelf_items,
    trading_day,
    with_digits,
)
from lizhi_pos.database_failures import ServerLost, server_is_lost
from lizhi_pos.db import Transaction, Write, reading, write
from lizhi_pos.engines import clock_of
from lizhi_pos.ids import Id
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import Refusal, answered, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import Sounds, begins, says_all, sounds, spoken
from lizhi_pos.till.product_index import MAX_LIST_ROWS
from lizhi_pos.till.service_answers import LastRedemption, RestoredBasket, ShopStatus

_T = TypeVar("_T")
MOST_RECENT = 40
"""Entries that a high screen has room for."""
PAST_MIDNIGHT = "It is past midnight: a second person approves this redemption for {0}, whose session is still open"


class TillService:
    """One till's way to the database."""

    def __init__(self, engine: Engine, write: Write = write) -> None:
        self.engine = engine
        self.clock = clock_of(engine)
        self._write = write
        self.heard: dict[str, Sounds] = {}
        """How names are said, as far as that was asked for."""
        self._register: Sequence[HouseholdMatch] | None = None
        self._pending = PendingPoints()
        self._sells_on: date | None = None

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads."""
        return reading(self.engine)

    def write(self, act: Callable[[Transaction], _T], by: Operator) -> _T | Refusal:
        """Run somebody's act in a transaction that is kept, or not, as this till's are."""
        return answered(lambda: self._write(self.engine, still_here(by, act)))

    def shop_status(self, shop: TradingDay) -> ShopStatus:
        """Return what the first line says of the day."""
        with self.reading() as tx:
            villages = day_chart(tx, shop.market_session, shop.day).villages if shop.market_session else ()
            return ShopStatus(len(villages), open_baskets.held_count(tx))

    def trading_day(self, *, left_open: bool = False) -> TradingDay | Refusal:
        """Return the day as it stands, or a session left open. The register is read anew when it is searched next."""
        self._register = None
        with self.reading() as tx:
            return counter_left_open(tx) if left_open else trading_day(tx)

    def sell_on(self, day: date) -> None:
        """From now on the counter is open for this day."""
        self._sells_on = day

    def day(self, tx: Transaction) -> date:
        """Return the day that is sold on: today, or past midnight the day before, as long as its session is open."""
        now = today(tx)
        if self._sells_on is None or self._sells_on >= now:
            return now
        running = open_session_now(tx)
        return self._sells_on if running is not None and running.on_date == self._sells_on else now

    def shelf(self, shop: TradingDay) -> list[ShelfItem]:
        """Return the goods at the session's prices."""
        with self.reading() as tx:
            return shelf_items(tx, shop.market_session, shop.day)

    def serve(self, number: str, by: Operator) -> HouseholdAtCounter | Refusal:
        """Return a household by its booklet."""
        with self.reading() as tx:
            return self.served(tx, number, by)

    def served(self, tx: Transaction, number: str, by: Operator) -> HouseholdAtCounter | Refusal:
        """Return a household by its booklet, with what its village has not posted yet."""
        answer = household_at_counter(tx, number, self.day(tx), by)
        if isinstance(answer, Refusal):
            return answer
        pending = self._pending.of(tx, answer.booklet, answer.village)
        return replace(answer, pending=pending, held=tuple(self.held_of(tx, answer.booklet)))

    def recent_entries(self, booklet: str) -> list[RecentEntry]:
        """Return the last entries of a household, the newest first."""
        with self.reading() as tx:
            return recent_entries(tx, booklet, self.day(tx), MOST_RECENT)

    def held_of(self, tx: Transaction, booklet: str) -> list[OpenBasket]:
        """Return the baskets that are held of a booklet."""
        return open_baskets.held_of(tx, booklet)

    def with_digits(self, digits: str) -> list[HouseholdMatch]:
        """Return the households with this number, letters left out."""
        with self.reading() as tx:
            return with_digits(tx, digits, today(tx))

    def find_households(self, text: str) -> list[HouseholdMatch]:
        """Households whose head's name has this in it, or begins with it as it is said; whole names first.

        What was not learnt yet is not found by how it is said.
        """
        name, whole, more = comparable(text), [], []
        typed = spoken(text)
        for household in self._listed():
            heard = self.heard.get(household.head, ())
            head = comparable(household.head)
            if head == name or says_all(heard, typed):
                whole.append(household)
            elif name in head or begins(heard, typed):
                more.append(household)
        return [*whole, *more][:MAX_LIST_ROWS]

    def learn(self, most: int) -> tuple[int, int]:
        """Works out how some more heads of households are said: how many are known now, of how many.

        May run on any thread.
        """
        return self.learn_names({h.head for h in self._listed()}, most)

    def learn_names(self, names: Collection[str], most: int) -> tuple[int, int]:
        """Works out how some more of these names are said: how many are known now, of how many."""
        unheard = list(islice((name for name in names if name not in self.heard), most))
        self.heard.update((name, sounds(name)) for name in unheard)
        return sum(name in self.heard for name in names), len(names)

    def _listed(self) -> Sequence[HouseholdMatch]:
        known = self._register
        if known is None:
            with self.reading() as tx:
                known = self._register = households(tx, today(tx))
        return known

    def redeem(self, basket: Basket, by: Operator, approval: Approval | None = None) -> Redemption | Refusal:
        """Redeems what is on the counter, in one transaction; the same key never does it twice."""
        if refusal := by.refusal_to("sell"):
            return refusal

        is_whole = False

        def act(tx: Transaction) -> Redemption | Refusal:
            nonlocal is_whole
            is_whole, day = False, self.day(tx)
            answer = redeem(tx, basket, Authority(by, day, approval))
            if isinstance(answer, Refusal) and answer.code == "approval_needed" and day != today(tx):
                return refuse("approval_needed", PAST_MIDNIGHT, day.isoformat())
            is_whole = True
            return answer

        try:
            return self.write(act, by)
        except Exception as error:
            if server_is_lost(error):
                # only what was whole can have been committed
                raise ServerLost(may_be_written=is_whole) from error
            raise

    def save(self, basket: Basket, shop: TradingDay, by: Operator) -> Refusal | None:
        """Keep the basket on the counter as it is now."""
        if refusal := by.refusal_to("sell"):
            return refusal
        market = shop.market_session
        if market is None:
            return None
        return self.write(lambda tx: open_baskets.save(tx, basket, market, by), by)

    def hold(self, key: str, till: str, by: Operator) -> Refusal | None:
        """Put the basket on the counter aside."""
        if refusal := by.refusal_to("sell"):
            return refusal
        return self.write(lambda tx: open_baskets.hold(tx, key, till), by)

    def held(self) -> list[OpenBasket]:
        """Return the baskets that are held, of every till."""
        with self.reading() as tx:
            return open_baskets.held(tx)

    def recall(self, key: str, till: str, by: Operator) -> RestoredBasket | Refusal:
        """Take a held basket onto the counter, with its household as it stands now."""
        if refusal := by.refusal_to("sell"):
            return refusal

        def act(tx: Transaction) -> RestoredBasket | Refusal:
            basket = open_baskets.recall(tx, key, till)
            if isinstance(basket, Refusal):
                return basket
            household = self.served(tx, basket.booklet, by)
            return household if isinstance(household, Refusal) else RestoredBasket(basket, household)

        return self.write(act, by)

    def left_here(
        self, shop: TradingDay, till: str, by: Operator
    ) -> tuple[RestoredBasket | None, LastRedemption | None]:
        """Return what lay on this till's counter when it last ran, and the redemption it did last today."""
        with self.reading() as tx:
            basket = open_baskets.on_counter(tx, till)
            household = self.served(tx, basket.booklet, by) if basket and basket.on == shop.day else None
            done = last_at_till(tx, till, shop.day)
            last = find_redemption(tx, done.redemption_id) if done else None
        resumed = None if basket is None or household is None or isinstance(household, Refusal) else household
        return (
            RestoredBasket(basket, resumed) if basket and resumed else None,
            LastRedemption(done.head, done.village, last) if done and last else None,
        )

    def reprint(self, redemption_id: Id, till: str, by: Operator) -> int | Refusal:
        """Print a receipt once more; return the number of the copy, which the paper says."""
        if refusal := by.refusal_to("print"):
            return refusal

        def act(tx: Transaction) -> int | Refusal:
            answer = print_jobs.reprint(tx, redemption_id, till=till)
            if isinstance(answer, Refusal):
                return answer
            view = print_jobs.job(tx, answer)
            return view.copy if view else 1

        return self.write(act, by)

    def print_sticker(self, redemption_id: Id, till: str, by: Operator) -> Refusal | None:
        """Print a line for the household's booklet."""
        if refusal := by.refusal_to("print"):
            return refusal
        answer = self.write(lambda tx: queue_sticker(tx, redemption_id, till), by)
        return answer if isinstance(answer, Refusal) else None

    def issued(self, shop: TradingDay) -> list[ReceiptSummary]:
        """Today's receipts, newest first."""
        with self.reading() as tx:
            return receipts_on(tx, shop.day)

    def issued_as(self, receipt: str) -> ReceiptSummary | None:
        """Return a receipt by its number, of whatever day."""
        with self.reading() as tx:
            return receipt_numbered(tx, receipt)

    def issued_lines(self, redemption_id: Id) -> list[ReceiptLineSummary]:
        """Return the lines of a receipt."""
        with self.reading() as tx:
            return lines_of_receipt(tx, redemption_id)

    def return_goods(
        self, receipt: str, wanted: Sequence[tuple[str, int]], approval: Approval, by: Operator
    ) -> Return | Refusal:
        """Take goods of a receipt back for the approval's reason, without `wanted` all that is left of it."""
        if refusal := by.refusal_to("sell"):
            return refusal
        goods = tuple(Wanted(c, n) for c, n in wanted)
        return self.write(
            lambda tx: return_goods(
                tx, receipt, goods, reason=approval.reason, authority=Authority(by, today(tx), approval)
            ),
            by,
        )
