"""What is painted is what was to be shown, though only the lines that changed are painted anew."""

import asyncio
from random import Random

from textual.app import App, ComposeResult
from textual.content import Content

from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.terminal.widgets.scan_field import PAINT_AFTER, ScanField

ROWS = 6


class Board(App[None]):
    """A few lines and a field."""

    CSS = f"#lines {{ height: {ROWS}; }} ScanField {{ height: 1; }}"

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.made = 0

    def compose(self) -> ComposeResult:
        yield PaintedLines(self._lines, id="lines")
        yield ScanField()

    def _lines(self, width: int, height: int) -> list[Content]:
        self.made += 1
        return [Content.styled(text, "bold" if text.startswith("!") else "") for text in self.texts]

    def painted(self) -> list[str]:
        """The first lines of the screen, bold ones with their mark."""
        strips = self.screen._compositor.render_strips()[:ROWS]
        return [strip.text.strip() for strip in strips]


async def test_whatever_changes_and_however_often_the_screen_is_what_was_shown_last() -> None:
    random, app = Random(7), Board()
    async with app.run_test(size=(40, 10)) as pilot:
        lines = app.query_one("#lines", PaintedLines)
        for _ in range(60):
            for _ in range(random.randint(1, 3)):
                app.texts = [random.choice(("", "盐 × 1", "!盐 × 1", "醋")) for _ in range(random.randint(0, ROWS))]
                random.choice((lines.redraw, lines.redraw, lines.refresh))()
            await pilot.pause()
            assert app.painted() == [*app.texts, *[""] * (ROWS - len(app.texts))]


async def test_what_nobody_said_has_changed_is_found_by_the_next_redraw() -> None:
    app = Board()
    async with app.run_test(size=(40, 10)) as pilot:
        lines = app.query_one("#lines", PaintedLines)
        app.texts = ["a", "b", "c"]
        lines.redraw()
        app.texts = ["a", "x", "c"]
        await pilot.pause()
        app.texts = ["a", "x", "y"]
        lines.redraw()
        await pilot.pause()
        assert app.painted()[:3] == ["a", "x", "y"]


async def test_a_line_that_stays_is_not_painted() -> None:
    app = Board()
    async with app.run_test(size=(40, 10)) as pilot:
        lines = app.query_one("#lines", PaintedLines)
        app.texts = ["a", "b", "c"]
        lines.redraw()
        await pilot.pause()
        app.texts = ["a", "!b", "c"]
        lines.redraw()
        assert {region.y for region in lines._repaint_regions} == {1}


async def test_a_scan_leaves_the_field_as_it_was_and_typed_text_is_shown() -> None:
    app = Board()
    async with app.run_test(size=(40, 10)) as pilot:
        field = app.query_one(ScanField)
        field.focus()
        await pilot.press("1", "2")
        await asyncio.sleep(PAINT_AFTER * 3)
        await pilot.pause()
        assert "12" in str(field.render())
        assert "12" in app.screen._compositor.render_strips()[ROWS].text
        await pilot.press("enter")
        await asyncio.sleep(PAINT_AFTER * 3)
        await pilot.pause()
        assert "12" not in app.screen._compositor.render_strips()[ROWS].text
