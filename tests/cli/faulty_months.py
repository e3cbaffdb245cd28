"""A folder of village workbooks, each wrong in one way, with the cells that are to blame.

Written anew by the tests as .xlsx; as .ods, .xls and .xlsx of LibreOffice they lie in ``faulty_months.zip``, which
``python tests/cli/faulty_months.py`` writes where LibreOffice is installed.
"""

import copy
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

ARCHIVE = Path(__file__).with_name("faulty_months.zip")
KINDS = ("ods", "xls", "xlsx")
Sheets = dict[str, list[list[Any]]]
Places = tuple[str, ...]


class Formula(NamedTuple):
    """A formula, and what it was seen to give."""

    text: str
    seen: Any


class Fault(NamedTuple):
    """What is wrong with a workbook, and where it is told: ``志愿服务!C3``, ``!`` of the file as a whole."""

    change: Callable[[Sheets], object]
    errors: Places = ()
    warnings: Places = ()


def april() -> Sheets:
    """A right month of a village that has posted March: one household is new."""
    return {
        "户籍": [
            ["示例镇天桥村文明积分台账(2024年4月)"],
            ["手册编号", "户主", "居住起始日", "村民组", "身份证号", "电话", "人口", "状态", "备注"],
            ["TQ0001", "王示例", "2015-08-20", "1组", "", "", 3, "在册", ""],
            ["TQ0002", "李示例", "2015-08-20", "2组", "", "", 2, "在册", ""],
            ["TQ0003", "赵示例", "2019-05-01", "2组", "", "", 4, "", ""],
        ],
        "成员": [
            ["手册编号", "姓名", "与户主关系", "身份证号"],
            ["TQ0001", "示例妻", "配偶", ""],
            ["TQ0003", "示例子", "子", ""],
        ],
        "基础评分": [
            ["手册编号", "季度", "评分", "评分日期", "备注"],
            ["TQ0003", "2023Q4", 88, "", ""],
            ["TQ0003", "2024Q1", 90.5, "", ""],
        ],
        "志愿服务": [
            ["手册编号", "姓名", "日期", "项目", "分值", "次数", "备注"],
            ["TQ0001", "王示例", "2024-04-05", "圆梦使者", 10, 1, ""],
            ["TQ0001", "示例妻", "2024-04-06", "圆梦使者", 20, 2, ""],
            ["TQ0003", "示例子", "2024-04-07", "圆梦使者", 10, "", ""],
        ],
        "负面清单": [
            ["手册编号", "行为日期", "条款", "说明"],
            ["TQ0002", "2024-04-09", "1", "示例事实"],
        ],
        "签字": [
            ["小组", "姓名"],
            *(["评议小组", f"评议示例{n}"] for n in range(5)),
            *(["监督小组", f"监督示例{n}"] for n in range(3)),
        ],
        "更正": [
            ["手册编号", "积分", "更正对象", "说明"],
            ["TQ0001", -2, "2024-03", "示例:多记了"],
        ],
    }


def put(place: str, value: Any) -> Callable[[Sheets], object]:
    """Write a value into a cell: ``志愿服务!C3``."""
    sheet, cell = place.split("!")
    column, row = ord(cell[0]) - ord("A"), int(cell[1:]) - 1

    def change(sheets: Sheets) -> None:
        sheets[sheet][row][column] = value

    return change


def add(sheet: str, *cells: Any) -> Callable[[Sheets], object]:
    """Append a row to a sheet."""
    return lambda sheets: sheets[sheet].append(list(cells))


def both(*changes: Callable[[Sheets], object]) -> Callable[[Sheets], object]:
    """Do one change after the other."""
    return lambda sheets: [change(sheets) for change in changes]


def without_column(sheet: str, column: int) -> Callable[[Sheets], object]:
    """Leave a column out of a sheet with a heading row only."""

    def change(sheets: Sheets) -> None:
        sheets[sheet] = [row[:column] + row[column + 1 :] for row in sheets[sheet]]

    return change


FAULTS: dict[str, Fault] = {
    "nothing": Fault(lambda sheets: None),
    "booklet blank": Fault(put("户籍!A5", ""), ("户籍!A5",)),
    "booklet twice": Fault(add("户籍", "TQ0003", "赵示例", "2019-05-01", "2组", "", "", 4, "", ""), ("户籍!A6",)),
    "booklet of several lines": Fault(put("户籍!A5", "TQ0003\n" * 40), ("户籍!A5",)),
    "head blank": Fault(put("户籍!B5", ""), ("户籍!B5",)),
    "head who is no member": Fault(put("户籍!B3", "孙示例"), ("户籍!B3",)),
    "residence in words": Fault(put("户籍!C5", "去年"), ("户籍!C5",)),
    "residence on no day": Fault(put("户籍!C5", "2019-02-30"), ("户籍!C5",)),
    "people in words": Fault(put("户籍!G5", "四口人"), ("户籍!G5",)),
    "people and a half": Fault(put("户籍!G5", 3.5), ("户籍!G5",)),
    "status unheard of": Fault(put("户籍!H5", "外出"), ("户籍!H5",)),
    "identity number that lost digits": Fault(put("户籍!E5", 110101199003070011), ("户籍!E5",)),
    "identity number that cannot be": Fault(put("户籍!E5", "110101199013070011"), (), ("户籍!E5",)),
    "residence moves": Fault(put("户籍!C3", "2016-01-01"), (), ("户籍!C3",)),
    "member of nobody": Fault(put("成员!A3", "TQ0033"), ("成员!A3",)),
    "member without a name": Fault(put("成员!B2", ""), ("成员!B2",)),
    "member without a booklet": Fault(put("成员!A3", ""), ("成员!A3",)),
    "member twice": Fault(add("成员", "TQ0003", "示例子", "", ""), ("成员!B4",)),
    "score of nobody": Fault(put("基础评分!A2", "TQ0033"), ("基础评分!A2",)),
    "score above 100": Fault(put("基础评分!C2", 101), ("基础评分!C2",)),
    "score below nothing": Fault(put("基础评分!C2", -1), ("基础评分!C2",)),
    "score of two decimals": Fault(put("基础评分!C3", 90.55), ("基础评分!C3",)),
    "score in words": Fault(put("基础评分!C3", "良好"), ("基础评分!C3",)),
    "score blank": Fault(put("基础评分!C3", ""), ("基础评分!C3",)),
    "score that failed": Fault(put("基础评分!C3", Formula("=1/0", "#DIV/0!")), ("基础评分!C3",)),
    "score of a name that is gone": Fault(put("基础评分!C3", Formula("=NIRGENDS", "#NAME?")), ("基础评分!C3",)),
    "score twice": Fault(add("基础评分", "TQ0003", "2024Q1", 90.5, "", ""), ("基础评分!B4",)),
    "score posted otherwise": Fault(add("基础评分", "TQ0001", "2024Q1", 99, "", ""), ("基础评分!C4",)),
    "quarter in words": Fault(put("基础评分!B2", "去年底"), ("基础评分!B2",)),
    "quarter five": Fault(put("基础评分!B2", "2023Q5"), ("基础评分!B2",)),
    "quarter that has not ended": Fault(put("基础评分!B3", "2024Q2"), ("基础评分!B3",)),
    "act of nobody": Fault(put("志愿服务!A4", "TQ0033"), ("志愿服务!A4",)),
    "act without a booklet": Fault(put("志愿服务!A2", ""), ("志愿服务!A2",)),
    "act of a stranger": Fault(put("志愿服务!B3", "示例叔"), ("志愿服务!B3",)),
    "act without a name": Fault(put("志愿服务!B2", ""), ("志愿服务!B2",)),
    "act on no day": Fault(put("志愿服务!C2", "2024-04-31"), ("志愿服务!C2",)),
    "act of another month": Fault(put("志愿服务!C2", "2024-03-31"), ("志愿服务!C2",)),
    "act without a day": Fault(put("志愿服务!C2", ""), ("志愿服务!C2",)),
    "item unheard of": Fault(put("志愿服务!D2", "园梦使者"), ("志愿服务!D2",)),
    "item blank": Fault(put("志愿服务!D2", ""), ("志愿服务!D2",)),
    "points of another value": Fault(put("志愿服务!E2", 11), ("志愿服务!E2",)),
    "points in words": Fault(put("志愿服务!E2", "十分"), ("志愿服务!E2",)),
    "points below nothing": Fault(put("志愿服务!E2", -10), ("志愿服务!E2",)),
    "points of three decimals": Fault(put("志愿服务!E2", 10.005), ("志愿服务!E2",)),
    "times nothing": Fault(put("志愿服务!F2", 0), ("志愿服务!F2",)),
    "times and a half": Fault(put("志愿服务!F3", 1.5), ("志愿服务!F3",)),
    "act twice": Fault(add("志愿服务", "TQ0001", "王示例", "2024-04-05", "圆梦使者", 10, 1, ""), ("志愿服务!D5",)),
    "proposal against nobody": Fault(put("负面清单!A2", "TQ0033"), ("负面清单!A2",)),
    "proposal of no day": Fault(put("负面清单!B2", "上旬"), ("负面清单!B2",)),
    "proposal without facts": Fault(put("负面清单!D2", ""), ("负面清单!D2",)),
    "proposal of no clause": Fault(put("负面清单!C2", "9"), (), ("负面清单!C2",)),
    "group unheard of": Fault(put("签字!A2", "理事会"), ("签字!A2",)),
    "signature blank": Fault(put("签字!B3", ""), ("签字!B3",)),
    "correction of nothing": Fault(put("更正!B2", 0), ("更正!B2",)),
    "correction in words": Fault(put("更正!B2", "两分"), ("更正!B2",)),
    "correction of nobody": Fault(put("更正!A2", "TQ0033"), ("更正!A2",)),
    "correction that names nothing": Fault(put("更正!C2", "去年的事"), (), ("更正!C2",)),
    "correction that overdraws": Fault(put("更正!B2", -200), (), ("更正!B2", "更正!B2")),
    "column left out": Fault(without_column("志愿服务", 4), ("志愿服务!A1",)),
    "title of another month": Fault(
        lambda s: s["志愿服务"].insert(0, ["示例镇天桥村文明积分台账(2024年5月)"]), ("志愿服务!A1",)
    ),
    "village unheard of": Fault(put("户籍!A1", "示例镇天乔村文明积分台账(2024年4月)"), ("!",)),
    "three faults at once": Fault(
        both(put("户籍!C5", "去年"), put("基础评分!C2", 101), put("志愿服务!D2", "园梦使者")),
        ("户籍!C5", "基础评分!C2", "志愿服务!D2"),
    ),
}


def write(folder: Path) -> None:
    """Write every workbook as .xlsx, named after its fault."""
    for name, fault in FAULTS.items():
        sheets = copy.deepcopy(april())
        fault.change(sheets)
        with xlsxwriter.Workbook(str(folder / f"{name}.xlsx")) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for row, cells in enumerate(rows):
                    for column, value in enumerate(cells):
                        if isinstance(value, Formula):
                            sheet.write_formula(row, column, value.text, value=value.seen)
                        else:
                            sheet.write(row, column, value)


def convert() -> None:
    """Have LibreOffice write every workbook anew, as each kind of file it knows, into the archive."""
    with tempfile.TemporaryDirectory() as made:
        write(Path(made))
        sources = sorted(Path(made).glob("*.xlsx"))
        with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
            for kind in KINDS:
                folder = Path(made) / f"as-{kind}"
                words = ["soffice", "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
                subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=600)
                for path in sorted(folder.glob(f"*.{kind}")):
                    archive.write(path, f"{kind}/{path.name}")


if __name__ == "__main__":
    convert()
