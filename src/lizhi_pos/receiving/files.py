"""A file of gifts or of purchases taken whole: every voucher with its entry and its lots, or nothing of it."""

from collections.abc import Sequence

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction
from lizhi_pos.donations.gifts import record_gift
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.purchases import record_purchase
from lizhi_pos.ids import Id
from lizhi_pos.inventory.products import Taken
from lizhi_pos.journal.balances import lock_cash
from lizhi_pos.receiving.vouchers import (
    errors_in_gifts,
    errors_in_purchases,
    fresh_vouchers,
    in_pieces,
    receive_lines,
    why_not_covered,
)
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import comparable


def take_gifts(tx: Transaction, rows: Sequence[GiftRow], by: Operator) -> Taken:
    """Take a donations file whole. A voucher read before with the same content is passed over."""
    lock_cash(tx)
    rows = in_pieces(tx, rows)
    if errors := errors_in_gifts(tx, rows):
        return Taken(0, 0, 0, errors)
    fresh, known, _ = fresh_vouchers(tx, rows, "凭证号")
    for lines in fresh:
        receive_gift(tx, lines, by)
    return Taken(sum(map(len, fresh)), 0, known)


def take_purchases(
    tx: Transaction, rows: Sequence[PurchaseRow], by: Operator, approval: Approval | None
) -> Taken | Refusal:
    """Take a purchases file with a second person's approval; refused whole where the pool's cash does not cover it."""
    if approval is None:
        return refuse("approval_needed", "A purchase needs a second person: a supervisor signs with a PIN")
    # no other purchase spends the cash from here on until this is committed
    lock_cash(tx)
    rows = in_pieces(tx, rows)
    if errors := errors_in_purchases(tx, rows):
        return Taken(0, 0, 0, errors)
    fresh, known, _ = fresh_vouchers(tx, rows, "单据号")
    if refusal := why_not_covered(tx, fresh):
        return refusal
    for lines in fresh:
        receive_purchase(tx, lines, by, approval)
    return Taken(sum(map(len, fresh)), 0, known)


def receive_gift(tx: Transaction, lines: Sequence[GiftRow], by: Operator) -> Id:
    """Record one gift that was found right, its goods as lots; return its entry."""
    villages = {comparable(name): key for key, name in village_names(tx).items()}
    entry_id = record_gift(tx, lines, villages.get(comparable(lines[0].village)), by)
    if lines[0].kind == "in_kind":
        receive_lines(tx, entry_id, lines)
    return entry_id


def receive_purchase(tx: Transaction, lines: Sequence[PurchaseRow], by: Operator, approval: Approval) -> Id:
    """Record one purchase that was found right, its goods as lots; return its entry."""
    entry_id = record_purchase(tx, lines, by, approval)
    receive_lines(tx, entry_id, lines)
    return entry_id
