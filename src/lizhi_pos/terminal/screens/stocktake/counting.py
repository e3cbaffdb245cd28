"""Counting: every scan is one more, painted from memory and written behind; closed by two, who are told the figures."""

from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.inventory.counts import Tallied
from lizhi_pos.office.count_sheet import MANY, CountSheet, SheetProduct
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.stocktake import STATES, sheet_detail, sheet_lines
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.stocktake.closing import ask_closing, closed_words
from lizhi_pos.terminal.screens.stocktake.tally_writer import TallyWriter
from lizhi_pos.till.notices import refusal_of
from lizhi_pos.till.typed_input import TypedInput, read_typed

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are the end of a code."""


class CountingScreen(JobScreen):
    """One count: open, or to be looked at once it is over."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.COUNTING]
    KEYS = keymap.COUNTING
    FIELD = (
        ("690…", message("goods: one more is counted; of a carton its pieces")),
        ("12*", message("before a scan: twelve more; 0* says that there is none")),
        ("xj", message("a part of the name or its first letters: only those are shown")),
        ("+", message("one more of the marked product, where it has no barcode")),
        ("Del", message("count the marked product anew")),
        ("Esc", message("clear the field, show all products again, go back: the count stays open")),
    )

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._sheet: CountSheet | None = None
        self._times: int | None = None
        """So many the next scan counts, where it was said before it."""
        self._writer = TallyWriter(self.app.work, self._answered)

    def count(self) -> int:
        return len(self._sheet.rows) if self._sheet else 0

    @property
    def marked_row(self) -> int:
        return self._sheet.marked if self._sheet else 0

    def mark(self, by: int) -> None:
        if self._sheet is not None:
            self._sheet.mark(self._sheet.marked + by)

    async def read(self) -> None:
        self._service = await self.app.job(StocktakeService)
        self.notice = None
        await self._read()

    async def _read(self) -> None:
        await self._writer.settled()
        view = await self.app.work.run(lambda: self._service.sheet(self._number))
        if isinstance(view, Refusal):
            self.refuse(view)
        elif self._sheet is None:
            self._sheet = CountSheet(view)
        else:
            self._sheet.take(view)

    async def on_unmount(self) -> None:
        # what was painted is counted, also where the till ends at once
        await self._writer.settled()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    async def left(self) -> None:
        self.notice = None
        if self._times is not None:
            self._times = None
        elif self._sheet is not None and self._sheet.filter:
            self._sheet.widen()
        elif self.is_detail_open and not self.has_class("-wide"):
            self.is_detail_open = False
        else:
            await self._writer.settled()
            self.dismiss(None)

    async def done(self) -> None:
        """Take Enter alone: the quantity that was said is the marked product's; else its detail."""
        if self._times is not None and self._sheet is not None and self._sheet.product is not None:
            await self._count(self._sheet.product.code, self._sheet.product.code, self._times)
        else:
            await super().done()

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        sheet, entry = self._sheet, read_typed(text)
        if sheet is None:
            self.app.bell()
        elif entry.is_quantity:
            self._times = entry.quantity
            self.note(
                "said", message("The next scan counts {0}; Enter alone: of the marked product", entry.quantity or 0)
            )
        elif entry.wrong_quantity is not None:
            self.note("refusal", message("What is counted is a whole number: 12* is twelve, 0* is none"))
        elif entry.code in sheet.head.codes:
            await self._scan(sheet, entry)
        else:
            await self._find(sheet, text, entry, typed=typed)

    async def _scan(self, sheet: CountSheet, entry: TypedInput) -> None:
        own, pieces = sheet.head.codes[entry.code]
        if own not in sheet:
            self.note("refusal", message("{0} is not on the sheet of count {1}", sheet.head.names[own], self._number))
            return
        said = entry.quantity if entry.quantity is not None else self._times
        times = 1 if said is None else said
        if times * pieces <= MANY or await self._is_right(
            message("{0} pieces of {1}. Are they so many?", times * pieces, sheet.head.names[own]), "f2"
        ):
            await self._count(own, entry.code, times, pieces)

    async def _find(self, sheet: CountSheet, text: str, entry: TypedInput, *, typed: bool) -> None:
        """Take what is no barcode of the shop: a row's number, a name, or something that is not counted."""
        if typed and entry.quantity is None and text.isdigit() and len(text) <= LONGEST_NUMBER:
            if 1 <= int(text) <= len(sheet.rows):
                sheet.mark(int(text) - 1)
            else:
                self.app.bell()
        elif typed and entry.quantity is None and sheet.narrow(text):
            self.note("said", message("{0} {0:product|products}; Esc shows all again", len(sheet.rows)))
        else:
            other = await self.app.work.run(lambda: self._service.what_else(entry.code))
            self.note("refusal", other or message("No goods go by {0}: nothing was counted", entry.text))

    async def _count(self, own: str, code: str, times: int, pieces: int = 1) -> None:
        """Count in memory what is painted at once, and write it behind."""
        self._times = None
        sheet, service, by = self._sheet, self._service, self.app.signed_in
        assert sheet is not None
        if not sheet.is_open:
            self.note("refusal", message("Count {0} is over: open another one", self._number))
            return
        if refusal := by.refusal_to("keep_stock"):
            self.refuse(refusal)
            return
        found = sheet.count(own, times * pieces)
        self.note("said", message("{0}: counted {1}", found.title, found.counted or 0))
        self._writer.write(partial(service.count, self._number, code, times, by))

    def _answered(self, answer: Tallied | Refusal | Exception) -> None:
        """Take what became of a scan that was written; where it was not, the sheet is read anew."""
        if isinstance(answer, Tallied):
            if self._sheet is not None:
                self._sheet.written(answer.code, answer.counted, answer.book)
            return
        if isinstance(answer, Exception):
            self.app.note_failure(answer)
        if self.is_attached:
            self.begin(partial(self._refused, refusal_of(answer) if isinstance(answer, Exception) else answer))

    async def _refused(self, refusal: Refusal) -> None:
        await self._read()
        self.refuse(refusal)

    async def stepped(self, by: int | None) -> None:
        product = self._sheet.product if self._sheet else None
        if product is None:
            self.app.bell()
        elif by is None:
            await self._recount("delete", "Del")
        elif by > 0:
            await self._count(product.code, product.code, 1)
        else:
            self.note("hint", message("What is counted is not taken back: Del counts {0} anew", product.title))

    def action_recount(self) -> None:
        self.begin(partial(self._recount, "f6", "F6"))

    async def _recount(self, key: str, shown: str) -> None:
        product = self._open_product()
        if product is None:
            return
        if product.counted is None:
            self.note("said", message("{0} is not counted yet", product.title))
            return
        question = message("Count {0} anew? The {1} counted so far are forgotten", product.title, product.counted)
        if not await self._is_right(question, key, shown):
            return
        await self._writer.settled()
        done = await self.app.work.run(lambda: self._service.recount(self._number, product.code, self.app.signed_in))
        if isinstance(done, Refusal):
            await self._refused(done)
        elif self._sheet is not None:
            await self._read()
            self._sheet.jump(product.code)
            self.note("done", message("{0} is counted anew: scan it again", product.title))

    def _open_product(self) -> SheetProduct | None:
        """Return the marked product of a count that is open and may be counted; None with the reason said."""
        product = self._sheet.product if self._sheet else None
        if product is None or self._sheet is None:
            self.app.bell()
        elif not self._sheet.is_open:
            self.note("refusal", message("Count {0} is over: open another one", self._number))
        elif refusal := self.app.signed_in.refusal_to("keep_stock"):
            self.refuse(refusal)
        else:
            return product
        return None

    def action_next_view(self) -> None:
        self.begin(self._next_view)

    async def _next_view(self) -> None:
        if self._sheet is None:
            return
        if self._sheet.is_open:
            await self._read()
        shown = self._sheet.show_next()
        words = {
            "all": message("All products of the count"),
            "left": message("What is not counted yet"),
            "differ": message("What differs from the books"),
        }
        self.note("said", words[shown])

    def action_close(self) -> None:
        self.begin(self._close)

    async def _close(self) -> None:
        if self._open_product() is None:
            return
        await self._read()
        assert self._sheet is not None
        answer = await ask_closing(self.app, self._service, self._sheet)
        if isinstance(answer, Refusal):
            self.refuse(answer)
        elif answer is not None:
            uncounted, approval = answer
            done = await self.app.work.run(
                lambda: self._service.close(self._number, uncounted, self.app.signed_in, approval)
            )
            if isinstance(done, Refusal):
                await self._refused(done)
                return
            self.app.sold()
            self._sheet = None
            await self._read()
            self.note("done", closed_words(self._number, done))

    def action_drop(self) -> None:
        self.begin(self._drop)

    async def _drop(self) -> None:
        if self._open_product() is None:
            return
        if await self._is_right(message("Give count {0} up? The books stay as they are", self._number), "f8"):
            await self._writer.settled()
            done = await self.app.work.run(lambda: self._service.drop(self._number, self.app.signed_in))
            if isinstance(done, Refusal):
                await self._refused(done)
            else:
                self.dismiss(None)

    async def _is_right(self, question: Message, key: str, shown: str = "") -> bool:
        return await self.app.ask(Confirm(question, key, shown or key.upper())) is True

    def header(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        start = f" {render(message('Count {0}', self._number), translate)}"
        if self._sheet is not None:
            head = self._sheet.head
            start += f"  {render(STATES[head.state], translate)}"
            if head.is_blind:
                start += f"  {render(message('blind'), translate)}"
            start += f"  {render(message('{0} of {1} counted', self._sheet.counted, len(head.products)), translate)}"
            if self._sheet.filter:
                start += f"  {render(message('with {0}', self._sheet.filter), translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self._sheet is not None and not self._sheet.is_open:
            return message("this count is over; F9 shows another part of it, Esc goes back")
        if self._times is not None:
            return message("scan: it counts {0}", self._times)
        return message("every scan is one more; 12* before it: twelve, 0*: none")

    def rows(self, width: int, height: int) -> list[Content]:
        return sheet_lines(self._sheet, self.app.translate, width, height) if self._sheet else []

    def detail(self, width: int, height: int) -> list[Content]:
        return sheet_detail(self._sheet, self.app.translate, width) if self._sheet else []
