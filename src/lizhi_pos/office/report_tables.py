"""A list as a screen shows it: columns, rows with what they lead to, one of them marked. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from lizhi_pos.refusal import Message
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import is_said

Word = Message | str


class ReportColumn(Struct, frozen=True):
    """A column: its name, how wide it is, 0 for what is left; figures stand at its right."""

    label: Word
    width: int = 0
    is_figure: bool = False


class ReportRow(Struct, frozen=True):
    """A row: its key, a cell for each column, and whether there is something to look at."""

    key: str
    cells: tuple[Word, ...]
    is_hint: bool = False


class ReportTable(Struct, frozen=True):
    """A list: what it is of, its columns and rows, and what is said where there are none."""

    title: Word
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    nothing: Message


class ReportList:
    """The rows that are shown, narrowed by a text, with one marked, and what was read of the marked one."""

    def __init__(self, table: ReportTable) -> None:
        self.filter = ""
        self.marked = 0
        self.table = table
        self.rows: Sequence[ReportRow] = ()
        self.details: dict[str, Sequence[Word]] = {}
        self._fill()

    @property
    def row(self) -> ReportRow | None:
        """The marked row."""
        return self.rows[self.marked] if 0 <= self.marked < len(self.rows) else None

    @property
    def wants_detail(self) -> bool:
        """Whether what is told of the marked row is still to be read."""
        return self.row is not None and self.row.key not in self.details

    def take(self, table: ReportTable) -> None:
        """Take another list; the mark stays on its row where it is still there."""
        key = self.row.key if self.row else ""
        self.table = table
        self.details = {}
        self._fill()
        at = next((at for at, row in enumerate(self.rows) if row.key == key), 0)
        self.mark(at)

    def mark(self, at: int) -> None:
        """Mark a row, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def narrow(self, typed: str) -> bool:
        """Show only the rows that a text means; return whether there is any. Otherwise all stays as it is."""
        before, self.filter = self.filter, typed
        self._fill()
        if self.rows:
            self.mark(0)
            return True
        self.filter = before
        self._fill()
        return False

    def widen(self) -> None:
        """Show all rows again."""
        self.filter = ""
        self._fill()

    def _fill(self) -> None:
        self.rows = [row for row in self.table.rows if not self.filter or _means(row, self.filter)]
        self.mark(self.marked)


def _means(row: ReportRow, typed: str) -> bool:
    told = [cell for cell in row.cells if isinstance(cell, str)]
    alike = comparable(typed).lower()
    return any(alike in comparable(text).lower() or is_said(text, typed) for text in told)
