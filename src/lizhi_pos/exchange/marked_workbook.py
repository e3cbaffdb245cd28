"""A file written again with what is wrong in it: faulty cells coloured, each with a note, and a list of all first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from msgspec import Struct

from lizhi_pos.exchange.a1 import cell_place
from lizhi_pos.exchange.sheet import Cell, Fault, HalfShown, Sheet
from lizhi_pos.file_writing import file_name

PROBLEMS = "问题清单"
"""The name of the sheet that lists what is wrong; it is no sheet of the file itself."""

_HEADERS = ("类别", "工作表", "单元格", "问题")
_WIDTHS = (8, 14, 10, 80)
_COLOURS = {True: "#FFC7CE", False: "#FFEB9C"}
_KINDS = {True: "错误", False: "请看一看"}
_MADE_ON = datetime(2024, 1, 1)
_LONG_NUMBER = 10**11
"""A spreadsheet program shows larger numbers as powers of ten where no format says otherwise."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_LONGEST_NAME = 31
_USUAL_WIDTH = 14


class Problem(Struct, frozen=True):
    """What is wrong at a cell, or in a sheet or file as a whole; an `is_error` of False is a warning."""

    is_error: bool
    sheet: str | None
    cell: str | None
    text: str


def marked_workbook(sheets: Sequence[Sheet], stem: str, problems: Sequence[Problem]) -> bytes:
    """Return a workbook (.xlsx) of these sheets with its problems marked; the same ones give the same bytes.

    `stem` names the one sheet of a text file. A list of problems among the sheets, of an earlier marking, is left out.
    """
    import xlsxwriter

    content = BytesIO()
    sheets = [sheet for sheet in sheets if sheet.name != PROBLEMS]
    names = _names([sheet.name or stem for sheet in sheets])
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _MADE_ON})
        formats = _Formats(book)
        _write_list(
            book.add_worksheet(PROBLEMS), formats, problems, {s.name: n for s, n in zip(sheets, names, strict=True)}
        )
        for sheet, name in zip(sheets, names, strict=True):
            own = [p for p in problems if p.sheet == sheet.name and p.cell]
            _Written(book.add_worksheet(name), formats, sheet, own).write()
    return content.getvalue()


def _names(wanted: Iterable[str]) -> list[str]:
    """Return names that a spreadsheet program takes, no two alike."""
    taken = {PROBLEMS}
    names: list[str] = []
    for name in wanted:
        plain = file_name(name.translate(_FORBIDDEN)).strip("'")[:_LONGEST_NAME] or "_"
        number = 1
        while plain.lower() in taken:
            number += 1
            plain = f"{plain[: _LONGEST_NAME - 4]}~{number}"
        taken.add(plain.lower())
        names.append(plain)
    return names


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **looks: Any) -> Any:
        key = tuple(sorted((name, value) for name, value in looks.items() if value))
        if key and key not in self._made:
            self._made[key] = self._book.add_format(dict(key))
        return self._made.get(key)


def _write_list(sheet: Any, formats: _Formats, problems: Sequence[Problem], names: Mapping[str, str]) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, _HEADERS[column], formats.of(bold=True, bottom=1))
    for row, problem in enumerate(problems, 1):
        colour = formats.of(bg_color=_COLOURS[problem.is_error])
        sheet.write_string(row, 0, _KINDS[problem.is_error], colour)
        name = names.get(problem.sheet, problem.sheet or "") if problem.sheet is not None else ""
        sheet.write_string(row, 1, name)
        if problem.cell and problem.sheet in names:
            quoted = name.replace("'", "''")
            sheet.write_url(row, 2, f"internal:'{quoted}'!{problem.cell}", string=problem.cell)
        sheet.write_string(row, 3, problem.text, formats.of(text_wrap=True))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


class _Written:
    """Writes one sheet's values into their cells, merged ones merged again, and what is wrong beside them."""

    def __init__(self, to: Any, formats: _Formats, sheet: Sheet, problems: Sequence[Problem]) -> None:
        self._to, self._formats, self._sheet = to, formats, sheet
        self._top = {number: index for index, number in enumerate(sheet.numbers)}
        self._problems: dict[tuple[int, int], list[Problem]] = {}
        for problem in problems:
            row, column = cell_place(problem.cell or "A1")
            self._problems.setdefault(self._seen_at(row + 1, column), []).append(problem)

    def write(self) -> None:
        width = max((len(row) for row in self._sheet.rows), default=1)
        self._to.set_column(0, width - 1, _USUAL_WIDTH)
        for number, row in zip(self._sheet.numbers, self._sheet.rows, strict=True):
            for column, value in enumerate(row):
                if not self._is_covered(number, column):
                    self._write_cell(number, column, value)
        for place, problems in sorted(self._problems.items()):
            if place[0] not in self._top or place[1] >= width:
                self._to.write_blank(place[0] - 1, place[1], None, self._formats.of(bg_color=self._colour(place)))
            told = list(dict.fromkeys(p.text for p in problems))
            self._to.write_comment(place[0] - 1, place[1], "\n".join(told), {"x_scale": 2, "y_scale": 1 + len(told)})

    def _write_cell(self, number: int, column: int, value: Cell) -> None:
        shown, number_format = _shown(value)
        if isinstance(value, HalfShown) and (number, column) in self._problems:
            # which of the two is meant is for the village to say
            shown = f"{value.shown} ({value.held})"
        looks = self._formats.of(num_format=number_format, bg_color=self._colour((number, column)))
        bottom, right = self._end_of(number, column)
        if (bottom, right) != (number, column):
            self._to.merge_range(number - 1, column, bottom - 1, right, "", looks)
        if shown == "":
            if looks is not None:
                self._to.write_blank(number - 1, column, None, looks)
        elif isinstance(shown, bool):
            self._to.write_boolean(number - 1, column, shown, looks)
        elif isinstance(shown, str):
            self._to.write_string(number - 1, column, shown, looks)
        elif isinstance(shown, int | float):
            self._to.write_number(number - 1, column, shown, looks)
        else:
            self._to.write_datetime(number - 1, column, shown, looks)

    def _colour(self, place: tuple[int, int]) -> str:
        problems = self._problems.get(place)
        return _COLOURS[any(p.is_error for p in problems)] if problems else ""

    def _is_covered(self, number: int, column: int) -> bool:
        return (number, column) in self._sheet.beside or (number, column) in self._sheet.below

    def _seen_at(self, number: int, column: int) -> tuple[int, int]:
        """Return the cell that people see in the place of one that a merged cell covers."""
        while (number, column) in self._sheet.beside:
            column -= 1
        while (number, column) in self._sheet.below:
            number -= 1
        return number, column

    def _end_of(self, number: int, column: int) -> tuple[int, int]:
        bottom, right = number, column
        while (number, right + 1) in self._sheet.beside:
            right += 1
        while (bottom + 1, column) in self._sheet.below:
            bottom += 1
        return bottom, right


def _shown(value: Cell) -> tuple[Any, str]:
    """Return what a cell holds as it is written again, and its number format."""
    if isinstance(value, Fault | HalfShown):
        return value.shown, ""
    if isinstance(value, bool | str):
        return value, ""
    if isinstance(value, int | float):
        return value, "0" if abs(value) >= _LONG_NUMBER else ""
    if isinstance(value, datetime):
        return value, "yyyy-mm-dd" if value.time() == time() else "yyyy-mm-dd hh:mm:ss"
    if isinstance(value, date):
        return value, "yyyy-mm-dd"
    return value, "hh:mm:ss" if isinstance(value, time) else "[h]:mm:ss"
