"""Points and yuan: whole hundredths, two types that never mix.

The plan settles one point as one yuan of tag price (三(五)1, 五) and forbids cashing points in, so
the only bridge between the two types runs from a tag price to the points it costs.
"""

from fractions import Fraction
from typing import NewType

Points = NewType("Points", int)
"""Hundredths of a point."""
Yuan = NewType("Yuan", int)
"""Hundredths of a yuan."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


def points_for(tag_price: Yuan) -> Points:
    """Return the points that goods of this tag price cost: one point for one yuan (三(五)1)."""
    return Points(tag_price)


def half_up(value: Fraction) -> int:
    """`value` rounded to a whole number, halves away from zero; applied once, where a rule divides."""
    twice = abs(value) * 2
    whole = (twice.numerator // twice.denominator + 1) // 2
    return whole if value >= 0 else -whole


def parse_hundredths(text: str) -> int:
    """Hundredths written as a plain decimal such as ``-12.50``.

    Raises ValueError for anything else, also for a third decimal that is not zero.
    """
    body = text.removeprefix("-")
    whole, _, decimals = body.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not decimals or (decimals.isascii() and decimals.isdigit()))):
        raise ValueError(text)
    if body.endswith(".") or decimals[2:].strip("0"):
        raise ValueError(text)
    value = int(whole) * 100 + int((decimals + "00")[:2])
    return -value if text.startswith("-") else value


def format_hundredths(value: int) -> str:
    """``1250`` as ``12.50``: always two decimals, no separators."""
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"


def format_tenths(value: int) -> str:
    """``875`` as ``87.5``: a score, always with one decimal."""
    return f"{value // 10}.{value % 10}"


def in_capitals(value: int) -> str:
    """Return an amount in the capitals used on vouchers (大写): ``1100`` as ``壹拾壹元整``.

    Raises ValueError for negative amounts, which no paper shows in capitals.
    """
    if value < 0:
        raise ValueError(value)
    yuan, cents = divmod(value, 100)
    jiao, fen = divmod(cents, 10)
    words = _whole_in_capitals(yuan) + "元" if yuan else ""
    if not cents:
        return (words or "零元") + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "整")


def _whole_in_capitals(number: int) -> str:
    words, gap, group = "", False, 0
    while number:
        number, four = divmod(number, 10000)
        if four:
            part = _four_in_capitals(four)
            words = part + _GROUPS[group] + ("零" if gap and words else "") + words
            gap = four < 1000
        elif words:
            gap = True
        group += 1
    return words


def _four_in_capitals(number: int) -> str:
    words, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        else:
            zero = True
    return words
