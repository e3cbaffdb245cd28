"""A village's workbook before it is filled in: its own people in it, lists to choose from, how to fill it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from lizhi_pos.accounts.prepared import Prepared
from lizhi_pos.exchange.village_rows import GROUPS, LAYOUTS, STATUSES
from lizhi_pos.periods import Month, Quarter

GUIDE, CHOICES = "填表说明", "项目"
_WIDTHS = {"身份证号": 22, "备注": 24, "说明": 36, "更正对象": 24, "季度": 12, "项目": 20}
_USUAL_WIDTH = 14
_AS_TEXT = ("手册编号", "身份证号", "电话", "条款")
_PREPARED_ROWS = 2000
_HEADER_ROW = 1
_LAST_COLUMN = 16383
_QUARTERS_TO_CHOOSE = 4
_HINTS = {
    "居住起始日": "哪一天起住在本村,如 2015-08-20",
    "状态": "在册、迁出、销户,不填是在册",
    "评分日期": "哪一天评的,可以不填",
    "日期": "本月的日子,如 2024-03-05",
    "分值": "项目的分值 × 次数",
    "次数": "几次,不填是 1 次",
    "行为日期": "发生在哪一天",
    "积分": "可以是负数",
    "更正对象": "更正哪一笔:小票号、月份,或日期加项目",
}
_ALLOWED = (
    *("insert_rows", "delete_rows", "sort", "autofilter"),
    *("format_cells", "format_columns", "format_rows"),
)
"""What a filled-in sheet lets people do beside filling in; its headings alone are fixed."""


class _Formats(Struct, frozen=True):
    title: Any
    needed: Any
    usual: Any
    fixed: Any
    free: Any
    text: Any
    day: Any
    wrapped: Any


def write_village_template(
    file: Path | BinaryIO, village: str, month: Month, town: str = "", prepared: Prepared | None = None
) -> None:
    """Write a workbook (.xlsx) for one village's month, with all sheets, headers and choices.

    Required headers are bold and shaded, headings are protected, what is `prepared` stands in it. Raises OSError
    where the file cannot be written.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped, unused-ignore]

    prepared = prepared or Prepared()
    workbook = Workbook(file, {"in_memory": True})
    # the same template again is the same file, whenever it is written
    workbook.set_properties({"created": datetime(month.year, month.month, 1)})
    formats = _formats(workbook)
    _write_guide(workbook.add_worksheet(GUIDE), formats, _guide(village, month, prepared))
    for name in LAYOUTS:
        title = f"{town}{village}文明积分台账({month.year}年{month.month}月)"
        _Sheet(workbook.add_worksheet(name), formats, name, _choices(name, month, prepared)).write(
            title, _ROWS[name](prepared) if name in _ROWS else []
        )
    _write_choices(workbook.add_worksheet(CHOICES), formats, prepared)
    try:
        workbook.close()
    except FileCreateError as error:
        raise OSError(*error.args) from error


def _formats(workbook: Any) -> _Formats:
    bordered = {"border": 1, "align": "center"}
    return _Formats(
        title=workbook.add_format({"bold": True, "font_size": 16}),
        needed=workbook.add_format({**bordered, "bold": True, "bg_color": "#FCE4D6"}),
        usual=workbook.add_format(bordered),
        fixed=workbook.add_format({"locked": True}),
        free=workbook.add_format({"locked": False}),
        text=workbook.add_format({"locked": False, "num_format": "@"}),
        day=workbook.add_format({"locked": False, "num_format": "yyyy-mm-dd"}),
        wrapped=workbook.add_format({"text_wrap": True, "font_size": 14, "valign": "top"}),
    )


def _guide(village: str, month: Month, prepared: Prepared) -> Sequence[str]:
    """Return how the workbook is filled in, in five sentences."""
    known = (
        "户籍、成员两张表里已有本村在册的农户和成员,有变动就改那一格,新户、新成员接在下面写"
        if prepared.households
        else "户籍写本村的农户,一户一行,成员写户主以外的家人"
    )
    return (
        f"这是{village}{month.year}年{month.month}月的台账,每张表从第三行填起,底色加粗的列必须填,标题和表头不能改。",
        f"{known},没有变动的不用动。",
        "志愿服务一行写一个人一天做的一个项目,项目从下拉单里选,分值是“项目”表里的分值乘次数,次数不填算一次。",
        "基础评分写已经结束的季度,0 到 100 分,最多一位小数,负面清单只是提议,更正写以前记错的积分,可以是负数。",
        "签字写评议小组和监督小组每个人的名字,全部填好后存成 .xlsx,交给镇里的会计。",
    )


def _write_guide(sheet: Any, formats: _Formats, sentences: Sequence[str]) -> None:
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, GUIDE, formats.title)
    for number, sentence in enumerate(sentences, 1):
        sheet.write_string(number, 0, str(number), formats.wrapped)
        sheet.write_string(number, 1, sentence, formats.wrapped)
        sheet.set_row(number, 44)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect()


def _write_choices(sheet: Any, formats: _Formats, prepared: Prepared) -> None:
    for column, (header, width) in enumerate(
        (("项目", 28), ("分值", 10), ("类别", 20), ("", 4), ("条款", 8), ("内容", 60))
    ):
        sheet.set_column(column, column, width)
        sheet.write(0, column, header, formats.usual if header else None)
    for row, item in enumerate(prepared.items, 1):
        sheet.write_string(row, 0, item.name)
        # the one float is what a spreadsheet cell holds a number in
        sheet.write_number(row, 1, item.points / 100)
        sheet.write_string(row, 2, item.category)
    for row, clause in enumerate(prepared.clauses, 1):
        sheet.write_string(row, 4, clause.clause)
        sheet.write_string(row, 5, clause.text)
    sheet.freeze_panes(1, 0)
    sheet.protect()


def _choices(name: str, month: Month, prepared: Prepared) -> Mapping[str, Mapping[str, Any]]:
    """Return what is chosen from under the headers of a sheet; what may also be otherwise is only warned of."""
    found: dict[str, Mapping[str, Any]] = {}
    if name == "户籍":
        found["状态"] = _one_of(list(STATUSES))
    else:
        last = _HEADER_ROW + 1 + len(prepared.households) + _PREPARED_ROWS
        found["手册编号"] = _one_of(f"='户籍'!$A${_HEADER_ROW + 2}:$A${last}", or_else=True)
    if name == "签字":
        return {"小组": _one_of(list(GROUPS))}
    if name == "基础评分":
        found["季度"] = _one_of([str(q) for q in _ended(month)], or_else=True)
        found["评分"] = _within("decimal", 0, 100)
    if name == "志愿服务":
        found["次数"] = _within("integer", 1, 999)
        if prepared.items:
            found["项目"] = _one_of(f"='{CHOICES}'!$A$2:$A${len(prepared.items) + 1}")
    if name == "负面清单" and prepared.clauses:
        found["条款"] = _one_of(f"='{CHOICES}'!$E$2:$E${len(prepared.clauses) + 1}", or_else=True)
    return found


def _ended(month: Month) -> Sequence[Quarter]:
    """Return the latest quarters that have ended by the end of a month, the oldest first."""
    last = Quarter.last_ended_before(month.next().first_day).index
    return [Quarter.at_index(last - back) for back in reversed(range(_QUARTERS_TO_CHOOSE))]


def _one_of(source: Any, *, or_else: bool = False) -> Mapping[str, Any]:
    return {"validate": "list", "source": source, "error_type": "warning" if or_else else "stop"}


def _within(kind: str, least: int, most: int) -> Mapping[str, Any]:
    return {"validate": kind, "criteria": "between", "minimum": least, "maximum": most, "error_type": "warning"}


class _Sheet:
    """Writes one sheet of the workbook."""

    def __init__(self, to: Any, formats: _Formats, name: str, choices: Mapping[str, Mapping[str, Any]]) -> None:
        self._to, self._formats, self._choices = to, formats, choices
        self._layout = LAYOUTS[name]

    def write(self, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write title, headers, choices and the rows that stand in it already."""
        to, formats = self._to, self._formats
        to.set_column(0, _LAST_COLUMN, None, formats.free)
        for fixed in range(_HEADER_ROW + 1):
            to.set_row(fixed, None, formats.fixed)
        to.write_string(0, 0, title, formats.title)
        for index, header in enumerate(self._layout.headers):
            required = header in self._layout.required
            to.write_string(_HEADER_ROW, index, header, formats.needed if required else formats.usual)
            to.set_column(index, index, _WIDTHS.get(header, _USUAL_WIDTH), self._format_of(header))
            self._write_choice(index, header, len(rows))
        for number, row in enumerate(rows, _HEADER_ROW + 1):
            for index, header in enumerate(self._layout.headers):
                self._write_cell(number, index, header, row.get(header))
        to.protect("", dict.fromkeys(_ALLOWED, True))
        to.freeze_panes(_HEADER_ROW + 1, 1)
        to.set_landscape()
        to.set_paper(9)
        to.fit_to_pages(1, 0)
        to.repeat_rows(0, _HEADER_ROW)

    def _format_of(self, header: str) -> Any:
        return self._formats.text if header in _AS_TEXT else self._formats.free

    def _write_choice(self, index: int, header: str, rows: int) -> None:
        choice = dict(self._choices.get(header, {}))
        if header in _HINTS:
            choice = {"validate": "any", **choice, "input_title": header, "input_message": _HINTS[header]}
        if choice:
            last = _HEADER_ROW + rows + _PREPARED_ROWS
            self._to.data_validation(_HEADER_ROW + 1, index, last, index, choice)

    def _write_cell(self, number: int, index: int, header: str, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, date):
            self._to.write_datetime(number, index, datetime(value.year, value.month, value.day), self._formats.day)
        elif isinstance(value, int):
            self._to.write_number(number, index, value, self._formats.free)
        else:
            self._to.write_string(number, index, str(value), self._format_of(header))


_ROWS = {
    "户籍": lambda prepared: [
        {
            "手册编号": r.booklet,
            "户主": r.head,
            "居住起始日": r.residence_start,
            "村民组": r.group,
            "身份证号": r.id_number,
            "电话": r.phone,
            "人口": r.people,
            "状态": next(word for word, status in STATUSES.items() if status == r.status),
            "备注": r.note,
        }
        for r in prepared.households
    ],
    "成员": lambda prepared: [
        {"手册编号": m.booklet, "姓名": m.name, "与户主关系": m.relation, "身份证号": m.id_number}
        for m in prepared.members
    ],
}
"""The rows that stand in a sheet already, by its headers."""
