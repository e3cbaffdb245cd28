"""Every error of a file is told at once, one cause once, and many equal ones as one."""

from typing import Any

import pytest

from cli.conftest import RULEBOOK, Shop, village_sheets


def errors(answer: Any) -> list[tuple[str | None, str | None]]:
    return [(e["sheet"], e["cell"]) for e in (answer["files"][0] if "files" in answer else answer)["errors"]]


def told(answer: Any) -> str:
    return "\n".join(e["message"] for e in (answer["files"][0] if "files" in answer else answer)["errors"])


def imported(town: Shop, sheets: dict[str, Any], exits: int = 1) -> Any:
    return town("ledger", "import", town.workbook("march.xlsx", sheets), exits=exits)


def test_a_bad_date_hides_neither_a_duplicate_nor_an_unknown_item(town: Shop) -> None:
    sheets = village_sheets(
        [["TQ0001", "王示例", "2024.3.5", "园梦使者", 10], ["TQ0001", "赵示例", "三月", "圆梦使者", 99]]
    )
    sheets["户籍"][2][2] = "去年"
    sheets["户籍"].append(["TQ0001", "王示例", "2015.8.20", ""])
    answer = imported(town, sheets)
    assert sorted(errors(answer)) == sorted(
        [("户籍", "C3"), ("户籍", "A5"), ("志愿服务", "D2"), ("志愿服务", "B3"), ("志愿服务", "C3"), ("志愿服务", "E3")]
    )
    assert "A3" in told(answer)
    assert "圆梦使者" in told(answer)


def test_an_unknown_booklet_is_blamed_once_at_its_own_cell(town: Shop) -> None:
    sheets = village_sheets([["TQ0009", "赵示例", "2024.3.5", "圆梦使者", 10]])
    assert errors(imported(town, sheets)) == [("志愿服务", "A2")]


def test_a_household_whose_number_cannot_be_read_is_blamed_there_alone(town: Shop) -> None:
    sheets = village_sheets()
    sheets["户籍"][2][0] = ""
    assert errors(imported(town, sheets)) == [("户籍", "A3")]


def test_a_name_near_a_members_offers_it(town: Shop) -> None:
    answer = imported(town, village_sheets([["TQ0001", "王实例", "2024.3.5", "圆梦使者", 10]]))
    assert errors(answer) == [("志愿服务", "B2")]
    assert "王示例" in told(answer)


def test_a_wrong_title_is_told_of_every_sheet_at_once(town: Shop) -> None:
    sheets = village_sheets([["TQ0001", "王示例", "2024.3.5", "无此项目", 10]])
    for name, month in (("户籍", 2), ("基础评分", 3), ("志愿服务", 3), ("成员", 3), ("负面清单", 1)):
        rows = sheets.get(name, [["手册编号", "姓名"], ["TQ0001", "王示例"]])
        if name == "负面清单":
            rows = [["手册编号", "行为日期", "条款", "说明"]]
        sheets[name] = [[f"示例镇天桥村文明积分台账(2024年{month}月)"], *(rows[1:] if name == "户籍" else rows)]
    answer = imported(town, sheets)
    assert sorted(errors(answer)) == sorted([("户籍", "A1"), ("负面清单", "A1"), ("志愿服务", "D3")])


def test_without_a_title_all_else_is_told_too(town: Shop) -> None:
    sheets = village_sheets([["TQ0001", "王示例", "2024.3.5", "无此项目", 10]])
    sheets["户籍"] = sheets["户籍"][1:]
    sheets["户籍"].append(["TQ0001", "王示例", "2015.8.20", ""])
    assert sorted(errors(imported(town, sheets))) == sorted([("户籍", "A1"), ("户籍", "A4")])


def test_an_unknown_village_offers_the_nearest_and_all_else_is_told_too(town: Shop) -> None:
    sheets = village_sheets()
    sheets["户籍"][0] = ["示例镇天侨村文明积分台账(2024年3月)"]
    sheets["户籍"].append(["TQ0001", "王示例", "2015.8.20", ""])
    answer = imported(town, sheets)
    assert errors(answer) == [(None, None), ("户籍", "A5")]
    assert "天桥村" in told(answer)


def test_thousands_of_equal_errors_are_one_with_their_number_and_first_cells(town: Shop) -> None:
    acts = [["TQ0001", "王示例", f"2024.3.{n % 28 + 1}", "无此项目", n] for n in range(5400)]
    answer = imported(town, village_sheets(acts))
    unknown = [e for e in answer["files"][0]["errors"] if "没有项目" in e["message"] or "无此项目" in e["message"]]
    assert len(answer["files"][0]["errors"]) < 5
    assert unknown[0]["cell"] == "D2"
    assert "5400" in unknown[0]["message"]
    assert "D2、D3、D4、D5、D6…" in unknown[0]["message"]


def test_up_to_twenty_errors_are_told_one_by_one(town: Shop) -> None:
    acts = [["TQ0001", "王示例", f"2024.3.{n + 1}", "无此项目", 10] for n in range(20)]
    assert errors(imported(town, village_sheets(acts))) == [("志愿服务", f"D{n + 2}") for n in range(20)]


def test_what_is_wrong_with_gifts_is_told_at_once(town: Shop) -> None:
    head = "凭证号,日期,类型,捐赠人,金额,条码,数量,单位价值,到期日,村"
    answer = town(
        "donation",
        "import",
        town.csv(
            "g.csv",
            head,
            "G1,昨天,实物,示例,,6920181360937,5,2,,",
            "G1,2024-04-02,实物,另一,,6903148144541,0,2,2024-01-01,",
            "G2,2024-04-02,村集体,示例,10,,,,,天侨村",
            "G3,2024-04-02,借款,示例,10,,,,,无此地",
        ),
        exits=1,
    )
    assert sorted(cell for _, cell in errors(answer) if cell) == ["B2", "C5", "D3", "F2", "G3", "I3", "J4", "J5"]
    assert "天桥村" in told(answer)
    assert "6920181360936" in told(answer)
    assert town("pool", "show")["gifts_money"] == "1000.00"


def test_what_is_wrong_with_purchases_is_told_at_once(town: Shop) -> None:
    file = town.csv(
        "p.csv",
        "单据号,日期,供应商,条码,数量,单位进价",
        "D1,2024-04-32,示例商,6903148144549,3,1.00",
        "D1,2024-04-02,另一商,6903148144541,3,0",
    )
    answer = town("purchase", "import", file, "--approver", "监督示例", exits=1)
    assert sorted(cell for _, cell in errors(answer) if cell) == ["B2", "C3", "D2", "F3"]


def test_what_is_wrong_with_goods_is_told_at_once(town: Shop) -> None:
    rows = ["条码,名称,积分价", "A-1,示例一,两元", "A-1,示例二,0", ",示例三,0"]
    answer = town("product", "import", town.csv("g.csv", *rows), exits=1)
    assert sorted(cell for _, cell in errors(answer) if cell) == ["A3", "A4", "C2", "C3", "C4"]


def test_what_is_wrong_with_slips_is_told_at_once(posted: Shop) -> None:
    file = posted.csv(
        "s.csv",
        "单号,日期,手册编号,条码,数量",
        "P1,2024-04-28,TQ0001,6903148144541,一",
        "P1,2024-04-28,TQ0002,6903148144541,1",
        "P2,2224-04-28,TQ0002,6903148144541,1",
    )
    answer = posted("slips", "import", file, exits=1)
    assert sorted(cell for _, cell in errors(answer) if cell) == ["B4", "C3", "E2"]


def test_what_is_wrong_with_a_villages_answer_is_told_at_once(posted: Shop) -> None:
    rows = ("手册编号,期末积分", "TQ0001,四十", "TQ0002,0", "TQ0002,")
    file = posted.csv("天桥村.csv", *rows)
    posted("month", "close", "2024-04", "--out", posted.folder / "out", "--on", "2024-05-02")
    told = posted("month", "compare", "2024-04", file, exits=1)
    assert {error["cell"] for error in told["errors"]} == {"B2", "B4", "A4"}
    posted("month", "compare", "2024-04", posted.csv("无此地.csv", *rows), exits=2)
    assert "B2" in posted.said


@pytest.mark.parametrize(
    "bomb",
    ["months = " + "[" * 3000 + "]" * 3000, "a = " + "{b = " * 3000 + "1" + "}" * 3000, "year = " + "1" * 9000],
)
def test_a_bomb_of_a_rulebook_is_an_error_of_the_file(town: Shop, bomb: str) -> None:
    file = town.folder / "bomb.toml"
    file.write_text(bomb, encoding="utf-8")
    assert town("rulebook", "check", file, exits=1)["errors"]
    assert town.refused("rulebook", "adopt", file, "--filing", "1") == "file_refused"


def test_a_ratio_with_a_giant_exponent_is_an_error_at_its_key(town: Shop) -> None:
    file = town.folder / "bomb.toml"
    text = RULEBOOK.read_text(encoding="utf-8")
    file.write_text(text.replace('points_per_score = "0.1"', 'points_per_score = "1e999999999"'), encoding="utf-8")
    assert [e["key"] for e in town("rulebook", "check", file, exits=1)["errors"]] == ["base_score.points_per_score"]


def test_a_household_of_another_village_is_blamed_at_its_booklet_alone(posted: Shop) -> None:
    """Its members are not known here: that is no second cause."""
    acts = [["TQ0001", "别人示例", "2024.4.5", "圆梦使者", 10]]
    sheets = {"志愿服务": [["示例镇华平村文明积分台账(2024年4月)"], *village_sheets(acts)["志愿服务"]]}
    assert errors(imported(posted, sheets)) == [("志愿服务", "A3")]
    sheets["户籍"] = [["手册编号", "户主", "居住起始日"], ["TQ0001", "王示例", "2015.8.20"]]
    assert errors(imported(posted, sheets)) == [("户籍", "A2")]


def test_a_replaced_booklet_is_told_the_number_that_holds_wherever_it_stands(posted: Shop) -> None:
    why = ("--reason", "示例", "--on", "2024-04-28", "--approver", "监督示例")
    posted("household", "booklet", "TQ0001", "TQ0101", *why)
    acts = [["TQ0001", "王示例", "2024.4.5", "圆梦使者", 10]]
    title = ["示例镇天桥村文明积分台账(2024年4月)"]
    answer = imported(posted, {"志愿服务": [title, *village_sheets(acts)["志愿服务"]]})
    assert errors(answer) == [("志愿服务", "A3")]
    assert "TQ0101" in told(answer)


def test_an_identity_or_phone_number_that_lost_digits_is_told_at_its_cell(town: Shop) -> None:
    sheets = village_sheets()
    sheets["户籍"][1] = [*sheets["户籍"][1], "身份证号", "电话"]
    for row, numbers in zip(
        (2, 3), ((110101199003070011, "1.39E+10"), ("110101199003070000", 13900000001)), strict=True
    ):
        sheets["户籍"][row] = [*sheets["户籍"][row], *numbers]
    sheets["成员"] = [["手册编号", "姓名", "身份证号"], ["TQ0001", "示例妻", "110101199203070000"]]
    # ends in three zeros too, and rightly so: its check digit is 0
    sheets["成员"].append(["TQ0002", "示例子", "110101199203012000"])
    answer = imported(town, sheets)
    assert errors(answer) == [("户籍", "E3"), ("户籍", "F3"), ("户籍", "E4"), ("成员", "C2")]
