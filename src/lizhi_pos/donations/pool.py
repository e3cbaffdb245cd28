"""The fund pool (基金池, 五) as it stood on a day: cash + stock at cost = gifts + allocations − goods out − losses."""

from datetime import date

from msgspec import Struct

from lizhi_pos.db import Transaction
from lizhi_pos.journal.sums import SPENT, sums_on
from lizhi_pos.money import Points, Yuan


class PoolBooks(Struct, frozen=True, kw_only=True):
    """The pool's accounts at the end of a day, and the points that households hold against it."""

    cash: Yuan
    stock_at_cost: Yuan
    gifts_money: Yuan
    gifts_in_kind: Yuan
    allocations: Yuan
    redeemed_at_cost: Yuan
    losses: Yuan
    spent: Yuan
    outstanding_points: Points

    @property
    def balances(self) -> bool:
        """Whether the pool equation holds."""
        given = self.gifts_money + self.gifts_in_kind + self.allocations
        return self.cash + self.stock_at_cost == given - self.redeemed_at_cost - self.losses


def pool_on(tx: Transaction, day: date) -> PoolBooks:
    """Return the pool's accounts as they stood at the end of a day."""
    sums = sums_on(tx, day)
    return PoolBooks(
        cash=Yuan(sums.get("cash", 0)),
        stock_at_cost=Yuan(sums.get("stock", 0)),
        gifts_money=Yuan(-sums.get("gifts_money", 0)),
        gifts_in_kind=Yuan(-sums.get("gifts_in_kind", 0)),
        allocations=Yuan(-sums.get("allocations", 0)),
        redeemed_at_cost=Yuan(sums.get("goods_redeemed", 0)),
        losses=Yuan(sums.get("losses", 0)),
        spent=Yuan(sums.get(SPENT, 0)),
        outstanding_points=Points(sums.get("household", 0)),
    )
