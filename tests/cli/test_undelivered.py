"""Answers that do not get to whoever asked: what is done stands, and the exit status never says otherwise."""

import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import pytest
from sqlalchemy import Engine, text

from lizhi_pos.cli.main import main
from lizhi_pos.cli.parser import COMMANDS
from lizhi_pos.db import Transaction
from lizhi_pos.engines import open_engine
from towns.oversight import PICTURE

from .conftest import GIFTS, GOODS, PIN, RULEBOOK, SECOND_PIN, Shop, village_sheets

BY = ("--approver", "监督示例")
DAY = "2024-04-28"
SALT, SOAP = "6920181360936", "6903148144541"
SUPERVISOR = ("监督示例", SECOND_PIN)

NEEDS_A_TERMINAL = {("till",), ("serve",), ("display",)}
"""They paint or serve until they are ended, and answer nothing; test_till_pty.py and test_serve_browser.py try them."""


def disk_that_is_full(_: Path) -> TextIO:
    return Path("/dev/full").open("w", encoding="utf-8")


def reader_that_has_gone(_: Path) -> TextIO:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w", encoding="utf-8")


def stream_that_only_reads(folder: Path) -> TextIO:
    """What a closed standard output becomes."""
    return os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")


def everything_typed(folder: Path, shop: Shop) -> Iterator[tuple[Any, ...]]:
    """Every command in the order in which a town's month needs them."""
    acts = [["TQ0001", "王示例", "2024.3.5", "圆梦使者", "50", 5]]
    proposal = [["手册编号", "行为日期", "条款", "说明"], ["TQ0002", "2024-03-09", "1", "示例"]]
    book = shop.workbook("march.xlsx", village_sheets(acts, 负面清单=proposal))
    yield ("init", "--town", "示例镇", "--admin", "站长示例")
    yield ("user", "add", "监督示例", "--role", "supervisor")
    yield ("user", "list")
    yield ("user", "pin", "监督示例")
    yield ("user", "add", "离岗示例", "--role", "clerk")
    yield ("user", "role", "离岗示例", "keeper")
    yield ("user", "end", "离岗示例", "--on", "2024-03-01")
    yield ("setting", "list")
    yield ("setting", "set", "receipt-head", "full")
    yield ("rulebook", "check", RULEBOOK)
    yield ("rulebook", "adopt", RULEBOOK, "--filing", "示例备案1")
    yield ("rulebook", "diff", RULEBOOK, "2024")
    yield ("rulebook", "show", "--on", DAY)
    yield ("calendar", "2024")
    yield ("village", "add", "天桥村")
    yield ("village", "add", "旧名村")
    yield ("village", "rename", "旧名村", "华平村")
    yield ("village", "list")
    yield ("village", "template", folder / "empty.xlsx", "--village", "天桥村")
    yield ("official", "add", "华平村", "评议示例", "--group", "assessment", "--lead", "--on", DAY)
    yield ("official", "end", "华平村", "评议示例", "--on", DAY)
    yield ("official", "list")
    yield ("product", "import", shop.workbook("goods.xlsx", {"商品": GOODS}))
    yield ("product", "list")
    gifts = [GIFTS[0], *([*row[:9], "天桥村" if row[9] else ""] for row in GIFTS[1:])]
    yield ("donation", "import", shop.workbook("gifts.xlsx", {"捐赠": gifts}))
    # once more without the money, which a keeper may not take in
    yield ("donation", "import", shop.workbook("boxes.xlsx", {"捐赠": [gifts[0], *gifts[3:]]}))
    bought = shop.csv("bought.csv", "单据号,日期,供应商,条码,数量,单位进价", f"JH-1,2024-04-06,示例商行,{SALT},5,2.10")
    yield ("purchase", "import", bought, *BY)
    yield ("pool", "show")
    yield ("stock", "list")
    yield ("stock", "short")
    yield from goods_typed(shop)
    yield ("ledger", "import", book)
    yield ("ledger", "status")
    yield ("ledger", "preview", "天桥村", "2024-03")
    yield ("ledger", "diff", book)
    yield ("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-05")
    yield ("as", *SUPERVISOR)
    yield ("ledger", "reject", "天桥村", "2024-03", "--on", "2024-04-06", "--reason", "示例")
    yield ("as", "站长示例", PIN)
    yield ("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
    yield ("report", "notice", "天桥村", "2024-03", "--out", folder / "公示.pdf")
    yield ("ledger", "object", "天桥村", "2024-03", "--text", "示例", "--on", "2024-04-11")
    yield ("ledger", "settle", "天桥村", "2024-03", 1, "--dismissed", "--text", "示例", "--on", "2024-04-12")
    yield ("ledger", "show", "天桥村", "2024-03")
    yield ("as", *SUPERVISOR)
    yield ("ledger", "review", "天桥村", "2024-03", "--on", "2024-04-18")
    yield ("as", "站长示例", PIN)
    yield ("ledger", "post", "天桥村", "2024-03", "--on", "2024-04-20")
    yield ("printer", "add", "柜台", "--profile", "generic-58", "--device", f"file:{folder / 'paper.bin'}")
    yield ("printer", "list")
    yield ("printer", "test", "柜台")
    yield ("printer", "status", "柜台")
    yield ("market", "open", DAY, *BY, "--reason", "补录")
    yield ("market", "status")
    yield ("household", "show", "TQ0001", "--on", DAY)
    yield ("redeem", "TQ0001", SALT, "--on", DAY, "--print", *BY)
    yield ("household", "history", "TQ0001")
    yield ("return", "1-2024-000001", "--reason", "拿错", "--on", DAY, *BY)
    slips = shop.csv("slips.csv", "单号,日期,手册编号,条码,数量", f"P-1,{DAY},TQ0001,{SALT},1")
    yield ("slips", "import", slips, "--on", DAY, *BY)
    yield ("printer", "queue")
    yield ("printer", "flush")
    yield ("printer", "label", SALT)
    yield ("printer", "card", "TQ0001")
    yield ("printer", "sticker", "P-2024-000001")
    yield ("printer", "certificate", "XJ-1")
    yield ("market", "close", DAY)
    decided = ("--conduct", "2024-03-09", "--reason", "示例", "--on", DAY, *BY)
    yield ("veto", "dismiss", "TQ0002", *decided)
    veto = ("--clause", "1", "--facts", "示例", "--conduct", "2024-04-20", "--on", DAY)
    yield ("veto", "add", "TQ0001", *veto, *BY)
    yield ("veto", "release", "TQ0001", "--conduct", "2024-04-20", *decided[2:])
    yield ("veto", "lift", "TQ0001", "--facts", "申诉成立", "--on", "2024-04-29", *BY)
    yield ("veto", "list")
    yield from oversight_typed(folder)
    yield from households_typed(folder)
    yield ("month", "check", "2024-04", "--on", "2024-05-02")
    yield ("month", "close", "2024-04", "--out", folder / "out", "--on", "2024-05-02")
    yield ("month", "documents", "2024-04", "--out", folder / "papers")
    yield ("month", "show", "2024-04", "--out", folder / "out")
    answer = shop.workbook("答复_天桥村.xlsx", {"户余额": [["手册编号", "期末积分"], ["TQ0001", "38.7分"]]})
    yield ("month", "compare", "2024-04", answer)
    yield ("month", "resolve", "2024-04", "天桥村", "TQ0001", "--note", "示例:村里漏记")
    yield ("month", "confirm", "2024-04", "天桥村", "--dispute", "示例:再核对")
    yield ("month", "status", "2024-04")
    yield ("report", "year", "天桥村", "--year", "2024", "--out", folder / "year.pdf")
    yield ("year", "archive", "2024", "--out", folder / "archive", "--so-far")
    yield ("verify",)
    yield ("doctor",)
    yield ("backup", folder / "copy.db")
    yield ("backup", "--auto")
    yield ("backup", "list")
    yield ("restore", folder / "copy.db", "--replace")
    yield ("move", "--to", folder / "moved" / "town.db")
    yield ("demo", "--dir", folder / "demo")


def households_typed(folder: Path) -> Iterator[tuple[Any, ...]]:
    """What becomes of a household: its people, its points, its booklet, until it leaves."""
    why = ("--reason", "示例", "--on", "2024-04-30")
    yield ("household", "list", "--search", "示例")
    yield ("household", "member", "TQ0002", "示例妻", "--status", "active", "--relation", "配偶", *why)
    yield ("household", "head", "TQ0002", "示例妻", *why)
    yield ("household", "correct", "TQ0002", "2.00", "--corrects", "2024-03", *why, *BY)
    yield ("household", "freeze", "TQ0002", "1.00", *why, *BY)
    yield ("household", "release", "TQ0002", *why, *BY)
    yield ("score", "correct", "TQ0002", "2024Q1", "85.0", *why, *BY)
    yield ("household", "booklet", "TQ0002", "TQ0202", *why, *BY)
    yield ("household", "member", "TQ0001", "示例子", "--status", "active", *why)
    yield ("household", "split", "TQ0001", "TQ0009", "--head", "示例子", *why, *BY)
    yield ("household", "move", "TQ0009", "华平村", *why, *BY)
    yield ("household", "merge", "TQ0009", "TQ0001", *why, *BY)
    yield ("household", "close", "TQ0202", "--as", "moved_out", *why, *BY)
    (folder / "portrait.gif").write_bytes(b"GIF89a a portrait")
    yield ("evidence", "add", folder / "portrait.gif", "--to", "household:TQ0202", "--on", "2024-04-30")
    yield ("household", "erase", "TQ0202", "--reason", "示例:本人要求", *BY)


def oversight_typed(folder: Path) -> Iterator[tuple[Any, ...]]:
    """Who is honoured, how villages did, and what a supervisor looks at and signs."""
    for name in ("red", "black", "candidates"):
        yield ("report", name, "天桥村", "--year", "2024", "--full")
    yield ("report", "scorecard", "--year", "2024")
    yield ("report", "supervision", "--from", "2024-04-01", "--to", DAY)
    yield ("as", *SUPERVISOR)
    yield ("supervision", "sign", "--from", "2024-04-01", "--to", DAY, "--note", "示例:看过", "--on", "2024-04-29")
    yield ("as", "站长示例", PIN)
    yield ("supervision", "list")
    yield ("audit", "--from", "2024-01-01")
    (folder / "photo.png").write_bytes(PICTURE)
    yield ("evidence", "add", folder / "photo.png", "--to", "receipt:1-2024-000001", "--on", "2024-04-29")
    yield ("evidence", "list", "--to", "receipt:1-2024-000001")
    yield ("evidence", "save", hashlib.sha256(PICTURE).hexdigest(), folder / "again.png")


def goods_typed(shop: Shop) -> Iterator[tuple[Any, ...]]:
    """What a keeper and an accountant do with goods: one by one, written off, recalled, counted."""
    on = ("--on", "2024-04-14")
    kinds = ("--kind", "goods", "--donor", "示例超市", *on)
    yield ("pledge", "add", "示例捐赠人", "100", "--due", "2024-12-31", "--on", "2024-04-05")
    yield ("pledge", "list")
    yield ("donor", "list")
    yield ("donor", "show", "示例捐赠人")
    yield ("donor", "consent", "XJ-1", "--purpose", "助老", "--reason", "电话同意", "--on", "2024-04-05", *BY)
    yield ("pool", "book")
    yield ("pool", "bank", "2024-04-05", "1500")
    yield ("report", "donors", "--year", "2024")
    yield ("report", "coverage", "--out", shop.folder / "保障.xlsx")
    yield ("report", "forecast", "2024-05-28")
    yield ("stock", "card", SALT)
    yield ("stock", "trace", "XJ-1")
    yield ("product", "add", "A-7", "示例米糕", "5.00", "--unit", "袋", "--reserve", 2)
    yield ("product", "price", "A-7", "4.50")
    yield ("product", "rename", "A-7", "示例糕")
    yield ("product", "pack", SALT, "16920181360933", 24)
    yield ("product", "code", SOAP, "96385074")
    yield ("product", "labels", shop.folder / "labels.pdf")
    yield ("donation", "certificate", "XJ-1", "--out", shop.folder / "收讫凭证.pdf")
    yield ("donation", "add", "SW-7", *kinds, "A-7*6@1.00:2024-04-14", "A-7*4@1.00")
    yield ("donation", "add", "SW-8", *kinds, "A-7*1@1.00")
    yield ("donation", "void", "SW-8", "--reason", "记重了", *on, *BY)
    yield ("purchase", "add", "JH-2", "--supplier", "示例商行", *on, *BY, f"{SALT}*2@2.10")
    yield ("purchase", "void", "JH-2", "--reason", "退货了", *on, *BY)
    yield ("stock", "near", *on)
    yield ("stock", "writeoff", "SW-7/1", 2, "--reason", "expired", "--on", "2024-04-15", *BY)
    yield ("stock", "recall", "SW-2", "--reason", "厂家通知", *on, *BY)
    yield ("stock", "release", "SW-2", "--reason", "检验合格", *on, *BY)
    yield ("stock", "count", "open", SALT, "A-7", *on)
    yield ("stock", "count", "add", 1, "A-7", 3)
    yield ("stock", "count", "recount", 1, "A-7")
    yield ("stock", "count", "read", 1, shop.csv("counted.csv", "条码,实盘数量", "A-7,7", f"{SALT},25"))
    yield ("stock", "count", "show", 1)
    yield ("stock", "count", "close", 1, "--on", "2024-04-15", *BY)
    yield ("stock", "count", "open", *on)
    yield ("stock", "count", "drop", 2, *on)
    yield ("stock", "count", shop.csv("soap.csv", "条码,实盘数量", f"{SOAP},9"), *on, *BY)
    yield ("stock", "count", "list")


def command_of(words: tuple[Any, ...]) -> tuple[str, ...]:
    """The words that name the command: `stock count open` and not `stock count`."""
    return max((c.words for c in COMMANDS if c.words == words[: len(c.words)]), key=len)


REFUSED_HERE = {("printer", "retry"): ("printer", "retry", "none")}
"""Commands that this month has nothing to do for."""


def content(engine: Engine) -> dict[str, Sequence[Any]]:
    """Every row of the database, by its table."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        found = {table: connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables}
    # whoever has the books open stands in the way of bringing a copy back
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("sink", "as_json"),
    [
        (disk_that_is_full, True),
        (reader_that_has_gone, False),
        pytest.param(disk_that_is_full, False, marks=pytest.mark.soak),
        pytest.param(stream_that_only_reads, True, marks=pytest.mark.soak),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_month_typed_with_nobody_reading_the_answers(
    sink: Callable[[Path], TextIO],
    as_json: bool,
    sqlite_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("LIZHI_DB", sqlite_url)
    shop = Shop(capsys, monkeypatch, tmp_path)
    engine = open_engine(sqlite_url)
    typed: set[tuple[str, ...]] = set()
    for words in (*everything_typed(tmp_path, shop), *REFUSED_HERE.values()):
        if words[0] == "as":
            shop.act(*words[1:])
            continue
        typed.add(command := command_of(words))
        before = content(engine)
        with monkeypatch.context() as patched, sink(tmp_path) as stream:
            patched.setattr(sys, "stdout", stream)
            status = main([*(["--json"] if as_json else []), *map(str, words)])
        said = capsys.readouterr().err
        assert said.strip(), words
        assert "Traceback" not in said, (words, said)
        wrote = content(engine) != before
        if command in REFUSED_HERE:
            assert (status, wrote) == (2, False)
            continue
        # 1 and 2 mean “nothing written”, and 0 that the answer was given
        assert status == 3, (words, status, said)
        assert not (wrote and "没有改动" in said), (words, said)
    assert {c.words for c in COMMANDS} - typed == NEEDS_A_TERMINAL
    engine.dispose()
    proof = shop("verify")
    assert proof["ok"]
    assert shop("month", "show", "2024-04")["villages"][0]["totals"]["closing"] == "47.50"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["redeem", "--help"]])
@pytest.mark.parametrize("where", [">/dev/full", ">&-", "| true"])
def test_help_and_version_end_without_a_traceback(words: list[str], where: str) -> None:
    line = f'"$0" -m lizhi_pos {" ".join(words)} {where}'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode in (0, 3)
    if where == ">/dev/full":
        assert done.returncode == 3


@pytest.mark.parametrize("where", [">/dev/full", ">&-", ">/dev/full 2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_redemption_whose_answer_is_lost_stands_and_says_so(posted: Shop, where: str) -> None:
    posted("market", "open", DAY, *BY, "--reason", "补录")
    line = f'"$0" -m lizhi_pos redeem TQ0001 {SALT} --on {DAY} {" ".join(BY)} {where}'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    if "2>" not in where:
        assert "1-2024-000001" in done.stderr
    assert done.stdout == ""
    assert posted("household", "show", "TQ0001", "--on", DAY)["balance"] == "47.50"
    assert posted("verify")["ok"]


def test_an_error_goes_nowhere_but_to_standard_error(posted: Shop) -> None:
    """With standard error closed nothing of it gets between the lines of the answer."""
    line = '"$0" -m lizhi_pos --json household show NOBODY 2>&-'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout.count("\n") == 1


def test_a_disk_that_fills_while_slips_are_entered(posted: Shop) -> None:
    """What was posted before is answered; the same file again posts the rest and nothing twice."""
    posted("market", "open", DAY, *BY, "--reason", "补录")
    numbers = [f"P-{n:02}" for n in range(1, 17)]
    rows = [f"{number},{DAY},TQ0001,{SALT},1" for number in numbers]
    slips = posted.csv("slips.csv", "单号,日期,手册编号,条码,数量", *rows)
    largest = max(path.stat().st_size for path in posted.folder.glob("town.db*"))

    def fill_up() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 400_000,) * 2)

    command = [sys.executable, "-m", "lizhi_pos", "--json", "slips", "import", str(slips), "--on", DAY, *BY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, preexec_fn=fill_up)
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr
    answer = json.loads(done.stdout)
    stands = [row["slip"] for row in answer["posted"]]
    assert 0 < len(stands) < len(numbers)
    assert stands + answer["left"] == numbers
    assert answer["error"]["code"] == "failed"
    again = posted("slips", "import", slips, "--on", DAY, *BY)
    assert again["already"] == stands
    assert [row["slip"] for row in again["posted"]] == numbers[len(stands) :]
    assert posted("verify")["ok"]


def test_a_slip_that_no_reason_speaks_of_hides_none_of_the_others(posted: Shop) -> None:
    """What stops one slip, here a key that was used, is said at that slip; the others are posted."""
    posted("market", "open", DAY, *BY, "--reason", "补录")
    posted("redeem", "TQ0001", f"{SALT}*2", "--on", DAY, "--key", "slip P-2", *BY)
    rows = [f"P-{n},{DAY},TQ0001,{SALT},1" for n in (1, 2, 3)]
    slips = posted.csv("slips.csv", "单号,日期,手册编号,条码,数量", *rows)
    answer = posted("slips", "import", slips, "--on", DAY, *BY)
    assert [row["slip"] for row in answer["posted"]] == ["P-1", "P-3"]
    assert [(row["slip"], row["reasons"][0]["code"]) for row in answer["refused"]] == [("P-2", "key_conflict")]
    assert answer["refused"][0]["message"]


def test_a_connection_that_breaks_while_it_commits_leaves_it_in_doubt(
    empty_postgres: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the database knows then; the program does not say that nothing was changed."""
    monkeypatch.setenv("LIZHI_DB", empty_postgres.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    shop = Shop(capsys, monkeypatch, tmp_path)
    shop("init", "--town", "示例镇", "--admin", "站长示例")

    def breaks(tx: Transaction, *_: Any) -> None:
        end = text("SELECT pg_terminate_backend(pg_backend_pid())")

        def cut(ending: Transaction) -> None:
            ending.connection.execute(end)

        tx.at_end.append(cut)

    with monkeypatch.context() as patched:
        patched.setattr("lizhi_pos.cli.town.record", breaks)
        assert shop("village", "add", "天桥村", exits=3)["error"]["code"] == "failed"
    assert "先查一查" in shop.said
    assert shop("village", "list")["villages"] == []
