"""A till's shift: who is at it, and what it sells by."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from lizhi_pos.till.service_answers import LastRedemption, RestoredBasket, ShopStatus

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator
    from lizhi_pos.checkout.till_queries import ShelfItem, TradingDay
    from lizhi_pos.till.service import TillService


class SignedIn:
    """One till's operator, another one after each sign-in. Kept here alone, and read when an act runs."""

    def __init__(self, till: str) -> None:
        self.till = till
        self._operator: Operator | None = None

    @property
    def operator(self) -> "Operator":
        """Who acts now; raises where nobody is signed in."""
        if self._operator is None:
            raise RuntimeError("nobody is signed in")
        return self._operator

    @property
    def name(self) -> str:
        """Who acts now, empty for nobody."""
        return self._operator.name if self._operator else ""

    def begin(self, operator: "Operator") -> None:
        """Somebody signed in."""
        self._operator = operator

    def end(self) -> None:
        """Nobody is signed in any more."""
        self._operator = None


class Shift(Struct, frozen=True):
    """A till while it sells: who is at it, its acts, the market session with its prices, and the day around it.

    `on_counter` was on it when it last ran, `last` was done last. What is asked of it is asked when an act runs, never
    kept in a screen.
    """

    service: "TillService"
    signed_in: SignedIn
    shop: "TradingDay"
    goods: Sequence["ShelfItem"]
    shop_status: ShopStatus = ShopStatus(0, 0)
    on_counter: RestoredBasket | None = None
    last: LastRedemption | None = None

    @property
    def clerk(self) -> "Operator":
        """Who is at the till now."""
        return self.signed_in.operator

    @property
    def now(self) -> datetime:
        """The present moment, as the town's clocks show it."""
        return self.service.clock.now().astimezone(self.shop.zone)

    @property
    def is_past(self) -> bool:
        """Whether the day that is sold on is over: its session was left open past midnight."""
        return self.now.date() > self.shop.day

    def new_key(self) -> str:
        """Return the key of a new basket."""
        return self.service.clock.new_id().hex()
