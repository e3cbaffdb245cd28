"""Recalls (召回): a lot is not given from this moment on, also out of a basket that is open; two people."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import RECALL, lot, recall
from lizhi_pos.inventory.writeoffs import the_lot
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed


class RecalledLot(Struct, frozen=True):
    """A lot that is recalled, or released again, and what of it stands on the shelf."""

    lot_id: Id
    lot: str
    on_hand: int
    on: date


_HOLDS = select(recall.c.recall_id, recall.c.recalled_on).where(
    of_town(recall), recall.c.lot_id == bindparam("key"), recall.c.released_on.is_(None)
)
_MARK = update(lot).where(of_town(lot), lot.c.lot_id == bindparam("key")).values(was_recalled=1)
_RELEASE = (
    update(recall)
    .where(of_town(recall), recall.c.recall_id == bindparam("key"), recall.c.released_on.is_(None))
    .values(
        released_on=bindparam("day"),
        release_reason=bindparam("why"),
        released_by=bindparam("who"),
        release_approved_by=bindparam("second"),
        released_at=bindparam("moment"),
    )
)


def recall_lot(tx: Transaction, name: str, reason: str, authority: Authority) -> RecalledLot | Refusal:
    """Recall a lot; refuse one that is recalled already."""
    if refusal := _why_not(tx, reason, authority):
        return refusal
    found = the_lot(tx, name)
    if isinstance(found, Refusal):
        return found
    if tx.first(_HOLDS, key=found.lot_id) is not None:
        return refuse("out_of_turn", "Lot {0} is recalled already", found.name)
    row = {
        "recall_id": tx.new_id(),
        "lot_id": found.lot_id,
        "recalled_on": authority.on,
        "reason": typed(reason),
        "recalled_by": authority.by.name,
        "recall_approved_by": authority.second.by,
        "recalled_at": tx.now,
    }
    tx.insert(recall, row)
    tx.change(_MARK, key=found.lot_id)
    touch(tx, RECALL, row["recall_id"])
    return RecalledLot(found.lot_id, found.name, found.on_hand, authority.on)


def release_lot(tx: Transaction, name: str, reason: str, authority: Authority) -> RecalledLot | Refusal:
    """Let a recalled lot be given again; refuse one that is not recalled."""
    if refusal := _why_not(tx, reason, authority):
        return refusal
    found = the_lot(tx, name)
    if isinstance(found, Refusal):
        return found
    holds = tx.first(_HOLDS, key=found.lot_id)
    if holds is None:
        return refuse("out_of_turn", "Lot {0} is not recalled", found.name)
    if authority.on < holds.recalled_on:
        return refuse(
            "out_of_turn",
            "Lot {0} was recalled on {1}: give that day or a later one",
            found.name,
            str(holds.recalled_on),
        )
    tx.change(
        _RELEASE,
        key=holds.recall_id,
        day=authority.on,
        why=typed(reason),
        who=authority.by.name,
        second=authority.second.by,
        moment=tx.now,
    )
    touch(tx, RECALL, holds.recall_id)
    return RecalledLot(found.lot_id, found.name, found.on_hand, authority.on)


def _why_not(tx: Transaction, reason: str, authority: Authority) -> Refusal | None:
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    if not typed(reason):
        return refuse("rule_broken", "Say why")
    if authority.approval is None:
        return refuse("approval_needed", "A recall and its release need a second person: a supervisor signs with a PIN")
    return None
