import contextlib
import importlib.util
import os
import socket
import sys
import threading
import time
import types
from pathlib import Path

import pytest
from printer_emulator import PrinterEmulator
from printing_helpers import FAST

from lizhi_pos.printing.devices import DeviceAddress, open_device, parse_device
from lizhi_pos.printing.status_protocol import Device, MaybeSent, NotSent
from lizhi_pos.refusal import Refusal, message

JOB = b"\x1b@\x1c&" + "励志超市\n".encode("gbk") * 200


def device(url: str, asks: bool = True) -> Device:
    address = parse_device(url)
    assert isinstance(address, DeviceAddress), address
    return open_device(address, asks, FAST)


def deliver(url: str, asks: bool = True, job: bytes = JOB) -> bool:
    opened = device(url, asks)
    try:
        opened.send(job)
        return opened.confirm()
    finally:
        opened.close()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://192.168.1.50:9100", DeviceAddress("tcp", "192.168.1.50", (9100,))),
        ("tcp://printer:9100?status=no", DeviceAddress("tcp", "printer", (9100,), answers=False)),
        ("tcp://[::1]:9100", DeviceAddress("tcp", "::1", (9100,))),
        ("file:/dev/usb/lp0", DeviceAddress("file", "/dev/usb/lp0")),
        ("file:///tmp/out.bin", DeviceAddress("file", "/tmp/out.bin")),
        ("file:C:\\out.bin", DeviceAddress("file", "C:\\out.bin")),
        ("serial:/dev/ttyUSB0?baud=19200", DeviceAddress("serial", "/dev/ttyUSB0", (19200,))),
        ("serial:COM3", DeviceAddress("serial", "COM3", (9600,))),
        ("usb:0416:5011", DeviceAddress("usb", "0416:5011", (0x0416, 0x5011))),
        ("usb:0x04b8:0x0e15", DeviceAddress("usb", "0x04b8:0x0e15", (0x04B8, 0x0E15))),
        ("cups:POS58", DeviceAddress("cups", "POS58")),
        ("windows:XP-58", DeviceAddress("windows", "XP-58")),
        ("screen:", DeviceAddress("screen")),
    ],
)
def test_addresses(url: str, address: DeviceAddress) -> None:
    assert parse_device(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "screen",
        "lpt:1",
        "tcp://host",
        "tcp://host:0",
        "tcp://host:99999",
        "tcp://:9100",
        "tcp://host:9100?baud=9600",
        "tcp://host:9100?status=maybe",
        "file:",
        "serial:?baud=9600",
        "serial:COM1?baud=fast",
        "serial:COM1?baud=0",
        "usb:0416",
        "usb:0416:zzzz",
        "usb:0416:5011:1",
        "cups:",
        "windows:",
        "screen:1",
    ],
)
def test_addresses_that_cannot_be_read_are_refused(url: str) -> None:
    refusal = parse_device(url)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "rule_broken"


def test_a_printer_that_answers_confirms(printer: PrinterEmulator) -> None:
    assert deliver(printer.url)
    assert len(printer.papers) == 1


def test_one_that_is_never_asked_cannot_confirm(printer: PrinterEmulator) -> None:
    assert not deliver(printer.url, asks=False)
    assert not deliver(printer.url + "?status=no")
    assert [len(p.lines) for p in printer.papers] == [200, 200]


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotSent):
        device(f"tcp://127.0.0.1:{port}")


@pytest.mark.parametrize("fault", ["paper", "cover_closed"])
def test_not_ready_before_the_first_byte(printer: PrinterEmulator, fault: str) -> None:
    setattr(printer, fault, False)
    with pytest.raises(NotSent, match="paper" if fault == "paper" else "cover"):
        device(printer.url)
    assert not printer.papers


def test_mute_from_the_start_prints_and_is_in_doubt(printer: PrinterEmulator) -> None:
    printer.answers_state = printer.answers_printed = False
    with pytest.raises(MaybeSent):
        deliver(printer.url)
    assert len(printer.papers) == 1


def test_mute_after_the_print_is_in_doubt(printer: PrinterEmulator) -> None:
    printer.answers_printed = False
    with pytest.raises(MaybeSent):
        deliver(printer.url)


def test_a_late_answer_to_the_first_questions_is_no_proof() -> None:
    """A printer that reads slowly answers both questions when the whole job is in, and prints nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_late() -> None:
            connection, _ = server.accept()
            with connection:
                time.sleep(0.3)
                connection.sendall(b"\x12\x12")
                while connection.recv(4096):
                    pass

        thread = threading.Thread(target=answer_late, daemon=True)
        thread.start()
        with pytest.raises(MaybeSent):
            deliver(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        thread.join(3)


def test_paper_that_ends_during_the_print_is_in_doubt(printer: PrinterEmulator) -> None:
    opened = device(printer.url)
    printer.paper = False
    opened.send(JOB)
    with pytest.raises(MaybeSent, match="paper ran out"):
        opened.confirm()
    opened.close()


def test_closing_half_way_is_in_doubt(printer: PrinterEmulator) -> None:
    printer.closes_after = len(JOB) // 2
    with pytest.raises(MaybeSent):
        deliver(printer.url)
    assert not printer.papers


def test_a_reader_that_stops_reading_is_in_doubt_after_a_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}?status=no"
        started = time.monotonic()
        with pytest.raises(MaybeSent):
            deliver(url, job=bytes(20_000_000))
        assert time.monotonic() - started < 5


def test_a_file_grows_by_each_job(tmp_path: Path) -> None:
    path = tmp_path / "出纸 1.bin"
    assert not deliver(f"file:{path}")
    assert not deliver(f"file:{path}")
    assert path.read_bytes() == JOB * 2


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "out.bin", tmp_path, Path("/dev/usb/lp99")):
        with pytest.raises(NotSent):
            device(f"file:{path}")
    assert not Path("/dev/usb/lp99").exists()


def test_a_device_file_that_takes_nothing_is_in_doubt_after_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    started = time.monotonic()
    with pytest.raises(MaybeSent):
        deliver(f"file:{path}", job=bytes(200_000))
    assert time.monotonic() - started < 5
    os.close(reader)


def test_the_screen_takes_everything() -> None:
    assert not deliver("screen:")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_disk_takes_nothing() -> None:
    with pytest.raises(NotSent, match="nothing"):
        deliver("file:/dev/full")


@pytest.mark.skipif(importlib.util.find_spec("serial") is None, reason="pyserial is optional")
def test_a_serial_port(tmp_path: Path) -> None:
    master, slave = os.openpty()

    def answer() -> None:
        seen = b""
        while not seen.endswith(b"\x1dr\x01"):
            seen += os.read(master, 4096)
            if seen.endswith((b"\x10\x04\x01", b"\x10\x04\x04")):
                os.write(master, b"\x12")
        os.write(master, b"\x00")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    assert deliver(f"serial:{os.ttyname(slave)}?baud=115200")
    thread.join(3)
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(
    ("url", "package", "needs"),
    [
        ("serial:COM9", "serial", "pyserial"),
        ("usb:0416:5011", "usb", "pyusb"),
        ("windows:POS", "win32print", "pywin32"),
    ],
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, url: str, package: str, needs: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, f"{package}.core", None)
    with pytest.raises(NotSent) as refused:
        device(url)
    assert needs in refused.value.text.args


def test_cups_is_given_the_bytes_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, script in {"lpstat": "exit 0", "lp": f'echo "$@" > {tmp_path}/args; cat > {tmp_path}/bytes'}.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert not deliver("cups:POS58")
    assert (tmp_path / "bytes").read_bytes() == JOB
    assert (tmp_path / "args").read_text().split() == ["-d", "POS58", "-o", "raw", "-"]


def test_without_cups_its_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSent, match="CUPS"):
        device("cups:POS58")


def test_cups_without_that_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("lp", "lpstat"):
        (tmp_path / name).write_text("#!/bin/sh\necho no such queue >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(NotSent) as refused:
        device("cups:POS58")
    assert refused.value.text.args == ("POS58", message("CUPS has no queue of this name"))
    assert "no such queue" in caplog.text


def test_windows_is_given_the_bytes_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def called(name: str, answer: object) -> object:
        def call(*given: object) -> object:
            calls.append((name, *given))
            return answer

        return call

    fake = types.ModuleType("win32print")
    names = {"OpenPrinter": "handle", "WritePrinter": len(JOB)}
    for name in ("OpenPrinter", "StartDocPrinter", "StartPagePrinter", "WritePrinter", "EndPagePrinter"):
        setattr(fake, name, called(name, names.get(name)))
    for name in ("EndDocPrinter", "ClosePrinter"):
        setattr(fake, name, called(name, None))
    fake.error = OSError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "win32print", fake)
    assert not deliver("windows:XP-58")
    assert [c[0] for c in calls] == [
        "OpenPrinter",
        "StartDocPrinter",
        "StartPagePrinter",
        "WritePrinter",
        "EndPagePrinter",
        "EndDocPrinter",
        "ClosePrinter",
    ]
    assert calls[3] == ("WritePrinter", "handle", JOB)


def test_a_file_that_takes_nothing_at_all_was_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, bytes(65536)):
            pass
    with pytest.raises(NotSent):
        deliver(f"file:{path}")
    os.close(reader)
    os.close(writer)
