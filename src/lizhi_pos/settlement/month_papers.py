"""Everything that a closed month's papers say, as its closing fixed it: read once, the same whenever it is read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.db import Transaction, of_town, summed
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import period
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month, add_months
from lizhi_pos.refusal import Message, Refusal, refuse
from lizhi_pos.settlement.closing import warnings_of
from lizhi_pos.settlement.closing_words import fact_words
from lizhi_pos.settlement.goods_taken import GoodsTaken, goods_of
from lizhi_pos.settlement.models import statement_line
from lizhi_pos.settlement.month_ends import MonthEnd, month_ends_until
from lizhi_pos.settlement.statement import Statement, StatementLine, VillageStatement, load_statement

CHART_MONTHS = 12
"""How many months a chart by month shows, the papers' own the last."""


class CategoryTaken(Struct, frozen=True):
    """What was taken of one category of goods: redeemed less what came back; the category is empty where none is."""

    category: str
    quantity: int
    amount: Points


class MonthPoints(Struct, frozen=True):
    """What a village's households earned in a month, and what they redeemed less what they brought back."""

    month: Month
    earned: Points
    redeemed: Points


class ClosingWarning(Struct, frozen=True):
    """What the month was closed in spite of: the check that found it, and what it found."""

    name: str
    fact: Message
    village_id: Id | None


class Changes(Struct, frozen=True, kw_only=True):
    """What a month changed in a village's list of households; each household under its booklet."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    vetoed: tuple[str, ...]
    restored: tuple[str, ...]
    adjusted: tuple[str, ...]
    transferred: tuple[str, ...]


class VillagePapers(Struct, frozen=True, kw_only=True):
    """One village's part of a month's papers."""

    statement: VillageStatement
    goods: tuple[CategoryTaken, ...]
    warnings: tuple[ClosingWarning, ...]
    year: tuple[MonthPoints, ...]
    changes: Changes


class MonthPapers(Struct, frozen=True, kw_only=True):
    """A closed month as its papers say it; `object_until` is unknown of months that were closed before 0.6."""

    town: str
    month: Month
    closed_on: date
    closed_by: str
    head: bytes
    object_until: date | None
    villages: tuple[VillagePapers, ...]
    goods: tuple[CategoryTaken, ...]
    warnings: tuple[ClosingWarning, ...]
    month_ends: tuple[MonthEnd, ...]

    @property
    def statement(self) -> Statement:
        """Every village's statement, as `month show` answers it."""
        return Statement(str(self.month), tuple(v.statement for v in self.villages))


_PERIOD = select(period).where(of_town(period), period.c.month == bindparam("month"))
_CLOSED_MONTHS = (
    select(period.c.month)
    .where(of_town(period), period.c.month.between(bindparam("first"), bindparam("last")))
    .order_by(period.c.month)
)
_BY_MONTH = (
    select(
        statement_line.c.month,
        statement_line.c.village_id,
        summed(statement_line.c.base + statement_line.c.volunteer).label("earned"),
        summed(statement_line.c.redeemed - statement_line.c.returned).label("redeemed"),
    )
    .where(of_town(statement_line), statement_line.c.month.between(bindparam("first"), bindparam("last")))
    .group_by(statement_line.c.month, statement_line.c.village_id)
    .order_by(statement_line.c.month)
)
_LISTED_BEFORE = select(statement_line.c.village_id, statement_line.c.booklet, statement_line.c.household_id).where(
    of_town(statement_line), statement_line.c.month == bindparam("month")
)


def month_papers(tx: Transaction, month: Month) -> MonthPapers | Refusal:
    """Return what a closed month's papers say; nothing that is written or renamed later changes it."""
    closed = tx.first(_PERIOD, month=str(month))
    if closed is None:
        return refuse("month_open", "{0} is not closed yet: close it first (month close {0})", str(month))
    statement, goods, warnings = load_statement(tx, month), goods_of(tx, month), _warnings(tx, month)
    years = _years(tx, month)
    before = _listed_before(tx, month)
    villages = (
        VillagePapers(
            statement=v,
            goods=by_category(taken for taken in goods if taken.village_id == v.village_id),
            warnings=tuple(w for w in warnings if w.village_id in (None, v.village_id)),
            year=tuple(months.get(v.village_id, nothing) for nothing, months in years),
            changes=_changes(v.households, before.get(v.village_id, {}), has_before=bool(before)),
        )
        for v in statement.villages
    )
    return MonthPapers(
        town=tx.town_name,
        month=month,
        closed_on=closed.closed_on,
        closed_by=closed.closed_by,
        head=bytes(closed.head),
        object_until=closed.object_until,
        villages=tuple(villages),
        goods=by_category(goods),
        warnings=tuple(warnings),
        month_ends=tuple(month_ends_until(tx, month, CHART_MONTHS)),
    )


def by_category(goods: Iterable[GoodsTaken]) -> tuple[CategoryTaken, ...]:
    """Return goods summed by category, what was taken most of first; nothing of what came back whole."""
    sums: dict[str, tuple[int, int]] = {}
    for taken in goods:
        quantity, amount = sums.get(taken.category, (0, 0))
        sums[taken.category] = (quantity + taken.quantity, amount + taken.amount)
    found = [CategoryTaken(name, quantity, Points(amount)) for name, (quantity, amount) in sums.items()]
    return tuple(sorted((c for c in found if c.quantity or c.amount), key=lambda c: (-c.amount, c.category)))


def earned(line: StatementLine | Any) -> Points:
    """Return what a household or village earned in a month."""
    return Points(line.base + line.volunteer)


def taken_value(villages: Sequence[VillagePapers]) -> Yuan:
    """Return the tag value of what all villages' households took, less what came back."""
    return Yuan(sum(v.statement.goods_value for v in villages))


def _years(tx: Transaction, last: Month) -> list[tuple[MonthPoints, Mapping[Id, MonthPoints]]]:
    """Return each closed month of the year up to one of them: what a village has without any line, and every other."""
    span = {"first": str(Month.of(add_months(last.first_day, 1 - CHART_MONTHS))), "last": str(last)}
    months = [Month.parse(row.month) for row in tx.all(_CLOSED_MONTHS, **span)]
    found: dict[str, dict[Id, MonthPoints]] = {}
    for row in tx.all(_BY_MONTH, **span):
        points = MonthPoints(Month.parse(row.month), Points(int(row.earned)), Points(int(row.redeemed)))
        found.setdefault(row.month, {})[row.village_id] = points
    return [(MonthPoints(month, Points(0), Points(0)), found.get(str(month), {})) for month in months]


def _warnings(tx: Transaction, month: Month) -> list[ClosingWarning]:
    return [
        ClosingWarning(check.name, fact_words(check.name, fact.told), fact.village_id)
        for check in warnings_of(tx, month)
        for fact in check.facts
    ]


def _listed_before(tx: Transaction, month: Month) -> Mapping[Id, Mapping[str, Id]]:
    before = Month.of(add_months(month.first_day, -1))
    found: dict[Id, dict[str, Id]] = {}
    for row in tx.all(_LISTED_BEFORE, month=str(before)):
        found.setdefault(row.village_id, {})[row.booklet] = row.household_id
    return found


def _changes(lines: Sequence[StatementLine], before: Mapping[str, Id], *, has_before: bool) -> Changes:
    """Return what changed; of the first month there is nobody who joined or left."""
    known, now = set(before.values()), {line.household_id for line in lines}

    def having(name: str) -> tuple[str, ...]:
        return tuple(line.booklet for line in lines if getattr(line, name))

    return Changes(
        joined=tuple(line.booklet for line in lines if line.household_id not in known) if has_before else (),
        left=tuple(sorted(booklet for booklet, key in before.items() if key not in now)),
        vetoed=having("vetoed"),
        restored=having("restored"),
        adjusted=having("adjusted"),
        transferred=having("transferred"),
    )
