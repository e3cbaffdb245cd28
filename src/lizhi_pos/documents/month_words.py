"""Words and figures that all of a month's papers share, and their charts' sizes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from lizhi_pos.checkout.receipt import short_hash
from lizhi_pos.documents.typeset import FONTS
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.settlement.month_papers import CategoryTaken, ClosingWarning, MonthPapers, MonthPoints
from lizhi_pos.settlement.statement import Amounts

MOVEMENT_TITLES = (
    ("opening", "期初积分"),
    ("base", "基础积分"),
    ("volunteer", "志愿服务"),
    ("redeemed", "兑换"),
    ("returned", "退回"),
    ("vetoed", "否决清零"),
    ("restored", "恢复"),
    ("adjusted", "更正"),
    ("transferred", "转移"),
    ("closing", "期末积分"),
)
TAKEN_AWAY = ("redeemed", "vetoed")
"""Movements that are kept as positive amounts and lower the points."""

CHART_CATEGORIES = 6
"""Bars of a chart by category; what is less than these is summed as the last one."""
_COLUMN_GAP = 2
NONE = "–"
"""Stands for a movement that there was none of."""


def said_day(day: date) -> str:
    """Return a day as papers say it: ``2024年4月28日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def said_month(month: Month) -> str:
    """Return a month as papers say it: ``2024年4月``."""
    return f"{month.year}年{month.month}月"


def sheet(papers: MonthPapers, title: str) -> dict[str, Any]:
    """Return what every paper of a month has: its title, its fonts, its foot."""
    return {
        "fonts": FONTS,
        "title": title,
        "over": f"{papers.town} · 文明积分制",
        "foot": f"{papers.town} {said_month(papers.month)} · {said_day(papers.closed_on)}结账"
        f" · 账链 {short_hash(papers.head)}",
        "chain": papers.head.hex(),
    }


def objection(papers: MonthPapers) -> str:
    """Return where and until when a village's people can object."""
    return said_objection(papers.town, papers.object_until)


def said_objection(town: str, until: date | None) -> str:
    """Return where a village's people can object, and until when where that is known."""
    end = f"公示期至{said_day(until)}。" if until else ""
    return (
        f"{end}对积分有异议的，请在公示期内向本村监督小组反映；对答复不满意的，"
        f"可向{town}文明积分制管理工作领导小组办公室反映。"
    )


def movements(amounts: Amounts) -> list[tuple[str, str]]:
    """Return a month's sum, each part with its title; what lowers the points has a minus before it."""
    return [(title, signed(amounts, name)) for name, title in MOVEMENT_TITLES]


def signed(amounts: Amounts, name: str) -> str:
    """Return one part of a month's sum; a dash for a movement that there was none of."""
    amount = getattr(amounts, name)
    if name in ("opening", "closing"):
        return format_hundredths(amount)
    if not amount:
        return NONE
    return format_hundredths(-amount if name in TAKEN_AWAY else amount)


def warning_lines(warnings: Iterable[ClosingWarning]) -> list[str]:
    """Return what a month was closed in spite of, in Chinese."""
    return [render(warning.fact, translator("zh")) for warning in warnings]


def column_widths(*rows: Sequence[str]) -> list[int]:
    """Return how wide each column is beside the others: as its longest text, a hanzi twice as wide as a digit.

    A table whose columns find their own width is set twice as slowly.
    """
    return [max(map(_width, column)) + _COLUMN_GAP for column in zip(*rows, strict=True)]


def shares(amounts: Sequence[int], among: Iterable[int] = ()) -> list[int]:
    """Return how long each bar of a chart is, in thousandths of the longest one of them and of `among`."""
    longest = max((*amounts, *among, 0))
    return [max(amount, 0) * 1000 // longest if longest else 0 for amount in amounts]


def month_bars(year: Sequence[MonthPoints]) -> list[dict[str, Any]]:
    """Return two bars for each month: what was earned and what was redeemed."""
    earned, redeemed = [m.earned for m in year], [m.redeemed for m in year]
    return [
        {
            "month": f"{m.month.year % 100:02d}.{m.month.month:02d}",
            "earned": _short(m.earned),
            "redeemed": _short(m.redeemed),
            "earned-share": up,
            "redeemed-share": down,
        }
        for m, up, down in zip(year, shares(earned, redeemed), shares(redeemed, earned), strict=True)
    ]


def category_bars(goods: Sequence[CategoryTaken]) -> list[tuple[str, int, str]]:
    """Return a bar for each category of goods, what was taken most of first."""
    shown = top_categories(goods)
    sizes = shares([amount for _name, amount in shown])
    return [(name, share, format_hundredths(amount)) for (name, amount), share in zip(shown, sizes, strict=True)]


def top_categories(goods: Sequence[CategoryTaken]) -> list[tuple[str, int]]:
    """Return categories and their amounts, those beyond the first few as one; goods without one are 未分类."""
    named = [(taken.category or "未分类", int(taken.amount)) for taken in goods]
    if len(named) <= CHART_CATEGORIES:
        return named
    kept = named[: CHART_CATEGORIES - 1]
    return [*kept, ("其他", sum(amount for _name, amount in named[CHART_CATEGORIES - 1 :]))]


def _short(amount: int) -> str:
    """Return an amount as it fits below a bar: exact, without decimals that are nothing."""
    return format_hundredths(amount).removesuffix(".00")


def _width(text: str) -> int:
    return sum(1 if sign.isascii() or sign == NONE else 2 for sign in text)
