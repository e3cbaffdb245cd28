"""The ledgers' board: villages by months, each cell with how far its batch came, and what is done with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.found_files import path_typed
from lizhi_pos.office.ledger_rows import LedgerBoard, Waiting
from lizhi_pos.office.ledgers import LedgersService, Place
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.panels.ledgers import batch_lines, board_lines, cell_of, row_of
from lizhi_pos.terminal.screens.ledgers.acts import LedgerActs
from lizhi_pos.terminal.screens.ledgers.batch import BatchScreen
from lizhi_pos.terminal.screens.ledgers.keys import keys_of
from lizhi_pos.terminal.screens.ledgers.reading import read_files
from lizhi_pos.terminal.screens.shared.scrolled import scrolled
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines

_FIRST: dict[Target, Waiting] = {
    "ledgers to publish": "publish",
    "ledgers to review": "review",
    "ledgers to post": "post",
}


LOOK_AGAIN_S = 15.0
"""Seconds after which the board is read anew: others publish and review, too."""


class LedgersScreen(LedgerActs):
    """Up and down between villages, left and right between months. Enter goes into the marked batch."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.LEDGERS]
    KEYS: Sequence[Key] = keymap.LEDGERS
    HINT = message("village or its first letters; a month: 3 or 2024-03; Enter: the batch")
    FIELD = (
        ("gz", message("a village's name or its first letters: only those are shown")),
        ("3", message("the latest March; 2024-03 that of a year")),
        ("….xlsx", message("a workbook, also dragged here: it is read")),
        ("← →", message("another month")),
        ("Enter", message("on the empty field: into the marked batch, and Esc comes back")),
        ("Esc", message("clear the field, leave the detail, show all villages again, go back")),
    )

    def __init__(self, target: Target = "ledgers") -> None:
        super().__init__()
        self._waits = _FIRST.get(target)
        self._board: LedgerBoard | None = None
        self._is_looking = False
        self._top = 0
        """The detail's first line that is shown."""

    def count(self) -> int:
        return len(self._board.villages) if self._board else 0

    @property
    def marked_row(self) -> int:
        return row_of(self._board, self._board.marked, self._board.month) if self._board else 0

    @property
    def place(self) -> Place | None:
        return self._board.place if self._board is not None and self._board.has_batch else None

    def mark(self, by: int) -> None:
        """Mark another village; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        elif self._board is not None:
            self._board.mark(self._board.marked + by)

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        message.stop()
        # Textual asks the base's handler, too, which knows rows alone
        message.prevent_default()
        if message.row == self.marked_row:
            self.enter()
        else:
            self.begin(lambda: self._mark_cell(message.row))

    async def _mark_cell(self, at: int) -> None:
        if self._board is not None:
            village, month = cell_of(self._board, at)
            self._board.mark(village)
            self._board.mark_month(month)

    def action_month(self, by: int) -> None:
        async def go() -> None:
            if self._board is not None and not self.is_detail_open:
                self._board.mark_month(self._board.month + by)

        self.begin(go)

    async def read(self) -> None:
        self._service = await self.app.job(LedgersService)
        self.KEYS = keys_of(keymap.LEDGERS, self.app.signed_in)
        self.notice = None
        await self._read()
        if self._waits is not None and self._board is not None:
            self._board.go_to_waiting(self._waits)

    def on_mount(self) -> None:
        # Textual asks the base's handler, too, which begins to read
        self.set_interval(LOOK_AGAIN_S, self.look_again)

    def look_again(self) -> None:
        """Read what others did meanwhile, unless something else is under way; the mark and the notice stay."""
        if self.is_current and self._board is not None and self._events.empty():
            self.begin(self._refresh)

    async def _refresh(self) -> None:
        board = await self.app.work.run(lambda: self._service.board(self.app.signed_in))
        if self._board is not None and not isinstance(board, Refusal) and board != self._board.board:
            self._board.take(board)

    async def _read(self) -> None:
        board = await self.app.work.run(lambda: self._service.board(self.app.signed_in))
        if isinstance(board, Refusal):
            self._board = None
            self.refuse(board)
        elif self._board is None:
            self._board = LedgerBoard(board)
        else:
            self._board.take(board)

    async def changed(self, place: Place | None = None) -> None:
        await self._read()
        if place is not None and self._board is not None and not self._board.go_to(place):
            self._board.widen()
            self._board.go_to(place)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        super().show()
        sees = self.is_detail_open or self.has_class("-wide")
        wants = self._board is not None and (self._board.wants_summary or self._board.wants_preview)
        if sees and wants and not self._is_looking and self.is_current:
            self._is_looking = True
            # not in the queue of what was asked: working out a large batch must not keep the arrows waiting
            self.run_worker(self._look(), name="look")

    async def _look(self) -> None:
        """Read the marked batch, and then what posting it would do."""
        try:
            while (board := self._board) is not None and (board.wants_summary or board.wants_preview):
                await self._look_at(board, board.place or ("", ""))
                super().show()
        except Exception as error:
            self.app.note_failure(error)
        finally:
            self._is_looking = False

    async def _look_at(self, board: LedgerBoard, place: Place) -> None:
        known, by = board.board, self.app.signed_in
        if board.wants_summary:
            summary = await self.app.work.run(lambda: self._service.summary(*place, by))
            if board.board is known:
                board.summaries[place] = summary
        else:
            preview = await self.app.work.run(lambda: self._service.preview(*place, by))
            if board.board is known:
                board.previews[place] = preview

    def action_read_files(self) -> None:
        self.begin(self.read_files)

    async def read_files(self, paths: Sequence[Path] = ()) -> None:
        """Read workbooks, those that are given or chosen first, and mark the first that was taken."""
        if refusal := self.app.signed_in.refusal_to("import_ledger"):
            self.refuse(refusal)
            return
        self.notice = None
        await self.changed(await read_files(self.app, self._service, paths))

    def action_look(self) -> None:
        self.start("see_books", lambda place, found: self.look_into())

    async def look_into(self) -> None:
        """Show every row of the batch, and read the books anew when that is left."""
        place = self.place
        if place is not None:
            self.notice = None
            await self.app.ask(BatchScreen(self._service, place))
            await self.changed(place)

    async def done(self) -> None:
        board = self._board
        if board is None or board.place is None:
            return
        if not board.has_batch:
            self.is_detail_open = not self.is_detail_open and not self.has_class("-wide")
        elif self.is_detail_open or self.has_class("-wide"):
            await self.look_into()
        else:
            self.is_detail_open, self._top = True, 0

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._board is not None and self._board.filter:
            self._board.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        board = self._board
        if board is None:
            self.app.bell()
        elif (path := path_typed(text)) is not None:
            await self.read_files([path])
        elif board.jump(text):
            self.is_detail_open = False
        elif await self.app.work.run(lambda: board.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:village|villages}; Esc shows all again", len(board.villages)))
        else:
            self.note("refusal", message("No village and no month here goes by {0}", text))

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Ledgers'), self.app.translate)}"
        board = self._board
        if board is not None:
            start += f"  {board.board.today.isoformat()}"
            if board.filter:
                start += f"  {render(message('with {0}', board.filter), self.app.translate)}"
            overdue = sum(cell.state == "missing" and cell.late for cell in board.board.cells.values())
            if overdue:
                start += f"  ▲ {render(message('{0} overdue', overdue), self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.is_detail_open:
            return message("↑ ↓ go on in the detail; Enter: every row; Esc goes back to the board")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return board_lines(self._board, self.app.translate, width, height) if self._board else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self._board is None:
            return []
        lines = batch_lines(self._board, self.app.translate, width)
        shown, self._top = scrolled(lines, self._top if self.is_detail_open else 0, height, self.app.translate)
        return shown
