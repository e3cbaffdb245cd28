"""The frame of every list: views by F9, rows that lead to what they are made of, one field that narrows or chooses."""

from typing import ClassVar

from textual import events
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.report_drafts import ReportDraft, ReportDrafts
from lizhi_pos.office.report_tables import ReportList, ReportTable, Word
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.reports import detail_lines, report_lines, told
from lizhi_pos.terminal.screens.reports.report_dialog import write_report
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are a year, a day or a part of a name."""


class ReportScreen(JobScreen):
    """Lists of one kind. A subclass says which views there are, and reads a list and what is told of one row."""

    TITLE_WORDS: ClassVar[Message]

    def __init__(self) -> None:
        super().__init__()
        self._list: ReportList | None = None
        self._top = 0
        """The detail's first line that is shown."""
        self._is_looking = False

    async def table(self) -> ReportTable | Refusal:
        """Read the list of the view that is shown."""
        raise NotImplementedError

    async def told_of(self, key: str) -> "tuple[Word, ...] | Refusal":
        """Read what a row is made of."""
        raise NotImplementedError

    async def chosen(self, text: str) -> bool:
        """Take a text that chooses what the list is of, as a village or a year; return whether it did."""
        return False

    def scope(self) -> str:
        """Return what the list is of, for the first line."""
        return ""

    def count(self) -> int:
        return len(self._list.rows) if self._list else 0

    @property
    def marked_row(self) -> int:
        return self._list.marked if self._list else 0

    def mark(self, by: int) -> None:
        """Mark another row; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        elif self._list is not None:
            self._list.mark(self._list.marked + by)

    async def read(self) -> None:
        self.notice = None
        await self.read_anew()

    async def read_anew(self) -> None:
        """Read the list again."""
        found = await self.table()
        if isinstance(found, Refusal):
            self._list = None
            self.refuse(found)
        elif self._list is None:
            self._list = ReportList(found)
        else:
            self._list.take(found)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        super().show()
        shown = self._list
        sees = self.is_detail_open or self.has_class("-wide")
        if sees and not self._is_looking and shown is not None and shown.wants_detail:
            self._is_looking = True
            self.begin(self._look)

    async def _look(self) -> None:
        """Read what is told of the marked row, unless another one is about to be marked."""
        self._is_looking = False
        shown = self._list
        if shown is None or shown.row is None or not self._events.empty():
            return
        key = shown.row.key
        found = await self.told_of(key)
        if isinstance(found, Refusal):
            self.refuse(found)
            found = ()
        shown.details[key] = found

    async def done(self) -> None:
        if self._list is not None and self._list.row is not None:
            self.is_detail_open = not self.is_detail_open
            self._top = 0

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._list is not None and self._list.filter:
            self._list.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        shown = self._list
        if typed and text.isdigit() and len(text) <= LONGEST_NUMBER and shown is not None:
            self.is_detail_open = False
            if 1 <= int(text) <= len(shown.rows):
                shown.mark(int(text) - 1)
            else:
                self.app.bell()
        elif await self.chosen(text):
            self.is_detail_open = False
            await self.read_anew()
        elif shown is not None and await self.app.work.run(lambda: shown.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:row|rows}; Esc shows all again", len(shown.rows)))
        else:
            self.note("refusal", message("Nothing of this list goes by {0}", text))

    def next_view(self) -> None:
        """Turn to the next view."""
        raise NotImplementedError

    def action_next_view(self) -> None:
        self.begin(self._next_view)

    async def _next_view(self) -> None:
        self.notice = None
        self.is_detail_open = False
        self.next_view()
        self._list = None
        await self.read_anew()

    def action_look(self) -> None:
        self.enter()

    def draft(self, drafts: ReportDrafts) -> ReportDraft | Refusal | None:
        """Read what is shown as a report to be written, on the database's thread; None of what is no report."""
        return None

    def action_write_report(self) -> None:
        self.begin(self._write_report)

    async def _write_report(self) -> Refusal | None:
        self.notice = None
        return await write_report(self, self.draft)

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(self.TITLE_WORDS, self.app.translate)}"
        if self._list is not None:
            start += f"  {told(self._list.table.title, self.app.translate)}  {self.scope()}"
            if self._list.filter:
                start += f"  {render(message('with {0}', self._list.filter), self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.is_detail_open:
            return message("↑ ↓ go on in the detail; Esc goes back to the rows")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return report_lines(self._list, self.app.translate, width, height) if self._list else []

    def detail(self, width: int, height: int) -> list[Content]:
        row = self._list.row if self._list else None
        if row is None or self._list is None:
            return []
        lines = detail_lines(self._list.details.get(row.key, ()), self.app.translate, width)
        if len(lines) <= height:
            return lines
        top = min(self._top, len(lines) - height + 1) if self.is_detail_open else 0
        self._top = top
        left_over = len(lines) - top - (height - 1)
        words = (
            message("  ↓ {0} more {0:line|lines}; Enter, then ↓", left_over) if left_over else message("  ↑ the end")
        )
        return [*lines[top : top + height - 1], Content.styled(render(words, self.app.translate), "$foreground-muted")]
