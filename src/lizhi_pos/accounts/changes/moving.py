"""A household moves to another village of the town: number and points stay, what is dated later counts there."""

from msgspec import Struct

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import begin, gone_since, hidden_by_later, newest_state, record, write_state
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed


class MovedHousehold(Struct, frozen=True):
    """The village a household lives in now, and the one it lived in."""

    booklet: str
    village: str
    was: str


def move_household(
    tx: Transaction, number: str, to: tuple[str, str | None], reason: str, authority: Authority
) -> MovedHousehold | Refusal:
    """Let a household live in another village from that day on; `to` is the village and the group in it.

    One that a workbook marked as moved out is active again.
    """
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    place = village_id(tx, to[0])
    if isinstance(place, Refusal):
        return place
    state = newest_state(tx, changing.household_id)
    if gone_since(tx, changing.household_id) is not None:
        return refuse("out_of_turn", "{0} is out of the register already", number)
    if refusal := hidden_by_later(changing, state.since, authority.on):
        return refusal
    names = village_names(tx)
    if place == state.village_id:
        return refuse("out_of_turn", "{0} lives in {1} already", number, names[place])
    was, now = names[state.village_id], names[place]
    write_state(tx, state, authority.on, village_id=place, village_group=typed(to[1] or ""), status="active")
    record(tx, changing, "move", f"{was} {now}", reason, authority)
    return MovedHousehold(number, now, was)
