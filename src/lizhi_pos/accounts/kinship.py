"""Which households came out of another, or went into it: whose receipts, vetoes and limits are also theirs."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, select

from lizhi_pos.accounts.models import LEAVING, household_change
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.periods import Month

_MERGES = select(household_change.c.household_id, household_change.c.other_id).where(
    of_town(household_change), household_change.c.kind == "merge"
)
_JOINED = select(household_change.c.household_id, household_change.c.other_id).where(
    of_town(household_change),
    household_change.c.kind.in_(("split", "merge")),
    household_change.c.on_date.between(bindparam("first"), bindparam("last")),
)
_SPLITS = select(household_change.c.other_id, household_change.c.on_date).where(
    of_town(household_change), household_change.c.kind == "split"
)
_LEFT = select(household_change.c.household_id, household_change.c.on_date).where(
    of_town(household_change), household_change.c.kind.in_(LEAVING)
)


def merged_into(tx: Transaction) -> Mapping[Id, Id]:
    """Return every household that was merged into another one, with the one that has its points now."""
    next_one = {Id(row.household_id): Id(row.other_id) for row in tx.all(_MERGES)}

    def last(key: Id) -> Id:
        while key in next_one:
            key = next_one[key]
        return key

    return {key: last(key) for key in next_one}


def with_merged(tx: Transaction, household_id: Id) -> list[Id]:
    """Return a household and those that were merged into it."""
    return [household_id, *(key for key, heir in merged_into(tx).items() if heir == household_id)]


def sharing_limits(tx: Transaction, household_id: Id, month: Month) -> list[Id]:
    """Return the households that have a month's limits in common: one that was split or merged in it, and its other."""
    pairs = [(Id(r.household_id), Id(r.other_id)) for r in tx.all(_JOINED, first=month.first_day, last=month.last_day)]
    found = {household_id}
    while more := {key for pair in pairs if found & set(pair) for key in pair} - found:
        found |= more
    return sorted(found)


def split_on(tx: Transaction) -> Mapping[Id, date]:
    """Return every household that came out of another one, with the day on which it did."""
    return {Id(row.other_id): row.on_date for row in tx.all(_SPLITS)}


def left_on(tx: Transaction) -> Mapping[Id, date]:
    """Return every household that was closed or merged by a change of its own, with the day on which it was."""
    return {Id(row.household_id): row.on_date for row in tx.all(_LEFT)}
