"""How points outstanding stood beside goods and cash at the end of each closed month (五)."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.models import closing_balance, period
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month
from lizhi_pos.settlement.coverage import coverage


class MonthEnd(Struct, frozen=True):
    """What a closed month ended with; what its goods were tagged with is unknown of months closed before 0.6."""

    month: Month
    outstanding: Points
    stock_at_cost: Yuan
    cash: Yuan
    stock_at_tag: Yuan | None

    @property
    def coverage(self) -> str | None:
        """The ratio with two decimals, None where no points were out or the goods' value is unknown."""
        return None if self.stock_at_tag is None else coverage(self.stock_at_tag, self.cash, self.outstanding)


_NEWEST = (
    select(closing_balance.c.month)
    .where(of_town(closing_balance))
    .group_by(closing_balance.c.month)
    .order_by(closing_balance.c.month.desc())
    .limit(bindparam("most"))
)
_NEWEST_UNTIL = _NEWEST.where(closing_balance.c.month <= bindparam("last"))
_FIXED = select(closing_balance.c.month, closing_balance.c.kind, closing_balance.c.amount).where(
    of_town(closing_balance),
    closing_balance.c.month >= bindparam("first"),
    closing_balance.c.kind.in_(("household", "stock", "cash")),
)
_TAGGED = select(period.c.month, period.c.stock_at_tag).where(of_town(period), period.c.month >= bindparam("first"))


def month_ends(tx: Transaction, most: int) -> list[MonthEnd]:
    """Return at most so many closed months, the newest last."""
    return _ends(tx, sorted(row.month for row in tx.all(_NEWEST, most=most)))


def month_ends_until(tx: Transaction, last: Month, most: int) -> list[MonthEnd]:
    """Return at most so many closed months up to one of them, that one last."""
    return _ends(tx, sorted(row.month for row in tx.all(_NEWEST_UNTIL, last=str(last), most=most)))


def _ends(tx: Transaction, months: Sequence[str]) -> list[MonthEnd]:
    if not months:
        return []
    tagged = {row.month: row.stock_at_tag for row in tx.all(_TAGGED, first=months[0])}
    held = {(row.month, row.kind): int(row.amount) for row in tx.all(_FIXED, first=months[0])}
    return [
        MonthEnd(
            Month.parse(month),
            Points(held.get((month, "household"), 0)),
            Yuan(held.get((month, "stock"), 0)),
            Yuan(held.get((month, "cash"), 0)),
            tagged[month],
        )
        for month in months
    ]
