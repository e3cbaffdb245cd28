"""Whose the next goods are, where another booklet was scanned than the one that is served."""

from typing import TYPE_CHECKING

from lizhi_pos.refusal import say
from lizhi_pos.till.basket import Sale
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.pick_list import Choices
from lizhi_pos.till.typed_input import Entry

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import Served


class NextTurn:
    """A booklet that was scanned over another household's goods.

    Until the first basket is held or the question is answered nothing is added to it.
    """

    def __init__(self, desk: CounterState) -> None:
        self._desk = desk

    def beside(self, sale: Sale, household: "Served") -> None:
        """A booklet was scanned while goods lie on the counter."""
        self._desk.forget_next()
        if household.booklet == sale.household.booklet:
            self._desk.tell("said", say("{0} goes on", household.head))
        else:
            self._desk.next_household = None if sale.uncertain else household
            self._desk.unfinished()

    def nobodys(self, entry: Entry) -> None:
        """What could be a booklet is nobody's: who stands at the counter now is not known."""
        desk = self._desk
        sale = desk.sale
        if not entry.could_be_booklet or (sale and sale.uncertain):
            return
        if sale is None or not sale.lines:
            desk.clear()
            return
        desk.next_household, desk.next_is_stranger = None, True
        if desk.notice is not None:
            desk.tell("refusal", say("{0}. Esc: {1} goes on. F2: {1} is held", desk.notice.text, sale.household.head))

    def ask(self, sale: Sale) -> None:
        """Asks whose the goods are that were scanned; nothing is done with them."""
        desk, first = self._desk, sale.household.head
        if desk.next_household is None:
            desk.refuse(say("Nothing was changed. Whose is it? Esc: {0} goes on. F2: {0} is held", first))
        else:
            second = desk.next_household.head
            self._desk.refuse(
                say("Nothing was added. Whose is it? Esc: {0}. F2: {1}, the first is held", first, second)
            )

    def ask_either(self, choices: Choices) -> None:
        """Asks what a code means that a booklet and a product both have."""
        number = choices.rows[0].code
        self._desk.refuse(say("{0} is a booklet and a product. Which? 1 the booklet, 2 the product", number))
