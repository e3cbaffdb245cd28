"""What a workbook may still say of households that changed beside it: moved, split, left, with another head or members.

Each function looks at a workbook as read, with what the books hold, and yields what is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from lizhi_pos.accounts.batch_facts import BatchFacts
from lizhi_pos.accounts.import_rows import HouseholdRow, VillageWorkbook
from lizhi_pos.accounts.queries import RegisteredHousehold, not_a_member
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.refusal import message
from lizhi_pos.text.normalize import comparable


def lived_here(workbook: VillageWorkbook, books: BatchFacts, booklet: str) -> bool:
    """Return whether a household that moved to another village still lived in this one in the workbook's month."""
    moved = books.moved.get(booklet)
    return moved is not None and moved > workbook.month.first_day


def before_the_move(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield what is dated from the day on which its household moved to another village."""
    sheets: tuple[tuple[Sequence[Any], str, Callable[[Any], date]], ...] = (
        (workbook.acts, "日期", lambda row: row.on),
        (workbook.scores, "季度", lambda row: row.quarter.last_day),
        (workbook.proposals, "行为日期", lambda row: row.conduct_on),
    )
    for sheet, header, day in sheets:
        for row in with_all(sheet, "手册编号", header):
            moved, known = books.moved.get(row.booklet), books.register.get(row.booklet)
            if moved is not None and known is not None and day(row) >= moved:
                told = (row.booklet, known.village_name, moved.isoformat())
                yield row.at.error(
                    header, message("{0} moved to {1} on {2}: what is dated from then on belongs there", *told)
                )


def after_the_split(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield acts of a new household that were done before it came out of the old one."""
    for row in with_all(workbook.acts, "手册编号", "日期"):
        known = books.register.get(row.booklet)
        split = books.split.get(known.household_id) if known is not None else None
        if split is not None and row.on < split:
            text = message(
                "{0} came out of a split on {1}: what was done before belongs to the old household",
                row.booklet,
                split.isoformat(),
            )
            yield row.at.error("日期", text)


def rows_of_the_moved(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield rows of 户籍 that a move to another village has overtaken: they change nothing."""
    for row in with_all(workbook.households, "手册编号"):
        if lived_here(workbook, books, row.booklet):
            known = books.register[row.booklet]
            text = message(
                "This household moved to {0} on {1}: this row changes nothing",
                known.village_name,
                books.moved[row.booklet].isoformat(),
            )
            yield row.at.error("手册编号", text)


def households_that_left(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield rows that would bring back a household that was closed."""
    for row in with_all(workbook.households, "手册编号", "状态"):
        known = books.register.get(row.booklet)
        if known is not None and known.household_id in books.left and row.status != known.status:
            yield row.at.error("状态", message("{0} is out of the register, no workbook brings it back", row.booklet))


def heads_are_present(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield heads who are no present members of their household."""
    for row, known in new_heads(workbook, books):
        present = _present(workbook, books, known)
        if comparable(row.head) not in present:
            yield row.at.error("户主", not_a_member(row.head, row.booklet, present.values()))


def new_heads(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[tuple[HouseholdRow, RegisteredHousehold]]:
    """Yield the rows that name another head than the register has."""
    for row in with_all(workbook.households, "手册编号", "户主"):
        known = books.register.get(row.booklet)
        if known is not None and comparable(row.head) != comparable(known.head):
            yield row, known


def _present(workbook: VillageWorkbook, books: BatchFacts, known: RegisteredHousehold) -> dict[str, str]:
    """Return who lives in a household, by their comparable names: present members, and those the workbook adds."""
    members = books.members.get(known.household_id, {})
    present = {key: m.name for key, m in members.items() if m.gone is None}
    added = {comparable(m.name): m.name for m in workbook.members if m.booklet == known.number}
    return present | {key: told for key, told in added.items() if key not in members}


def another_head(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield rows that make another present member head."""
    for row, known in new_heads(workbook, books):
        if comparable(row.head) in _present(workbook, books, known):
            yield row.at.error("户主", message("The head changes from {0} to {1}", known.head, row.head))


def members_who_are_gone(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield rows of members who left or died: they are not brought back."""
    for row in with_all(workbook.members, "手册编号", "姓名"):
        known = books.register.get(row.booklet)
        member = books.members.get(known.household_id, {}).get(comparable(row.name)) if known else None
        if member is not None and member.gone_on is not None:
            told = (row.name, member.gone_on.isoformat())
            yield row.at.error("姓名", message("{0} left the household on {1} and is not brought back", *told))
