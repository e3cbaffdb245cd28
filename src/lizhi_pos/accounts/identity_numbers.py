"""Identity numbers: whether the town stores them, and whether one can be right (GB 11643). None is ever shown."""

from collections.abc import Iterator

from msgspec import structs

from lizhi_pos.accounts.batch_facts import BatchFacts
from lizhi_pos.accounts.import_rows import HouseholdRow, MemberRow, VillageWorkbook
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import message
from lizhi_pos.text.identity import can_be_right
from lizhi_pos.town.settings import IDENTITY_NUMBERS, settings


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
