"""Baskets put aside at a counter, and taken back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lizhi_pos.refusal import Refusal, message
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.notices import UNCERTAIN
from lizhi_pos.till.pick_list import PickList, Row

if TYPE_CHECKING:
    from lizhi_pos.checkout.open_baskets import OpenBasket
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter


class HoldAndRecall:
    """Holds the basket of one counter; any till may take it back."""

    def __init__(self, counter: CounterState) -> None:
        self._counter = counter

    async def hold(self) -> str | None:
        """Put the basket aside and return the head it is of; None where that could not be, which is said."""
        counter, basket, opened = self._counter, self._counter.basket, self._counter.at_work
        if basket is None or not basket.lines:
            counter.refuse(message("There are no goods to hold: F3 takes a held basket back"))
            return None
        if basket.uncertain:
            counter.refuse(UNCERTAIN)
            return None
        await counter.autosave.settled()
        answer = await counter.work.run(lambda: opened.service.hold(basket.key, counter.till, opened.clerk))
        if answer is not None:
            counter.refuse(answer.sentence)
            return None
        return basket.household.head

    async def recall(self) -> None:
        """Offers the held baskets; a single one comes back at once."""
        counter = self._counter
        if counter.has_lines:
            counter.unfinished()
            return
        service = counter.at_work.service
        # a basket that was emptied just now still lies there by the books
        await counter.autosave.settled()
        found = await counter.work.run(service.held)
        if not found:
            counter.refuse(message("No basket is held"))
        elif len(found) == 1:
            await self.take_back(found[0].key)
        else:
            counter.offer(_listed(found))

    async def look_again(self) -> None:
        """List the held baskets as they are now, the mark where it was."""
        counter, shown = self._counter, self._counter.pick_list
        found = await counter.work.run(counter.at_work.service.held)
        if shown is None or counter.pick_list is not shown:
            return
        counter.pick_list = _listed(found) if found else None
        if counter.pick_list is not None:
            counter.pick_list.move(min(shown.marked, len(found) - 1) - counter.pick_list.marked)

    def offer_of(self, household: "HouseholdAtCounter") -> None:
        """Offers a household's own held baskets; goods scanned instead begin another one."""
        self._counter.pick_list = _listed(household.held)
        words = message("{0} has a held basket: Enter takes it back, goods begin another one", household.head)
        self._counter.note("hint", words)

    async def take_back(self, key: str) -> None:
        """Put one held basket onto the counter."""
        counter, opened = self._counter, self._counter.at_work
        answer = await counter.work.run(lambda: opened.service.recall(key, self._counter.till, opened.clerk))
        if isinstance(answer, Refusal):
            counter.refuse(answer.sentence)
        else:
            if any(counter.lookup.shelf.get(w.code) is None for w in answer.basket.wanted):
                await counter.lookup.look_again()
            counter.resume(answer)
            await counter.look_at_day()
            counter.note("done", message("The basket of {0} is back on the counter", answer.household.head))


def _listed(found: "Sequence[OpenBasket]") -> PickList:
    rows = [
        Row(b.key, (b.booklet, b.head, b.village, message("{0} {0:piece|pieces}", b.units), b.clerk, f"[{b.till}]"))
        for b in found
    ]
    return PickList("held", tuple(rows))
