"""The village workbook: its sheets, its title, and its template."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import unescape

import pytest
from msgspec import structs

from lizhi_pos.accounts.import_rows import (
    ActRow,
    CorrectionRow,
    HouseholdRow,
    MemberRow,
    ProposalRow,
    ScoreRow,
    SignatureRow,
)
from lizhi_pos.accounts.prepared import Prepared
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.sheet import Sheet
from lizhi_pos.exchange.template import write_village_template
from lizhi_pos.exchange.village_rows import LAYOUTS
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.rulebook.rules import Clause, Item

AT = RowAt("", 0, 0, {})
Maker = Callable[..., Path]

HOUSEHOLDS = [["手册编号", "户主", "居住起始日"], ["HP0001", "示例甲", "2020.1.1"]]


def errors(reading: Reading[object]) -> list[tuple[str | None, str | None]]:
    return [(error.sheet, error.cell) for error in reading.errors]


def test_every_sheet_is_read_in_full(village: Maker) -> None:
    reading = read_village_workbook(
        village(
            户籍=[
                ["手册编号", "户主", "居住起始日", "村民组", "身份证号", "电话", "人口", "状态", "备注"],
                [
                    "hp0001",
                    "示例甲",
                    date(1998, 5, 1),
                    "３组",
                    "52210119900101123x",
                    13800000000,
                    4,
                    "迁出",
                    "去年，搬走",
                ],
            ],
            成员=[["手册编号", "姓名", "与户主关系", "身份证号"], ["HP0001", "示　例", "长子", ""]],
            基础评分=[
                ["手册编号", "季度", "评分", "评分日期", "备注"],
                ["HP0001", "2024年1季度", "88.5分", "2024/3/20", ""],
            ],
            志愿服务=[
                ["手册编号", "姓名", "日期", "项目", "分值", "次数", "备注"],
                ["HP0001", "示例甲", "20240305", "扶贫帮困", 16, "", "入户"],
            ],
            负面清单=[["手册编号", "行为日期", "条款", "说明"], ["HP0001", "2024.3.9", 1, "示例，事实"]],
            签字=[["小组", "姓名"], ["评议小组", "示例乙"], ["监督小组", "示例丙"]],
            更正=[
                ["手册编号", "积分(可为负)", "更正对象", "说明"],
                ["HP0001", "-3.5", "2024年2月志愿服务", "多记一次"],
            ],
        )
    )
    assert (reading.errors, reading.warnings) == ((), ())
    book = reading.content
    assert book is not None
    assert (book.village, book.month) == ("华平村", Month(2024, 3))
    row = book.households[0]
    assert row == HouseholdRow(
        booklet="HP0001",
        head="示例甲",
        residence_start=date(1998, 5, 1),
        at=row.at,
        group="3组",
        id_number="52210119900101123X",
        phone="13800000000",
        people=4,
        status="moved_out",
        note="去年，搬走",
    )
    assert (row.at.sheet, row.at.row, row.at.header_row, row.at.cell("状态")) == ("户籍", 4, 3, "H4")
    assert book.members == (MemberRow("HP0001", "示例", book.members[0].at, "长子", ""),)
    assert book.scores == (ScoreRow("HP0001", Quarter(2024, 1), 885, book.scores[0].at, date(2024, 3, 20), ""),)
    at = book.acts[0].at
    assert book.acts == (ActRow("HP0001", "示例甲", date(2024, 3, 5), "扶贫帮困", book.acts[0].points, at, 1, "入户"),)
    assert book.acts[0].points == 1600
    assert book.proposals == (ProposalRow("HP0001", date(2024, 3, 9), "1", "示例，事实", book.proposals[0].at),)
    assert book.signatures == (
        SignatureRow("assessment", "示例乙", book.signatures[0].at),
        SignatureRow("supervision", "示例丙", book.signatures[1].at),
    )
    correction = book.corrections[0]
    assert correction == CorrectionRow("HP0001", correction.points, "2024年2月志愿服务", "多记一次", correction.at)
    assert correction.points == -350


def test_an_old_workbook_reads_the_same(data: Path) -> None:
    reading = read_village_workbook(data / "village.xls")
    assert (reading.errors, reading.warnings) == ((), ())
    book = reading.content
    assert book is not None
    assert (book.village, book.month) == ("华平村", Month(2024, 3))
    assert [row.booklet for row in book.households] == ["HP0001", "HP0002"]
    assert [row.residence_start for row in book.households] == [date(1998, 5, 1), date(2023, 9, 30)]
    assert [(row.score, str(row.quarter)) for row in book.scores] == [(905, "2024Q1"), (880, "2024Q1")]
    assert [(row.points, row.times) for row in book.acts] == [(800, 1), (1600, 2)]


def test_an_opendocument_workbook_reads_the_same(ods: Maker, title: str) -> None:
    def row(*cells: str) -> str:
        inner = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{inner}</table:table-row>"

    sheet = row(title) + row("姓名", "小组") + row("示例乙", "评议小组")
    reading = read_village_workbook(ods({"签字": sheet}))
    assert reading.errors == ()
    assert reading.content is not None
    assert [(s.group, s.name, s.at.cell("小组")) for s in reading.content.signatures] == [
        ("assessment", "示例乙", "B3")
    ]


def test_a_sheet_name_with_blanks_counts_and_others_are_left_alone(xlsx: Maker, title: str) -> None:
    reading = read_village_workbook(xlsx({"封面": [["随便"]], " 户 籍": [[title], *HOUSEHOLDS], "Sheet2": [[1]]}))
    assert reading.errors == ()
    assert reading.content is not None
    assert len(reading.content.households) == 1


def test_two_sheets_of_one_name_are_an_error(xlsx: Maker, title: str) -> None:
    reading = read_village_workbook(xlsx({"户籍": [[title], *HOUSEHOLDS], "户 籍": [[title], *HOUSEHOLDS]}))
    assert errors(reading) == [("户 籍", "A1")]


def test_a_known_sheet_with_nothing_in_it_is_as_good_as_absent(xlsx: Maker, title: str) -> None:
    assert read_village_workbook(xlsx({"户籍": [[title], *HOUSEHOLDS], "更正": []})).errors == ()


def test_a_workbook_without_any_known_sheet_is_none_of_ours(xlsx: Maker, put: Maker) -> None:
    assert errors(read_village_workbook(xlsx({"Sheet1": [["手册编号"]]}))) == [(None, None)]
    assert errors(read_village_workbook(put("a.csv", "手册编号,户主\nHP0001,示例甲\n"))) == [(None, None)]


def test_blank_and_unreadable_cells_are_errors_at_themselves(village: Maker) -> None:
    reading = read_village_workbook(
        village(
            户籍=[
                ["手册编号", "户主", "居住起始日", "身份证号", "状态"],
                ["", "示例甲", "2020.1.1", "", ""],
                ["HP0002", "示例乙", "2020.2.30", 522101199001011234, "走了"],
            ],
            基础评分=[["手册编号", "季度", "评分"], ["HP0001", "2024Q1", "88.55"], ["HP0001", "2024", 101]],
            志愿服务=[
                ["手册编号", "姓名", "日期", "项目", "分值", "次数"],
                ["HP0001", "示例甲", "2024.3.1", "扶贫帮困", "", 0],
                ["HP0001", "示例甲", "2024.3.1", "扶贫帮困", -8, 1.5],
            ],
            签字=[["小组", "姓名"], ["评审小组", "示例丙"]],
        )
    )
    assert reading.content is None
    assert errors(reading) == [
        ("户籍", "A4"),
        ("户籍", "C5"),
        ("户籍", "D5"),
        ("户籍", "E5"),
        ("基础评分", "C4"),
        ("基础评分", "B5"),
        ("基础评分", "C5"),
        ("志愿服务", "E4"),
        ("志愿服务", "F4"),
        ("志愿服务", "E5"),
        ("志愿服务", "F5"),
        ("签字", "A4"),
    ]
    assert reading.readable is not None
    assert [row.at.unread for row in reading.readable.households] == [
        {"手册编号"},
        {"居住起始日", "身份证号", "状态"},
    ]
    assert [row.name for row in reading.readable.acts] == ["示例甲", "示例甲"]


@pytest.mark.parametrize(
    ("title", "village", "month"),
    [
        ("大同镇华平村文明积分台账(2024年3月)", "华平村", (2024, 3)),
        ("大同镇古镇社区文明积分台账（２０２４年１２月）", "古镇社区", (2024, 12)),
        ("古镇社区文明积分台账(2024年3月份)", "古镇社区", (2024, 3)),
        ("水乡村文明积分台账(2024-03)", "水乡村", (2024, 3)),
        ("赤水市大同镇镇南村积分台账 2024.3", "镇南村", (2024, 3)),
        ("2024年3月 大同镇华平村文明积分台账", "华平村", (2024, 3)),
        ("2024年度华平村文明积分台账(2024年3月)", "华平村", (2024, 3)),
    ],
)
def test_village_and_month_come_from_the_title(xlsx: Maker, title: str, village: str, month: tuple[int, int]) -> None:
    reading = read_village_workbook(xlsx({"户籍": [["", title], ["填报单位(盖章): 别处"], *HOUSEHOLDS]}))
    assert reading.errors == ()
    assert reading.content is not None
    assert (reading.content.village, reading.content.month) == (village, Month(*month))


def test_a_registered_village_is_known_also_where_its_name_looks_like_a_town(xlsx: Maker) -> None:
    path = xlsx({"户籍": [["花乡新村文明积分台账(2024年3月)"], *HOUSEHOLDS]})
    reading = read_village_workbook(path, ["新村", "花乡新村", "华平村"])
    assert reading.content is not None
    assert reading.content.village == "花乡新村"


def test_village_and_month_come_from_the_sheet_of_notes(xlsx: Maker) -> None:
    for month in ("2024年3月", "2024-03", date(2024, 3, 1)):
        notes = [["填写说明"], [], ["村：", "大同镇华平村"], ["月 份", "", month]]
        reading = read_village_workbook(xlsx({"户籍": HOUSEHOLDS, "说明": notes}))
        assert reading.errors == ()
        assert reading.content is not None
        assert (reading.content.village, reading.content.month) == ("华平村", Month(2024, 3))


def test_a_title_on_a_cover_counts_where_the_sheets_have_none(xlsx: Maker, title: str) -> None:
    reading = read_village_workbook(xlsx({"封面": [[], ["", title]], "户籍": HOUSEHOLDS}))
    assert reading.content is not None
    assert reading.content.village == "华平村"


def test_last_months_copy_beside_the_sheets_is_left_alone(xlsx: Maker, title: str) -> None:
    old = [["大同镇华平村文明积分台账(2024年2月)"]]
    assert read_village_workbook(xlsx({"户籍": [[title], *HOUSEHOLDS], "上月": old})).errors == ()


def test_titles_that_contradict_are_an_error_at_the_later_one(xlsx: Maker, title: str) -> None:
    signatures = [["大同镇天桥村文明积分台账(2024年4月)"], ["小组", "姓名"]]
    reading = read_village_workbook(xlsx({"户籍": [[title], *HOUSEHOLDS], "签字": signatures}))
    assert errors(reading) == [("签字", "A1"), ("签字", "A1")]
    assert reading.content is None


def test_a_workbook_that_does_not_say_whose_it_is(xlsx: Maker) -> None:
    assert errors(read_village_workbook(xlsx({"户籍": HOUSEHOLDS}))) == [("户籍", "A1")]
    assert errors(read_village_workbook(xlsx({"户籍": [["华平村文明积分台账"], *HOUSEHOLDS]}))) == [("户籍", "A1")]
    no_village = read_village_workbook(xlsx({"户籍": [["文明积分台账(2024年1月-3月)"], *HOUSEHOLDS]}))
    assert errors(no_village) == [("户籍", "A1")]
    assert no_village.readable is None
    notes = read_village_workbook(xlsx({"户籍": HOUSEHOLDS, "说明": [["村", "华平村"], ["月份", "三月"]]}))
    assert errors(notes) == [("说明", "B2")]
    assert errors(read_village_workbook(xlsx({"户籍": HOUSEHOLDS, "说明": [["村"], ["月份", "2024.3"]]}))) == [
        ("说明", "B1")
    ]


def test_a_template_reads_back_as_an_empty_workbook(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    for village, town in (("华平村", ""), ("古镇社区", ""), ("花乡新村", "大同镇")):
        write_village_template(path, village, Month(2024, 3), town)
        reading = read_village_workbook(path)
        assert (reading.errors, reading.warnings) == ((), ())
        book = reading.content
        assert book is not None
        assert (book.village, book.month) == (village, Month(2024, 3))
        assert not any((book.households, book.members, book.scores, book.acts, book.proposals, book.signatures))


def parts(path: Path) -> tuple[dict[str, str], str]:
    """The XML of each sheet by its name, and of the strings they share."""
    with zipfile.ZipFile(path) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        sheets = {name: archive.read(f"xl/worksheets/sheet{n}.xml").decode() for n, name in enumerate(names, 1)}
        return sheets, archive.read("xl/sharedStrings.xml").decode()


def test_a_template_has_all_sheets_and_lists_to_choose_from(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_village_template(path, "华平村", Month(2024, 3))
    sheets, _ = parts(path)
    assert [name for name in sheets if name in LAYOUTS] == list(LAYOUTS)
    assert "在册,迁出,销户" in sheets["户籍"]
    assert "评议小组,监督小组" in sheets["签字"]
    assert "2023Q2,2023Q3,2023Q4,2024Q1" in sheets["基础评分"]
    assert all("<sheetProtection " in sheets[name] for name in LAYOUTS)


PREPARED = Prepared(
    households=(
        HouseholdRow(
            "0001", "王示例", date(2015, 8, 20), AT, "1组", "110101199003070011", "13900000001", 3, note="备注"
        ),
        HouseholdRow("HP0002", "=示例", date(2016, 1, 2), AT),
    ),
    members=(MemberRow("0001", "示例妻", AT, "配偶", "110101199203070022"),),
    items=(Item("圆梦使者", "圆梦使者", Points(1000)), Item("圆梦使者", "心灵呵护", Points(550))),
    clauses=(Clause("1", "示例条款"),),
)


def test_a_template_has_the_villages_own_households_and_the_years_items(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_village_template(path, "华平村", Month(2024, 3), prepared=PREPARED)
    reading = read_village_workbook(path)
    assert (reading.errors, reading.warnings) == ((), ())
    book = reading.content
    assert book is not None
    assert [structs.replace(row, at=AT) for row in book.households] == list(PREPARED.households)
    assert [structs.replace(row, at=AT) for row in book.members] == list(PREPARED.members)
    sheets, _ = parts(path)
    assert "'项目'!$A$2:$A$3" in unescape(sheets["志愿服务"])
    assert "'项目'!$E$2:$E$2" in unescape(sheets["负面清单"])
    told = {s.name: s.rows for s in sheets_in(path)}
    assert told["项目"][:3] == [
        ["项目", "分值", "类别", "", "条款", "内容"],
        ["圆梦使者", 10, "圆梦使者", "", "1", "示例条款"],
        ["心灵呵护", 5.5, "圆梦使者", "", "", ""],
    ]


def test_a_template_says_in_five_sentences_how_it_is_filled_in(tmp_path: Path) -> None:
    for prepared in (Prepared(), PREPARED):
        path = tmp_path / "template.xlsx"
        write_village_template(path, "华平村", Month(2024, 3), prepared=prepared)
        (guide,) = (s for s in sheets_in(path) if s.name == "填表说明")
        told = [cell for row in guide.rows[1:] for cell in row if isinstance(cell, str) and len(cell) > 2]
        assert [text.count("。") for text in told] == [1] * 5


def sheets_in(path: Path) -> list[Sheet]:
    sheets = read_sheets(path)
    assert isinstance(sheets, list)
    return sheets


def test_a_template_that_cannot_be_written_is_the_machines_failure(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_village_template(tmp_path / "nowhere" / "template.xlsx", "华平村", Month(2024, 3))
