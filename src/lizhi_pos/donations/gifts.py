"""Recording gifts of money and village allocations, and the lines of gifts in kind (五)."""

from collections.abc import Sequence
from typing import Any

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction
from lizhi_pos.donations.donors import donor_id
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.donations.models import VOUCHER, gift
from lizhi_pos.donations.pledges import pledge_of
from lizhi_pos.donations.voucher_checks import content, gift_amount
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import Entry, EntryKind, YuanPosting, derived_key, post_yuan
from lizhi_pos.money import Yuan
from lizhi_pos.record.documents import digest_of

_ENTRY: dict[str, tuple[EntryKind, str, str]] = {
    "cash": ("gift_money", "cash", "gifts_money"),
    "sponsor": ("gift_money", "cash", "gifts_money"),
    "village": ("allocation", "cash", "allocations"),
    "in_kind": ("gift_in_kind", "stock", "gifts_in_kind"),
}


def record_gift(tx: Transaction, lines: Sequence[GiftRow], village_id: Id | None, by: Operator) -> Id:
    """One voucher: its entry and its lines; the entry's key. Goods become lots in `receiving`."""
    first = lines[0]
    kind, into, source = _ENTRY[first.kind]
    entry_id, donor = tx.new_id(), donor_id(tx, first.donor)
    promised = pledge_of(tx, first)
    common = {
        "entry_id": entry_id,
        "recorded_by": by.name,
        "recorded_at": tx.now,
        "pledge_id": promised.pledge_id if promised else None,
    }
    rows = [_line(row, n, donor, village_id) | common for n, row in enumerate(lines, 1)]
    entry = Entry(
        kind=kind,
        on=first.on,
        key=derived_key(tx.town, "voucher", first.voucher),
        entry_id=entry_id,
        document_hash=digest_of(VOUCHER, (entry_id,), {gift: rows}),
        by=by.name,
        reference=first.voucher,
    )
    amounts = [gift_amount(row) for row in lines]
    postings = [YuanPosting(town_account(into), amount, row.donor) for amount, row in zip(amounts, lines, strict=True)]
    postings.append(YuanPosting(town_account(source), Yuan(-sum(amounts)), first.purpose))
    post_yuan(tx, entry, postings)
    tx.insert(gift, *rows)
    return entry_id


def _line(row: GiftRow, number: int, donor: Id, village_id: Id | None) -> dict[str, Any]:
    return {
        "voucher": row.voucher,
        "line": number,
        "kind": row.kind,
        "on_date": row.on,
        "donor_id": donor,
        "amount": gift_amount(row),
        "village_id": village_id,
        "purpose": row.purpose,
        "anonymous": int(row.anonymous),
        "note": row.note,
        "content": content(row),
        "basis": row.basis or None,
        "resolution": row.resolution or None,
    }
