"""Whose the next goods are, where another booklet was scanned than the one that is served."""

from typing import TYPE_CHECKING

from lizhi_pos.refusal import message
from lizhi_pos.till.basket import BasketInProgress
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.pick_list import PickList
from lizhi_pos.till.typed_input import TypedInput

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter


class NextTurn:
    """A booklet that was scanned over another household's goods.

    Until the first basket is held or the question is answered nothing is added to it.
    """

    def __init__(self, counter: CounterState) -> None:
        self._counter = counter

    def beside(self, basket: BasketInProgress, household: "HouseholdAtCounter") -> None:
        """Take the booklet that was scanned while goods lie on the counter."""
        self._counter.clear_next()
        if household.booklet == basket.household.booklet:
            self._counter.note("said", message("{0} goes on", household.head))
        else:
            self._counter.next_household = None if basket.uncertain else household
            self._counter.unfinished()

    def nobodys(self, entry: TypedInput) -> None:
        """Take what could be a booklet and is nobody's: who stands at the counter now is not known."""
        counter = self._counter
        basket = counter.basket
        if not entry.could_be_booklet or (basket and basket.uncertain):
            return
        if basket is None or not basket.lines:
            counter.clear()
            return
        counter.next_household, counter.next_is_stranger = None, True
        if counter.notice is not None:
            counter.note(
                "refusal", message("{0}. Esc: {1} goes on. F2: {1} is held", counter.notice.text, basket.household.head)
            )

    def ask(self, basket: BasketInProgress) -> None:
        """Asks whose the goods are that were scanned; nothing is done with them."""
        counter, first = self._counter, basket.household.head
        if counter.next_household is None:
            counter.refuse(message("Nothing was changed. Whose is it? Esc: {0} goes on. F2: {0} is held", first))
        else:
            second = counter.next_household.head
            self._counter.refuse(
                message("Nothing was added. Whose is it? Esc: {0}. F2: {1}, the first is held", first, second)
            )

    def ask_either(self, choices: PickList) -> None:
        """Asks what a code means that a booklet and a product both have."""
        number = choices.rows[0].code
        self._counter.refuse(message("{0} is a booklet and a product. Which? 1 the booklet, 2 the product", number))
