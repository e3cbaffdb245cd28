"""Before the first sale: today's session is not open. One Enter on the redemption day, else a second person."""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from lizhi_pos.messages import refusal_words, tell
from lizhi_pos.refusal import Refusal, Text, say
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import wrapped
from lizhi_pos.terminal.widgets.lines import Lines
from lizhi_pos.terminal.widgets.status import SHOP, key_line

if TYPE_CHECKING:
    from lizhi_pos.checkout.counter import Counter
    from lizhi_pos.terminal.app import TillApp

_FIELDS = (("approver", say("Approver's name")), ("pin", say("Approver's PIN")), ("reason", say("Reason")))


class DayScreen(Screen[None]):
    """Opens today's session, or first closes one that was left open."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.DAY]

    app: "TillApp"

    def __init__(self, shop: "Counter") -> None:
        super().__init__()
        self._shop = shop
        self._message = ""
        self._busy = False

    @property
    def _asks(self) -> bool:
        """Whether the opening needs a second person."""
        return self._shop.other_open is None and (self._shop.closed_today or not self._shop.redemption_day)

    def compose(self) -> ComposeResult:
        translate = self.app.translate
        with Vertical(classes="form"):
            yield Lines(self._lines, classes="auto")
            if self._asks:
                for name, label in _FIELDS:
                    words = tell(label, translate)
                    yield Lines(lambda w, h, words=words: [Content(words)])  # type: ignore[misc]
                    yield Input(password=name == "pin", id=name)
            yield Lines(self._said, id="message", classes="auto")
        yield Lines(lambda w, h: [key_line(keymap.DAY, translate, w)], id="keys")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "ctrl+j") and not self._asks:
            event.stop()
            self._begin()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        fields = [self.query_one(f"#{name}", Input) for name, _ in _FIELDS]
        empty = [field for field in fields if not field.value.strip()]
        if empty:
            empty[0].focus()
        else:
            self._begin()

    def _begin(self) -> None:
        if not self._busy:
            self._busy = True
            self.app.run_worker(self._act())

    async def _act(self) -> None:
        try:
            refusal = await self._close_other() if self._shop.other_open else await self._open()
            words = refusal_words(refusal, self.app.translate) if refusal else []
        except Exception as error:
            self.app.note_failure(error)
            words = [self.app.failure_words()]
        self._busy = False
        if words and self.is_attached:
            self._message = "\n".join(words)
            self.query_one("#message", Lines).redraw()
            self.app.bell()

    async def _open(self) -> Refusal | None:
        app, values = self.app, [""] * len(_FIELDS)
        if self._asks:
            values = [self.query_one(f"#{name}", Input).value.strip() for name, _ in _FIELDS]
        books, clerk = await app.books(), app.signed_in
        answer = await app.work.do(lambda: books.open_session(clerk, *values))
        if isinstance(answer, Refusal):
            if self._asks:
                self.query_one("#pin", Input).value = ""
            return answer
        return await app.go_on()

    async def _close_other(self) -> Refusal | None:
        app, day = self.app, self._shop.other_open
        assert day is not None
        books, clerk = await app.books(), app.signed_in
        answer = await app.work.do(lambda: books.close_session(clerk, day))
        return answer if isinstance(answer, Refusal) else await app.go_on()

    def _lines(self, width: int, height: int) -> list[Content]:
        translate, shop = self.app.translate, self._shop
        lines = [Content.styled(f"{SHOP}·{shop.town}  {shop.day:%Y-%m-%d}", "bold"), Content("")]
        for text in self._state():
            lines += [Content(line) for line in wrapped(tell(text, translate), max(width, 20))]
        return [*lines, Content("")]

    def _state(self) -> tuple[Text, ...]:
        shop = self._shop
        if shop.other_open is not None:
            day = shop.other_open.isoformat()
            return (say("The session of {0} is still open.", day), say("Enter closes it."))
        if shop.closed_today:
            return (say("Today's session was closed. Opening it again needs a second person."),)
        if not shop.redemption_day:
            return (say("Today is not the month's redemption day. Opening needs a second person."),)
        return (say("Today is the month's redemption day; its session is not open yet."), say("Enter opens it."))

    def _said(self, width: int, height: int) -> list[Content]:
        words = [line for text in self._message.splitlines() for line in wrapped(text, max(width - 2, 20))]
        return [Content.styled(f"✘ {line}", "bold $text-error") for line in words]
