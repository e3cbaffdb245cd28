"""An empty village workbook, for a village to fill in."""

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from lizhi_pos.exchange.village_rows import GROUPS, LAYOUTS, STATUSES
from lizhi_pos.periods import Month

_CHOICES = {"状态": list(STATUSES), "小组": list(GROUPS)}
_WIDTHS = {"身份证号": 22, "备注": 24, "说明": 36, "更正对象": 24, "季度": 12, "项目": 20}
_USUAL_WIDTH = 14
_AS_TEXT = ("手册编号", "身份证号", "电话", "条款")
_PREPARED_ROWS = 2000
_HEADER_ROW = 1


def write_village_template(file: Path | BinaryIO, village: str, month: Month, town: str = "") -> None:
    """Write an empty workbook (.xlsx) for one village's month, with all sheets, headers and choices.

    Required headers are bold and shaded. Raises OSError where the file cannot be written.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped, unused-ignore]

    title = f"{town}{village}文明积分台账({month.year}年{month.month}月)"
    workbook = Workbook(file, {"in_memory": True})
    # the same template again is the same file, whenever it is written
    workbook.set_properties({"created": datetime(month.year, month.month, 1)})
    for name in LAYOUTS:
        _write_sheet(workbook, workbook.add_worksheet(name), name, title)
    try:
        workbook.close()
    except FileCreateError as error:
        raise OSError(*error.args) from error


def _write_sheet(workbook: Any, sheet: Any, name: str, title: str) -> None:
    layout = LAYOUTS[name]
    large = workbook.add_format({"bold": True, "font_size": 16})
    needed = workbook.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#FCE4D6"})
    usual = workbook.add_format({"border": 1, "align": "center"})
    text = workbook.add_format({"num_format": "@"})
    sheet.write_string(0, 0, title, large)
    for index, header in enumerate(layout.headers):
        sheet.write_string(_HEADER_ROW, index, header, needed if header in layout.required else usual)
        sheet.set_column(index, index, _WIDTHS.get(header, _USUAL_WIDTH), text if header in _AS_TEXT else None)
        if header in _CHOICES:
            choices = {"validate": "list", "source": _CHOICES[header]}
            sheet.data_validation(_HEADER_ROW + 1, index, _HEADER_ROW + _PREPARED_ROWS, index, choices)
    sheet.freeze_panes(_HEADER_ROW + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _HEADER_ROW)
