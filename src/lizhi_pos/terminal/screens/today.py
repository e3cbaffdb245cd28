"""Today's receipts: look at one, print it again, take goods of it back with a second person."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from lizhi_pos.messages import refusal_words, tell
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Refusal, Text, say
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.desk import Desk, Level, Notice, Opened
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.scanner import Done, Escaped, Move, Scanned, Scanner
from lizhi_pos.terminal.screens.dialogs import ask_approval
from lizhi_pos.terminal.widgets.lines import Lines
from lizhi_pos.terminal.widgets.receipts import line_rows, receipt_rows, receipts_total
from lizhi_pos.terminal.widgets.status import key_line, notice_line

if TYPE_CHECKING:
    from lizhi_pos.checkout.counter import Issued, IssuedLine
    from lizhi_pos.checkout.returns import Return
    from lizhi_pos.terminal.app import TillApp


class TodayScreen(Screen[None]):
    """The receipts, or after Enter the lines of the marked one. A scan is no answer here: it rings."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.TODAY]

    app: "TillApp"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        assert desk.opened is not None
        self._desk = desk
        self._opened: Opened = desk.opened
        self._scanner = Scanner()
        self._receipts: Sequence[Issued] = ()
        self._lines: Sequence[IssuedLine] | None = None
        self._marked = 0
        self._marked_line = 0
        self._notice: Notice | None = Notice("said", say("One moment …"))
        self._busy = False
        self._known = False

    def compose(self) -> ComposeResult:
        yield Lines(self._header, id="header")
        yield Lines(self._rows, id="middle")
        yield Lines(lambda w, h: [notice_line(self._notice, self.app.translate)], id="notice")
        yield Lines(lambda w, h: [key_line(keymap.TODAY, self.app.translate, w)], id="keys")

    def on_mount(self) -> None:
        self._begin(self._read)

    def on_key(self, key: events.Key) -> None:
        came = self._scanner.key(key.key, key.character, key.time)
        if came is None:
            return
        key.stop()
        key.prevent_default()
        for event in came:
            match event:
                case Scanned():
                    self.app.bell()
                case Done():
                    self.action_lines()
                case Escaped():
                    self.action_back()
                case Move(by):
                    self._move(by)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.bell()

    def action_lines(self) -> None:
        if self._lines is None and self._receipts:
            self._begin(self._read_lines)

    def action_back(self) -> None:
        if self._busy:
            return
        if self._lines is None:
            self.dismiss(None)
        else:
            self._lines, self._notice = None, None
            self._show()

    def action_reprint(self) -> None:
        self._begin(self._reprint)

    def action_return_goods(self) -> None:
        self._begin(self._return)

    def _begin(self, act: Callable[[], Awaitable[None]]) -> None:
        if self._busy:
            self.app.bell()
        else:
            self._busy = True
            self.run_worker(self._do(act))

    async def _do(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except Exception as error:
            self.app.note_failure(error)
            self._say("refusal", say("The machine failed at this; the till goes on. Try again"))
        self._busy = False
        self._show()

    def _say(self, level: Level, text: Text) -> None:
        self._notice = Notice(level, text)
        if level == "refusal":
            self.app.bell()

    async def _read(self) -> None:
        opened = self._opened
        marked = self._receipts[self._marked].redemption_id if self._receipts else None
        self._receipts = await self.app.work.do(lambda: opened.books.issued(opened.shop))
        self._known = True
        # another till may have sold meanwhile: the mark stays with its receipt
        self._marked = next((at for at, r in enumerate(self._receipts) if r.redemption_id == marked), 0)
        self._notice = None

    async def _read_lines(self) -> None:
        books, of = self._opened.books, self._receipts[self._marked].redemption_id
        self._lines = await self.app.work.do(lambda: books.issued_lines(of))
        self._marked_line = min(self._marked_line, len(self._lines) - 1) if self._lines else 0
        self._notice = None

    async def _reprint(self) -> None:
        if not self._receipts:
            self._say("refusal", say("There is no receipt to print"))
            return
        receipt = self._receipts[self._marked]
        self._notice = await self._desk.reprinted(receipt.redemption_id, receipt.receipt)
        for _ in range(self._desk.rings):
            self.app.bell()
        self._desk.rings = 0

    async def _return(self) -> None:
        if not self._receipts:
            self._say("refusal", say("There is no receipt to take goods back of"))
            return
        receipt = self._receipts[self._marked]
        line = self._lines[self._marked_line] if self._lines else None
        if receipt.total == receipt.back or (line and not line.left):
            self._say("refusal", say("All of this came back before"))
            return
        heading, more = _question(receipt, line)
        answer = await ask_approval(self.app, heading, more)
        if answer is None:
            return
        approval, values = answer
        wanted = [(line.code, int(values["quantity"] or line.left))] if line else []
        books, clerk = self._opened.books, self._opened.clerk
        try:
            done = await self.app.work.do(lambda: books.return_goods(receipt.receipt, wanted, approval, clerk))
        finally:
            # also after a failure the list says what came back and what did not
            await self._read()
            if line:
                await self._read_lines()
        if isinstance(done, Refusal):
            self._say("refusal", say("Nothing came back. {0}", "; ".join(refusal_words(done, self.app.translate))))
        else:
            self._say("done", _result(done))

    def _move(self, by: int) -> None:
        if self._lines is None:
            self._marked = min(max(self._marked + by, 0), max(len(self._receipts) - 1, 0))
        else:
            self._marked_line = min(max(self._marked_line + by, 0), max(len(self._lines) - 1, 0))
        self._show()

    def _show(self) -> None:
        if self.is_mounted:
            for part in ("#header", "#middle", "#notice"):
                self.query_one(part).refresh()

    def _header(self, width: int, height: int) -> list[Content]:
        if not self._known:
            return [Content("")]
        day, count = f"{self._opened.shop.day:%m-%d}", len(self._receipts)
        total = format_hundredths(receipts_total(self._receipts))
        words = tell(say("Today {0}: receipts {1}, points {2}", day, count, total), self.app.translate)
        return [Content.styled(left(words, width), "bold")]

    def _rows(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        if not self._known:
            return []
        if self._lines is None:
            zone = self._opened.shop.zone
            return receipt_rows(self._receipts, self._marked, zone, translate, width, height)
        receipt = self._receipts[self._marked]
        return line_rows(receipt, self._lines, self._marked_line, translate, width, height)


def _question(receipt: "Issued", line: "IssuedLine | None") -> tuple[Text, tuple[Field, ...]]:
    """What the approver is asked: about one line with its quantity, or about all that is left."""
    if line is None:
        return say("Take back all that is left of receipt {0} of {1}", receipt.receipt, receipt.head), ()
    label = say("Quantity (empty: {0})", line.left)
    quantity = Field(name="quantity", label=label, optional=True, most=line.left)
    return say("Take back {0} of receipt {1}", line.name, receipt.receipt), (quantity,)


def _result(done: "Return") -> Text:
    total, balance = format_hundredths(done.total), format_hundredths(done.balance_after)
    if done.cleared:
        cleared = format_hundredths(done.cleared)
        return say("Receipt {0}: {1} points are back, a veto cleared {2} at once", done.receipt, total, cleared)
    return say("Receipt {0}: {1} points are back, the balance is {2}", done.receipt, total, balance)
