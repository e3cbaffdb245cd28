"""The workbook in which a village sends one month of its ledger."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.exchange import village_rows
from lizhi_pos.exchange.headers import sheet_name
from lizhi_pos.exchange.hidden import visible_first
from lizhi_pos.exchange.marked_workbook import PROBLEMS
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.sheet import Sheet
from lizhi_pos.exchange.table import Table
from lizhi_pos.exchange.village_rows import LAYOUTS
from lizhi_pos.exchange.whose_workbook import Names, only_value, read_notes, read_titles
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.periods import Month
from lizhi_pos.refusal import message

Row = TypeVar("Row")

_NOTES = "说明"
_TITLE_ROWS = 10


def read_village_workbook(path: Path, villages: Collection[str] = ()) -> Reading[VillageWorkbook]:
    """Return a village's month as it is written in a workbook. Raise nothing: what is wrong is in the reading.

    `villages` are the registered ones, by which a village is told from the town before it in a title.
    """
    sheets = read_sheets(path)
    if isinstance(sheets, CellError):
        return Reading(None, (sheets,))
    errors: list[CellError] = []
    warnings: list[CellError] = []
    sheets = visible_first(sheet for sheet in sheets if sheet_name(sheet) != PROBLEMS)
    named = _by_name(sheets, errors, warnings)
    if named.keys().isdisjoint(LAYOUTS):
        text = message("No sheet of a village workbook was found; these are known: {0}.", "、".join(LAYOUTS))
        return Reading(None, (CellError(None, None, text),))
    tables = {known: Table(named[known], LAYOUTS[known]) for known in LAYOUTS if known in named and named[known].rows}
    village, month = _whose(sheets, named, tables, villages, errors)
    # Read in any case: the errors of the tables come to light with their rows.
    content: VillageWorkbook | None = _read(village or "", month or Month(1, 1), tables)
    if month is None and content is not None:
        content = _with_likely_month(content)
    for table in tables.values():
        errors += table.errors
    return Reading(
        content=None if errors else content,
        errors=tuple(errors),
        warnings=(*warnings, *(warning for table in tables.values() for warning in table.warnings)),
        readable=content,
    )


def _by_name(sheets: list[Sheet], errors: list[CellError], warnings: list[CellError]) -> dict[str, Sheet]:
    """Return the sheets by their names without blanks; of two known ones with one name the later is an error.

    A hidden one beside a visible one of its name is not read, which is a warning.
    """
    named: dict[str, Sheet] = {}
    for sheet in sheets:
        known = sheet_name(sheet)
        if known in named and (known in LAYOUTS or known == _NOTES):
            if sheet.hidden and not named[known].hidden:
                text = message("This sheet was not read, only “{0}”.", named[known].name)
                warnings.append(CellError(sheet.name, "A1", text))
            else:
                errors.append(CellError(sheet.name, "A1", message("The sheet “{0}” is there twice.", known)))
        named.setdefault(known, sheet)
    return named


def _whose(
    sheets: list[Sheet],
    named: Mapping[str, Sheet],
    tables: Mapping[str, Table],
    registered: Collection[str],
    errors: list[CellError],
) -> tuple[str | None, Month | None]:
    """Return the village and month of the workbook; what is missing or contradicts is an error."""
    before = len(errors)
    names = Names([], [], errors)
    for hidden in (False, True):
        # What a hidden sheet says counts only where no visible one says it.
        if names.villages and names.months:
            break
        if _NOTES in named and named[_NOTES].hidden == hidden:
            read_notes(names, named[_NOTES], registered)
        for table in tables.values():
            if table.sheet.hidden == hidden:
                read_titles(names, table.sheet.name, table.title_rows, registered)
        if not names.villages or not names.months:
            # A cover sheet, perhaps. Where the known sheets name both, others may be last month's.
            for sheet in sheets:
                if sheet_name(sheet) not in LAYOUTS and sheet.hidden == hidden:
                    rows = zip(sheet.numbers[:_TITLE_ROWS], sheet.rows[:_TITLE_ROWS], strict=True)
                    read_titles(names, sheet.name, rows, registered)
    village, month = only_value(names.villages, errors), only_value(names.months, errors)
    if (village is None or month is None) and len(errors) == before:
        missing = "村、月份" if village is None and month is None else "村" if village is None else "月份"
        text = message("The title does not name {0}; write one like 大同镇华平村文明积分台账(2024年3月).", missing)
        first = next(sheet for known, sheet in named.items() if known in LAYOUTS)
        errors.append(CellError(first.name, "A1", text))
    return village, month


def _read(village: str, month: Month, tables: Mapping[str, Table]) -> VillageWorkbook:
    return VillageWorkbook(
        village=village,
        month=month,
        households=_rows(tables.get("户籍"), village_rows.households),
        members=_rows(tables.get("成员"), village_rows.members),
        scores=_rows(tables.get("基础评分"), village_rows.scores),
        acts=_rows(tables.get("志愿服务"), village_rows.acts),
        proposals=_rows(tables.get("负面清单"), village_rows.proposals),
        signatures=_rows(tables.get("签字"), village_rows.signatures),
        corrections=_rows(tables.get("更正"), village_rows.corrections),
    )


def _with_likely_month(workbook: VillageWorkbook) -> VillageWorkbook | None:
    """Return a workbook that names no month with the one of most of its acts, so that all else can be checked."""
    months = Counter(Month.of(row.on) for row in with_all(workbook.acts, "日期"))
    quarters = [row.quarter for row in with_all(workbook.scores, "季度")]
    if months:
        return structs.replace(workbook, month=max(months, key=months.__getitem__))
    return structs.replace(workbook, month=Month.of(max(quarters).last_day)) if quarters else None


def _rows(table: Table | None, read: Callable[[Table], Iterator[Row]]) -> tuple[Row, ...]:
    return () if table is None else tuple(read(table))
