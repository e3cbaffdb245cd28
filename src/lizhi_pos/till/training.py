"""Training: everything is judged as on a market day, in transactions that are rolled back. It touches no books."""

from datetime import date

from msgspec.structs import replace
from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.checkout import market_session
from lizhi_pos.checkout.basket import Basket
from lizhi_pos.checkout.open_baskets import OpenBasket
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.till_queries import TradingDay
from lizhi_pos.db import Transaction, rehearse
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.till.service import TillService
from lizhi_pos.till.service_answers import LastRedemption, RestoredBasket

NUMBER = "训练-{0:04}"
"""Training's own receipt numbers: no till gives such a one."""


class TrainingService(TillService):
    """The books as they stand; what is done in training is forgotten at its end, baskets and receipts too.

    Whatever it is asked, its transactions are rolled back, those behind the counter too.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, rehearse)
        self._done: dict[str, Redemption] = {}
        self._held: dict[str, OpenBasket] = {}
        self._counter: OpenBasket | None = None

    def redeem(self, basket: Basket, by: Operator, approval: Approval | None = None) -> Redemption | Refusal:
        """Return what the checkout would say; no points, goods, numbers or paper move."""
        if refusal := by.refusal_to("sell"):
            return refusal
        if basket.key in self._done:
            return self._done[basket.key]
        answer = self.write(lambda tx: _redeem_today(tx, basket, by, approval), by)
        if isinstance(answer, Refusal):
            return answer
        number = NUMBER.format(len(self._done) + 1)
        self._done[basket.key] = replace(answer, receipt=number, print_job=None)
        self._counter = None
        return self._done[basket.key]

    def save(self, basket: Basket, shop: TradingDay, by: Operator) -> Refusal | None:
        """Remembers the basket on the counter while training lasts."""
        if refusal := by.refusal_to("sell"):
            return refusal
        with self.reading() as tx:
            household, moment = self.served(tx, basket.booklet, by), tx.now
        if isinstance(household, Refusal):
            return household
        self._counter = OpenBasket(
            key=basket.key,
            till=basket.till,
            state="counter",
            on=shop.day,
            booklet=basket.booklet,
            head=household.head,
            village=household.village,
            wanted=basket.wanted,
            proxy=basket.proxy,
            relation=basket.relation,
            clerk=by.name,
            changed_at=moment,
        )
        return None

    def hold(self, key: str, till: str, by: Operator) -> Refusal | None:
        """Put the basket on the counter aside."""
        if refusal := by.refusal_to("sell"):
            return refusal
        if self._counter is None or self._counter.key != key:
            return refuse("out_of_turn", "There is no such basket on the counter: nothing was held")
        self._held[key], self._counter = self._counter, None
        return None

    def held(self) -> list[OpenBasket]:
        """Return the baskets held in this training."""
        return list(self._held.values())

    def held_of(self, tx: Transaction, booklet: str) -> list[OpenBasket]:
        """Return the baskets of a booklet that are held in this training."""
        return [basket for basket in self._held.values() if basket.booklet == booklet]

    def recall(self, key: str, till: str, by: Operator) -> RestoredBasket | Refusal:
        """Take a basket held in this training back."""
        if refusal := by.refusal_to("sell"):
            return refusal
        if key not in self._held:
            return refuse("out_of_turn", "This basket is held no longer: another till took it, or it is redeemed")
        with self.reading() as tx:
            household = self.served(tx, self._held[key].booklet, by)
        if isinstance(household, Refusal):
            return household
        self._counter = self._held.pop(key)
        return RestoredBasket(self._counter, household)

    def left_here(
        self, shop: TradingDay, till: str, by: Operator
    ) -> tuple[RestoredBasket | None, LastRedemption | None]:
        """Training begins with an empty counter."""
        return None, None

    def reprint(self, redemption_id: Id, till: str, by: Operator) -> int | Refusal:
        """Training prints nothing."""
        return by.refusal_to("print") or refuse("rule_broken", "Training prints nothing: F10 ends it")


def _redeem_today(tx: Transaction, basket: Basket, by: Operator, approval: Approval | None) -> Redemption | Refusal:
    """Redeems as if the shop were open today: training is for the evening before, too."""
    day = today(tx)
    running = market_session.open_session_now(tx)
    is_open = running is not None and running.on_date == day
    if not is_open and (refusal := _open(tx, day, running.on_date if running else None, by)):
        return refusal
    return redeem(tx, basket, Authority(by, day, approval))


def _open(tx: Transaction, day: date, other: date | None, by: Operator) -> Refusal | None:
    if other is not None:
        closed = market_session.close_session(tx, Authority(by, other), discard_baskets=True)
        if isinstance(closed, Refusal):
            return closed
    return market_session.open_in_rehearsal(tx, Authority(by, day))
