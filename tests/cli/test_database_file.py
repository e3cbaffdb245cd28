"""What is given as database: every name is one, another's file is never touched, others do not read ours."""

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from lizhi_pos.cli.main import main
from lizhi_pos.database_file import APPLICATION_ID, NotOurs, kind_of
from lizhi_pos.engines import open_engine
from lizhi_pos.log import log_failure
from lizhi_pos.maintenance.automatic_backup import upgrade_after_copy
from lizhi_pos.upgrade import migrate, upgrade

from .conftest import Shop

INIT = ("init", "--town", "示例镇", "--admin", "站长示例")


def at(shop: Shop, path: Path | str) -> None:
    shop.monkeypatch.setenv("LIZHI_DB", str(path))


def others(path: Path) -> int:
    """What others than the owner may do with a file."""
    return stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "50%.db", "a#b.db", "a?mode=ro", "甲 乙&丙=丁.db", "%3F.db"])
def test_every_sign_of_a_plain_path_is_a_sign_of_its_name(shop: Shop, name: str) -> None:
    at(shop, shop.folder / "books" / name)
    shop(*INIT)
    assert sorted({path.name for path in (shop.folder / "books").iterdir()} - {f"{name}-wal", f"{name}-shm"}) == [name]
    assert shop("village", "list") == {"villages": []}
    shop("--db", str(shop.folder / "books" / name), "user", "list")


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_nobody_else_reads_the_database_or_what_lies_beside_it(shop: Shop, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = shop.folder / "new" / "books"
        at(shop, folder / "town.db")
        shop(*INIT)
        log = log_failure(OSError("示例"), folder / "town.log")
        assert log is not None
        engine = open_engine(f"sqlite:///{folder / 'town.db'}")
        with engine.begin() as connection:
            # the journal lies beside the database for as long as somebody has it open
            connection.execute(text("UPDATE town SET name = name"))
            files = {path: others(path) for path in folder.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert {"town.db", "town.db-wal", "town.log"} <= {path.name for path in files}
    assert [path.name for path, rights in files.items() if rights] == []
    assert others(folder) == 0


def test_a_database_that_others_could_read_is_closed_to_them(shop: Shop) -> None:
    shop(*INIT)
    log = shop.folder / "town.log"
    log.write_text("older\n")
    for path in (*shop.folder.glob("town.db*"), log):
        path.chmod(0o664)
    shop("village", "list")
    log_failure(OSError("示例"), log)
    assert [path.name for path in shop.folder.glob("town.*") if others(path)] == []


def test_the_copy_before_an_upgrade_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "town.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, "0001")
    path.chmod(0o644)
    assert upgrade_after_copy(engine) == ()
    (copy,) = (tmp_path / "backups").iterdir()
    assert others(copy) == 0
    assert others(copy.parent) == 0


def test_an_empty_file_is_no_database_until_somebody_starts_one(shop: Shop) -> None:
    path = shop.folder / "empty.db"
    path.write_bytes(b"")
    at(shop, path)
    assert shop.refused("village", "list") == "out_of_turn"
    assert shop("calendar", "2024")["days"] == []
    assert path.read_bytes() == b""
    shop(*INIT)


JUNK: dict[str, bytes] = {
    "csv": "条码,名称,积分价\n6920181360936,盐,2.5\n".encode(),
    "one byte": b"\x00",
    "sqlite's first words alone": b"SQLite format 3\x00",
    "text": b"this is no database at all" * 100,
    "sqlite's first words and junk": b"SQLite format 3\x00" + b"\x00" * 4000,
    "xlsx": b"PK\x03\x04 a workbook" * 100,
}


@pytest.mark.parametrize("words", [("village", "list"), INIT, ("demo",), ("calendar", "2024")], ids=" ".join)
@pytest.mark.parametrize("kind", [*JUNK, "folder", "another program's", "another program's with a number"])
def test_what_is_no_book_of_ours_is_left_as_it_is(shop: Shop, words: Any, kind: str) -> None:
    path = shop.folder / "given"
    if kind in JUNK:
        path.write_bytes(JUNK[kind])
    elif kind == "folder":
        path.mkdir()
    else:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE diary (day TEXT)")
            if "number" in kind:
                other.execute("PRAGMA application_id = 42")
        other.close()
    path.chmod(0o755 if kind == "folder" else 0o644)
    before = path.read_bytes() if path.is_file() else b""
    answer = shop("--db", path, *words, exits=3)
    assert answer["error"]["code"] == "failed"
    assert shop.said.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert others(path)
    assert sorted(p.name for p in shop.folder.iterdir()) == ["given", "town.db"]


def test_a_database_of_ours_that_is_damaged_is_the_machines_failure(shop: Shop) -> None:
    shop(*INIT)
    damaged = shop.folder / "damaged.db"
    with sqlite3.connect(shop.folder / "town.db") as ours, sqlite3.connect(damaged) as copy:
        ours.backup(copy)
    ours.close()
    copy.close()
    damaged.write_bytes(damaged.read_bytes()[:4096] + b"\xff" * 40960)
    assert shop("--db", damaged, "village", "list", exits=3)["error"]["code"] == "failed"


def test_a_database_of_an_older_release_is_known_by_its_tables_and_signed(shop: Shop) -> None:
    shop(*INIT)
    path = shop.folder / "town.db"
    with sqlite3.connect(path) as older:
        older.execute("PRAGMA application_id = 0")
    older.close()
    assert kind_of(path) == "ours"
    shop("village", "list")
    with sqlite3.connect(path) as ours:
        assert ours.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    ours.close()


def test_another_programs_postgresql_is_left_alone(empty_postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIZHI_OPERATOR", "站长示例")
    monkeypatch.setenv("LIZHI_PIN", "135790")
    with empty_postgres.begin() as connection:
        connection.execute(text("CREATE TABLE diary (day TEXT)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('ffff')"))
    with pytest.raises(NotOurs):
        upgrade(empty_postgres)
    assert main(["--db", empty_postgres.url.render_as_string(hide_password=False), "village", "list"]) == 3


def test_an_address_that_sqlite_reads_itself_makes_no_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite://", "sqlite:///:memory:", "sqlite:///file:shared?mode=memory&cache=shared&uri=true"):
        with open_engine(url).connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    assert list(tmp_path.iterdir()) == []
