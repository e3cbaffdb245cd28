"""A look into a batch: what happened to it, how much is in it, and every row by its sheet, corrections first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from lizhi_pos.accounts.batch_card import BatchCard, batch_card
from lizhi_pos.accounts.batch_difference import GROUP_WORDS, shown_fields
from lizhi_pos.accounts.batches import batch_content
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import Transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal

_ORDER = ("更正", "志愿服务", "基础评分", "负面清单", "户籍", "成员", "签字")


class BatchCounts(Struct, frozen=True):
    """How many rows of each sheet there are."""

    households: int = 0
    members: int = 0
    scores: int = 0
    acts: int = 0
    proposals: int = 0
    corrections: int = 0


class LookRow(Struct, frozen=True):
    """A row of a sheet: its cells under their headers, and where in the file it stood."""

    booklet: str
    cells: tuple[str, ...]
    at: str


class LookSheet(Struct, frozen=True):
    """A sheet with its headers and rows."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[LookRow, ...]


class BatchSummary(Struct, frozen=True):
    """A batch with its steps and objections, and how much is in it."""

    card: BatchCard
    counts: BatchCounts


class BatchContents(Struct, frozen=True):
    """A batch with every row; of identity and phone numbers the last digits alone."""

    card: BatchCard
    counts: BatchCounts
    sheets: tuple[LookSheet, ...]


_Column = tuple[str, Callable[[Any], str]]
_BOOKLET: _Column = ("手册编号", lambda r: str(r.booklet))
_KEYS: Mapping[str, tuple[_Column, ...]] = {
    "更正": (_BOOKLET,),
    "志愿服务": (
        _BOOKLET,
        ("姓名", lambda r: str(r.name)),
        ("日期", lambda r: r.on.isoformat()),
        ("项目", lambda r: str(r.item)),
    ),
    "基础评分": (_BOOKLET, ("季度", lambda r: str(r.quarter))),
    "负面清单": (
        _BOOKLET,
        ("行为日期", lambda r: r.conduct_on.isoformat()),
        ("条款", lambda r: str(r.clause)),
    ),
    "户籍": (_BOOKLET,),
    "成员": (_BOOKLET,),
    "签字": (("小组", lambda r: GROUP_WORDS[r.group]), ("姓名", lambda r: str(r.name))),
}


def batch_summary(tx: Transaction, village_name: str, month: Month) -> BatchSummary | Refusal:
    """Return what happened to a batch and how much is in it."""
    found = _read(tx, village_name, month)
    return found if isinstance(found, Refusal) else BatchSummary(found[0], _counts(found[1]))


def batch_contents(tx: Transaction, village_name: str, month: Month) -> BatchContents | Refusal:
    """Return a batch with every row of its workbook."""
    found = _read(tx, village_name, month)
    if isinstance(found, Refusal):
        return found
    card, workbook = found
    by_sheet = _rows_of(workbook)
    sheets = tuple(_sheet(name, by_sheet[name]) for name in _ORDER if by_sheet[name])
    return BatchContents(card, _counts(workbook), sheets)


def _read(tx: Transaction, village_name: str, month: Month) -> tuple[BatchCard, VillageWorkbook] | Refusal:
    card = batch_card(tx, village_name, month)
    if isinstance(card, Refusal):
        return card
    content = batch_content(tx, village_name, month)
    return content if isinstance(content, Refusal) else (card, content[0])


def _rows_of(book: VillageWorkbook) -> Mapping[str, Sequence[Any]]:
    return {
        "户籍": book.households,
        "成员": book.members,
        "基础评分": book.scores,
        "志愿服务": book.acts,
        "负面清单": book.proposals,
        "签字": book.signatures,
        "更正": book.corrections,
    }


def _counts(book: VillageWorkbook) -> BatchCounts:
    return BatchCounts(
        len(book.households),
        len(book.members),
        len(book.scores),
        len(book.acts),
        len(book.proposals),
        len(book.corrections),
    )


def _sheet(name: str, rows: Sequence[Any]) -> LookSheet:
    keys = _KEYS[name]
    headers = (*(header for header, _ in keys), *shown_fields(name, rows[0]))
    return LookSheet(name, headers, tuple(_row(name, keys, row) for row in rows))


def _row(name: str, keys: tuple[_Column, ...], row: Any) -> LookRow:
    cells = (*(read(row) for _, read in keys), *(value or "" for value in shown_fields(name, row).values()))
    return LookRow(getattr(row, "booklet", ""), cells, _place(row.at))


def _place(at: RowAt) -> str:
    first = min(at.columns.values(), key=lambda column: (len(column), column), default="A")
    return f"{first}{at.row}"
