"""The objections to a batch as they stand: how many are open, what each says and how it was answered."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, bindparam, func, select

from lizhi_pos.accounts.models import batch, objection
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal, message

STATE_WORDS = {"open": message("not answered"), "upheld": message("upheld"), "dismissed": message("dismissed")}


class ObjectionCounts(Struct, frozen=True):
    """How many objections to a batch are in each state."""

    open: int = 0
    upheld: int = 0
    dismissed: int = 0


class ObjectionView(Struct, frozen=True, kw_only=True):
    """One objection. `booklet` is the household it is about, `by` who objects, empty where nobody gave a name."""

    number: int
    booklet: str | None
    text: str
    by: str
    on: date
    recorded_by: str
    state: str
    answer: str | None
    settled_on: date | None
    settled_by: str | None


_OF_BATCH = (
    select(objection).where(of_town(objection), objection.c.batch_id == bindparam("batch")).order_by(objection.c.number)
)
_OPEN = _OF_BATCH.where(objection.c.state == "open")


def number_in(state: str) -> ColumnElement[Any]:
    """Return the column of a query over batches that counts the objections to each in a state."""
    return (
        select(func.count())
        .select_from(objection)
        .where(same_row(objection.c.batch_id, batch.c.batch_id), objection.c.state == state)
        .correlate(batch)
        .scalar_subquery()
        .label(f"objections_{state}")
    )


COUNTS = (number_in("open"), number_in("upheld"), number_in("dismissed"))
"""What a query over batches selects besides, to be read by `counts_in`."""


def counts_in(row: Row[Any]) -> ObjectionCounts:
    """Return the objections to a batch by its row."""
    return ObjectionCounts(row.objections_open, row.objections_upheld, row.objections_dismissed)


def objections_of(tx: Transaction, batch_id: Id) -> list[ObjectionView]:
    """Return every objection to a batch, in the order of their numbers."""
    return [_view(row) for row in tx.all(_OF_BATCH, batch=batch_id)]


def refuse_while_open(tx: Transaction, batch_id: Id) -> Refusal | None:
    """Refuse where objections to a batch are not answered yet."""
    numbers: Sequence[str] = [str(row.number) for row in tx.all(_OPEN, batch=batch_id)]
    if not numbers:
        return None
    told = ", ".join(numbers)
    text = message("Objections {0} are not answered yet: settle them first", told)
    return Refusal("out_of_turn", text=text, details=(("objections", told),))


def _view(row: Row[Any]) -> ObjectionView:
    return ObjectionView(
        number=row.number,
        booklet=row.booklet,
        text=row.told,
        by=row.by_name,
        on=row.on_date,
        recorded_by=row.recorded_by,
        state=row.state,
        answer=row.answer,
        settled_on=row.settled_on,
        settled_by=row.settled_by,
    )
