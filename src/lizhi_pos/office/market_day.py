"""The till's acts behind the counter: the session, what waits, paper, what is set. Runs on the database thread only."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access import operators
from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.access.people import still_here
from lizhi_pos.checkout import market_session, open_baskets
from lizhi_pos.checkout.market_session import MarketView
from lizhi_pos.checkout.open_baskets import OpenBasket
from lizhi_pos.checkout.session_queries import session_on
from lizhi_pos.db import Transaction, Write, reading, write
from lizhi_pos.ids import Id
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView, PrintJobState
from lizhi_pos.printqueue.printers import printers
from lizhi_pos.refusal import Message, Refusal, answered
from lizhi_pos.rulebook.adopted import today, zone
from lizhi_pos.settlement.overview import Overview, overview, overview_basis
from lizhi_pos.town import settings
from lizhi_pos.town.clock_doubt import clock_doubt

_T = TypeVar("_T")


class Paper(Struct, frozen=True):
    """A paper that is not out yet: what it is, since when it waits (town time), how far it came, and why no further."""

    id: Id
    name: Message
    since: datetime
    state: PrintJobState
    detail: Message | None


class OfficeService:
    """What is done at a till besides selling, on one database."""

    def __init__(self, engine: Engine, write: Write = write) -> None:
        self.engine = engine
        self._write = write
        self._overview: tuple[object, Overview] | None = None

    def write(self, act: Callable[[Transaction], _T], by: Operator) -> _T | Refusal:
        """Run somebody's act in a transaction that is kept, or not, as this till's are."""
        return answered(lambda: self._write(self.engine, still_here(by, act)))

    def people(self) -> list[Operator]:
        """Everybody who may sign in, those who sell first."""
        with reading(self.engine) as tx:
            users = operators.users(tx)
        return sorted(users, key=lambda user: not user.can("sell"))

    def sign_in(self, name: str, pin: str, till: str) -> Operator | Refusal:
        """Somebody by a right PIN; that they came to this till is in the audit."""

        def act(tx: Transaction) -> Operator | Refusal:
            came = operators.sign_in(tx, name, pin)
            if isinstance(came, Operator):
                record(tx, came, "sign_in", f"till {till}")
            return came

        return answered(lambda: self._write(self.engine, act))

    def approvers(self, by: Operator) -> tuple[Operator, ...]:
        """Those who may stand behind what somebody does: who reviews, approves."""
        with reading(self.engine) as tx:
            users = operators.users(tx)
        return tuple(u for u in users if u.can("review_ledger") and u.name != by.name)

    def approve(self, name: str, pin: str, reason: str, by: Operator) -> Approval | Refusal:
        """Return a second person's approval of what somebody does, by a right PIN."""
        return answered(lambda: self._write(self.engine, lambda tx: operators.approve(tx, name, pin, by, reason)))

    def open_session(self, by: Operator, approval: Approval | None = None) -> MarketView | Refusal:
        """Open today's session, with a second person where it needs one."""
        if refusal := by.refusal_to("run_session"):
            return refusal
        reason = approval.reason if approval else ""
        return self.write(lambda tx: market_session.open_session(tx, Authority(by, today(tx), approval), reason), by)

    def close_session(self, by: Operator, day: date, discard_baskets: bool = False) -> MarketView | Refusal:
        """Close a day's session; its slip waits to be printed."""
        if refusal := by.refusal_to("run_session"):
            return refusal
        return self.write(
            lambda tx: market_session.close_session(tx, Authority(by, day), discard_baskets=discard_baskets), by
        )

    def copies_after_closing(self, by: Operator) -> tuple[Message, ...]:
        """Copy the books to where their automatic copies lie, and return what stood in the way; on any thread."""
        from lizhi_pos.maintenance.automatic_backup import back_up_automatically, closed_without

        return closed_without(back_up_automatically(self.engine, by))

    def clock_doubt(self) -> Message | None:
        """Return why the machine's clock may be wrong, None where it agrees with the books."""
        with reading(self.engine) as tx:
            doubt = clock_doubt(tx)
            return doubt.text if doubt else None

    def left_open(self) -> date | None:
        """Return the day of a session of another day than today that is still open."""
        with reading(self.engine) as tx:
            running = market_session.open_session_now(tx)
            return running.on_date if running is not None and running.on_date != today(tx) else None

    def session_of(self, day: date) -> tuple[MarketView | Refusal, list[OpenBasket]]:
        """Return a day's session as it stands, and its baskets that are still open."""
        with reading(self.engine) as tx:
            row = session_on(tx, day)
            left = open_baskets.open_baskets(tx, row.session_id) if row is not None else []
            return market_session.market_view(tx, day), left

    def overview(self) -> Overview:
        """Return the town at a glance; computed anew only where something has happened since."""
        with reading(self.engine) as tx:
            day = today(tx)
            basis = overview_basis(tx, day)
            if self._overview is None or self._overview[0] != basis:
                self._overview = basis, overview(tx, day)
            return self._overview[1]

    def printing(self) -> tuple[bool, list[JobView]]:
        """Return whether there is a printer, and the jobs that are not done."""
        with reading(self.engine) as tx:
            return bool(printers(tx)), print_jobs.queue(tx)

    def papers(self) -> tuple[bool, list[Paper]]:
        """Return whether there is a printer, and the papers that are not out yet."""
        with reading(self.engine) as tx:
            local = zone(tx)
            jobs = [
                Paper(job.id, print_jobs.paper_name(job), job.created_at.astimezone(local), job.state, job.detail)
                for job in print_jobs.queue(tx)
            ]
            return bool(printers(tx)), jobs

    def print_again(self, job: Id, by: Operator) -> Refusal | None:
        """Let a job be printed again, as a person decides."""
        if refusal := by.refusal_to("print"):
            return refusal
        answer = self.write(lambda tx: print_jobs.retry(tx, job, by), by)
        return answer if isinstance(answer, Refusal) else None

    def cancel(self, jobs: list[Id], by: Operator) -> Refusal | None:
        """Cancel these jobs, which a person says need no printing any more.

        One that came to an end meanwhile stays as it is.
        """
        if refusal := by.refusal_to("print"):
            return refusal

        def act(tx: Transaction) -> Refusal | None:
            answers = [print_jobs.cancel(tx, job, by) for job in jobs]
            return next((answer for answer in answers if isinstance(answer, Refusal)), None)

        refused = self.write(act, by)
        return refused if len(jobs) == 1 else None

    def settings(self, till: str) -> dict[str, str]:
        """Return what the town has set, as it holds at a till."""
        with reading(self.engine) as tx:
            return settings.settings(tx, till)

    def keep_theme(self, till: str, theme: str, by: Operator) -> Refusal | None:
        """Set how this till looks from now on: whoever sees it chooses."""
        if refusal := by.refusal_to("see"):
            return refusal
        return self.write(lambda tx: settings.keep_setting(tx, "theme", till, theme, by), by)
