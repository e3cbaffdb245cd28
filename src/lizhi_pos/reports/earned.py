"""What households earned in a year: base points of its windows, acts of its months, corrections (六)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from lizhi_pos.accounts.models import act, base_credit, batch, household_change
from lizhi_pos.accounts.queries import chunks
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import derived_key
from lizhi_pos.journal.models import entry_lines, journal_entry, posting
from lizhi_pos.money import Points

CORRECTIONS = ("correct", "score")
"""The changes of one household that put its points right."""

_of_months = batch.c.month.between(bindparam("first_month"), bindparam("last_month"))
_posted = batch.c.posted_on <= bindparam("day")
_BASE = (
    select(base_credit.c.household_id, summed(base_credit.c.points).label("points"))
    .select_from(base_credit.join(batch, same_row(batch.c.batch_id, base_credit.c.batch_id)))
    .where(
        of_town(base_credit),
        base_credit.c.change_id.is_(None),
        base_credit.c.window_name >= bindparam("year"),
        base_credit.c.window_name < bindparam("year_after"),
        _posted,
    )
    .group_by(base_credit.c.household_id)
)
_VOLUNTEER = (
    select(act.c.household_id, summed(act.c.points).label("points"))
    .select_from(batch.join(act, same_row(batch.c.batch_id, act.c.batch_id)))
    .where(of_town(batch), _of_months, _posted)
    .group_by(act.c.household_id)
)
_CORRECTED = (
    select(household_change.c.household_id, summed(household_change.c.points).label("points"))
    .where(
        of_town(household_change),
        household_change.c.kind.in_(CORRECTIONS),
        household_change.c.on_date.between(bindparam("first"), bindparam("last")),
    )
    .group_by(household_change.c.household_id)
)
_BATCHES = select(batch.c.batch_id).where(of_town(batch), _of_months, _posted)
_ADJUSTED = (
    select(posting.c.account_id.label("household_id"), posting.c.amount.label("points"))
    .select_from(entry_lines)
    .where(
        of_town(journal_entry),
        journal_entry.c.key.in_(bindparam("keys", expanding=True)),
        posting.c.account_id != bindparam("contra"),
    )
)
_OF_SOME: BindParameter[Any] = bindparam("households", expanding=True)
_BASE_OF = _BASE.where(base_credit.c.household_id.in_(_OF_SOME))
_VOLUNTEER_OF = _VOLUNTEER.where(act.c.household_id.in_(_OF_SOME))


def earned_in(tx: Transaction, year: int, day: date, of: Collection[Id] | None = None) -> dict[Id, Points]:
    """Return what each household earned in a year, as it was posted by a day; of some households, of all by default."""
    months = {"first_month": f"{year:04}-01", "last_month": f"{year:04}-12"}
    windows = {"year": f"{year:04}", "year_after": f"{year + 1:04}", "day": day}
    found: dict[Id, int] = {}

    def add(rows: Iterable[tuple[Id, int]]) -> None:
        for household, points in rows:
            found[household] = found.get(household, 0) + int(points)

    if of is None:
        add((r.household_id, r.points) for r in tx.all(_BASE, **windows))
        add((r.household_id, r.points) for r in tx.all(_VOLUNTEER, **months, day=day))
    else:
        for some in chunks(sorted(of)):
            add((r.household_id, r.points) for r in tx.all(_BASE_OF, **windows, households=some))
            add((r.household_id, r.points) for r in tx.all(_VOLUNTEER_OF, **months, day=day, households=some))
    last = min(date(year, 12, 31), day)
    add((r.household_id, r.points) for r in tx.all(_CORRECTED, first=date(year, 1, 1), last=last))
    for keys in chunks(_adjustments(tx, months, day)):
        add((r.household_id, r.points) for r in tx.all(_ADJUSTED, keys=keys, contra=town_account("adjusted")))
    return {key: Points(points) for key, points in found.items() if of is None or key in of}


def _adjustments(tx: Transaction, months: dict[str, str], day: date) -> Sequence[Id]:
    """Return the keys under which the corrections of the year's batches are posted, where they had any."""
    return [derived_key(row.batch_id, "adjust") for row in tx.all(_BATCHES, **months, day=day)]
