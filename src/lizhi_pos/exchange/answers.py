"""A village's own closing balances, sent back after a month's end."""

from collections.abc import Collection
from pathlib import Path

from lizhi_pos.cell_errors import CellError, already_in, with_all
from lizhi_pos.exchange import file_errors, values
from lizhi_pos.exchange.headers import Layout, full_name, sheet_name
from lizhi_pos.exchange.hidden import visible_first
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import Table
from lizhi_pos.exchange.whose_workbook import registered_in
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import message
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer

LAYOUT = Layout(("手册编号", "期末积分"), (), {"期末积分": format_hundredths})
SHEET = "户余额"


def read_answer(path: Path, villages: Collection[str]) -> Reading[VillageAnswer]:
    """Return a village's answer for a month. Raise nothing: what is wrong is in the reading.

    `villages` are the registered ones: the village is the one that a cell above the headers names, else the one
    that the file's name does. An answer of no known village is one error with neither sheet nor cell.
    """
    sheets = read_sheets(path)
    if isinstance(sheets, CellError):
        return Reading(None, (sheets,))
    if not sheets:
        return Reading(None, (file_errors.NO_WORKBOOK,))
    sheets = visible_first(sheets)
    table = Table(next((sheet for sheet in sheets if sheet_name(sheet) == SHEET), sheets[0]), LAYOUT)
    village = _village(table, path, villages)
    booklet = table.required("手册编号", values.number)
    closing = table.required("期末积分", values.signed_points)
    rows = tuple(AnswerRow(next(booklet), next(closing), at) for at in table.places)
    first: dict[str, AnswerRow] = {}
    for row in with_all(rows, "手册编号"):
        if first.setdefault(row.booklet, row) is not row:
            table.add_error(row.at, "手册编号", already_in(first[row.booklet].at, "手册编号"))
    if isinstance(village, CellError):
        return Reading(None, (village, *table.errors), tuple(table.warnings))
    return table.reading(VillageAnswer(village, rows))


def _village(table: Table, path: Path, villages: Collection[str]) -> str | CellError:
    titles = "\n".join(full_name(cell) for _, cells in table.title_rows for cell in cells)
    for text in (titles, values.plain(path.stem)):
        named = registered_in(text, villages)
        if len(named) == 1:
            return named[0]
        if named:
            return CellError(None, None, message("Several villages are named: {0}.", "、".join(named)))
    return CellError(None, None, message("No registered village is named in the title or in the name of the file."))
