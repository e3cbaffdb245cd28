"""What one event at the counter does: the till's own order of things, without a screen and without a rule.

Events come one by one, in order. Whether something may be done is asked of the books; here is only what is
lying on the counter, and what is said and rung about it.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from lizhi_pos.database_failures import ServerLost, is_busy
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.till.basket import BasketInProgress, Line
from lizhi_pos.till.catching_up import CatchingUp, rings_of
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.holding import HoldAndRecall
from lizhi_pos.till.joined import read_scan
from lizhi_pos.till.next_turn import NextTurn
from lizhi_pos.till.notices import BUSY, UNCERTAIN, Notice
from lizhi_pos.till.pick_list import Growing, PickList, Row
from lizhi_pos.till.scanner import Done, Escaped, Event, Move, Paused, Scanned, Step, TakenOut
from lizhi_pos.till.service_answers import LastRedemption
from lizhi_pos.till.shift import Shift
from lizhi_pos.till.typed_input import MOST_AT_ONCE, TypedInput, read_typed

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter, ShelfItem
    from lizhi_pos.ids import Id
    from lizhi_pos.till.database_thread import DatabaseThread

WAITING = Notice("said", message("One moment …"))


class Counter(CounterState):
    """What each event does to the counter."""

    def __init__(self, work: "DatabaseThread", till: str) -> None:
        super().__init__(work, till)
        self.holding = HoldAndRecall(self)
        self.next_turn = NextTurn(self)
        self.catching_up = CatchingUp(self, self.holding, self.redeem_approved)

    def open(self, opened: Shift) -> None:
        """Give the counter its clerk, its books and its shelf, and what lay on it when the till last ran."""
        self.begin(opened)
        self.last = self.last or opened.last
        if opened.on_counter and self.basket is None:
            self.resume(opened.on_counter)
            self.note("hint", message("This basket is as it was when the till stopped: nothing of it was redeemed"))

    async def look_around(self) -> None:
        """Read the shelf anew, and what is to be said of the day."""
        await self.look_at_day()
        await self.lookup.look_again()

    async def take(self, event: Event) -> None:
        """Do what one event asks for."""
        growing, self.growing = self.growing, None
        match event:
            case Paused(text):
                await self._grow(text)
            case Move(by) if growing is not None:
                growing.pick_list.move(by)
                self.growing = growing
            case Scanned(text) if growing is not None and text == growing.text and growing.pick_list.marked >= 0:
                self.notice, self.just_done, self.pick_list = None, None, growing.pick_list
                await self._choose(growing.pick_list.marked_row)
            case Scanned():
                self.notice, self.thanked_at = None, None
                await self._scanned(event)
            case Done():
                await self._enter()
            case Step(by):
                self._change(lambda basket: basket.step(by))
            case TakenOut():
                self._change(lambda basket: basket.change(0))
            case Move(by):
                self._move(by)
            case Escaped():
                self._escape()

    def wait(self) -> None:
        """Show that what was asked for takes its time."""
        self.notice = WAITING

    def go_on(self) -> None:
        """Go on after what took its time."""
        if self.notice is WAITING:
            self.notice = None

    def empty(self) -> None:
        """Forgets the household and its basket; not while its checkout is uncertain."""
        if self.basket and self.basket.uncertain:
            self.refuse(UNCERTAIN)
            return
        if self.basket and self.basket.lines:
            self.basket.lines.clear()
            self.autosave.save(self.at_work, self.basket)
        self.clear()
        self.note("said", message("The counter is empty"))

    def may_name_proxy(self) -> bool:
        """Return whether it may now be said who collects; else it is said why not."""
        if self.basket is None:
            self.refuse(message("Scan the household's booklet first, then say who collects for it"))
        elif self.basket.household.reasons:
            self.refuse(message("{0} may not redeem: scan the next booklet", self.basket.household.head))
        elif self.basket.uncertain:
            self.refuse(UNCERTAIN)
        else:
            return True
        return False

    def collect(self, name: str, relation: str) -> Refusal | None:
        """Says who collects for the present household; with both empty it comes itself."""
        if bool(name) != bool(relation):
            return refuse("rule_broken", "Somebody who collects for a household gives name and relation")
        if self.basket is not None:
            self.basket.proxy, self.refused = (name, relation), None
            if self.basket.lines:
                self.autosave.save(self.at_work, self.basket)
            text = message("{0} ({1}) collects", name, relation) if name else message("The household collects itself")
            self.note("said", text)
        return None

    async def hold(self) -> None:
        """Put the basket aside; a household whose booklet was scanned meanwhile takes its place."""
        held, following = await self.holding.hold(), self.next_household
        if held:
            self.clear()
            await self.look_at_day()
            if following is not None:
                self.receive(following)
            self.note("done", message("{0} is held: F3 takes it back", held))

    async def reprint_last(self) -> None:
        """Print the receipt of the last sale done here once more."""
        if self.last is None:
            self.refuse(message("Nothing was redeemed at this till yet: F9 lists today's receipts"))
        else:
            self.notice = await self.reprinted(self.last.redemption.redemption_id, self.last.redemption.receipt)

    async def reprinted(self, redemption_id: "Id", receipt: str) -> Notice:
        """Print a receipt once more, and what is to be said of it."""
        opened = self.at_work
        copy = await self.work.run(lambda: opened.service.reprint(redemption_id, self.till, opened.clerk))
        if isinstance(copy, Refusal):
            self.rings += 1
            return Notice("refusal", copy.sentence)
        self.on_sold()
        return Notice("done", message("Receipt {0} is printed again, copy {1}", receipt, copy))

    async def redeem_approved(self, approval: "Approval | None") -> None:
        """Redeem the basket that waited for a second person, or for the server."""
        if self.basket is not None:
            await self._redeem(self.basket, approval)

    def failed(self, error: Exception) -> None:
        """Say in one sentence that the machine failed at something; the counter stays as it is."""
        if isinstance(error, ServerLost) and self.basket and self.basket.finishes:
            # that it is redeemed later stands below, as long as the server is lost
            self.notice, self.rings = None, self.rings + 1
        elif isinstance(error, ServerLost):
            self.refuse(message("Nothing was done"))
        elif is_busy(error):
            self.refuse(BUSY.sentence)
        elif self.basket and self.basket.uncertain:
            self.refuse(message("The machine failed. Enter tries again: nothing is redeemed twice"))
        else:
            self.refuse(message("The machine failed at this; the till goes on. Try again"))

    async def _grow(self, text: str) -> None:
        """List what the text means so far; Enter or another key leaves everything as it would be without."""
        entry = read_typed(text)
        if not entry.text or self.pick_list is not None or entry.wrong_quantity is not None:
            return
        serving = self.basket is not None and not self.basket.household.reasons
        found = await self.lookup.growing(entry, serving=serving, has_lines=self.has_lines)
        if found is not None:
            # no row is marked until somebody marks one
            found.marked = -1
            self.growing = Growing(text, found)

    async def _scanned(self, scanned: Scanned) -> None:
        entry, self.just_done = read_typed(scanned.text), None
        if self.pick_list and (row := self.pick_list.numbered(entry.text)):
            await self._choose(row)
            return
        if self.pick_list and self.pick_list.kind == "either":
            self.next_turn.ask_either(self.pick_list)
            return
        self.pick_list = None
        if entry.wrong_quantity is not None and self.lookup.shelf.get(entry.code) is None:
            self.refuse(_quantity_words(entry.wrong_quantity))
            return
        if entry.is_quantity and self.has_lines:
            self._change(lambda basket: basket.change(entry.quantity or 0))
            return
        serving = self.basket is not None and not self.basket.household.reasons
        try:
            found = await read_scan(self.lookup, scanned, serving=serving, has_lines=self.has_lines)
        except Exception:
            # whoever's booklet it was: the next goods are not the former household's
            self.next_turn.nobodys(entry)
            raise
        for what, part in found:
            self._show(what, part)

    def _show(self, found: "ShelfItem | HouseholdAtCounter | PickList | Message", entry: TypedInput) -> None:
        from lizhi_pos.checkout.till_queries import (
            HouseholdAtCounter,  # loaded long ago, but not before the first paint
        )

        if isinstance(found, Message):
            self.refuse(found)
            self.next_turn.nobodys(entry)
        elif isinstance(found, PickList) and found.kind == "either":
            self.pick_list = found
            self.next_turn.ask_either(found)
        elif isinstance(found, PickList):
            self.offer(found)
        elif isinstance(found, HouseholdAtCounter):
            self.receive(found)
        else:
            pieces = self.lookup.shelf.pieces(entry.code)
            self._add(found, pieces if entry.quantity is None else entry.quantity * pieces)

    def receive(self, household: "HouseholdAtCounter") -> None:
        """Somebody's booklet was scanned or chosen."""
        if self.basket and self.basket.lines:
            self.next_turn.beside(self.basket, household)
            return
        self.basket, self.refused = BasketInProgress(household, self.at_work.new_key()), None
        self.clear_next()
        if household.reasons:
            self.rings += rings_of(household.reasons)
        elif household.held:
            self.holding.offer_of(household)
        elif household.own:
            self.note("hint", message("This is the clerk's own household: another person approves"))

    def _add(self, goods: "ShelfItem", quantity: int | None) -> None:
        if self.basket is None:
            self.refuse(message("{0} costs {1}; scan a booklet first", goods.name, format_hundredths(goods.price)))
        elif self.basket.household.reasons:
            self.refuse(message("{0} may not redeem: nothing was added", self.basket.household.head))
        elif self.basket.uncertain:
            self.refuse(UNCERTAIN)
        elif self.next_is_asked:
            self.next_turn.ask(self.basket)
        elif quantity == 0:
            self.refuse(message("A quantity must be a whole number from 1"))
        else:
            self._changed(self.basket, self.basket.add(goods, quantity or 1))

    def _change(self, change: Callable[[BasketInProgress], Line | None]) -> None:
        basket = self.basket
        if basket is None or not basket.lines:
            self.refuse(message("There is no line to change"))
        elif basket.uncertain:
            self.refuse(UNCERTAIN)
        elif self.pick_list and self.pick_list.kind == "either":
            self.next_turn.ask_either(self.pick_list)
        elif self.next_is_asked:
            self.next_turn.ask(basket)
        elif (line := change(basket)) is not None:
            self._changed(basket, line)

    def _changed(self, basket: BasketInProgress, line: Line) -> None:
        self.refused, basket.finishes = None, False
        self.autosave.save(self.at_work, basket)
        goods, limit = line.goods, line.goods.monthly_limit
        if basket.missing:
            missing = format_hundredths(basket.missing)
            self.note("hint", message("The points do not cover this basket: {0} too much, take something out", missing))
        elif line.quantity < 1:
            self.note("said", message("{0} is taken out", goods.name))
        elif limit is not None and line.quantity > limit:
            self.note("hint", message("{0}: at most {1} for a household and month, take some out", goods.name, limit))
        elif line.quantity > goods.in_stock:
            self.note("hint", message("{0}: the books have {1} left", goods.name, goods.in_stock))
        else:
            self.note("said", message("{0}  × {1}", goods.name, line.quantity))

    async def _enter(self) -> None:
        if self.pick_list:
            await self._choose(self.pick_list.marked_row)
        elif self.basket is None:
            self.note("said", message("Scan a booklet"))
        elif self.basket.household.reasons:
            self.refuse(message("{0} may not redeem: scan the next booklet", self.basket.household.head))
        elif not self.basket.lines:
            self.note("said", message("Nothing is scanned yet: scan goods, or the next booklet"))
        else:
            await self._redeem(self.basket)

    async def _redeem(self, basket: BasketInProgress, approval: "Approval | None" = None) -> None:
        opened, household = self.at_work, basket.household
        self.notice = None
        # what is autosaved later would come after the redemption
        await self.autosave.settled()
        # until the answer is there nobody knows whether the basket was redeemed
        was_uncertain, basket.uncertain = basket.uncertain, True
        now = basket.at(self.till)
        try:
            answer = await self.work.run(lambda: opened.service.redeem(now, opened.clerk, approval))
        except ServerLost as lost:
            basket.uncertain = was_uncertain or lost.may_be_written
            basket.finishes, basket.approval = True, approval
            raise
        basket.uncertain = basket.finishes = False
        if isinstance(answer, Refusal):
            self.refused = answer
            if answer.code == "approval_needed" and approval is None:
                self.approval_asked = True
                return
            self.rings += rings_of(answer.reasons)
            await self.look_again(basket)
            return
        self.last, self.paper = LastRedemption(household.head, household.village, answer), ""
        self.just_done = self.last
        self.clear()
        self.thanked_at = monotonic()
        self.note("done", message("Done: receipt {0}", answer.receipt))
        self.on_sold()

    async def _choose(self, row: Row) -> None:
        if self.pick_list and self.pick_list.kind == "looked_up":
            self._say_of(row.code)
            return
        choices, self.pick_list = self.pick_list, None
        asked = choices is not None and choices.kind == "either" and row is choices.rows[0]
        if choices is None or choices.kind == "households" or asked:
            answer = await self.lookup.serve(row.code)
            self._show(answer.sentence if isinstance(answer, Refusal) else answer, TypedInput(row.code))
        elif choices.kind == "held":
            await self.holding.take_back(row.code)
        elif (goods := self.lookup.shelf.get(row.code)) is not None:
            self._add(goods, choices.quantity)

    def _say_of(self, code: str) -> None:
        """Say what there is to know of a product that was only looked up; its list stays, and nothing is sold."""
        if (goods := self.lookup.shelf.get(code)) is not None:
            price = format_hundredths(goods.price)
            self.note("said", message("{0}: {1}, {2} in stock. Nothing was taken", goods.name, price, goods.in_stock))

    def _move(self, by: int) -> None:
        if self.pick_list:
            self.pick_list.move(by)
        elif self.basket:
            self.basket.move(by)

    def _escape(self) -> None:
        self.notice = None
        if self.pick_list:
            self.pick_list = None
        elif self.next_is_asked and self.basket is not None:
            self.clear_next()
            self.note("said", message("{0} goes on", self.basket.household.head))
        elif self.has_lines:
            self.note("said", message("F8 empties the counter"))
        else:
            self.clear()


def _quantity_words(wrong: str) -> Message:
    if wrong.isdecimal():
        return message("{0} are too many at once: 1 to {1} before the *. Nothing was taken", wrong, MOST_AT_ONCE)
    return message("{0} is no quantity: 1 to {1} before the *. Nothing was taken", wrong or "–", MOST_AT_ONCE)
