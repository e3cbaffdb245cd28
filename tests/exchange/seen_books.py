"""Workbooks of goods that are seen otherwise than they are held, described once and written as every kind of file.

The .xls among the data were written by ``python tests/exchange/seen_books.py``, which needs xlwt; the tests do not.
"""

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Formatted:
    """A number or date with its format; `text` is how LibreOffice shows it."""

    value: float | date
    format: str
    text: str


@dataclass(frozen=True)
class Failing:
    """A formula that gives an error."""

    text: str


@dataclass(frozen=True)
class Page:
    """One sheet: its rows, merged areas (first row, first column, last row, last column, from 0), what is hidden."""

    rows: Sequence[Sequence[Any]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()


Book = Mapping[str, Page]

HEAD = ["条码", "名称", "积分价", "规格", "每户限量"]
SALT = ["6901234567892", "示例盐", 2.5]

BOOKS: dict[str, Book] = {
    # down over two goods and beyond the last one, across a heading, across a total
    "merged": {
        "商品": Page(
            [
                ["2024年商品表"],
                HEAD,
                ["第一批"],
                ["6901234567892", "示例盐", 2.5, "400g", 2],
                ["6920181360936", "示例醋", 6, "", ""],
                ["6903148144541", "示例皂", 3.8, "", ""],
                ["", "", "", "", ""],
                ["合计", "", "", "", ""],
            ],
            merged=[(0, 0, 0, 4), (2, 0, 2, 4), (3, 3, 5, 3), (3, 4, 6, 4), (7, 0, 7, 1)],
        )
    },
    "hidden_sheet": {
        "旧价": Page([HEAD[:3], ["6901234567892", "示例盐", 1]], hidden=True),
        "商品": Page([HEAD[:3], SALT]),
    },
    "hidden_only": {
        "封面": Page([["大同镇励志超市"]]),
        "商品": Page([HEAD[:3], SALT], hidden=True),
    },
    "hidden_parts": {
        "商品": Page(
            [
                ["条码", "名称", "积分价", "积分价", "每户限量"],
                ["6901234567892", "示例盐", 1, 2.5, 2],
                ["6920181360936", "示例醋", 5, 6, 3],
            ],
            hidden_rows=[2],
            hidden_columns=[2, 4],
        )
    },
    "formats": {
        "商品": Page(
            [
                HEAD,
                [Formatted(12345678905, "0000000000000", "0012345678905"), "示例糖", Formatted(2.5, "0.00", "2.50")],
                [Formatted(7, '"A-"000', "A-007"), "示例碗", Formatted(12.5, '0.00"元"', "12.50元")],
                ["6901234567892", "示例盐", Formatted(1234.5, "#,##0.00", "1,234.50")],
                ["6920181360936", "示例醋", Formatted(3, '0"分"', "3分")],
            ]
        )
    },
    "formats_refused": {
        "商品": Page(
            [
                HEAD,
                ["A-1", "示例一", Formatted(0.9, "0%", "90%")],
                ["A-2", "示例二", Formatted(2.5, "0", "3")],
                ["A-3", "示例三", Formatted(15000, '0!.0,"万"', "1.5万")],
                ["A-4", "示例四", Formatted(5, ";;;", "")],
                ["A-5", "示例五", Formatted(2.25, "0.0", "2.3")],
                ["A-6", "示例六", 3, "", Formatted(2.4, "0", "2")],
                ["A-7", "示例七", 3, Formatted(date(2024, 3, 1), 'yyyy"年"m"月"', "2024年3月")],
            ]
        )
    },
    "gifts": {
        "捐赠": Page(
            [
                ["凭证号", "日期", "类型", "捐赠人", "金额", "条码", "数量", "单位价值", "到期日"],
                ["SW-1", "2024-04-02", "实物", "示例社", "", "6901234567892", 10, 2.5, "2024-12-31"],
                ["", "", "", "", "", "6920181360936", 20, 6, ""],
                ["", "", "", "", "", "6903148144541", "", 3.8, ""],
            ],
            merged=[(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 3, 2), (1, 3, 3, 3), (2, 6, 3, 6), (1, 8, 3, 8)],
        )
    },
    "purchases": {
        "采购": Page(
            [
                ["单据号", "日期", "供应商", "条码", "数量", "单位进价"],
                ["D1", "2024-04-02", "示例商", "6901234567892", 10, 2.5],
                ["", "", "", "6920181360936", 20, ""],
            ],
            merged=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 5, 2, 5)],
        )
    },
    "slips": {
        "手写单": Page(
            [
                ["单号", "日期", "手册编号", "条码", "数量", "代领人", "关系"],
                ["P1", "2024-04-28", "HP0001", "6901234567892", 1, "示例甲", "邻居"],
                ["", "", "", "6920181360936", 2, "", ""],
            ],
            merged=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 5, 2, 5), (1, 6, 2, 6)],
        )
    },
    "answer": {
        "户余额": Page(
            [["华平村2024年4月"], ["手册编号", "户主", "期末积分"], ["HP0001", "示例甲", 50], ["HP0002", "示例乙", ""]],
            merged=[(0, 0, 0, 2), (2, 2, 3, 2)],
        )
    },
    "village": {
        "户籍": Page(
            [
                ["大同镇华平村文明积分台账(2024年3月)"],
                ["手册编号", "户主", "居住起始日", "状态"],
                ["HP0001", "示例甲", "2015.1.1", "迁出"],
                ["HP0002", "示例乙", "", ""],
            ],
            merged=[(0, 0, 0, 3), (2, 2, 3, 2), (2, 3, 3, 3)],
        ),
        "成员": Page(
            [["手册编号", "姓名", "与户主关系"], ["HP0001", "示例丙", "子女"], ["", "示例丁", ""]],
            merged=[(1, 0, 2, 0), (1, 2, 2, 2)],
        ),
        "基础评分": Page(
            [["手册编号", "季度", "评分"], ["HP0001", "2023Q4", 90.5], ["", "2024Q1", ""]],
            merged=[(1, 0, 2, 0), (1, 2, 2, 2)],
        ),
        "志愿服务": Page(
            [
                ["手册编号", "姓名", "日期", "项目", "分值"],
                ["HP0001", "示例甲", "2024-03-05", "圆梦使者", 10],
                ["HP0002", "示例乙", "", "", ""],
            ],
            merged=[(1, 2, 2, 2), (1, 3, 2, 3), (1, 4, 2, 4)],
        ),
        "负面清单": Page(
            [["手册编号", "行为日期", "条款", "说明"], ["HP0001", "2024-03-09", "一", "示例"], ["HP0002", "", "", ""]],
            merged=[(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3)],
        ),
        "签字": Page(
            [["小组", "姓名"], ["评议小组", "示例一"], ["", "示例二"]],
            merged=[(1, 0, 2, 0)],
        ),
        "更正": Page(
            [["手册编号", "积分", "更正对象", "说明"], ["HP0001", -5, "2024-02", "示例"], ["HP0002", "", "", ""]],
            merged=[(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3)],
        ),
    },
    "titles": {
        "户籍": Page(
            [["华平村文明积分台账(2024年2月)"], ["手册编号", "户主", "居住起始日"], ["HP0001", "示例甲", "2015.1.1"]],
            merged=[(0, 0, 0, 2)],
        ),
        "成员": Page([["华平村文明积分台账(2024年3月)"], ["手册编号", "姓名"], ["HP0001", "示例甲"]]),
        "更正": Page([["华平村文明积分台账(2024年3月)"], ["手册编号", "积分", "更正对象", "说明"]]),
        "签字": Page([["天桥村文明积分台账(2024年1月)"], ["小组", "姓名"]], merged=[(0, 0, 0, 1)]),
    },
    "titles_hidden": {
        "说明": Page([["村", "天桥村"], ["月份", "2024年2月"]], hidden=True),
        "户籍": Page(
            [
                ["大同镇华平村文明积分台账(2024年3月)"],
                ["手册编号", "户主", "居住起始日"],
                ["HP0001", "示例甲", "2015.1.1"],
            ]
        ),
        "户 籍": Page([["手册编号", "户主", "居住起始日"], ["HP0009", "示例旧", "2015.1.1"]], hidden=True),
    },
    "failing": {
        "商品": Page([HEAD, ["A-1", "示例一", Failing("#REF!")], ["A-2", "示例二", 3, "", Failing("#N/A")]]),
    },
}


def xlsx(book: Book) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        for name, page in book.items():
            sheet = workbook.add_worksheet(name)
            for top, left, bottom, right in page.merged:
                sheet.merge_range(top, left, bottom, right, "")
            for r, row in enumerate(page.rows):
                for c, value in enumerate(row):
                    match value:
                        case Formatted(held, code, _):
                            write = sheet.write_datetime if isinstance(held, date) else sheet.write_number
                            write(r, c, held, workbook.add_format({"num_format": code.replace("!", "\\")}))
                        case Failing(text):
                            sheet.write_formula(r, c, "=1/0", None, text)
                        case "":
                            pass
                        case _:
                            sheet.write(r, c, value)
            for r in page.hidden_rows:
                sheet.set_row(r, None, None, {"hidden": True})
            for c in page.hidden_columns:
                sheet.set_column(c, c, None, None, {"hidden": True})
        for name, page in book.items():
            if page.hidden:
                workbook.get_worksheet_by_name(name).hide()
            else:
                workbook.get_worksheet_by_name(name).activate()
                workbook.get_worksheet_by_name(name).set_first_sheet()
    return out.getvalue()


def xls(book: Book) -> bytes:
    import xlwt  # type: ignore[import-not-found]

    workbook = xlwt.Workbook(encoding="utf-8")
    for name, page in book.items():
        sheet = workbook.add_sheet(name)
        for r, row in enumerate(page.rows):
            for c, value in enumerate(row):
                area = next((a for a in page.merged if a[:2] == (r, c)), None)
                if area:
                    sheet.write_merge(area[0], area[2], area[1], area[3], value)
                    continue
                match value:
                    case Formatted(held, code, _):
                        style = xlwt.XFStyle()
                        style.num_format_str = code.replace("!", "\\")
                        sheet.write(r, c, held, style)
                    case Failing(text):
                        sheet.row(r).set_cell_error(c, {"#REF!": 0x17, "#N/A": 0x2A}[text])
                    case "":
                        pass
                    case _:
                        sheet.write(r, c, value)
        for r in page.hidden_rows:
            sheet.row(r).hidden = True
        for c in page.hidden_columns:
            sheet.col(c).hidden = True
        sheet.visibility = 1 if page.hidden else 0
    workbook.set_active_sheet(next(i for i, page in enumerate(book.values()) if not page.hidden))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def ods_rows(page: Page) -> str:
    width = max(map(len, page.rows))
    head = "".join(
        f'<table:table-column{_visibility(c in page.hidden_columns)} table:default-cell-style-name="Default"/>'
        for c in range(width)
    )
    rows = "".join(
        f"<table:table-row{_visibility(r in page.hidden_rows)}>"
        + "".join(_ods_cell(page, r, c, value) for c, value in enumerate([*row, *[""] * (width - len(row))]))
        + "</table:table-row>"
        for r, row in enumerate(page.rows)
    )
    return head + rows


def _visibility(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _ods_cell(page: Page, r: int, c: int, value: Any) -> str:
    spans = ""
    for top, left, bottom, right in page.merged:
        if (top, left) == (r, c):
            spans = f' table:number-rows-spanned="{bottom - top + 1}" table:number-columns-spanned="{right - left + 1}"'
        elif top <= r <= bottom and left <= c <= right:
            return "<table:covered-table-cell/>"
    return f"<table:table-cell{spans}{_ods_value(value)}</table:table-cell>"


def _ods_value(value: Any) -> str:
    match value:
        case "":
            return ">"
        case Formatted(date() as held, _, text):
            return f' office:value-type="date" office:date-value="{held.isoformat()}"><text:p>{text}</text:p>'
        case Formatted(held, code, text):
            kind = "percentage" if "%" in code else "float"
            return f' office:value-type="{kind}" office:value="{held}"><text:p>{text}</text:p>'
        case Failing(text):
            kind = 'string" calcext:value-type="error'
            return f' table:formula="of:=1/0" office:value-type="{kind}"><text:p>{text}</text:p>'
        case int() | float():
            shown = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()
            return f' office:value-type="float" office:value="{value}"><text:p>{shown:f}</text:p>'
    return f' office:value-type="string"><text:p>{quoteattr(value)[1:-1]}</text:p>'


if __name__ == "__main__":
    for book_name, described in BOOKS.items():
        path = DATA / f"seen_{book_name}.xls"
        path.write_bytes(xls(described))
    sys.stdout.write(f"{len(BOOKS)} books\n")
