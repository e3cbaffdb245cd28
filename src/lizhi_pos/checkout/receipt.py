"""A receipt's data: everything the paper says, nothing about how it is printed."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from lizhi_pos.money import Points, Yuan
from lizhi_pos.text.masking import masked

SHOP = "励志超市"


class ReceiptLine(Struct, frozen=True):
    """One line: what, how many, its tag price and the points it cost."""

    code: str
    name: str
    quantity: int
    price: Yuan
    amount: Points


class Receipt(Struct, frozen=True, omit_defaults=True):
    """A redemption as its household takes it home. Amounts are hundredths of points.

    `on` is the day of its session; `session_approved_by` and `session_reason` stand where that was held out of turn.
    `head` is already masked where the town prints it so; `printed_at` is the town's local time; `chain` is the
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
    session_approved_by: str = ""
    session_reason: str = ""


def head_on_paper(head: str, town: Mapping[str, str]) -> str:
    """Return a head's name as the town's settings let it be printed: whole, or with its middle hidden."""
    return head if town["receipt-head"] == "full" else masked(head)


def short_hash(entry_hash: bytes) -> str:
    """Return the short form of a journal hash that papers carry: eight signs, by which a page is found in the books."""
    signs = entry_hash[:4].hex().upper()
    return f"{signs[:4]}-{signs[4:]}"
