"""The till's acts on the books, one method an act. Runs on the database thread only, which also imports it."""

from collections.abc import Sequence
from datetime import date
from itertools import islice

from sqlalchemy import Engine

from lizhi_pos.access import operators
from lizhi_pos.access.operators import Approval, Operator, approval
from lizhi_pos.checkout import market, print_jobs
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.counter import (
    Counter,
    Goods,
    Issued,
    IssuedLine,
    Listed,
    Served,
    counter,
    households,
    issued_lines,
    issued_on,
    serve,
    shelf,
    with_digits,
)
from lizhi_pos.checkout.market import MarketView
from lizhi_pos.checkout.print_jobs import JobView
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.returns import Return, return_goods
from lizhi_pos.db import Id, reading, transaction
from lizhi_pos.pinyin import initials
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.terminal.shelf import MOST_FOUND


class Books:
    """One till's way to the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._heard: dict[str, str] = {}
        self._register: Sequence[Listed] | None = None

    def names(self) -> list[str]:
        """The names of those who may stand at the till, for the sign-in screen."""
        with reading(self.engine) as session:
            return [user.name for user in operators.users(session) if user.may("sell") is None]

    def sign_in(self, name: str, pin: str) -> Operator | Refusal:
        """Somebody who may sell, by a right PIN."""
        with transaction(self.engine) as session:
            check = operators.sign_in(session, name, pin)
        if check.operator is None:
            return check.refusal or refuse("bad_pin", "Name or PIN is not right: try again")
        if check.operator.may("sell"):
            return refuse("not_allowed", "{0} does not sell: a clerk signs in at the till", name)
        return check.operator

    def approvers(self, by: Operator) -> tuple[str, ...]:
        """The names of those who may stand behind what somebody does: who reviews, approves."""
        with reading(self.engine) as session:
            users = operators.users(session)
        return tuple(u.name for u in users if u.may("review_ledger") is None and u.name != by.name)

    def approve(self, name: str, pin: str, reason: str, by: Operator) -> Approval | Refusal:
        """A second person's approval of what somebody does, by a right PIN."""
        with transaction(self.engine) as session:
            check = operators.sign_in(session, name, pin)
        return approval(check, by, reason)

    def counter(self) -> Counter | Refusal:
        """The day as it stands. The register is read anew when it is searched next."""
        self._register = None
        with reading(self.engine) as session:
            return counter(session)

    def open_session(self, by: Operator, approver: str = "", pin: str = "", reason: str = "") -> MarketView | Refusal:
        """Opens today's session, with an approver where one is named."""
        if refusal := by.may("run_session"):
            return refusal
        stands_behind = None
        if approver:
            answer = self.approve(approver, pin, reason, by)
            if isinstance(answer, Refusal):
                return answer
            stands_behind = answer
        with transaction(self.engine) as session:
            return market.open_session(session, today(session), by, stands_behind, reason)

    def close_session(self, by: Operator, day: date) -> MarketView | Refusal:
        """Closes a day's session, one that was left open."""
        if refusal := by.may("run_session"):
            return refusal
        with transaction(self.engine) as session:
            return market.close_session(session, day, by)

    def shelf(self, shop: Counter) -> list[Goods]:
        """The goods at the session's prices."""
        with reading(self.engine) as session:
            return shelf(session, shop.session, shop.day)

    def serve(self, number: str, by: Operator) -> Served | Refusal:
        """A household by its booklet."""
        with reading(self.engine) as session:
            return serve(session, number, today(session), by)

    def with_digits(self, digits: str) -> list[Listed]:
        """The households with this number, letters left out."""
        with reading(self.engine) as session:
            return with_digits(session, digits, today(session))

    def find_households(self, text: str) -> list[Listed]:
        """Households whose head's name has this in it, or whose initials begin with it; whole names first."""
        while self.learn(1000):
            pass
        wanted, whole, more = text.lower(), [], []
        for household in self._listed():
            readings = self._heard.get(household.head, "").split()
            if household.head == text or wanted in readings:
                whole.append(household)
            elif text in household.head or any(reading.startswith(wanted) for reading in readings):
                more.append(household)
        return [*whole, *more][:MOST_FOUND]

    def learn(self, most: int) -> bool:
        """Works out the initials of some more heads of households; whether any are left. May run on any thread."""
        unheard = list(islice((h.head for h in self._listed() if h.head not in self._heard), most))
        self._heard.update((name, initials(name)) for name in unheard)
        return bool(unheard)

    def _listed(self) -> Sequence[Listed]:
        known = self._register
        if known is None:
            with reading(self.engine) as session:
                known = self._register = households(session, today(session))
        return known

    def redeem(
        self,
        booklet: str,
        wanted: Sequence[tuple[str, int]],
        key: str,
        till: str,
        by: Operator,
        collector: tuple[str, str] = ("", ""),
        stands_behind: Approval | None = None,
    ) -> Redemption | Refusal:
        """Redeems what is on the counter, in one transaction; the same key never does it twice.

        `collector` is the name and relation of who collects for the household, empty where it comes itself.
        """
        proxy, relation = collector
        goods = tuple(Wanted(c, n) for c, n in wanted)
        basket = Basket(booklet=booklet, wanted=goods, key=key, till=till, proxy=proxy, relation=relation)
        with transaction(self.engine) as session:
            return redeem(session, basket, today(session), by, stands_behind)

    def reprint(self, redemption_id: Id) -> int | Refusal:
        """Prints a receipt once more; the number of the copy, which the paper says."""
        with transaction(self.engine) as session:
            answer = print_jobs.reprint(session, redemption_id)
            view = None if isinstance(answer, Refusal) else print_jobs.job(session, answer)
        if isinstance(answer, Refusal):
            return answer
        return view.copy if view else 1

    def issued(self, shop: Counter) -> list[Issued]:
        """Today's receipts, newest first."""
        with reading(self.engine) as session:
            return issued_on(session, shop.day)

    def issued_lines(self, redemption_id: Id) -> list[IssuedLine]:
        """The lines of a receipt."""
        with reading(self.engine) as session:
            return issued_lines(session, redemption_id)

    def return_goods(
        self, receipt: str, wanted: Sequence[tuple[str, int]], stands_behind: Approval, by: Operator
    ) -> Return | Refusal:
        """Takes goods of a receipt back for the approval's reason, without `wanted` all that is left of it."""
        goods = tuple(Wanted(c, n) for c, n in wanted)
        with transaction(self.engine) as session:
            return return_goods(
                session,
                receipt,
                goods,
                reason=stands_behind.reason,
                on=today(session),
                by=by,
                approval=stands_behind,
            )

    def printing(self) -> tuple[bool, list[JobView]]:
        """Whether there is a printer, and the jobs that are not done."""
        with reading(self.engine) as session:
            return bool(print_jobs.printers(session)), print_jobs.queue(session)
