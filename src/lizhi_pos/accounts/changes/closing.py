"""A household leaves the register: what is left of its points is closed out by an entry with two signatures."""

from typing import Literal

from msgspec import Struct

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import (
    Changing,
    before_last_entry,
    begin,
    entry_of,
    gone_since,
    hidden_by_later,
    newest_state,
    record,
    write_state,
)
from lizhi_pos.db import Transaction
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import PointsPosting, post_points
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal, refuse

ClosedAs = Literal["moved_out", "closed"]


class ClosedHousehold(Struct, frozen=True):
    """A household out of the register, and the points that were closed out."""

    booklet: str
    status: ClosedAs
    closed_out: Points


def close_household(
    tx: Transaction, number: str, status: ClosedAs, reason: str, authority: Authority
) -> ClosedHousehold | Refusal:
    """Take a household out of its village's register from that day on, and close out what it has left."""
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    state = newest_state(tx, changing.household_id)
    if refusal := why_not_leave(tx, changing, authority) or hidden_by_later(changing, state.since, authority.on):
        return refusal
    change = record(tx, changing, "close", status, reason, authority, points=changing.balance)
    write_state(tx, state, authority.on, status=status)
    if changing.balance:
        lines = [
            PointsPosting(changing.household_id, Points(-changing.balance), reason),
            PointsPosting(town_account("closed_out"), changing.balance),
        ]
        post_points(tx, entry_of(tx, "close_out", change, changing.facts.booklet, authority), lines)
    return ClosedHousehold(changing.facts.booklet, status, changing.balance)


def why_not_leave(tx: Transaction, changing: Changing, authority: Authority) -> Refusal | None:
    """Refuse to let a household go that is gone already, has frozen points, or had an entry after that day."""
    if gone_since(tx, changing.household_id) is not None:
        return refuse("out_of_turn", "{0} is out of the register already", changing.facts.booklet)
    if changing.frozen:
        return refuse("rule_broken", "Points of {0} are frozen: release them first", changing.facts.booklet)
    return before_last_entry(tx, changing.facts, authority.on)
