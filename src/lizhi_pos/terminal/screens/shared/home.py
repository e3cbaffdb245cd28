"""Home: what waits for whoever is signed in, the day in a chart, and whether the points are covered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.menu import MenuItem, menu_items
from lizhi_pos.terminal.panels.chart import chart_lines, coverage_lines
from lizhi_pos.terminal.panels.header_footer import SHOP
from lizhi_pos.terminal.panels.sums import points_words
from lizhi_pos.terminal.rows import row
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines

if TYPE_CHECKING:
    from lizhi_pos.settlement.overview import Overview

LOOK_AGAIN = 15.0
"""Seconds after which what waits is read anew."""


class HomeScreen(ListScreen):
    """The rows lead to screens; a row without one names the command that does the work."""

    KEYS = keymap.HOME
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.HOME]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own name and type

    def __init__(self) -> None:
        super().__init__()
        self._known: Overview | None = None
        self._places: list[MenuItem] = []

    def middle(self) -> ComposeResult:
        with Horizontal(id="halves"):
            yield PaintedLines(self.rows, id="middle")
            with Vertical(id="day"):
                yield PaintedLines(self._chart, id="chart")
                yield PaintedLines(self._coverage, id="coverage")

    def on_mount(self) -> None:
        self.set_interval(LOOK_AGAIN, self._look_again)

    def on_screen_resume(self) -> None:
        if self._known is not None:
            self._look_again()

    def count(self) -> int:
        return len(self._places)

    async def read(self) -> None:
        back = await self.app.office()
        self._known = await self.app.work.run(back.overview)
        marked = self._places[self.marked].number if self._places else None
        self._places = menu_items(self._known, self.app.signed_in)
        self.marked = next((at for at, place in enumerate(self._places) if place.number == marked), 0)
        self.notice = None

    def more_keys(self) -> Sequence[Key]:
        """Return the rows, to be found by their letters."""
        return [
            Key(f"row {place.number}", str(place.number), place.label, f"row({place.number})", place.label, keymap.GO)
            for place in self._places
        ]

    async def action_row(self, number: int) -> None:
        """Go where a row leads, whatever is being read of it meanwhile."""
        for at, place in enumerate(self._places):
            if place.number == number:
                self.marked = at
                if place.target:
                    await self.app.navigator.go_to(place.target)
                else:
                    self.action_go()

    def enter(self) -> None:
        self.action_go()

    def numbered(self, number: int) -> None:
        at = next((at for at, place in enumerate(self._places) if place.number == number), None)
        if at is None:
            self.app.bell()
            return
        self.marked = at
        self.show()
        self.action_go()

    def action_go(self) -> None:
        if not self._places:
            return
        place = self._places[self.marked]
        if place.target:
            self.begin(lambda: self.app.navigator.go_to(place.target))
        else:
            self.note("hint", message("The command does this: lizhi-pos {0}", place.command))
            self.show()

    def action_back(self) -> None:
        self.app.navigator.leave_home()

    def _look_again(self) -> None:
        if self.is_current and not self._busy:
            self.begin(self.read)

    @property
    def is_live(self) -> bool:
        return self._known is not None

    def header(self, width: int, height: int) -> list[Content]:
        by = self.app.signed_in_name
        start = SHOP if self._known is None or self._known.market is None else f"{SHOP}  {self._known.market.date}"
        end = render(message("signed in: {0}", by), self.app.translate)
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + " " + end, "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        lines = [Content("")]
        for at, place in enumerate(self._places):
            waits = right(str(place.waits), 4) if place.waits else ""
            label = left(render(place.label, self.app.translate), max(width - 12, 8))
            look = "bold" if place.waits else ""
            lines.append(row(f"{place.number:>3} {label}{waits}", at, self.marked, width - 1, style=look))
        return lines

    def _chart(self, width: int, height: int) -> list[Content]:
        if self._known is None:
            return []
        market = self._known.market
        back = points_words(market.points, market.returned) if market and market.returned else None
        return chart_lines(self._known.chart, back, self.app.translate, width, height)

    def _coverage(self, width: int, height: int) -> list[Content]:
        known = self._known
        if known is None or not self.app.signed_in.can("see_books"):
            return []
        return coverage_lines(known.pool, self.app.translate, width)
