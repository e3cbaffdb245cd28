"""What a word of the command line may be: each reads one, or raises argparse.ArgumentTypeError in words."""

import argparse
from datetime import date

from lizhi_pos.i18n.catalogue import Translate

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that the program works with, a rulebook's too."""

MOST_DIGITS = 6
"""The longest number that is typed as an argument."""


def whole_number(text: str) -> int | None:
    """Return a number typed as an argument, None for anything else and for one that is too long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _refused(message: str, text: str) -> argparse.ArgumentTypeError:
    from lizhi_pos.text.normalize import echo

    return argparse.ArgumentTypeError(message.format(echo(text)))


def day(translate: Translate, text: str) -> date:
    """Return a day, as 2024-03-05."""
    try:
        found = date.fromisoformat(text) if "W" not in text.upper() else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _refused(translate("{0} is not a day: write it like 2024-03-05"), text)
    return found


def month(translate: Translate, text: str) -> str:
    """Return a month, as 2024-03."""
    before, dash, after = text.partition("-")
    if not (dash and len(after) == 2 and _is_year(before) and 1 <= (whole_number(after) or 0) <= 12):
        raise _refused(translate("{0} is not a month: write it like 2024-03"), text)
    return text


def year(translate: Translate, text: str) -> int:
    """Return a year, as 2024."""
    if not _is_year(text):
        raise _refused(translate("{0} is not a year: write it like 2024"), text)
    return int(text)


def _is_year(text: str) -> bool:
    return len(text) == 4 and FIRST_YEAR <= (whole_number(text) or 0) <= LAST_YEAR


def count(translate: Translate, text: str) -> int:
    """Return a whole number from 1."""
    number = whole_number(text)
    if not number:
        raise _refused(translate("{0} is not a whole number from 1"), text)
    return number


def till(translate: Translate, text: str) -> str:
    """Return a till's number, 1 to 99."""
    number = whole_number(text)
    if number is None or not 1 <= number <= 99:
        raise _refused(translate("{0} is not a till: a number from 1 to 99"), text)
    return str(number)


def port(translate: Translate, text: str) -> int:
    """Return a port, 0 to 65535."""
    number = whole_number(text)
    if number is None or number > 65535:
        raise _refused(translate("{0} is not a port: a number from 0 to 65535"), text)
    return number


def from_none(translate: Translate, text: str) -> int:
    """Return a whole number from 0."""
    number = whole_number(text)
    if number is None:
        raise _refused(translate("{0} is not a whole number from 0"), text)
    return number


def amount(translate: Translate, text: str) -> int:
    """Return an amount of yuan in hundredths, more than nothing, as 2.50."""
    hundredths = balance(translate, text)
    if hundredths <= 0:
        raise _refused(translate("{0} is not an amount: write it like 2.50"), text)
    return hundredths


def quarter(translate: Translate, text: str) -> str:
    """Return a quarter, as 2024Q1."""
    before, sign, after = text.upper().partition("Q")
    if not (sign and _is_year(before) and after in ("1", "2", "3", "4")):
        raise _refused(translate("{0} is not a quarter: write it like 2024Q1"), text)
    return text.upper()


def score(translate: Translate, text: str) -> int:
    """Return a base score of 0 to 100 in tenths, as 87.5."""
    before, dot, after = text.partition(".")
    tenths = whole_number(f"{before}{after or 0}") if len(after) <= 1 and (after or not dot) else None
    if tenths is None or tenths > 1000:
        raise _refused(translate("{0} is not a score: 0 to 100, one decimal at most, as 87.5"), text)
    return tenths


def balance(translate: Translate, text: str) -> int:
    """Return an amount of yuan in hundredths, which may be nothing or below it."""
    from lizhi_pos.money import parse_hundredths

    try:
        if len(text) > MOST_DIGITS + MOST_DIGITS:
            raise ValueError
        return parse_hundredths(text)
    except ValueError:
        raise _refused(translate("{0} is not an amount: write it like 2.50"), text) from None
