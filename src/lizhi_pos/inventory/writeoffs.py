"""Write-offs (报损): expired, broken, missing or recalled goods leave with a reason and a second person (五)."""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.inventory.allocation import Lot, Pick
from lizhi_pos.inventory.goods_entries import Loss, post_loss
from lizhi_pos.inventory.models import WRITEOFF, lot, writeoff
from lizhi_pos.inventory.stock import lots_by_id, lots_called, lowest_since
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed

LossReason = Literal["expired", "broken", "missing", "recalled"]
REASONS: tuple[LossReason, ...] = get_args(LossReason)


class WriteOff(Struct, frozen=True):
    """A write-off as it stands: `writeoff` is its number, `cost` what it adds to the losses."""

    writeoff: str
    lot: str
    quantity: int
    cost: Yuan
    reason: LossReason


_PLACE = select(func.coalesce(func.max(writeoff.c.place), 0)).where(
    of_town(writeoff), writeoff.c.year == bindparam("of_year")
)
_EXPIRED = select(lot.c.lot_id).where(of_town(lot), lot.c.on_hand > 0, lot.c.expires_on < bindparam("day"))


def the_lot(tx: Transaction, name: str) -> Lot | Refusal:
    """Return the lot that goes by a name, held until the transaction ends; refuse a name of none or of several."""
    found = lots_called(tx, name)
    if not found:
        return refuse("not_found", "There is no lot {0}: look at the list of lots", name)
    if len(found) > 1:
        return refuse("rule_broken", "{0} is the name of {1} lots: write a count by lots instead", name, len(found))
    return found[0]


def write_off(
    tx: Transaction, name: str, quantity: int, reason: LossReason, note: str, authority: Authority
) -> WriteOff | Refusal:
    """Write goods of a lot off, two people; refuse more than it holds, and a reason that is not so."""
    if refusal := refuse_unless_open(tx, authority.on) or _why_not_alone(authority):
        return refusal
    found = the_lot(tx, name)
    if isinstance(found, Refusal):
        return found
    if refusal := _why_not(tx, found, quantity, reason, authority.on):
        return refusal
    return _write(tx, found, quantity, reason, typed(note), authority)


def write_off_expired(tx: Transaction, authority: Authority) -> tuple[WriteOff, ...] | Refusal:
    """Write every expired lot off that has goods left, all or none of them, two people; empty where there is none."""
    if refusal := refuse_unless_open(tx, authority.on) or _why_not_alone(authority):
        return refusal
    keys = [row.lot_id for row in tx.all(_EXPIRED, day=authority.on)]
    gone = [x for x in lots_by_id(tx, keys).values() if x.is_expired(authority.on)]
    written = []
    for one in sorted(gone, key=lambda x: x.turn):
        if left := min(one.on_hand, lowest_since(tx, one, authority.on)):
            written.append(_write(tx, one, left, "expired", "", authority))
    return tuple(written)


def _why_not_alone(authority: Authority) -> Refusal | None:
    if authority.approval is not None:
        return None
    return refuse("approval_needed", "A write-off needs a second person: a supervisor signs with a PIN")


def _why_not(tx: Transaction, one: Lot, quantity: int, reason: LossReason, on: date) -> Refusal | None:
    if quantity < 1:
        return refuse("rule_broken", "A quantity must be a whole number from 1")
    if on < one.received_on:
        return refuse(
            "out_of_turn", "Lot {0} came in on {1}: give that day or a later one", one.name, str(one.received_on)
        )
    there = min(one.on_hand, lowest_since(tx, one, on))
    if quantity > there:
        return refuse("rule_broken", "Lot {0} holds {1}, not {2}: count it first", one.name, there, quantity)
    if reason == "expired" and not one.is_expired(on):
        return refuse("rule_broken", "Lot {0} has not expired: give another reason", one.name)
    if reason == "recalled" and not one.is_recalled(on):
        return refuse("rule_broken", "Lot {0} is not recalled: give another reason, or recall it first", one.name)
    return None


def _write(tx: Transaction, one: Lot, quantity: int, reason: LossReason, note: str, authority: Authority) -> WriteOff:
    # numbers have no gaps: two acts at once give them one after the other
    lock_alone(tx, "writeoffs")
    place = tx.value(_PLACE, of_year=authority.on.year) + 1
    key, label = tx.new_id(), f"W-{authority.on.year}-{place:06}"
    entry_id = post_loss(tx, Loss("loss", label, key), [Pick(one, -quantity)], authority)
    row = {
        "writeoff_id": key,
        "number": label,
        "year": authority.on.year,
        "place": place,
        "lot_id": one.lot_id,
        "quantity": quantity,
        "cost": quantity * one.unit_cost,
        "reason": reason,
        "note": note,
        "on_date": authority.on,
        "by_user": authority.by.name,
        "approved_by": authority.second.by,
        "recorded_at": tx.now,
        "entry_id": entry_id,
    }
    tx.insert(writeoff, row)
    touch(tx, WRITEOFF, key)
    return WriteOff(label, one.name, quantity, Yuan(quantity * one.unit_cost), reason)
