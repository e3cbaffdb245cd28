"""The LED display at a till: the total while scanning, what is left when done, blank when empty, in nobody's way."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from led8 import Led8, Shown
from pty_till import PtyTill
from sqlalchemy import Engine

from lizhi_pos.db import transaction
from lizhi_pos.printqueue.printers import add_printer
from towns.till import CLERK, CLERK_PIN, SALT, VINEGAR, redeemed, wait_until_redeemed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}
BLANK: Shown = ("", "0")


def stands_at(engine: Engine, url: str, till: str | None = None) -> None:
    with transaction(engine) as tx:
        add_printer(tx, name="客显", profile="display-led8", device=url, till=till)


def ends_with(last: Shown) -> Callable[[list[Shown]], bool]:
    return lambda shown: shown[-1] == last


def test_a_turn_on_the_led_display(town: Engine, town_file: Path, tmp_path: Path) -> None:
    led = Led8(tmp_path / "ttyUSB0")
    stands_at(town, led.url, till="1")
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        led.until(lambda shown: shown == [BLANK])
        for typed, then in ((f"GZ0012\r{SALT}\r", ("2.50", "2")), (f"2*{VINEGAR}\r", ("14.50", "2"))):
            till.send(typed)
            led.until(ends_with(then))
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 1, VINEGAR: 2}
        led.until(lambda shown: shown[-1] == ("585.50", "4"))
        led.until(lambda shown: shown[-1] == BLANK, 12)
        till.send("GZ0015\r")
        till.wait_for("may not redeem")
        till.send("\x11")
        assert till.process.wait(10) == 0
    time.sleep(0.3)
    assert led.strange == b""
    assert all(one != other for one, other in zip(led.shown, led.shown[1:], strict=False)), "something was sent twice"
    assert [s for s in led.shown if s != ("0.00", "2")] == [
        BLANK,
        ("2.50", "2"),
        ("14.50", "2"),
        ("585.50", "4"),
        BLANK,
    ]
    led.unplug()


def test_of_two_tills_each_has_its_own(town: Engine, town_file: Path, tmp_path: Path) -> None:
    led = Led8(tmp_path / "ttyUSB0")
    stands_at(town, led.url, till="2")
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r")
        till.wait_for("× 1")
        time.sleep(1.5)
    assert led.received == b""
    led.unplug()


@pytest.mark.parametrize("how", ["absent", "unplugged", "deaf"])
def test_a_display_that_cannot_show_holds_no_till_up(town: Engine, town_file: Path, tmp_path: Path, how: str) -> None:
    led = Led8(tmp_path / "ttyUSB0", reads=how != "deaf")
    stands_at(town, led.url)
    if how == "absent":
        led.unplug()
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        if how == "unplugged":
            led.until(lambda shown: shown == [BLANK])
            led.unplug()
        for _ in range(3):
            began = time.monotonic()
            till.send(f"GZ0012\r{SALT}\r")
            till.wait_for("× 1", 5)
            time.sleep(0.3)
            till.send("\r")
            till.wait_for("Done: receipt", 5)
            till.forget()
            assert time.monotonic() - began < 5
        if how == "deaf":
            led.unplug()
        else:
            again = Led8(led.path)
            again.until(lambda shown: bool(shown))
            again.unplug()
        began = time.monotonic()
        till.send("\x11")
        assert till.process.wait(10) == 0
        assert time.monotonic() - began < 5
    assert redeemed(town) == {SALT: 3}
