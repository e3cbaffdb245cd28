"""Recording purchases: the pool's cash pays for goods and nothing else (五)."""

from collections.abc import Sequence
from typing import Any

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.db import Transaction
from lizhi_pos.donations.import_rows import PurchaseRow
from lizhi_pos.donations.models import VOUCHER, purchase
from lizhi_pos.donations.voucher_checks import content
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import Entry, YuanPosting, derived_key, post_yuan
from lizhi_pos.money import Yuan
from lizhi_pos.record.documents import digest_of


def record_purchase(tx: Transaction, lines: Sequence[PurchaseRow], by: Operator, approval: Approval) -> Id:
    """One voucher paid from the pool: its entry and its lines; the entry's key. Goods become lots in `receiving`."""
    first, entry_id = lines[0], tx.new_id()
    rows = [_line(tx, row, n, entry_id, by, approval) for n, row in enumerate(lines, 1)]
    entry = Entry(
        kind="purchase",
        on=first.on,
        key=derived_key(tx.town, "voucher", first.voucher),
        entry_id=entry_id,
        document_hash=digest_of(VOUCHER, (entry_id,), {purchase: rows}),
        by=by.name,
        approved_by=approval.by,
        reference=first.voucher,
    )
    amounts = [Yuan(row.quantity * row.unit_cost) for row in lines]
    total = Yuan(sum(amounts))
    postings = [YuanPosting(town_account("stock"), amount, first.supplier) for amount in amounts if amount]
    postings.append(YuanPosting(town_account("cash"), Yuan(-total), first.supplier))
    post_yuan(tx, entry, postings)
    tx.insert(purchase, *rows)
    return entry_id


def _line(
    tx: Transaction, row: PurchaseRow, number: int, entry_id: Id, by: Operator, approval: Approval
) -> dict[str, Any]:
    return {
        "voucher": row.voucher,
        "line": number,
        "on_date": row.on,
        "supplier": row.supplier,
        "amount": row.quantity * row.unit_cost,
        "note": row.note,
        "content": content(row),
        "entry_id": entry_id,
        "recorded_by": by.name,
        "approved_by": approval.by,
        "recorded_at": tx.now,
        "invoice": row.invoice or None,
        "received_by": row.received_by or None,
        "from_gift": row.from_gift or None,
    }
