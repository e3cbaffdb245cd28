"""A receipt's data: everything the paper says, nothing about how it is printed."""

from datetime import date

from msgspec import Struct

from lizhi_pos.money import Points, Yuan

SHOP = "励志超市"


class ReceiptLine(Struct, frozen=True):
    """One line: what, how many, its tag price and the points it cost."""

    code: str
    name: str
    quantity: int
    price: Yuan
    amount: Points


class Receipt(Struct, frozen=True):
    """A redemption as its household takes it home. Amounts are hundredths of points.

    `head` is already masked as the town prints it; `printed_at` is the town's local time; `chain` is the
    short form of the journal hash that seals the redemption; `training` receipts touched no books.
    """

    shop: str
    town: str
    number: str
    on: date
    printed_at: str
    clerk: str
    till: str
    booklet: str
    head: str
    village: str
    lines: tuple[ReceiptLine, ...]
    total: Points
    balance_before: Points
    balance_after: Points
    chain: str
    proxy: str = ""
    relation: str = ""
    approved_by: str = ""
    approval_reason: str = ""
    slip: str = ""
    training: bool = False
