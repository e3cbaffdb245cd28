"""Rows of the donations and purchases files, as they were read."""

from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Yuan

GiftKind = Literal["cash", "sponsor", "village", "in_kind"]
"""现金, 赞助, 村集体, 实物."""


class GiftRow(Struct, frozen=True):
    """One line of a voucher of the donations file; what a kind of gift does not need is None or empty text."""

    voucher: str
    on: date
    kind: GiftKind
    donor: str
    at: RowAt
    amount: Yuan | None = None
    code: str = ""
    quantity: int | None = None
    unit_value: Yuan | None = None
    expires_on: date | None = None
    village: str = ""
    purpose: str = ""
    anonymous: bool = False
    note: str = ""


class PurchaseRow(Struct, frozen=True):
    """One line of a voucher of the purchases file; `unit_cost` in hundredths of a yuan."""

    voucher: str
    on: date
    supplier: str
    code: str
    quantity: int
    unit_cost: Yuan
    at: RowAt
    expires_on: date | None = None
    note: str = ""
