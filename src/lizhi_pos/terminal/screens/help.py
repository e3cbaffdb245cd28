"""What the one field takes, and the keys: one page over the selling screen."""

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lizhi_pos.messages import tell
from lizhi_pos.refusal import say
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.widgets.lines import Lines

if TYPE_CHECKING:
    from lizhi_pos.terminal.app import TillApp

_ROWS = (
    ("GZ0012", say("a booklet, at any time; its digits alone will do")),
    ("zjg", say("first letters of the head's name: a list of households")),
    ("690…", say("goods: a barcode or a short code")),
    ("xj", say("first letters of goods, once a household is there; /xj at any time")),
    ("3*", say("before a scan: three of it")),
    ("+ -", say("one more, one less of the marked line")),
    ("↑ ↓", say("mark another line")),
    ("Enter", say("on the empty field: redeem")),
    ("Esc", say("clear the field, leave a list, forget a household without goods")),
    ("F4", say("somebody collects for the household: name and relation")),
    ("F7", say("print the last receipt again")),
    ("F8", say("take everything off the counter")),
    ("F9", say("today's receipts: print one again, take goods back")),
    ("F11 F12", say("colours; sign out")),
)


class Help(ModalScreen[None]):
    """Escape or F1 closes it; a scan closes nothing and rings."""

    app: "TillApp"

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Lines(self._lines, classes="auto")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key in ("escape", "f1"):
            self.dismiss(None)
        else:
            self.app.bell()

    def _lines(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        lines = [Content.styled(tell(say("What the field takes"), translate), "bold"), Content("")]
        for shown, label in _ROWS:
            first, *rest = wrapped(tell(label, translate), max(width - 10, 20))
            lines.append(Content.assemble((left(shown, 10), "bold"), first))
            lines += [Content(" " * 10 + line) for line in rest]
        return [*lines, Content(""), Content.styled(tell(say("Esc closes this"), translate), "$text-muted")]
