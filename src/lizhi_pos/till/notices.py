"""What a till tells its clerk, and what it knows once it is open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.refusal import Refusal, Text, say

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator
    from lizhi_pos.checkout.open_baskets import OpenBasket
    from lizhi_pos.checkout.redemptions import Redemption
    from lizhi_pos.checkout.till_queries import Counter, Goods, Served
    from lizhi_pos.till.service import Books
    from lizhi_pos.till.shift import Shift

Level = Literal["said", "done", "hint", "refusal"]

UNCERTAIN = say("It is not known whether this basket was redeemed: press Enter to try again")
"""While the machine failed in the midst of a checkout, nothing else is done with its basket."""
FAILED = Refusal(text=say("The machine failed at this; the till goes on. Try again"))
"""What is said where an act failed; the log says why."""


OPENING = 4
"""Steps until the till may sell: books, PIN, goods, what lay here."""


class Notice(Struct, frozen=True):
    """One line about what just happened, and how loud it is."""

    level: Level
    text: Text


class LastSale(Struct, frozen=True):
    """The redemption that was done last, with the head it was for."""

    head: str
    village: str
    redemption: "Redemption"


class Around(Struct, frozen=True):
    """The day around the counter: villages whose households redeemed today, and baskets that are held."""

    villages: int
    held: int


class Resumed(Struct, frozen=True):
    """A basket that comes back to the counter, with its household as it stands now."""

    basket: "OpenBasket"
    household: "Served"


class Opened(Struct, frozen=True):
    """What the till needs before it can sell. `on_counter` was on it when the till last ran, `last` was done last."""

    books: "Books"
    shift: "Shift"
    shop: "Counter"
    goods: Sequence["Goods"]
    around: Around = Around(0, 0)
    on_counter: Resumed | None = None
    last: LastSale | None = None

    @property
    def clerk(self) -> "Operator":
        """Who is at the till now."""
        return self.shift.operator
