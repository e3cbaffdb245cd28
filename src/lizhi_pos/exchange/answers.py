"""A village's own closing balances, sent back after a month's end."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec import Struct

from lizhi_pos.cell_errors import CellError, already_in, with_all
from lizhi_pos.exchange import file_errors, values
from lizhi_pos.exchange.a1 import cell_name
from lizhi_pos.exchange.headers import Layout, find_columns, full_name, header_index, sheet_name
from lizhi_pos.exchange.hidden import visible_first
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.statement_workbook import BALANCE_COLUMNS
from lizhi_pos.exchange.table import Table
from lizhi_pos.exchange.whose_workbook import Names, read_titles, registered_in
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, message
from lizhi_pos.settlement.import_rows import AnswerRow, Figure, VillageAnswer

_OURS = {header: name for header, name in BALANCE_COLUMNS if name not in ("booklet", "head", "closing")}
LAYOUT = Layout(("手册编号", "期末积分"), (), {"期末积分": format_hundredths})
_OUR_LAYOUT = Layout(LAYOUT.required, tuple(_OURS), LAYOUT.totals)
SHEET = "户余额"
_MONTH = re.compile(r"(?:19|20)\d\d(?:年\d{1,2}月份?|[-./]\d{1,2})(?![-—~./\d至到])")


class _Title(Struct, frozen=True):
    """A cell above the headers."""

    cell: str
    text: str


def read_answer(path: Path, villages: Collection[str], month: Month) -> Reading[VillageAnswer]:
    """Return a village's answer for a month. Raise nothing: what is wrong is in the reading.

    `villages` are the registered ones: the village is the one that a cell above the headers names, else the one
    that the file's name does. An answer of no known village is one error with neither sheet nor cell; one that names
    another village or another month than it is for, an error at that cell.
    """
    sheets = read_sheets(path)
    if isinstance(sheets, CellError):
        return Reading(None, (sheets,))
    if not sheets:
        return Reading(None, (file_errors.NO_WORKBOOK,))
    sheets = visible_first(sheets)
    sheet = next((sheet for sheet in sheets if sheet_name(sheet) == SHEET), sheets[0])
    table = Table(sheet, _OUR_LAYOUT if _is_ours(sheet) else LAYOUT)
    village = _village(table, path, villages)
    wrong = [*([village] if isinstance(village, CellError) else []), *_other_months(table, month)]
    rows = _rows(table)
    if isinstance(village, CellError) or wrong:
        return Reading(None, (*wrong, *table.errors), tuple(table.warnings))
    return table.reading(VillageAnswer(village, rows, path.name))


def _is_ours(sheet: Sheet) -> bool:
    """Return whether a sheet has every column of ours; a village's own may call some of its own alike."""
    index = header_index(sheet, LAYOUT)
    return index is not None and find_columns(sheet, index, _OUR_LAYOUT).keys() >= _OURS.keys()


def _rows(table: Table) -> tuple[AnswerRow, ...]:
    booklet = table.required("手册编号", values.number)
    closing = table.required("期末积分", values.signed_points)
    blank: Points | None = Points(0)
    ours = {header: table.optional(header, _figure, blank) for header in _OURS if _is_ours(table.sheet)}
    rows = tuple(
        AnswerRow(
            next(booklet),
            next(closing),
            at,
            tuple(Figure(header, _OURS[header], next(column)) for header, column in ours.items()),
        )
        for at in table.places
    )
    first: dict[str, AnswerRow] = {}
    for row in with_all(rows, "手册编号"):
        if first.setdefault(row.booklet, row) is not row:
            table.add_error(row.at, "手册编号", already_in(first[row.booklet].at, "手册编号"))
    return rows


def _figure(raw: Cell) -> Points | Message | None:
    """Return one of our own figures as it came back; None for one that is no number any more."""
    value = values.signed_points(raw)
    return None if isinstance(value, Message) else value


def _titles(table: Table) -> Iterator[_Title]:
    for number, cells in table.title_rows:
        for index, cell in enumerate(cells):
            if text := full_name(cell):
                yield _Title(cell_name(number - 1, index), text)


def _other_months(table: Table, month: Month) -> Iterator[CellError]:
    """Yield an error at every title that names months, this one not among them."""
    for title in _titles(table):
        written = [values.month(text) for text in _MONTH.findall(title.text)]
        named = [one for one in written if isinstance(one, Month)]
        if named and month not in named:
            text = message("This says {0}; the answer is for {1}.", str(named[0]), str(month))
            yield CellError(table.sheet.name, title.cell, text)


def _village(table: Table, path: Path, villages: Collection[str]) -> str | CellError:
    in_titles = [(title, registered_in(title.text, villages)) for title in _titles(table)]
    titled = list(dict.fromkeys(name for _, names in in_titles for name in names))
    filed = registered_in(values.plain(path.stem), villages)
    if len(titled) > 1 or (not titled and len(filed) > 1):
        return CellError(None, None, message("Several villages are named: {0}.", "、".join(titled or filed)))
    if titled and len(filed) == 1 and filed != titled:
        place = next(title.cell for title, names in in_titles if names)
        text = message("This names {0}, the name of the file {1}.", titled[0], filed[0])
        return CellError(table.sheet.name, place, text)
    if titled:
        return titled[0]
    if unknown := _unknown_village(table, villages):
        return unknown
    if filed:
        return filed[0]
    return CellError(None, None, message("No registered village is named in the title or in the name of the file."))


def _unknown_village(table: Table, villages: Collection[str]) -> CellError | None:
    """Return an error at a title that names a village which is not the town's."""
    names = Names([], [], [])
    read_titles(names, table.sheet.name, table.title_rows, villages)
    for found in names.villages:
        return CellError(
            found.sheet, found.cell, message("There is no village named {0}: look at the list of villages", found.value)
        )
    return None
