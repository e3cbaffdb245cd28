"""Where the points of a receipt come from: its goods and givers, the entries that paid for it, and on from there."""

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.household_pages import CardKey, Place, ReceiptKey
from lizhi_pos.office.households import HouseholdsService
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.screens.households.pages import PagesScreen
from lizhi_pos.text import normalize


class OriginScreen(PagesScreen):
    """Pages that begin with a receipt. The field takes another receipt or a booklet."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.ORIGIN]
    KEYS = keymap.ORIGIN
    HINT = message("↑ ↓ and Enter follow the points; another receipt or booklet at any time")
    FIELD = (
        ("1-2024-…", message("a receipt, scanned or typed: where its points come from")),
        ("GZ0012", message("a booklet: its card")),
        ("Enter", message("on the empty field: where the marked line leads")),
        ("Esc", message("back to the line before")),
    )

    def __init__(self, first: Place) -> None:
        super().__init__()
        self._first = first

    def count(self) -> int:
        return len(self.opened.leading) if self.opened else 0

    async def read(self) -> None:
        self._service = await self.app.job(HouseholdsService)
        self.notice = None
        await self.open(self._first)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        number = normalize.number(text)
        if not await self.open(ReceiptKey(number) if "-" in number else CardKey(number)):
            self.app.bell()

    async def done(self) -> None:
        await self.follow()

    async def left(self) -> None:
        self.notice = None
        if len(self.pages) > 1:
            self.pages.pop()
        else:
            self.dismiss(None)

    def header(self, width: int, height: int) -> list[Content]:
        start, end = f" {render(message('Where points come from'), self.app.translate)}", self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return self.page_lines(width, height)
