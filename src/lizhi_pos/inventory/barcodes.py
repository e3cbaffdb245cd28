"""What a scanned or typed code says: barcodes with their check digit, and GS1 codes with an expiry. Pure."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from lizhi_pos.refusal import Message, message
from lizhi_pos.text.normalize import check_digit, plain
from lizhi_pos.text.normalize import code as written_code

LONGEST_CODE = 32
SHORTEST_GS1 = 16
"""Characters of a GS1 code that says no more than the goods' number."""
_CODE = re.compile(rf"[0-9A-Z][0-9A-Z-]{{0,{LONGEST_CODE - 1}}}")
_BARCODE_LENGTHS = (8, 13, 14)
_SHORTEST_LOOKALIKE = 9
"""Digits from which a number that is no barcode's length looks like one that lost some; fewer are a shop's own."""
_SEPARATOR = "\x1d"
"""FNC1, as scanners send it between the parts of a GS1 code."""
_SYMBOLOGY = re.compile(r"^\](?:C1|d2|Q3|e0)")
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")
_FIXED = {"01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
"""Parts of a GS1 code that have one length, by their identifier; every other one ends with FNC1."""
_DAY = re.compile(r"(\d{2})(\d{2})(\d{2})")


class Gs1(Struct, frozen=True):
    """What a GS1 code says of goods: their number and the last day they are good, each where it is there."""

    code: str | None
    expires_on: date | Message | None


def checked_code(text: str) -> str | Message:
    """Return a code in the one form in which it is kept, or what is wrong with it.

    Barcodes of 8, 12, 13 and 14 digits carry a check digit; a shop's own ones, 20 to 29, stand as they are. Other
    lengths that look like a barcode are one that lost or gained digits.
    """
    code = written_code(text)
    if not _CODE.fullmatch(code):
        return message("“{0}” is no code; up to {1} letters, digits and hyphens", text, LONGEST_CODE)
    if not code.isdigit():
        return code
    if len(code) in _BARCODE_LENGTHS:
        own = len(code) == 13 and code.startswith("2")
        if own or check_digit(code[:-1]) == code[-1]:
            return code
        return message("The check digit of the barcode {0} is wrong; scan it again", text)
    if len(code) >= _SHORTEST_LOOKALIKE:
        return message("{0} has {1} {1:digit|digits}: a barcode has 8, 12, 13 or 14; scan it again", text, len(code))
    return code


def read_gs1(text: str) -> Gs1 | None:
    """Return what a GS1 code says, with brackets, with FNC1 or with neither; None for a text that is none.

    The last day is that of 有效期 (17), else of 保质期 (15); its day 00 is the month's last.
    """
    parts = _parts(plain_code(text))
    if parts is None or not {"01", "02", "15", "17"} & parts.keys():
        return None
    number = parts.get("01") or parts.get("02")
    if number and check_digit(number[:-1]) != number[-1]:
        return None
    day = parts.get("17") or parts.get("15")
    return Gs1(written_code(number) if number else None, _gs1_day(day) if day else None)


def read_expiry(text: str) -> date | Message:
    """Return a last day as it is typed, ``260531``, ``20260531`` or ``2026-05-31``, or scanned from a GS1 code."""
    written = plain(text)
    scanned = read_gs1(text)
    if scanned is not None and scanned.expires_on is not None:
        return scanned.expires_on
    parts = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", written)
    if parts:
        return _a_day(int(parts[1]), int(parts[2]), int(parts[3]), text)
    if re.fullmatch(r"\d{6}", written):
        return _gs1_day(written)
    if re.fullmatch(r"\d{8}", written):
        return _a_day(int(written[:4]), int(written[4:6]), int(written[6:]), text)
    return message("“{0}” is no date: type it as 260531 or 2026-05-31", text)


def plain_code(text: str) -> str:
    """Return a code as a scanner sends it, without the prefix that names its kind of code."""
    return _SYMBOLOGY.sub("", text.strip())


def _parts(text: str) -> dict[str, str] | None:
    if text.startswith("("):
        found = dict(_BRACKETED.findall(text))
        return found if "".join(f"({key}){value}" for key, value in found.items()) == text else None
    return dict(_unbracketed(text)) if text.startswith(("01", "02", _SEPARATOR)) and len(text) >= SHORTEST_GS1 else None


def _unbracketed(text: str) -> Iterator[tuple[str, str]]:
    rest = text.lstrip(_SEPARATOR)
    while rest:
        key = rest[:2]
        if length := _FIXED.get(key):
            value, rest = rest[2 : 2 + length], rest[2 + length :].lstrip(_SEPARATOR)
            if len(value) != length or not value.isdigit():
                return
        else:
            value, _, rest = rest[2:].partition(_SEPARATOR)
        yield key, value


def _gs1_day(digits: str) -> date | Message:
    parts = _DAY.fullmatch(digits)
    if parts is None:
        return message("“{0}” is no date: type it as 260531 or 2026-05-31", digits)
    year, month, day = 2000 + int(parts[1]), int(parts[2]), int(parts[3])
    if day == 0 and 1 <= month <= 12:
        day = monthrange(year, month)[1]
    return _a_day(year, month, day, digits)


def _a_day(year: int, month: int, day: int, text: str) -> date | Message:
    try:
        return date(year, month, day)
    except ValueError:
        return message("“{0}” is no day of the calendar: look at it again", text)
