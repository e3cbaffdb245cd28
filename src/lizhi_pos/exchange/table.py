"""A table in a sheet, read column by column, its errors and totals collected."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

from msgspec import Struct

from lizhi_pos.cell_errors import CellError, RowAt
from lizhi_pos.exchange import file_errors
from lizhi_pos.exchange.a1 import cell_name, column_letters
from lizhi_pos.exchange.headers import (
    Layout,
    bare_name,
    find_columns,
    find_twins,
    header_index,
    headers_in,
    total_in,
    total_word,
)
from lizhi_pos.exchange.hidden import hidden_parts
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.values import EMPTY_CELL, Parser, fault_in, is_blank, is_fault, plain
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.refusal import Message, message

Value = TypeVar("Value")
Content = TypeVar("Content")

_TITLE_ROWS = 10


class _TotalRow(Struct):
    """A row of totals: how many rows of the table stand above it, and whether it is a 小计."""

    above: int
    partial: bool
    number: int
    cells: list[Cell]


class Table:
    """The rows under one row of headers.

    Ask for every column first, then build the rows from `places` and the columns. A missing column, a blank required
    cell and a cell that cannot be read are each one of the `errors`; such a cell's value is None, whatever the type
    of its column, and the place of its row names it as unread.
    """

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.warnings: list[CellError] = []
        self._layout = layout
        self._errors: list[tuple[int, int, CellError]] = []
        self._rows: list[list[Cell]] = []
        self._numbers: list[int] = []
        self._totals: list[_TotalRow] = []
        self._unread: dict[int, set[str]] = {}
        self._columns: dict[str, int] = {}
        self._header = header_index(sheet, layout)
        if self._header is None:
            self._add_error(1, 0, message("No row of headers was found; it needs {0}.", "、".join(layout.required)))
        else:
            self._columns = find_columns(sheet, self._header, layout)
            self._check_headers(sheet.rows[self._header], sheet.numbers[self._header])
            self._sort_rows(self._header + 1)
            self.warnings += hidden_parts(sheet, self._numbers, self._columns.values())

    @property
    def title_rows(self) -> list[tuple[int, list[Cell]]]:
        """The rows above the headers with their numbers; the first few where there are no headers."""
        end = _TITLE_ROWS if self._header is None else self._header
        return list(zip(self.sheet.numbers[:end], self.sheet.rows[:end], strict=True))

    @property
    def places(self) -> Iterator[RowAt]:
        """Where each row stands, and what of it could not be read."""
        header_row = 1 if self._header is None else self.sheet.numbers[self._header]
        letters = {header: column_letters(index) for header, index in self._columns.items()}
        missing = frozenset(h for h in self._layout.required if h not in self._columns)
        for row, number in enumerate(self._numbers):
            unread = missing.union(self._unread[row]) if row in self._unread else missing
            yield RowAt(self.sheet.name, number, header_row, letters, unread)

    @property
    def errors(self) -> list[CellError]:
        """Everything wrong in this table, in the order of its rows."""
        return [error for _, _, error in sorted(self._errors, key=lambda found: found[:2])]

    def required(self, header: str, parse: Parser[Value]) -> Iterator[Value]:
        """Read a column where a blank cell is an error."""
        return iter(self._read(header, parse, EMPTY_CELL))

    def optional(self, header: str, parse: Parser[Value], blank: Value) -> Iterator[Value]:
        """Read a column where a blank cell means `blank`, as it does where the whole column is absent."""
        return iter(self._read(header, parse, blank))

    def add_error(self, at: RowAt, header: str, text: Message) -> None:
        """One more error, found by comparing rows."""
        self._add_error(at.row, self._columns[header], text)

    def reading(self, content: Content, *warnings: CellError) -> Reading[Content]:
        """Return what reading a file gives that is this one table."""
        errors = tuple(self.errors)
        return Reading(None if errors else content, errors, (*self.warnings, *warnings), content)

    def _add_error(self, number: int, index: int, text: Message) -> None:
        self._errors.append((number, index, CellError(self.sheet.name, cell_name(number - 1, index), text)))

    def _read(self, header: str, parse: Parser[Value], blank: Value | Message) -> list[Value]:
        """Return the values of a column, one for each row; where a cell cannot be read it is noted as unread."""
        values: list[Value | None] = []
        index = self._columns.get(header)
        if index is None:
            values = [None if isinstance(blank, Message) else blank] * len(self._rows)
        else:
            sound = len(self._errors)
            # Columns repeat few values. 1, 1.0 and True are one key of a dict: hence the class beside the cell.
            known: dict[tuple[type, Cell], Value | Message] = {}
            for row, cells in enumerate(self._rows):
                raw = cells[index]
                kind = (raw.__class__, raw)
                if kind not in known:
                    known[kind] = blank if is_blank(raw) else fault_in(raw) or parse(raw)
                value = known[kind]
                if isinstance(value, Message):
                    self._add_error(self._numbers[row], index, value)
                    self._unread.setdefault(row, set()).add(header)
                    values.append(None)
                else:
                    values.append(value)
            if header in self._layout.totals and sound == len(self._errors):
                self._check_totals(header, index, values, parse)
                self._check_merged(header, index)
        # What is None without being a value is named as unread by its row's place.
        return cast(list[Value], values)

    def _check_headers(self, cells: list[Cell], number: int) -> None:
        first = next(index for index, cell in enumerate(cells) if not is_blank(cell))
        for header in self._layout.required:
            if header not in self._columns:
                self._add_error(number, first, message("The column “{0}” is missing.", header))
        for header, twin in find_twins(self.sheet, self._header or 0, self._columns).items():
            self._add_error(number, twin, message("The column “{0}” is there twice.", header))

    def _sort_rows(self, start: int) -> None:
        """Tell the rows of the table from its totals, and from what only looks like rows."""
        key = self._columns.get(self._layout.required[0])
        ordinary: set[Cell] = set()
        for number, cells in zip(self.sheet.numbers[start:], self.sheet.rows[start:], strict=True):
            raw = "" if key is None else cells[key]
            if raw not in ordinary:
                total = total_in(cells, raw)
                if total:
                    self._totals.append(_TotalRow(len(self._rows), total == "小计", number, cells))
                    continue
                if self._is_no_row(number, cells):
                    continue
                if not is_blank(raw) and not self.sheet.below:
                    ordinary.add(raw)
            self._rows.append(cells)
            self._numbers.append(number)

    def _is_no_row(self, number: int, cells: list[Cell]) -> bool:
        """Return whether the columns are blank here, or hold their headers again or only lines to sign on."""
        filled = [index for index in self._columns.values() if not is_blank(cells[index])]
        # Merged cells may reach below the last row; one across the whole table is a heading of its own.
        if self.sheet.below and all((number, index) in self.sheet.below for index in filled):
            return True
        if len(filled) > 1 and self._is_band(number):
            return True
        mine = [(header, cells[index]) for header, index in self._columns.items() if index in filled]
        # Formulas filled down for rows to come fail there, which does not make them rows.
        if all(is_fault(cell) for _, cell in mine):
            return True
        if all(isinstance(cell, str) and ":" in plain(cell) for _, cell in mine):
            return True
        return len(mine) == len(self._columns) and all(bare_name(cell) == header for header, cell in mine)

    def _is_band(self, number: int) -> bool:
        """Return whether one merged cell covers all columns of the table in a row."""
        if len(self._columns) < 3 or not self.sheet.beside:
            return False
        span = range(min(self._columns.values()) + 1, max(self._columns.values()) + 1)
        return all((number, index) in self.sheet.beside for index in span)

    def _check_totals(self, header: str, index: int, values: Sequence[object], parse: Parser[Value]) -> None:
        numbers = [value if isinstance(value, int) else 0 for value in values]
        write = self._layout.totals[header]
        since = 0
        for total in self._totals:
            part, whole = sum(numbers[since : total.above]), sum(numbers[: total.above])
            # A 合计 may close a part of the table too.
            right = {part} if total.partial else {whole, part if since < total.above else whole}
            since = total.above
            raw = total.cells[index]
            covered = (total.number, index) in self.sheet.beside
            if is_blank(raw) or covered or total_word(raw) or parse(raw) in right:
                continue
            sums = write(part if total.partial else whole)
            text = message("The total says {0}, the rows add up to {1}.", plain(raw), sums)
            self.warnings.append(CellError(self.sheet.name, cell_name(total.number - 1, index), text))

    def _check_merged(self, header: str, index: int) -> None:
        """Warn where one amount is merged over several rows: it counts in each of them."""
        covered = [number for number in self._numbers if (number, index) in self.sheet.below]
        if covered:
            text = message("“{0}” is merged over several rows; it counts in each of them.", header)
            self.warnings.append(CellError(self.sheet.name, cell_name(covered[0] - 1, index), text))


def open_table(path: Path, layout: Layout) -> tuple[Table, list[CellError]] | CellError:
    """Return the table of a file that holds one, with a warning for every other sheet that has a table like it.

    Of several sheets it is the first that has all required headers, else the one that has most; a hidden sheet is
    it only where no visible one has any.
    """
    sheets = read_sheets(path)
    if isinstance(sheets, CellError):
        return sheets
    if not sheets:
        return file_errors.NO_WORKBOOK
    found = [_headers_found(sheet, layout) for sheet in sheets]
    ranks = [(not sheet.hidden if count else False, count) for sheet, count in zip(sheets, found, strict=True)]
    chosen = sheets[ranks.index(max(ranks))]
    most = max(found)
    text = message("This sheet was not read, only “{0}”.", chosen.name)
    others = [sheet for sheet, count in zip(sheets, found, strict=True) if sheet is not chosen and count == most > 0]
    return Table(chosen, layout), [CellError(sheet.name, "A1", text) for sheet in others]


def _headers_found(sheet: Sheet, layout: Layout) -> int:
    index = header_index(sheet, layout)
    return 0 if index is None else headers_in(sheet.rows[index], layout)
