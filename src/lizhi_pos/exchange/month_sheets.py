"""Sheets of a month's workbooks: printed on A4, their headings in sight, locked where nobody is to write."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from lizhi_pos.periods import Month

HEADS = 2
"""The row of the headings, below the title."""
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
EARNED_FILL: dict[str, Any] = {"fill": {"color": "#0A5F5A"}, "border": {"color": "#0A5F5A"}}
REDEEMED_FILL: dict[str, Any] = {
    "pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#B4501E", "bg_color": "#FFFFFF"},
    "border": {"color": "#B4501E"},
}
_SLICES = (
    EARNED_FILL,
    REDEEMED_FILL,
    {
        "pattern": {"pattern": "percent_25", "fg_color": "#0A5F5A", "bg_color": "#FFFFFF"},
        "border": {"color": "#0A5F5A"},
    },
    {"fill": {"color": "#D9A441"}, "border": {"color": "#8A6A2B"}},
    {
        "pattern": {"pattern": "large_grid", "fg_color": "#5B6365", "bg_color": "#FFFFFF"},
        "border": {"color": "#5B6365"},
    },
    {"fill": {"color": "#B9C4C3"}, "border": {"color": "#5B6365"}},
)
"""Told apart by pattern where they are not by colour."""
_PORTRAIT_WIDTH = 110
"""Signs beside each other that are still read easily on upright A4."""
_FORMULA_SIGNS = ("=", "+", "-", "@")
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True, "autofilter": True}


class MonthSheets:
    """A workbook being written: its formats, and sheets that print on one page's width."""

    def __init__(self, book: Any, whose: str, month: Month) -> None:
        self.book, self.whose, self.month = book, whose, month
        book.set_properties({"created": datetime.combine(month.last_day, time())})
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
        self.box = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        self._formats: dict[tuple[bool, bool, bool], Any] = {}

    def sheet(self, name: str, title: str, widths: Sequence[int]) -> Any:
        """Add a sheet with its title and return it; what is not unlocked in it stays as it is."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        if sum(widths) > _PORTRAIT_WIDTH:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.whose.replace('&', '&&')} {self.month}&R第 &P 页 共 &N 页")
        sheet.write_string(0, 0, f"{self.whose}{title}({self.month})", self.title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.protect("", _ALLOWED)
        return sheet

    def heads(self, sheet: Any, titles: Iterable[str]) -> None:
        """Write the header row, in sight while scrolling and repeated on every printed page."""
        for column, title in enumerate(titles):
            sheet.write_string(HEADS, column, title, self.head)
        sheet.freeze_panes(HEADS + 1, 0)
        sheet.repeat_rows(HEADS)

    def table(
        self,
        sheet: Any,
        columns: Sequence[tuple[str, str]],
        rows: Sequence[Any],
        *,
        unlocked: bool = False,
    ) -> None:
        """Write a header and a row for each struct."""
        self.heads(sheet, (title for title, _ in columns))
        for number, row in enumerate(rows, HEADS + 1):
            for column, (_, field) in enumerate(columns):
                self.put(sheet, (number, column), field, getattr(row, field), unlocked=unlocked)

    def put(
        self, sheet: Any, at: tuple[int, int], field: str, value: str | int | date, *, unlocked: bool = False
    ) -> None:
        """Write one cell: amounts of points and yuan with two decimals, counts as they are, the rest as text."""
        if field == "quantity":
            sheet.write_number(*at, value, self.cell(unlocked=unlocked))
        elif isinstance(value, int):
            # a spreadsheet holds numbers only as floats; two decimals of this size come back exactly as written
            sheet.write_number(*at, value / 100, self.cell(amount=True, unlocked=unlocked))
        else:
            text = value.isoformat() if isinstance(value, date) else value
            said = KIND_WORDS.get(text, text) if field == "kind" else text
            # what looks like a formula stays text also when somebody opens the cell and leaves it again
            quoted = said.startswith(_FORMULA_SIGNS)
            sheet.write_string(*at, said, self.cell(unlocked=unlocked, quoted=quoted))

    def cell(self, *, amount: bool = False, unlocked: bool = False, quoted: bool = False) -> Any:
        """Return the format of a cell."""
        key = (amount, unlocked, quoted)
        if key not in self._formats:
            how: dict[str, Any] = {"border": 1, "locked": not unlocked, "quote_prefix": quoted}
            self._formats[key] = self.book.add_format({**how, "num_format": "0.00"} if amount else how)
        return self._formats[key]

    def pie(self, sheet: Any, title: str, names: Sequence[int], amounts: Sequence[int]) -> Any:
        """Return a pie chart of two ranges of a sheet, each as first row, first column, last row, last column."""
        chart = self.book.add_chart({"type": "pie"})
        chart.add_series(
            {
                "categories": [sheet.name, *names],
                "values": [sheet.name, *amounts],
                "points": [_SLICES[at % len(_SLICES)] for at in range(amounts[2] - amounts[0] + 1)],
                "data_labels": {
                    "category": True,
                    "value": True,
                    "percentage": True,
                    "separator": "\n",
                    "position": "outside_end",
                    "leader_lines": True,
                },
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        return chart

    def columns(self, sheet: Any, title: str, names: Sequence[int], series: Sequence[tuple[str, Sequence[int]]]) -> Any:
        """Return columns side by side: the first series filled, the second hatched."""
        chart = self.book.add_chart({"type": "column"})
        for (name, values), fill in zip(series, (EARNED_FILL, REDEEMED_FILL), strict=False):
            chart.add_series(
                {"name": name, "categories": [sheet.name, *names], "values": [sheet.name, *values], "gap": 60, **fill}
            )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#D3D9D8"}}})
        return chart
