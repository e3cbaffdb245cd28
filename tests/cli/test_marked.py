"""`ledger import --marked`: a copy of every file that has something wrong, its cells coloured and noted."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from exchange.conftest import DATA, ods_bytes
from lizhi_pos.exchange.sheet import Sheet
from lizhi_pos.exchange.workbook_reader import read_sheets

from .conftest import Shop, village_sheets
from .marked_copies import colours_of, merged_in, notes_of, sheets_of

PROBLEMS = "问题清单"


def faulty() -> dict[str, Any]:
    acts = [["TQ0001", "王示例", "三月", "圆梦使者", "50", 5], ["TQ0009", "赵示例", "2024.3.5", "圆梦使者", 10]]
    corrected = [["手册编号", "积分", "更正对象", "说明"], ["TQ0001", "-1.5", "不知道", "示例:多记"]]
    return village_sheets(acts, 更正=corrected)


def imported(town: Shop, book: Path, *more: Any, exits: int = 1) -> Any:
    (answer,) = town("ledger", "import", book, "--marked", town.folder / "out", *more, exits=exits)["files"]
    return answer


def read(path: Path) -> dict[str, Sheet]:
    sheets = read_sheets(path)
    assert isinstance(sheets, list), sheets
    return {sheet.name: sheet for sheet in sheets}


def told(answer: Any) -> dict[tuple[str, str], str]:
    return {(e["sheet"], e["cell"]): e["message"] for e in (*answer["errors"], *answer["warnings"])}


def test_every_faulty_cell_is_coloured_and_says_what_is_wrong(town: Shop) -> None:
    answer = imported(town, town.workbook("march.xlsx", faulty()))
    path = town.folder / "out" / "march.xlsx"
    assert answer["marked"] == str(path)
    assert set(told(answer)) == {("志愿服务", "A3"), ("志愿服务", "C2")}
    assert notes_of(path) == told(answer)
    assert colours_of(path, "志愿服务").keys() == {"A3", "C2"}
    assert sheets_of(path)[0] == PROBLEMS
    listed = [[str(v) for v in row] for row in read(path)[PROBLEMS].rows]
    assert [row[1:4] for row in listed if row[1] == "志愿服务"] == [
        [*place, text] for place, text in told(answer).items()
    ]


def test_the_values_of_the_copy_are_those_of_the_file(town: Shop) -> None:
    book = town.workbook("march.xlsx", faulty())
    imported(town, book)
    now = read(town.folder / "out" / "march.xlsx")
    del now[PROBLEMS]
    assert {n: (s.rows, s.numbers) for n, s in now.items()} == {n: (s.rows, s.numbers) for n, s in read(book).items()}


def test_a_copy_that_was_put_right_is_taken(town: Shop) -> None:
    """The list of what was wrong is no sheet of the ledger; a warning alone is marked in another colour."""
    imported(town, town.workbook("march.xlsx", faulty()))
    first = town.folder / "out" / "march.xlsx"
    sheets: dict[str, Any] = {name: sheet.rows for name, sheet in read(first).items()}
    sheets["志愿服务"][1][2] = "2024.3.5"
    sheets["志愿服务"][2][:3] = ["TQ0002", "李示例", "2024.3.6"]
    answer = imported(town, town.workbook("right.xlsx", sheets), exits=0)
    assert list(told(answer)) == [("更正", "C2")]
    again = town.folder / "out" / "right.xlsx"
    assert notes_of(again) == told(answer)
    assert set(colours_of(again, "更正").values()).isdisjoint(colours_of(first, "志愿服务").values())
    assert sheets_of(again).count(PROBLEMS) == 1
    assert town("ledger", "import", again)["files"][0]["households"]["same"] == 2


def test_a_sound_file_gets_no_copy_and_nothing_is_written_over(town: Shop) -> None:
    good = imported(town, town.workbook("good.xlsx", village_sheets()), exits=0)
    assert good["marked"] is None
    assert not (town.folder / "out").exists()
    (town.folder / "out").mkdir()
    other = town.folder / "out" / "march.xlsx"
    other.write_bytes(b"another")
    book = town.workbook("march.xlsx", faulty())
    assert imported(town, book)["marked"] is None
    assert "--replace" in town.said
    assert other.read_bytes() == b"another"
    assert imported(town, book, "--replace")["marked"] == str(other)
    same = other.read_bytes()
    assert imported(town, book)["marked"] == str(other)
    assert other.read_bytes() == same


def test_a_folder_that_cannot_be_written_into(town: Shop) -> None:
    (town.folder / "out").write_text("a file", encoding="utf-8")
    good = town.workbook("march.xlsx", {**village_sheets(), "更正": faulty()["更正"]})
    answer = town("ledger", "import", good, "--marked", town.folder / "out", exits=3)
    assert answer["error"]["code"] == "failed"
    assert answer["files"][0]["errors"] == []
    assert town("ledger", "status")["batches"]


def test_a_copy_beside_its_file_has_a_name_of_its_own(town: Shop) -> None:
    book = town.workbook("march.xlsx", faulty())
    before = book.read_bytes()
    (answer,) = town("ledger", "import", book, "--marked", town.folder, "--replace", exits=1)["files"]
    assert book.read_bytes() == before
    assert Path(answer["marked"]).name == "march_问题.xlsx"


def test_two_files_of_one_name_get_a_copy_each(town: Shop) -> None:
    for folder in ("a", "b"):
        (town.folder / folder).mkdir()
    books = [town.workbook("a/march.xlsx", faulty()), town.workbook("b/march.xlsx", faulty())]
    answers = town("ledger", "import", *books, "--marked", town.folder / "out", exits=1)["files"]
    assert len({a["marked"] for a in answers}) == 2


def test_merged_cells_stay_merged(town: Shop) -> None:
    path = town.folder / "merged.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("志愿服务")
        sheet.merge_range("A1:F1", "示例镇天桥村文明积分台账(2024年3月)")
        sheet.write_row(1, 0, ["手册编号", "姓名", "日期", "项目", "分值", "次数"])
        sheet.merge_range("A3:A4", "TQ0001")
        sheet.merge_range("B3:B4", "王示例")
        sheet.write_row(2, 2, ["三月", "圆梦使者", 10, 1])
        sheet.write_row(3, 2, ["2024-03-06", "圆梦使者", 10, 1])
    imported(town, path)
    copy = town.folder / "out" / "merged.xlsx"
    assert merged_in(copy, "志愿服务") == ["A1:F1", "A3:A4", "B3:B4"]
    # the booklet that nobody has is blamed in both rows, of which the upper one is seen
    assert {cell for _, cell in notes_of(copy)} == {"A3", "C3"}


def test_what_is_no_workbook_has_no_copy(town: Shop) -> None:
    (town.folder / "note.xlsx").write_bytes(b"%PDF-1.4")
    assert imported(town, town.folder / "note.xlsx")["marked"] is None


def test_a_text_file_becomes_a_workbook_with_the_list(town: Shop) -> None:
    path = town.folder / "户籍.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(village_sheets()["户籍"])
    answer = imported(town, path)
    copy = Path(answer["marked"])
    assert sheets_of(copy) == [PROBLEMS, "户籍"]
    assert read(copy)["户籍"].rows[2][0] == "TQ0001"
    assert answer["errors"][0]["message"] in str(read(copy)[PROBLEMS].rows)


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cell(c) for c in cells)}</table:table-row>"


def cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_other_kinds_of_files_are_marked_at_their_cells(town: Shop) -> None:
    rows = {name: "".join(row(*map(str, cells)) for cells in cells_of) for name, cells_of in faulty().items()}
    ods = town.folder / "march.ods"
    ods.write_bytes(ods_bytes(rows))
    answer = imported(town, ods)
    assert notes_of(Path(answer["marked"])) == told(answer)
    assert ("志愿服务", "C2") in told(answer)
    shutil.copyfile(DATA / "village.xls", town.folder / "village.xls")
    answer = imported(town, town.folder / "village.xls")
    marked = notes_of(Path(answer["marked"]))
    assert marked
    assert marked.keys() == {(sheet, cell) for sheet, cell in told(answer) if cell}


@pytest.mark.parametrize("held", [0.5, 1234567890123456.0, True, "#REF!", "=1+1", "x" * 300])
def test_whatever_a_cell_holds_is_in_the_copy(town: Shop, held: Any) -> None:
    sheets = faulty()
    sheets["户籍"][1] = [*sheets["户籍"][1], "别的"]
    sheets["户籍"][2] = [*sheets["户籍"][2], ""]
    path = town.folder / "march.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
        book.get_worksheet_by_name("户籍").write(2, 4, held)
    imported(town, path)
    assert read(town.folder / "out" / "march.xlsx")["户籍"].rows == read(path)["户籍"].rows
