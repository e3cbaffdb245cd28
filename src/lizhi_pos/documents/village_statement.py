"""结算单: a village's month to check and sign, on A4, with a page for each household where it is wanted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lizhi_pos.documents.month_words import (
    MOVEMENT_TITLES,
    category_bars,
    column_widths,
    month_bars,
    movements,
    said_day,
    said_month,
    sheet,
    signed,
    warning_lines,
)
from lizhi_pos.money import format_hundredths, in_capitals
from lizhi_pos.settlement.details import Details, GoodsLine, PointsLine
from lizhi_pos.settlement.month_papers import Changes, MonthPapers, VillagePapers, earned
from lizhi_pos.settlement.statement import StatementLine, VillageStatement

TEMPLATE = "statement.typ"
_KINDS = {
    "base": "基础积分",
    "volunteer": "志愿服务积分",
    "adjust": "更正",
    "redeem": "兑换",
    "return": "退回",
    "veto": "否决清零",
    "restore": "恢复",
    "transfer": "转移",
    "close_out": "结清",
}
_MOST_NAMED = 12
"""Households named of one kind of change; of more their number is said."""


def statement_content(papers: MonthPapers, of: VillagePapers, details: Details | None) -> dict[str, Any]:
    """Return what a village's statement says; with `details` also each household's own page."""
    found, totals = of.statement, of.statement.totals
    heads = ["手册编号", "户主", *(title for _name, title in MOVEMENT_TITLES)]
    rows = [_row(line) for line in found.households]
    total = ["合计", f"{len(rows)}户", *(signed(totals, name) for name, _title in MOVEMENT_TITLES)]
    return {
        **sheet(papers, f"{found.village}{said_month(papers.month)}文明积分结算单"),
        "heading": f"{found.village} 积分结算单",
        "under": f"{said_month(papers.month)}\n{said_day(papers.closed_on)} {papers.closed_by} 结账",
        "figures": [
            ("期末积分", format_hundredths(totals.closing), "分"),
            ("本月挣得", format_hundredths(earned(totals)), "分"),
            ("兑换物品价值", format_hundredths(found.goods_value), "元"),
            ("本村归集资金", format_hundredths(found.contributed), "元"),
        ],
        "goods-value": format_hundredths(found.goods_value),
        "goods-in-capitals": capitals(found.goods_value),
        "closing": format_hundredths(totals.closing),
        "movements": movements(totals),
        "months": month_bars(of.year),
        "categories": category_bars(of.goods),
        "changes": _changes(of.changes),
        "warnings": warning_lines(of.warnings),
        "heads": heads,
        "widths": column_widths(heads, *rows, total),
        "rows": rows,
        "total": total,
        "households": list(_household_pages(papers, found, details)) if details else [],
    }


def capitals(amount: int) -> str:
    """Return an amount in capitals (大写), also one that is less than nothing: more came back than was taken."""
    return f"负{in_capitals(-amount)}" if amount < 0 else in_capitals(amount)


def _row(line: StatementLine) -> list[str]:
    return [line.booklet, line.head, *(signed(line, name) for name, _title in MOVEMENT_TITLES)]


def _changes(of: Changes) -> list[tuple[str, str]]:
    kinds = (
        ("新增户", of.joined),
        ("转出、销户", of.left),
        ("一票否决", of.vetoed),
        ("恢复积分", of.restored),
        ("更正积分", of.adjusted),
        ("转移积分", of.transferred),
    )
    return [(said, _named(booklets)) for said, booklets in kinds if booklets]


def _named(booklets: Sequence[str]) -> str:
    more = f" 等{len(booklets)}户" if len(booklets) > _MOST_NAMED else f"（{len(booklets)}户）"
    return "、".join(booklets[:_MOST_NAMED]) + more


def _household_pages(papers: MonthPapers, of: VillageStatement, details: Details) -> Iterable[dict[str, Any]]:
    points, goods = _by_booklet(details.points), _by_booklet(details.goods)
    for line in of.households:
        yield {
            "heading": f"{line.head} {line.booklet}",
            "under": f"{of.village} {said_month(papers.month)}",
            "figures": [
                ("期末积分", format_hundredths(line.closing), "分"),
                ("本月挣得", format_hundredths(earned(line)), "分"),
                ("本月兑换", format_hundredths(line.redeemed - line.returned), "分"),
            ],
            "movements": movements(line),
            "points": [
                [x.on.isoformat(), _KINDS.get(x.kind, x.kind), x.note, x.reference, format_hundredths(x.amount)]
                for x in points.get(line.booklet, ())
            ],
            "goods": [
                [x.on.isoformat(), x.receipt, x.name, str(x.quantity), format_hundredths(x.amount)]
                for x in goods.get(line.booklet, ())
            ],
        }


def _by_booklet(lines: Sequence[Any]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[PointsLine | GoodsLine]] = {}
    for line in lines:
        found.setdefault(line.booklet, []).append(line)
    return found
