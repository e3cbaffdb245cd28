"""How far a sheet reaches, and which formulas in it fail, found before it is loaded.

The spreadsheet library reserves the whole rectangle down to a sheet's last filled cell. One stray value in the
last corner of an .xlsx asks for half a terabyte, and a reservation that fails ends the process: no exception, no
message, a till that is gone. So nothing is loaded before its cells have been looked at one by one.

The library also reads a formula that fails (#N/A) as a blank cell. A date of expiry that fails is not the same as
none, so those cells are noted on the way.
"""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

from lizhi_pos.cells import CellError
from lizhi_pos.exchange.reference import cell_name, column_index
from lizhi_pos.refusal import say

MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELLS = 4_000_000
"""The largest rectangle that is loaded: some 130 MB while it is read."""

_DIGITS = "0123456789"

Faults = dict[str, list[tuple[int, int]]]
"""The cells whose formulas fail, by the names of their sheets: row and column, from 0."""


class Extent:
    """The rectangle that the filled cells of one sheet span, the two that stretch it most, and those that fail."""

    __slots__ = ("faults", "lowest", "rightmost")

    def __init__(self) -> None:
        self.lowest = (-1, -1)
        self.rightmost = (-1, -1)
        self.faults: list[tuple[int, int]] = []

    def add(self, row: int, column: int) -> None:
        """A filled cell, by its indexes from 0."""
        if row > self.lowest[0]:
            self.lowest = (row, column)
        if column > self.rightmost[1]:
            self.rightmost = (row, column)

    def check(self, sheet: str | None) -> CellError | None:
        """An error at the cell that lies too far out for the sheet to be loaded, if there is one."""
        rows, columns = self.lowest[0] + 1, self.rightmost[1] + 1
        if rows > MAX_ROWS:
            far = self.lowest
        elif columns > MAX_COLUMNS:
            far = self.rightmost
        elif rows * columns > MAX_CELLS:
            far = self.lowest if rows > 100 * columns else self.rightmost
        else:
            return None
        return CellError(sheet, cell_name(*far), say("Something stands here, far away from any table; delete it."))


def check_xlsx(archive: zipfile.ZipFile) -> CellError | Faults:
    """The first cell of an .xlsx that lies too far out, else the faults; raises ValueError and as zipfile and expat."""
    sheets = _sheets_by_part(archive)
    faults: Faults = {}
    for part in archive.namelist():
        if part in sheets or part.lower().endswith(".xml"):
            extent = _measure_part(archive, part)
            far = extent.check(sheets.get(part))
            if far:
                return far
            if extent.faults and part in sheets:
                faults[sheets[part]] = extent.faults
    return faults


def _measure_part(archive: zipfile.ZipFile, part: str) -> Extent:
    extent = Extent()
    row = column = -1
    size = archive.getinfo(part).file_size

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            reference = attributes.get("r")
            if reference:
                letters = reference.rstrip(_DIGITS)
                row, column = int(reference[len(letters) :]) - 1, column_index(letters)
            else:
                column += 1
            if attributes.get("t") == "e":
                extent.faults.append((row, column))
        elif name == "v" or name == "is" or name == "f":
            extent.add(row, column)
        elif name == "row":
            row, column = int(attributes.get("r", row + 2)) - 1, -1
        elif name == "sst" and int(attributes.get("uniqueCount", 0)) > size:
            raise ValueError("more strings claimed than the file can hold")

    _parse(archive, part, start)
    return extent


def _sheets_by_part(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which sheet each part of an .xlsx holds."""
    parts: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "").lstrip("/")
        parts[attributes.get("Id", "")] = target if target.startswith("xl/") else "xl/" + target

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            relation_id = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets[parts.get(relation_id, "")] = attributes.get("name", "")

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", sheet)
    return sheets


def check_ods(archive: zipfile.ZipFile) -> CellError | Faults:
    """The first cell of an .ods that lies too far out, else the faults; raises ValueError and as zipfile and expat."""
    extents: dict[str, Extent] = {}
    extent = Extent()
    row = column = -1
    # One element stands for `rows` or `columns` equal ones; `row` and `column` are the indexes of the last of them.
    rows = columns = 1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal extent, row, column, rows, columns
        if name == "table:table-cell" or name == "table:covered-table-cell":
            columns = int(attributes.get("table:number-columns-repeated", 1))
            column += columns
            if "office:value-type" in attributes:
                extent.add(row, column)
            if attributes.get("calcext:value-type") == "error" and rows * columns <= MAX_COLUMNS:
                extent.faults += [(row - up, column - left) for up in range(rows) for left in range(columns)]
        elif name == "text:p":
            extent.add(row, column)
        elif name == "table:table-row":
            rows = int(attributes.get("table:number-rows-repeated", 1))
            row, column = row + rows, -1
        elif name == "table:table":
            extent = extents.setdefault(attributes.get("table:name", ""), Extent())
            row = column = -1

    _parse(archive, "content.xml", start)
    far = next((far for name, found in extents.items() if (far := found.check(name))), None)
    return far or {name: found.faults for name, found in extents.items() if found.faults}


def _parse(archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with archive.open(part) as stream:
        parser.ParseFile(stream)
