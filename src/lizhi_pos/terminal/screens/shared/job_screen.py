"""The frame of every job behind the counter: rows, the marked row's detail, and one field that takes scans at any time.

Scans, keys and clicks go into one queue with one consumer: each is done in its turn and none is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.panels.header_footer import key_line, notice_lines
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.terminal.widgets.scan_field import ScanField
from lizhi_pos.till.notices import Notice
from lizhi_pos.till.scanner import Done, Escaped, Event, Move, Paused, Scanned, Step, TakenOut

_Act = Callable[[], Awaitable[Refusal | None]]


class JobScreen(ListScreen):
    """A list with a field. What came in is taken in its turn; the detail stands beside the rows where there is room."""

    AUTO_FOCUS = "ScanField"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own name and type
    HINT: ClassVar[Message] = message("scan, or type and press Enter")

    def __init__(self) -> None:
        super().__init__()
        self._events: asyncio.Queue[Event | _Act] = asyncio.Queue()
        self.is_detail_open = False
        """Whether the detail stands in the place of the rows, where there is no room beside them."""

    def compose(self) -> ComposeResult:
        yield PaintedLines(self.header, id="header")
        with Horizontal(id="job"):
            yield PaintedLines(self._left, id="middle")
            yield PaintedLines(self.detail, id="detail")
        yield PaintedLines(lambda w, h: notice_lines(self.notice, self.app.translate, w), id="notice")
        yield ScanField()
        yield PaintedLines(lambda w, h: [key_line(self.KEYS, self.app.translate, w)], id="keys")

    def on_mount(self) -> None:
        # Textual asks the base's handler, too, which begins to read
        self.run_worker(self._consume(), name="job")

    def detail(self, width: int, height: int) -> list[Content]:
        """Return what is told of the marked row."""
        return []

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        """Take what was scanned or typed with its Enter."""
        if typed and text.isdigit() and len(text) <= 2:
            self.numbered(int(text))
        else:
            self.note("refusal", message("Nothing here has to do with {0}", text))

    async def paused(self, text: str) -> None:
        """Take what stands in the field while somebody types: a look, which changes nothing."""

    async def done(self) -> None:
        """Take Enter on the empty field: go into the marked row, and come back from it."""
        self.is_detail_open = not self.is_detail_open

    async def stepped(self, by: int | None) -> None:
        """Take one more, one less, or Del on the marked row."""
        self.app.bell()

    def begin(self, act: Callable[[], Awaitable[Refusal | None]]) -> None:
        """Do an act in its turn, behind what came in before."""
        self._events.put_nowait(act)

    def enter(self) -> None:
        """Take a click on the marked row as its Enter."""
        self._events.put_nowait(Done())

    def move(self, by: int) -> None:
        """Mark another row, in its turn."""
        self._events.put_nowait(Move(by))

    def mark(self, by: int) -> None:
        """Mark another row now."""
        self.marked = min(max(self.marked + by, 0), max(self.count() - 1, 0))

    def action_back(self) -> None:
        self._events.put_nowait(Escaped())

    def on_key(self, key: events.Key) -> None:
        """Keys that came while the field had no focus are its keys all the same."""
        field = self.query_one(ScanField)
        if not field.has_focus:
            field.focus()
            field.on_key(key)

    def on_paste(self, event: events.Paste) -> None:
        field = self.query_one(ScanField)
        if not field.has_focus:
            field.focus()
            field.on_paste(event)

    def on_scan_field_came(self, message: ScanField.Came) -> None:
        message.stop()
        self._events.put_nowait(message.event)

    def show(self) -> None:
        """Paint what is known, and what the empty field says."""
        super().show()
        # a screen that is being closed, by the lock for one, may have no field any more
        for field in self.query(ScanField):
            hint = render(self.hint(), self.app.translate)
            if field.hint != hint:
                field.hint = hint
                field.refresh()

    def hint(self) -> Message:
        """Return what the empty field says."""
        return self.HINT

    def _left(self, width: int, height: int) -> list[Content]:
        narrow_detail = self.is_detail_open and not self.has_class("-wide")
        return self.detail(width, height) if narrow_detail else self.rows(width, height)

    async def _consume(self) -> None:
        while True:
            event = await self._events.get()
            pause = self.app.settings.pauses.says_at_work_after_s
            waiting = asyncio.get_running_loop().call_later(pause, self._wait)
            refusal = await self.app.attempt(partial(self._take, event, waiting))
            waiting.cancel()
            if refusal:
                self.refuse(refusal)
            if self.is_attached:
                self.show()

    async def _take(self, event: "Event | _Act", waiting: asyncio.TimerHandle) -> Refusal | None:
        if callable(event):
            waiting.cancel()
            return await event()
        match event:
            case Scanned(text, typed):
                self.notice = None
                await self.scanned_in(text, typed=typed)
            case Done():
                await self.done()
            case Escaped():
                await self.left()
            case Move(by):
                self.mark(by)
            case Step(by):
                await self.stepped(by)
            case TakenOut():
                await self.stepped(None)
            case Paused(text):
                await self.paused(text)
        return None

    async def left(self) -> None:
        """Take Escape: back to the rows, and from them to where this was opened."""
        if self.is_detail_open and not self.has_class("-wide"):
            self.is_detail_open = False
        else:
            self.dismiss(None)

    def _wait(self) -> None:
        self.notice = Notice("said", message("One moment …"))
        self.show()
