"""A widget of plain lines that are made anew for its size; it never moves its neighbours unless it is told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Self

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.widget import Widget

from lizhi_pos.terminal.rows import clicked_key, clicked_row, has_rows

Draw = Callable[[int, int], Sequence[Content]]
"""Makes the lines for a width and a height in cells."""

LEFT_BUTTON = 1
_ANY_HEIGHT = 1000


class PaintedLines(Widget, can_focus=False):
    """Shows what `draw` makes. Names and codes are text, never markup."""

    DEFAULT_CSS = """
    PaintedLines { height: 1; padding: 0 1; }
    """

    @dataclass
    class Clicked(TextualMessage):
        """A row of the list was clicked, counted from 0."""

        row: int

    @dataclass
    class Wheeled(TextualMessage):
        """The wheel was turned over the list: so many rows further down, or up."""

        by: int

    def __init__(self, draw: Draw, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._draw = draw
        self._high = 0
        self._drawn: tuple[Size, Sequence[Content]] | None = None

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked, or say which row was."""
        event.stop()
        if event.button != LEFT_BUTTON:
            return
        if key := clicked_key(event.style):
            self.app.simulate_key(key)
        elif (row := clicked_row(event.style)) is not None:
            self.screen.post_message(self.Clicked(row))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        if self._drawn is not None and has_rows(self._drawn[1]):
            self.screen.post_message(self.Wheeled(by))

    def redraw(self) -> None:
        """Paint the lines that are others now, and no more.

        Lays the screen out anew only where the number of lines is the widget's height.
        """
        if self.styles.is_auto_height and (high := self._count(self.size.width)) != self._high:
            self._high = high
            self.refresh(layout=True)
            return
        before, now = self._drawn, list(self._draw(*self.size))
        if before is None or before[0] != self.size:
            self.refresh()
        elif changed := _changed(before[1], now):
            self.refresh(*(Region(0, row, self.size.width, 1) for row in changed))
        # what is painted is what was compared, also where more has changed by then
        self._drawn = self.size, now

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paints all lines anew, made anew, or only the regions."""
        if not regions:
            self._drawn = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._high = self._count(width)
        return self._high

    def render(self) -> Content:
        if self._drawn is None or self._drawn[0] != self.size:
            self._drawn = self.size, list(self._draw(*self.size))
        return Content("\n").join(self._drawn[1])

    def _count(self, width: int) -> int:
        least = self.styles.min_height
        return max(len(self._draw(width, _ANY_HEIGHT)), int(least.value) if least is not None else 1)


def _changed(before: Sequence[Content], now: Sequence[Content]) -> list[int]:
    """Return the lines that are others now, or no more."""
    lines = zip_longest(before, now)
    return [row for row, (old, new) in enumerate(lines) if old is None or new is None or not old.is_same(new)]
