"""What is entered late for a household that was merged since: a paper slip of before, paid by points that went over."""

from datetime import date
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import entry_of
from lizhi_pos.accounts.models import household_change
from lizhi_pos.accounts.queries import heir_of
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import frozen_of, lock_balance
from lizhi_pos.journal.entries import PointsPosting, post_points
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.journal.queries import history, lowest_balance_since
from lizhi_pos.money import Points


class Merge(NamedTuple):
    """Into which household one was merged, when, and by which entry its points went over, where it had any."""

    heir: Id
    on: date
    entry: Id | None


_MERGE = (
    select(household_change.c.on_date, journal_entry.c.entry_id)
    .select_from(
        household_change.outerjoin(journal_entry, same_row(journal_entry.c.document_id, household_change.c.change_id))
    )
    .where(
        of_town(household_change),
        household_change.c.household_id == bindparam("household"),
        household_change.c.kind == "merge",
    )
    .order_by(household_change.c.change_id)
    .limit(1)
)


def merge_of(tx: Transaction, household_id: Id) -> Merge | None:
    """Return the merge by which a household ended; None of one that is there."""
    row = tx.first(_MERGE, household=household_id)
    return Merge(heir_of(tx, household_id), row.on_date, row.entry_id) if row is not None else None


def points_after(tx: Transaction, household_id: Id, merge: Merge, on: date) -> tuple[Points, Points]:
    """Return the heir's balance now, and what of it a slip of a day before the merge may spend.

    That is what the household had then and until it was merged, and what the heir has had of it ever since, unfrozen.
    """
    balance, frozen = Points(lock_balance(tx, merge.heir)), frozen_of(tx, merge.heir)
    lines = history(tx, household_id)
    until = next((at for at, line in enumerate(lines) if line.entry == merge.entry), len(lines))
    least = running = sum(line.amount for line in lines[:until] if line.on <= on)
    for line in (line for line in lines[:until] if line.on > on):
        running += line.amount
        least = min(least, running)
    since = lowest_balance_since(tx, merge.heir, merge.on) - frozen
    return balance, Points(max(min(least, since), 0))


def bring_back(tx: Transaction, household_id: Id, merge: Merge, points: Points, of: tuple[str, Authority]) -> None:
    """Let points that went over come back on the day of the merge, so that a slip of before can spend them.

    `of` is what needs them, as people name it, and who enters it.
    """
    named, authority = of
    change = tx.new_id()
    tx.insert(
        household_change,
        {
            "change_id": change,
            "household_id": household_id,
            "kind": "merge",
            "other_id": merge.heir,
            "told": named,
            "points": -points,
            "on_date": merge.on,
            "reason": named,
            "by_user": authority.by.name,
            "approved_by": authority.approver,
            "recorded_at": tx.now,
        },
    )
    entry = entry_of(tx, "transfer", change, named, replace(authority, on=merge.on))
    post_points(
        tx, entry, [PointsPosting(merge.heir, Points(-points), named), PointsPosting(household_id, points, named)]
    )
