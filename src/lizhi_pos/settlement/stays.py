"""Where a household lived in a month: in one village, or in two in the month of a move."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.models import household_change, household_state
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.periods import Month


class Stay(Struct, frozen=True):
    """A household in one village, from the first day to the last of a month on which it was there."""

    village_id: Id
    first: date
    last: date

    def has(self, day: date) -> bool:
        """Return whether a day lies in it; what is dated on the day of a move is the new village's."""
        return self.first <= day <= self.last


_MOVED = (
    select(household_change.c.household_id)
    .where(
        of_town(household_change),
        household_change.c.kind == "move",
        household_change.c.on_date.between(bindparam("first"), bindparam("last")),
    )
    .distinct()
)
_STATES = (
    select(household_state.c.since, household_state.c.village_id)
    .where(
        of_town(household_state),
        household_state.c.household_id == bindparam("household"),
        household_state.c.since <= bindparam("last"),
    )
    .order_by(household_state.c.since, household_state.c.state_id)
)


def stays(tx: Transaction, month: Month) -> Mapping[Id, Sequence[Stay]]:
    """Return where those households lived that moved in a month, in the order of their days."""
    span = {"first": month.first_day, "last": month.last_day}
    return {Id(row.household_id): _stays(tx, Id(row.household_id), month) for row in tx.all(_MOVED, **span)}


def _stays(tx: Transaction, household_id: Id, month: Month) -> Sequence[Stay]:
    places: dict[date, Id] = {}
    for row in tx.all(_STATES, household=household_id, last=month.last_day):
        # of two on one day the later made counts; what was before the month began holds on its first day
        places[max(row.since, month.first_day)] = row.village_id
    days = [*places, month.last_day + timedelta(days=1)]
    found: list[Stay] = []
    for first, then in pairwise(days):
        stay = Stay(places[first], first, then - timedelta(days=1))
        if found and found[-1].village_id == stay.village_id:
            stay = Stay(stay.village_id, found.pop().first, stay.last)
        found.append(stay)
    return found


def village_of(lived: Sequence[Stay], day: date, otherwise: Id) -> Id:
    """Return the village that something of a day counts for; `otherwise` of a household that did not move."""
    return next((stay.village_id for stay in lived if stay.has(day)), otherwise)
