"""Hidden sheets, rows and columns: what they hold is read, and said, for somebody may have meant to be rid of it."""

from collections.abc import Iterable, Iterator

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.a1 import cell_name, column_letters
from lizhi_pos.exchange.sheet import Sheet
from lizhi_pos.refusal import message

_MOST_SPANS = 5


def visible_first(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Return the sheets in their order, the hidden ones after all others."""
    return sorted(sheets, key=lambda sheet: sheet.hidden)


def hidden_parts(sheet: Sheet, numbers: Iterable[int], columns: Iterable[int]) -> Iterator[CellError]:
    """Warnings that a sheet, or some of the rows and columns of its table, were read though they are hidden."""
    if sheet.hidden:
        yield CellError(sheet.name, "A1", message("This sheet is hidden; it was read all the same."))
    rows = sorted(sheet.hidden_rows.intersection(numbers))
    used = sorted(sheet.hidden_columns.intersection(columns))
    if rows:
        text = message(
            "{0} {0:row is hidden; it was|rows are hidden; they were} read all the same: {1}.", len(rows), _spans(rows)
        )
        yield CellError(sheet.name, cell_name(rows[0] - 1, 0), text)
    if used:
        text = message("Hidden columns were read all the same: {0}.", "、".join(map(column_letters, used)))
        yield CellError(sheet.name, f"{column_letters(used[0])}1", text)


def _spans(rows: list[int]) -> str:
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    told = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:_MOST_SPANS]]
    return "、".join(told) + ("…" if len(spans) > _MOST_SPANS else "")
