"""`move` as it is typed: what it answers, what the old books still do, what is refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lizhi_pos.cli.main import main

from .conftest import SECOND_PIN, Shop
from .test_undelivered import BY, DAY, everything_typed

FREE = ("as", "demo", "init", "calendar", "rulebook check", "restore", "move", "backup list")


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def to(tmp_path: Path) -> str:
    """Where the books go."""
    return f"sqlite:///{tmp_path / '新' / 'town.db'}"


def test_the_answer_says_where_the_books_are(posted: Shop, to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = posted("move", "--to", to)
    assert set(answer) == {"to", "tables", "rows", "head"}
    assert answer["to"] == to
    assert answer["rows"] > 0
    here = posted("verify")
    monkeypatch.setenv("LIZHI_DB", to)
    there = posted("verify")
    assert here["head"] == there["head"] == answer["head"]
    assert there["ok"]
    (event,) = (one for one in posted("audit")["events"] if one["kind"] == "backup")
    assert to in json.dumps(event["facts"], ensure_ascii=False)
    posted("village", "add", "新村")


def test_a_plain_path_is_a_file(posted: Shop, tmp_path: Path) -> None:
    answer = posted("move", "--to", tmp_path / "新" / "50%.db")
    assert answer["to"] == f"sqlite:///{tmp_path / '新' / '50%25.db'}"
    assert (tmp_path / "新" / "50%.db").is_file()


def test_the_old_books_answer_what_reads_and_refuse_what_writes(
    posted: Shop, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reading = (
        ("household", "show", "TQ0001"),
        ("household", "history", "TQ0001"),
        ("pool", "show"),
        ("stock", "list"),
        ("ledger", "status"),
        ("rulebook", "show"),
        ("user", "list"),
        ("audit",),
        ("verify",),
    )
    posted("move", "--to", to)
    before = [posted(*words) for words in reading]
    writing = (
        ("village", "add", "新村"),
        ("market", "open", DAY, *BY, "--reason", "补录"),
        ("redeem", "TQ0001", "6920181360936", "--on", DAY, *BY),
        ("product", "price", "6920181360936", "3.00"),
        ("user", "add", "新人示例", "--role", "clerk"),
        ("user", "pin", "站长示例"),
        ("setting", "set", "receipt-head", "full"),
        ("backup", posted.folder / "copy.db"),
    )
    for words in writing:
        answer = posted(*words, exits=1)
        assert answer["error"]["code"] == "moved", words
        assert answer["error"]["details"] == {"to": to}, words
        assert to in posted.said
    assert not (posted.folder / "copy.db").exists()
    assert [posted(*words) for words in reading] == before
    assert main(["--lang", "zh", "village", "add", "新村"]) == 1
    assert f"账本已经搬到 {to}" in capsys.readouterr().err


def test_no_command_writes_into_books_that_were_moved(town: Shop, to: str, tmp_path: Path) -> None:
    town("move", "--to", to)
    books = tmp_path / "town.db"
    before = _rows(books)
    for words in everything_typed(tmp_path, town):
        if words[0] not in ("as", "demo", "restore") and "--db" not in words:
            status = town.run(*words)
            assert status in (0, 1, 2), (words, town.said)
            assert _rows(books) == before, words


def _rows(path: Path) -> Any:
    from lizhi_pos.engines import open_engine

    from .test_undelivered import content

    return content(open_engine(f"sqlite:///{path}"))


def test_wrong_ways_to_move_change_nothing(posted: Shop, to: str, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"hello" * 100)
    posted("verify")
    before = state(tmp_path)
    for place, status, code in (
        ("sqlite://", 2, "usage"),
        ("sqlite:///:memory:", 2, "usage"),
        ("mysql://x/y", 3, "failed"),
        (tmp_path / "other.db", 2, "usage"),
        (tmp_path / "town.db", 1, "rule_broken"),
        (tmp_path / "other.db" / "town.db", 3, "failed"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", 3, "failed"),
    ):
        assert (posted.run("move", "--to", place), posted.code) == (status, code), (place, posted.said)
    posted.act("监督示例", SECOND_PIN)
    assert posted.refused("move", "--to", to) == "not_allowed"
    kept = {name: held for name, held in state(tmp_path).items() if not name.endswith((".log", "-wal", "-shm"))}
    assert kept == {name: held for name, held in before.items() if not name.endswith((".log", "-wal", "-shm"))}


def test_a_till_says_that_the_books_were_moved(posted: Shop, to: str) -> None:
    from lizhi_pos.engines import open_engine
    from lizhi_pos.office.market_day import OfficeService
    from lizhi_pos.refusal import Refusal

    till = open_engine(f"sqlite:///{posted.folder / 'town.db'}")
    service = OfficeService(till)
    assert not isinstance(service.sign_in("站长示例", "135790", "1"), Refusal)
    # the till has the books open in another process
    words = [sys.executable, "-c", "import sys; from lizhi_pos.cli.main import main; sys.exit(main())"]
    subprocess.run([*words, "move", "--to", to], check=True, timeout=120, stdout=subprocess.DEVNULL)
    answer = service.sign_in("站长示例", "135790", "1")
    assert isinstance(answer, Refusal)
    assert answer.code == "moved"
    till.dispose()
