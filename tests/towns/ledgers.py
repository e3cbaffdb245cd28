"""The till's small town (示例) on its market day, with villages whose March stands at every step, and their files."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batches import publish, reject, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import (
    ActRow,
    CorrectionRow,
    HouseholdRow,
    MemberRow,
    SignatureRow,
    VillageWorkbook,
)
from lizhi_pos.accounts.objections import Objection, raise_objection
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from towns.shelf import ACCOUNTANT, add_people
from towns.till import SUPERVISOR, build_town

MARCH = Month(2024, 3)
DRAFT, OBJECTED, REVIEWED, SENT_BACK, OVER, MISSING = "天桥村", "民族村", "华平村", "四洞村", "龙泉村", "新场村"
WHY = "分值不合细则(示例)"
OBJECTED_TO = "少记一次(示例)"
BY, REVIEWER = Operator(ACCOUNTANT, "accountant"), Operator(SUPERVISOR, "supervisor")
GROUPS = (("评议小组", "甲乙丙丁戊"), ("监督小组", "己庚辛"))
_BOOKLETS = {DRAFT: "TQ", OBJECTED: "MZ", REVIEWED: "HP", SENT_BACK: "SD", OVER: "LQ", MISSING: "XC"}
Row = Sequence[object]


def build_ledgers(engine: Engine) -> None:
    """Build the town: two villages have posted March, of six one stands at each step, the last owes it."""
    build_town(engine, redemption_day=False, open_it=False)
    add_people(engine)
    with transaction(engine) as tx:
        for village in _BOOKLETS:
            unwrap(add_village(tx, village))
            if village != MISSING:
                assert not unwrap(draft(tx, march_of(village), BY, f"{village}3月.xlsx")).errors
        for village, day in ((OBJECTED, 24), (REVIEWED, 8), (SENT_BACK, 15), (OVER, 9)):
            unwrap(publish(tx, village, MARCH, Authority(BY, _april(day))))
        unwrap(review(tx, REVIEWED, MARCH, Authority(REVIEWER, _april(16))))
        unwrap(reject(tx, SENT_BACK, MARCH, Authority(REVIEWER, _april(20)), WHY))
        _object(tx)


def march_of(village: str) -> VillageWorkbook:
    """Two households of a village, who swept once and twice; a correction of what the second did."""
    rows = tuple(_rows(village))
    return VillageWorkbook(
        village,
        MARCH,
        households=tuple(HouseholdRow(b, head, date(2020, 1, 1), _at("户籍", n), "1组") for n, b, head in rows),
        members=tuple(MemberRow(b, head, _at("成员", n)) for n, b, head in rows),
        acts=tuple(
            ActRow(b, head, date(2024, 3, 5), "清扫", Points(1000 * n), _at("志愿服务", n), n) for n, b, head in rows
        ),
        corrections=(CorrectionRow(rows[0][1], Points(50), f"{village}/2024-03", "示例更正", _at("更正", 1)),),
        signatures=tuple(
            SignatureRow("assessment" if group == "评议小组" else "supervision", f"示例{n}", _at("签字", 1))
            for group, names in GROUPS
            for n in names
        ),
    )


def booklet(village: str, number: int = 1) -> str:
    """The number of a household of a village."""
    return f"{_BOOKLETS[village]}{number:04d}"


def write_file(path: Path, village: str, acts: Sequence[Row], *, month: str = "2024年3月", many: int = 0) -> Path:
    """Write a village's workbook as it comes on a stick; with `many` households beside its two."""
    people = [(b, head) for _, b, head in _rows(village)] + [(booklet(village, n), f"示例户{n}") for n in _more(many)]
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (
            ("说明", [[f"大同镇{village}文明积分台账({month})"]]),
            ("户籍", [["手册编号", "户主", "居住起始日"], *([b, head, "2020-01-01"] for b, head in people)]),
            ("成员", [["手册编号", "姓名"], *people]),
            ("志愿服务", [["手册编号", "姓名", "日期", "项目", "分值", "次数"], *acts, *_acts_of(village, many)]),
            ("签字", [["小组", "姓名"], *([group, f"示例{n}"] for group, names in GROUPS for n in names)]),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def act_of(village: str, number: int = 1, day: str = "2024-03-05", points: object = 10, times: int = 1) -> Row:
    """A row of `志愿服务`."""
    return (booklet(village, number), f"示例{village[0]}{number}", day, "清扫", points, times)


def _acts_of(village: str, many: int) -> Iterator[Row]:
    for number in _more(many):
        for day in (6, 13, 20):
            yield (booklet(village, number), f"示例户{number}", f"2024-03-{day:02d}", "清扫", 10, 1)


def _more(many: int) -> range:
    return range(10, 10 + many)


def _rows(village: str) -> Iterator[tuple[int, str, str]]:
    for number in (1, 2):
        yield number, booklet(village, number), f"示例{village[0]}{number}"


def _at(sheet: str, number: int) -> RowAt:
    return RowAt(sheet, number + 1, 1, {"手册编号": "A"})


def _april(day: int) -> date:
    return date(2024, 4, day)


def _object(tx: Transaction) -> None:
    told = Objection(OBJECTED_TO, booklet(OBJECTED), "示例某")
    unwrap(raise_objection(tx, OBJECTED, MARCH, told, Authority(BY, _april(26))))
