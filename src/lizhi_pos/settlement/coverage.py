"""Coverage: (sellable stock at tag price + pool cash) ÷ points outstanding. Points are promises (五)."""

from datetime import date
from fractions import Fraction

from msgspec import Struct

from lizhi_pos.db import Transaction
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.money import Points, Yuan, format_hundredths, half_up


class PoolView(Struct, frozen=True, kw_only=True):
    """The pool as the treasurer sees it on a day; `coverage` has two decimals, None where no points are out."""

    cash: Yuan
    stock_at_cost: Yuan
    stock_at_tag: Yuan
    gifts_money: Yuan
    gifts_in_kind: Yuan
    allocations: Yuan
    redeemed_at_cost: Yuan
    losses: Yuan
    spent: Yuan
    outstanding_points: Points
    coverage: str | None


def pool_view(tx: Transaction, day: date) -> PoolView:
    """Return the pool's accounts, the stock's tag value and the coverage at the end of a day."""
    books = pool_on(tx, day)
    at_tag = Yuan(sum(p.sellable * p.price for p in stock_on(tx, day)))
    return PoolView(
        cash=books.cash,
        stock_at_cost=books.stock_at_cost,
        stock_at_tag=at_tag,
        gifts_money=books.gifts_money,
        gifts_in_kind=books.gifts_in_kind,
        allocations=books.allocations,
        redeemed_at_cost=books.redeemed_at_cost,
        losses=books.losses,
        spent=books.spent,
        outstanding_points=books.outstanding_points,
        coverage=coverage(at_tag, books.cash, books.outstanding_points),
    )


def coverage(stock_at_tag: Yuan, cash: Yuan, outstanding: Points) -> str | None:
    """Return the ratio with two decimals, half up; None over nothing. Pure."""
    if not outstanding:
        return None
    return format_hundredths(half_up(Fraction((stock_at_tag + cash) * 100, outstanding)))
