"""Reading the journal: balances as they stood on a day, and whether points were covered ever since."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.db import Id, Session, of_town, summed
from lizhi_pos.journal.balances import CASH
from lizhi_pos.journal.models import entry_lines, journal_entry, posting
from lizhi_pos.money import Yuan

_of_account = posting.c.account_id == bindparam("account")

_UP_TO = (
    select(summed(posting.c.amount))
    .select_from(entry_lines)
    .where(of_town(posting), _of_account, journal_entry.c.on_date <= bindparam("day"))
)
_AFTER = (
    select(summed(posting.c.amount).label("amount"))
    .select_from(entry_lines)
    .where(of_town(posting), _of_account, journal_entry.c.on_date > bindparam("day"))
    .group_by(journal_entry.c.on_date, journal_entry.c.entry_id)
    .order_by(journal_entry.c.on_date, func.min(posting.c.place))
)
_LAST_DAY = select(func.max(journal_entry.c.on_date)).select_from(entry_lines).where(of_town(posting), _of_account)
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
        posting.c.amount,
        posting.c.note,
    )
    .select_from(entry_lines)
    .where(of_town(posting), _of_account)
    .order_by(journal_entry.c.on_date, posting.c.place)
)


class AccountLine(Struct, frozen=True):
    """One line of an account's history; `amount` in hundredths, signed."""

    on: date
    kind: str
    amount: int
    note: str
    reference: str
    earned_month: str | None
    by: str
    approved_by: str | None
    entry: Id


def balance_on(session: Session, account: Id, day: date) -> int:
    """What an account held at the end of a day, in hundredths of its unit."""
    return int(session.value(_UP_TO, account=account, day=day))


def lowest_balance_since(session: Session, account: Id, day: date) -> int:
    """The least an account held at the end of `day` and after every later entry: what an act of that day may use."""
    least = running = balance_on(session, account, day)
    for row in session.all(_AFTER, account=account, day=day):
        running += row.amount
        least = min(least, running)
    return int(least)


def lowest_cash_since(session: Session, day: date) -> Yuan:
    """The pool's cash that a purchase of that day may spend: what was there then and ever since.

    Lock the cash first: another purchase may be spending it.
    """
    return Yuan(lowest_balance_since(session, CASH, day))


def last_entry_day(session: Session, household: Id) -> date | None:
    """The day of a household's last entry."""
    day: date | None = session.value(_LAST_DAY, account=household)
    return day


def first_day(session: Session) -> date | None:
    """The day of the journal's first entry."""
    day: date | None = session.value(_FIRST_DAY)
    return day


def history(session: Session, account: Id) -> Sequence[AccountLine]:
    """Every line of an account, in order of day and then of entry."""
    return [
        AccountLine(
            r.on_date, r.kind, r.amount, r.note, r.reference, r.earned_month, r.by_user, r.approved_by, r.entry_id
        )
        for r in session.all(_POSTINGS, account=account)
    ]
