"""Before the first sale: today's session is not open. One Enter on the redemption day, else a second person."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import wrapped
from lizhi_pos.terminal.panels.header_footer import SHOP, key_line, refusal_lines
from lizhi_pos.terminal.rows import pressing
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval
    from lizhi_pos.checkout.till_queries import TradingDay


class OpenSessionScreen(LeftOnce[None]):
    """Opens today's session, or first closes one that was left open. A scan is no answer: it rings."""

    KEYS = keymap.DAY
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.DAY]

    app: Shell

    def __init__(self, shop: "TradingDay") -> None:
        super().__init__()
        self._shop = self.shop = shop
        self._refusal: Refusal | None = None
        self._busy = False
        self._typed = 0

    @property
    def _asks(self) -> bool:
        """Whether the opening needs a second person."""
        shop = self._shop
        return shop.other_open is None and (
            shop.closed_today or not shop.redemption_day or shop.clock_doubt is not None
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield PaintedLines(self._lines, classes="auto")
            yield PaintedLines(self._said, id="message", classes="auto")
        yield PaintedLines(lambda w, h: [key_line(keymap.DAY, self.app.translate, w)], id="keys")

    def on_key(self, event: events.Key) -> None:
        if event.is_printable:
            # the end of a scan is not Enter by a hand
            self._typed += 1
        elif event.key in ("enter", "ctrl+j"):
            event.stop()
            if self._typed:
                self._typed = 0
                self.app.bell()
            else:
                self._begin(forget=False)

    def action_finish(self) -> None:
        if self._shop.other_open is not None and not self._busy:
            self._busy = True
            self.app.run_worker(self._try(self.app.navigator.go_on_with_left_open))

    def action_forget(self) -> None:
        if self._shop.other_open is not None:
            self._begin(forget=True)

    def _begin(self, *, forget: bool) -> None:
        if not self._busy:
            self._busy = True
            self.app.run_worker(self._try(lambda: self._close_other(forget) if self._shop.other_open else self._open()))

    async def _try(self, act: Callable[[], Awaitable[Refusal | None]]) -> None:
        refusal = await self.app.attempt(act)
        self._busy = False
        if refusal and self.is_attached:
            self._refusal = refusal
            self.query_one("#message", PaintedLines).redraw()
            self.app.bell()

    async def _open(self) -> Refusal | None:
        app = self.app
        approval: Approval | None = None
        if self._asks:
            answer = await ask_approval(app, self._state()[0][0])
            if answer is None:
                return None
            approval = answer[0]
        back = await app.office()
        opened = await app.work.run(lambda: back.open_session(app.signed_in, approval))
        return opened if isinstance(opened, Refusal) else await app.navigator.go_on()

    async def _close_other(self, forget: bool) -> Refusal | None:
        app, day = self.app, self._shop.other_open
        assert day is not None
        question = message(
            "Forget the baskets of {0} that are still open? Nothing of them is redeemed", day.isoformat()
        )
        if forget and not await app.ask(Confirm(question, "f8", "F8")):
            return None
        back = await app.office()
        answer = await app.work.run(lambda: back.close_session(app.signed_in, day, forget))
        return answer if isinstance(answer, Refusal) else await app.navigator.go_on()

    def _lines(self, width: int, height: int) -> list[Content]:
        translate, shop = self.app.translate, self._shop
        lines = [Content.styled(f"{SHOP}·{shop.town}  {shop.day:%Y-%m-%d}", "bold"), Content("")]
        for text, key in self._state():
            words = wrapped(render(text, translate), max(width, 20))
            lines += [pressing(Content(line), key) if key else Content(line) for line in words]
        return [*lines, Content("")]

    def _state(self) -> Sequence[tuple[Message, str]]:
        """Return what is to be said, and the key that each sentence names, if it names one."""
        doubt = self._shop.clock_doubt
        return (((doubt, ""),) if doubt else ()) + tuple(self._stands())

    def _stands(self) -> Sequence[tuple[Message, str]]:
        """Return what is to be said of the day, wherever its date comes from."""
        shop = self._shop
        if shop.other_open is not None:
            day = shop.other_open.isoformat()
            finish = message("Where baskets of it are still open: F2 goes on with them, a second person approves each.")
            forget = message("F8 forgets them and closes it.")
            left_open = message("The session of {0} is still open.", day)
            return ((left_open, ""), (message("Enter closes it."), "enter"), (finish, "f2"), (forget, "f8"))
        if shop.closed_today:
            return (
                (message("Today's session was closed. Opening it again needs a second person."), ""),
                (message("Enter asks for them."), "enter"),
            )
        if not shop.redemption_day:
            return (
                (_not_today(shop.redemption_on, shop.day), ""),
                (message("Opening needs a second person."), ""),
                (message("Enter asks for them."), "enter"),
            )
        if shop.clock_doubt is not None:
            return (
                (message("Opening needs a second person."), ""),
                (message("Enter asks for them."), "enter"),
            )
        return (
            (message("Today is the month's redemption day; its session is not open yet."), ""),
            (message("Enter opens it."), "enter"),
        )

    def _said(self, width: int, height: int) -> list[Content]:
        return refusal_lines(self._refusal, self.app.translate, width)


def _not_today(redemption: date | None, day: date) -> Message:
    """Return that today is not the redemption day, and which day is."""
    if redemption is None:
        return message("Today is not a redemption day: the town has entered no market day yet.")
    if (redemption.year, redemption.month) == (day.year, day.month):
        return message("Today is not the month's redemption day: that is {0}.", redemption.isoformat())
    return message("This month has no redemption day: the next one is {0}.", redemption.isoformat())
