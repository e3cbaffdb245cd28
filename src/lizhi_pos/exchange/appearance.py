"""What a sheet looks like, beside the values it holds: merged cells, formats, hidden rows and columns, failures.

The spreadsheet library gives the values alone. What people see on the screen and sign on paper is more: a value
merged over five rows stands in all five, a number shows its format, a formula that fails shows why.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from lizhi_pos.exchange.number_format import shown_as
from lizhi_pos.exchange.sheet import Cell, Fault, Sheet, numbered
from lizhi_pos.exchange.size_guard import Extent
from lizhi_pos.refusal import message

MAX_COVERED = 400_000
"""Cells that all merged ones of a sheet may cover; more is no table."""

Place = tuple[int, int]
"""Row and column, from 0."""
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


class Appearance(Struct):
    """What one sheet looks like; `values` are cells that are seen otherwise than the library reads them."""

    extent: Extent = field(default_factory=Extent)
    values: list[tuple[Area, Cell]] = field(default_factory=list)
    formats: dict[str, list[Place]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def fails(shown: str) -> Fault:
    """Return a cell whose formula gives an error such as ``#REF!``."""
    return Fault(shown, message("The formula in this cell gives an error: {0}.", shown))


UNSAVED = Fault(
    "", message("The result of this cell's formula was not saved; open the file in a spreadsheet program, save.")
)


def as_seen(name: str, rows: list[list[Cell]], look: Appearance, hidden: bool = False) -> Sheet:
    """Return a sheet of these rows, which are of one width and counted from 1, with every cell as people see it.

    Raises ValueError where more is merged than any table has.
    """
    width = _make_room(rows, look.values)
    for code, places in look.formats.items():
        for row, column in places:
            if row < len(rows) and column < width:
                rows[row][column] = shown_as(rows[row][column], code)
    for (top, left, bottom, right), value in look.values:
        for row in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, width)):
                rows[row][column] = value
    beside, below = _spread(rows, width, look.merged)
    kept, numbers = numbered(rows)
    return Sheet(
        name,
        kept,
        numbers,
        hidden,
        frozenset(n + 1 for n in _each(look.hidden_rows, len(rows))),
        frozenset(_each(look.hidden_columns, width)),
        beside,
        below,
    )


def _make_room(rows: list[list[Cell]], values: list[tuple[Area, Cell]]) -> int:
    """Widen the rows to hold all values, some of which the library leaves out at the edges; the new width."""
    height = max((area[2] + 1 for area, _ in values), default=0)
    width = max([*map(len, rows), *(area[3] + 1 for area, _ in values)], default=0)
    rows += [[] for _ in range(height - len(rows))]
    for row in rows:
        row += [""] * (width - len(row))
    return width


def _spread(rows: list[list[Cell]], width: int, merged: list[Area]) -> tuple[frozenset[Place], frozenset[Place]]:
    beside: set[Place] = set()
    below: set[Place] = set()
    left_over = MAX_COVERED
    for top, left, bottom, right in merged:
        if top >= len(rows) or left >= width:
            continue
        value = rows[top][left]
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        left_over -= (bottom - top + 1) * (right - left + 1)
        if left_over < 0:
            raise ValueError("more merged cells than a table has")
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                rows[row][column] = value
                if row > top:
                    below.add((row + 1, column))
                if column > left:
                    beside.add((row + 1, column))
    return frozenset(beside), frozenset(below)


def _each(spans: Iterable[tuple[int, int]], end: int) -> set[int]:
    found: set[int] = set()
    for first, last in spans:
        if len(found) >= end:
            break
        found.update(range(first, min(last + 1, end)))
    return found
