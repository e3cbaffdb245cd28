"""Where each village stands with its statement: sent, answered, confirmed or disputed (三(四)2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select

from lizhi_pos.accounts.models import village
from lizhi_pos.db import Transaction, of_town, same_row, same_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import period
from lizhi_pos.periods import Month
from lizhi_pos.settlement.models import (
    difference,
    difference_note,
    statement_village,
    village_answer,
    village_signature,
)

State = Literal["sent", "answered", "confirmed", "disputed"]


class AnswerState(Struct, frozen=True, kw_only=True):
    """A village's state for a closed month: how many differences its last answer has, and how many are not resolved.

    `dispute` is what it disputes, None unless it does.
    """

    village: str
    village_id: Id
    state: State
    answered_on: date | None
    differences: int
    open: int
    confirmed_on: date | None
    confirmed_by: str | None
    dispute: str | None
    last_on: date
    """The day of the last step, which no later one comes before."""


class MonthState(Struct, frozen=True):
    """Every village's state for one closed month, in the order the villages were added."""

    month: str
    villages: tuple[AnswerState, ...]

    @property
    def settled(self) -> bool:
        """Whether every village has confirmed."""
        return all(village.state == "confirmed" for village in self.villages)


_VILLAGES = (
    select(statement_village.c.village_id, village.c.name, period.c.closed_on)
    .select_from(
        statement_village.join(village, same_row(village.c.village_id, statement_village.c.village_id)).join(
            period, same_row(period.c.month, statement_village.c.month)
        )
    )
    .where(of_town(statement_village), statement_village.c.month == bindparam("month"))
    .order_by(statement_village.c.village_id)
)
_ANSWERS = select(village_answer.c.village_id, village_answer.c.on_date, village_answer.c.read_at).where(
    of_town(village_answer), village_answer.c.month == bindparam("month")
)
_DIFFERENCES = select(difference).where(of_town(difference), difference.c.month == bindparam("month"))
_NOTES = (
    select(difference_note)
    .where(of_town(difference_note), difference_note.c.month == bindparam("month"))
    .order_by(difference_note.c.note_id)
)
_SIGNATURES = (
    select(village_signature)
    .where(of_town(village_signature), village_signature.c.month == bindparam("month"))
    .order_by(village_signature.c.signature_id)
)
_last_said = (
    select(village_signature.c.kind)
    .where(
        same_town(village_signature, statement_village),
        village_signature.c.month == statement_village.c.month,
        village_signature.c.village_id == statement_village.c.village_id,
    )
    .order_by(village_signature.c.signature_id.desc())
    .limit(1)
    .correlate(statement_village)
    .scalar_subquery()
)
_TO_CONFIRM = (
    select(func.count())
    .select_from(statement_village)
    .where(of_town(statement_village), func.coalesce(_last_said, "") != "confirmed")
)
_MONTHS = select(period.c.month).where(of_town(period)).order_by(period.c.month)


def answer_states(tx: Transaction, month: Month) -> tuple[AnswerState, ...]:
    """Return every village's state for a month; none where it is not closed."""
    answers = {row.village_id: row for row in tx.all(_ANSWERS, month=str(month))}
    signed: dict[Id, list[Row[Any]]] = {}
    for row in tx.all(_SIGNATURES, month=str(month)):
        signed.setdefault(row.village_id, []).append(row)
    notes = resolved(tx, month)
    found: dict[Id, list[bool]] = {}
    for row in tx.all(_DIFFERENCES, month=str(month)):
        found.setdefault(row.village_id, []).append(_key(row) not in notes)
    return tuple(
        _state(row, answers.get(row.village_id), found.get(row.village_id, []), signed.get(row.village_id, []))
        for row in tx.all(_VILLAGES, month=str(month))
    )


def month_states(tx: Transaction) -> list[MonthState]:
    """Return the closed months of which a village has not confirmed its statement, the oldest first."""
    found = (MonthState(row.month, answer_states(tx, Month.parse(row.month))) for row in tx.all(_MONTHS))
    return [month for month in found if not month.settled]


def to_confirm(tx: Transaction) -> int:
    """Return how many statements of closed months their villages have not confirmed."""
    return int(tx.value(_TO_CONFIRM))


Resolved = Mapping[tuple[Id, str, int | None, int | None], Row[Any]]
"""The last note of each difference, by its village, booklet and both figures."""


def resolved(tx: Transaction, month: Month) -> Resolved:
    """Return the note that stands for each difference of a month; one with other figures is another difference."""
    return {_key(row): row for row in tx.all(_NOTES, month=str(month))}


def _key(row: Row[Any]) -> tuple[Id, str, int | None, int | None]:
    return row.village_id, row.booklet, row.ours, row.theirs


def _state(of: Row[Any], answer: Row[Any] | None, differences: list[bool], signed: list[Row[Any]]) -> AnswerState:
    last = signed[-1] if signed else None
    state: State = "sent" if answer is None else "answered"
    if last is not None:
        state = last.kind
    answered_on = (answer.on_date or answer.read_at.date()) if answer is not None else None
    confirmed = last if last is not None and last.kind == "confirmed" else None
    return AnswerState(
        village=of.name,
        village_id=of.village_id,
        state=state,
        answered_on=answered_on,
        differences=len(differences),
        open=sum(differences),
        confirmed_on=confirmed.on_date if confirmed is not None else None,
        confirmed_by=(confirmed.by_name or None) if confirmed is not None else None,
        dispute=last.note if last is not None and last.kind == "disputed" else None,
        last_on=max(day for day in (of.closed_on, answered_on, last.on_date if last is not None else None) if day),
    )
