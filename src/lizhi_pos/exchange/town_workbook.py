"""The town's summary of a month as a workbook: villages, categories, what stands behind the points, what is left over.

It names nobody: it is public.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from lizhi_pos.exchange.month_sheets import HEADS, MonthSheets
from lizhi_pos.exchange.statement_workbook import BALANCE_COLUMNS
from lizhi_pos.settlement.month_papers import MonthPapers, earned
from lizhi_pos.settlement.statement import AMOUNTS

_VILLAGE_HEADS = (
    "村",
    "户数",
    *(title for title, _ in BALANCE_COLUMNS[2:]),
    "本月挣得",
    "兑换物品价值(元)",
    "归集资金(元)",
)


def town_workbook(papers: MonthPapers, warnings: Sequence[str]) -> bytes:
    """Return the town's workbook of a month; `warnings` are what it was closed in spite of, in words."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheets = MonthSheets(book, papers.town, papers.month)
        _villages(sheets, papers)
        _categories(sheets, papers)
        _coverage(sheets, papers)
        _warnings(sheets, warnings)
    return content.getvalue()


def _villages(sheets: MonthSheets, papers: MonthPapers) -> None:
    sheet = sheets.sheet("各村", "文明积分月结汇总", (16, 7, *[12] * 11, 17, 14))
    sheets.heads(sheet, _VILLAGE_HEADS)
    rows = [
        (
            v.statement.village,
            len(v.statement.households),
            *(getattr(v.statement.totals, name) for name in AMOUNTS),
            earned(v.statement.totals),
            v.statement.goods_value,
            v.statement.contributed,
        )
        for v in papers.villages
    ]
    totals: tuple[Any, ...] = ("合计", *(sum(amounts) for amounts in list(zip(*rows, strict=True))[1:])) if rows else ()
    for number, row in enumerate([*rows, totals] if rows else [], HEADS + 1):
        for column, value in enumerate(row):
            sheets.put(sheet, (number, column), "quantity" if column == 1 else "", value)
    if not rows:
        return
    first, last = HEADS + 1, HEADS + len(rows)
    chart = sheets.columns(
        sheet,
        "各村挣得与兑换",
        (first, 0, last, 0),
        (("挣得(分)", (first, 12, last, 12)), ("兑换(元)", (first, 13, last, 13))),
    )
    chart.set_size({"width": max(700, 40 * len(rows)), "height": 340})
    sheet.insert_chart(last + 3, 0, chart)


def _categories(sheets: MonthSheets, papers: MonthPapers) -> None:
    sheet = sheets.sheet("物品类别", "兑换物品类别", (20, 10, 14))
    sheets.heads(sheet, ("类别", "数量", "金额(元)"))
    for row, taken in enumerate(papers.goods, HEADS + 1):
        sheets.put(sheet, (row, 0), "", taken.category or "未分类")
        sheets.put(sheet, (row, 1), "quantity", taken.quantity)
        sheets.put(sheet, (row, 2), "", taken.amount)
    shown = sum(taken.amount > 0 for taken in papers.goods)
    if shown:
        first, last = HEADS + 1, HEADS + shown
        chart = sheets.pie(sheet, "兑换物品类别", (first, 0, last, 0), (first, 2, last, 2))
        chart.set_size({"width": 480, "height": 340})
        sheet.insert_chart(HEADS, 4, chart)


def _coverage(sheets: MonthSheets, papers: MonthPapers) -> None:
    sheet = sheets.sheet("兑付保障", "兑付保障(月末)", (12, 16, 16, 14, 12))
    sheets.heads(sheet, ("月份", "未兑换积分", "库存(按标价,元)", "资金(元)", "保障率"))
    for row, end in enumerate(papers.month_ends, HEADS + 1):
        sheets.put(sheet, (row, 0), "", str(end.month))
        for column, amount in enumerate((end.outstanding, end.stock_at_tag, end.cash), 1):
            sheets.put(sheet, (row, column), "", "–" if amount is None else amount)
        ratio = end.coverage
        if ratio is None:
            sheets.put(sheet, (row, 4), "", "–")
        else:
            sheets.put(sheet, (row, 4), "", int(ratio.replace(".", "")))
    if papers.month_ends:
        first, last = HEADS + 1, HEADS + len(papers.month_ends)
        chart = sheets.columns(sheet, "每月末保障率", (first, 0, last, 0), (("保障率", (first, 4, last, 4)),))
        chart.set_y_axis({"num_format": "0.00", "min": 0})
        chart.set_size({"width": 620, "height": 300})
        sheet.insert_chart(last + 2, 0, chart)


def _warnings(sheets: MonthSheets, warnings: Sequence[str]) -> None:
    sheet = sheets.sheet("尚存事项", "结账时尚存事项", (90,))
    sheets.heads(sheet, ("事项",))
    for row, said in enumerate(warnings or ("无",), HEADS + 1):
        sheets.put(sheet, (row, 0), "", said)
