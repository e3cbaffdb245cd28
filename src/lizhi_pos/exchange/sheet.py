"""A sheet of raw cells, whatever kind of file it stood in."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

Cell = str | int | float | bool | date | datetime | time | timedelta
"""A cell as a spreadsheet keeps it; a blank one is ``""``."""

FAULT = "#ERROR!"
"""What stands in a cell whose formula gives an error such as #N/A."""


class Sheet(Struct, frozen=True):
    """One sheet: the rows that hold anything, all of one width, and the number from 1 of each."""

    name: str
    rows: list[list[Cell]]
    numbers: list[int]


def as_sheet(name: str, rows: list[list[Cell]]) -> Sheet:
    """A sheet of these rows, which are of one width and counted from 1; blank ones are left out."""
    kept = [(number, row) for number, row in enumerate(rows, 1) if row.count("") < len(row)]
    return Sheet(name, [row for _, row in kept], [number for number, _ in kept])
