"""Households: the register as a list, the marked one's card, where its points come from, and every change of it."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.household_pages import CardKey, OpenPage, ReceiptKey, card_page
from lizhi_pos.office.household_rows import HouseholdList, HouseholdView, is_last_digits
from lizhi_pos.office.households import HouseholdsService
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.household_look import HouseholdLook
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.households import count_words, household_lines, page_lines
from lizhi_pos.terminal.screens.households.veto_acts import VetoActs
from lizhi_pos.text import normalize
from lizhi_pos.till.notices import Notice

LONGEST_NUMBER = 3
"""Digits that are a row's number, unless they begin with a nought; more are a part of a booklet or of a phone."""


class HouseholdsScreen(VetoActs):
    """The households, those first that something is proposed against. Enter goes into the marked one's card."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.HOUSEHOLDS]
    KEYS = keymap.HOUSEHOLDS
    HINT = message("booklet, name or its first letters, group, last four digits, receipt; Enter: the card")
    FIELD = (
        ("GZ0012", message("a booklet, scanned or typed: its card")),
        ("zjg", message("a name or its first letters, a village, a group: only those are shown")),
        ("4417", message("the last four digits of a phone or identity number, with Enter")),
        ("1-2024-…", message("a receipt: where its points come from")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: into the card, and where the marked line leads")),
        ("Esc", message("clear the field, back to the line before, show all again, go back")),
    )

    def __init__(self, view: HouseholdView = "all") -> None:
        super().__init__()
        self._first_view: HouseholdView = view
        self._is_looking = False
        self._typed_over: str | None = None
        """The filter that was there before somebody began to type, while they do."""

    def count(self) -> int:
        return len(self._list.rows) if self._list else 0

    @property
    def marked_row(self) -> int:
        return self._list.marked if self._list else 0

    def mark(self, by: int) -> None:
        """Mark another row; in a page, another line of it."""
        if self.pages:
            super().mark(by)
        elif self._list is not None:
            self._list.mark(self._list.marked + by)

    async def read(self) -> None:
        self._service = await self.app.job(HouseholdsService)
        self.notice = None
        read = await self.app.work.run(lambda: self._service.register(self.app.signed_in))
        if isinstance(read, Refusal):
            self.refuse(read)
            return
        known = HouseholdList(read, self._first_view)
        self._list = known
        # the first letter that is typed need not wait for it
        await self.app.work.run(known.register.learn_sounds)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        self.is_detail_open = bool(self.pages)
        super().show()
        sees = self.has_class("-wide") and not self.pages
        if sees and not self._is_looking and self._list is not None and self._list.wants_look:
            self._is_looking = True
            self.begin(self._look_at_marked)

    async def _look_at_marked(self) -> None:
        """Read the marked household's card, unless another one is about to be marked."""
        self._is_looking = False
        shown = self._list
        if shown is None or not shown.booklet or not self._events.empty():
            return
        booklet = shown.booklet
        look = await self.app.work.run(lambda: self._service.look(booklet, self.app.signed_in))
        if isinstance(look, Refusal):
            self.refuse(look)
        else:
            await self._freshen(look)
            shown.looks[booklet] = look

    async def _freshen(self, look: HouseholdLook) -> None:
        """Take a household's row anew where a till or somebody else has changed it since the register was read."""
        shown, booklet = self._list, look.card.booklets[0]
        row = shown.register.get(booklet) if shown is not None else None
        if shown is None or row is None:
            return
        listed, card = row.listed, look.card
        known = (listed.balance, listed.frozen, listed.head, listed.eligible)
        if known != (card.balance, card.frozen, card.facts.head, not look.reasons):
            read = await self.app.work.run(lambda: self._service.some([booklet], self.app.signed_in))
            if not isinstance(read, Refusal):
                shown.take(read, [booklet])

    async def done(self) -> None:
        if self.pages:
            await self.follow()
        elif self._list is not None and self._list.booklet:
            await self.open(CardKey(self._list.booklet))

    async def left(self) -> None:
        self.notice = None
        if self.pages:
            self.pages.pop()
        elif self._list is not None and self._list.filter:
            self._list.widen()
        elif self._list is not None and self._list.view != self._first_view:
            self._list.show(self._first_view)
        else:
            self.dismiss(None)

    async def clicked_row(self, at: int) -> None:
        if self._list is None:
            return
        if at == self._list.marked and not self.pages:
            await self.done()
        else:
            self.pages.clear()
            self._list.mark(at)

    async def clicked_line(self, at: int) -> None:
        if not self.pages:
            # the card beside the rows is gone into by a click
            await self.done()
            if self.opened is not None and at < len(self.opened.leading):
                self.opened.jump(self.opened.leading[at])
        else:
            await super().clicked_line(at)

    async def paused(self, text: str) -> None:
        """Show what is typed so far means; an empty field shows what was there before."""
        shown = self._list
        if shown is None or (not text and self._typed_over is None):
            return
        if not text:
            before, self._typed_over = self._typed_over, None
            self.notice = None
            if not (before and shown.narrow(before)):
                shown.widen()
        elif not _is_row(text):
            if self._typed_over is None:
                self._typed_over = shown.filter
            self.pages.clear()
            self._say_found(text, found=await self.app.work.run(lambda: shown.narrow(text)))

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        shown, before = self._list, self._typed_over
        self._typed_over = None
        if shown is None:
            self.app.bell()
            return
        if before is not None and not (before and shown.narrow(before)):
            # what was shown while it was typed is no longer meant
            shown.widen()
        if typed and _is_row(text):
            self.pages.clear()
            if 1 <= int(text) <= len(shown.rows):
                shown.mark(int(text) - 1)
            else:
                self.app.bell()
        elif not await self._known_number(shown, normalize.number(text)):
            await self._search(shown, text, typed=typed)

    async def _known_number(self, shown: HouseholdList, number: str) -> bool:
        """Go to a booklet's card, one that was replaced too, or to a receipt; return whether it is one."""
        if shown.find(number):
            self.pages.clear()
            return await self.open(CardKey(number))
        now = await self.app.work.run(lambda: self._service.replaced_by(number, self.app.signed_in))
        if isinstance(now, str) and shown.find(now):
            self.pages.clear()
            await self.open(CardKey(now))
            self.note("hint", message("Booklet {0} was replaced: take {1}", number, now))
            return True
        if await self._came_since(shown, number):
            return True
        if "-" not in number:
            return False
        story = await self.app.work.run(lambda: self._service.of_receipt(number, self.app.signed_in))
        return not isinstance(story, Refusal) and await self.open(ReceiptKey(number))

    async def _came_since(self, shown: HouseholdList, number: str) -> bool:
        """Go to a household that came into the register since it was read; return whether there is one."""
        read = await self.app.work.run(lambda: self._service.some([number], self.app.signed_in))
        if isinstance(read, Refusal) or not read.households:
            return False
        shown.take(read, ())
        shown.find(number)
        self.pages.clear()
        return await self.open(CardKey(number))

    async def _search(self, shown: HouseholdList, text: str, *, typed: bool) -> None:
        also: tuple[str, ...] = ()
        if is_last_digits(text):
            found = await self.app.work.run(lambda: self._service.with_digits(text, self.app.signed_in))
            also = () if isinstance(found, Refusal) else found
        if typed and await self.app.work.run(lambda: shown.narrow(text, also)):
            self.pages.clear()
            self._say_found(text, found=True)
        else:
            self.note("refusal", message("No household here goes by {0}", text))

    def _say_found(self, text: str, *, found: bool) -> None:
        assert self._list is not None
        if found:
            words = message("{0}; Esc shows all again", count_words(self._list.rows))
        elif is_last_digits(text):
            words = message("Enter looks among the last digits of phones and identity numbers")
        else:
            words = message("Nothing is found for {0}", text)
        self.notice = Notice("said", words)

    def action_next_view(self) -> None:
        self.begin(self._next_view)

    async def _next_view(self) -> None:
        if self._list is None:
            self.app.bell()
        elif not self.app.signed_in.can("see_books"):
            self.note("refusal", message("Proposals are for those who see the books"))
        else:
            self.notice = None
            self.pages.clear()
            self._list.show("all" if self._list.view == "proposed" else "proposed")

    def header(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        start = f" {render(message('The households'), translate)}"
        shown = self._list
        if shown is not None:
            start += f"  {render(count_words(shown.rows), translate)}"
            if shown.view == "proposed":
                start += f"  {render(message('with a veto proposed'), translate)}"
            elif shown.register.proposed:
                words = message("▲ {0} {0:veto|vetoes} proposed: F9", len(shown.register.proposals))
                start += f"  {render(words, translate)}"
            if shown.filter:
                start += f"  {render(message('with {0}', shown.filter), translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.pages:
            return message("↑ ↓ mark an entry, Enter follows its points; Esc goes back")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return household_lines(self._list, self.app.translate, width, height) if self._list else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self.pages:
            return self.page_lines(width, height)
        look = self._list.look if self._list else None
        if look is None:
            return []
        card = OpenPage(CardKey(look.card.booklets[0]), card_page(look))
        return page_lines(card, self.app.translate, width, height, is_open=False)


def _is_row(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and text[0] != "0"
