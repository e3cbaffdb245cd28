"""What was scanned or typed into the one field, read. Pure."""

import re

from msgspec import Struct

from lizhi_pos.inventory.barcodes import SHORTEST_GS1, read_gs1
from lizhi_pos.text import normalize

_TIMES = re.compile(r"0*(\d{1,4})\s*[*×]\s*(.*)", re.DOTALL)
_MANY_TIMES = re.compile(r"0*(\d{1,6})\s*[*×]\s*(.*)", re.DOTALL)
_BEFORE_STAR = re.compile(r"([^*×]*)[*×]")
_DIGITS = re.compile(r"[0-9]{1,6}")
_RECEIPT = re.compile(r"[0-9A-Z]+-\d{4}-\d{6}")
MOST_AT_ONCE = 9999
"""The largest quantity before a code."""
_BARCODE_LENGTHS = (12, 13, 14)
_NAME = re.compile(r"[A-Z·㐀-鿿\U00020000-\U0003ffff]{1,20}")


class TypedInput(Struct, frozen=True):
    """A text and the quantity before it, as in ``3*6901234567892``; None where none was said."""

    text: str
    quantity: int | None = None

    @property
    def code(self) -> str:
        """Return the text as goods' codes are kept, however the code is printed; of a GS1 code the goods' number."""
        scanned = read_gs1(self.text) if len(self.text) >= SHORTEST_GS1 else None
        return scanned.code if scanned and scanned.code else normalize.code(self.text)

    @property
    def search(self) -> str:
        """What to look for, without the stroke that asks for goods."""
        return self.text.removeprefix("/")

    @property
    def is_goods_search(self) -> bool:
        """Whether it asks for goods in so many words, as ``/sz`` does."""
        return self.text.startswith("/")

    @property
    def is_quantity(self) -> bool:
        """Whether it says a quantity and nothing more, as ``5*`` does."""
        return self.quantity is not None and not self.text

    @property
    def wrong_quantity(self) -> str | None:
        """What stands where a quantity belongs and is none, as in ``2.5*``; None where nothing does."""
        before = _BEFORE_STAR.match(self.text)
        if before is None:
            return None
        said = f"{self.quantity}*" if self.quantity is not None else ""
        return said + before[1].strip()

    @property
    def is_short_number(self) -> bool:
        """Whether it may be the digits of a booklet."""
        return _DIGITS.fullmatch(self.text) is not None

    @property
    def may_be_booklet(self) -> bool:
        """Whether it may be a booklet's whole number: anything plain but letters only."""
        return self.text.isascii() and any(c.isdigit() for c in self.text)

    @property
    def could_be_booklet(self) -> bool:
        """Whether it may be a booklet that nobody has, rather than goods or a receipt."""
        said = self.quantity is not None or self.is_goods_search or self.is_receipt
        return not said and any(c.isdigit() for c in self.text) and not self.is_barcode

    @property
    def is_barcode(self) -> bool:
        """Whether it is a whole barcode of goods by its last digit. Of eight digits a booklet may be as well."""
        digits = self.text
        whole = len(digits) in _BARCODE_LENGTHS and digits.isascii() and digits.isdigit()
        return whole and normalize.check_digit(digits[:-1]) == digits[-1]

    @property
    def is_receipt(self) -> bool:
        """Whether it looks like the barcode on a receipt."""
        return _RECEIPT.fullmatch(self.text) is not None

    @property
    def is_name(self) -> bool:
        """Whether it may be a name, or pinyin initials of one."""
        return _NAME.fullmatch(normalize.comparable(self.text)) is not None


def read_typed(text: str) -> TypedInput:
    """Read a text as people and scanners send it: full-width signs, small letters, blanks around it."""
    plain = normalize.plain(text).upper()
    times = _TIMES.fullmatch(plain)
    return TypedInput(times[2].strip(), int(times[1])) if times else TypedInput(plain)


def read_delivered(text: str) -> TypedInput:
    """Read a text where goods come in, and so many of one may be more than lie on any counter."""
    plain = normalize.plain(text).upper()
    times = _MANY_TIMES.fullmatch(plain)
    return TypedInput(times[2].strip(), int(times[1])) if times else read_typed(text)
