"""What was scanned or typed into the one field, read. Pure."""

import re
from unicodedata import normalize

from msgspec import Struct

_TIMES = re.compile(r"(\d{1,4})\s*[*×]\s*(.*)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]{1,6}")
_LETTERS = re.compile(r"[A-Z]{1,12}")
_NAME = re.compile(r"[A-Z·㐀-鿿\U00020000-\U0003ffff]{1,20}")


class Entry(Struct, frozen=True):
    """A text and the quantity before it, as in ``3*6901234567892``; None where none was said."""

    text: str
    quantity: int | None = None

    @property
    def code(self) -> str:
        """The text as goods' codes are kept: a barcode of 12 digits has the 0 that makes it 13."""
        if self.text.isdigit() and len(self.text) == 12:
            return "0" + self.text
        return self.text[1:] if self.text.isdigit() and len(self.text) == 14 and self.text[0] == "0" else self.text

    @property
    def is_short_number(self) -> bool:
        """Whether it may be the digits of a booklet, or the last ones of a barcode."""
        return _DIGITS.fullmatch(self.text) is not None

    @property
    def is_name(self) -> bool:
        """Whether it may be a name, or pinyin initials of one."""
        return _NAME.fullmatch(self.text) is not None

    @property
    def is_initials(self) -> bool:
        """Whether it is letters only."""
        return _LETTERS.fullmatch(self.text) is not None


def read_entry(text: str) -> Entry:
    """Reads a text as people and scanners send it: full-width signs, small letters, blanks around it."""
    plain = normalize("NFKC", text).strip().upper()
    times = _TIMES.fullmatch(plain)
    return Entry(times[2].strip(), int(times[1])) if times else Entry(plain)
