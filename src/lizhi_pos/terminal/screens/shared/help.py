"""What works here: the keys of the screen below, and what the one field takes where there is one."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.keymap import GROUPS, Key
from lizhi_pos.terminal.rows import answers
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines

FIELD = (
    ("GZ0012", message("a booklet, at any time; its digits alone will do")),
    ("zjg", message("the head's name by first letters or as it is said (zhangjianguo): a list")),
    ("690…", message("goods: a barcode or a short code")),
    ("xj", message("goods by first letters or as they are said, once a household is there")),
    ("/xj", message("look goods up, price and stock, at any time: nothing is sold")),
    ("3*", message("before a scan: three of it")),
    ("5*", message("Enter: five of the marked line; 0* takes it out")),
    ("+ - Del", message("one more, one less of the marked line; take it out")),
    ("↑ ↓", message("mark another line")),
    ("Enter", message("on the empty field: redeem")),
    ("Esc", message("clear the field, leave a list, forget a household without goods")),
)


class Help(LeftOnce[None], ModalScreen[None]):
    """F1 turns the page, Escape closes; a scan closes nothing and rings. `field` is what the one field takes."""

    app: Shell

    def __init__(self, keys: Sequence[Key], field: Sequence[tuple[str, Message]] = ()) -> None:
        super().__init__()
        pages: list[tuple[Message, list[tuple[str, Message]]]] = [(message("What the field takes"), list(field))]
        grouped = [(group, [(k.shown, k.means) for k in keys if k.group == group]) for group in GROUPS]
        self._pages = [[page] for page in pages if page[1]] + [[page for page in grouped if page[1]]]
        self._at = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PaintedLines(self._lines, classes="auto")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == "escape" or (event.key == "f1" and self._at == len(self._pages) - 1):
            self.dismiss(None)
        elif event.key == "f1":
            self._at += 1
            self.query_one(PaintedLines).redraw()
        elif not event.is_printable:
            # a scan rings once, at its end
            self.app.bell()

    def _lines(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        lines: list[Content] = []
        for title, rows in self._pages[self._at]:
            lines.append(Content.styled(render(title, translate), "bold $text-primary"))
            for shown, label in rows:
                first, *rest = wrapped(render(label, translate), max(width - 12, 20))
                lines.append(Content.assemble(("  " + left(shown, 10), "bold"), first))
                lines += [Content(" " * 12 + line) for line in rest]
        foot, keys = message("F1: the keys    Esc closes this"), ["f1", "escape"]
        if self._at == len(self._pages) - 1:
            foot, keys = message("Esc closes this"), ["escape"]
        return [*lines, answers(render(foot, translate), keys, "$foreground-muted")]
