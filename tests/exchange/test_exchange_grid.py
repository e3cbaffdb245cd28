"""Files to sheets: every kind of file, and everything that only looks like one."""

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange import file_errors
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.appearance import UNSAVED, fails
from lizhi_pos.exchange.donations import read_donations
from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.exchange.sheet import Sheet
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.periods import Month

Maker = Callable[..., Path]
HEADERS = "单号,日期,手册编号,条码,数量"


def rows(path: Path) -> list[list[object]]:
    sheets = read_sheets(path)
    assert not isinstance(sheets, CellError), sheets
    return [list(row) for row in sheets[0].rows]


def error(path: Path) -> CellError:
    found = read_sheets(path)
    assert isinstance(found, CellError)
    return found


def cell(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def test_importing_the_readers_loads_no_spreadsheet_library() -> None:
    code = "import sys, lizhi_pos.exchange.village_workbook, lizhi_pos.exchange.template; print(*sys.modules)"
    loaded = run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert not {"python_calamine", "xlsxwriter", "stdnum"} & set(loaded)


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers(xlsx: Maker) -> None:
    path = xlsx({"a": [[], ["", "甲"], [], ["乙"]], "b": []})
    assert read_sheets(path) == [Sheet("a", [["", "甲"], ["乙", ""]], [2, 4]), Sheet("b", [], [])]


@pytest.mark.parametrize("name", ["book.xls", "book.csv", "book.et", "book"])
def test_a_workbook_is_known_by_its_content_not_by_its_name(xlsx: Maker, name: str) -> None:
    assert rows(xlsx({"a": [["甲"]]}, name)) == [["甲"]]


def test_an_old_workbook_under_a_new_name(put: Maker, data: Path) -> None:
    sheets = read_sheets(put("book.xlsx", (data / "village.xls").read_bytes()))
    assert not isinstance(sheets, CellError)
    assert [sheet.name for sheet in sheets] == ["户籍", "成员", "基础评分", "志愿服务", "签字"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding_of_chinese_offices(put: Maker, encoding: str) -> None:
    path = put("slips.csv", f"{HEADERS}\r\nP1,2024-04-28,王䶮𬭎,1,1\r\n".encode(encoding))
    assert rows(path) == [HEADERS.split(","), ["P1", "2024-04-28", "王䶮𬭎", "1", "1"]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_mark_between_cells_is_the_one_of_the_header_row(put: Maker, mark: str) -> None:
    text = f"某镇示例,一\n甲{mark}乙{mark}丙\n1{mark}2{mark}" + '"a,b,c;d"'
    assert rows(put("a.csv", text))[1:] == [["甲", "乙", "丙"], ["1", "2", "a,b,c;d"]]


def test_a_code_that_was_protected_as_a_formula_in_text(put: Maker) -> None:
    assert rows(put("a.csv", '甲,乙\n="0123",1')) == [["甲", "乙"], ["0123", "1"]]


def test_a_table_as_text_under_a_workbooks_name(put: Maker) -> None:
    assert rows(put("export.xls", "甲\t乙\n1\t2\n")) == [["甲", "乙"], ["1", "2"]]


def test_text_that_begins_like_a_zip_is_still_text(put: Maker) -> None:
    assert rows(put("a.csv", "PK单号,数量\nPK1,2\n")) == [["PK单号", "数量"], ["PK1", "2"]]


def test_quotation_marks_that_do_not_match_are_an_error_in_their_row(put: Maker) -> None:
    found = error(put("a.csv", '甲,乙\n"1,2\n3,4\n'))
    assert (found.sheet, found.cell) == ("", "A2")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"", file_errors.EMPTY),
        ("a.csv", b"", file_errors.EMPTY),
        ("a.csv", b"\n \n", file_errors.NO_WORKBOOK),
        ("a.xlsx", "这不是表格, 对不起".encode(), file_errors.NO_WORKBOOK),
        ("a.xlsx", b"%PDF-1.7\n1,2\n3,4", file_errors.PDF),
        ("a.xls", b"%PDF-1.7\n\xff\xfe\x00\x01", file_errors.PDF),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", file_errors.WEB_PAGE),
        ("a.xls", b"From: <Saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n1,2\r\n3,4", file_errors.WEB_PAGE),
        ("a.xls", OLE + bytes(2000) + "WordDocument".encode("utf-16-le"), file_errors.LETTER),
        ("a.xls", "\ufeff <html><table><tr><td>一</td></tr></table>".encode(), file_errors.WEB_PAGE),
        ("a.csv", b"{\\rtf1 1,2\n3,4}", file_errors.LETTER),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", file_errors.WEB_PAGE),
        ("a.csv", bytes(range(256)), file_errors.NO_WORKBOOK),
        ("a.csv", b"\xff\xfe\x00", file_errors.NO_WORKBOOK),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), file_errors.DAMAGED),
        ("a.xls", OLE + bytes(2000), file_errors.DAMAGED),
    ],
)
def test_what_is_no_workbook_is_one_error_without_sheet_and_cell(
    put: Maker, name: str, content: bytes, expected: CellError
) -> None:
    assert error(put(name, content)) == expected
    assert (expected.sheet, expected.cell) == (None, None)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert error(tmp_path / "nowhere.xlsx") == file_errors.NOT_FOUND
    assert error(tmp_path) == file_errors.NO_WORKBOOK
    assert error(tmp_path / ("长" * 300)) in (file_errors.NOT_FOUND, file_errors.UNREADABLE)


def test_another_kind_of_zip(put: Maker) -> None:
    for part, expected in (
        ("word/document.xml", file_errors.LETTER),
        ("Index/Document.iwa", file_errors.NUMBERS),
        ("Index.zip", file_errors.NUMBERS),
        ("index.apxl.gz", file_errors.NUMBERS),
        ("readme.txt", file_errors.NO_WORKBOOK),
    ):
        assert error(put("letter.xlsx", zipped({part: "<w/>"}))) == expected


def test_a_letter_of_libreoffice_is_no_workbook(put: Maker) -> None:
    letter = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": "<office:document-content xmlns:office='o'><office:text/></office:document-content>",
    }
    assert error(put("letter.ods", zipped(letter))) == file_errors.LETTER


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return out.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_that_unpacks_to_more_than_it_claims_is_damaged(xlsx: Maker, put: Maker) -> None:
    whole = parts_of(xlsx({"a": [["甲"]]}))
    filled = whole[SHEET] + b" " * (50 << 20)
    bomb = zipped({**whole, SHEET: filled})
    assert len(bomb) < 1 << 20
    lying = bomb.replace(len(filled).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert error(put("lying.xlsx", lying)) == file_errors.DAMAGED
    assert error(put("giant.xlsx", zipped({**whole, SHEET: b" " * (300 << 20)}))) == file_errors.TOO_LARGE


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * 100_000,
        '<!DOCTYPE a [<!ENTITY b "' + "b" * 1000 + '"><!ENTITY c "' + "&b;" * 1000 + '">]><a>' + "&c;" * 1000 + "</a>",
        '<worksheet><mergeCells><mergeCell ref="A1:XFD1048576"/>' * 3,
        '<worksheet><mergeCells><mergeCell ref="B9:A1"/></mergeCells></worksheet>',
        '<worksheet><cols><col min="x" max="y" hidden="1"/></cols></worksheet>',
    ],
)
def test_a_bomb_of_xml_is_a_damaged_file(xlsx: Maker, put: Maker, inside: str) -> None:
    whole = parts_of(xlsx({"a": [["甲"]]}))
    assert error(put("bomb.xlsx", zipped({**whole, SHEET: inside}))) == file_errors.DAMAGED


def test_merged_areas_without_end_are_a_damaged_file(xlsx: Maker, put: Maker) -> None:
    whole = parts_of(xlsx({"a": [["甲"] * 200 for _ in range(500)]}))
    merged = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 200 + "</mergeCells>"
    inside = whole[SHEET].replace(b"</sheetData>", b"</sheetData>" + merged.encode())
    assert error(put("merged.xlsx", zipped({**whole, SHEET: inside}))) == file_errors.DAMAGED


def test_a_text_of_nothing_but_line_ends_does_no_harm(put: Maker) -> None:
    assert rows(put("long.csv", "甲,乙\n" + "\n" * 3_000_000)) == [["甲", "乙"]]
    found = error(put("deep.csv", "甲,乙\n" + "\n" * 300_000 + "1,2\n"))
    assert (found.sheet, found.cell) == ("", "B300002")


def test_files_locked_by_a_password(put: Maker, data: Path) -> None:
    assert error(data / "locked.xlsx") == file_errors.PROTECTED
    old = (data / "village.xls").read_bytes()
    assert error(put("locked.xls", old.replace(b"\x42\x00\x02\x00", b"\x2f\x00\x02\x00", 1))) == file_errors.PROTECTED


def test_a_stray_value_far_outside_is_one_error_at_its_cell(xlsx: Maker, ods: Maker, put: Maker, data: Path) -> None:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("甲").write("A1", "x")
        book.add_worksheet("乙").write("XFD1048576", " ")
    found = error(put("stray.xlsx", out.getvalue()))
    assert (found.sheet, found.cell) == ("乙", "XFD1048576")
    found = error(data / "stray.xls")
    assert (found.sheet, found.cell) == ("户籍", "IV65536")
    below = f'<table:table-row table:number-rows-repeated="1048575"/><table:table-row>{cell("x")}</table:table-row>'
    found = error(ods({"丙": below}))
    assert (found.sheet, found.cell) == ("丙", "A1048576")
    many = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    found = error(ods({"丁": f"<table:table-row>{many}</table:table-cell></table:table-row>"}))
    assert (found.sheet, found.cell) == ("丁", "XFD1")
    found = error(put("wide.csv", "," * 300 + "x\n"))
    assert (found.sheet, found.cell) == ("", "KO1")


def test_blank_formatted_cells_far_outside_do_no_harm(ods: Maker, put: Maker) -> None:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("甲")
        sheet.write("A1", "x")
        sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))
    assert rows(put("formatted.xlsx", out.getvalue())) == [["x"]]
    rest = (
        '<table:table-row table:number-rows-repeated="1048575">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert rows(ods({"乙": f"<table:table-row>{cell('x')}</table:table-row>{rest}"})) == [["x"]]


def test_formulas_that_fail_are_not_blank(xlsx: Maker, ods: Maker, data: Path) -> None:
    assert rows(xlsx({"a": [["x", "=NA() -> #N/A", "=1/0 -> #DIV/0!"]]})) == [["x", fails("#N/A"), fails("#DIV/0!")]]
    failing = '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p>'
    assert rows(ods({"a": f"<table:table-row>{cell('x')}{failing}</table:table-cell></table:table-row>"})) == [
        ["x", fails("#N/A")]
    ]
    assert rows(data / "goods_faults.xls")[1][3] == fails("#N/A")


def test_an_error_without_a_value_far_outside_is_one_error_at_its_cell(xlsx: Maker, ods: Maker, put: Maker) -> None:
    whole = parts_of(xlsx({"a": [["x"]]}))
    far = b'<row r="1048576"><c r="XFD1048576" t="e"/></row></sheetData>'
    inside = whole[SHEET].replace(b"</sheetData>", far)
    assert error(put("far.xlsx", zipped({**whole, SHEET: inside}))).cell == "XFD1048576"
    gap = '<table:table-row table:number-rows-repeated="900000"/>'
    failing = '<table:table-row><table:table-cell calcext:value-type="error"/></table:table-row>'
    assert error(ods({"a": gap + failing})).cell == "A900001"


@pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>"])
def test_a_formula_whose_result_was_not_saved_is_neither_blank_nor_zero(xlsx: Maker, put: Maker, value: bytes) -> None:
    whole = parts_of(xlsx({"a": [["x", "=1+1 -> 7"]]}))
    inside = whole[SHEET].replace(b"<v>7</v>", value).replace(b' t="str"', b"")
    assert rows(put("unsaved.xlsx", zipped({**whole, SHEET: inside}))) == [["x", UNSAVED]]


def test_a_formula_that_gives_an_empty_text_is_blank(xlsx: Maker, put: Maker) -> None:
    whole = parts_of(xlsx({"a": [["x", "=A1 -> z", "y"]]}))
    inside = whole[SHEET].replace(b"<v>z</v>", b"<v></v>")
    assert b't="str"' in inside
    assert rows(put("blank.xlsx", zipped({**whole, SHEET: inside}))) == [["x", "", "y"]]


def test_an_unsaved_formula_of_an_ods(ods: Maker) -> None:
    cells = f'{cell("x")}<table:table-cell table:formula="of:=1+1"/>'
    assert rows(ods({"a": f"<table:table-row>{cells}</table:table-row>"})) == [["x", UNSAVED]]


def test_a_claim_beyond_the_file_is_refused_before_it_is_believed(xlsx: Maker, put: Maker, data: Path) -> None:
    # Each of these ends the process when the spreadsheet library believes it.
    whole = xlsx({"a": [["甲", "乙"]]}).read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, re.sub(rb'uniqueCount="\d+"', b'uniqueCount="99999999999"', old.read(part)))
    assert error(put("strings.xlsx", out.getvalue())) == file_errors.DAMAGED
    old_book = (data / "village.xls").read_bytes()
    for at in (44, 62, 64):
        assert error(put("header.xls", old_book[:at] + b"\xff\xff\xff\xf0" + old_book[at + 4 :])) == file_errors.DAMAGED
    place = old_book.index(b"\x00\x02\x0e\x00") + 4
    claim = old_book[:place] + b"\x09\x00\x00\x00\x01\x00\x00\x00" + old_book[place + 8 :]
    assert error(put("rows.xls", claim)) == file_errors.DAMAGED


READERS: list[Callable[[Path], object]] = [
    read_sheets,
    read_village_workbook,
    read_goods,
    read_donations,
    read_purchases,
    read_slips,
    lambda path: read_answer(path, ["华平村"], Month(2024, 4)),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=600),
        st.binary(max_size=200).map(lambda junk: b"PK\x03\x04" + junk),
        st.binary(min_size=600, max_size=1200).map(lambda junk: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + junk),
        st.text(alphabet='手册编号条码日期,;\t\n"1.-', max_size=200).map(str.encode),
    ),
    st.sampled_from([".xlsx", ".xls", ".ods", ".csv"]),
)
def test_junk_never_raises(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"junk{suffix}"
    path.write_bytes(content)
    for read in READERS:
        read(path)


def test_cut_and_damaged_workbooks_never_raise(village: Maker, put: Maker, data: Path) -> None:
    chance = random.Random(5)
    new = village(户籍=[["手册编号", "户主", "居住起始日"], ["HP0001", "示例甲", "2020.1.1"]]).read_bytes()
    old = (data / "village.xls").read_bytes()
    for whole in (new, old):
        for _ in range(120):
            damaged = bytearray(whole)
            for _ in range(chance.choice((0, 1, 4))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            cut = chance.randrange(len(damaged)) if chance.random() < 0.5 else len(damaged)
            path = put("damaged", bytes(damaged[:cut]))
            for read in READERS[:2]:
                read(path)


def test_damaged_parts_of_a_workbook_never_raise(village: Maker, put: Maker) -> None:
    chance = random.Random(6)
    whole = village(户籍=[["手册编号", "户主", "居住起始日"], ["HP0001", "示例甲", "2020.1.1"]])
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(120):
        name = chance.choice(list(parts))
        damaged = bytearray(parts[name])
        damaged[chance.randrange(len(damaged))] = chance.choice((chance.randrange(256), 48 + chance.randrange(10)))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, bytes(damaged) if part == name else content)
        read_village_workbook(put("damaged.xlsx", out.getvalue()))
