"""Identity numbers: whether the town stores them, and whether one can be right (GB 11643). None is ever shown."""

import re
from collections.abc import Iterator
from datetime import date

from msgspec import structs

from lizhi_pos.accounts.batch_facts import BatchFacts
from lizhi_pos.accounts.import_rows import HouseholdRow, MemberRow, VillageWorkbook
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import message
from lizhi_pos.town.settings import IDENTITY_NUMBERS, settings

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


def doubtful_numbers(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield identity numbers that cannot be right, for the reviewer to compare; without saying any."""
    told: list[HouseholdRow | MemberRow] = [
        *with_all(workbook.households, "身份证号"),
        *with_all(workbook.members, "身份证号"),
    ]
    for row in told:
        if row.id_number and not can_be_right(row.id_number):
            text = message("This is no valid identity number: compare its digits with the card")
            yield row.at.error("身份证号", text)


def as_stored(tx: Transaction, workbook: VillageWorkbook) -> VillageWorkbook:
    """Return a workbook as the town wants it kept: without its identity numbers where it stores none."""
    if settings(tx)[IDENTITY_NUMBERS] == "yes":
        return workbook
    return structs.replace(
        workbook,
        households=tuple(structs.replace(row, id_number="") for row in workbook.households),
        members=tuple(structs.replace(row, id_number="") for row in workbook.members),
    )
