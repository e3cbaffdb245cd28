"""What commands write for people: after the commit, whole, never over another file unasked, under any name."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine

from .conftest import SECOND_PIN, Shop
from .hanging_folder import hanging

BY = ("--approver", "监督示例")
DAY, LATER = "2024-04-28", "2024-05-02"
SALT = "6920181360936"


@pytest.fixture
def april(posted: Shop, kept: Path) -> Shop:
    """The posted town after its market day."""
    return posted.once(kept / "files", one_market_day)


def one_market_day(posted: Shop) -> None:
    posted("market", "open", DAY, *BY, "--reason", "补录")
    posted("redeem", "TQ0001", SALT, "--on", DAY, *BY)
    posted("market", "close", DAY)


def close(shop: Shop, out: Any, *more: Any, exits: int = 0) -> Any:
    return shop("month", "close", "2024-04", "--out", out, "--on", LATER, *more, exits=exits)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def no_folder(folder: Path) -> Path:
    (folder / "file").write_bytes(b"")
    return folder / "file" / "out"


def read_only(folder: Path) -> Path:
    return Path("/proc/self/out")


@pytest.mark.parametrize("made", [no_folder, read_only], ids=lambda made: made.__name__)
def test_a_month_closes_though_its_folder_cannot_be_made(april: Shop, made: Callable[[Path], Path]) -> None:
    out = made(april.folder)
    answer = close(april, out, exits=3)
    assert answer["villages"][0]["totals"]["closing"] == "47.50"
    assert answer["error"]["code"] == "failed"
    assert "month show 2024-04 --out" in april.said
    assert str(out) in april.said
    again = april("month", "show", "2024-04", "--out", april.folder / "better")
    assert again["villages"] == answer["villages"]
    assert names(april.folder / "better") == ["2024-04_华平村.xlsx", "2024-04_天桥村.xlsx"]
    assert april("month", "show", "2024-04", "--out", out, exits=3)["error"]["code"] == "failed"


def test_a_month_closes_onto_a_full_disk(april: Shop) -> None:
    """A process of its own whose files cannot grow from the moment that the books are written."""
    out = april.folder / "out"
    out.mkdir()
    (out / "mine.txt").write_bytes(b"x")
    code = (
        "import resource, sys; from lizhi_pos.file_writing import save; from lizhi_pos.cli import saving\n"
        "from lizhi_pos.cli.main import main\n"
        "def small(*given, **named):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); return save(*given, **named)\n"
        "saving.save = small; sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["month", "close", "2024-04", "--out", str(out), "--on", LATER]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr
    assert done.stderr.count("磁盘已满") == 2
    assert names(out) == ["mine.txt"]
    april("month", "show", "2024-04", "--out", out)
    assert len(names(out)) == 3


def test_an_answer_that_is_lost_still_says_which_files_are_not_written(april: Shop) -> None:
    words = f"month close 2024-04 --out {no_folder(april.folder)} --on {LATER} >/dev/full"
    command = ["sh", "-c", f'"$0" -m lizhi_pos {words}', sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "47.50" in done.stderr
    assert "month show 2024-04 --out" in done.stderr


def test_a_month_closes_into_a_folder_that_hangs_and_no_till_waits(
    april: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    april("market", "open", LATER, *BY, "--reason", "补录")
    out = april.folder / "hangs"
    out.mkdir()
    with hanging(out) as hangs:
        if not hangs:
            pytest.skip("this machine lets nobody mount a file system")
        code = (
            "import sys; from lizhi_pos import file_writing; file_writing.FOLDER_WAIT_S = 4\n"
            "from lizhi_pos.cli.main import main; sys.exit(main(sys.argv[1:]))"
        )
        words = ["--json", "month", "close", "2024-04", "--out", str(out), "--on", LATER]
        closing = subprocess.Popen(
            [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            waited: list[float] = []
            receipts: list[str] = []
            while closing.poll() is None:
                before = time.monotonic()
                done = april("redeem", "TQ0001", SALT, "--on", LATER, *BY) if len(receipts) < 5 else None
                if done:
                    receipts.append(done["receipt"])
                    waited.append(time.monotonic() - before)
                time.sleep(0.05)
            said, complained = closing.communicate(timeout=10)
        finally:
            closing.kill()
    assert closing.returncode == 3, complained
    assert len(receipts) == 5
    assert max(waited) < 2
    assert '"closing":"47.50"' in said
    assert "没有响应" in complained
    april("market", "close", LATER)
    april("month", "show", "2024-04", "--out", april.folder / "out")
    assert april("verify")["ok"]


def test_nothing_is_written_over_unasked(april: Shop) -> None:
    out = april.folder / "out"
    out.mkdir()
    mine = out / "2024-04_天桥村.xlsx"
    mine.write_bytes(b"a person's own")
    closed = close(april, out, exits=3)
    assert closed["error"]["message"]
    assert mine.read_bytes() == b"a person's own"
    assert "--replace" in april.said
    (out / "2024-04_华平村.xlsx").unlink()
    assert april.refused("month", "show", "2024-04", "--out", out) == "rule_broken"
    assert names(out) == ["2024-04_天桥村.xlsx"]
    april("month", "show", "2024-04", "--out", out, "--replace")
    assert len(names(out)) == 2
    before = mine.stat().st_mtime_ns
    april("month", "show", "2024-04", "--out", out)
    assert mine.stat().st_mtime_ns == before


def test_a_template_is_an_xlsx_and_replaces_nothing_unasked(town: Shop) -> None:
    words = ("village", "template")
    of = ("--village", "天桥村", "--month", "2024-03")
    path = town.folder / "empty.xlsx"
    town(*words, path, *of)
    town(*words, path, *of)
    path.write_bytes(b"filled in")
    assert town.refused(*words, path, *of) == "rule_broken"
    assert path.read_bytes() == b"filled in"
    town(*words, path, *of, "--replace")
    for name in ("empty.csv", "empty.ods", "empty.xls", "empty", "空表"):
        assert town(*words, town.folder / name, *of, exits=2)["error"]["code"] == "usage"
        assert not (town.folder / name).exists()
    town(*words, town.folder / "UPPER.XLSX", *of)
    assert town(*words, "/proc/self/empty.xlsx", *of, exits=3)["error"]["code"] == "failed"
    assert "nothing was changed" not in town.said


@pytest.mark.parametrize(
    "name",
    ["大同/新村", "a\\b", "a:b", "甲*", "甲?", '"甲"', "<甲>", "甲|乙", "村.", "CON", "nul", "长" * 41, " ", "."],
)
def test_a_village_is_not_named_as_no_file_can_be(town: Shop, name: str) -> None:
    assert town.refused("village", "add", name) == "rule_broken"
    assert town.refused("village", "rename", "天桥村", name) == "rule_broken"
    assert [v["village"] for v in town("village", "list")["villages"]] == ["天桥村", "华平村"]


@pytest.mark.parametrize("name", ["100%村", "新村(一组)", "A&B", "长" * 40, "村.一"])
def test_a_month_closes_whatever_a_village_is_named(april: Shop, name: str) -> None:
    april("village", "add", name)
    close(april, april.folder / "out")
    path = april.folder / "out" / f"2024-04_{name}.xlsx"
    assert str(CalamineWorkbook.from_path(str(path)).get_sheet_by_name("户余额").to_python()[0][0]).startswith(name)
    april("village", "template", april.folder / "t.xlsx", "--village", name)


@pytest.mark.parametrize("name", ["大同/新村", "..", "长" * 90, "甲\n乙", "CON", "村. "])
def test_a_name_of_an_older_database_stops_no_month(april: Shop, name: str) -> None:
    """Such a name was taken once; its file is named as near to it as can be, and it can be renamed."""
    engine = open_engine(f"sqlite:///{april.folder / 'town.db'}")
    april("village", "add", "旧村")
    with transaction(engine) as tx:
        from sqlalchemy import update

        from lizhi_pos.accounts.models import VILLAGE, village
        from lizhi_pos.accounts.villages import village_id
        from lizhi_pos.record.chain import touch

        touch(tx, VILLAGE, village_id(tx, "旧村"))
        tx.connection.execute(update(village).where(village.c.name == "旧村").values(name=name))
    engine.dispose()
    close(april, april.folder / "out")
    assert len(names(april.folder / "out")) == 3
    renamed = april("village", "rename", name, "大同新村")
    assert renamed == {"village": "大同新村", "was": name}
    assert april("month", "status", "2024-04")["villages"][2]["village"] == "大同新村"
    assert april("month", "show", "2024-04")["villages"][2]["village"] == name
    assert april("verify")["ok"]


def test_renaming_a_village_keeps_its_batches_and_households(posted: Shop) -> None:
    from .conftest import village_sheets

    title = ["示例镇天桥村文明积分台账(2024年4月)"]
    sheets = village_sheets([["TQ0001", "王示例", "2024.4.5", "圆梦使者", "10", 1]])
    sheets["户籍"][0] = title
    posted("ledger", "import", posted.workbook("april.xlsx", sheets))
    posted("village", "rename", "天桥村", "天桥新村")
    assert posted("household", "show", "TQ0001", "--on", DAY)["village"] == "天桥新村"
    posted("ledger", "publish", "天桥新村", "2024-04", "--on", "2024-05-02")
    posted.act("监督示例", SECOND_PIN)
    assert posted.refused("village", "rename", "天桥新村", "别名") == "not_allowed"
    posted("ledger", "review", "天桥新村", "2024-04", "--on", "2024-05-10")
    posted.act("站长示例", "135790")
    posted("ledger", "post", "天桥新村", "2024-04", "--on", "2024-05-11")
    assert posted.refused("village", "rename", "天桥村", "别名") == "not_found"
    assert posted.refused("village", "rename", "天桥新村", "华平村") == "out_of_turn"
    assert posted("verify")["ok"]


def test_example_files_are_written_over_nothing(shop: Shop) -> None:
    folder = shop.folder / "files"
    written = shop("demo", "--files", folder)["files"]
    assert sorted(written) == sorted(str(path) for path in folder.iterdir())
    assert shop("demo", "--files", folder)["files"] == written
    (folder / "细则.toml").write_text("mine", encoding="utf-8")
    (folder / "商品.xlsx").unlink()
    assert shop.refused("demo", "--files", folder) == "rule_broken"
    assert not (folder / "商品.xlsx").exists()
    shop("demo", "--files", folder, "--replace")
    assert shop("demo", "--files", shop.folder / "town.db" / "below", exits=3)["error"]["code"] == "failed"
