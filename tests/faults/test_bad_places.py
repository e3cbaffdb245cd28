"""A disk that is full, a database that is locked, newer, cut short, spoilt, or none: what a month's acts answer."""

import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from month import PROGRAM, Act, figures_of, played, put_back

from lizhi_pos.cli.main import main
from lizhi_pos.database_file import sqlite_module
from soak_figures import Count

BUDGET_S = 40
ENDS_AFTER_S = 60
"""SQLite waits thirty seconds for whoever writes."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the month is typed, and each act is tried."""
    return tmp_path_factory.mktemp("month")


@pytest.fixture(scope="module")
def acts(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Act]:
    """Every act that is tried."""
    return list(played(folder, tmp_path_factory.mktemp("kept")))


def test_on_a_full_disk_an_act_is_done_or_not_done(acts: list[Act], folder: Path, count: Count) -> None:
    chance, until = random.Random(8), time.monotonic() + BUDGET_S
    while time.monotonic() < until:
        act = chance.choice([one for one in acts if one.name not in ("backup", "restore", "move")])
        put_back(act, folder)
        before = figures_of(f"sqlite:///{folder / 'town.db'}")
        # no file grows beyond this: SQLite's log before a commit, the database after it, and what lies beside them
        room = chance.choice((4096, 20_000, 60_000, 150_000, (folder / "town.db").stat().st_size))

        def limited(most: int = room) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        done = subprocess.run(
            [*PROGRAM, "--json", *act.words],
            env={**os.environ, **act.who},
            preexec_fn=limited,
            capture_output=True,
            text=True,
            timeout=ENDS_AFTER_S,
        )
        after = figures_of(f"sqlite:///{folder / 'town.db'}")
        refused = done.returncode in (1, 2)
        count(
            "disk full",
            tried=1,
            acknowledged=done.returncode == 0,
            lost=done.returncode == 0 and after == before,
            written_but_refused=refused and after != before,
        )
        assert "Traceback" not in done.stderr, (act.words, done.stderr)
        assert done.returncode in (0, 3), (act.words, done)
        assert done.returncode == 0 or done.stderr.strip()
        assert done.returncode == 3 or after != before


def test_a_database_that_somebody_holds_is_waited_for_and_told(acts: list[Act], folder: Path, count: Count) -> None:
    """All at once: each waits for thirty seconds."""
    act = next(one for one in acts if one.name == "redemption")
    put_back(act, folder)
    before = figures_of(f"sqlite:///{folder / 'town.db'}")
    holder = sqlite_module().connect(folder / "town.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    asked = (act.words, ("village", "add", "新村"), ("market", "close", "2024-04-28"), ("move", "--to", "m.db"))
    running = [
        subprocess.Popen(
            [*PROGRAM, "--json", *words],
            env={**os.environ, **act.who},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in asked
    ]
    for process in running:
        out, said = process.communicate(timeout=3 * ENDS_AFTER_S)
        count("database locked", tried=1, written=0, tracebacks="Traceback" in said)
        assert process.returncode in (1, 3), (process.args, out)
        assert json.loads(out)["error"]["code"] in ("failed", "out_of_turn")
        assert "Traceback" not in said
        assert said.strip()
    holder.execute("ROLLBACK")
    holder.close()
    assert figures_of(f"sqlite:///{folder / 'town.db'}") == before


def bad_files(good: bytes, folder: Path, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Files in the books' place, each with what is wrong with it."""
    yield "newer", _changed(good, folder, "UPDATE alembic_version SET version_num = '9999'")
    yield "another program's", _changed(good, folder, "DROP TABLE town")
    yield "no database", b"this is no database at all" * 100
    yield "first words and junk", b"SQLite format 3\x00" + bytes(9000)
    yield "compressed", gzip.compress(good[:20_000])
    while True:
        yield "cut short", good[: chance.randrange(100, len(good))]
        spoilt = bytearray(good)
        for _ in range(chance.choice((1, 20, 400))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        yield "spoilt", bytes(spoilt)
        page = chance.randrange(len(good) // 4096) * 4096
        yield "a page of noughts", good[:page] + bytes(4096) + good[page + 4096 :]


def _changed(good: bytes, folder: Path, statement: str) -> bytes:
    path = folder / "changed.db"
    path.write_bytes(good)
    connection = sqlite_module().connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute(statement)
    connection.close()
    return path.read_bytes()


def test_a_bad_file_in_the_place_of_the_books_ends_in_words(
    acts: list[Act], folder: Path, tmp_path: Path, count: Count, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, until = random.Random(9), time.monotonic() + BUDGET_S
    asks = (("village", "list"), ("verify",), ("pool", "show"), ("backup", "list"))
    path = folder / "town.db"
    for act in acts:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in act.who.items():
                patched.setenv(name, value)
            for kind, content in bad_files((act.kept / "town.db").read_bytes(), tmp_path, chance):
                put_back(act, folder)
                for beside in folder.glob("town.db-*"):
                    beside.unlink()
                path.write_bytes(content)
                words = chance.choice([act.words, *asks])
                begun = time.monotonic()
                status = main(["--json", *words])
                out, said = capsys.readouterr()
                # a copy may be brought back over what is ours and broken, which is kept aside
                is_sure = kind not in ("spoilt", "a page of noughts", "cut short") and words[0] != "restore"
                count(
                    "bad files",
                    tried=1,
                    taken_for_good=is_sure and status == 0,
                    tracebacks="Traceback" in out + said,
                    changed=is_sure and path.read_bytes() != content,
                )
                assert status in (0, 1, 2, 3), (kind, words)
                assert "Traceback" not in out + said, (kind, words, said)
                # what `verify` finds is its answer
                assert status == 0 or said.strip() or words == ("verify",), (kind, words)
                assert not is_sure or status in (2, 3), (kind, words, out)
                assert not is_sure or path.read_bytes() == content, (kind, words)
                assert time.monotonic() - begun < 10, (kind, words)
                if time.monotonic() > until - BUDGET_S * (1 - (acts.index(act) + 1) / len(acts)):
                    break
    shutil.rmtree(folder)
    folder.mkdir()
