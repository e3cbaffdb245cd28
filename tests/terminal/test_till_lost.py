"""A till whose terminal is gone ends within two seconds, and its basket is kept."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pty_till import PROGRAM, PtyTill
from sqlalchemy import Engine

from lizhi_pos.checkout.open_baskets import on_counter
from lizhi_pos.db import reading, transaction
from towns.till import CLERK, CLERK_PIN, SALT, SOAP

if os.name == "posix":
    from lizhi_pos.terminal.keys import KeyReader
else:
    pytest.skip("terminals that are hung up", allow_module_level=True)

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}
LONGEST_S = 2
FAILED = 3


def kept(town: Engine) -> dict[str, int]:
    with reading(town) as tx:
        basket = on_counter(tx, "1")
        return {w.code: w.quantity for w in basket.wanted} if basket else {}


def hang_up(till: PtyTill) -> None:
    till.hang_up()


def hang_up_with_its_signal(till: PtyTill) -> None:
    till.process.send_signal(signal.SIGHUP)
    till.hang_up()


def signal_alone(till: PtyTill) -> None:
    till.process.send_signal(signal.SIGHUP)


WAYS: tuple[Callable[[PtyTill], None], ...] = (hang_up, hang_up_with_its_signal, signal_alone)


@pytest.mark.parametrize("lose", WAYS)
def test_it_ends_and_keeps_what_lies_on_the_counter(
    town: Engine, town_file: Path, lose: Callable[[PtyTill], None]
) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r{SOAP}\r")
        till.wait_for("× 1")
        till.wait_for("3.80")
        lose(till)
        assert till.process.wait(LONGEST_S) == FAILED
    assert kept(town) == {SALT: 1, SOAP: 1}


@pytest.mark.parametrize("shown", ["\x1bOS", "\x1b[20~", "\x1b[21~", "\x11"], ids=["F4", "F9", "F10", "^Q"])
def test_it_ends_under_whatever_is_shown(town: Engine, town_file: Path, shown: str) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r")
        till.wait_for("× 1")
        till.send(shown)
        time.sleep(0.3)
        till.hang_up()
        assert till.process.wait(LONGEST_S) == FAILED
    assert kept(town) == {SALT: 1}


def test_it_ends_where_nobody_is_signed_in(town_file: Path) -> None:
    with PtyTill(town_file) as till:
        till.wait_for("Who is at the till?")
        till.hang_up()
        assert till.process.wait(LONGEST_S) == FAILED


def test_it_ends_while_the_database_is_held(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send("GZ0012\r")
        till.wait_for("✔ may redeem")
        with transaction(town):
            till.send(f"{SALT}\r")
            till.wait_for("× 1")
            till.hang_up()
            assert till.process.wait(LONGEST_S + 0.5) == FAILED


def test_it_ends_where_only_its_output_is_gone(town: Engine, town_file: Path) -> None:
    keys, keys_of_till = pty.openpty()
    screen, screen_of_till = pty.openpty()
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("LIZHI_", "TEXTUAL"))}
    till = subprocess.Popen(
        [sys.executable, *PROGRAM, "--lang", "en"],
        stdin=keys_of_till,
        stdout=screen_of_till,
        stderr=screen_of_till,
        env={**plain, "TERM": "xterm-256color", "LIZHI_DB": f"sqlite:///{town_file}", **SIGNED_IN},
        start_new_session=True,
    )
    os.close(keys_of_till)
    os.close(screen_of_till)
    try:
        seen = b""
        while b"booklet" not in seen:
            seen += os.read(screen, 65536)
        os.close(screen)
        os.write(keys, f"GZ0012\r{SALT}\r".encode())
        assert till.wait(LONGEST_S) == FAILED
    finally:
        till.kill()
        till.wait(10)
        os.close(keys)


def test_the_end_of_a_pipe_is_told_from_being_closed() -> None:
    ends = os.pipe()
    os.close(ends[1])
    reader = KeyReader(ends[0])
    assert list(reader) == []
    assert reader.lost
    os.close(ends[0])
    ends = os.pipe()
    reader = KeyReader(ends[0])
    reader.close()
    assert list(reader) == []
    assert not reader.lost
    for end in ends:
        os.close(end)
