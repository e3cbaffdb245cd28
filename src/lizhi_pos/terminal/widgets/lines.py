"""A widget of plain lines that are made anew for its size; it never moves its neighbours unless it is told to."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

Draw = Callable[[int, int], Sequence[Content]]
"""Makes the lines for a width and a height in cells."""

_ANY_HEIGHT = 1000


class Lines(Widget, can_focus=False):
    """Shows what `draw` makes. Names and codes are text, never markup."""

    DEFAULT_CSS = """
    Lines { height: 1; padding: 0 1; }
    """

    def __init__(self, draw: Draw, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._draw = draw
        self._high = 0

    def redraw(self) -> None:
        """What is shown has changed. Lays the screen out anew only where the number of lines is the widget's height."""
        if self.styles.is_auto_height and (high := self._count(self.size.width)) != self._high:
            self._high = high
            self.refresh(layout=True)
        else:
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._high = self._count(width)
        return self._high

    def render(self) -> Content:
        return Content("\n").join(self._draw(self.size.width, self.size.height))

    def _count(self, width: int) -> int:
        return max(len(self._draw(width, _ANY_HEIGHT)), 1)
