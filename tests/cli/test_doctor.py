"""`doctor` finds each trouble that is really there, says in Chinese what to do, and changes nothing."""

import ctypes
import fcntl
import json
import os
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from lizhi_pos.cli.doctor import looks
from lizhi_pos.engines import open_engine
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.maintenance.doctor import LEVELS, NAMES, Check, Subject, examine, ok
from lizhi_pos.refusal import message
from lizhi_pos.upgrade import migrate, upgrade
from stopped_clock import StoppedClock

from .conftest import Shop
from .hanging_folder import hanging

DROP_BOUNDS, READ_ALL, SEARCH_ALL = 24, 1, 2
"""`PR_CAPBSET_DROP`, and what lets an administrator pass over the rights of files."""


def without_privilege() -> None:
    """Let the rights of files count for the program that is about to run, also where the tests are an administrator's.

    Where they are not, the rights count anyway, and this does nothing.
    """
    libc = ctypes.CDLL(None)
    for right in (READ_ALL, SEARCH_ALL):
        libc.prctl(DROP_BOUNDS, right, 0, 0, 0)


class Patient:
    """Books in a folder of their own, and `doctor` run on them as a program of its own."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder, self.shop = folder, shop
        self.path = folder / "town.db"

    def doctor(self, *words: str, exits: int = 1, **env: str) -> dict[str, Check]:
        """What it finds, by name; the exit status is as it should be and standard error silent."""
        command = [sys.executable, "-m", "lizhi_pos", "--db", str(self.path), "--json", *words, "doctor"]
        ran = subprocess.run(
            command,
            env={**os.environ, "LIZHI_LANG": "zh", **env},
            capture_output=True,
            timeout=100,
            preexec_fn=without_privilege,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return read(ran.stdout, ran.stderr, ran.returncode, exits)


def read(out: bytes, said: bytes, status: int, exits: int) -> dict[str, Check]:
    assert said == b""
    checks = [Check(c["name"], c["level"], tuple(c["facts"])) for c in json.loads(out)["checks"]]
    assert tuple(check.name for check in checks) == NAMES
    assert all(check.level in LEVELS and check.facts for check in checks)
    assert status == exits == any(check.level == "bad" for check in checks), checks
    return {check.name: check for check in checks}


@pytest.fixture
def patient(town: Shop) -> Patient:
    town("backup", "--auto")
    return Patient(town.folder, town)


def everything_in(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """What lies in a folder, with what would tell that it was touched."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_mode) for p in files}


def finds(check: Check, level: str, *patterns: str) -> None:
    """A check found something that is not ok, and says in Chinese what to do."""
    assert check.level == level, check
    for pattern in patterns:
        assert any(re.search(pattern, str(fact)) for fact in check.facts), check
    assert all(re.search(r"[\u4e00-\u9fff]", str(fact)) for fact in check.facts), check


def test_books_without_trouble_are_told_so_and_left_as_they_are(patient: Patient) -> None:
    before = everything_in(patient.folder)
    found = patient.doctor(exits=0, LANG="C.UTF-8", TERM="xterm")
    assert {name: check.level for name, check in found.items() if check.level != "ok"} == {}
    assert everything_in(patient.folder) == before
    assert sorted(path.name for path in patient.folder.glob("town.db*")) == ["town.db"]


def test_it_needs_nobodys_pin_and_speaks_to_people(patient: Patient) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("LIZHI_")}
    command = [sys.executable, "-m", "lizhi_pos", "--db", str(patient.path), "doctor"]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran
    assert "✔ 账本" in ran.stdout


def write_something(connection: Connection) -> None:
    """Change a page of the file; what an UPDATE leaves as it was changes none."""
    connection.execute(text("CREATE TABLE IF NOT EXISTS note (line TEXT)"))
    connection.execute(text("INSERT INTO note VALUES ('示例')"))


def test_a_till_that_sells_meanwhile_is_neither_hindered_nor_taken_for_damage(patient: Patient) -> None:
    engine = open_engine(f"sqlite:///{patient.path}")
    ended, sold = Event(), [0]

    def sell() -> None:
        while not ended.is_set():
            with engine.begin() as connection:
                write_something(connection)
            sold[0] += 1

    till = Thread(target=sell)
    till.start()
    try:
        found = patient.doctor(exits=0)
    finally:
        ended.set()
        till.join()
    engine.dispose()
    assert [found[name].level for name in ("database", "integrity", "migrations", "clock")] == ["ok"] * 4
    assert sold[0] > 0


def test_what_stands_in_the_log_of_an_open_till_is_read_and_stays_there(patient: Patient) -> None:
    engine = open_engine(f"sqlite:///{patient.path}")
    with engine.begin() as connection:
        write_something(connection)
    before = {name: (patient.folder / name).read_bytes() for name in ("town.db", "town.db-wal")}
    assert before["town.db-wal"]
    patient.doctor(exits=0)
    assert {name: (patient.folder / name).read_bytes() for name in before} == before
    engine.dispose()


def test_what_a_till_that_was_killed_left_is_read_and_left_there(patient: Patient) -> None:
    engine = open_engine(f"sqlite:///{patient.path}")
    aside = patient.folder / "killed"
    aside.mkdir()
    with engine.begin() as connection:
        write_something(connection)
    for name in ("town.db", "town.db-wal"):
        shutil.copyfile(patient.folder / name, aside / name)
    engine.dispose()
    before = everything_in(aside)
    assert (aside / "town.db-wal").stat().st_size > 0
    killed = Patient(aside, patient.shop).doctor(exits=0)
    assert everything_in(aside) == before
    assert killed["integrity"].level == "ok"


def test_a_damaged_file(patient: Patient) -> None:
    content = patient.path.read_bytes()
    patient.path.write_bytes(content[:8192] + b"\xff" * 65536 + content[8192 + 65536 :])
    before = everything_in(patient.folder)
    found = patient.doctor()
    finds(found["integrity"], "bad", r"文件坏了.*restore")
    assert everything_in(patient.folder) == before


def test_a_truncated_file(patient: Patient) -> None:
    patient.path.write_bytes(patient.path.read_bytes()[: 4096 * 3 + 7])
    found = patient.doctor()
    finds(found["integrity"], "bad", r"文件坏了.*restore")


def test_a_newer_versions_file(patient: Patient) -> None:
    alter(patient.path, "UPDATE alembic_version SET version_num = '9999'")
    before = everything_in(patient.folder)
    finds(patient.doctor()["migrations"], "bad", r"更新的程序.*9999.*装那个版本")
    assert everything_in(patient.folder) == before


def test_an_older_releases_file(tmp_path: Path, shop: Shop) -> None:
    path = tmp_path / "older.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, "0001")
    engine.dispose()
    older = Patient(tmp_path, shop)
    older.path = path
    before = path.read_bytes()
    finds(older.doctor(exits=0)["migrations"], "warn", r"旧版本.*先备份再升级")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"a diary\n" * 1000, b"SQLite format 3\x00" + b"\x00" * 4000])
def test_a_file_that_is_no_book_of_ours(patient: Patient, content: bytes) -> None:
    patient.path.write_bytes(content)
    finds(patient.doctor()["database"], "bad", r"不是本程序的账本.*--db")
    assert patient.path.read_bytes() == content


def test_no_file_and_no_folder(patient: Patient) -> None:
    patient.path = patient.folder / "nowhere" / "deep" / "town.db"
    found = patient.doctor(exits=0)
    finds(found["database"], "warn", r"没有账本.*init")
    assert not (patient.folder / "nowhere").exists()


def test_an_empty_file(patient: Patient) -> None:
    patient.path = patient.folder / "empty.db"
    patient.path.touch()
    finds(patient.doctor(exits=0)["database"], "warn", r"空文件.*init")
    assert patient.path.read_bytes() == b""


def test_an_address_that_is_none(patient: Patient) -> None:
    patient.path = Path("oracle://nowhere")
    command = [sys.executable, "-m", "lizhi_pos", "--db", "://", "--json", "doctor"]
    ran = subprocess.run(command, capture_output=True, timeout=100, check=False)
    finds(read(ran.stdout, ran.stderr, ran.returncode, 1)["database"], "bad", r"--db")


def test_a_server_that_is_not_there(patient: Patient) -> None:
    port = closed_port()
    command = [sys.executable, "-m", "lizhi_pos", "--db", f"postgresql+psycopg://a:b@127.0.0.1:{port}/c"]
    env = {**os.environ, "XDG_DATA_HOME": str(patient.folder)}
    ran = subprocess.run([*command, "--json", "doctor"], env=env, capture_output=True, timeout=100, check=False)
    finds(read(ran.stdout, ran.stderr, ran.returncode, 1)["database"], "bad", r"服务器没有回音.*网络")


def alter(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


HOLDS = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode=" + sys.argv[2])
connection.execute("BEGIN EXCLUSIVE")
print("holds", flush=True)
time.sleep(600)
"""


@contextmanager
def held(path: Path, mode: str) -> Iterator[int]:
    """Books that another process keeps locked."""
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(path), mode], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "holds\n"
            yield other.pid
        finally:
            other.kill()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_books_that_another_process_keeps_locked(patient: Patient, mode: str) -> None:
    with held(patient.path, mode) as process:
        found = patient.doctor()
    finds(found["database"], "bad", rf"({process}|另一个程序)[^：]*锁.*重启")


def test_a_folder_and_a_file_and_a_log_that_cannot_be_written(patient: Patient) -> None:
    log = patient.path.with_suffix(".log")
    log.write_text("older\n")
    for path, mode in ((log, 0o400), (patient.path, 0o400), (patient.folder, 0o500)):
        path.chmod(mode)
    try:
        found = patient.doctor()
    finally:
        patient.folder.chmod(0o700)
    finds(found["folder"], "bad", r"写不进去.*权限")
    finds(found["database"], "bad", r"写不进去.*权限")
    finds(found["log"], "bad", r"日志.*写不进去.*权限")


def test_a_folder_where_the_log_should_be(patient: Patient) -> None:
    patient.path.with_suffix(".log").mkdir()
    finds(patient.doctor()["log"], "bad", r"日志.*写不进去")


@contextmanager
def small_disk(folder: Path, size: str, *, read_only: bool = False) -> Iterator[None]:
    """A disk of its own at a folder, in memory. Needs the right to mount."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"small", os.fsencode(folder), b"tmpfs", 0, f"size={size}".encode()) != 0:
        pytest.skip("needs the right to mount")
    try:
        yield
    finally:
        libc.umount2(os.fsencode(folder), 2)


def test_a_disk_that_is_full(patient: Patient) -> None:
    disk = patient.folder / "disk"
    disk.mkdir()
    with small_disk(disk, "8m"):
        shutil.copyfile(patient.path, disk / "town.db")
        with pytest.raises(OSError, match="No space left"):
            (disk / "films").write_bytes(bytes(16 << 20))
        found = Patient(disk, patient.shop).doctor()
    finds(found["disk"], "bad", r"磁盘满了.*清理")


def test_no_copies(patient: Patient) -> None:
    shutil.rmtree(patient.folder / "backups")
    finds(patient.doctor(exits=0)["backups"], "warn", r"没有备份.*backup --auto")


def test_a_copy_that_is_older_than_a_months_end(patient: Patient) -> None:
    (copy,) = (patient.folder / "backups").iterdir()
    older = datetime.now(UTC).replace(day=1) - timedelta(days=5)
    copy.rename(copy.with_name(re.sub(r"-\d{8}(?=-\d{6}-\d{6}Z)", f"-{older:%Y%m%d}", copy.name)))
    finds(patient.doctor(exits=0)["backups"], "warn", rf"{older:%Y-%m}.*月底.*backup --auto")


def test_a_copy_that_is_damaged_and_a_stick_that_is_not_there(patient: Patient) -> None:
    (copy,) = (patient.folder / "backups").iterdir()
    content = copy.read_bytes()
    copy.write_bytes(content[:8192] + b"\xff" * 65536 + content[8192 + 65536 :])
    found = patient.doctor(LIZHI_BACKUP_TO=str(patient.folder / "stick"))
    finds(found["backups"], "bad", r"坏了.*backup --auto", r"stick.*U 盘")


def at(patient: Patient, clock: StoppedClock) -> dict[str, Check]:
    """What is found at another moment, in this process."""
    url = f"sqlite:///{patient.path}"
    checks = examine(Subject(url, patient.path, patient.path.with_suffix(".log"), clock), looks())
    told = translator("zh")
    return {c.name: Check(c.name, c.level, tuple(render(f, told) for f in c.facts)) for c in checks}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [(-1, "warn", "最后一笔却记在.*调准"), (0, "ok", "相符"), (7, "ok", "相符"), (8, "warn", r"晚了 8 天.*对不对")],
)
def test_a_clock_beside_the_last_entry(patient: Patient, days: int, level: str, said: str) -> None:
    clock = StoppedClock("doctor")
    clock.moment = datetime.now(UTC) + timedelta(days=days)
    check = at(patient, clock)["clock"]
    assert check.level == level
    assert re.search(said, str(check.facts[0]))


def test_a_clock_without_a_battery(patient: Patient) -> None:
    clock = StoppedClock("doctor")
    clock.moment = datetime(2009, 1, 1, tzinfo=UTC)
    finds(at(patient, clock)["clock"], "bad", r"2009.*电池")


def test_no_data_about_time_zones(patient: Patient) -> None:
    found = patient.doctor(PYTHONTZPATH="", PYTHONPATH=str(nothing_called(patient.folder, "tzdata")))
    finds(found["timezone"], "bad", r"没有时区数据.*重装")
    assert not any("坏" in str(fact) for check in found.values() for fact in check.facts), "the books are not damaged"


def nothing_called(folder: Path, package: str) -> Path:
    """A folder with an empty package, which takes the place of the real one."""
    (folder / "shadow" / package).mkdir(parents=True)
    (folder / "shadow" / package / "__init__.py").touch()
    return folder / "shadow"


def test_no_chinese_font(patient: Patient) -> None:
    found = patient.doctor(PYTHONPATH=str(nothing_called(patient.folder, "pylopdf_fonts_zh_cn")))
    finds(found["fonts"], "bad", r"缺少中文字体.*重装")


def test_a_package_that_does_not_load(patient: Patient) -> None:
    shadow = nothing_called(patient.folder, "argon2")
    (shadow / "argon2" / "__init__.py").write_text("raise ImportError('DLL load failed')\n")
    finds(patient.doctor(PYTHONPATH=str(shadow))["libraries"], "bad", r"argon2.*重装")


def test_an_encoding_without_chinese(patient: Patient) -> None:
    found = patient.doctor(exits=0, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    finds(found["encoding"], "warn", r"没有汉字.*LANG=zh_CN.UTF-8")


@pytest.mark.parametrize(("columns", "lines", "level"), [(40, 10, "bad"), (80, 24, "ok")])
def test_a_terminal_of_some_size(patient: Patient, columns: int, lines: int, level: str) -> None:
    main, side = os.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    command = [sys.executable, "-m", "lizhi_pos", "--db", str(patient.path), "--json", "doctor"]
    env = {**os.environ, "TERM": "xterm-256color"}
    ran = subprocess.run(command, stdin=side, stdout=subprocess.PIPE, env=env, timeout=100, check=False)
    os.close(main)
    os.close(side)
    check = read(ran.stdout, b"", ran.returncode, int(level == "bad"))["terminal"]
    assert check.level == level
    if level == "bad":
        finds(check, "bad", r"40 × 10.*80 × 24.*放大窗口")


def test_a_console_that_shows_no_chinese(patient: Patient) -> None:
    main, side = os.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    command = [sys.executable, "-m", "lizhi_pos", "--db", str(patient.path), "--json", "doctor"]
    env = {**os.environ, "TERM": "linux"}
    ran = subprocess.run(command, stdin=side, stdout=subprocess.PIPE, env=env, timeout=100, check=False)
    os.close(main)
    os.close(side)
    finds(read(ran.stdout, b"", ran.returncode, 0)["terminal"], "warn", r"linux 显示不了汉字.*serve")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_printers_that_do_not_answer(patient: Patient) -> None:
    device = patient.folder / "lp0"
    device.touch(0o400)
    patient.shop("printer", "add", "柜台", "--profile", "generic-58", "--device", f"tcp://127.0.0.1:{closed_port()}")
    patient.shop("printer", "add", "里屋", "--profile", "generic-58", "--device", f"file:{device}")
    patient.shop("printer", "add", "门口", "--profile", "generic-58", "--device", "serial:/dev/ttyUSB77")
    patient.shop("printer", "add", "屏幕", "--profile", "generic-58", "--device", "screen:")
    found = patient.doctor()
    finds(
        found["printers"], "bad", r"柜台.*打不了.*电源", r"里屋.*打不了.*电源", r"门口.*打不了.*电源", r"屏幕.*连得上"
    )
    assert device.read_bytes() == b""


def test_a_printer_that_answers_gets_no_byte(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer:
        url = f"tcp://127.0.0.1:{printer.getsockname()[1]}"
        patient.shop("printer", "add", "柜台", "--profile", "generic-58", "--device", url)
        patient.shop(
            "printer", "add", "纸", "--profile", "generic-58", "--device", f"file:{patient.folder / 'new.bin'}"
        )
        assert patient.doctor(exits=0)["printers"].level == "ok"
        connection, _from = printer.accept()
        with connection:
            assert connection.recv(100) == b""
    assert not (patient.folder / "new.bin").exists()


def test_ports_without_rights(patient: Patient) -> None:
    """As the program sees them: device files that are there, and not for this user."""
    port = patient.folder / "ttyUSB0"
    port.touch(0o400)
    program = (
        "import sys; from lizhi_pos.printing.device_checks import usable;"
        "from lizhi_pos.i18n.catalogue import translator; from lizhi_pos.i18n.render import render;"
        "print(*(f.level + ' ' + render(f.text, translator('zh')) for f in usable(sys.argv[1:])))"
    )
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program, str(port)],
        capture_output=True,
        encoding="utf-8",
        preexec_fn=without_privilege,
        timeout=60,
        check=True,
    )
    assert re.fullmatch(rf"warn 当前用户用不了 {port}.*usermod -aG \S+ .*重新登录\n", ran.stdout)


def test_a_folder_that_hangs_is_told_within_the_time_given(patient: Patient, tmp_path: Path) -> None:
    place = tmp_path / "hangs"
    place.mkdir()
    with hanging(place) as is_hanging:
        if not is_hanging:
            pytest.skip("needs the right to mount")
        path = place / "town.db"
        subject = Subject(f"sqlite:///{path}", path, place / "town.log", StoppedClock("hangs"))
        began = time.monotonic()
        checks = {check.name: check for check in examine(subject, looks(), wait_s=3)}
        assert time.monotonic() - began < 10
        for name in ("database", "integrity", "migrations", "disk", "folder", "log"):
            assert checks[name].level == "bad", name
            assert render(checks[name].facts[0], translator("zh")).startswith("3 秒内没有回音"), name
        assert checks["python"].level == "ok"


def test_a_check_that_fails_is_told_and_the_others_go_on() -> None:
    def broken(_subject: Subject) -> Any:
        raise RuntimeError("示例")

    subject = Subject("sqlite:///none", Path("none"), Path("none.log"), StoppedClock("fails"))
    one, two = examine(subject, {"python": broken, "sqlite": lambda _subject: [ok(message("{0}: {1}", 1, 2))]})
    assert (one.level, two.level) == ("bad", "ok")
    assert "RuntimeError" in render(one.facts[0], translator("zh"))


def test_books_on_a_server(empty_postgres: Engine, tmp_path: Path) -> None:
    url = empty_postgres.url.render_as_string(hide_password=False)
    clock = StoppedClock("server")
    clock.moment = datetime.now(UTC) + timedelta(hours=1)
    subject = Subject(url, None, tmp_path / "lizhi-pos.log", clock)
    empty = {check.name: check for check in examine(subject, looks())}
    assert empty["database"].level == "warn"
    with empty_postgres.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar() == 0
    upgrade(empty_postgres)
    found = {check.name: check for check in examine(subject, looks())}
    assert [found[name].level for name in ("database", "migrations", "integrity")] == ["warn", "ok", "ok"]
    assert found["clock"].level == "warn"
    # making the tables takes its time, less than half an hour on any machine
    assert 1800 <= int(str(found["clock"].facts[0].args[0])) <= 3600
