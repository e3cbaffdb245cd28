"""汇总: the town's month on A4, for everybody to see: it names nobody."""

from typing import Any

from lizhi_pos.documents.month_words import (
    MOVEMENT_TITLES,
    category_bars,
    column_widths,
    movements,
    objection,
    said_day,
    said_month,
    shares,
    sheet,
    signed,
    warning_lines,
)
from lizhi_pos.money import format_hundredths
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers, earned, taken_value
from lizhi_pos.settlement.statement import AMOUNTS, Amounts

TEMPLATE = "town_summary.typ"


def town_content(papers: MonthPapers) -> dict[str, Any]:
    """Return what the town's summary of a month says."""
    totals = town_totals(papers)
    households = sum(len(v.statement.households) for v in papers.villages)
    return {
        **sheet(papers, f"{papers.town}{said_month(papers.month)}文明积分汇总"),
        "heading": f"{papers.town} 积分汇总",
        "under": f"{said_month(papers.month)}\n{said_day(papers.closed_on)}结账",
        "objection": objection(papers),
        "figures": [
            ("期末积分", format_hundredths(totals.closing), "分"),
            ("本月挣得", format_hundredths(earned(totals)), "分"),
            ("兑换物品", format_hundredths(taken_value(papers.villages)), "元"),
            ("参加", f"{len(papers.villages)}村 {households}户", ""),
        ],
        "movements": movements(totals),
        "villages": _village_bars(papers.villages),
        "categories": category_bars(papers.goods),
        "coverage": _coverage_bars(papers),
        "warnings": warning_lines(papers.warnings),
        **_villages(papers, totals, households),
    }


def _villages(papers: MonthPapers, totals: Amounts, households: int) -> dict[str, Any]:
    heads = ["村", "户数", *(title for _name, title in MOVEMENT_TITLES), "归集资金"]
    rows = [_row(v) for v in papers.villages]
    figures = (signed(totals, name) for name, _title in MOVEMENT_TITLES)
    contributed = format_hundredths(sum(v.statement.contributed for v in papers.villages))
    total = ["合计", str(households), *figures, contributed]
    return {"heads": heads, "widths": column_widths(heads, *rows, total), "rows": rows, "total": total}


def town_totals(papers: MonthPapers) -> Amounts:
    """Return the sum of all villages' months."""
    return Amounts(**{name: sum(getattr(v.statement.totals, name) for v in papers.villages) for name in AMOUNTS})


def _row(of: VillagePapers) -> list[str]:
    found = of.statement
    figures = (signed(found.totals, name) for name, _title in MOVEMENT_TITLES)
    return [found.village, str(len(found.households)), *figures, format_hundredths(found.contributed)]


def _village_bars(villages: tuple[VillagePapers, ...]) -> list[dict[str, Any]]:
    earnings = [int(earned(v.statement.totals)) for v in villages]
    redeemed = [int(v.statement.goods_value) for v in villages]
    up, down = shares(earnings, redeemed), shares(redeemed, earnings)
    return [
        {
            "village": v.statement.village,
            "earned": format_hundredths(earnings[at]),
            "redeemed": format_hundredths(redeemed[at]),
            "earned-share": up[at],
            "redeemed-share": down[at],
        }
        for at, v in enumerate(villages)
    ]


def _coverage_bars(papers: MonthPapers) -> list[dict[str, Any]]:
    ratios = [end.coverage for end in papers.month_ends]
    sizes = shares([int(ratio.replace(".", "")) if ratio else 0 for ratio in ratios])
    return [
        {
            "month": str(end.month),
            "ratio": ratio or "–",
            "share": share,
            "outstanding": format_hundredths(end.outstanding),
            "behind": "–" if end.stock_at_tag is None else format_hundredths(end.stock_at_tag + end.cash),
        }
        for end, ratio, share in zip(papers.month_ends, ratios, sizes, strict=True)
    ]
