"""Rows of the donations and purchases files, as they were read."""

from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Yuan

GiftKind = Literal["cash", "sponsor", "village", "in_kind"]
"""现金, 赞助, 村集体, 实物."""


class GiftRow(Struct, frozen=True):
    """One line of a gift's voucher; what a kind of gift does not need is None or empty text.

    `basis` says how the fair value of goods was found, `resolution` which resolution of the village an allocation
    rests on, `pledge` the number of the pledge it keeps: these three are typed, no file has them.
    """

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
    basis: str = ""
    resolution: str = ""
    pledge: int | None = None


class PurchaseRow(Struct, frozen=True):
    """One line of a purchase's voucher; `unit_cost` in hundredths of a yuan.

    `invoice`, `received_by` and `from_gift`, the voucher of the gift it spends first, are typed, no file has them.
    """

    voucher: str
    on: date
    supplier: str
    code: str
    quantity: int
    unit_cost: Yuan
    at: RowAt
    expires_on: date | None = None
    note: str = ""
    invoice: str = ""
    received_by: str = ""
    from_gift: str = ""
