"""What one event at the counter does: the till's own order of things, without a screen and without a rule.

Events come one by one, in order. Whether something may be done is asked of the books; here is only what is
lying on the counter, and what is said and rung about it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Reason, Refusal, Text, refuse, say
from lizhi_pos.till.basket import Line, Sale
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.holding import Holding
from lizhi_pos.till.joined import read_scan
from lizhi_pos.till.next_turn import NextTurn
from lizhi_pos.till.notices import UNCERTAIN, Notice
from lizhi_pos.till.pick_list import Choices, Row
from lizhi_pos.till.scanner import Done, Escaped, Event, Move, Scanned, Step, TakenOut
from lizhi_pos.till.service_answers import LastSale
from lizhi_pos.till.shift import Shift
from lizhi_pos.till.typed_input import Entry, read_entry

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval
    from lizhi_pos.checkout.till_queries import Goods, Served
    from lizhi_pos.db import Id
    from lizhi_pos.till.database_thread import Work

WAITING = Notice("said", say("One moment …"))


class Desk(CounterState):
    """What each event does to the counter."""

    def __init__(self, work: "Work", till: str) -> None:
        super().__init__(work, till)
        self.holding = Holding(self)
        self.next_turn = NextTurn(self)

    def open(self, opened: Shift) -> None:
        """Gives the counter its clerk, its books and its shelf, and what lay on it when the till last ran."""
        self.begin(opened)
        self.last = self.last or opened.last
        if opened.on_counter and self.sale is None:
            self.resume(opened.on_counter)
            self.tell("hint", say("This basket is as it was when the till stopped: nothing of it was redeemed"))

    async def look_around(self) -> None:
        """Reads the shelf anew, and what is to be said of the day."""
        opened = self.at_work
        around = await self.work.do(lambda: opened.books.around(opened.shop))
        await self.finder.look_again()
        self.opened = replace(opened, around=around)

    async def take(self, event: Event) -> None:
        """Does what one event asks for."""
        match event:
            case Scanned():
                self.notice = None
                await self._scanned(event)
            case Done():
                await self._enter()
            case Step(by):
                self._change(lambda sale: sale.step(by))
            case TakenOut():
                self._change(lambda sale: sale.change(0))
            case Move(by):
                self._move(by)
            case Escaped():
                self._escape()

    def wait(self) -> None:
        """What was asked for takes its time."""
        self.notice = WAITING

    def go_on(self) -> None:
        """What took its time is done."""
        if self.notice is WAITING:
            self.notice = None

    def empty(self) -> None:
        """Forgets the household and its basket; not while its checkout is uncertain."""
        if self.sale and self.sale.uncertain:
            self.refuse(UNCERTAIN)
            return
        if self.sale and self.sale.lines:
            self.sale.lines.clear()
            self.keeper.keep(self.at_work, self.sale)
        self.clear()
        self.tell("said", say("The counter is empty"))

    def may_name_collector(self) -> bool:
        """Whether it may now be said who collects; else it is said why not."""
        if self.sale is None:
            self.refuse(say("Scan the household's booklet first, then say who collects for it"))
        elif self.sale.household.reasons:
            self.refuse(say("{0} may not redeem: scan the next booklet", self.sale.household.head))
        elif self.sale.uncertain:
            self.refuse(UNCERTAIN)
        else:
            return True
        return False

    def collect(self, name: str, relation: str) -> Refusal | None:
        """Says who collects for the present household; with both empty it comes itself."""
        if bool(name) != bool(relation):
            return refuse("rule_broken", "Somebody who collects for a household gives name and relation")
        if self.sale is not None:
            self.sale.collector, self.refused = (name, relation), None
            if self.sale.lines:
                self.keeper.keep(self.at_work, self.sale)
            text = say("{0} ({1}) collects", name, relation) if name else say("The household collects itself")
            self.tell("said", text)
        return None

    async def hold(self) -> None:
        """Puts the basket aside; a household whose booklet was scanned meanwhile takes its place."""
        held, following = await self.holding.hold(), self.next_household
        if held:
            self.clear()
            if following is not None:
                self.receive(following)
            self.tell("done", say("{0} is held: F3 takes it back", held))

    async def reprint_last(self) -> None:
        """Prints the receipt of the last sale done here once more."""
        if self.last is None:
            self.refuse(say("Nothing was redeemed at this till yet: F9 lists today's receipts"))
        else:
            self.notice = await self.reprinted(self.last.redemption.redemption_id, self.last.redemption.receipt)

    async def reprinted(self, redemption_id: "Id", receipt: str) -> Notice:
        """Prints a receipt once more, and what is to be said of it."""
        opened = self.at_work
        copy = await self.work.do(lambda: opened.books.reprint(redemption_id, self.till, opened.clerk))
        if isinstance(copy, Refusal):
            self.rings += 1
            return Notice("refusal", copy.sentence)
        self.on_sold()
        return Notice("done", say("Receipt {0} is printed again, copy {1}", receipt, copy))

    async def redeem_approved(self, approval: "Approval") -> None:
        """Redeems the basket that waited for a second person."""
        if self.sale is not None:
            await self._redeem(self.sale, approval)

    def failed(self) -> None:
        """The machine failed at something: said in one sentence, the counter stays as it is."""
        if self.sale and self.sale.uncertain:
            self.refuse(say("The machine failed. Enter tries again: nothing is redeemed twice"))
        else:
            self.refuse(say("The machine failed at this; the till goes on. Try again"))

    async def _scanned(self, scanned: Scanned) -> None:
        entry = read_entry(scanned.text)
        if self.choices and (row := self.choices.numbered(entry.text)):
            await self._choose(row)
            return
        if self.choices and self.choices.kind == "either":
            self.next_turn.ask_either(self.choices)
            return
        self.choices = None
        if entry.is_quantity and self.has_lines:
            self._change(lambda sale: sale.change(entry.quantity or 0))
            return
        serving = self.sale is not None and not self.sale.household.reasons
        try:
            found = await read_scan(self.finder, scanned, serving=serving, has_lines=self.has_lines)
        except Exception:
            # whoever's booklet it was: the next goods are not the former household's
            self.next_turn.nobodys(entry)
            raise
        for what, part in found:
            self._show(what, part)

    def _show(self, found: "Goods | Served | Choices | Text", entry: Entry) -> None:
        from lizhi_pos.checkout.till_queries import Served  # loaded long ago, but not before the first paint

        if isinstance(found, Text):
            self.refuse(found)
            self.next_turn.nobodys(entry)
        elif isinstance(found, Choices) and found.kind == "either":
            self.choices = found
            self.next_turn.ask_either(found)
        elif isinstance(found, Choices):
            self.offer(found)
        elif isinstance(found, Served):
            self.receive(found)
        else:
            self._add(found, entry.quantity)

    def receive(self, household: "Served") -> None:
        """Somebody's booklet was scanned or chosen."""
        if self.sale and self.sale.lines:
            self.next_turn.beside(self.sale, household)
            return
        self.sale, self.refused = Sale(household), None
        self.forget_next()
        if household.reasons:
            self.rings += 2 if _veto(household.reasons) else 1
        elif household.held:
            self.holding.offer_of(household)
        elif household.own:
            self.tell("hint", say("This is the clerk's own household: another person approves"))

    def _add(self, goods: "Goods", quantity: int | None) -> None:
        if self.sale is None:
            self.refuse(say("{0} costs {1}; scan a booklet first", goods.name, format_hundredths(goods.price)))
        elif self.sale.household.reasons:
            self.refuse(say("{0} may not redeem: nothing was added", self.sale.household.head))
        elif self.sale.uncertain:
            self.refuse(UNCERTAIN)
        elif self.next_is_asked:
            self.next_turn.ask(self.sale)
        elif quantity == 0:
            self.refuse(say("A quantity must be a whole number from 1"))
        else:
            self._changed(self.sale, self.sale.add(goods, quantity or 1))

    def _change(self, change: Callable[[Sale], Line | None]) -> None:
        sale = self.sale
        if sale is None or not sale.lines:
            self.refuse(say("There is no line to change"))
        elif sale.uncertain:
            self.refuse(UNCERTAIN)
        elif self.choices and self.choices.kind == "either":
            self.next_turn.ask_either(self.choices)
        elif self.next_is_asked:
            self.next_turn.ask(sale)
        elif (line := change(sale)) is not None:
            self._changed(sale, line)

    def _changed(self, sale: Sale, line: Line) -> None:
        self.refused = None
        self.keeper.keep(self.at_work, sale)
        goods, limit = line.goods, line.goods.monthly_limit
        if sale.remainder < 0:
            missing = format_hundredths(-sale.remainder)
            self.tell("hint", say("The points do not cover this basket: {0} too much, take something out", missing))
        elif line.quantity < 1:
            self.tell("said", say("{0} is taken out", goods.name))
        elif limit is not None and line.quantity > limit:
            self.tell("hint", say("{0}: at most {1} for a household and month, take some out", goods.name, limit))
        elif line.quantity > goods.in_stock:
            self.tell("hint", say("{0}: the books have {1} left", goods.name, goods.in_stock))
        else:
            self.tell("said", say("{0}  × {1}", goods.name, line.quantity))

    async def _enter(self) -> None:
        if self.choices:
            await self._choose(self.choices.marked_row)
        elif self.sale is None:
            self.tell("said", say("Scan a booklet"))
        elif self.sale.household.reasons:
            self.refuse(say("{0} may not redeem: scan the next booklet", self.sale.household.head))
        elif not self.sale.lines:
            self.tell("said", say("Nothing is scanned yet: scan goods, or the next booklet"))
        else:
            await self._redeem(self.sale)

    async def _redeem(self, sale: Sale, approval: "Approval | None" = None) -> None:
        opened, household = self.at_work, sale.household
        self.notice = None
        # what the keeper writes later would come after the redemption
        await self.keeper.settled()
        # until the answer is there nobody knows whether the basket was redeemed
        sale.uncertain = True
        now = sale.at(self.till)
        answer = await self.work.do(lambda: opened.books.redeem(now, opened.clerk, approval))
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
        self.clear()
        self.tell("done", say("Done: receipt {0}", answer.receipt))
        self.on_sold()

    async def look_again(self, sale: Sale) -> None:
        """Another till or a veto may have changed the household since it was scanned."""
        answer = await self.finder.serve(sale.household.booklet)
        if not isinstance(answer, Refusal):
            sale.household = answer

    async def _choose(self, row: Row) -> None:
        choices, self.choices = self.choices, None
        asked = choices is not None and choices.kind == "either" and row is choices.rows[0]
        if choices is None or choices.kind == "households" or asked:
            answer = await self.finder.serve(row.code)
            self._show(answer.sentence if isinstance(answer, Refusal) else answer, Entry(row.code))
        elif choices.kind == "held":
            await self.holding.take_back(row.code)
        elif (goods := self.finder.shelf.get(row.code)) is not None:
            self._add(goods, choices.quantity)

    def _move(self, by: int) -> None:
        if self.choices:
            self.choices.move(by)
        elif self.sale:
            self.sale.move(by)

    def _escape(self) -> None:
        self.notice = None
        if self.choices:
            self.choices = None
        elif self.next_is_asked and self.sale is not None:
            self.forget_next()
            self.tell("said", say("{0} goes on", self.sale.household.head))
        elif self.has_lines:
            self.tell("said", say("F8 empties the counter"))
        else:
            self.clear()


def _veto(reasons: tuple[Reason, ...]) -> bool:
    return any(reason.code == "vetoed" for reason in reasons)
