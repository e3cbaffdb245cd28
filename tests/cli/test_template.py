"""`village template`: the village's own people in it, for who may see them; read back it changes nothing."""

from typing import Any

from lizhi_pos.exchange.workbook_reader import read_sheets

from .conftest import SECOND_PIN, Shop, village_sheets

APRIL = ("--village", "天桥村", "--month", "2024-04")


def rows(shop: Shop, name: str, sheet: str) -> Any:
    sheets = read_sheets(shop.folder / name)
    assert isinstance(sheets, list)
    return next(s.rows for s in sheets if s.name == sheet)[2:]


def post_people(town: Shop) -> None:
    """A month whose households have numbers and members, posted."""
    sheets = village_sheets()
    sheets["户籍"][1] = ["手册编号", "户主", "居住起始日", "村民组", "身份证号", "电话", "人口", "备注"]
    sheets["户籍"][2] += ["110101199003070011", "13900000001", 3, "示例备注"]
    sheets["成员"] = [
        ["手册编号", "姓名", "与户主关系", "身份证号"],
        ["TQ0001", "示例妻", "配偶", "110101199203220029"],
    ]
    town("ledger", "import", town.workbook("march.xlsx", sheets))
    town("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
    town.act("监督示例", SECOND_PIN)
    town("ledger", "review", "天桥村", "2024-03", "--on", "2024-04-18")
    town.act("站长示例", "135790")
    town("ledger", "post", "天桥村", "2024-03", "--on", "2024-04-20")


def test_it_reads_back_with_nothing_new_and_nothing_changed(town: Shop) -> None:
    post_people(town)
    answer = town("village", "template", town.folder / "april.xlsx", *APRIL)
    assert answer["households"] == 2
    (file,) = town("ledger", "import", town.folder / "april.xlsx")["files"]
    assert (file["errors"], file["warnings"]) == ([], [])
    assert file["households"] == {"new": 0, "changed": 0, "same": 2}
    assert (file["village"], file["month"]) == ("天桥村", "2024-04")


def test_who_left_is_not_in_it(town: Shop) -> None:
    post_people(town)
    why = ("--reason", "示例", "--on", "2024-04-30", "--approver", "监督示例")
    town("household", "member", "TQ0001", "示例妻", "--status", "left", *why[:4])
    town("household", "close", "TQ0002", "--as", "moved_out", *why)
    town("village", "template", town.folder / "april.xlsx", *APRIL)
    assert [row[0] for row in rows(town, "april.xlsx", "户籍")] == ["TQ0001"]
    assert rows(town, "april.xlsx", "成员") == []


def test_who_may_not_see_the_books_gets_an_empty_one(town: Shop) -> None:
    post_people(town)
    town("user", "add", "收银示例", "--role", "clerk")
    town.act("收银示例", SECOND_PIN)
    assert town("village", "template", town.folder / "empty.xlsx", *APRIL)["households"] == 0
    assert rows(town, "empty.xlsx", "户籍") == []
