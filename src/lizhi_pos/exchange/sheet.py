"""A sheet of raw cells, whatever kind of file it stood in."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from lizhi_pos.refusal import Message


class Fault(Struct, frozen=True):
    """A cell that holds no value: what it shows, such as ``#N/A``, and what is wrong with it."""

    shown: str
    text: Message


class HalfShown(Struct, frozen=True):
    """A cell whose format hides a part of what it holds: what people see, and the value behind it."""

    shown: str
    held: int | float | str | date


Cell = str | int | float | bool | date | datetime | time | timedelta | Fault | HalfShown
"""A cell as a spreadsheet keeps it; a blank one is ``""``."""


class Sheet(Struct, frozen=True):
    """One sheet: the rows that hold anything, all of one width, and the number from 1 of each.

    `hidden_rows` are numbers from 1, `hidden_columns` indexes from 0. Merged cells have their value in every row and
    column they cover; `beside` are the covered cells right of the first column, `below` those under the first
    row, each as the number of its row and the index of its column.
    """

    name: str
    rows: list[list[Cell]]
    numbers: list[int]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    beside: frozenset[tuple[int, int]] = frozenset()
    below: frozenset[tuple[int, int]] = frozenset()


def numbered(rows: list[list[Cell]]) -> tuple[list[list[Cell]], list[int]]:
    """Return the rows that hold anything, of rows of one width counted from 1, and their numbers."""
    kept = [(number, row) for number, row in enumerate(rows, 1) if row.count("") < len(row)]
    return [row for _, row in kept], [number for number, _ in kept]
