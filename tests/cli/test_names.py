"""Names are shown as they were typed and compared in one form, at every door of the command line."""

import pytest

from cli.conftest import PIN, SECOND_PIN, Shop, village_sheets

MARKS = "\u202e\u200b\x07"


def test_marks_that_nobody_sees_stay_out_of_users_and_villages(town: Shop) -> None:
    town("user", "add", f"{MARKS}收银{MARKS}示例 ", "--role", "clerk")
    town("village", "add", f"新{MARKS}村")
    assert "收银示例" in [u["name"] for u in town("user", "list")["users"]]
    assert "新村" in [v["village"] for v in town("village", "list")["villages"]]
    assert town.refused("user", "add", MARKS, "--role", "clerk") == "rule_broken"
    assert town.refused("village", "add", MARKS) == "rule_broken"


def test_a_town_and_its_administrator_too(shop: Shop) -> None:
    shop("init", "--town", f"示例{MARKS}镇", "--admin", f"站长{MARKS}示例")
    assert [u["name"] for u in shop("user", "list")["users"]] == ["站长示例"]


@pytest.mark.parametrize("dot", "•・‧･⋅．")
def test_a_user_and_a_village_are_one_under_every_dot(town: Shop, dot: str) -> None:
    town("user", "add", "阿依·古丽", "--role", "admin")
    assert town.refused("user", "add", f"阿依{dot}古丽", "--role", "clerk") == "out_of_turn"
    town("village", "add", f"阿依{dot}村")
    assert town.refused("village", "add", "阿依·村") == "out_of_turn"
    assert f"阿依{dot}村" in [v["village"] for v in town("village", "list")["villages"]]
    town.act(f"阿依{dot}古丽", SECOND_PIN)
    # nobody approves their own act under another dot
    town.monkeypatch.setenv("LIZHI_APPROVER_PIN", SECOND_PIN)
    file = town.csv("buy.csv", "单据号,日期,供应商,条码,数量,单位进价", "D1,2024-05-01,示例商,6903148144541,1,1.00")
    assert town.refused("purchase", "import", file, "--approver", "阿依·古丽") == "not_allowed"


@pytest.mark.parametrize("dot", "•・‧･⋅．")
def test_a_member_is_one_in_every_sheet_and_month(town: Shop, dot: str) -> None:
    sheets = village_sheets([["TQ0001", f"阿依{dot}古丽", "2024.3.5", "圆梦使者", "10"]])
    sheets["成员"] = [["手册编号", "姓名"], ["TQ0001", "阿依·古丽"], ["TQ0002", "李示例"]]
    assert town("ledger", "import", town.workbook("march.xlsx", sheets))["files"][0]["errors"] == []
    sheets["成员"].append(["TQ0001", f"阿依{dot}古丽"])
    answer = town("ledger", "import", town.workbook("twice.xlsx", sheets), exits=1)
    assert [(e["sheet"], e["cell"]) for e in answer["files"][0]["errors"]] == [("成员", "B4")]


def test_a_later_month_finds_a_posted_member_under_another_dot(posted: Shop) -> None:
    sheets = village_sheets([["TQ0001", "王⽰例", "2024.4.5", "圆梦使者", "10"]])
    sheets["户籍"][0] = ["示例镇天桥村文明积分台账(2024年4月)"]
    del sheets["基础评分"]
    assert posted("ledger", "import", posted.workbook("april.xlsx", sheets))["files"][0]["errors"] == []


def test_a_posted_workbook_read_again_with_other_dots_is_the_same(town: Shop) -> None:
    sheets = village_sheets([["TQ0001", "阿依·古丽", "2024.3.5", "圆梦使者", "10"]])
    sheets["成员"] = [["手册编号", "姓名"], ["TQ0001", "阿依·古丽"]]
    town("ledger", "import", town.workbook("march.xlsx", sheets))
    town("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
    town.act("监督示例", SECOND_PIN)
    town("ledger", "review", "天桥村", "2024-03", "--on", "2024-04-18")
    town.act("站长示例", PIN)
    town("ledger", "post", "天桥村", "2024-03", "--on", "2024-04-20")
    sheets["成员"][1][1] = sheets["志愿服务"][1][1] = "阿依・古丽"
    again = town("ledger", "import", town.workbook("march.xlsx", sheets))["files"][0]
    assert (again["errors"], again["households"]["same"]) == ([], 2)
    sheets["志愿服务"][1][1] = "王示例"
    town("ledger", "import", town.workbook("march.xlsx", sheets), exits=1)


def test_an_item_a_clause_and_a_title_with_look_alike_characters(town: Shop) -> None:
    sheets = village_sheets([["TQ0001", "王示例", "2024.3.5", "圆梦使者", "10"]])
    sheets["户籍"][0] = ["示例镇天桥村⽂明积分台账(2024年3⽉)"]
    sheets["志愿服务"][1][3] = "圆\u200b梦使者"
    assert town("ledger", "import", town.workbook("march.xlsx", sheets))["files"][0]["errors"] == []


def test_a_donor_is_one_however_typed_and_a_voucher_is_known_again(town: Shop) -> None:
    head = "凭证号,日期,类型,捐赠人,金额"
    for number, donor in (("A1", "阿依·古丽"), ("A2", "阿依・古丽"), ("A3", "⼤同商会"), ("A4", "大同商会")):
        town("donation", "import", town.csv("g.csv", head, f"{number},2024-04-02,现金,{donor},10"))
    answer = town("donation", "import", town.csv("g.csv", head, "A1,2024-04-02,现金,阿依•古丽,10"))
    assert (answer["new"], answer["same"]) == (0, 1)
    assert town("verify")["ok"]


@pytest.mark.parametrize("typed", ["阿依·古丽村", "阿依・古丽村", " 阿依 . 古丽村 "])
def test_a_villages_template_is_had_however_its_name_is_typed(town: Shop, typed: str) -> None:
    town("village", "add", "阿依·古丽村")
    answer = town("village", "template", town.folder / "empty.xlsx", "--village", typed, "--month", "2024-05")
    assert answer["village"] == "阿依·古丽村"
    assert town.refused("village", "template", town.folder / "other.xlsx", "--village", "无此村") == "not_found"


def test_a_product_is_kept_as_typed_and_found_by_every_form_of_its_code(town: Shop) -> None:
    town("product", "import", town.csv("p.csv", "条码,名称,积分价", "978-7-5327-0001-1,示例书（上）,9.00"))
    book = next(p for p in town("product", "list")["products"] if p["code"] == "9787532700011")
    assert book["name"] == "示例书（上）"
    head = "凭证号,日期,类型,捐赠人,金额,条码,数量,单位价值"
    for number, code in (("B1", "978 7 5327 0001 1"), ("B2", "09787532700011"), ("B3", "978‐7‐5327‐0001‐1")):
        town("donation", "import", town.csv("g.csv", head, f"{number},2024-04-02,实物,示例,,{code},1,9"))
    on_hand = {p["code"]: p["on_hand"] for p in town("stock", "list")["products"]}
    assert on_hand["9787532700011"] == 3
    wrong = town("product", "import", town.csv("p.csv", "条码,名称,积分价", "978-7-5327-0001-2,示例书,9.00"), exits=1)
    assert [e["cell"] for e in wrong["errors"]] == ["A2"]


def test_goods_are_redeemed_by_their_code_as_it_is_printed(posted: Shop) -> None:
    posted("market", "open", "2024-04-28", "--approver", "监督示例", "--reason", "示例")
    answer = posted(
        "redeem", "tq 0001", "6 920181 360936*2", "--on", "2024-04-28", "--approver", "监督示例", "--reason", "示例"
    )
    assert [line["code"] for line in answer["lines"]] == ["6920181360936"]
