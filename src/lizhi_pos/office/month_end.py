"""The acts of the month's end: checks and totals, closing, villages' answers, what came of them, who signed.

On the database thread, but for what touches files. Every act asks for its right when it runs.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Row, bindparam, func, select

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction, of_town, reading
from lizhi_pos.documents.month import Options
from lizhi_pos.journal.models import period
from lizhi_pos.journal.queries import first_day
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.month_files import ClosedMonth, MonthFiles, closed_month, record_export
from lizhi_pos.office.month_rows import DifferenceRow, MonthView
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.answer_states import AnswerState, answer_states, resolved
from lizhi_pos.settlement.closing import close_month, warnings_of, why_not_close
from lizhi_pos.settlement.closing_checks import Tell, check_closing, nobody
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.settlement.models import statement_village
from lizhi_pos.settlement.reconciliation import Comparison, compare, kept_differences
from lizhi_pos.settlement.statement import Statement, load_statement
from lizhi_pos.settlement.village_signing import ResolvedDifference, confirm, dispute, resolve, state_of

_T = TypeVar("_T")

_PERIOD = select(period.c.closed_on, period.c.closed_by).where(of_town(period), period.c.month == bindparam("month"))
_SPAN = select(func.min(period.c.month).label("first"), func.max(period.c.month).label("last")).where(of_town(period))
_NAMES = select(statement_village.c.name).where(
    of_town(statement_village), statement_village.c.month == bindparam("month"), statement_village.c.name.is_not(None)
)


class MonthEndService(JobService):
    """The month's end on one database; `folder` is where answers were read from last."""

    folder: Path | None = None
    papers_went_to: Path | None = None

    def view(self, wanted: Month | None, by: Operator, tell: Tell = nobody) -> MonthView | Refusal:
        """Return a month; without one the month whose turn it is, or the last closed one while that goes on."""
        return self._seen(by, lambda tx: _view(tx, wanted, tell))

    def differences(self, month: Month, village: str, by: Operator) -> tuple[DifferenceRow, ...] | Refusal:
        """Return the differences of a village's last answer, each with its cause and what came of it."""
        return self._seen(by, lambda tx: _differences(tx, month, village))

    def names(self, month: Month, by: Operator) -> list[str] | Refusal:
        """Return the names by which an answer's village is known, for whoever reads files."""
        if refusal := by.refusal_to("close_month"):
            return refusal
        with reading(self.engine) as tx:
            fixed = [row.name for row in tx.all(_NAMES, month=str(month))]
            return list(dict.fromkeys([*village_names(tx).values(), *fixed]))

    def day(self) -> date:
        """Return the town's today."""
        with reading(self.engine) as tx:
            return today(tx)

    def why_not_close(self, month: Month, day: date, by: Operator, tell: Tell = nobody) -> Refusal | None:
        """Return why a month cannot be closed on a day, before anything is asked; nothing is written."""
        if refusal := by.refusal_to("close_month"):
            return refusal
        with reading(self.engine) as tx:
            return why_not_close(tx, month, day, tell)

    def close(self, month: Month, day: date, by: Operator) -> Statement | Refusal:
        """Close a month that nothing kept from being closed a moment ago, see `why_not_close`."""
        return self._keep(by, lambda tx: close_month(tx, month, Authority(by, day), proved=True))

    def take_answer(self, month: Month, answer: VillageAnswer, day: date, by: Operator) -> Comparison | Refusal:
        """Compare a village's answer with the closed month and keep it."""
        done = self._keep(by, lambda tx: compare(tx, month, [answer], Authority(by, day)))
        return done if isinstance(done, Refusal) else done[0]

    def resolve(
        self, place: tuple[Month, str], booklet: str, told: tuple[str, str], day: date, by: Operator
    ) -> ResolvedDifference | Refusal:
        """Keep what came of a difference: a note, and the entry behind it where there is one."""
        return self._keep(by, lambda tx: resolve(tx, place, booklet, told, Authority(by, day)))

    def confirm(self, place: tuple[Month, str], name: str, day: date, by: Operator) -> AnswerState | Refusal:
        """Keep that a village confirms its statement."""
        return self._keep(by, lambda tx: confirm(tx, *place, name, Authority(by, day)))

    def dispute(self, place: tuple[Month, str], text: str, day: date, by: Operator) -> AnswerState | Refusal:
        """Keep what a village disputes."""
        return self._keep(by, lambda tx: dispute(tx, *place, text, Authority(by, day)))

    def papers(self, month: Month, folder: Path, by: Operator) -> ClosedMonth | Refusal:
        """Return what a closed month's papers are made of, and keep that somebody takes them out of the books."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            closed = closed_month(tx, month)
        if isinstance(closed, Refusal):
            return closed
        kept = self.write(lambda tx: record_export(tx, by, month, str(folder)), by)
        self.papers_went_to = folder
        return kept if isinstance(kept, Refusal) else closed

    @staticmethod
    def files_of(closed: ClosedMonth, *, pages: bool) -> MonthFiles:
        """Return a month's files, with a page for each household or without; the books are not asked for it."""
        return MonthFiles(closed, Options(household_pages=pages))

    def _seen(self, by: Operator, look: Callable[[Transaction], _T | Refusal]) -> _T | Refusal:
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            return look(tx)

    def _keep(self, by: Operator, act: Callable[[Transaction], _T | Refusal]) -> _T | Refusal:
        refusal = by.refusal_to("close_month")
        return refusal if refusal is not None else self.write(act, by)


def _view(tx: Transaction, wanted: Month | None, tell: Tell) -> MonthView | Refusal:
    day = today(tx)
    months = _months(tx, day)
    if not months:
        return refuse("not_found", "There is nothing in the books to close")
    month = wanted if wanted in months else _first_shown(tx, months, day)
    row: Row[tuple[date, str]] | None = tx.first(_PERIOD, month=str(month))
    if row is not None:
        return MonthView(
            month=month,
            months=months,
            today=day,
            closed_on=row.closed_on,
            closed_by=row.closed_by,
            checks=warnings_of(tx, month),
            villages=load_statement(tx, month).villages,
            states=answer_states(tx, month),
        )
    checked = check_closing(tx, month, day, tell)
    return MonthView(
        month=month,
        months=months,
        today=day,
        closed_on=None,
        closed_by="",
        checks=checked.checks,
        villages=checked.statement.villages if checked.statement else (),
        states=(),
    )


def _months(tx: Transaction, day: date) -> tuple[Month, ...]:
    """Return the closed months and the one whose turn it is."""
    closed, begun = tx.first(_SPAN), first_day(tx)
    first = Month.parse(closed.first) if closed is not None and closed.first else Month.of(begun) if begun else None
    if first is None:
        return ()
    due = Month.parse(closed.last).next() if closed is not None and closed.last else first
    found = [first]
    while found[-1] < due:
        found.append(found[-1].next())
    return tuple(month for month in found if month <= Month.of(day))


def _first_shown(tx: Transaction, months: tuple[Month, ...], day: date) -> Month:
    """Return the month that is over and not closed, else the last closed one."""
    last = months[-1]
    is_closed = tx.first(_PERIOD, month=str(last)) is not None
    return last if is_closed or last.last_day < day or len(months) == 1 else months[-2]


def _differences(tx: Transaction, month: Month, village: str) -> tuple[DifferenceRow, ...] | Refusal:
    state = state_of(tx, month, village)
    if isinstance(state, Refusal):
        return state
    notes = resolved(tx, month)
    rows = []
    for found in kept_differences(tx, month, state.village_id):
        note = notes.get((state.village_id, found.booklet, found.ours, found.theirs))
        rows.append(DifferenceRow(found, note.note if note else None, note.reference if note else None))
    return tuple(rows)
