"""A list as lines of a screen: its columns' names, the page that the marked row is on, and what is told of that row."""

from collections.abc import Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.office.report_tables import ReportColumn, ReportList, ReportRow, Word
from lizhi_pos.refusal import Message
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.rows import page, row

_NUMBER, _SIGN, _GAP = 5, 2, 1


def report_lines(shown: ReportList, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the columns' names and a page of rows."""
    columns = shown.table.columns
    title = _in_columns("", [told(c.label, translate) for c in columns], columns, "", width - 1)
    lines = [Content.styled(left(f" {title}", width), "$foreground-muted")]
    if not shown.rows:
        return [*lines, Content.styled(f"  {render(shown.table.nothing, translate)}", "$foreground-muted")]
    first, last = page(len(shown.rows), shown.marked, max(height - 1, 1))
    return lines + [_row(shown, at, translate, width) for at in range(first, last)]


def _row(shown: ReportList, at: int, translate: Translate, width: int) -> Content:
    one: ReportRow = shown.rows[at]
    cells = [told(cell, translate) for cell in one.cells]
    text = _in_columns(f"{at + 1:>4} ", cells, shown.table.columns, "▲" if one.is_hint else "", width - 1)
    return row(text, at, shown.marked, width)


def _in_columns(number: str, cells: Sequence[str], columns: Sequence[ReportColumn], sign: str, width: int) -> str:
    fixed = sum(c.width + _GAP for c in columns if c.width)
    open_ended = [c for c in columns if not c.width]
    room = max((width - _NUMBER - fixed - _SIGN) // max(len(open_ended), 1) - _GAP, 6)
    parts = []
    for cell, column in zip(cells, columns, strict=True):
        size = column.width or room
        parts.append(right(left(cell, size).rstrip(), size) if column.is_figure else left(cell, size))
    return f"{left(number, _NUMBER)}{' '.join(parts)} {sign}"


def detail_lines(words: Sequence[Word], translate: Translate, width: int) -> list[Content]:
    """Return what is told of the marked row, its first line as a heading."""
    lines: list[Content] = []
    for at, word in enumerate(words):
        for line in wrapped(told(word, translate), max(width - 2, 20)):
            lines.append(Content.assemble(" ", (line, "bold" if at == 0 else "")))
    return lines


def told(word: Word, translate: Translate) -> str:
    """Return a word as it is shown."""
    return render(word, translate) if isinstance(word, Message) else word
