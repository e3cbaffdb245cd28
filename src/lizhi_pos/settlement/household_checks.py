"""Proof of what happened to households: what is frozen, and what changes say they moved."""

from collections.abc import Iterator

from sqlalchemy import and_, case, select

from lizhi_pos.accounts.models import household_change
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.journal.models import balance, journal_entry, posting
from lizhi_pos.settlement.figures import figure, unequal

_SIGN = {"correct": 1, "score": 1, "close": -1, "split": -1, "merge": -1}
"""Changes that are carried out by an entry, and whether their points came to the household or went."""

_FROZEN = (
    select(
        household_change.c.household_id,
        summed(case((household_change.c.kind == "freeze", 1), else_=-1) * household_change.c.points).label("points"),
    )
    .where(of_town(household_change), household_change.c.kind.in_(("freeze", "release")))
    .group_by(household_change.c.household_id)
)
_KEPT = select(balance.c.account_id, balance.c.frozen).where(of_town(balance), balance.c.frozen != 0)
_MOVED = (
    select(
        household_change.c.change_id,
        household_change.c.kind,
        household_change.c.points,
        summed(posting.c.amount).label("moved"),
    )
    .select_from(
        household_change.outerjoin(
            journal_entry, same_row(journal_entry.c.document_id, household_change.c.change_id)
        ).outerjoin(
            posting,
            and_(
                same_row(posting.c.entry_id, journal_entry.c.entry_id),
                posting.c.account_id == household_change.c.household_id,
            ),
        )
    )
    .where(of_town(household_change), household_change.c.kind.in_(_SIGN))
    .group_by(household_change.c.change_id, household_change.c.kind, household_change.c.points)
)


def frozen_recomputed(tx: Transaction) -> Iterator[str]:
    """Check that what is frozen of each household is what was frozen and not released."""
    told = {row.household_id: int(row.points) for row in tx.all(_FROZEN)}
    kept = {row.account_id: int(row.frozen) for row in tx.all(_KEPT)}
    for key, ours, theirs in unequal(kept, told, default=0):
        yield f"{key.hex()}: {figure(ours)} ≠ {figure(theirs)}"


def changes_agree_with_journal(tx: Transaction) -> Iterator[str]:
    """Check that a change that gave or took points did so by an entry of its own, and no other did."""
    for row in tx.all(_MOVED):
        if _SIGN[row.kind] * (row.points or 0) != int(row.moved):
            yield f"{row.change_id.hex()}: {figure(row.points)} ≠ {figure(int(row.moved))}"
