"""What the board of ledgers shows: villages by months, narrowed by a village, with one cell marked. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from lizhi_pos.accounts.batch_board import BatchBoard, BoardCell
from lizhi_pos.accounts.batch_look import BatchSummary, LookRow, LookSheet
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.text.normalize import comparable, number, plain
from lizhi_pos.text.pinyin import is_said

Waiting = Literal["publish", "review", "post"]
"""What a batch waits for."""
WAITING: Mapping[Waiting, tuple[str, ...]] = {
    "publish": ("draft", "sent_back"),
    "review": ("publicised",),
    "post": ("reviewed",),
}
Place = tuple[str, str]
"""A village and a month."""


class LedgerBoard:
    """The villages that are shown, with one of them and one month marked."""

    def __init__(self, board: BatchBoard) -> None:
        self.board = board
        self.villages: Sequence[str] = board.villages
        self.filter = ""
        self.marked = 0
        self.month = self._last_month()
        self.summaries: dict[Place, BatchSummary | Refusal | None] = {}
        self.previews: dict[Place, BatchPreview | Refusal] = {}

    @property
    def place(self) -> Place | None:
        """The marked village and month."""
        if not (0 <= self.marked < len(self.villages)):
            return None
        return self.villages[self.marked], self.board.months[self.month]

    @property
    def cell(self) -> BoardCell | None:
        """The marked cell; None where there is nothing yet."""
        return self.board.cells.get(self.place) if self.place else None

    @property
    def has_batch(self) -> bool:
        """Whether there is a batch in the marked cell."""
        return self.cell is not None and self.cell.state != "missing"

    @property
    def summary(self) -> BatchSummary | Refusal | None:
        """What is known of the marked batch."""
        return self.summaries.get(self.place) if self.place else None

    @property
    def preview(self) -> BatchPreview | Refusal | None:
        """What posting the marked batch would do, as far as that was worked out."""
        return self.previews.get(self.place) if self.place else None

    @property
    def wants_summary(self) -> bool:
        """Whether the marked batch is still to be read."""
        return self.has_batch and self.place not in self.summaries

    @property
    def wants_preview(self) -> bool:
        """Whether it is still to be worked out what posting the marked batch would do."""
        return self.has_batch and self.place not in self.previews and self.cell is not None and _is_unposted(self.cell)

    def take(self, board: BatchBoard) -> None:
        """Take what was read anew; the mark stays on its village and month."""
        place = self.place
        self.board, self.summaries, self.previews = board, {}, {}
        self.villages = self._narrowed(self.filter) if self.filter else board.villages
        self.month = min(self.month, len(board.months) - 1)
        if place is None or not self.go_to(place):
            self.mark(self.marked)

    def mark(self, at: int) -> None:
        """Mark a village, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.villages) - 1, 0))

    def mark_month(self, at: int) -> None:
        """Mark a month, or the one nearest to it that there is."""
        self.month = min(max(at, 0), len(self.board.months) - 1)

    def go_to(self, place: Place) -> bool:
        """Mark a village and month; return whether they are shown."""
        village, month = place
        if village not in self.villages or month not in self.board.months:
            return False
        self.marked, self.month = self.villages.index(village), self.board.months.index(month)
        return True

    def go_to_waiting(self, waits: Waiting) -> bool:
        """Mark the first cell that waits for a step, the oldest month first; return whether one does.

        One that can be reviewed today comes before one whose publicity goes on, or that has open objections.
        """
        states = WAITING[waits]
        found = [
            (bool(cell.days_left or cell.open_objections), month, at)
            for month in range(len(self.board.months))
            for at, village in enumerate(self.villages)
            if (cell := self.board.cells.get((village, self.board.months[month]))) and cell.state in states
        ]
        if found:
            _, self.month, self.marked = min(found)
        return bool(found)

    def jump(self, typed: str) -> bool:
        """Mark the month that was typed, ``3`` (the latest) or ``2024-03``; return whether there is one."""
        found = month_typed(typed)
        if found is None:
            return False
        months = [at for at, month in enumerate(self.board.months) if month.endswith(found)]
        if months:
            self.month = months[-1]
        return bool(months)

    def narrow(self, typed: str) -> bool:
        """Show only the villages that a text means; return whether there is any. Otherwise all stays as it is."""
        found = self._narrowed(typed)
        if found:
            village = self.place[0] if self.place else ""
            self.filter, self.villages = typed, found
            self.mark(found.index(village) if village in found else 0)
        return bool(found)

    def widen(self) -> None:
        """Show all villages again, with the mark where it was."""
        place = self.place
        self.filter, self.villages = "", self.board.villages
        if place is not None:
            self.go_to(place)

    def _narrowed(self, typed: str) -> Sequence[str]:
        alike = comparable(typed).lower()
        return [name for name in self.board.villages if alike in comparable(name).lower() or is_said(name, typed)]

    def _last_month(self) -> int:
        """Return the newest month of which there is anything to tell."""
        told = {month for _, month in self.board.cells}
        return max((at for at, month in enumerate(self.board.months) if month in told), default=0)


def month_typed(typed: str) -> str | None:
    """Return the end of a month that a text means; None where it means none.

    >>> [month_typed(t) for t in ("3", "2024-03", "202403", "2024年3月", "13", "古镇")]
    ['-03', '2024-03', '2024-03', '2024-03', None, None]
    """
    text = plain(typed)
    match = re.fullmatch(r"(?:(\d{4})[-./年]?)?(\d{1,2})月?", text)
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    return f"{match[1] or ''}-{int(match[2]):02d}"


class BatchRows:
    """The rows of one sheet of a batch, narrowed by a booklet or a name, with one marked."""

    def __init__(self, sheets: Sequence[LookSheet]) -> None:
        self.sheets = sheets
        self.at = 0
        self.filter = ""
        self.marked = 0

    @property
    def sheet(self) -> LookSheet | None:
        """The sheet that is shown."""
        return self.sheets[self.at] if self.sheets else None

    @property
    def rows(self) -> Sequence[LookRow]:
        """The rows that are shown."""
        if self.sheet is None:
            return ()
        return _with(self.sheet.rows, self.filter) if self.filter else self.sheet.rows

    @property
    def row(self) -> LookRow | None:
        """The marked row."""
        rows = self.rows
        return rows[self.marked] if 0 <= self.marked < len(rows) else None

    def mark(self, at: int) -> None:
        """Mark a row, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def next_sheet(self) -> None:
        """Show the next sheet that has anything of what is looked for."""
        for step in range(1, len(self.sheets) + 1):
            at = (self.at + step) % len(self.sheets)
            if not self.filter or _with(self.sheets[at].rows, self.filter):
                self.at, self.marked = at, 0
                return

    def narrow(self, typed: str) -> bool:
        """Show only the rows with a booklet or a name, of the present sheet or the first that has any."""
        sheets = range(len(self.sheets))
        for at in (*sheets[self.at : self.at + 1], *sheets):
            if _with(self.sheets[at].rows, typed):
                self.at, self.filter, self.marked = at, typed, 0
                return True
        return False

    def widen(self) -> None:
        """Show all rows again, with the mark where it was."""
        row = self.row
        self.filter = ""
        rows = self.rows
        self.mark(rows.index(row) if row is not None else 0)


def _with(rows: Sequence[LookRow], typed: str) -> Sequence[LookRow]:
    wanted, alike = number(typed), comparable(typed).lower()
    return [
        row
        for row in rows
        if wanted in row.booklet or any(alike in comparable(cell).lower() or is_said(cell, typed) for cell in row.cells)
    ]


def _is_unposted(cell: BoardCell) -> bool:
    return cell.state != "posted"
