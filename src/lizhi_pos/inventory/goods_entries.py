"""Entries that move goods at cost without a household: written off, missing, found, taken back."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Pick
from lizhi_pos.inventory.stock import MoveKind, moves_digest, shift, signed_moves, write_moves
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import Entry, YuanPosting, post_yuan
from lizhi_pos.money import Yuan

LossKind = Literal["loss", "count"]
_MOVE: dict[LossKind, MoveKind] = {"loss": "write_off", "count": "count"}


class Loss(Struct, frozen=True):
    """A write-off or count as its entry names it; `linked` is the entry that it takes back a part of."""

    kind: LossKind
    reference: str
    document: Id
    linked: Id | None = None


def post_loss(tx: Transaction, loss: Loss, picks: Sequence[Pick], authority: Authority) -> Id:
    """Post goods that left their lots (below 0) or came back to them (above) against the losses; return its entry.

    The lots are locked by whoever calls.
    """
    entry_id = tx.new_id()
    moves = signed_moves(tx, entry_id, _MOVE[loss.kind], authority.on, picks)
    entry = Entry(
        kind=loss.kind,
        on=authority.on,
        key=entry_id,
        by=authority.by.name,
        approved_by=authority.approver,
        reference=loss.reference,
        document=loss.document,
        document_hash=moves_digest(entry_id, moves),
        linked=loss.linked,
        entry_id=entry_id,
    )
    postings = [YuanPosting(town_account("stock"), move.cost) for move in moves]
    postings += [YuanPosting(town_account("losses"), Yuan(-move.cost)) for move in moves]
    post_yuan(tx, entry, postings)
    shift(tx, moves)
    write_moves(tx, moves)
    return entry_id
