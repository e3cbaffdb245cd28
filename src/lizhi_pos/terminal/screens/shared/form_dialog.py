"""A dialog with a few fields over another screen, kept until what was filled in is accepted or Escape leaves it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.columns import wrapped
from lizhi_pos.terminal.form import WHY_EMPTIED, Field, Form
from lizhi_pos.terminal.panels.header_footer import refusal_lines
from lizhi_pos.terminal.rows import answers
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.form_fields import FormFields
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines


class Wrong(Struct, frozen=True):
    """What is wrong with one field of a dialog."""

    field: str
    refusal: Refusal


Attempt = Callable[[Mapping[str, str]], Awaitable[Refusal | Wrong | None]]
"""Tries what was filled in; a refusal is shown and the dialog stays."""


Heading = Callable[[Mapping[str, str]], Message]
"""What is said first, by what is filled in so far."""


class FormDialog(LeftOnce[bool], ModalScreen[bool]):
    """True once the attempt was accepted; False for Escape. A scan is no answer: it rings and leaves no trace.

    After a refusal the cursor is in the field that is wrong, else in the one named `again`, to be filled in anew.
    """

    app: Shell

    def __init__(self, heading: Message | Heading, fields: Sequence[Field], attempt: Attempt, again: str) -> None:
        super().__init__()
        self._heading = heading
        self._form = Form(fields, lambda msgid: self.app.translate(msgid))
        self._attempt = attempt
        self._again = again
        self._refusal: Refusal | None = None
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PaintedLines(self._head, id="heading", classes="auto")
            yield FormFields(self._form, lambda message: self.app.translate(message), self._changed)
            yield PaintedLines(self._said, id="message", classes="auto")
            yield PaintedLines(self._foot, classes="auto")

    def on_mount(self) -> None:
        self.query_one(FormFields).focus()

    def on_key(self, event: events.Key) -> None:
        """Ring at a key that the fields have no use for; nothing behind the dialog gets it."""
        event.stop()
        event.prevent_default()
        if event.key not in ("enter", "ctrl+j", "ctrl+m"):
            self.app.bell()

    def on_form_fields_filled(self, message: FormFields.Filled) -> None:
        message.stop()
        if message.came == "left":
            if not self._busy:
                self.dismiss(False)
        elif message.came != "done":
            if message.came in WHY_EMPTIED:
                self._refusal = Refusal(text=WHY_EMPTIED[message.came])
                self.query_one("#message", PaintedLines).redraw()
            self.app.bell()
        elif not self._busy:
            self._busy = True
            self.run_worker(self._try())

    async def _try(self) -> None:
        answer = await self.app.attempt(lambda: self._attempt(self._form.values))
        self._busy = False
        if not self.is_attached:
            return
        if answer is None:
            self.dismiss(True)
            return
        wrong = answer if isinstance(answer, Wrong) else Wrong(self._again, answer)
        self._refusal = wrong.refusal
        self._form.go_to(wrong.field, anew=True)
        self.query_one(FormFields).show()
        self.query_one("#message", PaintedLines).redraw()
        self.app.bell()

    def _changed(self) -> None:
        if not isinstance(self._heading, Message):
            self.query_one("#heading", PaintedLines).redraw()

    def _head(self, width: int, height: int) -> list[Content]:
        said = self._heading if isinstance(self._heading, Message) else self._heading(self._form.values)
        words = wrapped(render(said, self.app.translate), max(width, 20))
        return [*(Content.styled(line, "bold") for line in words), Content("")]

    def _said(self, width: int, height: int) -> list[Content]:
        return refusal_lines(self._refusal, self.app.translate, width)

    def _foot(self, width: int, height: int) -> list[Content]:
        words = render(message("Enter: next    Esc: leave"), self.app.translate)
        return [answers(words, ("enter", "escape"), "$foreground-muted")]
