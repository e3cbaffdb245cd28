"""What goes back to a village at the month's end: a workbook whose `户余额` it can paste into its own ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from lizhi_pos.file_writing import file_names
from lizhi_pos.ids import Id
from lizhi_pos.periods import Month
from lizhi_pos.settlement.details import Details
from lizhi_pos.settlement.statement import Statement, VillageStatement

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
KIND_WORDS = {
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
_BLANK_ROWS = 20
"""Rows of the sheet 差异 for the village to write in."""


def statement_workbooks(statement: Statement, details: Mapping[Id, Details]) -> dict[str, bytes]:
    """One workbook a village by its file's name, ``2024-03_村名.xlsx``; the same statement gives the same bytes."""
    none = Details((), ())
    names = file_names((f"{statement.month}_{v.village}" for v in statement.villages), ".xlsx")
    return {
        name: _workbook(statement.month, v, details.get(v.village_id, none))
        for name, v in zip(names, statement.villages, strict=True)
    }


def _workbook(month: str, village: VillageStatement, details: Details) -> bytes:
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(Month.parse(month).last_day, time())})
        sheets = _Sheets(book, village.village, month)
        _summary(sheets, village)
        _balances(sheets, village)
        sheets.table("兑换明细", GOODS_COLUMNS, details.goods, (12, 12, 12, 18, 16, 24, 8, 10))
        sheets.table("积分明细", POINTS_COLUMNS, details.points, (12, 12, 12, 14, 10, 40, 20))
        _differences(sheets)
    return content.getvalue()


class _Sheets:
    """A workbook being written: its formats, and sheets that print on one page's width."""

    def __init__(self, book: Any, village: str, month: str) -> None:
        self.book, self.village, self.month = book, village, month
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "border": 1, "align": "center"})
        self.text = book.add_format({"border": 1})
        self.amount = book.add_format({"border": 1, "num_format": "0.00"})

    def sheet(self, name: str, title: str, widths: Sequence[int]) -> Any:
        """Add a sheet with its title and return it."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, f"{self.village}{title}({self.month})", self.title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def heads(self, sheet: Any, titles: Iterable[str]) -> None:
        """Write the header row, repeated on every printed page."""
        for column, title in enumerate(titles):
            sheet.write_string(_HEADS, column, title, self.head)
        sheet.freeze_panes(_HEADS + 1, 0)
        sheet.repeat_rows(_HEADS)

    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Any], widths: Sequence[int]) -> Any:
        """Return a sheet with a header and a row for each struct."""
        sheet = self.sheet(name, name, widths)
        self.heads(sheet, (title for title, _ in columns))
        for number, row in enumerate(rows, _HEADS + 1):
            for column, (_, field) in enumerate(columns):
                self.put(sheet, number, column, field, getattr(row, field))
        return sheet

    def put(self, sheet: Any, row: int, column: int, field: str, value: str | int | date) -> None:
        """One cell: amounts of points and yuan with two decimals, counts as they are, the rest as text."""
        if field == "quantity":
            sheet.write_number(row, column, value, self.text)
        elif isinstance(value, int):
            # a spreadsheet holds numbers only as floats; two decimals of this size come back exactly as written
            sheet.write_number(row, column, value / 100, self.amount)
        else:
            text = value.isoformat() if isinstance(value, date) else value
            sheet.write_string(row, column, KIND_WORDS.get(text, text) if field == "kind" else text, self.text)


_HEADS = 2


def _summary(sheets: _Sheets, village: VillageStatement) -> None:
    sheet = sheets.sheet("汇总", "文明积分月结汇总", (18, 16))
    rows: list[tuple[str, int]] = [(title, getattr(village.totals, name)) for title, name in BALANCE_COLUMNS[2:]]
    rows += [("兑换物品价值(元)", village.goods_value), ("本村归集资金(元)", village.contributed)]
    for row, (title, value) in enumerate(rows, _HEADS):
        sheets.put(sheet, row, 0, "", title)
        sheets.put(sheet, row, 1, "", value)
    for row, title in enumerate(("村负责人:", "监督小组:", "超市经办人:"), len(rows) + 4):
        sheet.write_string(row, 0, title)


def _balances(sheets: _Sheets, village: VillageStatement) -> None:
    sheet = sheets.table("户余额", BALANCE_COLUMNS, village.households, (12, 12, *[11] * 9))
    total = _HEADS + 1 + len(village.households)
    sheets.put(sheet, total, 0, "", "合计")
    for column, (_, name) in enumerate(BALANCE_COLUMNS[2:], 2):
        sheets.put(sheet, total, column, name, getattr(village.totals, name))


def _differences(sheets: _Sheets) -> None:
    sheet = sheets.sheet("差异", "差异(由村填写)", (14, 16, 16, 40))
    sheets.heads(sheet, DIFFERENCE_COLUMNS)
    for row in range(_HEADS + 1, _HEADS + 1 + _BLANK_ROWS):
        for column in range(len(DIFFERENCE_COLUMNS)):
            sheet.write_blank(row, column, None, sheets.text)
