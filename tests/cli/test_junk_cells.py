"""Whatever stands in the cells of a file, the file is taken or its errors are told: nothing breaks."""

import copy
import random
from collections.abc import Sequence
from typing import Any

import pytest

from cli.conftest import GIFTS, GOODS, Shop, village_sheets

JUNK = [
    "",
    "？",
    "2024-02-30",
    "90%",
    "#REF!",
    "-",
    "合计",
    "阿·依",
    -1,
    0,
    1e300,
    2.005,
    "12.5分",
    "=",
    "\u202e",
    True,
]
TIMES = 8


def spoilt(rows: list[list[Any]], chance: random.Random) -> list[list[Any]]:
    """The same rows with a few cells of junk, in headers and titles too."""
    rows = copy.deepcopy(rows)
    for _ in range(chance.randint(1, 4)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(JUNK)
    if chance.random() < 0.2:
        rows.append(list(chance.choice(rows)))
    return rows


@pytest.mark.parametrize("seed", range(TIMES))
def test_junk_in_a_village_workbook_breaks_nothing(posted: Shop, seed: int) -> None:
    chance = random.Random(seed)
    sheets = village_sheets()
    sheets["成员"] = [["手册编号", "姓名"], ["TQ0001", "王示例"], ["TQ0002", "李示例"]]
    sheets["负面清单"] = [["手册编号", "行为日期", "条款", "说明"], ["TQ0001", "2024-03-03", "1", "示例"]]
    sheets["更正"] = [["手册编号", "积分", "更正对象", "说明"], ["TQ0001", -1, "2024-02", "示例"]]
    for name in sheets:
        if chance.random() < 0.6:
            sheets[name] = spoilt([list(row) for row in sheets[name]], chance)
    assert posted.run("ledger", "import", "--dry-run", posted.workbook("junk.xlsx", sheets)) in (0, 1)


@pytest.mark.parametrize("seed", range(TIMES))
def test_junk_in_every_other_file_breaks_nothing(posted: Shop, seed: int) -> None:
    chance = random.Random(seed)
    purchases: list[list[Any]] = [
        ["单据号", "日期", "供应商", "条码", "数量", "单位进价"],
        ["D1", "2024-04-10", "示例", "6920181360936", 1, 2],
    ]
    slips: list[list[Any]] = [
        ["单号", "日期", "手册编号", "条码", "数量"],
        ["P1", "2024-04-28", "TQ0001", "6920181360936", 1],
    ]
    files: Sequence[tuple[Sequence[str], Sequence[Sequence[Any]], Sequence[str]]] = (
        (("product", "import"), GOODS, ()),
        (("donation", "import"), GIFTS, ()),
        (("purchase", "import"), purchases, ("--approver", "监督示例")),
        (("slips", "import"), slips, ("--approver", "监督示例")),
    )
    for words, rows, more in files:
        path = posted.workbook("junk.xlsx", {"表": spoilt([list(row) for row in rows], chance)})
        status = posted.run(*words, path, *more)
        assert status in (0, 1)
    assert posted("verify")["ok"]
