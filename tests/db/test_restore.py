"""Copies of both databases brought back into both: every value equal, the guards in place, what stood there kept."""

import gzip
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backups import changed, every_row, rows_of
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from test_migrations import RELEASES, whole

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.db import reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance import restore_server
from lizhi_pos.maintenance.backup import Backup, back_up
from lizhi_pos.maintenance.checked_copy import BadCopy
from lizhi_pos.maintenance.restore import Restored, has_books, restore
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import ADMIN, SALT, noon, sell, stocked_shop
from towns.whole import LATER, live

# a copy is brought back by whoever owns the tables
pytestmark = pytest.mark.owner


def copied(engine: Engine, path: Path, **more: Any) -> Backup:
    return unwrap(back_up(engine, path, ADMIN, **more))


def brought(url: str, file: Path, **more: Any) -> Restored:
    return unwrap(restore(url, file, MACHINE_CLOCK, **more))


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; what SQLite and its journal keep beside is a part of it."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_value_comes_back_and_is_proved(lived: Engine, empty_url: str, tmp_path: Path) -> None:
    before = every_row(lived)
    copy = copied(lived, tmp_path / "copy.db")
    given = (tmp_path / "copy.db").read_bytes()
    answer = brought(empty_url, tmp_path / "copy.db")
    assert (answer.entries, answer.head, answer.kept_aside) == (copy.entries, copy.head, None)
    back = open_engine(empty_url)
    assert every_row(back) == before
    assert whole(back)
    with reading(back) as tx:
        assert verify(tx).head.hex() == copy.head
    assert (tmp_path / "copy.db").read_bytes() == given
    back.dispose()


def test_what_is_brought_back_refuses_what_it_must_and_goes_on(lived: Engine, empty_url: str, tmp_path: Path) -> None:
    copied(lived, tmp_path / "copy.db")
    brought(empty_url, tmp_path / "copy.db")
    back = open_engine(empty_url)
    for statement in (
        "UPDATE posting SET amount = amount + 1",
        "DELETE FROM journal_entry",
        "DELETE FROM audit_event",
        "DELETE FROM town",
    ):
        with pytest.raises(DBAPIError), back.begin() as connection:
            connection.execute(text(statement))
    with transaction(back, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER))
    assert whole(back)
    back.dispose()


def test_a_guard_that_was_taken_out_of_a_copy_is_back(lived: Engine, empty_url: str, tmp_path: Path) -> None:
    copied(lived, tmp_path / "copy.db")
    connection = sqlite_module().connect(tmp_path / "copy.db")
    connection.execute("DROP TRIGGER posting_no_update")
    connection.execute("CREATE TRIGGER mine AFTER INSERT ON posting BEGIN UPDATE balance SET amount = 99999; END")
    connection.commit()
    connection.close()
    brought(empty_url, tmp_path / "copy.db")
    back = open_engine(empty_url)
    with pytest.raises(DBAPIError), back.begin() as writing:
        writing.execute(text("UPDATE posting SET amount = amount + 1"))
    with transaction(back, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER))
    assert whole(back)
    back.dispose()


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_a_copy_of_every_release_is_brought_back(release: Path, empty_url: str, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    file.write_bytes(gzip.decompress(release.read_bytes()))
    given = content(tmp_path)
    brought(empty_url, file)
    back = open_engine(empty_url)
    assert whole(back)
    back.dispose()
    assert file.read_bytes() == given[str(file)]


def test_books_that_stand_are_not_replaced_unasked(lived: Engine, database_url: str, tmp_path: Path) -> None:
    copied(lived, tmp_path / "copy.db")
    lived.dispose()
    before = every_row(lived)
    lived.dispose()
    answer = restore(database_url, tmp_path / "copy.db", MACHINE_CLOCK)
    assert isinstance(answer, Refusal)
    assert answer.code == "rule_broken"
    assert every_row(lived) == before


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def test_what_stood_there_is_kept_aside_under_a_dated_name(
    lived: Engine, database_url: str, tmp_path: Path, data: Path
) -> None:
    copy = copied(lived, tmp_path / "copy.db")
    with transaction(lived, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER))
    later = every_row(lived)
    lived.dispose()
    answer = brought(database_url, tmp_path / "copy.db", replace=True)
    assert answer.head == copy.head
    assert answer.kept_aside is not None
    kept = Path(answer.kept_aside)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "replaced-20" in kept.name
    assert rows_of(kept, but=("alembic_version",)) == {t: r for t, r in later.items() if t != "alembic_version"}
    back = open_engine(database_url)
    assert every_row(back) == rows_of(tmp_path / "copy.db")
    assert whole(back)
    back.dispose()
    again = brought(database_url, kept, replace=True)
    assert again.kept_aside != answer.kept_aside
    assert every_row(back) == later
    back.dispose()


def test_a_copy_of_another_town_replaces_books_too(
    engine: Engine, database_url: str, tmp_path: Path, data: Path
) -> None:
    stocked_shop(engine)
    engine.dispose()
    brought(f"sqlite:///{tmp_path / 'other.db'}", _other_town(tmp_path))
    brought(database_url, tmp_path / "other.db", replace=True)
    back = open_engine(database_url)
    with reading(back) as tx:
        assert tx.town_name == "示例镇"
    assert every_row(back) == rows_of(tmp_path / "other.db")
    back.dispose()


def _other_town(folder: Path) -> Path:
    path = folder / "release.db"
    path.write_bytes(gzip.decompress(RELEASES[-1].read_bytes()))
    return path


NOT_OURS = {
    "empty": b"",
    "text": b"hello" * 100,
    "zip": b"PK\x03\x04" + bytes(2000),
    "sqlite's first words and junk": b"SQLite format 3\x00" + bytes(4000),
}


@pytest.fixture(params=["nothing", "books"])
def place(request: pytest.FixtureRequest, engine: Engine, database_url: str, empty_url: str) -> str:
    """A place with books in it, and one without."""
    if request.param == "nothing":
        return empty_url
    stocked_shop(engine)
    engine.dispose()
    return database_url


def refused(url: str, file: Path) -> str:
    """Why a file is not brought back; nothing was touched."""
    before = _all_of(url)
    with pytest.raises(BadCopy) as caught:
        restore(url, file, MACHINE_CLOCK, replace=True)
    assert _all_of(url) == before
    return caught.value.text.msgid


def _all_of(url: str) -> Any:
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        return {name: held for name, held in content(folder).items() if "/town.db" in name}
    engine = create_engine(url)
    try:
        return every_row(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("kind", [*NOT_OURS, "another program's"])
def test_a_file_that_is_no_copy_of_ours_is_refused(kind: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "given.db"
    if kind in NOT_OURS:
        file.write_bytes(NOT_OURS[kind])
    else:
        connection = sqlite_module().connect(file)
        connection.execute("CREATE TABLE contacts (name)")
        connection.commit()
        connection.close()
    given = file.read_bytes()
    refused(place, file)
    assert file.read_bytes() == given


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A copy of the town in which everything has happened once."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "town.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'town.db'}")
    live(engine)
    copied(engine, folder / "copy.db")
    engine.dispose()
    return folder / "copy.db"


def test_a_copy_of_a_newer_program_is_refused(place: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / "given.db").write_bytes(good.read_bytes())
    changed(tmp_path / "given.db", "UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in refused(place, tmp_path / "given.db")


def test_a_copy_that_does_not_prove_whole_is_refused(place: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / "given.db").write_bytes(good.read_bytes())
    changed(tmp_path / "given.db", "UPDATE balance SET amount = amount + 1 WHERE amount > 0")
    assert "damaged" in refused(place, tmp_path / "given.db")


@pytest.mark.parametrize("part", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_a_copy_that_was_cut_off_is_refused(part: float, tmp_path: Path, good: Path) -> None:
    whole_of_it = good.read_bytes()
    (tmp_path / "given.db").write_bytes(whole_of_it[: int(len(whole_of_it) * part)])
    refused(f"sqlite:///{tmp_path / 'new' / 'town.db'}", tmp_path / "given.db")


def test_one_flipped_byte_of_every_page_is_refused_or_changes_nothing(tmp_path: Path, good: Path) -> None:
    """What SQLite does not use of a page says nothing; everything else must be found."""
    whole_of_it, rows = good.read_bytes(), rows_of(good)
    file, found, same = tmp_path / "given.db", 0, 0
    step = max(len(whole_of_it) // 60, 1)
    for at in range(110, len(whole_of_it), step):
        file.write_bytes(whole_of_it[:at] + bytes([whole_of_it[at] ^ 0x41]) + whole_of_it[at + 1 :])
        url = f"sqlite:///{tmp_path / str(at) / 'town.db'}"
        try:
            brought(url, file)
        except BadCopy:
            found += 1
            continue
        assert rows_of(tmp_path / str(at) / "town.db", but=("app_user",)) == {
            table: held for table, held in rows.items() if table != "app_user"
        }, at
        same += 1
    assert found >= 5
    assert same


def test_nothing_is_left_of_a_restore_that_was_refused(tmp_path: Path, good: Path) -> None:
    (tmp_path / "given.db").write_bytes(good.read_bytes()[:9000])
    folder = tmp_path / "new"
    with pytest.raises(BadCopy):
        restore(f"sqlite:///{folder / 'town.db'}", tmp_path / "given.db", MACHINE_CLOCK)
    assert list(folder.iterdir()) == []


def test_the_log_of_a_file_that_was_taken_away_is_not_played_into_the_new_one(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "town.db"
    script = (
        "import os, sys\n"
        "from lizhi_pos.database_file import sqlite_module\n"
        "c = sqlite_module().connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL')\n"
        "c.execute('UPDATE app_user SET wrong_pins = wrong_pins + 1')\n"
        "os._exit(0)\n"
    )
    path.write_bytes(good.read_bytes())
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)
    assert (tmp_path / "town.db-wal").stat().st_size
    path.unlink()
    brought(f"sqlite:///{path}", good)
    assert rows_of(path) == rows_of(good)
    assert len(list(tmp_path.glob("town-replaced-*.db-wal"))) == 1


TILL = """
import sys
from lizhi_pos.engines import open_engine
engine = open_engine(sys.argv[1])
with engine.connect() as connection:
    connection.exec_driver_sql("SELECT count(*) FROM town").scalar()
    connection.rollback()
print("open", flush=True)
sys.stdin.readline()
with engine.begin() as connection:
    connection.exec_driver_sql("UPDATE app_user SET wrong_pins = wrong_pins + 1")
    print(connection.exec_driver_sql("SELECT count(*) FROM journal_entry").scalar(), flush=True)
"""


@pytest.fixture
def till(lived: Engine, database_url: str) -> Iterator[subprocess.Popen[str]]:
    """A till in a process of its own, which has the books open and rests."""
    lived.dispose()
    words = [sys.executable, "-c", TILL, database_url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_books_that_a_till_has_open_are_not_replaced(
    till: subprocess.Popen[str], lived: Engine, database_url: str, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_server, "_IN_USE_WAIT_S", 0.5)
    before = every_row(lived)
    lived.dispose()
    answer = restore(database_url, good, MACHINE_CLOCK, replace=True)
    assert isinstance(answer, Refusal)
    assert answer.code == "out_of_turn"
    assert every_row(lived) == before
    assert till.stdin is not None
    assert till.stdout is not None
    till.stdin.write("go on\n")
    till.stdin.flush()
    assert int(till.stdout.readline()) > 0
    assert till.wait(60) == 0


def test_a_till_that_could_not_be_seen_writes_into_the_new_books(tmp_path: Path, good: Path) -> None:
    """Without a write-ahead log nothing tells of a till that rests: it goes on with what was brought back."""
    path, other = tmp_path / "town.db", _other_town(tmp_path)
    brought(f"sqlite:///{path}", other)
    resting = sqlite_module().connect(path, isolation_level=None)
    resting.execute("PRAGMA journal_mode=DELETE")
    answer = brought(f"sqlite:///{path}", good, replace=True)
    assert answer.kept_aside is not None
    kept = Path(answer.kept_aside).read_bytes()
    resting.execute("UPDATE app_user SET wrong_pins = 7")
    resting.close()
    assert Path(answer.kept_aside).read_bytes() == kept
    assert rows_of(path, but=("app_user",)) == rows_of(good, but=("app_user",))


def test_who_is_asked_for_books_changes_nothing(tmp_path: Path, good: Path) -> None:
    (tmp_path / "town.db").write_bytes(good.read_bytes())
    assert has_books(f"sqlite:///{tmp_path / 'town.db'}")
    assert not has_books(f"sqlite:///{tmp_path / 'other.db'}")
    assert not (tmp_path / "other.db").exists()
    (tmp_path / "empty.db").touch()
    assert not has_books(f"sqlite:///{tmp_path / 'empty.db'}")


def test_what_is_brought_back_is_its_owners_alone(tmp_path: Path, good: Path) -> None:
    os.umask(os.umask(0o022))
    brought(f"sqlite:///{tmp_path / 'new' / 'town.db'}", good)
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "new").rglob("*")} == {0}
