"""Raw cells to values, read the way people really type them.

Each parser takes a cell that is not blank and gives its value, or a `Text` that says what is wrong and what is
expected. What cannot be read for sure is an error, never a guess. No amount passes through floating point: a
number cell is taken as the decimal digits that the spreadsheet program shows for it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from lizhi_pos.exchange.appearance import fails
from lizhi_pos.exchange.sheet import Cell, Fault, HalfShown
from lizhi_pos.money import Points, Yuan, parse_hundredths
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Message, message
from lizhi_pos.text import normalize
from lizhi_pos.text.identity import can_be_right

Value = TypeVar("Value")
Parser = Callable[[Cell], Value | Message]

MAX_HUNDREDTHS: Final = 10**10
MAX_COUNT: Final = 10**6
"""Larger numbers are slips of the finger; the product of the two still fits any database's integer."""

_FAULT = re.compile(r"#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|ERROR!)|Err:\d{3}", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_YEAR = r"((?:19|20)\d\d)"
_DATE = re.compile(rf"{_YEAR}(?:([-./])(\d{{1,2}})\2(\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})[日号]?|(\d\d)(\d\d))")
_MIDNIGHT = re.compile(r"[\sT]+0?0:00(?::00(?:\.0+)?)?$")
_QUARTER = re.compile(rf"{_YEAR}(?:年|-)?(?:Q([1-4])|第?([1-4一二三四])季度?)")
_MONTH = re.compile(rf"{_YEAR}(?:年(\d{{1,2}})月份?|[-./](\d{{1,2}})|(\d\d))")
_AMOUNT = re.compile(r"¥?\s*([+-]?)\s*¥?\s*(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(\.\d+)?\s*(分|积分|元)?")
_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?\s*[人口次]?")
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{0,31}")
_ROUNDED_IDENTITY = re.compile(r"\d{15}000")
_LOSSLESS = 10**15
_LONGEST_NUMBER = 32

EMPTY_CELL = message("This cell is empty; it must be filled in.")
_DIGITS_LOST = message("The last digits of this number are lost; format the cell as text and type it again.")
_NOTHING = frozenset({"-", "--", "—", "——", "/", "无"})


def plain(raw: Cell) -> str:
    """Return a cell as people see it, in half-width characters, without the blanks and invisible marks around it."""
    if isinstance(raw, str):
        return normalize.plain(raw)
    if isinstance(raw, Fault | HalfShown):
        return normalize.plain(raw.shown)
    if isinstance(raw, float):
        # 15 digits are what spreadsheet programs show; beyond them stand only the traces of binary fractions.
        return format(raw, ".15g")
    if isinstance(raw, datetime) and raw.time() == raw.min.time():
        return raw.date().isoformat()
    return str(raw)


def is_blank(raw: Cell) -> bool:
    """Return whether a cell holds nothing that people can see."""
    return isinstance(raw, str) and not raw[:1].isalnum() and not plain(raw)


def is_fault(raw: Cell) -> bool:
    """Return whether a cell holds the error of a formula, such as #N/A."""
    return isinstance(raw, Fault) or (isinstance(raw, str) and raw[:1] in "#Ee" and _FAULT.fullmatch(raw) is not None)


def fault_in(raw: Cell) -> Message | None:
    """Return what is wrong with a cell that holds the error of a formula."""
    if isinstance(raw, Fault):
        return raw.text
    return fails(plain(raw)).text if is_fault(raw) else None


def _half_shown(raw: HalfShown) -> Message:
    held = raw.held.isoformat() if isinstance(raw.held, date) else plain(raw.held)
    return message(
        "This cell shows “{0}” but holds {1}; type what is meant, or change its format.", raw.shown, held[:40]
    )


def _shown(raw: Cell) -> str:
    shown = normalize.one_line(plain(raw))
    return shown if len(shown) <= 40 else shown[:39] + "…"


def loose_text(raw: Cell) -> str | Message:
    """Return a word or a few on one line, in half-width characters."""
    if fault := fault_in(raw):
        return fault
    if isinstance(raw, HalfShown):
        return _half_shown(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return message("“{0}” is a date or a logical value; format the cell as text and type it again.", _shown(raw))
    text = normalize.one_line(plain(raw))
    if _SCIENTIFIC.fullmatch(text) or (not isinstance(raw, str) and abs(raw) >= _LOSSLESS):
        return _DIGITS_LOST
    return text


def short_text(raw: Cell) -> str | Message:
    """Return a word or a few that name something.

    The number 0 is none, and what a formula reads as that lost its text.
    """
    if not isinstance(raw, str) and raw == 0:
        return message("This cell reads as 0, as formulas do whose text was not saved; type the text itself.")
    text = loose_text(raw)
    return normalize.typed(raw) if isinstance(raw, str) and isinstance(text, str) else text


def name(raw: Cell) -> str | Message:
    """Return a name: blanks between Chinese characters, typed to fill a column, are left out."""
    text = short_text(raw)
    return normalize.name(text) if isinstance(text, str) else text


def note(raw: Cell) -> str:
    """Return a remark, with its punctuation as it was typed; also a bare number or date."""
    return normalize.typed(raw) if isinstance(raw, str) else plain(raw)


def number(raw: Cell) -> str | Message:
    """Return the number of a booklet, voucher or slip: capital letters, no blanks."""
    text = short_text(raw)
    if isinstance(text, Message):
        return text
    text = normalize.number(text)
    if len(text) > _LONGEST_NUMBER:
        return message("“{0}” is too long for a number; at most {1} characters.", _shown(raw), _LONGEST_NUMBER)
    return text


def identity_number(raw: Cell) -> str | Message:
    """Return the number of an identity card; what is wrong with one is told without it.

    One that a spreadsheet program kept as a number has lost its last three digits.
    """
    text = number(raw)
    if isinstance(text, Message) and text.args:
        return message("This identity number cannot be read; format the cell as text and type it again.")
    if isinstance(text, str) and _ROUNDED_IDENTITY.fullmatch(text) and not can_be_right(text):
        return _DIGITS_LOST
    return text


def code(raw: Cell) -> str | Message:
    """Return a barcode or a shop's own code, in the one form in which it is kept."""
    text = number(raw)
    if isinstance(text, Message):
        return text
    kept = normalize.code(text)
    if not _CODE.fullmatch(kept):
        return message("“{0}” is no code; up to 32 letters, digits and hyphens.", _shown(raw))
    return kept


def goods_code(raw: Cell) -> str | Message:
    """Return a code for the goods file, where a barcode of 8, 12, 13 or 14 digits must have its right check digit."""
    text = code(raw)
    if isinstance(text, Message) or not (text.isdigit() and len(text) in (8, 13, 14)):
        return text
    if normalize.check_digit(text[:-1]) != text[-1]:
        return message("The check digit of the barcode “{0}” is wrong; scan it again.", text)
    return text


def day(raw: Cell) -> date | Message:
    """Return a day: a date cell, ``2024.3.5``, ``2024/3/5``, ``2024-03-05``, ``2024年3月5日`` or ``20240305``."""
    if isinstance(raw, HalfShown):
        return _half_shown(raw)
    wrong = message("“{0}” is no date; write it like 2024-03-05.", _shown(raw))
    if isinstance(raw, date):
        if isinstance(raw, datetime):
            if raw.time() != raw.min.time():
                return wrong
            raw = raw.date()
        return raw if 1900 <= raw.year < 2100 else wrong
    text = normalize.unspaced(_MIDNIGHT.sub("", plain(raw)))
    match = _DATE.fullmatch(text)
    if not match:
        return wrong
    year, _, *parts = match.groups()
    month_number, day_number = (int(part) for part in parts if part)
    try:
        return date(int(year), month_number, day_number)
    except ValueError:
        return wrong


def quarter(raw: Cell) -> Quarter | Message:
    """Return a quarter: ``2024Q1``, ``2024年第一季度``, ``2024年1季度``."""
    match = _QUARTER.fullmatch(normalize.unspaced(plain(raw)).upper())
    if not match:
        return message("“{0}” is no quarter; write it like 2024Q1.", _shown(raw))
    number = match[2] or match[3]
    return Quarter(int(match[1]), int(number) if number.isdigit() else "一二三四".index(number) + 1)


def month(raw: Cell) -> Month | Message:
    """Return a month: ``2024年3月``, ``2024-03``, ``2024.3``, ``202403``, or any date in it."""
    if isinstance(raw, HalfShown):
        raw = raw.held
    if isinstance(raw, date):
        return Month(raw.year, raw.month)
    match = _MONTH.fullmatch(normalize.unspaced(plain(raw)))
    digits = (match[2] or match[3] or match[4]) if match else "0"
    # The number 2024.1 may have been typed as 2024.10.
    unsure = isinstance(raw, float) and digits == "1"
    if not match or unsure or not 1 <= int(digits) <= 12:
        return message("“{0}” is no month; write it like 2024年3月.", _shown(raw))
    return Month(int(match[1]), int(digits))


def _hundredths(raw: Cell, units: tuple[str, ...], signed: bool) -> int | Message:
    if isinstance(raw, HalfShown):
        return _half_shown(raw)
    text = "" if isinstance(raw, bool) else plain(raw).replace("\u2212", "-")
    match = _AMOUNT.fullmatch(text)
    if not match or (match[4] and match[4] not in units):
        return message("“{0}” is no amount; write a number like 12.50.", _shown(raw))
    sign, whole, decimals, _ = match.groups(default="")
    if decimals[3:].strip("0"):
        return message("“{0}” has more than two decimals.", _shown(raw))
    value = parse_hundredths(whole.replace(",", "") + decimals)
    if value > MAX_HUNDREDTHS:
        return message("“{0}” is too large.", _shown(raw))
    if sign == "-" and value and not signed:
        return message("“{0}” is negative; that is not possible here.", _shown(raw))
    return -value if sign == "-" else value


def points(raw: Cell) -> Points | Message:
    """Points from 0 up, in hundredths: ``12.5``, ``12.5分``, ``1,234.50``."""
    value = _hundredths(raw, ("分", "积分", "元"), signed=False)
    return value if isinstance(value, Message) else Points(value)


def signed_points(raw: Cell) -> Points | Message:
    """Points with their sign, in hundredths."""
    value = _hundredths(raw, ("分", "积分", "元"), signed=True)
    return value if isinstance(value, Message) else Points(value)


def tag_price(raw: Cell) -> Yuan | Message:
    """Return a tag price in hundredths of a yuan; one point is one yuan, so ``3分`` and ``3元`` are the same price."""
    value = _hundredths(raw, ("分", "积分", "元"), signed=False)
    return value if isinstance(value, Message) else Yuan(value)


def yuan(raw: Cell) -> Yuan | Message:
    """Yuan from 0 up, in hundredths: ``3``, ``3.00元``. ``3分`` is refused: of money it would be a hundredth."""
    value = _hundredths(raw, ("元",), signed=False)
    return value if isinstance(value, Message) else Yuan(value)


def score(raw: Cell) -> int | Message:
    """Return a base score from 0 to 100 with one decimal at most, in tenths."""
    if isinstance(raw, HalfShown):
        return _half_shown(raw)
    value = _hundredths(raw, ("分",), signed=False)
    if isinstance(value, Message) or value > 10000 or value % 10:
        return message("“{0}” is no score; 0 to 100 with one decimal at most.", _shown(raw))
    return value // 10


def whole_from(least: int) -> Parser[int]:
    """Return a parser of whole numbers from `least` up: ``3``, ``3.0``, ``3次``."""

    def whole(raw: Cell) -> int | Message:
        if isinstance(raw, HalfShown):
            return _half_shown(raw)
        match = None if isinstance(raw, bool) else _COUNT.fullmatch(plain(raw))
        if not match or not least <= int(match[1]) <= MAX_COUNT:
            return message("“{0}” is no whole number from {1} up.", _shown(raw), least)
        return int(match[1])

    return whole


def one_of(words: Mapping[str, Value]) -> Parser[Value]:
    """Return a parser of a few fixed words."""

    def word(raw: Cell) -> Value | Message:
        text = normalize.unspaced(plain(raw))
        return words[text] if text in words else message("“{0}” is none of these: {1}.", _shown(raw), "、".join(words))

    return word


def or_nothing(parse: Parser[Value]) -> Parser[Value | None]:
    """Return the same parser, for a cell that people cross out with a dash instead of leaving it blank."""

    def parse_or_none(raw: Cell) -> Value | Message | None:
        return None if plain(raw) in _NOTHING else parse(raw)

    return parse_or_none


yes_or_no: Parser[bool] = one_of({"是": True, "否": False})
