"""One gift or purchase as it is typed at a command or scanned at the receiving screen (五)."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.cell_errors import as_refusal
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.voucher_checks import gift_amount
from lizhi_pos.inventory.models import lot, product
from lizhi_pos.journal.balances import lock_cash
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.files import receive_gift, receive_purchase
from lizhi_pos.receiving.vouchers import (
    errors_in_gifts,
    errors_in_purchases,
    fresh_vouchers,
    in_pieces,
    why_not_covered,
)
from lizhi_pos.refusal import Refusal, refuse


class ReceivedLot(Struct, frozen=True):
    """Goods that came in with a voucher, by the name of their lot."""

    lot: str
    code: str
    quantity: int
    expires: date | None


class Received(Struct, frozen=True):
    """A voucher as it stands in the books: its lots in the order of its lines, and what it is worth."""

    voucher: str
    lots: tuple[ReceivedLot, ...]
    amount: Yuan


_LOTS = (
    select(lot.c.name, product.c.code, lot.c.quantity, lot.c.expires_on)
    .select_from(lot.join(product, same_row(product.c.product_id, lot.c.product_id)))
    .where(of_town(lot), lot.c.voucher == bindparam("number"))
    .order_by(lot.c.line)
)


def add_gift(tx: Transaction, lines: Sequence[GiftRow], by: Operator) -> Received | Refusal:
    """Record one gift; the same voucher with the same content is passed over, with another refused."""
    if refusal := refuse_unless_open(tx, lines[0].on):
        return refusal
    lock_cash(tx)
    lines = in_pieces(tx, lines)
    if errors := errors_in_gifts(tx, lines):
        return as_refusal(errors)
    for fresh in fresh_vouchers(tx, lines, "凭证号")[0]:
        receive_gift(tx, fresh, by)
    return _received(tx, lines[0].voucher, Yuan(sum(gift_amount(row) for row in lines)))


def add_purchase(
    tx: Transaction, lines: Sequence[PurchaseRow], by: Operator, approval: Approval | None
) -> Received | Refusal:
    """Record one purchase paid from the pool, two people; the same voucher as for `add_gift`."""
    if approval is None:
        return refuse("approval_needed", "A purchase needs a second person: a supervisor signs with a PIN")
    if refusal := refuse_unless_open(tx, lines[0].on):
        return refusal
    lock_cash(tx)
    lines = in_pieces(tx, lines)
    if errors := errors_in_purchases(tx, lines):
        return as_refusal(errors)
    fresh = fresh_vouchers(tx, lines, "单据号")[0]
    if refusal := why_not_covered(tx, fresh):
        return refusal
    for one in fresh:
        receive_purchase(tx, one, by, approval)
    return _received(tx, lines[0].voucher, Yuan(sum(row.quantity * row.unit_cost for row in lines)))


def _received(tx: Transaction, voucher: str, amount: Yuan) -> Received:
    found = tx.all(_LOTS, number=voucher)
    return Received(voucher, tuple(ReceivedLot(r.name, r.code, r.quantity, r.expires_on) for r in found), amount)
