"""Today's receipts: look at one, print it again, take goods of it back with a second person."""

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import refusal_words, render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.panels.receipts import line_rows, receipt_rows, receipts_total
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval, ask_copy, ask_paper
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.text import normalize
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.goods_back import GoodsBack
from lizhi_pos.till.shift import Shift

if TYPE_CHECKING:
    from lizhi_pos.checkout.receipt_summaries import ReceiptLineSummary, ReceiptSummary
    from lizhi_pos.checkout.returns import Return


RETURN_REASONS = (
    message("wrong goods"),
    message("not wanted any more"),
    message("broken or expired"),
    message("wrong quantity"),
    message("wrong household"),
)
"""Why goods come back as a rule; any other reason is typed."""


class ReceiptsScreen(ListScreen):
    """The receipts, or after Enter the lines of the marked one. The barcode on a receipt finds it, an older one too."""

    KEYS = keymap.TODAY
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.TODAY]

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        assert counter.opened is not None
        self._counter = counter
        self._receipts: Sequence[ReceiptSummary] = ()
        self._older = 0
        """How many receipts of other days stand above today's."""
        self._lines: Sequence[ReceiptLineSummary] | None = None
        self._goods = GoodsBack(())
        self._marked_line = 0
        self._known = False

    @property
    def _opened(self) -> Shift:
        """The counter as it is open now: another clerk may have come to it."""
        return self._counter.at_work

    def count(self) -> int:
        return len(self._receipts)

    @property
    def marked_row(self) -> int:
        return self.marked if self._lines is None else self._marked_line

    @property
    def is_live(self) -> bool:
        # not while lines are chosen, or a receipt of another day stands above
        return self._known and self._lines is None and not self._older

    def enter(self) -> None:
        self.action_lines()

    def scanned(self, text: str) -> None:
        if self._lines is not None and (at := self._goods.scanned(text)) is not None:
            self._marked_line = at
            self.step(1)
            return
        self.begin(lambda: self._find(normalize.number(text)))

    def action_lines(self) -> None:
        if self._lines is None and self._receipts:
            self.begin(self._read_lines)

    def action_back(self) -> None:
        if self._lines is None:
            super().action_back()
        else:
            self._lines, self.notice = None, None
            self.show()

    def action_reprint(self) -> None:
        pressed = monotonic()
        self.begin(lambda: self._reprint(pressed))

    def action_return_goods(self) -> None:
        self.begin(self._return)

    def action_sticker(self) -> None:
        pressed = monotonic()
        self.begin(lambda: self._sticker(pressed))

    def action_origin(self) -> None:
        self.begin(self._origin)

    async def _origin(self) -> None:
        """Show where the points of the marked receipt come from, over this list."""
        from lizhi_pos.office.household_pages import ReceiptKey
        from lizhi_pos.terminal.screens.households.origin import OriginScreen

        if not self._receipts:
            self.note("refusal", message("There is no receipt to follow"))
        else:
            await self.app.ask(OriginScreen(ReceiptKey(self._receipts[self.marked].receipt)))

    async def read(self) -> None:
        opened = self._opened
        marked = self._receipts[self.marked].redemption_id if self._receipts else None
        self._receipts = await self.app.work.run(lambda: opened.service.issued(opened.shop))
        self._older = 0
        self._known = True
        # another till may have sold meanwhile: the mark stays with its receipt
        self.marked = next((at for at, r in enumerate(self._receipts) if r.redemption_id == marked), 0)
        self.notice = None

    async def _find(self, number: str) -> None:
        at = next((at for at, r in enumerate(self._receipts) if r.receipt == number), None)
        if at is None:
            service = self._opened.service
            found = await self.app.work.run(lambda: service.issued_as(number))
            if found is None:
                self.note("refusal", message("There is no receipt {0}: look at the number again", number))
                return
            self._receipts, at, self._older = [found, *self._receipts], 0, self._older + 1
        self.marked, self._marked_line = at, 0
        await self._read_lines()

    async def _read_lines(self) -> None:
        service, of = self._opened.service, self._receipts[self.marked].redemption_id
        self._lines = await self.app.work.run(lambda: service.issued_lines(of))
        self._marked_line = min(self._marked_line, len(self._lines) - 1) if self._lines else 0
        self._goods, self.notice = GoodsBack(self._lines), None
        if any(line.left for line in self._lines):
            self.note("said", message("+ - or a scan of goods choose what comes back, F6 takes it back"))

    async def _reprint(self, pressed: float) -> None:
        if not self._receipts:
            self.note("refusal", message("There is no receipt to print"))
            return
        receipt = self._receipts[self.marked]
        if not await ask_copy(self.app, self._counter.copies, receipt.redemption_id, pressed):
            return
        self.notice = await self._counter.reprinted(receipt.redemption_id, receipt.receipt)
        for _ in range(self._counter.rings):
            self.app.bell()
        self._counter.rings = 0

    async def _sticker(self, pressed: float) -> None:
        if not self._receipts:
            self.note("refusal", message("There is no receipt to print"))
            return
        receipt, opened = self._receipts[self.marked], self._opened
        question = message("The sticker of this receipt was printed just now. One more?")
        if self._counter.copies.again(("sticker", receipt.redemption_id), pressed) and not await ask_paper(
            self.app, question, "f4"
        ):
            return
        back = opened.service
        refusal = await self.app.work.run(
            lambda: back.print_sticker(receipt.redemption_id, self._counter.till, opened.clerk)
        )
        if refusal:
            self.refuse(refusal)
        else:
            self.app.wake_printing()
            self.note("done", message("The sticker of receipt {0} is with the printer", receipt.receipt))

    async def _return(self) -> None:
        if not self._receipts:
            self.note("refusal", message("There is no receipt to take goods back of"))
            return
        receipt, chosen = self._receipts[self.marked], self._goods if self._lines and self._goods.wanted else None
        line = self._lines[self._marked_line] if self._lines and not chosen else None
        if receipt.total == receipt.back or (line and not line.left):
            self.note("refusal", message("All of this came back before"))
            return
        heading, more = _question(receipt, line) if chosen is None else (_question_of_several(receipt, chosen), ())
        answer = await ask_approval(self.app, heading, more, RETURN_REASONS)
        if answer is None:
            return
        approval, values = answer
        wanted = chosen.wanted if chosen else [(line.code, int(values["quantity"] or line.left))] if line else []
        opened = self._opened
        try:
            done = await self.app.work.run(
                lambda: opened.service.return_goods(receipt.receipt, wanted, approval, opened.clerk)
            )
        finally:
            # also after a failure the list says what came back and what did not
            await self.read()
            if line or chosen:
                await self._read_lines()
        if isinstance(done, Refusal):
            self.note("refusal", message("Nothing came back. {0}", "; ".join(refusal_words(done, self.app.translate))))
        else:
            self.note("done", _result(done))

    def numbered(self, number: int) -> None:
        if self._lines is None:
            super().numbered(number)
        elif 1 <= number <= len(self._lines):
            self._marked_line = number - 1
            self.show()
        else:
            self.app.bell()

    def move(self, by: int) -> None:
        if self._lines is None:
            super().move(by)
        else:
            self._marked_line = min(max(self._marked_line + by, 0), max(len(self._lines) - 1, 0))
            self.show()

    def step(self, by: int | None) -> None:
        if self._lines is None or not self._lines:
            self.app.bell()
        elif not self._goods.step(self._marked_line, by):
            self.note("refusal", message("No more of {0} can come back", self._lines[self._marked_line].name))
        elif pieces := self._goods.pieces:
            self.note(
                "said",
                message(
                    "To come back: {0} {0:piece|pieces}, {1} points", pieces, format_hundredths(self._goods.points)
                ),
            )
        else:
            self.notice = None
        self.show()

    def header(self, width: int, height: int) -> list[Content]:
        if not self._known:
            return [Content("")]
        of_today = self._receipts[self._older :]
        day, count = f"{self._opened.shop.day:%m-%d}", len(of_today)
        words = render(
            message("Today {0}: receipts {1}, {2}", day, count, receipts_total(of_today)), self.app.translate
        )
        return [Content.styled(left(words, width), "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        if not self._known:
            return []
        if self._lines is None:
            zone = self._opened.shop.zone
            return receipt_rows(self._receipts, self.marked, zone, translate, width, height)
        receipt = self._receipts[self.marked]
        return line_rows(receipt, self._goods, self._marked_line, translate, width, height)


def _question(receipt: "ReceiptSummary", line: "ReceiptLineSummary | None") -> tuple[Message, tuple[Field, ...]]:
    """Return what the approver is asked: about one line with its quantity, or about all that is left."""
    if line is None:
        return message("Take back all that is left of receipt {0} of {1}", receipt.receipt, receipt.head), ()
    label = message("Quantity (empty: {0})", line.left)
    quantity = Field(name="quantity", label=label, optional=True, most=line.left)
    return message("Take back {0} of receipt {1}", line.name, receipt.receipt), (quantity,)


def _question_of_several(receipt: "ReceiptSummary", goods: GoodsBack) -> Message:
    """Return what the approver is asked where several lines were chosen."""
    pieces, points = goods.pieces, format_hundredths(goods.points)
    return message(
        "Take back {0} {0:piece|pieces} for {1} points of receipt {2} of {3}",
        pieces,
        points,
        receipt.receipt,
        receipt.head,
    )


def _result(done: "Return") -> Message:
    total, balance = format_hundredths(done.total), format_hundredths(done.balance_after)
    if done.cleared:
        cleared = format_hundredths(done.cleared)
        return message("Receipt {0}: {1} points are back, a veto cleared {2} at once", done.receipt, total, cleared)
    return message("Receipt {0}: {1} points are back, the balance is {2}", done.receipt, total, balance)
