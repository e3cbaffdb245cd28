"""Lots near their expiry (临期), those that are past it first."""

from datetime import date, timedelta

from msgspec import Struct

from lizhi_pos.db import Transaction
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import lots_on
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.rulebook.reading import NEAR_DAYS


class NearLot(Struct, frozen=True, kw_only=True):
    """A lot with goods left; `days_left` is below 0 once it has expired."""

    lot: str
    code: str
    name: str
    on_hand: int
    expires: date
    days_left: int
    source: str


class NearExpiry(Struct, frozen=True):
    """The lots that expire within so many days of a day, that day included, by expiry."""

    days: int
    lots: tuple[NearLot, ...]


def near_on(tx: Transaction, day: date, days: int | None = None) -> NearExpiry:
    """Return the lots that expire within `days` of a day, by default as many as the rulebook says."""
    within = near_days(tx, day) if days is None else days
    last = day + timedelta(days=min(within, (date.max - day).days))
    named = {p.product_id: p for p in products(tx)}
    found = sorted((x for x in lots_on(tx, day) if x.expires_on and x.expires_on <= last), key=lambda x: x.turn)
    return NearExpiry(
        within,
        tuple(
            NearLot(
                lot=x.name,
                code=named[x.product_id].code,
                name=named[x.product_id].name,
                on_hand=x.on_hand,
                expires=x.expires_on,
                days_left=(x.expires_on - day).days,
                source=x.voucher,
            )
            for x in found
            if x.expires_on is not None
        ),
    )


def near_days(tx: Transaction, day: date) -> int:
    """Return how long before its last day a lot is near its expiry, as the rulebook of a day says."""
    rules = rules_on(tx, day)
    return NEAR_DAYS if isinstance(rules, Refusal) else rules.near_days
