"""The fund pool (基金池, 五) as it stood on a day: cash + stock at cost = gifts + allocations − goods out − losses."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.db import Session, of_town, summed
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.models import account, account_lines, entry_lines, journal_entry, posting
from lizhi_pos.money import Points, Yuan

_sums = (
    select(account.c.kind, summed(posting.c.amount).label("amount"))
    .select_from(account_lines)
    .where(of_town(posting), journal_entry.c.on_date <= bindparam("day"))
    .group_by(account.c.kind)
)
_SPENT = (
    select(summed(posting.c.amount))
    .select_from(entry_lines)
    .where(
        of_town(posting),
        journal_entry.c.on_date <= bindparam("day"),
        journal_entry.c.kind == "purchase",
        posting.c.account_id == town_account("cash"),
    )
)


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


def pool_on(session: Session, day: date) -> PoolBooks:
    """The pool's accounts as they stood at the end of a day."""
    sums = {row.kind: int(row.amount) for row in session.all(_sums, day=day)}
    return PoolBooks(
        cash=Yuan(sums.get("cash", 0)),
        stock_at_cost=Yuan(sums.get("stock", 0)),
        gifts_money=Yuan(-sums.get("gifts_money", 0)),
        gifts_in_kind=Yuan(-sums.get("gifts_in_kind", 0)),
        allocations=Yuan(-sums.get("allocations", 0)),
        redeemed_at_cost=Yuan(sums.get("goods_redeemed", 0)),
        losses=Yuan(sums.get("losses", 0)),
        spent=Yuan(-int(session.value(_SPENT, day=day))),
        outstanding_points=Points(sums.get("household", 0)),
    )
