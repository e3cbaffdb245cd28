"""What goes back to a village at the month's end: a workbook whose `户余额` it can paste into its own ledger."""

from pathlib import Path
from typing import Any

from lizhi_pos.money import Points, Yuan
from lizhi_pos.settlement.statement import Statement, StatementLine, VillageStatement

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
    ("期末积分", "closing"),
)


def write_statement_workbooks(folder: Path, statement: Statement) -> list[Path]:
    """One workbook a village, ``2024-03_村名.xlsx``; the paths written."""
    return [_write(folder / f"{statement.month}_{v.village}.xlsx", statement.month, v) for v in statement.villages]


def _write(path: Path, month: str, village: VillageStatement) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "border": 1, "align": "center"}),
            "text": book.add_format({"border": 1}),
            "amount": book.add_format({"border": 1, "num_format": "0.00"}),
        }
        _summary(book.add_worksheet("汇总"), formats, month, village)
        _balances(book.add_worksheet("户余额"), formats, month, village)
        _receipts(book.add_worksheet("兑换明细"), formats, month, village)
    return path


def _summary(sheet: Any, formats: Any, month: str, village: VillageStatement) -> None:
    _page(sheet, formats, f"{village.village}文明积分月结汇总({month})", (18, 16))
    rows: list[tuple[str, Points | Yuan]] = [
        (title, getattr(village.totals, name)) for title, name in BALANCE_COLUMNS if name not in ("booklet", "head")
    ]
    rows += [("兑换物品价值(元)", village.goods_value), ("本村归集资金(元)", village.contributed)]
    for row, (title, value) in enumerate(rows, 2):
        sheet.write_string(row, 0, title, formats["text"])
        _amount(sheet, row, 1, value, formats)
    for row, title in enumerate(("村负责人:", "监督小组:", "超市经办人:"), len(rows) + 4):
        sheet.write_string(row, 0, title)


def _balances(sheet: Any, formats: Any, month: str, village: VillageStatement) -> None:
    _page(sheet, formats, f"{village.village}户余额({month})", (12, 12, *[11] * 9))
    for column, (title, _) in enumerate(BALANCE_COLUMNS):
        sheet.write_string(2, column, title, formats["head"])
    for row, line in enumerate(village.households, 3):
        for column, (_, name) in enumerate(BALANCE_COLUMNS):
            _value(sheet, row, column, getattr(line, name), formats)
    total = len(village.households) + 3
    sheet.write_string(total, 0, "合计", formats["text"])
    for column, (_, name) in enumerate(BALANCE_COLUMNS[2:], 2):
        _amount(sheet, total, column, getattr(village.totals, name), formats)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)


def _receipts(sheet: Any, formats: Any, month: str, village: VillageStatement) -> None:
    _page(sheet, formats, f"{village.village}兑换明细({month})", (12, 12, 20))
    for column, title in enumerate(("手册编号", "户主", "小票单号")):
        sheet.write_string(2, column, title, formats["head"])
    rows: list[tuple[StatementLine, str]] = [(line, r) for line in village.households for r in line.receipts]
    for row, (line, receipt) in enumerate(rows, 3):
        for column, text in enumerate((line.booklet, line.head, receipt)):
            sheet.write_string(row, column, text, formats["text"])


def _page(sheet: Any, formats: Any, title: str, widths: tuple[int, ...]) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, formats["title"])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _value(sheet: Any, row: int, column: int, value: str | int, formats: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, formats["text"])
    else:
        _amount(sheet, row, column, value, formats)


def _amount(sheet: Any, row: int, column: int, value: int, formats: Any) -> None:
    # a spreadsheet holds numbers only as floats; two decimals of this size come back exactly as written
    sheet.write_number(row, column, value / 100, formats["amount"])
