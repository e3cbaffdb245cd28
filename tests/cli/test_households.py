"""`household …` and `score correct`: every field that scripts rely on, and what is refused with which code."""

import pytest

from lizhi_pos.cli.main import main

from .conftest import SECOND_PIN, Shop

BY = ("--approver", "监督示例")
ON = ("--on", "2024-04-28")
WHY = ("--reason", "示例:核实", *ON)


def test_the_register_is_listed_and_searched(posted: Shop) -> None:
    found = posted("household", "list", "--search", "wsl", *ON)["households"]
    assert found == [
        {
            "booklet": "TQ0001",
            "head": "王示例",
            "village": "天桥村",
            "group": "1组",
            "status": "active",
            "balance": "50.00",
            "frozen": "0.00",
            "eligible": True,
        }
    ]
    everybody = posted("household", "list", "--village", "天桥村", "--status", "active", *ON)["households"]
    assert [(x["booklet"], x["eligible"]) for x in everybody] == [("TQ0001", True), ("TQ0002", False)]
    assert posted("household", "list", "--status", "closed", *ON)["households"] == []
    assert posted.refused("household", "list", "--village", "没有村", *ON) == "not_found"


def test_a_card_has_people_scores_vetoes_and_booklets(posted: Shop) -> None:
    posted("household", "member", "TQ0001", "示例妻", "--status", "active", "--relation", "配偶", *WHY)
    card = posted("household", "show", "TQ0001", *ON)
    assert card["status"] == "active"
    assert (card["balance"], card["frozen"], card["available"]) == ("50.00", "0.00", "50.00")
    assert card["members"] == [{"name": "示例妻", "relation": "配偶", "status": "active"}]
    assert card["scores"] == [{"quarter": "2023Q4", "score": "90.0"}, {"quarter": "2024Q1", "score": "91.5"}]
    assert (card["vetoes"], card["booklets"], card["replaced_by"]) == ([], ["TQ0001"], None)
    veto = ("--clause", "1", "--facts", "示例", "--conduct", "2024-04-21")
    posted("veto", "add", "TQ0001", *veto, *ON, *BY)
    assert posted("household", "show", "TQ0001", *ON)["vetoes"] == [
        {"clause": "1", "effective_on": "2024-04-28", "bars_until": "2024-12-31", "lifted_on": None}
    ]


def test_a_disputed_amount_is_frozen_and_released(posted: Shop) -> None:
    frozen = posted("household", "freeze", "TQ0001", "12.50", *WHY, *BY)
    assert frozen == {"booklet": "TQ0001", "frozen": "12.50", "available": "37.50"}
    assert posted.refused("household", "freeze", "TQ0001", "37.51", *WHY, *BY) == "balance"
    released = posted("household", "release", "TQ0001", "2.50", *WHY, *BY)
    assert released == {"booklet": "TQ0001", "frozen": "10.00", "available": "40.00"}
    assert posted("household", "release", "TQ0001", *WHY, *BY)["frozen"] == "0.00"


def test_points_and_scores_are_put_right(posted: Shop) -> None:
    right = posted("household", "correct", "TQ0001", "-4.00", "--corrects", "天桥村/2024-03", *WHY, *BY)
    assert right == {"booklet": "TQ0001", "adjusted": "-4.00", "balance": "46.00"}
    score = posted("score", "correct", "TQ0001", "2024q1", "84.5", *WHY, *BY)
    assert score == {"booklet": "TQ0001", "quarter": "2024Q1", "was": "91.5", "score": "84.5", "adjusted": "0.00"}
    assert not posted("household", "show", "TQ0001", *ON)["eligible"]
    kinds = [entry["kind"] for entry in posted("household", "history", "TQ0001")["entries"]]
    assert kinds == ["volunteer", "adjust"]


def test_a_lost_booklet_points_to_the_new_one(posted: Shop) -> None:
    assert posted("household", "booklet", "TQ0001", "TQ0101", *WHY, *BY) == {"old": "TQ0001", "new": "TQ0101"}
    assert posted.refused("household", "freeze", "TQ0001", "1.00", *WHY, *BY) == "booklet_replaced"
    old = posted("household", "show", "TQ0001", *ON)
    assert (old["booklets"], old["replaced_by"]) == (["TQ0101", "TQ0001"], "TQ0101")
    assert posted("household", "history", "TQ0001")["entries"] == posted("household", "history", "TQ0101")["entries"]


def test_a_household_leaves(posted: Shop) -> None:
    left = posted("household", "close", "TQ0001", "--as", "moved_out", *WHY, *BY)
    assert left == {"booklet": "TQ0001", "status": "moved_out", "closed_out": "50.00"}
    card = posted("household", "show", "TQ0001", *ON)
    assert (card["status"], card["balance"], card["eligible"]) == ("moved_out", "0.00", False)
    assert posted.refused("household", "close", "TQ0001", "--as", "closed", *WHY, *BY) == "out_of_turn"


@pytest.mark.parametrize(
    "words",
    [
        ("household", "split", "TQ0001", "TQ0009", "--head", "示例子"),
        ("household", "merge", "TQ0001", "TQ0002"),
        ("household", "move", "TQ0001", "天桥村"),
        ("household", "close", "TQ0001", "--as", "closed"),
        ("household", "booklet", "TQ0001", "TQ0101"),
        ("household", "freeze", "TQ0001", "1.00"),
        ("household", "correct", "TQ0001", "1.00", "--corrects", "2024-03"),
        ("score", "correct", "TQ0001", "2024Q1", "80"),
    ],
)
def test_who_may_stand_behind_a_change(posted: Shop, words: tuple[str, ...]) -> None:
    """None is approval_needed, oneself not_allowed; nothing is written."""
    before = posted("household", "show", "TQ0001", *ON)
    assert posted.refused(*words, *WHY) == "approval_needed"
    assert posted.refused(*words, *ON, *BY) == "rule_broken", "every change says why"
    assert posted.refused(*words, "--reason", "示例", "--on", "2030-01-01", *BY) in ("out_of_turn", "rule_broken")
    posted.monkeypatch.setenv("LIZHI_APPROVER_PIN", "135790")
    assert posted.refused(*words, *WHY, "--approver", "站长示例") == "not_allowed"
    posted.monkeypatch.setenv("LIZHI_APPROVER_PIN", SECOND_PIN)
    assert posted("household", "show", "TQ0001", *ON) == before


def test_a_household_splits_merges_and_moves(posted: Shop) -> None:
    posted("household", "member", "TQ0001", "示例子", "--status", "active", *WHY)
    split = posted("household", "split", "TQ0001", "TQ0009", "--head", "示例子", "--group", "3组", *WHY, *BY)
    assert split == {
        "booklet": "TQ0001",
        "new": "TQ0009",
        "head": "示例子",
        "members": ["示例子"],
        "transferred": "0.00",
        "balance": "50.00",
        "new_balance": "0.00",
    }
    card = posted("household", "show", "TQ0009", *ON)
    assert (card["village"], card["eligible"], card["booklets"]) == ("天桥村", True, ["TQ0009"])
    moved = posted("household", "move", "TQ0009", "华平村", *WHY, *BY)
    assert moved == {"booklet": "TQ0009", "village": "华平村", "was": "天桥村"}
    merged = posted("household", "merge", "TQ0001", "TQ0009", *WHY, *BY)
    assert merged == {"from": "TQ0001", "into": "TQ0009", "transferred": "50.00", "balance": "50.00"}
    past = posted("household", "show", "TQ0001", *ON)
    assert (past["status"], past["balance"], past["replaced_by"]) == ("merged", "0.00", "TQ0009")
    kinds = [(e["kind"], e["amount"]) for e in posted("household", "history", "TQ0001")["entries"]]
    assert kinds == [("volunteer", "50.00"), ("transfer", "-50.00")]
    assert posted.refused("household", "merge", "TQ0001", "TQ0009", *WHY, *BY) == "booklet_replaced"
    listed = posted("household", "list", "--status", "merged", *ON)["households"]
    assert [(x["booklet"], x["head"], x["balance"]) for x in listed] == [("TQ0001", "王示例", "0.00")]


def test_history_leads_from_points_to_the_cell_that_earned_them(
    posted: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every field that scripts rely on, of what a workbook earned and of what it did not."""
    posted("household", "correct", "TQ0001", "-4.00", "--corrects", "天桥村/2024-03", *WHY, *BY)
    earned, corrected = posted("household", "history", "TQ0001")["entries"]
    fields = ("kind", "date", "amount", "balance", "reference", "by", "approved_by")
    assert [earned[f] for f in fields] == [
        *("volunteer", "2024-04-20", "50.00", "50.00", "天桥村 2024-03", "站长示例", None)
    ]
    assert earned["source"] == {
        "file": "march.xlsx",
        "sheet": "志愿服务",
        "cell": "E2",
        "member": "王示例",
        "item": "圆梦使者",
        "rulebook": "2024/1",
    }
    assert [corrected[f] for f in fields[:4]] == ["adjust", "2024-04-28", "-4.00", "46.00"]
    assert (corrected["source"], corrected["approved_by"]) == (None, "监督示例")
    assert earned["recorded_at"] <= corrected["recorded_at"]
    assert main(["--lang", "zh", "household", "history", "TQ0001"]) == 0
    words = capsys.readouterr().out
    assert "march.xlsx 志愿服务 E2 王示例 圆梦使者" in words
    assert "46.00" in words
