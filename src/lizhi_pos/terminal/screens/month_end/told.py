"""What came of several files, in lines that can be scrolled."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.cell_errors import CellError
from lizhi_pos.i18n.render import cell_words, render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.shared.scrolled import scrolled

Told = Message | CellError
"""A line, or what is wrong in a cell, which stands indented below its file's."""


class ToldScreen(JobScreen):
    """Lines to be read, and left with Enter or Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.TOLD]
    KEYS = keymap.TOLD
    HINT = message("↑ ↓ go on; Enter or Esc goes back")
    FIELD = (("Enter", message("go back")),)

    def __init__(self, title: Message, told: Sequence[Told]) -> None:
        super().__init__()
        self._title, self._told = title, told
        self._top = 0

    def mark(self, by: int) -> None:
        """Go on in the lines."""
        self._top = max(self._top + by, 0)

    async def read(self) -> None:
        self.notice = None

    async def done(self) -> None:
        self.dismiss(None)

    def header(self, width: int, height: int) -> list[Content]:
        start, end = f" {render(self._title, self.app.translate)}", self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        said = (self._words(one) for one in self._told)
        lines = [Content(f" {part}") for one in said for part in wrapped(one, width - 2)]
        shown, self._top = scrolled(lines, self._top, height, self.app.translate)
        return shown

    def _words(self, one: Told) -> str:
        if isinstance(one, CellError):
            return f"  {cell_words(one, self.app.translate)}"
        return render(one, self.app.translate)
