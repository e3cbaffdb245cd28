"""A question before something is lost; and the base of what stands over another screen."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import wrapped
from lizhi_pos.terminal.rows import answers
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines


class Confirm(LeftOnce[bool], ModalScreen[bool]):
    """Yes is the key that asked, pressed again; no is Escape.

    Enter and letters are neither, for a scan sends those: it rings, and is not taken.
    """

    app: Shell

    def __init__(self, question: Message, yes: str, shown: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._shown = shown

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PaintedLines(self._lines, classes="auto")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if not event.is_printable:
            # of a scan its end alone is taken, so that it rings once
            self.answer(event.key)

    def answer(self, key: str) -> None:
        """Take a key as the answer, if it is one."""
        if key in (self._yes, "escape"):
            self.dismiss(key == self._yes)
        else:
            self.app.bell()

    def _lines(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        words = render(message("{0} again: yes    Esc: no", self._shown), translate)
        question = [Content.styled(line, "bold") for line in wrapped(render(self._question, translate), max(width, 20))]
        return [*question, Content(""), answers(words, (self._yes, "escape"))]
