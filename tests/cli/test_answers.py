"""What commands say and take: sums that add up, vetoes in force, arguments that are none, stock below its reserve."""

import re
from pathlib import Path
from typing import Any

import pytest

from lizhi_pos.cli.main import main
from lizhi_pos.settlement.statement import MOVEMENTS
from lizhi_pos.settlement.statement_words import MOVEMENT_WORDS

from .conftest import GOODS, PIN, RULEBOOK, Shop

BY = ("--approver", "监督示例")
DAY, LATER = "2024-04-28", "2024-05-02"
SALT, SOAP = "6920181360936", "6903148144541"
VETO = ("--clause", "1", "--facts", "示例", "--conduct", "2024-04-20")


def words_of(shop: Shop, *words: Any, lang: str = "zh") -> list[str]:
    """One command as a person types it; the lines of its answer."""
    assert main(["--lang", lang, *map(str, words)]) == 0
    return list(shop.capsys.readouterr().out.splitlines())


def total(line: str) -> int:
    """What a line's figures come to but for the last, less the last; in hundredths."""
    figures = [int(sign + digits.replace(".", "")) for sign, digits in SIGNED.findall(line.replace("−", "-"))]
    return sum(figures[:-1]) - figures[-1]


SIGNED = re.compile(r"([-+]?)(\d+\.\d\d)")


@pytest.fixture
def april(posted: Shop, kept: Path) -> Shop:
    """A month in which everything happened to the one household that has points."""
    return posted.once(kept / "answers", everything_in_april)


def everything_in_april(posted: Shop) -> None:
    posted("market", "open", DAY, *BY, "--reason", "补录")
    posted("redeem", "TQ0001", f"{SALT}*2", SOAP, "--on", DAY, *BY)
    posted("return", "1-2024-000001", SOAP, "--reason", "拿错", "--on", DAY, *BY)
    posted("market", "close", DAY)
    posted("veto", "add", "TQ0001", *VETO, "--on", "2024-04-29", *BY)
    posted("veto", "lift", "TQ0001", "--facts", "申诉成立", "--on", "2024-04-30", *BY)


def test_a_months_lines_add_up(april: Shop) -> None:
    lines = words_of(april, "month", "close", "2024-04", "--out", april.folder / "out", "--on", LATER)
    bridge = next(line for line in lines if line.startswith("天桥村"))
    for figure in ("50.00", "8.80", "3.80", "45.00"):
        assert figure in bridge
    assert bridge.count("45.00") == 3
    for shown in (
        lines,
        words_of(april, "month", "show", "2024-04"),
        words_of(april, "month", "show", "2024-04", lang="en"),
    ):
        assert [total(line) for line in shown if SIGNED.search(line)] == [0, 0]


def test_every_movement_of_a_statement_has_words_and_a_sign() -> None:
    assert set(MOVEMENTS) <= MOVEMENT_WORDS.keys()


def test_vetoes_in_force_are_told_from_lifted_and_ended_ones(april: Shop) -> None:
    april("veto", "add", "TQ0002", *VETO, "--on", "2024-04-30", *BY)
    lifted, ended = words_of(april, "veto", "list")
    assert "2024-04-30 撤销" in lifted
    assert "2024-12-31 到期" in ended


def test_a_veto_in_force_says_until_when(posted: Shop) -> None:
    from datetime import date

    today = date.today().isoformat()
    posted("veto", "add", "TQ0002", "--clause", "1", "--facts", "示例", "--conduct", today, *BY)
    (line,) = words_of(posted, "veto", "list")
    assert f"有效至 {today[:4]}-12-31" in line


NO_TILLS = ("P", "", " 1", "1\n", "1\n2", "+1", "-1", "1.0", "1_0", "１", "٣", "1" * 5000)


@pytest.mark.parametrize(
    "words",
    [
        ["calendar", "20266"],
        ["calendar", "0"],
        ["calendar", "1999"],
        ["calendar", "9" * 5000],
        ["calendar", "-2024"],
        ["month", "show", "20240-3"],
        ["month", "show", "2024-3"],
        ["month", "show", "0001-01"],
        ["month", "close", "2024-1０", "--out", "out"],
        ["ledger", "publish", "天桥村", "2024-00"],
        ["village", "template", "t.xlsx", "--month", "2024-13"],
        ["household", "show", "TQ0001", "--on", "0001-01-01"],
        ["household", "show", "TQ0001", "--on", "9999-12-31"],
        ["household", "show", "TQ0001", "--on", "2024-W10-2"],
        ["household", "show", "TQ0001", "--on", "2024-02-30"],
        ["market", "open", "2024-4-28"],
        ["redeem", "TQ0001", f"{SALT}*0"],
        ["redeem", "TQ0001", f"{SALT}*" + "9" * 30],
        ["redeem", "TQ0001", f"{SALT}*１"],
        ["redeem", "TQ0001", f"{SALT}*"],
        ["redeem", "TQ0001", "*2"],
        ["redeem", "TQ0001", SALT, "--till", "0"],
        ["redeem", "TQ0001", SALT, "--till", "100"],
        *(["redeem", "TQ0001", SALT, "--till", till] for till in NO_TILLS),
        *([*command, "--till", till] for command in (["till"], ["serve"], ["display"]) for till in NO_TILLS),
        ["return", "1-2024-000001", f"{SALT}*-1"],
        ["printer", "label", SALT, "--copies", "9" * 30],
        ["printer", "add", "柜台", "--profile", "generic-58", "--device", "screen:", "--till", "x"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "9" * 30],
    ],
    ids=lambda words: " ".join(words)[:50],
)
def test_an_argument_that_is_none_is_bad_usage(posted: Shop, words: list[str]) -> None:
    assert posted(*words, exits=2)["error"]["code"] == "usage"
    # whoever may not sign in learns the same
    posted.act("站长示例", "999998")
    assert posted(*words, exits=2)["error"]["code"] == "usage"


def test_stock_below_its_reserve(town: Shop) -> None:
    reserves = [[*GOODS[0], "安全库存"], [*GOODS[1], 21], [*GOODS[2], 10]]
    town("product", "import", town.workbook("reserves.xlsx", {"商品": reserves}))
    short = town("stock", "short", "--on", "2024-12-31")["products"]
    assert short == [{"code": SALT, "name": "海星加碘盐400g", "sellable": 20, "reserve": 21}]
    # expired goods stand on the shelf and cover no reserve
    assert [p["sellable"] for p in town("stock", "short", "--on", "2025-01-01")["products"]] == [0]
    assert town.refused("stock", "short", "--on", "2100-01-01") == "rule_broken"
    assert "海星加碘盐400g" in words_of(town, "stock", "short")[0]
    town("product", "import", town.workbook("none.xlsx", {"商品": GOODS}))
    assert town("stock", "short")["products"] == []


@pytest.mark.parametrize("named", ["邻镇", "大示例镇2", ""])
def test_a_rulebook_of_another_town_is_refused(shop: Shop, named: str) -> None:
    other = shop.folder / "other.toml"
    other.write_text(RULEBOOK.read_text(encoding="utf-8").replace("示例镇", named), encoding="utf-8")
    words = ("--db", shop.folder / "new.db", "init", "--town", "示例镇", "--admin", "站长示例")
    shop.refused(*words, "--rulebook", other, "--filing", "1")
    assert not list(shop.folder.glob("new.db*"))
    shop("init", "--town", "示例镇", "--admin", "站长示例")
    assert shop.refused("rulebook", "adopt", other, "--filing", "1") in ("rule_broken", "file_refused")


def test_a_rulebook_may_name_the_county_before_the_town(shop: Shop) -> None:
    ours = shop.folder / "ours.toml"
    ours.write_text(RULEBOOK.read_text(encoding="utf-8").replace("示例镇", "示例市示例镇"), encoding="utf-8")
    shop("init", "--town", "示例镇", "--admin", "站长示例")
    shop("rulebook", "adopt", ours, "--filing", "1")


def test_init_with_a_rulebook_asks_for_its_filing_number(shop: Shop) -> None:
    words = ("init", "--town", "示例镇", "--admin", "站长示例", "--rulebook", RULEBOOK)
    assert shop("--db", shop.folder / "new.db", *words, exits=2)["error"]["code"] == "usage"
    assert "--filing" in shop.said
    assert not (shop.folder / "new.db").exists()
    shop(*words, "--filing", "示例备案1")
    assert shop("rulebook", "show", "--on", DAY)["year"] == 2024


@pytest.mark.parametrize("pin", ["111111", "123456", "12345"])
def test_a_refused_beginning_leaves_no_file(shop: Shop, pin: str) -> None:
    shop.act("站长示例", pin)
    words = ("--db", shop.folder / "new" / "town.db", "init", "--town", "示例镇", "--admin", "站长示例")
    assert shop.refused(*words) == "rule_broken"
    assert list((shop.folder / "new").iterdir()) == []
    shop.act("站长示例", PIN)
    shop(*words)
