"""Gifts and the pool: gifts, pledges, purchases and the cash book, each with what became of it, told by role."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.gifts import GiftsService
from lizhi_pos.office.pool_rows import PoolList
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.gifts import VIEW_WORDS, pool_detail_lines, pool_lines
from lizhi_pos.terminal.screens.gifts.acts import GiftsActs
from lizhi_pos.text import normalize

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are a part of a voucher's."""


class GiftsScreen(GiftsActs):
    """The vouchers of the pool, newest first. Enter tells what became of the marked one."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.GIFTS]
    KEYS = keymap.GIFTS
    HINT = message("voucher, name or first letters; F9: pledges, purchases, cash book")
    FIELD = (
        ("XJ-1", message("a voucher, scanned or typed; the mark jumps there")),
        ("xjg", message("a part of the name or its first letters: only those are shown")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: what became of the marked row, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._is_looking = False
        self._top = 0
        """The detail's first line that is shown."""

    def count(self) -> int:
        return len(self._pool.rows) if self._pool else 0

    @property
    def marked_row(self) -> int:
        return self._pool.marked if self._pool else 0

    def mark(self, by: int) -> None:
        """Mark another row; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        elif self._pool is not None:
            self._pool.mark(self._pool.marked + by)

    async def read(self) -> None:
        self._service = await self.app.job(GiftsService)
        self.notice = None
        await self._read()

    async def _read(self) -> None:
        board = await self.app.work.run(lambda: self._service.board(self.app.signed_in))
        if isinstance(board, Refusal):
            self._pool = None
            self.refuse(board)
        elif self._pool is None:
            self._pool = PoolList(board)
        else:
            self._pool.take(board)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        super().show()
        sees = self.is_detail_open or self.has_class("-wide")
        if sees and not self._is_looking and self._pool is not None and self._pool.wants_detail:
            self._is_looking = True
            self.begin(self._look)

    async def _look(self) -> None:
        """Read what became of the marked row, unless another one is about to be marked."""
        self._is_looking = False
        pool = self._pool
        if pool is None or pool.place is None or not self._events.empty():
            return
        place = pool.place
        found = await self.app.work.run(lambda: self._service.detail(*place, self.app.signed_in))
        if isinstance(found, Refusal):
            self.refuse(found)
            found = None
        pool.details[place] = found

    async def done(self) -> None:
        if self._pool is not None and self._pool.row is not None:
            self.is_detail_open = not self.is_detail_open
            self._top = 0

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._pool is not None and self._pool.filter:
            self._pool.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        pool = self._pool
        if pool is None:
            self.app.bell()
        elif typed and text.isdigit() and len(text) <= LONGEST_NUMBER:
            self.is_detail_open = False
            if 1 <= int(text) <= len(pool.rows):
                pool.mark(int(text) - 1)
            else:
                self.app.bell()
        elif pool.find(normalize.number(text)):
            pass
        elif typed and await self.app.work.run(lambda: pool.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:row|rows}; Esc shows all again", len(pool.rows)))
        else:
            self.note("refusal", message("No voucher and no name here goes by {0}", text))

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Gifts and pool'), self.app.translate)}"
        pool = self._pool
        if pool is not None:
            start += f"  {render(VIEW_WORDS[pool.view], self.app.translate)} {len(pool.rows)}"
            if pool.filter:
                start += f"  {render(message('with {0}', pool.filter), self.app.translate)}"
            if pool.board.cash is not None:
                start += f"  {render(message('cash {0}', format_hundredths(pool.board.cash)), self.app.translate)}"
            if pool.board.bank is not None and pool.board.bank.difference:
                words = message("bank {0}", _signed(pool.board.bank.difference))
                start += f" ▲ {render(words, self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.is_detail_open:
            return message("↑ ↓ go on in the detail; Esc goes back to the rows")
        if self._pool is not None and self._pool.board.cash is None:
            return message("voucher, or a name or its first letters; Enter: what became of it")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return pool_lines(self._pool, self.app.translate, width, height) if self._pool else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self._pool is None:
            return []
        lines = pool_detail_lines(self._pool.detail, self.app.translate, width)
        if len(lines) <= height:
            return lines
        # in the rows only the beginning is shown; Enter lets the arrows go on in it
        top = min(self._top, len(lines) - height + 1) if self.is_detail_open else 0
        self._top = top
        left_over = len(lines) - top - (height - 1)
        words = (
            message("  ↓ {0} more {0:line|lines}; Enter, then ↓", left_over) if left_over else message("  ↑ the end")
        )
        return [*lines[top : top + height - 1], Content.styled(render(words, self.app.translate), "$foreground-muted")]


def _signed(amount: int) -> str:
    return f"{'+' if amount > 0 else ''}{format_hundredths(amount)}"
