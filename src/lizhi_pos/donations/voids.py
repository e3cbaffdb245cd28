"""Which vouchers were undone: a wrongly entered one stays, and an entry that names it takes it back (五)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import voucher_void
from lizhi_pos.ids import Id

_VOIDED = select(voucher_void.c.on_date).where(of_town(voucher_void), voucher_void.c.voucher == bindparam("number"))
_ALL = select(voucher_void.c.voucher, voucher_void.c.on_date).where(of_town(voucher_void))


def voided_on(tx: Transaction, voucher: str) -> date | None:
    """Return the day a voucher was undone, None where it stands."""
    day: date | None = tx.value(_VOIDED, number=voucher)
    return day


def voided(tx: Transaction) -> Mapping[str, date]:
    """Return every voucher that was undone, and when."""
    return {row.voucher: row.on_date for row in tx.all(_ALL)}


def void_row(
    tx: Transaction, voucher: str, entry_id: Id, voided_entry: Id, reason: str, authority: Authority
) -> dict[str, object]:
    """Return the row that says who undid a voucher and why: to be hashed, then written."""
    return {
        "voucher": voucher,
        "entry_id": entry_id,
        "voided_entry": voided_entry,
        "on_date": authority.on,
        "reason": reason,
        "by_user": authority.by.name,
        "approved_by": authority.second.by,
        "recorded_at": tx.now,
    }
