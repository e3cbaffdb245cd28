"""What one event at the counter does: the till's own order of things, without a screen and without a rule.

Events come one by one, in order. Whether something may be done is asked of the books; here is only what is
lying on the counter, and what is said and rung about it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Reason, Refusal, Text, refuse, say
from lizhi_pos.terminal.choices import Choices, Row
from lizhi_pos.terminal.entries import Entry, read_entry
from lizhi_pos.terminal.sale import Line, Sale
from lizhi_pos.terminal.scanner import Done, Escaped, Event, Move, Scanned, Step
from lizhi_pos.terminal.shelf import MOST_FOUND, Shelf

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval, Operator
    from lizhi_pos.checkout.counter import Counter, Goods, Listed, Served
    from lizhi_pos.checkout.redemptions import Redemption
    from lizhi_pos.db import Id
    from lizhi_pos.terminal.books import Books
    from lizhi_pos.terminal.work import Work

Level = Literal["said", "done", "hint", "refusal"]


class Notice(Struct, frozen=True):
    """One line about what just happened, and how loud it is."""

    level: Level
    text: Text


class LastSale(Struct, frozen=True):
    """The redemption that was done last, with the head it was for."""

    head: str
    village: str
    redemption: "Redemption"


class Opened(Struct, frozen=True):
    """What the till needs before it can sell."""

    books: "Books"
    clerk: "Operator"
    shop: "Counter"
    goods: Sequence["Goods"]


class Desk:
    """The counter's state.

    `rings` are bells still to be rung, `refused` what the checkout said of this basket, `paper` what the
    on-screen printer printed last. `approval_asked` says that the checkout waits for a second person.
    """

    def __init__(self, work: "Work", till: str) -> None:
        self.work = work
        self.till = till
        self.opened: Opened | None = None
        self.shelf = Shelf(())
        self.sale: Sale | None = None
        self.last: LastSale | None = None
        self.paper = ""
        self.choices: Choices | None = None
        self.refused: Refusal | None = None
        self.notice: Notice | None = None
        self.approval_asked = False
        self.rings = 0
        self.on_sold: Callable[[], None] = lambda: None

    def open(self, opened: Opened) -> None:
        """Gives the counter its clerk, its books and its shelf."""
        self.opened = opened
        self.shelf = Shelf(opened.goods)

    @property
    def has_lines(self) -> bool:
        """Whether goods lie on the counter."""
        return self.sale is not None and bool(self.sale.lines)

    async def take(self, event: Event) -> None:
        """Does what one event asks for."""
        match event:
            case Scanned():
                self.notice = None
                await self._scanned(event)
            case Done():
                await self._enter()
            case Step(by):
                self._step(by)
            case Move(by):
                self._move(by)
            case Escaped():
                self._escape()

    def wait(self) -> None:
        """What was asked for takes its time."""
        self._say("said", say("One moment …"))

    def empty(self) -> None:
        """Forgets the household and its basket; not while its checkout is uncertain."""
        if self.sale and self.sale.uncertain:
            self._refuse(say("It is not known whether this basket was redeemed: press Enter to try again"))
            return
        self.sale, self.choices, self.refused = None, None, None
        self._say("said", say("The counter is empty"))

    def may_name_collector(self) -> bool:
        """Whether it may now be said who collects; else it is said why not."""
        if self.sale is None:
            self._refuse(say("Scan the household's booklet first, then say who collects for it"))
        elif self.sale.household.reasons:
            self._refuse(say("{0} may not redeem: scan the next booklet", self.sale.household.head))
        elif self.sale.uncertain:
            self._refuse(say("It is not known whether this basket was redeemed: press Enter to try again"))
        else:
            return True
        return False

    def collect(self, name: str, relation: str) -> Refusal | None:
        """Says who collects for the present household; with both empty it comes itself."""
        if bool(name) != bool(relation):
            return refuse("rule_broken", "Somebody who collects for a household gives name and relation")
        if self.sale is not None:
            self.sale.collector, self.refused = (name, relation), None
            text = say("{0} ({1}) collects", name, relation) if name else say("The household collects itself")
            self._say("said", text)
        return None

    async def reprint_last(self) -> None:
        """Prints the receipt of the last sale done here once more."""
        if self.last is None:
            self._refuse(say("Nothing was redeemed at this till yet: F9 lists today's receipts"))
        else:
            self.notice = await self.reprinted(self.last.redemption.redemption_id, self.last.redemption.receipt)

    async def reprinted(self, redemption_id: "Id", receipt: str) -> Notice:
        """Prints a receipt once more, and what is to be said of it."""
        opened = self._opened
        copy = await self.work.do(lambda: opened.books.reprint(redemption_id))
        if isinstance(copy, Refusal):
            self.rings += 1
            return Notice("refusal", copy.text or say("This cannot be done"))
        self.on_sold()
        return Notice("done", say("Receipt {0} is printed again, copy {1}", receipt, copy))

    async def redeem_approved(self, approval: "Approval") -> None:
        """Redeems the basket that waited for a second person."""
        if self.sale is not None:
            await self._redeem(self.sale, approval)

    def unfinished(self) -> None:
        """Something was asked for that goods on the counter stand in the way of."""
        if self.sale:
            self._refuse(say("First finish {0}: Enter redeems, F8 empties the counter", self.sale.household.head))

    def failed(self) -> None:
        """The machine failed at something: said in one sentence, the counter stays as it is."""
        if self.sale and self.sale.uncertain:
            self._refuse(say("The machine failed while redeeming. Press Enter to try again: nothing is redeemed twice"))
        else:
            self._refuse(say("The machine failed at this; the till goes on. Try again"))

    async def _scanned(self, scanned: Scanned) -> None:
        entry = read_entry(scanned.text)
        if self.choices and (row := self.choices.numbered(entry.text)):
            await self._choose(row)
            return
        self.choices = None
        if await self._found(entry):
            return
        if scanned.burst and scanned.burst != scanned.text and await self._found(read_entry(scanned.burst)):
            # something typed and left in the field stood before the scan: the scan counts
            return
        await self._unknown(entry)

    async def _found(self, entry: Entry) -> bool:
        """Whether a text was something's or somebody's code, or found a list to choose from."""
        goods = self.shelf.get(entry.code)
        if goods is not None:
            self._add(goods, entry.quantity)
            return True
        if entry.quantity is not None or entry.is_goods_search:
            return self._find_goods(entry)
        if entry.may_be_booklet and await self._is_booklet(entry.text):
            return True
        if self.has_lines and self._find_goods(entry):
            return True
        if entry.is_short_number and await self._has_digits(entry.text):
            return True
        return await self._search(entry)

    async def _is_booklet(self, number: str) -> bool:
        opened = self._opened
        answer = await self.work.do(lambda: opened.books.serve(number, opened.clerk))
        if isinstance(answer, Refusal):
            return False
        self._receive(answer)
        return True

    async def _has_digits(self, digits: str) -> bool:
        opened = self._opened
        found = await self.work.do(lambda: opened.books.with_digits(digits))
        if len(found) == 1 or (found and self.has_lines):
            await self._serve(found[0].booklet)
        elif found:
            self._offer_households(found)
        return bool(found)

    async def _search(self, entry: Entry) -> bool:
        if self.sale is not None and not self.sale.household.reasons:
            return self._find_goods(entry)
        if not entry.is_name:
            return False
        opened = self._opened
        found = await self.work.do(lambda: opened.books.find_households(entry.text))
        if found:
            self._offer_households(found)
        return bool(found)

    def _find_goods(self, entry: Entry) -> bool:
        found = self.shelf.search(entry.search)
        if found:
            rows = tuple(Row(g.code, (g.name, g.spec, format_hundredths(g.price), g.code)) for g in found)
            self._offer(Choices("goods", rows, entry.quantity))
        return bool(found)

    async def _unknown(self, entry: Entry) -> None:
        opened = self._opened
        self.shelf = Shelf(await self.work.do(lambda: opened.books.shelf(opened.shop)))
        goods = self.shelf.get(entry.code)
        if goods is not None:
            self._add(goods, entry.quantity)
        elif entry.is_name or entry.is_goods_search:
            self._refuse(say("Nothing is found for {0}", entry.search))
        elif entry.text.isdigit() or entry.quantity is not None or not entry.text:
            self._refuse(say("There is no product and no booklet with code {0}", entry.text or "–"))
        else:
            await self._serve(entry.text)

    async def _serve(self, number: str) -> None:
        opened = self._opened
        answer = await self.work.do(lambda: opened.books.serve(number, opened.clerk))
        if isinstance(answer, Refusal):
            self._refuse(answer.text or say("This cannot be done"))
        else:
            self._receive(answer)

    def _receive(self, household: "Served") -> None:
        if self.has_lines:
            self.unfinished()
            return
        self.sale, self.refused = Sale(household), None
        if household.reasons:
            self.rings += 2 if _veto(household.reasons) else 1
        elif household.own:
            self._say("hint", say("This is the clerk's own household: another person serves it"))

    def _add(self, goods: "Goods", quantity: int | None) -> None:
        if self.sale is None:
            price = format_hundredths(goods.price)
            self._refuse(say("{0} costs {1}; scan a booklet first", goods.name, price))
        elif self.sale.household.reasons:
            self._refuse(say("{0} may not redeem: nothing was added", self.sale.household.head))
        elif self.sale.uncertain:
            self._refuse(say("It is not known whether this basket was redeemed: press Enter to try again"))
        elif quantity == 0:
            self._refuse(say("A quantity must be a whole number from 1"))
        else:
            self._changed(self.sale, self.sale.add(goods, quantity or 1))

    def _step(self, by: int) -> None:
        sale = self.sale
        if sale is None or not sale.lines:
            self._refuse(say("There is no line to change"))
        elif sale.uncertain:
            self._refuse(say("It is not known whether this basket was redeemed: press Enter to try again"))
        else:
            line = sale.step(by)
            if line is not None:
                self._changed(sale, line)

    def _changed(self, sale: Sale, line: Line) -> None:
        self.refused = None
        if sale.remainder < 0:
            self._say(
                "hint", say("The points do not cover this basket: {0} too much", format_hundredths(-sale.remainder))
            )
        elif line.quantity < 1:
            self._say("said", say("{0} is taken out", line.goods.name))
        else:
            limit = line.goods.monthly_limit
            if limit is not None and line.quantity > limit:
                self._say("hint", say("{0}: at most {1} for a household and month", line.goods.name, limit))
            else:
                self._say("said", say("{0}  × {1}", line.goods.name, line.quantity))

    async def _enter(self) -> None:
        if self.choices:
            await self._choose(self.choices.marked_row)
        elif self.sale is None:
            self._say("said", say("Scan a booklet"))
        elif self.sale.household.reasons:
            self._refuse(say("{0} may not redeem: scan the next booklet", self.sale.household.head))
        elif not self.sale.lines:
            self._say("said", say("Nothing is scanned yet: scan goods, or the next booklet"))
        else:
            await self._redeem(self.sale)

    async def _redeem(self, sale: Sale, approval: "Approval | None" = None) -> None:
        opened, household = self._opened, sale.household
        self.notice = None
        # until the answer is there nobody knows whether the basket was redeemed
        sale.uncertain = True
        answer = await self.work.do(
            lambda: opened.books.redeem(
                household.booklet, sale.wanted, sale.key, self.till, opened.clerk, sale.collector, approval
            )
        )
        sale.uncertain = False
        if isinstance(answer, Refusal):
            self.refused = answer
            if answer.code == "approval_needed" and approval is None:
                self.approval_asked = True
                return
            self.rings += 2 if _veto(answer.reasons) else 1
            await self.look_again(sale)
            return
        self.last, self.paper = LastSale(household.head, household.village, answer), ""
        self.sale, self.refused = None, None
        self._say("done", say("Done: receipt {0}", answer.receipt))
        self.on_sold()

    async def look_again(self, sale: Sale) -> None:
        """Another till or a veto may have changed the household since it was scanned."""
        opened, number = self._opened, sale.household.booklet
        answer = await self.work.do(lambda: opened.books.serve(number, opened.clerk))
        if not isinstance(answer, Refusal):
            sale.household = answer

    async def _choose(self, row: Row) -> None:
        choices, self.choices = self.choices, None
        if choices is None or choices.kind == "households":
            await self._serve(row.code)
        elif (goods := self.shelf.get(row.code)) is not None:
            self._add(goods, choices.quantity)

    def _offer_households(self, found: Sequence["Listed"]) -> None:
        rows = tuple(Row(h.booklet, (h.booklet, h.head, h.village, h.group)) for h in found)
        self._offer(Choices("households", rows))

    def _offer(self, choices: Choices) -> None:
        self.choices = choices
        if len(choices.rows) < MOST_FOUND:
            self._say("said", say("Choose by number or arrows, then Enter"))
        else:
            self._say("hint", say("These are the first {0}: one more letter finds fewer", len(choices.rows)))

    def _move(self, by: int) -> None:
        if self.choices:
            self.choices.move(by)
        elif self.sale:
            self.sale.move(by)

    def _escape(self) -> None:
        self.notice = None
        if self.choices:
            self.choices = None
        elif self.has_lines:
            self._say("said", say("F8 empties the counter"))
        else:
            self.sale, self.refused = None, None

    def _say(self, level: Level, text: Text) -> None:
        self.notice = Notice(level, text)

    def _refuse(self, text: Text) -> None:
        self._say("refusal", text)
        self.rings += 1

    @property
    def _opened(self) -> Opened:
        if self.opened is None:
            raise RuntimeError("the counter is not open yet")
        return self.opened


def _veto(reasons: Sequence[Reason]) -> bool:
    return any(reason.code == "vetoed" for reason in reasons)
