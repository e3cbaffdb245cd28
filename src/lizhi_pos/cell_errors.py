"""Where in a file a value stands, and what is wrong with it there."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from lizhi_pos.refusal import Message, Refusal, message

MOST_ALIKE = 20
"""Equal errors that are told one by one; of more the first is told, with their number and first cells."""
_CELLS_NAMED = 5


class CellError(Struct, frozen=True):
    """One thing wrong in a file. `sheet` and `cell` (``B5``) are None when the file itself is no workbook.

    A file without sheets (csv) names its only sheet ``""``.
    """

    sheet: str | None
    cell: str | None
    text: Message


class RowAt(Struct, frozen=True, omit_defaults=True):
    """Where a row was read: its sheet, its number from 1, and the column letter of each header found.

    `header_row` is the number of the row that holds the headers. What stands under the headers of `unread` could
    not be read: those fields of the row hold nothing, whatever their type, and are not looked at.
    """

    sheet: str
    row: int
    header_row: int
    columns: Mapping[str, str]
    unread: frozenset[str] = frozenset()

    def cell(self, header: str) -> str:
        """Return the cell of this row under `header`; the header row's first column where there is no such column."""
        if header in self.columns:
            return f"{self.columns[header]}{self.row}"
        return f"A{self.header_row}"

    def error(self, header: str, text: Message) -> CellError:
        """Return what is wrong with this row under `header`."""
        return CellError(self.sheet, self.cell(header), text)

    def has(self, *headers: str) -> bool:
        """Return whether what stands under all of these headers could be read."""
        return not self.unread or self.unread.isdisjoint(headers)


class Typed(RowAt, frozen=True):
    """The place of a row that was typed at a command or screen and stands in no file: its cells are its headers."""

    def cell(self, header: str) -> str:
        """Return the header itself."""
        return header

    def error(self, header: str, text: Message) -> CellError:
        """Return what is wrong under a header."""
        return CellError(None, header, text)


TYPED = Typed("", 0, 0, {})


def as_refusal(errors: Sequence[CellError]) -> Refusal:
    """Return what is wrong with something typed as a refusal that says every reason, each with what it is about."""
    told = list(dict.fromkeys(message("{0}: {1}", error.cell or "", error.text) for error in errors))
    text = told[0]
    for further in told[1:]:
        text = message("{0}; {1}", text, further)
    return Refusal("rule_broken", text=text)


class HasPlace(Protocol):
    """A row of a file."""

    @property
    def at(self) -> RowAt:
        """Where it was read."""
        ...


_Row = TypeVar("_Row", bound=HasPlace)


def with_all(rows: Iterable[_Row], *headers: str) -> Iterator[_Row]:
    """Yield the rows of which everything under these headers could be read."""
    return (row for row in rows if row.at.has(*headers))


def already_in(first: RowAt, header: str) -> Message:
    """Return what is wrong with a row that repeats an earlier one."""
    return message("The same stands in {0} already; it counts once", first.cell(header))


def grouped(errors: Sequence[CellError]) -> tuple[CellError, ...]:
    """Return the errors of each sheet from top to bottom, more than `MOST_ALIKE` of one kind in one column as one.

    What is wrong is told of the first cell, then how many there are, and the first few of them.
    """
    sheets = list(dict.fromkeys(error.sheet for error in errors))
    errors = sorted(errors, key=lambda error: (sheets.index(error.sheet), *_place(error)))
    kinds: dict[tuple[str | None, str, str], list[CellError]] = {}
    for error in errors:
        kinds.setdefault(_kind(error), []).append(error)
    told: list[CellError] = []
    done: set[tuple[str | None, str, str]] = set()
    for error in errors:
        alike = kinds[_kind(error)]
        if len(alike) <= MOST_ALIKE:
            told.append(error)
        elif _kind(error) not in done:
            done.add(_kind(error))
            cells = "、".join(e.cell or "" for e in alike[:_CELLS_NAMED])
            text = message("{0} (the same in {1} {1:cell|cells}: {2}…)", error.text, len(alike), cells)
            told.append(CellError(error.sheet, error.cell, text))
    return tuple(told)


def _place(error: CellError) -> tuple[int, int, str]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", error.cell or "")
    return (int(match[2]), len(match[1]), match[1]) if match else (0, 0, "")


def _kind(error: CellError) -> tuple[str | None, str, str]:
    column = re.sub(r"\d", "", error.cell or "")
    return (error.sheet, column, error.text.msgid)
