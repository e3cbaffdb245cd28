"""Tables: headers, rows, totals, and an error at exactly the cell it is about."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.exchange.village_workbook import read_village_workbook

Maker = Callable[..., Path]

HEADERS = ["条码", "名称", "积分价"]
SALT = ["6920181360936", "示例盐", "2.5"]
SOAP = ["ABC-1", "示例皂", 3]


def errors(reading: Reading[object]) -> list[tuple[str | None, str | None]]:
    return [(error.sheet, error.cell) for error in reading.errors]


def test_columns_are_found_by_name_in_any_order_below_any_titles(xlsx: Maker) -> None:
    titles = [["大同镇励志超市"], [], ["填报单位(盖章):"], ["说明", "备注"]]
    head = ["序号", "积分价(分)", "名\n称", "库房", "条 码*"]
    reading = read_goods(xlsx({"货品": [*titles, head, [1, "2.5", "示例盐", "东", "6920181360936"]]}))
    assert reading.errors == ()
    assert reading.content is not None
    row = reading.content[0]
    assert (row.code, row.name, row.price) == ("6920181360936", "示例盐", 250)
    assert row.at.cell("积分价") == "B6"
    assert row.at.cell("规格") == "A5"


def test_a_bare_header_goes_before_one_with_a_suffix(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"a": [["条码", "名称", "积分价(上季度)", "积分价"], ["ABC-1", "示例皂", 9, 3]]}))
    assert reading.content is not None
    assert reading.content[0].price == 300


def test_blank_rows_and_repeated_headers_and_lines_to_sign_on_are_no_rows(xlsx: Maker) -> None:
    rows = [HEADERS, SALT, ["", "　", ""], HEADERS, SOAP, ["制表人:示例甲", "", "审核人："]]
    reading = read_goods(xlsx({"a": rows}))
    assert reading.errors == ()
    assert reading.content is not None
    assert [row.at.row for row in reading.content] == [2, 5]


def test_a_row_with_nothing_but_extra_columns_is_blank(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"a": [["序号", *HEADERS], [1, *SALT], [2, "", "", ""]]}))
    assert reading.errors == ()


def test_rows_of_failing_formulas_filled_down_are_no_rows(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"a": [HEADERS, SALT, ["", "=NA() -> #N/A", "=NA() -> #N/A"]]}))
    assert reading.errors == ()


def test_each_missing_column_is_one_error_on_the_header_row(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"货品": [["标题"], ["", "名称", "单位"], ["", "示例盐", "袋"]]}))
    assert errors(reading) == [("货品", "B2"), ("货品", "B2")]
    assert [error.text.args for error in reading.errors] == [("条码",), ("积分价",)]


def test_no_header_row_is_one_error_at_the_first_cell(xlsx: Maker, put: Maker) -> None:
    assert errors(read_goods(xlsx({"货品": [["随便"], [1, 2]]}))) == [("货品", "A1")]
    assert errors(read_goods(xlsx({"货品": []}))) == [("货品", "A1")]
    assert errors(read_slips(put("slips.csv", "甲,乙\n1,2\n"))) == [("", "A1")]


def test_a_column_that_is_there_twice_is_an_error_but_for_remarks(xlsx: Maker, village: Maker) -> None:
    assert errors(read_goods(xlsx({"a": [[*HEADERS, "名称"], [*SALT, "别的"]]}))) == [("a", "D1")]
    head = ["手册编号", "户主", "居住起始日", "备注", "备注"]
    assert read_village_workbook(village(户籍=[head, ["HP0001", "示例甲", "2020.1.1", "", ""]])).errors == ()


def test_all_errors_of_a_file_are_told_in_the_order_of_its_rows(xlsx: Maker) -> None:
    rows = [HEADERS, ["6920181360937", "示例盐", "贵"], SALT, ["ABC-2", "", 1], ["", "示例皂", "2.505"]]
    reading = read_goods(xlsx({"a": rows}))
    assert reading.content is None
    assert errors(reading) == [("a", "A2"), ("a", "C2"), ("a", "B4"), ("a", "A5"), ("a", "C5")]


def test_what_could_be_read_is_kept_for_the_domains_own_checks(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"a": [HEADERS, SALT, ["ABC-2", "", 1], ["", "示例皂", 1]]}))
    assert reading.readable is not None
    assert reading.content is None
    assert [(row.code, row.name, set(row.at.unread)) for row in reading.readable] == [
        ("6920181360936", "示例盐", set()),
        ("ABC-2", None, {"名称"}),
        (None, "示例皂", {"条码"}),
    ]


def test_a_formula_that_fails_is_an_error_also_in_an_optional_cell(xlsx: Maker, data: Path) -> None:
    reading = read_goods(xlsx({"a": [[*HEADERS, "每户限量"], [*SALT, "=NA() -> #N/A"]]}))
    assert errors(reading) == [("a", "D2")]
    # An .xls of some programs keeps no text of a formula: it reads as 0.
    assert errors(read_goods(data / "goods_faults.xls")) == [("Sheet1", "D2"), ("Sheet1", "B5")]


def test_of_several_sheets_the_one_with_the_headers_is_read(xlsx: Maker) -> None:
    reading = read_goods(xlsx({"说明": [["条码", "怎么填"]], "货品": [HEADERS, SALT], "旧": [HEADERS, SOAP]}))
    assert reading.content is not None
    assert [row.code for row in reading.content] == ["6920181360936"]
    assert [(warning.sheet, warning.cell) for warning in reading.warnings] == [("旧", "A1")]


ACTS = ["手册编号", "姓名", "日期", "项目", "分值", "次数"]


def act(points: object, times: object = 1) -> list[object]:
    return ["HP0001", "示例甲", "2024.3.5", "扶贫帮困", points, times]


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "", "", "", 24, 3],
        ["合 计：", "", "", "", "24分", ""],
        ["", "", "", "总计", 24.0, ""],
        ["", "合计", "", "", "２４", 3],
        ["本页合计", "", "", "", "", ""],
        ["合计 3 人次", "", "", "", 24, ""],
    ],
)
def test_a_total_that_is_right_is_passed_over(village: Maker, total: list[object]) -> None:
    reading = read_village_workbook(village(志愿服务=[ACTS, act(8), act("16分", 2), total]))
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert len(reading.content.acts) == 2


def test_a_total_may_stand_in_a_column_of_its_own(xlsx: Maker, title: str) -> None:
    sheet = [[title], ["序号", *ACTS], [1, *act(8)], ["合计", "", "", "", "", 9, ""]]
    reading = read_village_workbook(xlsx({"志愿服务": sheet}))
    assert [(warning.sheet, warning.cell) for warning in reading.warnings] == [("志愿服务", "F4")]


def test_a_wrong_total_is_a_warning_at_its_cell(village: Maker) -> None:
    reading = read_village_workbook(village(志愿服务=[ACTS, act(8), ["合计", "", "", "", "9.5分", 2]]))
    assert reading.content is not None
    assert [(w.sheet, w.cell, w.text.args) for w in reading.warnings] == [
        ("志愿服务", "E5", ("9.5分", "8.00")),
        ("志愿服务", "F5", ("2", "1")),
    ]


def test_a_subtotal_counts_from_the_last_one(village: Maker) -> None:
    rows = [ACTS, act(8), ["小计", "", "", "", 8, ""], act(5), act(2), ["小计", "", "", "", 7, ""]]
    assert read_village_workbook(village(志愿服务=[*rows, ["合计", "", "", "", 15, ""]])).warnings == ()
    wrong = read_village_workbook(village(志愿服务=[*rows, act(1), ["小计", "", "", "", 16, ""]]))
    assert [(w.cell, w.text.args) for w in wrong.warnings] == [("E10", ("16", "1.00"))]


def test_a_total_over_a_cell_that_cannot_be_read_is_not_judged(village: Maker) -> None:
    reading = read_village_workbook(village(志愿服务=[ACTS, act("八分"), ["合计", "", "", "", 8, 1]]))
    assert errors(reading) == [("志愿服务", "E4")]
    assert reading.warnings == ()


def test_a_person_may_be_called_anything_where_the_key_is_filled(village: Maker) -> None:
    reading = read_village_workbook(village(志愿服务=[[*ACTS, "备注"], [*act(8), "小计"]]))
    assert reading.content is not None
    assert len(reading.content.acts) == 1
