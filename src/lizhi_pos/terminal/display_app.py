"""A full screen that faces the household; it follows its till and is never in its way."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import constants
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.filter import LineFilter

from lizhi_pos.i18n.catalogue import Translate, translator
from lizhi_pos.terminal.console import PlainSigns, is_linux_console, wants_no_colour
from lizhi_pos.terminal.lost_terminal import TerminalLost
from lizhi_pos.terminal.panels.customer_display import display_lines
from lizhi_pos.terminal.themes import THEMES
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.till.customer_display import CustomerDisplay

if TYPE_CHECKING:
    from textual.driver import Driver

LOOK_EVERY_S = 0.1
"""Seconds between two looks at what the till shows."""


class DisplayApp(App[None]):
    """Shows what `look` answers. Ctrl+Q ends it, Ctrl+T takes the next colours; no other key does anything."""

    CSS = "Screen { background: $background; color: $foreground; } PaintedLines { height: 1fr; padding: 0; }"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS = [Binding("ctrl+t", "next_theme", show=False)]  # noqa: RUF012 - Textual's own name and type

    def __init__(self, look: Callable[[], CustomerDisplay | None], till: str, lang: str) -> None:
        self.on_console = is_linux_console()
        super().__init__(ansi_color=True if wants_no_colour() else None)
        self._look = look
        self._till = till
        self._translate: Translate = translator(lang)
        self._shown: CustomerDisplay | None = None

    def compose(self) -> ComposeResult:
        yield PaintedLines(self._lines, id="display")

    def on_mount(self) -> None:
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "lizhi-contrast"
        self._follow()
        self.set_interval(LOOK_EVERY_S, self._follow)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what is done to every line before it goes to the terminal."""
        return [*super().get_line_filters(), *([PlainSigns()] if self.on_console else [])]

    def get_driver_class(self) -> "type[Driver]":
        """Return the till's own driver, which tells when the terminal is gone."""
        if constants.DRIVER is not None or sys.platform == "win32":
            return super().get_driver_class()
        from lizhi_pos.terminal.keys import TerminalDriver

        return TerminalDriver

    def on_terminal_lost(self, message: TerminalLost) -> None:
        """End: nobody sees it any more."""
        self.exit()

    def action_next_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_help_quit(self) -> None:
        """Ctrl+C ends it too: nothing is lost by that."""
        self.exit()

    def _follow(self) -> None:
        shown = self._look()
        if shown != self._shown:
            self._shown = shown
            self.query_one(PaintedLines).redraw()

    def _lines(self, width: int, height: int) -> Sequence[Content]:
        return display_lines(self._shown, self._till, self._translate, width, height)
