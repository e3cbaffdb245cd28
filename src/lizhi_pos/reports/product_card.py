"""A product's card: every move of it, and what stood on the shelf after each."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.checkout.models import redemption, redemption_lot, redemption_return, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.codes import meanings
from lizhi_pos.inventory.models import lot, stock_move
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.refusal import Reason, Refusal
from lizhi_pos.text.normalize import code as written_code


class CardMove(Struct, frozen=True, kw_only=True):
    """Goods in (above 0) or out (below), and what of the product was there after it."""

    date: date
    kind: str
    quantity: int
    lot: str
    reference: str
    on_hand: int


class ProductCard(Struct, frozen=True):
    """A product's moves of some days, by date, then as they were recorded."""

    code: str
    moves: tuple[CardMove, ...]


class _Move(Struct, frozen=True, order=True):
    on: date
    recorded_at: datetime
    order: bytes
    kind: str
    quantity: int
    lot: str
    reference: str


_of_product = (of_town(lot), lot.c.product_id == bindparam("product"))
_SOLD = (
    select(
        redemption.c.on_date,
        redemption.c.recorded_at,
        redemption.c.redemption_id.label("key"),
        redemption_lot.c.quantity,
        lot.c.name,
        redemption.c.receipt.label("reference"),
    )
    .select_from(
        lot.join(redemption_lot, same_row(redemption_lot.c.lot_id, lot.c.lot_id)).join(
            redemption, same_row(redemption.c.redemption_id, redemption_lot.c.redemption_id)
        )
    )
    .where(*_of_product)
)
_CAME_BACK = (
    select(
        redemption_return.c.on_date,
        redemption_return.c.recorded_at,
        redemption_return.c.return_id.label("key"),
        redemption_return_lot.c.quantity,
        lot.c.name,
        redemption.c.receipt.label("reference"),
    )
    .select_from(
        lot.join(redemption_return_lot, same_row(redemption_return_lot.c.lot_id, lot.c.lot_id))
        .join(redemption_return, same_row(redemption_return.c.return_id, redemption_return_lot.c.return_id))
        .join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
    )
    .where(*_of_product)
)
_OTHERS = (
    select(
        stock_move.c.on_date,
        stock_move.c.recorded_at,
        stock_move.c.move_id.label("key"),
        stock_move.c.kind,
        stock_move.c.quantity,
        lot.c.name,
        journal_entry.c.reference,
        journal_entry.c.kind.label("entry_kind"),
    )
    .select_from(
        lot.join(stock_move, same_row(stock_move.c.lot_id, lot.c.lot_id)).join(
            journal_entry, same_row(journal_entry.c.entry_id, stock_move.c.entry_id)
        )
    )
    .where(*_of_product, stock_move.c.kind != "redeem", stock_move.c.kind != "return")
)
_KINDS = {"gift_in_kind": "gift", "purchase": "purchase", "loss": "writeoff", "count": "count", "void": "void"}


def product_card(tx: Transaction, code: str, first: date, last: date) -> ProductCard | Refusal:
    """Return a product's moves from one day to another; `on_hand` of each counts all that came before them, too."""
    found = meanings(tx).get(written_code(code))
    if found is None:
        return Refusal(reasons=(Reason("unknown_product", (code,)),))
    moves, held = [], 0
    for move in sorted(_moves(tx, found.product_id)):
        held += move.quantity
        if first <= move.on <= last:
            moves.append(
                CardMove(
                    date=move.on,
                    kind=move.kind,
                    quantity=move.quantity,
                    lot=move.lot,
                    reference=move.reference,
                    on_hand=held,
                )
            )
    return ProductCard(found.code, tuple(moves))


def _moves(tx: Transaction, product_id: Id) -> list[_Move]:
    return [
        *(_move(row, "redemption", -1) for row in tx.all(_SOLD, product=product_id)),
        *(_move(row, "return", 1) for row in tx.all(_CAME_BACK, product=product_id)),
        *(_move(row, _KINDS[row.entry_kind], 1) for row in tx.all(_OTHERS, product=product_id)),
    ]


def _move(row: Row[Any], kind: str, sign: int) -> _Move:
    return _Move(row.on_date, row.recorded_at, row.key, kind, sign * row.quantity, row.name, row.reference)
