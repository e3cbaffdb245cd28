"""A basket: whose it is, what is in it, and how a repeat of it is known again. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lizhi_pos.ids import Id
from lizhi_pos.money import Points, Yuan, points_for
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable

if TYPE_CHECKING:
    from lizhi_pos.inventory.codes import Meaning

TILLS = frozenset(map(str, range(1, 100)))
SLIPS_TILL = "P"
"""The till of paper slips, and of nothing else."""


class Wanted(Struct, frozen=True):
    """So many of one product, by its code."""

    code: str
    quantity: int


class Basket(Struct, frozen=True, kw_only=True):
    """What one household wants to redeem; `key` makes a repeat harmless, `proxy` collects in its name.

    A product stands in `wanted` once: rows of one code add up.
    """

    booklet: str
    wanted: tuple[Wanted, ...]
    key: str
    till: str = "1"
    proxy: str = ""
    relation: str = ""
    slip: str = ""

    def __post_init__(self) -> None:
        # it stands in receipts' numbers
        if self.till not in TILLS and not (self.slip and self.till == SLIPS_TILL):
            raise InvariantViolated(f"a till is a number from 1 to 99, not {self.till[:20]!r}")

    def content_hash(self) -> bytes:
        """SHA-256 of what is redeemed by whom, in whatever order it was scanned."""
        goods = sorted((w.code, w.quantity) for w in self.wanted)
        who = (comparable(self.proxy), comparable(self.relation))
        return hashlib.sha256(msgspec.json.encode([self.booklet, goods, *who])).digest()


class PricedLine(Struct, frozen=True, kw_only=True):
    """A line of a basket at the session's tag price."""

    product_id: Id
    code: str
    name: str
    quantity: int
    price: Yuan
    monthly_limit: int | None

    @property
    def amount(self) -> Points:
        """The points this line costs (三(五)1)."""
        return points_for(Yuan(self.quantity * self.price))


def added_up(rows: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Rows of one code added up, in the order of first appearance."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.code] = sums.get(row.code, 0) + row.quantity
    return tuple(Wanted(code, quantity) for code, quantity in sums.items())


def own_codes(rows: Iterable[Wanted], others: "Mapping[str, Meaning]") -> tuple[Wanted, ...]:
    """Return rows under the products' own codes, in pieces: two of a carton of 24 are 48 of what is in it."""
    return added_up(
        Wanted(written_code(meant.code), row.quantity * meant.pieces) if (meant := others.get(row.code)) else row
        for row in rows
    )


def total(lines: Iterable[PricedLine]) -> Points:
    """Return what a basket costs."""
    return Points(sum(line.amount for line in lines))


def over_limit(lines: Iterable[PricedLine], taken: Mapping[Id, int]) -> list[PricedLine]:
    """Lines beyond 每户限量, with what the household took in the same calendar month."""
    return [
        line
        for line in lines
        if line.monthly_limit is not None and taken.get(line.product_id, 0) + line.quantity > line.monthly_limit
    ]
