"""A shopping list as a purchases file: what is bought of it is filled in, and `purchase import` takes it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from msgspec import Struct

from lizhi_pos.exchange.purchases import LAYOUT
from lizhi_pos.exchange.report_workbook import add_report
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.reports.report_sheet import ReportSheet

_TITLE_ROW, _NOTE_ROW, _HEADER_ROW = 0, 1, 2
_NAME = "商品名称"
_TO_FILL_IN = ("单据号", "供应商")
_WIDTHS = {"条码": 18, "供应商": 20, "备注": 24, _NAME: 28}
_USUAL_WIDTH = 12
_AS_TEXT = ("单据号", "条码")


class ToBuy(Struct, frozen=True):
    """One product of a shopping list and what one of it cost last."""

    code: str
    name: str
    quantity: int
    unit_cost: Yuan


def shopping_list(
    town: str, market_day: date, bought_on: date, lines: Sequence[ToBuy], report: ReportSheet | None = None
) -> bytes:
    """Return a workbook (.xlsx) with the columns of a purchases file; the same list gives the same bytes.

    A `report` follows on sheets of its own, which no reader of purchases takes for one.
    Number of the voucher and supplier are left to whoever buys; a line that is not bought is to be taken out.
    """
    import xlsxwriter

    total = sum(line.quantity * line.unit_cost for line in lines)
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(bought_on, time())})
        sheet = book.add_worksheet("采购")
        large, needed, usual, text, price = _looks(book)
        title = f"{town}励志超市采购清单 {market_day.isoformat()} 赶场用"
        sheet.write_string(_TITLE_ROW, 0, title, large)
        note = f"按上次进价共 {format_hundredths(total)} 元。填好底色列后导入;没买的行删掉,数量、进价、日期按实际改"
        sheet.write_string(_NOTE_ROW, 0, note)
        headers = [*LAYOUT.headers, _NAME]
        for column, header in enumerate(headers):
            sheet.write_string(_HEADER_ROW, column, header, needed if header in _TO_FILL_IN else usual)
            width = _WIDTHS.get(header, _USUAL_WIDTH)
            sheet.set_column(column, column, width, text if header in _AS_TEXT else None)
        at = {header: column for column, header in enumerate(headers)}
        for row, line in enumerate(lines, _HEADER_ROW + 1):
            for header in _TO_FILL_IN:
                sheet.write_blank(row, at[header], None, needed)
            sheet.write_string(row, at["日期"], bought_on.isoformat(), usual)
            sheet.write_string(row, at["条码"], line.code, usual)
            sheet.write_number(row, at["数量"], line.quantity, usual)
            # a spreadsheet holds numbers only as floats; two decimals of this size come back exactly as written
            sheet.write_number(row, at["单位进价"], line.unit_cost / 100, price)
            sheet.write_string(row, at[_NAME], line.name, usual)
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER_ROW)
        if report is not None:
            add_report(book, report)
    return content.getvalue()


def _looks(book: Any) -> tuple[Any, Any, Any, Any, Any]:
    return (
        book.add_format({"bold": True, "font_size": 16}),
        book.add_format({"bold": True, "border": 1, "bg_color": "#FCE4D6", "num_format": "@"}),
        book.add_format({"border": 1}),
        book.add_format({"num_format": "@"}),
        book.add_format({"border": 1, "num_format": "0.00"}),
    )
