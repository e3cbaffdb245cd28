"""A report as a workbook: figures are numbers, headings stay in sight, what looks like a formula is text."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from lizhi_pos.exchange.month_sheets import EARNED_FILL, REDEEMED_FILL
from lizhi_pos.reports.report_sheet import PRIVATE_WORDS, ReportSheet, SheetChart

_HEADS = 2
"""The row of the headings, below the title."""
_FIGURE = re.compile(r"-?\d{1,13}(\.\d\d?)?")
_FORMULA_SIGNS = ("=", "+", "-", "@")
_PORTRAIT_WIDTH = 100
_LINE_HEIGHT = 16
_NARROWEST, _WIDEST = 8, 44


def report_workbook(sheet: ReportSheet) -> bytes:
    """Return a report's workbook (.xlsx); the same report gives the same bytes."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(sheet.day, time())})
        add_report(book, sheet)
    return content.getvalue()


def add_report(book: Any, sheet: ReportSheet) -> None:
    """Write a report on sheets of a workbook: its table, and its chart beside what the chart shows."""
    formats = _Formats(book)
    _table(book.add_worksheet("报表"), sheet, formats)
    if sheet.chart:
        _chart(book, sheet.chart, formats)


class _Formats:
    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {
                "bold": True,
                "border": 1,
                "align": "center",
                "bg_color": "#EEF4F3",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        text = {"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"}
        self.text = book.add_format(text)
        self.quoted = book.add_format({**text, "quote_prefix": True})
        self.beside = book.add_format({**text, "align": "right"})
        self.said = book.add_format({"text_wrap": True, "valign": "top"})
        self.whole = book.add_format({"border": 1, "valign": "top", "num_format": "0"})
        self.decimals = [book.add_format({"border": 1, "valign": "top", "num_format": f"0.{'0' * n}"}) for n in (1, 2)]

    def put(self, sheet: Any, at: tuple[int, int], said: str, *, figure: bool) -> None:
        """Write one cell: a number where it is a figure, else text."""
        found = _FIGURE.fullmatch(said) if figure else None
        if found is None:
            # what looks like a formula stays text also when somebody opens the cell and leaves it again
            plain = self.beside if figure else self.text
            sheet.write_string(*at, said, self.quoted if said.startswith(_FORMULA_SIGNS) else plain)
        elif decimals := found[1]:
            # a spreadsheet holds numbers only as floats; two decimals of this size come back exactly as written
            sheet.write_number(*at, float(said), self.decimals[len(decimals) - 2])
        else:
            sheet.write_number(*at, int(said), self.whole)


def _table(made: Any, sheet: ReportSheet, formats: _Formats) -> None:
    rows = [*sheet.rows, *([sheet.total] if sheet.total else [])]
    widths = [
        min(max(_NARROWEST, *(_width(cell) + 2 for cell in cells)), _WIDEST)
        for cells in zip([c.label for c in sheet.columns], *rows, strict=True)
    ]
    made.set_paper(9)
    if sum(widths) > _PORTRAIT_WIDTH:
        made.set_landscape()
    made.fit_to_pages(1, 0)
    made.set_footer(f"&L{sheet.town.replace('&', '&&')} {sheet.day.isoformat()}&R第 &P 页 共 &N 页")
    made.write_string(0, 0, f"{sheet.town} {sheet.scope} {sheet.title}".replace("  ", " "), formats.title)
    told = "  ".join(filter(None, (PRIVATE_WORDS if sheet.private else "", f"截至 {sheet.day.isoformat()}")))
    made.write_string(1, 0, told)
    for at, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        made.write_string(_HEADS, at, column.label, formats.head)
        made.set_column(at, at, width)
    made.freeze_panes(_HEADS + 1, 0)
    made.repeat_rows(_HEADS)
    last = _HEADS
    for last, row in enumerate(rows, _HEADS + 1):
        for at, (column, said) in enumerate(zip(sheet.columns, row, strict=True)):
            formats.put(made, (last, at), said, figure=column.kind == "figure")
    figures = (f"{said} {figure}{unit}" for said, figure, unit in sheet.figures)
    nothing = () if sheet.rows else (sheet.nothing,)
    for at, said in enumerate((*nothing, *figures, *filter(None, (sheet.lead,)), *sheet.notes), last + 2):
        _said(made, at, said, widths, formats)


def _said(made: Any, at: int, said: str, widths: Sequence[int], formats: "_Formats") -> None:
    """Write a line below the table, over its whole width and no wider, so that it prints as large as it can."""
    made.set_row(at, _LINE_HEIGHT * max(1, -(-_width(said) // sum(widths))))
    if len(widths) > 1:
        made.merge_range(at, 0, at, len(widths) - 1, "", formats.said)
    made.write_string(at, 0, said, formats.said)


def _chart(book: Any, chart: SheetChart, formats: _Formats) -> None:
    """Write what a chart shows on a sheet of its own, and the chart beside it."""
    made = book.add_worksheet("图")
    made.write_string(0, 0, chart.title, formats.title)
    made.set_column(0, 2, 16)
    made.set_paper(9)
    made.set_landscape()
    made.fit_to_pages(1, 0)
    for at, said in enumerate(("", *chart.names)):
        made.write_string(_HEADS, at, said, formats.head)
    for row, one in enumerate(chart.bars, _HEADS + 1):
        for at, said in enumerate((one.label, *one.told)):
            formats.put(made, (row, at), said, figure=at > 0)
    made.freeze_panes(_HEADS + 1, 0)
    if not chart.bars:
        return
    first, last = _HEADS + 1, _HEADS + len(chart.bars)
    drawn = book.add_chart({"type": "column"})
    for at, (name, fill) in enumerate(zip(chart.names, (EARNED_FILL, REDEEMED_FILL), strict=True), 1):
        drawn.add_series(
            {
                "name": name,
                "categories": [made.name, first, 0, last, 0],
                "values": [made.name, first, at, last, at],
                "gap": 60,
                **fill,
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": max(640, 44 * len(chart.bars)), "height": 360})
    made.insert_chart(_HEADS, 4, drawn)


def _width(said: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in said)
