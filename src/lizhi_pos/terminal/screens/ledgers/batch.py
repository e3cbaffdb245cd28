"""A look into one batch: every row by its sheet, corrections first, what it does, and the objections to it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.accounts.batch_look import BatchContents
from lizhi_pos.i18n.render import render
from lizhi_pos.office.ledger_rows import BatchRows
from lizhi_pos.office.ledgers import LedgersService, Place
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.panels.batch_rows import effect_lines, row_lines, sheet_lines
from lizhi_pos.terminal.panels.ledgers import STATES, objection_told, steps_told, told_lines
from lizhi_pos.terminal.screens.ledgers.acts import LedgerActs
from lizhi_pos.terminal.screens.ledgers.keys import keys_of
from lizhi_pos.terminal.screens.shared.scrolled import scrolled

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are a part of a booklet."""


class BatchScreen(LedgerActs):
    """The rows of a batch. Enter tells the marked one in full; publisher and reviewer act from here, too."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.BATCH]
    KEYS: Sequence[Key] = keymap.BATCH
    HINT = message("booklet or name: its rows; F9: the next sheet; Enter: the row in full")
    FIELD = (
        ("GZ0012", message("a booklet: only its rows are shown")),
        ("zjg", message("a part of the name or its first letters: only those are shown")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: the marked row in full, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self, service: LedgersService, place: Place) -> None:
        super().__init__()
        self._service = service
        self._place = place
        self._found: BatchContents | None = None
        self._rows: BatchRows | None = None
        self._preview: BatchPreview | Refusal | None = None
        self._top = 0

    @property
    def place(self) -> Place | None:
        return self._place

    def count(self) -> int:
        return len(self._rows.rows) if self._rows else 0

    @property
    def marked_row(self) -> int:
        return self._rows.marked if self._rows else 0

    def mark(self, by: int) -> None:
        """Mark another row; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        elif self._rows is not None:
            self._rows.mark(self._rows.marked + by)

    async def read(self) -> None:
        self.KEYS = keys_of(keymap.BATCH, self.app.signed_in)
        self.notice = None
        await self._read()

    async def _read(self) -> None:
        by = self.app.signed_in
        found = await self.app.work.run(lambda: self._service.contents(*self._place, by))
        if isinstance(found, Refusal):
            self._found = None
            self.refuse(found)
            return
        self._found = found
        before, self._rows = self._rows, BatchRows(found.sheets)
        if before is not None and before.at < len(found.sheets):
            self._rows.at, self._rows.filter = before.at, before.filter
            self._rows.mark(before.marked)
        self._preview = None
        if found.card.batch.state != "posted":
            # not in the queue of what was asked: working out a large batch must not keep the arrows waiting
            self.run_worker(self._work_out(found), name="look")

    async def _work_out(self, found: BatchContents) -> None:
        """Read what posting the batch today would do."""
        try:
            preview = await self.app.work.run(lambda: self._service.preview(*self._place, self.app.signed_in))
        except Exception as error:
            self.app.note_failure(error)
            return
        if self._found is found:
            self._preview = preview
            self.show()

    async def changed(self, place: Place | None = None) -> None:
        await self._read()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def action_next_sheet(self) -> None:
        async def go() -> None:
            self.notice = None
            if self._rows is not None:
                self.is_detail_open = False
                self._rows.next_sheet()

        self.begin(go)

    async def done(self) -> None:
        self.is_detail_open, self._top = not self.is_detail_open, 0

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._rows is not None and self._rows.filter:
            self._rows.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        rows = self._rows
        if rows is None:
            self.app.bell()
        elif typed and text.isdigit() and len(text) <= LONGEST_NUMBER:
            self.is_detail_open = False
            if 1 <= int(text) <= len(rows.rows):
                rows.mark(int(text) - 1)
            else:
                self.app.bell()
        elif await self.app.work.run(lambda: rows.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:row|rows}; F9: other sheets; Esc shows all again", len(rows.rows)))
        else:
            self.note("refusal", message("No row of this batch goes by {0}", text))

    def header(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        start = f" {self._place[0]} {self._place[1]}"
        if self._found is not None:
            view = self._found.card.batch
            start += f"  {render(STATES[view.state], translate)}"
            start += f"  {render(message('read in by {0}', view.imported_by), translate)}"
            if view.objections.open:
                words = message("▲ {0} {0:objection|objections} open", view.objections.open)
                start += f"  {render(words, translate)}"
            if self._rows is not None and self._rows.filter:
                start += f"  {render(message('with {0}', self._rows.filter), translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        return message("↑ ↓ go on in the detail; Esc goes back to the rows") if self.is_detail_open else self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        if self._rows is None:
            return []
        above = effect_lines(self._preview, self.app.translate, width)
        return sheet_lines(self._rows, above, self.app.translate, width, height)

    def detail(self, width: int, height: int) -> list[Content]:
        if self._rows is None or self._found is None:
            return []
        translate, card = self.app.translate, self._found.card
        lines = [*row_lines(self._rows, translate, width), Content("")]
        for told in card.objections:
            lines += told_lines(objection_told(told, translate), translate, width)
        lines += told_lines(steps_told(card.steps, translate), translate, width)
        shown, self._top = scrolled(lines, self._top if self.is_detail_open else 0, height, translate)
        return shown
