"""Reading the journal: balances as they stood on a day, and whether points were covered ever since."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select

from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import CASH, balance_now
from lizhi_pos.journal.models import balance, entry_lines, journal_entry, posting
from lizhi_pos.money import Yuan
from lizhi_pos.rulebook.adopted import today

# An account leads every statement here, and its lines are put in order by us: a date or an ORDER BY would tempt a
# planner to walk the journal of the whole town.
_of_account = (posting.c.account_id == bindparam("account")) & (posting.c.place > 0)
_day = (
    select(journal_entry.c.on_date)
    .where(same_row(journal_entry.c.entry_id, posting.c.entry_id))
    .correlate(posting)
    .scalar_subquery()
)
_DAYS = select(posting.c.amount, posting.c.place, posting.c.entry_id, _day.label("on_date")).where(
    of_town(posting), _of_account
)
_FIRST_DAY = select(func.min(journal_entry.c.on_date)).where(of_town(journal_entry))
_POSTINGS = (
    select(
        journal_entry.c.entry_id,
        journal_entry.c.on_date,
        journal_entry.c.kind,
        journal_entry.c.reference,
        journal_entry.c.earned_month,
        journal_entry.c.by_user,
        journal_entry.c.approved_by,
        journal_entry.c.recorded_at,
        journal_entry.c.document_id,
        posting.c.amount,
        posting.c.note,
        posting.c.place,
    )
    .select_from(entry_lines)
    .where(of_town(posting), _of_account)
)


_NEWEST = select(balance.c.place).where(of_town(balance), balance.c.account_id == bindparam("account"))
_LAST = _POSTINGS.where(posting.c.place > bindparam("after"))


class AccountLine(Struct, frozen=True):
    """One line of an account's history; `amount` in hundredths, signed. `document` is what its entry carries out."""

    on: date
    kind: str
    amount: int
    note: str
    reference: str
    earned_month: str | None
    by: str
    approved_by: str | None
    entry: Id
    recorded_at: datetime
    document: Id | None


def balance_on(tx: Transaction, account: Id, day: date) -> int:
    """Return what an account whose balance is kept held at the end of a day, in hundredths of its unit."""
    if day >= today(tx):
        # nothing is dated after today
        return balance_now(tx, account)
    return sum(row.amount for row in tx.all(_DAYS, account=account) if row.on_date <= day)


def lowest_balance_since(tx: Transaction, account: Id, day: date) -> int:
    """Return the least an account held at the end of `day` and after every later entry.

    What an act of that day may use.
    """
    lines = sorted(tx.all(_DAYS, account=account), key=lambda row: (row.on_date, row.place))
    least = running = int(sum(row.amount for row in lines if row.on_date <= day))
    later = (row for row in lines if row.on_date > day)
    for _entry, own in groupby(later, key=lambda row: row.entry_id):
        running += sum(row.amount for row in own)
        least = min(least, running)
    return least


def lowest_cash_since(tx: Transaction, day: date) -> Yuan:
    """Return the pool's cash that a purchase of that day may spend: what was there then and ever since.

    Lock the cash first: another purchase may be spending it.
    """
    return Yuan(lowest_balance_since(tx, CASH, day))


def last_entry_day(tx: Transaction, household: Id) -> date | None:
    """Return the day of a household's last entry."""
    return max((row.on_date for row in tx.all(_DAYS, account=household)), default=None)


def first_day(tx: Transaction) -> date | None:
    """Return the day of the journal's first entry."""
    day: date | None = tx.value(_FIRST_DAY)
    return day


def last_lines(tx: Transaction, account: Id, most: int) -> Sequence[AccountLine]:
    """Return the newest lines of an account whose balance is kept, the newest first, at most so many."""
    newest = tx.value(_NEWEST, account=account)
    if newest is None:
        return []
    return [
        _line(r)
        for r in sorted(tx.all(_LAST, account=account, after=newest - most), key=lambda row: row.place, reverse=True)
    ]


def history(tx: Transaction, account: Id) -> Sequence[AccountLine]:
    """Return every line of an account, in order of day and then of entry."""
    return [_line(r) for r in sorted(tx.all(_POSTINGS, account=account), key=lambda row: (row.on_date, row.place))]


def _line(r: Row[Any]) -> AccountLine:
    return AccountLine(
        on=r.on_date,
        kind=r.kind,
        amount=r.amount,
        note=r.note,
        reference=r.reference,
        earned_month=r.earned_month,
        by=r.by_user,
        approved_by=r.approved_by,
        entry=r.entry_id,
        recorded_at=r.recorded_at,
        document=r.document_id,
    )
