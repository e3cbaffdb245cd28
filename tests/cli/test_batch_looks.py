"""`ledger preview` and `ledger diff`: what a posting would do, what a corrected workbook changes; neither writes."""

from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.engines import open_engine

from .conftest import PIN, RULEBOOK, SECOND_PIN, Shop, found, village_sheets
from .test_undelivered import content

MARCH = ("天桥村", "2024-03")
ACTS: list[list[Any]] = [["TQ0001", "王示例", "2024.3.5", "圆梦使者", "50", 5]]


@pytest.fixture
def books(town: Shop, sqlite_url: str) -> Any:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


def test_a_preview_says_what_posting_would_do_and_writes_nothing(town: Shop, books: Engine) -> None:
    more = {"更正": [["手册编号", "积分", "更正对象", "说明"], ["TQ0001", "-1.5", "2024-03", "示例:多记"]]}
    town("ledger", "import", town.workbook("march.xlsx", village_sheets(ACTS, **more)))
    before = content(books)
    seen = town("ledger", "preview", *MARCH, "--on", "2024-04-20")
    assert content(books) == before
    assert {k: v for k, v in seen.items() if k != "warnings"} == {
        "village": "天桥村",
        "month": "2024-03",
        "households": {"new": 2, "changed": 0},
        "base": "0.00",
        "volunteer": "50.00",
        "adjusted": "-1.50",
        "coverage_before": None,
        "coverage_after": "32.74",
        "cap": None,
        "within_cap": True,
    }
    town("ledger", "publish", *MARCH, "--on", "2024-04-10")
    town.act("监督示例", SECOND_PIN)
    town("ledger", "review", *MARCH, "--on", "2024-04-18")
    assert town("ledger", "preview", *MARCH, "--on", "2024-04-20") == seen
    town.act("站长示例", PIN)
    posted = town("ledger", "post", *MARCH, "--on", "2024-04-20")
    assert [posted[k] for k in ("base", "volunteer", "adjusted")] == [
        seen[k] for k in ("base", "volunteer", "adjusted")
    ]
    assert town("pool", "show", "--on", "2024-04-20")["coverage"] == seen["coverage_after"]
    assert town.refused("ledger", "preview", *MARCH) == "out_of_turn"
    assert town.refused("ledger", "preview", "华平村", "2024-03") == "not_found"


def test_a_preview_measures_the_cap(shop: Shop) -> None:
    rules = shop.folder / "capped.toml"
    rules.write_text(RULEBOOK.read_text(encoding="utf-8") + '\n[batch]\ncap_per_village = "49.99"\n', encoding="utf-8")
    found(shop)
    shop("rulebook", "adopt", rules, "--filing", "示例备案2")
    shop("ledger", "import", shop.workbook("march.xlsx", village_sheets(ACTS)))
    seen = shop("ledger", "preview", *MARCH, "--on", "2024-04-20")
    assert (seen["cap"], seen["within_cap"]) == ("49.99", False)
    assert seen["warnings"]


def corrected() -> dict[str, Any]:
    """The month with something added, removed and changed in each kind of sheet."""
    sheets = village_sheets(
        [["TQ0001", "王示例", "2024.3.5", "圆梦使者", "40", 4], ["TQ0001", "王示例", "2024.3.6", "圆梦使者", "10", ""]]
    )
    sheets["户籍"] = [
        *sheets["户籍"][:2],
        ["TQ0001", "王示例", "2015.8.21", "3组"],
        ["TQ0003", "赵示例", "2015.8.20", ""],
    ]
    sheets["基础评分"] = [row for row in sheets["基础评分"] if "0002" not in row[0]]
    sheets["基础评分"][1][2] = "90.5"
    return sheets


def test_a_corrected_workbook_is_held_against_the_batch(town: Shop, books: Engine) -> None:
    town("ledger", "import", town.workbook("march.xlsx", village_sheets(ACTS)))
    before = content(books)
    seen = town("ledger", "diff", town.workbook("march2.xlsx", corrected()))
    assert content(books) == before
    assert (seen["village"], seen["month"]) == MARCH
    assert [(a["sheet"], a["key"]) for a in seen["added"]] == [
        ("户籍", "TQ0003"),
        ("志愿服务", "TQ0001/王示例/2024-03-06/圆梦使者"),
    ]
    assert [(a["sheet"], a["key"]) for a in seen["removed"]] == [
        ("户籍", "TQ0002"),
        ("基础评分", "TQ0002/2023Q4"),
        ("基础评分", "TQ0002/2024Q1"),
    ]
    act = "TQ0001/王示例/2024-03-05/圆梦使者"
    assert [tuple(c[k] for k in ("sheet", "key", "field", "was", "now")) for c in seen["changed"]] == [
        ("户籍", "TQ0001", "居住起始日", "2015-08-20", "2015-08-21"),
        ("户籍", "TQ0001", "村民组", "1组", "3组"),
        ("基础评分", "TQ0001/2023Q4", "评分", "90.0", "90.5"),
        ("志愿服务", act, "分值", "50.00", "40.00"),
        ("志愿服务", act, "次数", "5", "4"),
    ]


def test_the_same_workbook_changes_nothing_in_any_state(posted: Shop) -> None:
    again = posted.workbook("again.xlsx", village_sheets())
    assert posted("ledger", "diff", again) == {
        "village": "天桥村",
        "month": "2024-03",
        "added": [],
        "removed": [],
        "changed": [],
        "errors": [],
    }


def test_what_cannot_be_held_against_a_batch(town: Shop) -> None:
    book = town.workbook("march.xlsx", village_sheets())
    assert town.refused("ledger", "diff", book) == "not_found"
    town("ledger", "import", book)
    sheets = village_sheets()
    sheets["户籍"][2][2] = "去年"
    told = town("ledger", "diff", town.workbook("faulty.xlsx", sheets), exits=1)
    assert [(e["sheet"], e["cell"]) for e in told["errors"]] == [("户籍", "C3")]
    assert (told["added"], told["removed"], told["changed"]) == ([], [], [])
    assert town("ledger", "diff", town.folder / "none.xlsx", exits=2)["error"]["code"] == "usage"


def test_members_proposals_and_corrections_go_by_their_booklet(town: Shop) -> None:
    numbers = ("110101199003070011", "110101199003070022")

    def month(number: str, relation: str, points: str, facts: str) -> dict[str, Any]:
        return village_sheets(
            成员=[["手册编号", "姓名", "与户主关系", "身份证号"], ["TQ0001", "示例妻", relation, number]],
            负面清单=[["手册编号", "行为日期", "条款", "说明"], ["TQ0002", "2024-03-09", "1", facts]],
            更正=[
                ["手册编号", "积分", "更正对象", "说明"],
                ["TQ0001", "1", "2024-03", "示例一"],
                ["TQ0001", points, "2024-03", "示例二"],
            ],
        )

    town("ledger", "import", town.workbook("a.xlsx", month(numbers[0], "妻", "2", "示例")))
    seen = town("ledger", "diff", town.workbook("b.xlsx", month(numbers[1], "配偶", "3", "示例二")))
    assert (seen["added"], seen["removed"]) == ([], [])
    assert [tuple(c[k] for k in ("sheet", "key", "field", "was", "now")) for c in seen["changed"]] == [
        ("成员", "TQ0001", "与户主关系", "妻", "配偶"),
        ("成员", "TQ0001", "身份证号", "**************0011", "**************0022"),
        ("负面清单", "TQ0002", "说明", "示例", "示例二"),
        ("更正", "TQ0001", "积分", "2.00", "3.00"),
    ]
    assert [c["of"] for c in seen["changed"]][::2] == ["示例妻", "2024-03-09 1"]
