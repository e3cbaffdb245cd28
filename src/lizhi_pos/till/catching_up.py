"""What the counter does about what happened elsewhere: another till's acts, and a server that was away."""

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from lizhi_pos.changes import HELD
from lizhi_pos.refusal import Reason, message
from lizhi_pos.till.counter_state import CounterState
from lizhi_pos.till.holding import HoldAndRecall

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval


class CatchingUp:
    """Brings what one counter shows to what the books say now."""

    def __init__(
        self,
        counter: CounterState,
        holding: HoldAndRecall,
        redeem: "Callable[[Approval | None], Awaitable[None]]",
    ) -> None:
        self._counter = counter
        self._holding = holding
        self._redeem = redeem

    async def with_others(self, kinds: Collection[str]) -> None:
        """Show what another till changed: the day, the held baskets, the shelf, and the household that is served."""
        counter = self._counter
        await counter.look_at_day()
        basket = counter.basket
        if counter.pick_list is not None and counter.pick_list.kind == "held" and basket is None:
            await self._holding.look_again()
        if {HELD, "session"}.issuperset(kinds):
            return
        await counter.lookup.look_again()
        if basket is None or basket.uncertain or basket.finishes:
            return
        for line in basket.lines:
            line.goods = counter.lookup.shelf.get(line.goods.code) or line.goods
        before = basket.household
        await counter.look_again(basket)
        if basket.household.reasons and not before.reasons:
            counter.rings += rings_of(basket.household.reasons)
            counter.note("refusal", message("{0} may not redeem any more: that was recorded just now", before.head))

    async def with_the_server(self) -> None:
        """Finish what the server was lost in the midst of, once, and show how things stand now."""
        counter = self._counter
        counter.note("done", message("The server answers again"))
        basket = counter.basket
        if basket is not None and basket.finishes:
            await self._redeem(basket.approval)
        elif basket is not None:
            await counter.look_again(basket)
            if basket.lines:
                counter.autosave.save(counter.at_work, basket)
        await counter.look_at_day()
        await counter.lookup.look_again()


def rings_of(reasons: Collection[Reason]) -> int:
    """Return how often a refusal rings: twice for a veto."""
    return 2 if any(reason.code == "vetoed" for reason in reasons) else 1
