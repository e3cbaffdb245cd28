"""The end of a market day: what it came to, what stands in the way, and the closing itself (三(五)1)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.rows import can_be_clicked, page
from lizhi_pos.terminal.screens.shared.aside import aside
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator
    from lizhi_pos.checkout.market_session import MarketView
    from lizhi_pos.checkout.open_baskets import OpenBasket

_STILL_OPEN = message("Baskets are still open: redeem them, or F8 forgets them")


class CloseSessionScreen(ListScreen):
    """A session's counts by village; F10, pressed twice, closes it. Open baskets stand in the way."""

    KEYS = keymap.CLOSE
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.CLOSE]

    def __init__(self, day: date) -> None:
        super().__init__()
        self._day = day
        self._view: MarketView | None = None
        self._left: Sequence[OpenBasket] = ()

    def count(self) -> int:
        return len(self._view.villages) if self._view else 0

    async def read(self) -> None:
        back = await self.app.office()
        view, self._left = await self.app.work.run(lambda: back.session_of(self._day))
        if isinstance(view, Refusal):
            self.refuse(view)
            return
        self._view, self.notice = view, None
        if self._left:
            self.note("hint", _STILL_OPEN)

    def action_close(self) -> None:
        if self._view is not None and self._view.state == "open":
            self.begin(self._ask)

    def action_forget(self) -> None:
        if self._left:
            self.begin(self._ask_forget)

    async def _ask(self) -> None:
        if self._left:
            self.note("refusal", _STILL_OPEN)
        elif await self.app.ask(Confirm(message("Close the session of {0}?", str(self._day)), "f10", "F10")):
            await self._close(forget=False)

    async def _ask_forget(self) -> None:
        question = message(
            "Forget {0} open baskets and close the session? Nothing of them is redeemed", len(self._left)
        )
        if await self.app.ask(Confirm(question, "f8", "F8")):
            await self._close(forget=True)

    async def _close(self, *, forget: bool) -> None:
        back = await self.app.office()
        answer = await self.app.work.run(lambda: back.close_session(self.app.signed_in, self._day, forget))
        await self.read()
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.app.navigator.session_closed()
        self.app.wake_printing()
        self.note("done", message("The session is closed; the day's slip is with the printer"))
        # of the program, not of the screen: whoever leaves it does not end the copy
        self.app.run_worker(self._copy(self.app.signed_in), name="copy")

    async def _copy(self, by: "Operator") -> None:
        """Copy the books beside the screen: a stick may be slow. The session is closed whatever comes of it."""
        back = await self.app.office()
        made = await self.app.attempt(lambda: aside(lambda: back.copies_after_closing(by)))
        if isinstance(made, Refusal):
            self._tell(message("The session is closed, but there is no copy of the books: see the log"))
        elif made:
            self._tell(made[0])
        elif self.is_attached:
            self.note("done", message("The session is closed, the books are copied; the slip is with the printer"))
            self.show()

    def _tell(self, words: Message) -> None:
        """Say what stood in the way of a copy, on the screen that is open by now."""
        screen = self if self.is_attached else self.app.screen
        if isinstance(screen, ListScreen):
            screen.note("refusal", words)
            screen.show()

    def action_back(self) -> None:
        if self._view is not None and self._view.state != "open" and not self._busy:
            self.app.run_worker(self.app.navigator.start_over())
        else:
            super().action_back()

    def header(self, width: int, height: int) -> list[Content]:
        words = render(message("The session of {0}", str(self._day)), self.app.translate)
        return [Content.styled(left(words, width), "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        view, translate = self._view, self.app.translate
        if view is None:
            return []
        lines = [self._pair(label, value, width) for label, value in _sums(view)]
        lines += [self._pair(message("Receipts"), numbers, width) for numbers in view.receipts]
        for basket in self._left:
            pieces, where = (
                render(text, translate) for text in (message("{0} {0:piece|pieces}", basket.units), basket.where)
            )
            words = f"  ▲ {basket.booklet}  {basket.head}  {pieces}  {where}"
            lines.append(Content.styled(left(words, width), "bold $text-warning"))
        room = max(height - len(lines) - 2, 1)
        first, last = page(len(view.villages), self.marked, room)
        lines += [Content(""), *(self._village(at, width) for at in range(first, last))]
        return lines

    def _pair(self, label: Message, value: Message | str, width: int) -> Content:
        translate = self.app.translate
        words = render(value, translate) if isinstance(value, Message) else value
        return Content.assemble((f"  {left(render(label, translate), 24)}", "$foreground-muted"), (words, "bold"))

    def _village(self, at: int, width: int) -> Content:
        assert self._view is not None
        v = self._view.villages[at]
        counts = render(message("households {0}, receipts {1}", v.households, v.redemptions), self.app.translate)
        text = f"  {left(v.village, 20)}{left(counts, 28)}{right(format_hundredths(v.points), 12)}"
        if v.returned:
            net = render(message("net {0}", format_hundredths(v.points - v.returned)), self.app.translate)
            text += right(net, 16)
        # nothing is done with one village: a mark would say so
        return can_be_clicked(Content(text), at)


def _sums(view: "MarketView") -> list[tuple[Message, Message | str]]:
    return [
        (message("Households"), str(view.households)),
        (message("Redemptions"), message("{0}, {1} {1:piece|pieces}", view.redemptions, view.units)),
        (message("Points"), format_hundredths(view.points)),
        (
            message("Came back"),
            message("{0} {0:time|times}, {1} points", view.returns, format_hundredths(view.returned)),
        ),
        (message("Net"), format_hundredths(view.points - view.returned)),
        (message("Papers to decide about"), str(view.unknown_jobs)),
        (message("Chain head"), view.chain),
    ]
