"""A village's workbook from its file to the batch: read, checked, and beside each error the row that it stands in."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from lizhi_pos.accounts.import_batch import Drafted
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.cell_errors import CellError
from lizhi_pos.db import Transaction
from lizhi_pos.exchange.a1 import cell_place
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.sheet import Cell, Fault, HalfShown
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.receiving.codes import look_at_workbook
from lizhi_pos.refusal import Refusal

Place = tuple[str, int]
"""A sheet, and a row of it by its number from 1."""


class FileRead(Struct, frozen=True):
    """A file, what became of it, and everything that is wrong in it, one by one."""

    path: Path
    drafted: Drafted | None
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]


def file_read(path: Path, read: Reading[VillageWorkbook], drafted: Drafted | None) -> FileRead:
    """Return what a file comes to: what its cells said against it, and what the books did."""
    if drafted is None:
        return FileRead(path, None, read.errors, read.warnings)
    return FileRead(path, drafted, (*read.errors, *drafted.errors), (*read.warnings, *drafted.warnings))


def look_at_unread(tx: Transaction, read: Reading[VillageWorkbook]) -> Drafted | Refusal | None:
    """Check what could be read of a file all the same, so that every error of it is said at once; None of nothing."""
    return None if read.readable is None else look_at_workbook(tx, read.readable)


def place_of(error: CellError) -> Place | None:
    """Return the row that an error stands in; None where it is about the whole file or sheet."""
    found = re.fullmatch(r"[A-Z]+(\d+)", error.cell or "")
    return (error.sheet, int(found[1])) if found and error.sheet is not None else None


def column_of(error: CellError) -> int:
    """Return the column that an error stands in, from 0; -1 where it is about no cell."""
    return cell_place(error.cell)[1] if error.cell and place_of(error) is not None else -1


def rows_beside(path: Path, errors: Iterable[CellError]) -> Mapping[Place, tuple[str, ...]]:
    """Return the row of each error as it stands in the file; nothing where that cannot be opened any more."""
    wanted = {place for error in errors if (place := place_of(error)) is not None}
    sheets = read_sheets(path) if wanted else []
    if isinstance(sheets, CellError):
        return {}
    return {
        (sheet.name, number): tuple(map(_shown, cells))
        for sheet in sheets
        for number, cells in zip(sheet.numbers, sheet.rows, strict=True)
        if (sheet.name, number) in wanted
    }


def _shown(cell: Cell) -> str:
    if isinstance(cell, Fault | HalfShown):
        return cell.shown
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
