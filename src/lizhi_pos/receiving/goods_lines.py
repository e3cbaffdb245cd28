"""The goods of a voucher as they are typed, ``CODE*QUANTITY@UNITVALUE[:EXPIRY]``, and as lines of it. Pure."""

import re
from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.inventory.barcodes import read_expiry
from lizhi_pos.money import Yuan, parse_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import plain

MOST_OF_A_LINE = 999_999
"""Units of one line; more are a barcode in the wrong place."""

_LINE = re.compile(r"(?P<code>[^*@]+)\*(?P<quantity>\d+)@(?P<value>\d+(?:\.\d{1,2})?)(?::(?P<expiry>.+))?")


class GoodsLine(Struct, frozen=True):
    """So many units of a product, or cartons of it, at a value for one unit in hundredths of a yuan."""

    code: str
    quantity: int
    unit_value: Yuan
    expires_on: date | None = None


def read_goods_line(text: str) -> GoodsLine | Message:
    """Return goods as they are typed, or what is wrong with them."""
    found = _LINE.fullmatch(plain(text))
    if found is None:
        return message("{0} is not CODE*QUANTITY@UNITVALUE[:EXPIRY], as 6901234567892*24@2.50:2025-05-31", text)
    quantity = int(found["quantity"]) if len(found["quantity"]) <= len(str(MOST_OF_A_LINE)) else 0
    if not 1 <= quantity <= MOST_OF_A_LINE:
        return message("{0}: a quantity is a whole number from 1 to {1}", text, MOST_OF_A_LINE)
    expires = read_expiry(found["expiry"]) if found["expiry"] else None
    if isinstance(expires, Message):
        return expires
    return GoodsLine(written_code(found["code"]), quantity, Yuan(parse_hundredths(found["value"])), expires)


def gift_rows(head: GiftRow, goods: Sequence[GoodsLine]) -> list[GiftRow]:
    """Return the lines of a gift in kind, each with what `head` says of the whole; of money the head alone."""
    return [
        replace(head, code=x.code, quantity=x.quantity, unit_value=x.unit_value, expires_on=x.expires_on) for x in goods
    ] or [head]


def purchase_rows(head: PurchaseRow, goods: Sequence[GoodsLine]) -> list[PurchaseRow]:
    """Return the lines of a purchase, each with what `head` says of the whole."""
    return [
        replace(head, code=x.code, quantity=x.quantity, unit_cost=x.unit_value, expires_on=x.expires_on) for x in goods
    ]
