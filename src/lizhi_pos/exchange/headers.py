"""Finding a table in a sheet by the names of its columns."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.values import is_blank, plain

_BLANKS = re.compile(r"\s+")
_SUFFIX = re.compile(r"\(.*\)$")
_TOTAL = re.compile(r"(?:本页|本月)?(合计|总计|小计)")
_REMARK = "备注"
_DEEPEST_HEADER = 1000


class Layout(Struct, frozen=True):
    """The headers of a table. The first required one is its key.

    `totals` are the headers whose given totals are checked, each with the function that writes a sum.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    totals: Mapping[str, Callable[[int], str]] = {}

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header, the required ones first."""
        return self.required + self.optional


def full_name(cell: Cell) -> str:
    """Return a header without blanks, line breaks and the marks around it."""
    return _BLANKS.sub("", plain(cell)).strip("*:") if isinstance(cell, str) else ""


def bare_name(cell: Cell) -> str:
    """Return a header also without its bracketed suffix: ``分值(分)`` is ``分值``."""
    return _SUFFIX.sub("", full_name(cell))


def total_word(cell: Cell) -> str | None:
    """合计, 总计 or 小计, if that is what a cell says."""
    match = _TOTAL.fullmatch(bare_name(cell))
    return match[1] if match else None


def total_in(cells: list[Cell], key: Cell) -> str | None:
    """Return the word that makes a row one of totals.

    It begins its key cell, or fills any cell where the key is blank.
    """
    if not is_blank(key):
        match = _TOTAL.match(full_name(key))
        return match[1] if match else None
    return next((word for cell in cells if (word := total_word(cell))), None)


def header_index(sheet: Sheet, layout: Layout) -> int | None:
    """Return the index of the row of headers.

    The first that has all required ones, else the one that has most headers.
    """
    best, best_index = 0, None
    for index, cells in enumerate(sheet.rows[:_DEEPEST_HEADER]):
        found = headers_in(cells, layout)
        if found > best:
            best, best_index = found, index
        if best == len(layout.headers) + 1:
            break
    return best_index


def headers_in(cells: list[Cell], layout: Layout) -> int:
    """Return how many of the headers stand in a row; one more than there are for a row that has all required ones."""
    names = {bare_name(cell) for cell in cells if isinstance(cell, str) and cell}
    if names.issuperset(layout.required):
        return len(layout.headers) + 1
    return len(names.intersection(layout.headers)) if not names.isdisjoint(layout.required) else 0


def find_columns(sheet: Sheet, row: int, layout: Layout) -> dict[str, int]:
    """Return which column each header stands in; a bare header goes before one with a suffix, then the first one.

    A hidden column is one's only where no visible one has its header.
    """
    names = _own_names(sheet, row)
    visible = {index: name for index, name in names.items() if index not in sheet.hidden_columns}
    columns: dict[str, int] = {}
    for among in (visible, names):
        for written in (among, {index: _SUFFIX.sub("", name) for index, name in among.items()}):
            for index, name in written.items():
                if name in layout.headers:
                    columns.setdefault(name, index)
    return columns


def find_twins(sheet: Sheet, row: int, columns: Mapping[str, int]) -> dict[str, int]:
    """Of headers that stand in a row twice, written alike, the column of the second one; remarks may be several.

    Neither what a merged header covers nor a hidden column beside a visible one is a second one.
    """
    names = _own_names(sheet, row)
    twins: dict[str, int] = {}
    for header, first in columns.items():
        if header == _REMARK:
            continue
        for index, name in names.items():
            hidden = index in sheet.hidden_columns and first not in sheet.hidden_columns
            if index > first and name == names[first] and not hidden:
                twins.setdefault(header, index)
    return twins


def _own_names(sheet: Sheet, row: int) -> dict[int, str]:
    """Return the headers of a row by their columns, without what merged ones cover beside them."""
    number = sheet.numbers[row]
    cells = enumerate(sheet.rows[row])
    return {index: full_name(cell) for index, cell in cells if (number, index) not in sheet.beside}


def sheet_name(sheet: Sheet) -> str:
    """Return the name of a sheet without blanks."""
    return _BLANKS.sub("", plain(sheet.name))
