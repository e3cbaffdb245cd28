"""A till that nobody uses sleeps: it wakes for what it must look at, not to ask whether there is something."""

import asyncio
import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pty_till import PtyTill
from served_till import ServedTill, Window, wait_until, words_of
from sqlalchemy import Engine

from towns.till import CLERK, CLERK_PIN, SALT, wait_until_redeemed

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux counts how often a thread wakes")
if os.name == "posix":
    from lizhi_pos.terminal.keys import KeyReader

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}
WATCHED_S = 3
WAKES_A_SECOND = 4


def wakes(process: int) -> int:
    """How often the threads of a process have gone to sleep of themselves, and so woken."""
    found = 0
    for status in Path(f"/proc/{process}/task").glob("*/status"):
        found += int(status.read_text().split("\nvoluntary_ctxt_switches:")[1].split()[0])
    return found


def calmest(process: int) -> float:
    """Wake-ups a second in the calmest of six spans: what is still being learnt or closed is over by then."""
    found = []
    for _ in range(6):
        before = wakes(process)
        time.sleep(WATCHED_S)
        found.append((wakes(process) - before) / WATCHED_S)
        if found[-1] <= WAKES_A_SECOND:
            break
    return min(found)


def test_an_idle_till_sleeps_and_is_there_at_once(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        assert calmest(till.process.pid) <= WAKES_A_SECOND
        till.send(f"GZ0012\r{SALT}\r")
        till.wait_for("× 1")
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 1}


def test_an_idle_home_and_a_locked_till_sleep(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send("\x1b[21~")  # F10
        till.wait_for("signed in")
        assert calmest(till.process.pid) <= WAKES_A_SECOND
        till.send("\x1b[24~")  # F12
        till.wait_for("PIN")
        assert calmest(till.process.pid) <= WAKES_A_SECOND


def test_an_idle_till_in_a_browser_sleeps(town: Engine, town_file: Path) -> None:
    async def watch(served: ServedTill) -> None:
        async with Window(served) as window:

            async def shown(text: str) -> None:
                await wait_until(lambda: text in words_of(window.received))

            await shown("PIN")
            await window.keys(f"{CLERK}\r")
            await window.keys(f"{CLERK_PIN}\r")
            await shown("scan or type its booklet")
            (till,) = psutil.Process(served.process.pid).children(recursive=True)
            assert await asyncio.to_thread(calmest, till.pid) <= WAKES_A_SECOND
            assert await asyncio.to_thread(calmest, served.process.pid) <= WAKES_A_SECOND

    with ServedTill(town_file) as served:
        asyncio.run(watch(served))


def test_a_lone_escape_is_a_key(town: Engine, town_file: Path) -> None:
    """Nothing comes after it that would end the wait for the rest of another key."""
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send("\x1bOP")  # F1
        till.wait_for("Esc")
        till.forget()
        till.send("\x1b")
        till.wait_for("scan or type its booklet", seconds=5)


def test_a_till_that_was_stopped_goes_on(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.process.send_signal(signal.SIGTSTP)
        os.waitpid(till.process.pid, os.WUNTRACED)
        till.forget()
        till.process.send_signal(signal.SIGCONT)
        till.wait_for("booklet")
        till.send(f"GZ0012\r{SALT}\r")
        till.wait_for("× 1")


def test_a_till_is_left_at_once(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send("\x11")  # ctrl+q
        assert till.process.wait(10) == 0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_bytes_then_nothing_once_then_sleep(pipe: tuple[int, int]) -> None:
    reader, seen = KeyReader(pipe[0]), list[bytes]()
    thread = threading.Thread(target=lambda: seen.extend(reader))
    thread.start()
    os.write(pipe[1], b"\x1b")
    deadline = time.monotonic() + 5
    while seen != [b"\x1b", b""]:
        assert time.monotonic() < deadline, seen
        select.select([], [], [], 0.02)
    reader.close()
    thread.join(5)
    assert not thread.is_alive()
    assert seen == [b"\x1b", b""]
    reader.reopen()
    os.write(pipe[1], b"x")
    assert next(iter(reader)) == b"x"


def test_one_that_was_closed_before_it_began_ends_at_once(pipe: tuple[int, int]) -> None:
    reader = KeyReader(pipe[0])
    reader.close()
    assert list(reader) == []
