"""A year's statement on paper: a village's, household by household, or one household's, month by month."""

from collections.abc import Iterable, Sequence
from datetime import date

from lizhi_pos.db import Transaction
from lizhi_pos.documents.month_words import MOVEMENT_TITLES, signed
from lizhi_pos.money import format_hundredths
from lizhi_pos.reports.report_sheet import BarPair, ReportSheet, SheetChart, SheetColumn
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.statement import Amounts
from lizhi_pos.settlement.year_statement import MonthLine, YearLine, YearStatement
from lizhi_pos.text.masking import masked

_NOTES = ("按各月关账时的结算单加总；未兑换的积分滚入下一年。",)


def village_year_sheet(tx: Transaction, name: str, found: YearStatement, *, full: bool) -> ReportSheet:
    """Return a village's year; whole names only where they were asked for, and then it is for no wall."""
    return ReportSheet(
        town=tx.town_name,
        day=_day(tx, found),
        title="文明积分年度结算单",
        scope=f"{name} {found.year}年度",
        columns=(SheetColumn("手册编号"), SheetColumn("户主"), *_figures()),
        rows=tuple((x.booklet, x.head if full else masked(x.head), *_amounts(x)) for x in found.households),
        nothing="本年度没有农户。",
        total=("合计", f"{len(found.households)}户", *_amounts(found.totals)),
        figures=(
            ("年末积分", format_hundredths(found.totals.closing), "分"),
            ("兑换物品", format_hundredths(found.goods_value), "元"),
            ("村集体投入", format_hundredths(found.contributed), "元"),
        ),
        chart=_chart(found.months),
        notes=_NOTES,
        private=full,
    )


def household_year_sheet(tx: Transaction, name: str, found: YearStatement, of: YearLine, *, full: bool) -> ReportSheet:
    """Return one household's year, a row for each month."""
    head = of.head if full else masked(of.head)
    return ReportSheet(
        town=tx.town_name,
        day=_day(tx, found),
        title="文明积分年度对账单",
        scope=f"{name} {of.booklet} {head} {found.year}年度",
        columns=(SheetColumn("月份"), *_figures()),
        rows=tuple((month.month, *_amounts(month)) for month in of.months),
        nothing="本年度没有积分。",
        total=("全年", *_amounts(of)),
        figures=(("年末积分", format_hundredths(of.closing), "分"),),
        chart=_chart(of.months),
        notes=_NOTES,
        private=full,
    )


def _day(tx: Transaction, found: YearStatement) -> date:
    return min(date(found.year, 12, 31), today(tx))


def _figures() -> Iterable[SheetColumn]:
    return (SheetColumn(title, "figure") for _name, title in MOVEMENT_TITLES)


def _amounts(of: Amounts) -> tuple[str, ...]:
    return tuple(signed(of, name) for name, _title in MOVEMENT_TITLES)


def _chart(months: Sequence[MonthLine]) -> SheetChart:
    bars = []
    for month in months:
        earned, taken = month.base + month.volunteer, month.redeemed - month.returned
        told = (format_hundredths(earned), format_hundredths(taken))
        bars.append(BarPair(month.month, (max(earned, 0), max(taken, 0)), told))
    return SheetChart("每月挣得与兑换", ("挣得（分）", "兑换（分）"), tuple(bars))
