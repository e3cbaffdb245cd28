"""What lies on a till's counter, and what is said of it: the state that every act at the counter changes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lizhi_pos.database_failures import ServerLost
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.till.autosave import Autosave
from lizhi_pos.till.basket import BasketInProgress
from lizhi_pos.till.lookup import Lookup
from lizhi_pos.till.notices import Level, Notice
from lizhi_pos.till.pick_list import Growing, PickList
from lizhi_pos.till.product_index import MAX_LIST_ROWS
from lizhi_pos.till.progress import progress_bar
from lizhi_pos.till.same_press import SamePress
from lizhi_pos.till.service_answers import LastRedemption, RestoredBasket
from lizhi_pos.till.shift import Shift

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter, RecentEntry
    from lizhi_pos.till.database_thread import DatabaseThread


class CounterState:
    """The counter's state.

    `opening` is how many of the steps to being open are done, `rings` are bells still to be rung, `refused` is what the
    checkout said of this basket, `just_done` what was redeemed since the last scan, `paper` what the on-screen printer
    printed last. `approval_asked` says that the checkout waits for a second person. `growing` is what the text in the
    field would list, `recent` are the household's last entries. `next_household` is whose booklet was scanned over
    another household's goods, `next_is_stranger` says that nobody is known to have it. `thanked_at` is when the
    household of the last redemption was thanked, by the machine's monotonic clock, while it still stands there.
    """

    def __init__(self, work: "DatabaseThread", till: str) -> None:
        self.work = work
        self.till = till
        self.opened: Shift | None = None
        self.opening = 0
        self.basket: BasketInProgress | None = None
        self.just_done: LastRedemption | None = None
        self.last: LastRedemption | None = None
        self.paper = ""
        self.pick_list: PickList | None = None
        self.recent: Sequence[RecentEntry] = ()
        self._recent_of: tuple[str, str] | None = None
        self.growing: Growing | None = None
        self.refused: Refusal | None = None
        self.notice: Notice | None = None
        self.approval_asked = False
        self.copies = SamePress()
        self.thanked_at: float | None = None
        self.rings = 0
        self.next_household: HouseholdAtCounter | None = None
        self.next_is_stranger = False
        self.link = work.link
        self.autosave = Autosave(work, till, self._not_kept)
        self.on_sold: Callable[[], None] = lambda: None
        self.on_trouble: Callable[[Exception], None] = lambda error: None
        self.on_noticed: Callable[[], None] = lambda: None

    def begin(self, opened: Shift) -> None:
        """Give the counter its clerk, its books and its shelf."""
        self.opened = opened
        self.lookup = Lookup(self.work, opened, self._reading_names)

    @property
    def has_lines(self) -> bool:
        """Whether goods lie on the counter."""
        return self.basket is not None and bool(self.basket.lines)

    @property
    def next_is_asked(self) -> bool:
        """Whether it is still to be said whose the next goods are."""
        return self.next_household is not None or self.next_is_stranger

    async def read_recent(self) -> bool:
        """Read the last entries of the household at the counter, once for its turn.

        Return whether they are others now.
        """
        basket, opened = self.basket, self.opened
        turn = (basket.household.booklet, basket.key) if basket else None
        if turn == self._recent_of or opened is None:
            return False
        self._recent_of, self.recent = turn, ()
        if turn is not None:
            self.recent = await self.work.run(lambda: opened.service.recent_entries(turn[0]))
        return True

    async def look_at_day(self) -> None:
        """Read what is to be said of the day: villages served, baskets held."""
        opened = self.at_work
        shop_status = await self.work.run(lambda: opened.service.shop_status(opened.shop))
        self.opened = replace(self.at_work, shop_status=shop_status)

    async def look_again(self, basket: BasketInProgress) -> None:
        """Another till or a veto may have changed the household since it was scanned."""
        answer = await self.lookup.serve(basket.household.booklet)
        if not isinstance(answer, Refusal):
            basket.household = answer

    def clear_next(self) -> None:
        """Forget the question whose the next goods are: it is known again."""
        self.next_household, self.next_is_stranger = None, False

    def resume(self, resumed: RestoredBasket) -> None:
        """Put a basket that comes back onto the counter."""
        basket = resumed.basket
        self.basket = BasketInProgress(resumed.household, basket.key, (basket.proxy, basket.relation))
        self.refused, self.just_done = None, None
        self.clear_next()
        for wanted in basket.wanted:
            if (goods := self.lookup.shelf.get(wanted.code)) is not None:
                self.basket.add(goods, wanted.quantity)

    def offer(self, choices: PickList) -> None:
        """Show a list to choose from."""
        self.pick_list = choices
        if choices.kind == "households" and not self.has_lines:
            # until one is chosen goods are nobody's
            self.basket = None
        if choices.kind == "looked_up":
            self.note("said", message("Only looked up: nothing is taken from this list"))
        elif len(choices.rows) < MAX_LIST_ROWS:
            self.note("said", message("Choose by number or arrows, then Enter"))
        else:
            self.note("hint", message("These are the first {0}: one more letter finds fewer", len(choices.rows)))

    def clear(self) -> None:
        """Nothing lies on the counter, and nobody stands at it."""
        self.basket, self.pick_list, self.growing, self.refused = None, None, None, None
        self.thanked_at = None
        self.clear_next()

    def unfinished(self) -> None:
        """Something was asked for that goods on the counter stand in the way of."""
        if self.basket:
            head = self.basket.household.head
            self.refuse(message("First finish {0}: Enter redeems, F2 holds it, F8 empties the counter", head))

    def _reading_names(self, known: int, of: int) -> None:
        self.note("said", message("{0} of the names", progress_bar(known, of)))
        self.on_noticed()

    def _not_kept(self, why: Refusal | Exception) -> None:
        if isinstance(why, ServerLost):
            # that it is lost stands there as long as it is; the basket is saved once it is back
            pass
        elif isinstance(why, Exception):
            self.on_trouble(why)
            self.refuse(message("The disk fails: this basket is lost if the till stops now. Redeem it soon"))
        else:
            self.refuse(why.sentence)
        self.on_noticed()

    @property
    def server_words(self) -> Message | None:
        """What is to be known and done while the server does not answer; None while it does."""
        if not self.link.is_lost:
            return None
        tries, basket = self.link.tries, self.basket
        if basket is None or not basket.lines:
            return message("The server does not answer. Write paper slips meanwhile. The till tries again, {0}", tries)
        head = basket.household.head
        if basket.finishes:
            return message(
                "The server does not answer. No slip for {0}: this basket is redeemed once, by itself, as soon as it "
                "does. Slips for the others. The till tries again, {1}",
                head,
                tries,
            )
        return message(
            "The server does not answer. This basket stays here: Enter has it redeemed as soon as it does; or F8 and a "
            "paper slip for {0}. The till tries again, {1}",
            head,
            tries,
        )

    def note(self, level: Level, text: Message) -> None:
        """Say what just happened, in one line."""
        self.notice = Notice(level, text)

    def refuse(self, text: Message) -> None:
        """Says why something was not done, and rings."""
        self.note("refusal", text)
        self.rings += 1

    @property
    def at_work(self) -> Shift:
        """What the till was opened with; raises before it is."""
        if self.opened is None:
            raise RuntimeError("the counter is not open yet")
        return self.opened
