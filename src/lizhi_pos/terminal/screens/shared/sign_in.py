"""Who stands at the till: name and PIN. Also what covers a locked till, whose basket waits below."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from lizhi_pos.access.role_words import ROLE_WORDS
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.form import WHY_EMPTIED, Field, Form
from lizhi_pos.terminal.panels.header_footer import SHOP, key_line, refusal_lines
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.form_fields import FormFields
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.till.notices import refusal_of

_MOST_NAMES = 9


class SignIn(Screen[None]):
    """Asks for a name, or its number in the list, and a PIN. A scan is neither: it rings and leaves no trace."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.SIGN_IN if key.key != "escape"]

    app: Shell

    def __init__(self, name: str = "", refusal: Refusal | None = None, *, locked: bool = False) -> None:
        super().__init__()
        self.locked = locked
        self._refusal = refusal
        self._busy = False
        self._names: list[str] = []
        self._form = _new_form(name)

    def compose(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield PaintedLines(self._head, classes="auto")
            yield FormFields(self._form, lambda message: self.app.translate(message))
            yield PaintedLines(self._said, id="message", classes="auto")
        if self.app.settings.notes and not self.locked:
            yield PaintedLines(self._notes, id="notes")
        yield PaintedLines(lambda w, h: [key_line(keymap.SIGN_IN, self.app.translate, w)], id="keys")

    def on_mount(self) -> None:
        self.query_one(FormFields).focus()
        self.app.run_worker(self._list_names())

    def on_key(self, event: events.Key) -> None:
        """Keys that the form did not take: those come back to it once it has the focus again."""
        if not self.query_one(FormFields).has_focus:
            self.query_one(FormFields).focus()

    def on_form_fields_filled(self, message: FormFields.Filled) -> None:
        message.stop()
        if message.came == "left":
            self._start_over("")
        elif message.came != "done":
            if message.came in WHY_EMPTIED:
                self.refuse(Refusal(text=WHY_EMPTIED[message.came]))
            self.app.bell()
        elif not self._busy:
            self._busy = True
            self.app.run_worker(self._try(self._named(self._form.values["name"]), self._form.values["pin"]))

    def refuse(self, refusal: Refusal) -> None:
        """Show why nobody is signed in."""
        self._refusal = refusal
        self.query_one("#message", PaintedLines).redraw()

    def _named(self, name: str) -> str:
        """Return a name, also where its number was given before the names were known."""
        return self._names[int(name) - 1] if name.isdigit() and 1 <= int(name) <= len(self._names) else name

    def _start_over(self, name: str) -> None:
        self._form.texts[:] = [name, ""]
        self._form.go_to("pin" if name else "name")
        self.query_one(FormFields).show()

    async def _list_names(self) -> None:
        try:
            back = await self.app.office()
            people = (await self.app.work.run(back.people))[:_MOST_NAMES]
            doubt = await self.app.work.run(back.clock_doubt)
        except Exception as error:
            self.app.note_failure(error)
            self.refuse(refusal_of(error))
            return
        self._names = [who.name for who in people]
        self._form.give_choices("name", self._names, [ROLE_WORDS[who.role] for who in people])
        self.query_one(FormFields).lay_out()
        if doubt is not None and self._refusal is None:
            self.refuse(Refusal(text=doubt))

    async def _try(self, name: str, pin: str) -> None:
        refused = await self.app.attempt(lambda: self.app.sign_in(name, pin))
        self._busy = False
        if refused and self.is_attached:
            self.refuse(refused)
            self._form.go_to("pin", anew=True)
            self.query_one(FormFields).show()
            self.app.bell()

    def _head(self, width: int, height: int) -> list[Content]:
        question = message("The till is locked. Who goes on?") if self.locked else message("Who is at the till?")
        return [Content.styled(SHOP, "bold"), Content(""), Content(render(question, self.app.translate)), Content("")]

    def _notes(self, width: int, height: int) -> list[Content]:
        return [Content.styled(line, "$foreground-muted") for line in self.app.settings.notes]

    def _said(self, width: int, height: int) -> list[Content]:
        return refusal_lines(self._refusal, self.app.translate, width)


def _new_form(name: str) -> Form:
    form = Form(
        (
            Field(name="name", label=message("Name, or number"), value=name, person=True),
            Field(name="pin", label=message("PIN"), secret=True),
        )
    )
    if name:
        form.go_to("pin")
    return form
