"""The LED display: its bytes, and a display on a pseudo-terminal that is unplugged and deaf."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from led8 import Led8
from printing_helpers import FAST
from sqlalchemy import Engine

from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.db import reading, transaction
from lizhi_pos.printing.led_display import LedDisplay, display_address, frame
from lizhi_pos.printing.profiles import (
    DisplayProfile,
    Profile,
    display_profile_names,
    load_display_profile,
    load_profile,
    profile_names,
)
from lizhi_pos.printing.spool import Spool, print_test_page
from lizhi_pos.printing.status_protocol import MaybeSent, NotSent
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.printers import Printer, add_printer, display_for, displays, printers
from lizhi_pos.refusal import Refusal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")


def led8() -> DisplayProfile:
    profile = load_display_profile("display-led8")
    assert isinstance(profile, DisplayProfile)
    return profile


@pytest.fixture
def led(tmp_path: Path) -> Iterator[Led8]:
    display = Led8(tmp_path / "ttyUSB0")
    yield display
    if display.path.is_symlink():
        display.unplug()


def display_at(url: str) -> LedDisplay:
    address = display_address(url, led8())
    assert not isinstance(address, Refusal)
    return LedDisplay(address, led8())


def test_a_display_is_no_printer() -> None:
    assert "display-led8" in display_profile_names()
    assert not set(display_profile_names()) & set(profile_names())
    assert isinstance(load_profile("display-led8"), Refusal)
    assert isinstance(load_display_profile("generic-58"), Refusal)
    assert isinstance(load_profile("generic-58"), Profile)
    assert all(isinstance(load_display_profile(stem), DisplayProfile) for stem in display_profile_names())
    assert "未实机验证" in led8().note


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (None, b"\x1bs0\x0c"),
        (0, b"\x1bs2\x1bQA0.00\r"),
        (1480, b"\x1bs2\x1bQA14.80\r"),
        (-320, b"\x1bs2\x1bQA-3.20\r"),
        (99999999, b"\x1bs2\x1bQA999999.99\r"),
        (100000000, b"\x1bs2\x1bQA--------\r"),
        (-99999999, b"\x1bs2\x1bQA--------\r"),
    ],
)
def test_what_is_sent(amount: int | None, sent: bytes) -> None:
    assert frame(amount, "total", led8()) == sent


def test_what_is_left_has_a_lamp_of_its_own() -> None:
    assert frame(7270, "left", led8()) == b"\x1bs4\x1bQA72.70\r"


@pytest.mark.parametrize(
    ("url", "baud"), [("serial:/dev/ttyUSB0", 2400), ("serial:/dev/ttyUSB0?baud=9600", 9600), ("serial:COM3", 2400)]
)
def test_its_speed_is_the_profiles_where_none_is_given(url: str, baud: int) -> None:
    address = display_address(url, led8())
    assert not isinstance(address, Refusal)
    assert (address.kind, address.numbers, address.answers) == ("serial", (baud,), False)


@pytest.mark.parametrize("url", ["tcp://192.0.2.7:9100", "screen:", "file:/tmp/x", "serial:", "COM3", "cups:x"])
def test_what_is_no_serial_port_is_refused(url: str) -> None:
    assert isinstance(display_address(url, led8()), Refusal)


def test_it_shows_clears_and_is_told_nothing_twice(led: Led8) -> None:
    display = display_at(led.url)
    display.show(None)
    led.until(lambda shown: shown == [("", "0")])
    for amount in (250, 250, 850, 850):
        display.show(amount)
    display.show(850, "left")
    display.show(850, "left")
    led.until(lambda shown: len(shown) == 4)
    display.close()
    led.until(lambda shown: len(shown) == 5)
    assert led.shown == [("", "0"), ("2.50", "2"), ("8.50", "2"), ("8.50", "4"), ("", "0")]
    assert led.received.count(b"\x1b@") == 1
    assert led.strange == b""


def test_unplugged_it_is_said_and_plugged_in_again_it_shows(led: Led8) -> None:
    display = display_at(led.url)
    display.show(250)
    led.until(lambda shown: shown == [("2.50", "2")])
    led.unplug()
    for _ in range(2):
        with pytest.raises(NotSent):
            display.show(250)
    again = Led8(led.path)
    display.show(250)
    again.until(lambda shown: shown == [("2.50", "2")])
    display.close()
    again.unplug()


def test_a_deaf_one_is_given_up_after_its_time(tmp_path: Path) -> None:
    deaf = Led8(tmp_path / "ttyUSB0", reads=False)
    display = display_at(deaf.url)
    began = time.monotonic()
    with pytest.raises((MaybeSent, NotSent)):
        show_many(display)
    assert time.monotonic() - began < 10
    deaf.unplug()


def show_many(display: LedDisplay) -> None:
    """More than the terminal takes by itself."""
    for amount in range(2000):
        display.show(amount)


def test_the_till_takes_its_own_display_then_one_for_all_and_no_others(book: Engine) -> None:
    for name, profile, till in (
        ("小票", "generic-58", None),
        ("客显二", "display-led8", "2"),
        ("客显", "display-led8", None),
    ):
        with transaction(book) as tx:
            add_printer(tx, name=name, profile=profile, device="serial:/dev/null", till=till)
    with reading(book) as tx:
        shown, printing = displays(tx), printers(tx)
    assert [d.name for d in shown] == ["客显二", "客显"]
    assert [p.name for p in printing] == ["小票"]
    assert name_of(display_for(shown, "2")) == "客显二"
    assert name_of(display_for(shown, "1")) == "客显"
    assert display_for(shown[:1], "1") is None


def test_a_display_never_gets_a_print_job(book: Engine, receipt: Receipt, led: Led8, tmp_path: Path) -> None:
    with transaction(book) as tx:
        add_printer(tx, name="小票", profile="generic-58", device=f"file:{tmp_path}/paper.bin")
    with transaction(book) as tx:
        add_printer(tx, name="客显", profile="display-led8", device=led.url)
        job = print_jobs.enqueue(tx, kind="receipt", document=msgspec.json.encode(receipt), till="1")
        named = print_jobs.enqueue(tx, kind="receipt", document=msgspec.json.encode(receipt), printer="客显")
    states = {view.id: view.state for view in Spool(book, timeouts=FAST).flush()}
    assert states == {job: "sent", named: "queued"}
    assert isinstance(print_test_page(book, "客显"), Refusal)
    assert led.received == b""
    assert (tmp_path / "paper.bin").read_bytes().count(receipt.number.encode()) >= 1


def name_of(device: Printer | None) -> str:
    return device.name if device else ""
