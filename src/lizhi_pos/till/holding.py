"""Baskets put aside at a counter, and taken back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lizhi_pos.refusal import Refusal, say
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.notices import UNCERTAIN
from lizhi_pos.till.pick_list import Choices, Row

if TYPE_CHECKING:
    from lizhi_pos.checkout.open_baskets import OpenBasket
    from lizhi_pos.checkout.till_queries import Served


class Holding:
    """Holds the basket of one counter; any till may take it back."""

    def __init__(self, desk: CounterState) -> None:
        self._desk = desk

    async def hold(self) -> str | None:
        """Puts the basket aside and returns the head it is of; None where that could not be, which is said."""
        desk, sale, opened = self._desk, self._desk.sale, self._desk.at_work
        if sale is None or not sale.lines:
            desk.refuse(say("There are no goods to hold: F3 takes a held basket back"))
            return None
        if sale.uncertain:
            desk.refuse(UNCERTAIN)
            return None
        await desk.keeper.settled()
        answer = await desk.work.do(lambda: opened.books.hold(sale.key, desk.till, opened.clerk))
        if answer is not None:
            desk.refuse(answer.sentence)
            return None
        return sale.household.head

    async def recall(self) -> None:
        """Offers the held baskets; a single one comes back at once."""
        desk = self._desk
        if desk.has_lines:
            desk.unfinished()
            return
        books = desk.at_work.books
        # a basket that was emptied just now still lies there by the books
        await desk.keeper.settled()
        found = await desk.work.do(books.held)
        if not found:
            desk.refuse(say("No basket is held"))
        elif len(found) == 1:
            await self.take_back(found[0].key)
        else:
            desk.offer(_listed(found))

    def offer_of(self, household: "Served") -> None:
        """Offers a household's own held baskets; goods scanned instead begin another one."""
        self._desk.choices = _listed(household.held)
        words = say("{0} has a held basket: Enter takes it back, goods begin another one", household.head)
        self._desk.tell("hint", words)

    async def take_back(self, key: str) -> None:
        """Puts one held basket onto the counter."""
        desk, opened = self._desk, self._desk.at_work
        answer = await desk.work.do(lambda: opened.books.recall(key, self._desk.till, opened.clerk))
        if isinstance(answer, Refusal):
            desk.refuse(answer.sentence)
        else:
            if any(desk.finder.shelf.get(w.code) is None for w in answer.basket.wanted):
                await desk.finder.look_again()
            desk.resume(answer)
            desk.tell("done", say("The basket of {0} is back on the counter", answer.household.head))


def _listed(found: "Sequence[OpenBasket]") -> Choices:
    rows = [Row(b.key, (b.booklet, b.head, b.village, f"× {b.units}", b.clerk, f"[{b.till}]")) for b in found]
    return Choices("held", tuple(rows))
