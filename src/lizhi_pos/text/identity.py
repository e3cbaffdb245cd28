"""Identity numbers as GB 11643 has them: 17 digits, the day of birth among them, and a check digit."""

import re
from datetime import date

_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_FIRST_YEAR = 1850


def can_be_right(number: str) -> bool:
    """Return whether an identity number has its shape, a day of birth and the check digit of the rest. Pure.

    >>> can_be_right("11010119900307001X"), can_be_right("110101199003070011")
    (False, True)
    """
    if not _SHAPE.fullmatch(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return born.year >= _FIRST_YEAR and _CHECK_DIGITS[total % 11] == number[17]
