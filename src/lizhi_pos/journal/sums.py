"""What the town's accounts hold on a day: what the last closed month fixed, and what was entered since.

A closed month is fixed and under the chain, so that nothing here walks through the years.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, case, func, select

from lizhi_pos.db import Transaction, of_town, summed
from lizhi_pos.journal.models import account, account_lines, closing_balance, entries_dated, journal_entry, posting
from lizhi_pos.periods import Month

SPENT = "spent"
"""Not an account: what purchases took out of the cash, positive."""

BEFORE_ALL = date(1, 1, 1)

_kind = case(
    ((journal_entry.c.kind == "purchase") & (account.c.kind == "cash"), SPENT),
    # a voided purchase puts its money back, a voided gift takes its own out
    ((journal_entry.c.kind == "void") & (account.c.kind == "cash") & (posting.c.amount > 0), SPENT),
    else_=account.c.kind,
)
_MOVED = (
    select(_kind.label("kind"), summed(posting.c.amount).label("amount"))
    .select_from(account_lines)
    .where(
        of_town(posting),
        posting.c.entry_id.in_(
            entries_dated(journal_entry.c.on_date > bindparam("after"), journal_entry.c.on_date <= bindparam("day"))
        ),
    )
    .group_by(_kind)
)
_LAST_CLOSED = select(func.max(closing_balance.c.month)).where(
    of_town(closing_balance), closing_balance.c.month < bindparam("month")
)
_FIXED = select(closing_balance.c.kind, closing_balance.c.amount).where(
    of_town(closing_balance), closing_balance.c.month == bindparam("month")
)


def sums_on(tx: Transaction, day: date) -> Mapping[str, int]:
    """Return what each kind of account held at the end of a day, in hundredths, and `SPENT`.

    The households' accounts are one kind.
    """
    # of the day's own month nothing is taken over: it may go on after the day
    closed = tx.value(_LAST_CLOSED, month=str(Month.of(day)))
    before = Month.parse(closed) if closed else None
    sums = dict(sums_fixed(tx, before)) if before else {}
    after = before.last_day if before else BEFORE_ALL
    for row in tx.all(_MOVED, after=after, day=day):
        moved = int(row.amount)
        if row.kind == SPENT:
            sums["cash"] = sums.get("cash", 0) + moved
            moved = -moved
        sums[row.kind] = sums.get(row.kind, 0) + moved
    return sums


def sums_fixed(tx: Transaction, month: Month) -> Mapping[str, int]:
    """Return what closing a month kept of every account; nothing where it is not closed."""
    return {row.kind: row.amount for row in tx.all(_FIXED, month=str(month))}


def fix_sums(tx: Transaction, month: Month) -> None:
    """Keep what every account holds at the end of a month that is being closed."""
    sums = sums_on(tx, month.last_day)
    tx.insert(closing_balance, *({"month": str(month), "kind": kind, "amount": sums[kind]} for kind in sorted(sums)))
