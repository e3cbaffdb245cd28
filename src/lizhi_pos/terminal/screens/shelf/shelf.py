"""The shelf: a scan or a name finds a product; its lots and moves beside it; price, barcode, loss, recall, label."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.office.shelf_rows import First, Shelf
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.shelf import LOT_ROWS, shelf_detail, shelf_lines, who_took_lines
from lizhi_pos.terminal.screens.shelf.acts import ShelfActs
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.till.typed_input import read_typed

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are the end of a code."""


class ShelfScreen(ShelfActs):
    """Products with those first that are near their expiry, or run short. Enter goes into the lots of one."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.SHELF]
    KEYS = keymap.SHELF
    FIELD = (
        ("690…", message("goods: a barcode; the mark jumps there")),
        ("xj", message("a part of the name or its first letters: only those are shown")),
        ("7892", message("the last four digits of a code, or more")),
        ("Enter", message("on the empty field: into the lots of the marked product, and back")),
        ("Esc", message("clear the field, leave the lots, show all products again, go back")),
    )

    def __init__(self, first: First) -> None:
        super().__init__()
        self._first: First = first
        self._is_looking = False

    def count(self) -> int:
        return len(self._shelf.rows) if self._shelf else 0

    @property
    def marked_row(self) -> int:
        return self._shelf.marked if self._shelf else 0

    async def read(self) -> None:
        self._service = await self.app.job(ShelfService)
        self.notice = None
        await self._read()

    async def _read(self) -> None:
        view = await self.app.work.run(self._service.read)
        if self._shelf is None:
            self._shelf = Shelf(view, self._first)
        else:
            self._shelf.take(view)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        super().show()
        sees = self.is_detail_open or self.has_class("-wide")
        if sees and not self._is_looking and self._shelf is not None and self._shelf.wants_detail:
            self._is_looking = True
            self.begin(self._look)

    async def _look(self) -> None:
        """Read what more is told of the marked product, unless another one is about to be marked."""
        self._is_looking = False
        found = self._shelf.row if self._shelf else None
        if self._shelf is not None and found is not None and self._events.empty():
            await self._read_detail(found)

    def mark(self, by: int) -> None:
        if self._shelf is None:
            return
        if self._took is not None:
            self._took.marked = min(max(self._took.marked + by, 0), max(len(self._took.households) - 1, 0))
        elif self.is_detail_open:
            self._shelf.mark_lot(self._shelf.marked_lot + by)
        else:
            self._shelf.mark(self._shelf.marked + by)

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        """Mark the product or the lot that was clicked; a second click on a product goes into it."""
        message.stop()
        # Textual asks the base's handler, too
        message.prevent_default()
        at = message.row

        async def mark() -> None:
            if self._shelf is None or self._took is not None:
                return
            if at >= LOT_ROWS:
                self.is_detail_open = True
                self._shelf.mark_lot(at - LOT_ROWS)
            elif at == self._shelf.marked:
                await self.done()
            else:
                self.is_detail_open = False
                self._shelf.mark(at)

        self.begin(mark)

    async def done(self) -> None:
        if self._took is not None:
            self._took = None
        elif self._shelf is not None and self._shelf.row is not None:
            self.is_detail_open = not self.is_detail_open

    async def left(self) -> None:
        self.notice = None
        if self._took is not None:
            self._took = None
        elif self._names is not None:
            self._names = None
        elif self.is_detail_open:
            self.is_detail_open = False
        elif self._shelf is not None and self._shelf.filter:
            self._shelf.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        shelf, entry = self._shelf, read_typed(text)
        self._took = None
        if shelf is None:
            self.app.bell()
        elif self._names is not None:
            await self._give_code(self._names, entry)
        elif typed and text.isdigit() and len(text) <= LONGEST_NUMBER:
            self.is_detail_open = False
            at = int(text) - 1
            if 0 <= at < len(shelf.rows):
                shelf.mark(at)
            else:
                self.app.bell()
        elif shelf.jump(entry.code):
            self._say_marked(shelf)
        elif typed and shelf.narrow(text):
            self.is_detail_open = False
            self.note("said", message("{0} {0:product|products}; Esc shows all again", len(shelf.rows)))
        else:
            other = await self.app.work.run(lambda: self._service.what_else(entry.code))
            self.note("refusal", other or message("No goods go by {0}", text))

    def _say_marked(self, shelf: Shelf) -> None:
        if (found := shelf.row) is not None:
            price = format_hundredths(found.price)
            self.note("said", message("{0}: {1} on the shelf, {2}", found.title, found.on_hand, price))

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Shelf'), self.app.translate)}"
        if self._shelf is not None:
            start += f"  {self._shelf.view.day.isoformat()}"
            words = message("{0} {0:product|products}", len(self._shelf.rows))
            start += f"  {render(words, self.app.translate)}"
            if self._shelf.filter:
                start += f"  {render(message('with {0}', self._shelf.filter), self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self._took is not None:
            return message("F7 prints this list; Esc goes back")
        if self._names is not None:
            return message("scan the other barcode of {0}; 24* before it for a carton of 24", self._names.title)
        if self.is_detail_open:
            return message("↑ ↓ mark a lot; F4 writes off, F6 recalls; Esc goes back to the products")
        return message("scan goods, or a name or its first letters; Enter shows the lots")

    def rows(self, width: int, height: int) -> list[Content]:
        if self._took is not None:
            return who_took_lines(self._took, self.app.translate, width, height)
        return shelf_lines(self._shelf, self.app.translate, width, height) if self._shelf else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self._took is not None and not self.has_class("-wide"):
            return self.rows(width, height)
        if self._shelf is None:
            return []
        return shelf_detail(self._shelf, self.app.translate, width, height, is_open=self.is_detail_open)
