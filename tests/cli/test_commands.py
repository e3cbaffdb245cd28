"""A month of a small town typed at the command line, and what must be refused on the way."""

import pathlib
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from lizhi_pos.cli.main import main
from lizhi_pos.cli.parser import COMMANDS, build

from .conftest import PIN, RULEBOOK, SECOND_PIN, Shop, village_sheets

BY = ("--approver", "监督示例")
DAY = "2024-04-28"
PRIVATE = "王示例 135790"


def test_a_month_of_a_town(posted: Shop) -> None:
    shop = posted
    shown = shop("household", "show", "tq0001", "--on", DAY)
    assert (shown["balance"], shown["eligible"], shown["reasons"]) == ("50.00", True, [])
    low = shop("household", "show", "TQ0002", "--on", DAY)["reasons"]
    assert low == [{"code": "score_below", "facts": ["2023Q4 80.0 < 85", "2024Q1 84.9 < 85"]}]
    assert shop.refused("market", "open", DAY, "--reason", "补录") == "approval_needed"
    shop("market", "open", DAY, *BY, "--reason", "补录")
    done = shop("redeem", "TQ0001", "6920181360936*2", "6903148144541", "--on", DAY, "--key", "k", *BY)
    assert (done["receipt"], done["total"], done["balance_after"]) == ("1-2024-000001", "8.80", "41.20")
    assert done["lines"][0]["lots"] == [{"lot": "SW-1", "quantity": 2, "expires": "2024-12-31"}]
    assert done["print_job"]["state"] == "queued"
    again = shop("redeem", "TQ0001", "6903148144541", "6920181360936*2", "--on", DAY, "--key", "k", *BY)
    assert again["receipt"] == done["receipt"]
    assert shop.refused("redeem", "TQ0001", "6903148144541", "--on", DAY, "--key", "k", *BY) == "key_conflict"
    refused = shop("redeem", "TQ0002", "6903148144541*3", "--on", DAY, *BY, exits=1)["error"]
    assert {r["code"] for r in refused["details"]["reasons"]} == {"score_below", "balance", "limit"}
    words = ("return", "1-2024-000001", "6903148144541", "--reason", "拿错", "--on", DAY)
    assert shop.refused(*words) == "approval_needed"
    given_back = shop(*words, *BY)
    assert (given_back["total"], given_back["balance_after"]) == ("3.80", "45.00")
    shop("redeem", "TQ0001", "6903148144541", "--on", DAY, *BY)
    slips = shop.csv(
        "slips.csv",
        "单号,日期,手册编号,条码,数量",
        f"P-1,{DAY},TQ0001,6920181360936,1",
        f"P-2,{DAY},ZZ1,6920181360936,1",
    )
    entered = shop("slips", "import", slips, "--on", DAY, *BY)
    assert entered["posted"] == [{"slip": "P-1", "receipt": "P-2024-000001"}]
    assert [r["code"] for r in entered["refused"][0]["reasons"]] == ["unknown_household"]
    assert shop("slips", "import", slips, "--on", DAY, *BY)["already"] == ["P-1"]
    day = shop("market", "close", DAY)
    assert (day["redemptions"], day["units"], day["returns"], day["returned"]) == (3, 5, 1, "3.80")
    assert day["villages"] == [
        {"village": "天桥村", "households": 1, "redemptions": 3, "points": "15.10", "returned": "3.80"}
    ]
    assert day["receipts"] == ["1-2024-000001 – 1-2024-000002", "P-2024-000001 – P-2024-000001"]
    assert [job["kind"] for job in shop("printer", "queue")["jobs"]] == ["receipt", "receipt", "day"]
    assert shop.refused("month", "show", "2024-04") == "month_open"
    closed = shop("month", "close", "2024-04", "--out", shop.folder / "out", "--on", "2024-05-02")
    assert shop("month", "show", "2024-04")["villages"] == closed["villages"]
    village = next(v for v in closed["villages"] if v["village"] == "天桥村")
    assert (village["goods_value"], village["drawn"], village["contributed"]) == ("11.30", "11.30", "500.00")
    assert village["households"][0]["receipts"] == ["1-2024-000001", "1-2024-000002", "P-2024-000001"]
    book = CalamineWorkbook.from_path(str(shop.folder / "out" / "2024-04_天桥村.xlsx"))
    assert book.get_sheet_by_name("户余额").to_python()[3][-1] == 38.7
    assert [row[4] for row in book.get_sheet_by_name("积分明细").to_python()[3:]] == [50.0, -8.8, 3.8, -3.8, -2.5]
    goods = [row[6:] for row in book.get_sheet_by_name("兑换明细").to_python()[3:]]
    assert goods == [[2.0, 5.0], [1.0, 3.8], [1.0, 3.8], [1.0, 2.5]]
    shop("month", "show", "2024-04", "--out", shop.folder / "again")
    assert (shop.folder / "again" / "2024-04_天桥村.xlsx").exists()
    answer = shop.workbook("答复_天桥村.xlsx", {"户余额": [["手册编号", "期末积分"], ["TQ0001", "38.7分"]]})
    compared = shop("month", "compare", "2024-04", answer)["villages"][0]
    assert compared["matched"] == 1
    (gone,) = compared["differences"]
    assert (gone["booklet"], gone["kind"], gone["ours"], gone["theirs"]) == ("TQ0002", "missing_there", "0.00", None)
    assert (gone["cause"], gone["entries"]) == (None, [])
    assert shop.refused("redeem", "TQ0001", "6903148144541", "--on", DAY, *BY) == "refused"
    pool = shop("pool", "show")
    assert (pool["cash"], pool["stock_at_cost"], pool["redeemed_at_cost"]) == ("1500.00", "61.00", "9.00")
    stock = {p["code"]: p["on_hand"] for p in shop("stock", "list", "--on", "2024-04-30")["products"]}
    assert stock == {"6920181360936": 17, "6903148144541": 9}
    assert shop("verify")["ok"] is True


def test_a_veto_and_its_lifting(posted: Shop) -> None:
    words = ("veto", "add", "TQ0001", "--clause", "1", "--facts", "示例", "--conduct", "2024-04-20", "--on", DAY)
    assert posted.refused(*words) == "approval_needed"
    assert posted.refused(*words, "--approver", "站长示例") in {"approval_needed", "bad_pin"}
    assert posted(*words, *BY)["cleared"] == "50.00"
    assert posted("household", "show", "TQ0001", "--on", DAY)["reasons"][0]["code"] == "vetoed"
    assert posted("veto", "list")["vetoes"][0]["booklet"] == "TQ0001"
    lifted = posted("veto", "lift", "TQ0001", "--facts", "申诉成立", "--on", "2024-05-06", *BY)
    assert lifted["restored"] == "50.00"
    kinds = [e["kind"] for e in posted("household", "history", "TQ0001")["entries"]]
    assert kinds == ["volunteer", "veto", "restore"]


def test_every_error_of_a_file_is_said_at_once_and_nothing_is_taken(town: Shop) -> None:
    acts = [
        ["TQ0001", "王示例", "2024.2.30", "圆梦使者", 10, 1],
        ["TQ0002", "生人示例", "2024.3.5", "圆梦使者", 10, 1],
        ["TQ0002", "李示例", "2024.4.5", "无此项目", 10, 1],
        ["TQ0002", "李示例", "2024.3.6", "圆梦使者", 10.5, 1],
    ]
    bad = town.workbook("bad.xlsx", village_sheets(acts))
    good = town.workbook("good.xlsx", village_sheets())
    answer = town("ledger", "import", bad, exits=1)["files"][0]
    assert sorted(e["cell"] for e in answer["errors"]) == ["B3", "C2", "C4", "D4", "E5"]
    assert town("ledger", "status")["batches"] == []
    both = town("ledger", "import", bad, good, exits=1)["files"]
    assert [bool(f["errors"]) for f in both] == [True, False]
    assert [b["state"] for b in town("ledger", "status")["batches"]] == ["draft"]
    assert town("ledger", "import", good, "--dry-run")["files"][0]["households"] == {"new": 0, "changed": 0, "same": 2}


def test_a_file_that_is_no_workbook_is_one_error(town: Shop) -> None:
    junk = town.folder / "junk.xlsx"
    junk.write_bytes(b"PK\x03\x04 not a workbook")
    answer = town("ledger", "import", junk, exits=1)["files"][0]
    assert [(e["sheet"], e["cell"]) for e in answer["errors"]] == [(None, None)]
    for command in ("product", "donation"):
        assert town(command, "import", junk, exits=1)["errors"]
    assert town("purchase", "import", junk, *BY, exits=1)["errors"]
    assert town("slips", "import", junk, *BY, exits=1)["errors"]


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["redeem", "TQ0001"],
        ["household", "show", "TQ0001", "--on", "28.4.2024"],
        ["ledger", "import", "no-such-file.xlsx"],
        ["month", "show", "2024-13"],
        ["redeem", "TQ0001", "690*x"],
        ["user", "add", "新人示例", "--role", "king"],
    ],
)
def test_bad_usage_exits_with_2_and_one_object(town: Shop, words: list[str]) -> None:
    assert town(*words, exits=2)["error"]["code"] == "usage"


def test_what_is_refused_before_anything_is_done(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.refused("village", "list") == "out_of_turn"
    shop("init", "--town", "示例镇", "--admin", "站长示例")
    assert shop.refused("init", "--town", "示例镇", "--admin", "站长示例") == "out_of_turn"
    assert shop.refused("household", "show", "TQ0001") == "no_rulebook"
    shop("rulebook", "adopt", RULEBOOK, "--filing", "1")
    assert shop.refused("household", "show", "TQ0001") == "unknown_household"
    shop.act("站长示例", "000000")
    assert shop.refused("village", "list") == "bad_pin"
    shop.act("站长示例", PIN)
    shop("user", "add", "监督示例", "--role", "supervisor")
    shop.act("监督示例", SECOND_PIN)
    assert shop.refused("village", "add", "天桥村") == "not_allowed"


def test_a_rulebook_is_checked_with_lines(shop: Shop) -> None:
    bad = shop.folder / "bad.toml"
    bad.write_text(RULEBOOK.read_text(encoding="utf-8").replace("threshold = 85", "threshold = 185"), encoding="utf-8")
    assert shop("rulebook", "check", RULEBOOK)["errors"] == []
    errors = shop("rulebook", "check", bad, exits=1)["errors"]
    assert [(e["line"], e["key"]) for e in errors] == [(6, "base_score.threshold")]
    shop("init", "--town", "示例镇", "--admin", "站长示例")
    assert shop.refused("rulebook", "adopt", bad, "--filing", "1") == "file_refused"
    assert shop("calendar", "2024")["days"] == []
    shop("rulebook", "adopt", RULEBOOK, "--filing", "1")
    days = shop("calendar", "2024")["days"]
    assert [d["date"] for d in days if d["redemption"]][3] == DAY


def test_a_failing_machine_is_one_sentence_and_a_log_without_names(
    posted: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(f"disk full under {PRIVATE}")

    monkeypatch.setattr("lizhi_pos.cli.households.standing", fails)
    answer = posted("household", "show", "TQ0001", exits=3)
    assert answer["error"]["code"] == "failed"
    assert posted.said.count("\n") == 1
    log = next(pathlib.Path(posted.folder).glob("*.log")).read_text(encoding="utf-8")
    assert "OSError: disk full under" in log
    assert "households.py" in log
    assert not any(word in log for word in PRIVATE.split())


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense://", "postgresql+psycopg://nobody@127.0.0.1:1/x"])
def test_a_database_that_is_not_there_is_one_sentence(shop: Shop, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LIZHI_DB", url)
    monkeypatch.setenv("XDG_DATA_HOME", str(shop.folder))
    assert shop("village", "list", exits=3)["error"]["code"] == "failed"
    assert shop.said.count("\n") == 1


def test_junk_is_no_book_of_ours(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = shop.folder / "broken.db"
    broken.write_bytes(b"this is no database at all" * 100)
    monkeypatch.setenv("LIZHI_DB", str(broken))
    assert shop("village", "list", exits=3)["error"]["code"] == "failed"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c.words))
def test_every_command_has_its_handler_and_help(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import import_module

    module, _, name = command.handler.partition(":")
    assert callable(getattr(import_module(f"lizhi_pos.cli.{module}"), name))
    with pytest.raises(SystemExit):
        build(lambda message: message, command.words).parse_args([*command.words, "--help"])
    assert command.help in capsys.readouterr().out.replace("\n", " ").replace("  ", " ")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(command.words[0] in out for command in COMMANDS)


def test_what_the_town_has_set(town: Shop) -> None:
    held = {row["name"]: row["value"] for row in town("setting", "list")["settings"]}
    assert held == {
        **{"receipt-head": "masked", "village-copy": "no", "lock-after": "10", "theme": "light"},
        "identity-numbers": "yes",
    }
    town("setting", "set", "receipt-head", "full")
    assert {row["name"]: row["value"] for row in town("setting", "list")["settings"]}["receipt-head"] == "full"
    assert town.refused("setting", "set", "receipt-head", "half") == "rule_broken"
    assert town.refused("setting", "set", "heads", "full") == "not_found"
    town.act("监督示例", SECOND_PIN)
    assert town.refused("setting", "set", "receipt-head", "masked") == "not_allowed"
