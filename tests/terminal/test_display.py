"""The display that faces the household: follows its till, shows nothing of anybody else, is in nobody's way."""

import os
import signal
import sqlite3
import stat
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pty_till import PtyTill
from sqlalchemy import Engine, text
from till_hands import Till, running, selling

from lizhi_pos.terminal.pauses import Pauses
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.till.customer_display import NOBODY, CustomerDisplay, DisplayedLine
from lizhi_pos.till.display_channel import STALE_AFTER_S, DisplayReader, DisplayWriter, NoChannel, channel_file
from lizhi_pos.till.display_thread import DisplayThread
from towns.till import (
    CLERK,
    CLERK_PIN,
    SALT,
    SCARCE,
    SOAP,
    SUPERVISOR,
    SUPERVISOR_PIN,
    VINEGAR,
    redeemed,
    wait_until_redeemed,
)

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}
FOLLOWS_WITHIN_S = 0.3
ZHANG = CustomerDisplay("may", "张*国", "古镇社区", left=60000)
on_posix = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and rights of files")


def reader_of(engine: Engine, till: str = "1") -> DisplayReader:
    return DisplayReader(channel_file(engine.url, till))


async def until_shown(till: Till, reader: DisplayReader, right: Callable[[CustomerDisplay], bool]) -> CustomerDisplay:
    """Waits until the channel says what is right, and returns it."""
    found: list[CustomerDisplay | None] = [None]

    def is_right() -> bool:
        found[0] = reader.look()
        return found[0] is not None and right(found[0])

    await till.until(is_right)
    assert found[0] is not None
    return found[0]


async def test_a_turn_from_the_booklet_to_the_thanks(town: Engine, log: Path) -> None:
    async with selling(town, log, pauses=Pauses(thanks_s=1.0)) as till:
        reader = reader_of(town)
        assert await until_shown(till, reader, lambda s: True) == NOBODY
        till.scan("GZ0012")
        assert await until_shown(till, reader, lambda s: s.head != "") == ZHANG
        till.scan(SALT, f"3*{VINEGAR}")
        shown = await until_shown(till, reader, lambda s: s.lines == 2)
        assert shown.last == DisplayedLine("恒顺香醋 340ml", 3, 1800)
        assert (shown.verdict, shown.total, shown.left, shown.pieces) == ("may", 2050, 57950, 4)
        await till.enter()
        shown = await until_shown(till, reader, lambda s: s.verdict == "done")
        assert (shown.head, shown.total, shown.left, shown.last) == ("张*国", 2050, 57950, None)
        assert await until_shown(till, reader, lambda s: s.verdict != "done") == NOBODY


async def test_who_was_thanked_is_not_thanked_again_after_training(town: Engine, log: Path) -> None:
    async with selling(town, log, pauses=Pauses(thanks_s=0.5)) as till:
        reader = reader_of(town)
        till.scan("GZ0012", SALT)
        await till.enter()
        await until_shown(till, reader, lambda s: s.verdict == "done")
        await until_shown(till, reader, lambda s: s == NOBODY)
        await till.app.navigator.go_to("train")
        await until_shown(till, reader, lambda s: s.training)
        till.keys("f10")
        assert await until_shown(till, reader, lambda s: not s.training) == NOBODY


async def test_verdicts(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        reader = reader_of(town)
        till.scan("GZ0015")
        shown = await until_shown(till, reader, lambda s: s.head != "")
        assert (shown.verdict, shown.head, shown.total) == ("may_not", "赵*", 0)
        till.scan("GZ0013", f"2*{SCARCE}")
        shown = await until_shown(till, reader, lambda s: s.lines == 1)
        assert shown.verdict == "short"
        assert shown.left < 0
        await till.enter()
        assert (await until_shown(till, reader, lambda s: True)).verdict == "short"
        till.scan("1*")
        await till.idle()
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        assert await until_shown(till, reader, lambda s: s.head == "") == NOBODY


async def test_nothing_of_the_next_household_or_of_a_list(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        reader = reader_of(town)
        till.scan("GZ0012", SALT)
        await until_shown(till, reader, lambda s: s.lines == 1)
        till.scan("DT0037")
        await till.until(lambda: till.counter.next_household is not None)
        assert (await until_shown(till, reader, lambda s: True)).head == "张*国"
        till.keys("escape", "f2")
        assert await until_shown(till, reader, lambda s: s.head == "") == NOBODY
        till.scan("张建国")
        await till.until(lambda: till.counter.pick_list is not None)
        assert await until_shown(till, reader, lambda s: True) == NOBODY


async def test_a_second_person_is_waited_for(town: Engine, log: Path) -> None:
    with town.begin() as connection:
        connection.execute(text("UPDATE app_user SET booklet = 'GZ0012' WHERE name = :n"), {"n": CLERK})
    async with selling(town, log) as till:
        reader = reader_of(town)
        till.scan("GZ0012", SALT)
        await till.enter()
        shown = await until_shown(till, reader, lambda s: s.verdict == "wait")
        assert (shown.head, shown.total) == ("张*国", 250)


async def test_training_says_so_and_leaves_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        reader = reader_of(town)
        await till.app.navigator.go_to("train")
        await till.until_screen(TrainingScreen)
        assert await until_shown(till, reader, lambda s: s.training) == CustomerDisplay(training=True)
        till.scan("GZ0012", SALT)
        shown = await until_shown(till, reader, lambda s: s.lines == 1)
        assert (shown.head, shown.training) == ("张*国", True)
        till.keys("f10")
        assert await until_shown(till, reader, lambda s: not s.training) == NOBODY


async def test_a_locked_till_keeps_its_households_own_basket_and_nothing_else(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        reader = reader_of(town)
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("f12")
        await till.until_screen(SignIn)
        assert (await until_shown(till, reader, lambda s: True)).lines == 1
        await till.fill("1", CLERK_PIN)
        await till.until(lambda: not isinstance(till.app.screen, SignIn))
        till.keys("f10")
        await till.until_screen(HomeScreen)
        assert (await until_shown(till, reader, lambda s: True)).lines == 1


async def test_nobodys_when_the_counter_is_left(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        reader = reader_of(town)
        till.scan("GZ0012")
        await until_shown(till, reader, lambda s: s.head != "")
        till.app.navigator.sign_out()
        await till.until_screen(SignIn)
        assert await until_shown(till, reader, lambda s: s.head == "") == NOBODY


async def test_at_its_end_the_till_takes_its_file_away(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await until_shown(till, reader_of(town), lambda s: s.lines == 1)
    assert reader_of(town).look() is None
    assert not channel_file(town.url, "1").exists()


async def test_one_who_does_not_sell_shows_nobody(town: Engine, log: Path) -> None:
    async with running(town, log, name=SUPERVISOR, pin=SUPERVISOR_PIN) as till:
        await till.until_screen(HomeScreen)
        assert await until_shown(till, reader_of(town), lambda s: True) == NOBODY


async def test_a_folder_that_cannot_be_written_is_in_nobodys_way(
    town: Engine, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lizhi-pos-displays").write_text("no folder")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, SOAP)
        await till.enter()
        await till.until(lambda: till.counter.last is not None)
    assert redeemed(town) == {SALT: 1, SOAP: 1}
    assert log.read_text().count("FileExistsError") == 1


async def test_a_display_that_hangs_holds_nothing_up(town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(writer: DisplayWriter, shown: CustomerDisplay) -> None:
        signal.sigwait([signal.SIGUSR2]) if os.name == "posix" else time.sleep(3600)

    monkeypatch.setattr(DisplayWriter, "show", hang)
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.until(lambda: till.counter.last is not None)
        ended = time.monotonic()
    assert time.monotonic() - ended < 5
    assert redeemed(town) == {SALT: 1}


def test_each_till_and_each_database_has_its_own_file(tmp_path: Path) -> None:
    urls = ["sqlite:///a.db", "sqlite:///b.db", "postgresql+psycopg://shop@db/lizhi", "postgresql://shop@db/other"]
    files = {channel_file(url, till) for url in urls for till in ("1", "2", "12")}
    assert len(files) == 12
    here = channel_file(f"sqlite:///{tmp_path}/a.db", "1")
    assert here == channel_file(f"sqlite:///{tmp_path}/../{tmp_path.name}/a.db", "1")
    bare, named = "postgresql+psycopg://db:5432/lizhi", "postgresql://shop:geheim@db:5432/lizhi"
    assert channel_file(bare, "1") == channel_file(named, "1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "display-1.json"


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_does_not_beat_is_not_shown(path: Path) -> None:
    writer, clock = DisplayWriter(path), Time()
    reader = DisplayReader(path, clock)
    assert reader.look() is None
    writer.show(ZHANG)
    assert reader.look() == ZHANG
    clock.now += STALE_AFTER_S - 0.1
    assert reader.look() == ZHANG
    writer.show(ZHANG)
    clock.now += STALE_AFTER_S - 0.1
    assert reader.look() == ZHANG
    clock.now += STALE_AFTER_S
    assert reader.look() is None
    DisplayWriter(path).show(NOBODY)
    assert reader.look() == NOBODY


def test_of_two_tills_of_one_number_the_newest_word_stands_while_its_till_beats(path: Path) -> None:
    one, two, reader = DisplayWriter(path), DisplayWriter(path), DisplayReader(path)
    one.show(NOBODY)
    two.show(ZHANG)
    one.show(NOBODY)
    assert reader.look() == ZHANG
    os.utime(path, (time.time() - 60, time.time() - 60))
    one.show(NOBODY)
    assert reader.look() == NOBODY
    two.close()
    assert reader.look() == NOBODY
    one.close()
    assert reader.look() is None


def test_a_display_that_starts_shows_nothing_that_a_killed_till_left(path: Path) -> None:
    DisplayWriter(path).show(ZHANG)
    long_ago = time.time() - 3600
    os.utime(path, (long_ago, long_ago))
    assert DisplayReader(path).look() is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"format":99,"shown":{}}', b"7" * 99999])
def test_what_cannot_be_read_is_nobodys(path: Path, content: bytes) -> None:
    DisplayWriter(path).show(ZHANG)
    path.write_bytes(content)
    assert DisplayReader(path).look() is None


@on_posix
def test_others_neither_read_nor_plant_it(path: Path, tmp_path: Path) -> None:
    DisplayWriter(path).show(ZHANG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert DisplayReader(path).look() is None
    path.unlink()
    os.mkfifo(path)
    assert DisplayReader(path).look() is None
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(tmp_path)
    with pytest.raises(NoChannel):
        DisplayWriter(path).show(ZHANG)


def test_a_slow_display_gets_the_end_of_a_burst_and_nothing_twice() -> None:
    class Kept:
        def __init__(self) -> None:
            self.shown: list[CustomerDisplay] = []

        def show(self, shown: CustomerDisplay) -> None:
            time.sleep(0.1)
            self.shown.append(shown)

        def close(self) -> None:
            self.shown.append(NOBODY)

    kept = Kept()
    thread = DisplayThread(lambda: kept, lambda error: None, beat_s=3600)
    try:
        for total in range(50):
            thread.show(CustomerDisplay("may", total=total))
        wait_for(lambda: [s.total for s in kept.shown[-1:]] == [49])
        assert len(kept.shown) < 10
        seen = len(kept.shown)
        thread.show(CustomerDisplay("may", total=49))
        thread.show(CustomerDisplay("may", total=50))
        wait_for(lambda: len(kept.shown) > seen)
        assert [s.total for s in kept.shown[seen:]] == [50]
    finally:
        thread.end()
    wait_for(lambda: kept.shown[-1] == NOBODY)


def wait_for(right: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not right():
        assert time.monotonic() < end
        time.sleep(0.005)


def shows(*parts: str) -> Callable[[PtyTill], str]:
    return lambda till: ", ".join(part for part in parts if part not in "\n".join(till.lines))


def hides(*parts: str) -> Callable[[PtyTill], str]:
    return lambda till: ", ".join(f"still {part}" for part in parts if part in "\n".join(till.lines))


@pytest.fixture
def displays(town_file: Path) -> Iterator[Callable[..., PtyTill]]:
    started: list[PtyTill] = []

    def start(*command: str, columns: int = 80, rows: int = 24) -> PtyTill:
        started.append(PtyTill(town_file, command=command or ("display",), columns=columns, rows=rows))
        return started[-1].__enter__()

    yield start
    for one in started:
        one.__exit__()


@on_posix
def test_the_display_follows_within_three_tenths_of_a_second(town_file: Path, displays: Callable[..., PtyTill]) -> None:
    display = displays()
    display.until(shows("Till 1 is not open here"))
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        display.until(shows("Welcome"))
        late: list[float] = []
        till.send("GZ0012\r")
        follow(till, display, shows("may redeem"), shows("张*国", "may redeem"), late)
        for quantity in range(1, 9):
            till.send(f"{SALT}\r")
            follow(till, display, shows(f"× {quantity} "), shows(f"× {quantity} "), late)
        assert statistics.median(late) <= FOLLOWS_WITHIN_S, late


Missing = Callable[[PtyTill], str]


def follow(till: PtyTill, display: PtyTill, on_till: Missing, on_display: Missing, late: list[float]) -> None:
    """Waits for both, and notes how long after its till the display showed it."""
    till.until(on_till)
    shown_at = time.perf_counter()
    display.until(on_display)
    late.append(time.perf_counter() - shown_at)


@on_posix
def test_a_killed_tills_household_vanishes(town_file: Path, displays: Callable[..., PtyTill]) -> None:
    display = displays()
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r")
        display.until(shows("张*国", "2.50"))
        until_kept(town_file, SALT)
        till.process.send_signal(signal.SIGKILL)
        till.process.wait(10)
        display.until(hides("张", "2.50"), STALE_AFTER_S + 2)
        display.until(shows("Till 1 is not open here"))
    with PtyTill(town_file, **SIGNED_IN) as till:
        display.until(shows("张*国", "2.50"))


def until_kept(town_file: Path, code: str) -> None:
    """Wait until the goods on the counter are in the database: what is painted first is kept a moment later."""
    end = time.monotonic() + 20
    with closing(sqlite3.connect(town_file)) as connection:
        while not connection.execute("SELECT 1 FROM basket WHERE goods LIKE ?", (f"%{code}%",)).fetchone():
            assert time.monotonic() < end, "the basket was never kept"
            time.sleep(0.02)


@on_posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
def test_a_display_that_ends_or_hangs_is_not_missed(
    town: Engine, town_file: Path, displays: Callable[..., PtyTill], how: signal.Signals
) -> None:
    display = displays()
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send("GZ0012\r")
        display.until(shows("张*国"))
        display.process.send_signal(how)
        till.send(f"{SALT}\r{SOAP}\r")
        till.until(shows("× 1 "))
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 1, SOAP: 1}


@on_posix
def test_two_tills_are_two_displays(town_file: Path, displays: Callable[..., PtyTill]) -> None:
    first, second = displays(), displays("display", "--till", "2")
    with (
        PtyTill(town_file, **SIGNED_IN) as one,
        PtyTill(town_file, command=("till", "--till", "2"), **SIGNED_IN) as two,
    ):
        for till in (one, two):
            till.wait_for("scan or type its booklet")
        one.send("GZ0012\r")
        two.send("DT0037\r")
        first.until(shows("张*国"))
        second.until(shows("王*"))
        assert hides("王")(first) == hides("张")(second) == ""


@on_posix
@pytest.mark.parametrize("key", ["\x11", "\x03"], ids=["^Q", "^C"])
def test_the_display_is_ended_by_a_key(displays: Callable[..., PtyTill], key: str) -> None:
    display = displays()
    display.until(shows("Till 1 is not open here"))
    display.send(key)
    assert display.process.wait(10) == 0
