"""Who stands at the till: name and PIN."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from lizhi_pos.messages import tell
from lizhi_pos.refusal import say
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.widgets.lines import Lines
from lizhi_pos.terminal.widgets.status import SHOP, key_line

if TYPE_CHECKING:
    from lizhi_pos.terminal.app import TillApp


class SignIn(Screen[None]):
    """Asks for a name, or its number in the list, and a PIN."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.SIGN_IN]
    AUTO_FOCUS = "#name"

    app: "TillApp"

    def __init__(self, name: str = "", message: str = "") -> None:
        super().__init__()
        self._first_name = name
        self._message = message
        self._names: list[str] = []
        self._busy = False

    def compose(self) -> ComposeResult:
        translate = self.app.translate
        with Vertical(classes="form"):
            yield Lines(lambda w, h: [Content.styled(SHOP, "bold"), Content("")], classes="auto")
            yield Lines(lambda w, h: [Content(tell(say("Who is at the till? Name, or its number"), translate))])
            yield Input(self._first_name, id="name")
            yield Lines(self._listed, id="names", classes="auto")
            yield Lines(lambda w, h: [Content(tell(say("PIN"), translate))])
            yield Input(password=True, id="pin")
            yield Lines(self._said, id="message", classes="auto")
        if self.app.settings.notes:
            yield Lines(self._notes, id="notes")
        yield Lines(lambda w, h: [key_line(keymap.SIGN_IN, translate, w)], id="keys")

    async def on_mount(self) -> None:
        if self._first_name:
            self.query_one("#pin").focus()
        self.app.run_worker(self._list_names())

    def say(self, message: str) -> None:
        """Shows why nobody is signed in."""
        self._message = message
        self.query_one("#message", Lines).redraw()

    def action_other_name(self) -> None:
        for part in ("#pin", "#name"):
            self.query_one(part, Input).value = ""
        self.query_one("#name").focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        name, pin = self.query_one("#name", Input), self.query_one("#pin", Input)
        chosen = name.value.strip()
        if chosen.isdigit() and 1 <= int(chosen) <= len(self._names):
            name.value = chosen = self._names[int(chosen) - 1]
        if not chosen:
            name.focus()
        elif message.input is name or not pin.value:
            pin.focus()
        elif not self._busy:
            self._busy = True
            self.app.run_worker(self._try(chosen, pin.value))
            pin.value = ""

    async def _list_names(self) -> None:
        try:
            books = await self.app.books()
            self._names = await self.app.work.do(books.names)
        except Exception as error:
            self.app.note_failure(error)
            self.say(self.app.failure_words())
        self.query_one("#names", Lines).redraw()

    async def _try(self, name: str, pin: str) -> None:
        try:
            refused = await self.app.sign_in(name, pin)
        except Exception as error:
            self.app.note_failure(error)
            refused = self.app.failure_words()
        self._busy = False
        if refused and self.is_attached:
            self.say(refused)
            self.app.bell()

    def _listed(self, width: int, height: int) -> list[Content]:
        return [Content.styled(f"  {at} {name}", "$text-muted") for at, name in enumerate(self._names[:9], 1)]

    def _notes(self, width: int, height: int) -> list[Content]:
        return [Content.styled(line, "$text-muted") for line in self.app.settings.notes]

    def _said(self, width: int, height: int) -> list[Content]:
        return [Content.styled(f"✘ {self._message}", "bold $text-error")] if self._message else []
