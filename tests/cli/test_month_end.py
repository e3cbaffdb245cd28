"""`month check|close|status|compare|resolve|confirm` as scripts read them, and their refusals."""

import sqlite3
from pathlib import Path

import pytest

from .conftest import Shop

DAY, BY = "2024-04-28", ("--approver", "监督示例")


@pytest.fixture
def april(posted: Shop) -> Shop:
    """A redemption on the market day, the session closed."""
    posted("market", "open", DAY, "--reason", "示例", *BY)
    posted("redeem", "TQ0001", "6920181360936*2", "--on", DAY, *BY)
    posted("market", "close", DAY)
    return posted


def closed(april: Shop) -> Shop:
    april("month", "close", "2024-04", "--out", april.folder / "out", "--on", "2024-05-02")
    return april


def answer(shop: Shop, points: str, name: str = "天桥村.xlsx", title: str = "天桥村户余额(2024年4月)") -> Path:
    rows = [[title], ["手册编号", "期末积分"], ["TQ0001", points], ["TQ0002", "0"]]
    return shop.workbook(name, {"户余额": rows})


def test_every_check_is_named_and_a_blocked_month_is_refused(posted: Shop) -> None:
    posted("market", "open", DAY, "--reason", "示例", *BY)
    told = posted("month", "check", "2024-04", "--on", "2024-05-02", exits=1)
    levels = {check["name"]: check["level"] for check in told["checks"]}
    assert (told["may_close"], len(levels)) == (False, 15)
    assert (levels["sessions"], levels["order"], levels["bank"]) == ("block", "ok", "warn")
    out = posted.folder / "out"
    refused = posted("month", "close", "2024-04", "--out", out, "--on", "2024-05-02", exits=1)
    assert refused["error"]["code"] == "out_of_turn"
    (check,) = refused["error"]["details"]["checks"]
    assert check == {"name": "sessions", "level": "block", "facts": [DAY]}
    assert not out.exists()


def test_books_that_were_changed_from_outside_are_not_closed(april: Shop) -> None:
    with sqlite3.connect(april.folder / "town.db") as connection:
        connection.execute("DROP TRIGGER journal_entry_no_update")
        connection.execute("UPDATE journal_entry SET by_user = 'x' WHERE number = 1")
    out = april.folder / "out"
    refused = april("month", "close", "2024-04", "--out", out, "--on", "2024-05-02", exits=1)
    assert [check["name"] for check in refused["error"]["details"]["checks"]] == ["chain"]
    assert april.refused("month", "show", "2024-04") == "month_open"


def test_warnings_are_kept_with_the_closing(april: Shop) -> None:
    done = closed(april)("month", "show", "2024-04")
    assert {warning["name"] for warning in done["warnings"]} == {"batches", "bank"}
    assert all(warning["level"] == "warn" for warning in done["warnings"])


def test_a_village_answers_is_told_why_and_signs(april: Shop) -> None:
    shop = closed(april)
    compared = shop("month", "compare", "2024-04", answer(shop, "50.00"))
    assert compared["errors"] == []
    (difference,) = compared["villages"][0]["differences"]
    assert (difference["booklet"], difference["ours"], difference["theirs"]) == ("TQ0001", "45.00", "50.00")
    assert difference["cause"] == "redemption"
    (entry,) = difference["entries"]
    assert entry == {"date": DAY, "kind": "redeem", "amount": "-5.00", "reference": "1-2024-000001"}
    assert shop.refused("month", "confirm", "2024-04", "天桥村") == "out_of_turn"
    note = ("--note", "示例:村里补记", "--entry", "1-2024-000001")
    done = shop("month", "resolve", "2024-04", "天桥村", "tq0001", *note)
    assert (done["booklet"], done["ours"], done["theirs"], done["note"]) == (
        "TQ0001",
        "45.00",
        "50.00",
        "示例:村里补记",
    )
    signed = shop("month", "confirm", "2024-04", "天桥村", "--by", "示例书记")
    assert (signed["state"], signed["confirmed_by"], signed["differences"], signed["open"]) == (
        "confirmed",
        "示例书记",
        1,
        0,
    )
    (village, other) = shop("month", "status", "2024-04")["villages"]
    assert (village["state"], other["state"], other["answered_on"]) == ("confirmed", "sent", None)
    assert [m["month"] for m in shop("month", "status")["months"]] == ["2024-04"]
    assert shop.refused("month", "compare", "2024-04", answer(shop, "1.00", "再_天桥村.xlsx")) == "out_of_turn"
    shop("month", "confirm", "2024-04", "华平村", "--dispute", "示例:没收到")
    assert shop("month", "status")["months"][0]["villages"][1]["dispute"] == "示例:没收到"
    assert shop("verify")["ok"]


def test_a_file_with_errors_is_not_taken_the_good_ones_are(april: Shop) -> None:
    shop = closed(april)
    wrong = answer(shop, "50.00", "三月.xlsx", "华平村户余额(2024年3月)")
    told = shop("month", "compare", "2024-04", answer(shop, "45.00"), wrong, exits=1)
    assert [v["village"] for v in told["villages"]] == ["天桥村"]
    assert [(e["file"], e["sheet"], e["cell"]) for e in told["errors"]] == [("三月.xlsx", "户余额", "A1")]
    assert [v["state"] for v in shop("month", "status", "2024-04")["villages"]] == ["answered", "sent"]


def test_an_answer_of_nobody_is_bad_usage(april: Shop) -> None:
    shop = closed(april)
    shop("month", "compare", "2024-04", answer(shop, "45.00", "四月.xlsx", "户余额"), exits=2)
    assert shop.refused("month", "status", "2024-05") == "month_open"


def test_a_years_statement_of_a_village_and_of_a_household(april: Shop) -> None:
    shop = closed(april)
    assert shop.refused("report", "year", "天桥村", "--year", "2023") == "month_open"
    path = shop.folder / "2024.pdf"
    told = shop("report", "year", "天桥村", "--year", "2024", "--out", path)
    (first, _second) = told["rows"]
    assert (first["booklet"], first["opening"]) == ("TQ0001", "0.00")
    assert (first["redeemed"], first["closing"]) == ("5.00", "45.00")
    assert "*" in first["head"]
    assert (told["totals"]["closing"], told["goods_value"]) == ("45.00", "5.00")
    assert path.read_bytes().startswith(b"%PDF")
    own = shop("report", "year", "天桥村", "--year", "2024", "--booklet", "tq0001", "--full")
    assert (own["head"], [month["month"] for month in own["months"]]) == ("王示例", ["2024-04"])
    assert shop.refused("report", "year", "天桥村", "--year", "2024", "--booklet", "XX1") == "unknown_household"
