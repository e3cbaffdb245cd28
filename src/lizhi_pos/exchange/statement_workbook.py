"""What goes back to a village at the month's end: a workbook whose `户余额` it can paste into its own ledger."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from lizhi_pos.exchange.month_sheets import HEADS, MonthSheets
from lizhi_pos.file_writing import file_names
from lizhi_pos.ids import Id
from lizhi_pos.settlement.details import Details
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers

BALANCE_COLUMNS = (
    ("手册编号", "booklet"),
    ("户主", "head"),
    ("期初积分", "opening"),
    ("基础积分", "base"),
    ("志愿服务积分", "volunteer"),
    ("兑换", "redeemed"),
    ("退回", "returned"),
    ("否决清零", "vetoed"),
    ("恢复", "restored"),
    ("更正", "adjusted"),
    ("转移", "transferred"),
    ("期末积分", "closing"),
)


POINTS_COLUMNS = (
    ("手册编号", "booklet"),
    ("户主", "head"),
    ("日期", "on"),
    ("类别", "kind"),
    ("积分", "amount"),
    ("说明", "note"),
    ("凭据", "reference"),
)
GOODS_COLUMNS = (
    ("手册编号", "booklet"),
    ("户主", "head"),
    ("日期", "on"),
    ("小票单号", "receipt"),
    ("条码", "code"),
    ("品名", "name"),
    ("数量", "quantity"),
    ("积分", "amount"),
)
DIFFERENCE_COLUMNS = ("手册编号", "本表期末积分", "台账期末积分", "说明")
_BLANK_ROWS = 20
"""Rows of the sheet 差异 for the village to write in."""
_CHART_ROWS = 15
"""Rows that a chart covers."""
_BOX_ROWS = 4
_MONTHS_AT, _CATEGORIES_AT = 3, 7
"""The first columns of what the charts on 汇总 are drawn from, beside its figures."""


def statement_workbooks(papers: MonthPapers, details: Mapping[Id, Details]) -> dict[str, bytes]:
    """One workbook a village by its file's name, ``2024-03_村名.xlsx``; the same month gives the same bytes."""
    none = Details((), ())
    return {
        name: statement_workbook(papers, v, details.get(v.statement.village_id, none))
        for name, v in zip(workbook_names(papers), papers.villages, strict=True)
    }


def workbook_names(papers: MonthPapers) -> list[str]:
    """Return the name of each village's file."""
    return file_names((f"{papers.month}_{v.statement.village}" for v in papers.villages), ".xlsx")


def statement_workbook(papers: MonthPapers, of: VillagePapers, lines: Details) -> bytes:
    """Return one village's workbook."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheets = MonthSheets(book, of.statement.village, papers.month)
        _summary(sheets, of)
        _balances(sheets, of)
        sheets.table(sheets.sheet("兑换明细", "兑换明细", (12, 12, 12, 18, 16, 24, 8, 10)), GOODS_COLUMNS, lines.goods)
        sheets.table(sheets.sheet("积分明细", "积分明细", (12, 12, 12, 14, 10, 40, 20)), POINTS_COLUMNS, lines.points)
        _differences(sheets)
    return content.getvalue()


def _summary(sheets: MonthSheets, of: VillagePapers) -> None:
    village = of.statement
    sheet = sheets.sheet("汇总", "文明积分月结汇总", (18, 16, 3, 11, 11, 11, 3, 14, 12))
    rows: list[tuple[str, int]] = [(title, getattr(village.totals, name)) for title, name in BALANCE_COLUMNS[2:]]
    rows += [("兑换物品价值(元)", village.goods_value), ("本村归集资金(元)", village.contributed)]
    for row, (title, value) in enumerate(rows, HEADS):
        sheets.put(sheet, (row, 0), "", title)
        sheets.put(sheet, (row, 1), "", value)
    below = max(HEADS + len(rows), _months(sheets, sheet, of), _categories(sheets, sheet, of)) + 1
    _charts(sheets, sheet, of, below)
    sheet.freeze_panes(HEADS, 0)
    row = below + _CHART_ROWS + 1
    for title, first, last in (("村负责人:", 0, 1), ("监督小组:", 3, 5), ("超市经办人:", 7, 8)):
        box = f"{title}\n\n\n日期:      年    月    日"
        sheet.merge_range(row, first, row + _BOX_ROWS, last, box, sheets.box)


def _months(sheets: MonthSheets, sheet: Any, of: VillagePapers) -> int:
    """Write what was earned and redeemed in each month; return the row below it."""
    for column, title in enumerate(("月份", "挣得", "兑换"), _MONTHS_AT):
        sheet.write_string(HEADS, column, title, sheets.head)
    for row, points in enumerate(of.year, HEADS + 1):
        sheets.put(sheet, (row, _MONTHS_AT), "", str(points.month))
        sheets.put(sheet, (row, _MONTHS_AT + 1), "", points.earned)
        sheets.put(sheet, (row, _MONTHS_AT + 2), "", points.redeemed)
    return HEADS + 1 + len(of.year)


def _categories(sheets: MonthSheets, sheet: Any, of: VillagePapers) -> int:
    """Write what was taken of each category; return the row below it."""
    for column, title in enumerate(("物品类别", "金额(元)"), _CATEGORIES_AT):
        sheet.write_string(HEADS, column, title, sheets.head)
    for row, taken in enumerate(of.goods, HEADS + 1):
        sheets.put(sheet, (row, _CATEGORIES_AT), "", taken.category or "未分类")
        sheets.put(sheet, (row, _CATEGORIES_AT + 1), "", taken.amount)
    return HEADS + 1 + len(of.goods)


def _charts(sheets: MonthSheets, sheet: Any, of: VillagePapers, row: int) -> None:
    size = {"width": 400, "height": 20 * _CHART_ROWS}
    first, last, at = HEADS + 1, HEADS + len(of.year), _MONTHS_AT
    if of.year:
        chart = sheets.columns(
            sheet,
            "每月挣得与兑换(分)",
            (first, at, last, at),
            (("挣得", (first, at + 1, last, at + 1)), ("兑换", (first, at + 2, last, at + 2))),
        )
        chart.set_size(size)
        sheet.insert_chart(row, 0, chart)
    # a pie has no slice for what came back beyond what was taken; such a category stands last
    shown = sum(taken.amount > 0 for taken in of.goods)
    if shown:
        last, at = HEADS + shown, _CATEGORIES_AT
        chart = sheets.pie(sheet, "兑换物品类别", (first, at, last, at), (first, at + 1, last, at + 1))
        chart.set_size({**size, "width": 340})
        sheet.insert_chart(row, 5, chart)


def _balances(sheets: MonthSheets, of: VillagePapers) -> None:
    village = of.statement
    sheet = sheets.sheet("户余额", "户余额", (12, 12, *[11] * 10))
    sheets.table(sheet, BALANCE_COLUMNS, village.households, unlocked=True)
    total = HEADS + 1 + len(village.households)
    sheets.put(sheet, (total, 0), "", "合计")
    for column, (_, name) in enumerate(BALANCE_COLUMNS[2:], 2):
        sheets.put(sheet, (total, column), name, getattr(village.totals, name))


def _differences(sheets: MonthSheets) -> None:
    sheet = sheets.sheet("差异", "差异(由村填写)", (14, 16, 16, 40))
    sheets.heads(sheet, DIFFERENCE_COLUMNS)
    for row in range(HEADS + 1, HEADS + 1 + _BLANK_ROWS):
        for column in range(len(DIFFERENCE_COLUMNS)):
            sheet.write_blank(row, column, None, sheets.cell(unlocked=True))
