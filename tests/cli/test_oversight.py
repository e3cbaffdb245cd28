"""Honours and oversight on the command line: exactly the fields that are promised, and looks that are kept."""

import hashlib
from typing import Any

from sqlalchemy import Engine, text

from lizhi_pos.engines import open_engine
from towns.oversight import PICTURE

from .conftest import PIN, SECOND_PIN, Shop

BY = ("--approver", "监督示例")
ADMIN, SUPERVISOR = ("站长示例", PIN), ("监督示例", SECOND_PIN)
CONDUCT = ("--conduct", "2024-04-20")


def looks(url: str) -> list[Any]:
    engine: Engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT by_user, subject FROM audit_event WHERE action = 'look'")).all()
    engine.dispose()
    return [tuple(row) for row in found]


def vetoed(shop: Shop) -> None:
    shop("veto", "add", "TQ0002", "--clause", "1", "--facts", "示例", *CONDUCT, "--on", "2024-04-28", *BY)


def test_the_red_list(posted: Shop, sqlite_url: str) -> None:
    told = {"rank": 1, "booklet": "TQ0001", "head": "王*例", "earned": "50.00"}
    assert posted("report", "red", "天桥村", "--year", "2024") == {"year": 2024, "village": "天桥村", "rows": [told]}
    assert looks(sqlite_url) == []
    full = posted("report", "red", "天桥村 ", "--year", "2024", "--on", "2024-04-30", "--full")
    assert full["rows"] == [{**told, "head": "王示例"}]
    assert looks(sqlite_url) == [("站长示例", "report red 天桥村 2024 --full")]
    assert posted("report", "red", "天桥村")["rows"] == []  # this year
    assert posted.refused("report", "red", "无名村") == "not_found"


def test_the_black_list_is_what_two_people_released(posted: Shop) -> None:
    vetoed(posted)
    asked = ("report", "black", "天桥村", "--year", "2024")
    assert posted(*asked)["rows"] == []
    release = ("veto", "release", "TQ0002", *CONDUCT, "--on", "2024-04-29", "--reason", "示例")
    assert posted.refused(*release) == "approval_needed"
    assert posted.refused(*release, "--approver", "站长示例") in ("not_allowed", "bad_pin")
    assert posted(*release, *BY)["clauses"] == ["1"]
    row = {"booklet": "TQ0002", "head": "李*例", "clause": "1", "released_by": "监督示例"}
    assert posted(*asked) == {"year": 2024, "village": "天桥村", "rows": [row]}
    posted("veto", "lift", "TQ0002", "--facts", "示例", "--on", "2024-05-01", *BY)
    assert posted(*asked)["rows"] == []


def test_candidates_and_the_scorecard(posted: Shop) -> None:
    answer = posted("report", "candidates", "华平村", "--year", "2024")
    assert answer == {"year": 2024, "village": "华平村", "rows": []}
    card = posted("report", "scorecard", "--year", "2024")
    assert card["year"] == 2024
    ours = {v["village"]: v for v in card["villages"]}["天桥村"]
    ledgers = ["due", "on_time", "missing", "sent_back", "objections", "disputes"]
    points = ["earned", "redeemed", "redemption_rate", "contributed", "drawn"]
    assert list(ours) == ["village", *ledgers, *points, "households", "eligible"]
    assert (ours["due"], ours["on_time"], ours["missing"]) == (10, 1, 9)
    assert (ours["earned"], ours["redeemed"], ours["redemption_rate"]) == ("50.00", "0.00", "0.00")
    assert (ours["contributed"], ours["drawn"], ours["households"]) == ("500.00", "0.00", 2)


def test_what_a_supervisor_looks_at_and_signs(posted: Shop) -> None:
    posted("market", "open", "2024-04-28", *BY, "--reason", "补录")
    receipt = posted("redeem", "TQ0001", "6920181360936", "--on", "2024-04-28", *BY)["receipt"]
    found = posted("report", "supervision")["findings"]
    assert [f["kind"] for f in found] == ["entered_late", "odd_session", "approvals"]
    assert all(list(f) == ["kind", "facts", "references"] for f in found)
    assert found[0]["references"] == [receipt]
    days = ("--from", "2024-04-01", "--to", "2024-04-30")
    assert posted.refused("supervision", "sign", *days, "--note", "示例") == "not_allowed"
    posted.act(*SUPERVISOR)
    assert posted.refused("supervision", "sign", *days, "--note", " ") == "rule_broken"
    assert posted.refused("supervision", "sign", *days[2:], "--from", "2024-05-01", "--note", "示例") == "rule_broken"
    assert posted.refused("supervision", "sign", *days, "--note", "示例", "--on", "2024-04-29") == "rule_broken"
    signed = posted("supervision", "sign", *days, "--note", "示例:已逐项核对", "--on", "2024-05-02")
    assert signed == {
        "from": "2024-04-01",
        "to": "2024-04-30",
        "findings": 3,
        "note": "示例:已逐项核对",
        "on": "2024-05-02",
        "by": "监督示例",
    }
    assert posted("supervision", "list") == {"notes": [signed]}
    assert posted("verify")["ok"]


def test_evidence_is_added_listed_and_saved(posted: Shop, sqlite_url: str) -> None:
    path = posted.folder / "示例照片.txt"  # its name says nothing
    path.write_bytes(PICTURE)
    key = hashlib.sha256(PICTURE).hexdigest()
    add = ("evidence", "add", path, "--to", "household:tq0001")
    assert posted(*add, "--note", "示例", "--on", "2024-05-02") == {
        "sha256": key,
        "bytes": len(PICTURE),
        "to": "household:TQ0001",
    }
    assert posted.refused(*add) == "out_of_turn"
    posted.act(*SUPERVISOR)
    assert posted.refused(*add) == "not_allowed"
    told = {"sha256": key, "name": path.name, "bytes": len(PICTURE), "to": "household:TQ0001", "note": "示例"}
    listed = posted("evidence", "list", "--to", "household:TQ0001")
    assert listed == {"evidence": [{**told, "by": "站长示例", "on": "2024-05-02"}]}
    assert posted("evidence", "list") == listed
    out = posted.folder / "out.png"
    assert posted("evidence", "save", key, out) == {"sha256": key, "bytes": len(PICTURE), "file": str(out)}
    assert out.read_bytes() == PICTURE
    assert [subject for _, subject in looks(sqlite_url)] == [
        "evidence household:TQ0001",
        "evidence",
        "evidence household:TQ0001",
    ]
    out.write_bytes(b"other")
    assert posted.refused("evidence", "save", key, out) == "rule_broken"
    assert len(looks(sqlite_url)) == 3  # a refusal writes nothing, not even that somebody looked
    assert posted("evidence", "save", key, out, "--replace")["file"] == str(out)
    assert posted("verify")["ok"]


def test_a_file_that_is_not_there_or_no_picture_is_said(posted: Shop) -> None:
    assert (
        posted("evidence", "add", posted.folder / "none.png", "--to", "gift:XJ-1", exits=2)["error"]["code"] == "usage"
    )
    text = posted.csv("picture.png", "a text")
    assert posted.refused("evidence", "add", text, "--to", "gift:XJ-1") == "rule_broken"
    assert "picture.png" in posted.said


def test_a_save_that_fails_leaves_nothing(posted: Shop) -> None:
    path = posted.folder / "a.png"
    path.write_bytes(PICTURE)
    posted("evidence", "add", path, "--to", "gift:XJ-1")
    key, folder = hashlib.sha256(PICTURE).hexdigest(), posted.folder / "place"
    folder.mkdir()
    assert posted("evidence", "save", key, folder, exits=3)["error"]["code"] == "failed"
    assert list(folder.iterdir()) == []


def test_the_audit_says_what_it_promises(posted: Shop) -> None:
    assert posted("report", "red", "天桥村", "--year", "2024", "--full")["year"] == 2024
    vetoed(posted)
    events = posted("audit")["events"]
    assert {tuple(event) for event in events} == {("at", "user", "kind", "facts")}
    told = [(event["user"], event["kind"], event["facts"]) for event in events]
    assert ("站长示例", "look", ["report red 天桥村 2024 --full"]) in told
    assert ("监督示例", "approval", ["veto", "TQ0002"]) in told
    assert {e["user"] for e in posted("audit", "--user", "监督示例")["events"]} == {"监督示例"}
    assert posted("audit", "--to", "2020-01-01") == {"events": []}


def test_books_are_verified_against_a_head_on_paper(posted: Shop) -> None:
    head = posted("verify")["head"]
    vetoed(posted)
    assert posted("verify", "--against", head, "--against", head[:16].upper())["ok"]
    answer = posted("verify", "--against", head, "--against", "0123-4567-89AB-CDEF", exits=1)
    assert not answer["ok"]
    assert answer["checks"][-1] == {"name": "against", "ok": False, "facts": ["0123456789abcdef"]}
    assert posted("verify", "--against", "12345", exits=2)["error"]["code"] == "usage"
