"""The one field: takes every key itself, in order, and says what came."""

import asyncio
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message as TextualMessage
from textual.widget import Widget

from lizhi_pos.terminal.columns import left
from lizhi_pos.till.scanner import Edited, Event, Paused, Scanner

PROMPT = "> "
PAINT_AFTER = 0.01
"""Seconds after a key until the field shows it: a scan is done by then, and nothing of it needs painting."""
PAUSE_S = 0.12
"""Seconds without a key after which what stands in the field is looked up; within a scan no pause is as long."""


class ScanField(Widget, can_focus=True):
    """Takes scans, typed codes and pasted lines; `hint` is what it shows while it is empty.

    Not Textual's Input: that one loses and mixes characters when scans come back to back.
    """

    DEFAULT_CSS = """
    ScanField { height: 1; padding: 0 1; }
    """

    @dataclass
    class Came(TextualMessage):
        """Something came in: a scan, Enter on the empty field, a step or Escape."""

        event: Event

    def __init__(self) -> None:
        super().__init__()
        self._scanner = Scanner()
        self.hint = ""
        self._shown = ""
        self._to_paint: asyncio.TimerHandle | None = None
        self._to_pause: asyncio.TimerHandle | None = None
        self._looked_up = ""

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._scanner.text

    def on_key(self, event: events.Key) -> None:
        came = self._scanner.key(event.key, event.character, event.time)
        if came is None:
            return
        event.stop()
        event.prevent_default()
        self._pass_on(came)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._pass_on(self._scanner.paste(event.text, event.time))

    def on_focus(self) -> None:
        self._place_cursor()

    def on_resize(self) -> None:
        self._place_cursor()

    def render(self) -> Content:
        self._shown = text = self.text
        cursor = Content.styled(" ", "reverse")
        room = max(self.size.width - len(PROMPT) - 1, 0)
        if text:
            return Content.assemble((PROMPT, "bold"), text[-max(room, 1) :], cursor)
        return Content.assemble((PROMPT, "bold"), cursor, (left(" " + self.hint, room), "$foreground-muted"))

    def _pass_on(self, came: list[Event]) -> None:
        for event in came:
            if not isinstance(event, Edited):
                # straight to the screen: through the field's own queue a function key pressed later would overtake it
                self.screen.post_message(self.Came(event))
        if self._to_pause is not None:
            self._to_pause.cancel()
        if self.text != self._looked_up:
            self._to_pause = asyncio.get_running_loop().call_later(PAUSE_S, self._pause)
        if self._to_paint is None:
            self._to_paint = asyncio.get_running_loop().call_later(PAINT_AFTER, self._paint)

    def _paint(self) -> None:
        self._to_paint = None
        if self.text != self._shown and self.is_attached:
            self._place_cursor()
            self.refresh()

    def _pause(self) -> None:
        self._to_pause = None
        if self.is_attached:
            self._looked_up = self.text
            self.screen.post_message(self.Came(Paused(self.text)))

    def _place_cursor(self) -> None:
        # where a Chinese input method shows what is being composed
        shown = min(len(PROMPT) + Content(self.text).cell_length, max(self.size.width - 1, 0))
        self.app.cursor_position = self.content_region.offset + Offset(shown, 0)
