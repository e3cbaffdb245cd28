"""A year of closed months in one statement: every household, every village; balances roll on (三(五)1, 四(三))."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.settlement.models import statement_line, statement_village
from lizhi_pos.settlement.statement import AMOUNTS, MOVEMENTS, Amounts


class MonthLine(Amounts, frozen=True, kw_only=True, gc=False):
    """One month of a year."""

    month: str


class YearLine(Amounts, frozen=True, kw_only=True):
    """A household's year in a village, under the booklet and head of the last of its months."""

    booklet: str
    head: str
    household_id: Id
    months: tuple[MonthLine, ...]


class YearStatement(Struct, frozen=True, kw_only=True):
    """A village's year, household by household and month by month, as far as its months are closed."""

    year: int
    village_id: Id
    households: tuple[YearLine, ...]
    months: tuple[MonthLine, ...]
    totals: Amounts
    goods_value: Yuan
    contributed: Yuan


_LINES = (
    select(statement_line)
    .where(
        of_town(statement_line),
        statement_line.c.village_id == bindparam("village"),
        statement_line.c.month.between(bindparam("first"), bindparam("last")),
    )
    .order_by(statement_line.c.month, statement_line.c.booklet)
)
_VILLAGE = (
    select(statement_village.c.goods_value, statement_village.c.contributed)
    .where(
        of_town(statement_village),
        statement_village.c.village_id == bindparam("village"),
        statement_village.c.month.between(bindparam("first"), bindparam("last")),
    )
    .order_by(statement_village.c.month)
)


def year_statement(tx: Transaction, village_id: Id, year: int) -> YearStatement | Refusal:
    """Return a village's year from the months that are closed; refuse a year of which none is."""
    span = {"village": village_id, "first": f"{year}-01", "last": f"{year}-12"}
    fixed = tx.all(_VILLAGE, **span)
    if not fixed:
        return refuse("month_open", "No month of {0} is closed", year)
    rows = tx.all(_LINES, **span)
    own: dict[Id, list[Row[Any]]] = {}
    by_month: dict[str, list[Row[Any]]] = {}
    for row in rows:
        own.setdefault(Id(row.household_id), []).append(row)
        by_month.setdefault(row.month, []).append(row)
    months = tuple(_month(month, lines) for month, lines in by_month.items())
    households = sorted((_line(key, lines) for key, lines in own.items()), key=attrgetter("booklet"))
    return YearStatement(
        year=year,
        village_id=village_id,
        households=tuple(households),
        months=months,
        totals=Amounts(**_sums(months)) if months else Amounts(),
        goods_value=Yuan(sum(row.goods_value for row in fixed)),
        contributed=Yuan(sum(row.contributed for row in fixed)),
    )


def _line(key: Id, rows: Sequence[Row[Any]]) -> YearLine:
    months = tuple(_month(row.month, [row]) for row in rows)
    last = rows[-1]
    return YearLine(booklet=last.booklet, head=last.head, household_id=key, months=months, **_sums(months))


def _month(month: str, rows: Sequence[Row[Any]]) -> MonthLine:
    return MonthLine(month=month, **{name: Points(sum(map(attrgetter(name), rows))) for name in AMOUNTS})


def _sums(months: Sequence[MonthLine]) -> dict[str, Points]:
    """Return what a year's movements add up to, from what its first month opened with to what its last one left."""
    sums = {name: Points(sum(map(attrgetter(name), months))) for name in MOVEMENTS}
    return {"opening": months[0].opening, **sums, "closing": months[-1].closing}
