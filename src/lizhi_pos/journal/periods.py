"""Closed months: after a month is closed nothing may be dated into it (三(四)2)."""

from datetime import date

from sqlalchemy import func, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.models import period
from lizhi_pos.locking import lock_alone, share_name
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future

_LAST = select(func.max(period.c.month)).where(of_town(period))


def last_closed(tx: Transaction) -> Month | None:
    """Return the latest closed month; months close in order, so every month up to it is closed."""
    month = tx.value(_LAST)
    return Month.parse(month) if month else None


def is_closed(tx: Transaction, day: date) -> bool:
    """Return whether the month of a day is closed, or lies before the books began to close."""
    return is_up_to(last_closed(tx), day)


def is_up_to(last: Month | None, day: date) -> bool:
    """Return whether a day lies in the last closed month or before it. Pure."""
    return last is not None and Month.of(day) <= last


def lock_month(tx: Transaction, month: Month) -> None:
    """Hold a month alone until the transaction ends: nothing is dated into it meanwhile.

    What is dated into a month shares the same lock, taken by the guards of the database (`migrations/guards.py`).
    """
    lock_alone(tx, _name(month))


def _name(month: Month) -> str:
    """Return what a month is locked by; `migrations/guards.py` makes the same."""
    return f"month {month}"


def refuse_unless_open(tx: Transaction, on: date) -> Refusal | None:
    """Refuse a day that is still to come, and one in a closed month; an open one stays so until the act is done."""
    if refusal := not_in_future(tx, on):
        return refusal
    share_name(tx, _name(Month.of(on)))
    if not is_closed(tx, on):
        return None
    return refuse(
        "month_closed",
        "The month of {0} is closed: date it into an open month and name what it corrects",
        on.isoformat(),
    )
