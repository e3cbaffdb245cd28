"""What the till's acts answer with, beside what the shop's own rooms have."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from lizhi_pos.checkout.open_baskets import OpenBasket
    from lizhi_pos.checkout.redemptions import Redemption
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter


class LastRedemption(Struct, frozen=True):
    """The redemption that was done last, with the head it was for."""

    head: str
    village: str
    redemption: "Redemption"


class ShopStatus(Struct, frozen=True):
    """The day around the counter: villages whose households redeemed today, and baskets that are held."""

    villages: int
    held: int


class RestoredBasket(Struct, frozen=True):
    """A basket that comes back to the counter, with its household as it stands now."""

    basket: "OpenBasket"
    household: "HouseholdAtCounter"
