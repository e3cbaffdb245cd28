"""How points outstanding were covered at the end of each month: the promise beside what stands behind it (五)."""

from itertools import islice

from msgspec import Struct

from lizhi_pos.db import Transaction
from lizhi_pos.journal.queries import first_day
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.month_ends import MonthEnd, month_ends


class MonthCoverage(Struct, frozen=True):
    """What a month ended with; `coverage` has two decimals, None where no points were out."""

    month: str
    outstanding: Points
    stock_at_tag: Yuan
    cash: Yuan
    coverage: str | None


def coverage_by_month(tx: Transaction, most: int) -> list[MonthCoverage]:
    """Return at most so many months that have ended since the books began, the newest last."""
    begun, now = first_day(tx), Month.of(today(tx))
    if begun is None:
        return []
    months, month = [], Month.of(begun)
    while month < now:
        months.append(month)
        month = month.next()
    fixed = {end.month: end for end in month_ends(tx, most)}
    return [_of(tx, month, fixed.get(month)) for month in islice(months, max(len(months) - most, 0), None)]


def _of(tx: Transaction, month: Month, fixed: MonthEnd | None) -> MonthCoverage:
    """Return a month as its closing fixed it; of one that is open, at the prices of today."""
    if fixed is not None and fixed.stock_at_tag is not None:
        return MonthCoverage(str(month), fixed.outstanding, fixed.stock_at_tag, fixed.cash, fixed.coverage)
    found = pool_view(tx, month.last_day)
    return MonthCoverage(str(month), found.outstanding_points, found.stock_at_tag, found.cash, found.coverage)
