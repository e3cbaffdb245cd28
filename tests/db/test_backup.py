"""Copies of both databases: before an upgrade, of what a killed process leaves, and beside tills that sell."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from backups import every_row, rows_of
from sqlalchemy import Engine, create_engine, text
from test_migrations import RELEASES, _copy, unpacked, whole
from test_restore import brought, copied

from lizhi_pos.access.models import audit_event
from lizhi_pos.db import reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.automatic_backup import back_up_automatically, own_folder, upgrade_after_copy
from lizhi_pos.maintenance.backup import back_up
from lizhi_pos.maintenance.copies import listed, look_at
from lizhi_pos.refusal import Refusal
from lizhi_pos.settlement.verification import verify
from towns.small import ADMIN, CLERK, stocked_shop
from towns.whole import live


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_older_books_on_postgresql_are_copied_as_they_stand(
    release: Path, tmp_path: Path, empty_postgres: Engine, data: Path
) -> None:
    from lizhi_pos.upgrade import migrate

    revision = release.name.split("-")[1].partition(".")[0]
    old = create_engine(f"sqlite:///{unpacked(release, tmp_path)}")
    with empty_postgres.begin() as connection:
        migrate(connection, revision)
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        _copy(old, connection)
    before = every_row(empty_postgres)
    assert upgrade_after_copy(empty_postgres) == ()
    assert whole(empty_postgres)
    (path,) = (data / "lizhi-pos" / "backups").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    copy = create_engine(f"sqlite:///{path}")
    assert every_row(copy) == before
    assert before["alembic_version"] == [repr([revision])]
    copy.dispose()
    brought(f"sqlite:///{tmp_path / 'back' / 'town.db'}", path)
    back = open_engine(f"sqlite:///{tmp_path / 'back' / 'town.db'}")
    assert whole(back)
    back.dispose()


def test_books_of_today_are_not_copied_when_they_are_opened(engine: Engine, data: Path) -> None:
    assert upgrade_after_copy(engine) == ()
    assert not own_folder(engine).exists()


def test_a_copy_goes_on_record_once_and_in_whose_name(engine: Engine, tmp_path: Path, data: Path) -> None:
    live(engine)
    copied(engine, tmp_path / "copy.db")
    (automatic,) = back_up_automatically(engine, CLERK).copies
    with engine.connect() as connection:
        chosen = audit_event.select().where(audit_event.c.action == "backup").order_by(audit_event.c.at)
        found = [(row.by_user, row.subject) for row in connection.execute(chosen)]
        connection.rollback()
    assert found == [(ADMIN.name, str(tmp_path / "copy.db")), (CLERK.name, automatic.file)]
    assert whole(engine)
    assert look_at(Path(automatic.file)).ok
    # the copy is of the books as they were when they were copied
    assert len(rows_of(Path(automatic.file))["audit_event"]) == len(rows_of(tmp_path / "copy.db")["audit_event"]) + 1


def test_who_may_not_copy_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    stocked_shop(engine)
    answer = back_up(engine, tmp_path / "new" / "copy.db", CLERK)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_allowed"
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second disk")
def test_a_copy_onto_another_disk_leaves_nothing_beside_the_books(engine: Engine, tmp_path: Path) -> None:
    live(engine)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert Path(folder).stat().st_dev != tmp_path.stat().st_dev
        answer = copied(engine, Path(folder) / "copy.db")
        assert (look_at(Path(answer.file)).ok, len(os.listdir(folder))) == (True, 1)
        assert stat.S_IMODE(Path(answer.file).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} <= {"town.db", "town.db-wal", "town.db-shm"}


SELLING = """
import sys, time
from lizhi_pos.engines import open_engine
engine = open_engine(sys.argv[1])
print("open", flush=True)
worst = 0.0
for number in range(10**9):
    begun = time.monotonic()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE app_user SET wrong_pins = wrong_pins + 1")
    worst = max(worst, time.monotonic() - begun)
    print(worst, flush=True)
"""


def test_copies_come_to_an_end_while_somebody_writes_all_the_time(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    live(engine)
    words = [sys.executable, "-c", SELLING, database_url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        for number in range(4):
            copied(engine, tmp_path / f"{number}.db")
        process.kill()
        written = process.stdout.read().splitlines()
    assert len(written) > 4
    heads = {copy.head for copy in listed(tmp_path) if copy.ok and copy.file.endswith(("0.db", "1.db", "2.db", "3.db"))}
    assert len(heads) == 4, "each has the record of the one before"


RUN = "import sys; from lizhi_pos.cli.main import main; sys.exit(main(sys.argv[1:]))"


def killed_after(seconds: float, *words: str) -> int:
    """A command that is ended by SIGKILL after a while; its exit status."""
    with subprocess.Popen([sys.executable, "-c", RUN, *words], stdout=subprocess.DEVNULL) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait()


def head_of(path: Path) -> str:
    engine = open_engine(f"sqlite:///{path}")
    try:
        with reading(engine) as tx:
            proof = verify(tx)
        assert proof.ok
        return proof.head.hex()
    finally:
        engine.dispose()


@pytest.fixture
def signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Books of an administrator who may do everything, without a session."""
    from lizhi_pos.access.operators import add_user
    from lizhi_pos.refusal import unwrap
    from lizhi_pos.upgrade import upgrade

    engine = open_engine(f"sqlite:///{tmp_path / 'town.db'}")
    upgrade(engine)
    live(engine)
    with transaction(engine) as tx:
        unwrap(add_user(tx, "恢复示例", "admin", "246824"))
    engine.dispose()
    monkeypatch.setenv("LIZHI_OPERATOR", "恢复示例")
    monkeypatch.setenv("LIZHI_PIN", "246824")
    monkeypatch.setenv("LIZHI_DB", str(tmp_path / "town.db"))
    return tmp_path


def test_a_restore_that_is_killed_leaves_the_old_books_or_the_new_ones(signed_in: Path) -> None:
    books, file = signed_in / "town.db", signed_in / "copy.db"
    engine = open_engine(f"sqlite:///{books}")
    copied(engine, file)
    engine.dispose()
    new, old = head_of(file), head_of(books)
    assert new != old
    begun = time.monotonic()
    assert killed_after(60, "--db", str(signed_in / "other" / "town.db"), "restore", str(file)) == 0
    took = time.monotonic() - begun
    ended = []
    for turn in range(10):
        status = killed_after(took * (0.4 + 0.08 * turn), "restore", str(file), "--replace")
        found = head_of(books)
        assert found in (old, new)
        ended.append((status, found == new))
        if found == new:
            kept = sorted(signed_in.glob("town-replaced-*.db"))
            assert {head_of(path) for path in kept} == {old}
            break
    assert (-signal.SIGKILL, False) in ended
    assert killed_after(60, "restore", str(file), "--replace") == 0
    assert head_of(books) == new


def test_a_copy_that_is_killed_leaves_a_whole_one_or_none(signed_in: Path) -> None:
    file = signed_in / "copy.db"
    begun = time.monotonic()
    assert killed_after(60, "backup", str(file)) == 0
    took = time.monotonic() - begun
    file.unlink()
    for turn in range(8):
        killed_after(took * (0.5 + 0.06 * turn), "backup", str(file))
        if file.exists():
            assert look_at(file).ok
            file.unlink()
    for part in signed_in.glob(".*.part"):
        # as if it had been left there long ago
        os.utime(part, (1, 1))
    assert killed_after(60, "backup", str(file)) == 0
    assert list(signed_in.glob(".*.part*")) == []
    assert head_of(signed_in / "town.db")
