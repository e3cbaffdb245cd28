"""Where bytes go: a network printer, a file, a port, a queue, or the screen. One fresh connection a job."""

import os
import select
import socket
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Literal
from urllib.parse import parse_qsl

from msgspec import Struct

from lizhi_pos.printing.status_protocol import Conversation, Device, NotSent, Questions, Timeouts, broken_off
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.system_errors import system_words

DeviceKind = Literal["tcp", "file", "serial", "usb", "cups", "windows", "screen"]
_SHAPES: Mapping[str, str] = {
    "tcp": "tcp://HOST:PORT",
    "file": "file:PATH",
    "serial": "serial:PATH?baud=9600",
    "usb": "usb:VENDOR:PRODUCT",
    "cups": "cups:NAME",
    "windows": "windows:NAME",
    "screen": "screen:",
}


class DeviceAddress(Struct, frozen=True):
    """A device as it was entered. `target` is a host, a path or a queue's name; `numbers` are the port, the baud
    rate, or a USB vendor and product; `answers` is False where it is known never to answer (``?status=no``).
    """

    kind: DeviceKind
    target: str = ""
    numbers: tuple[int, ...] = ()
    answers: bool = True


def parse_device(url: str) -> DeviceAddress | Refusal:
    """Return the device behind an address such as ``tcp://192.168.1.50:9100``; refuse one it cannot read."""
    kind, colon, rest = url.partition(":")
    kind = kind.lower()
    body, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    known = {"baud", "status"} if kind == "serial" else {"status"}
    if not colon or kind not in _SHAPES or options.keys() - known or options.get("status", "no") not in ("yes", "no"):
        return refuse("rule_broken", "a device is one of: {0}; not {1}", ", ".join(_SHAPES.values()), url)
    answers = options.get("status") != "no"
    address = _address(kind, body, options, answers)
    return address or refuse("rule_broken", "a device of this kind is written {0}; not {1}", _SHAPES[kind], url)


def _address(kind: str, body: str, options: Mapping[str, str], answers: bool) -> DeviceAddress | None:
    match kind:
        case "tcp":
            host, _, port = body.removeprefix("//").rstrip("/").rpartition(":")
            if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
                return DeviceAddress("tcp", host.strip("[]"), (int(port),), answers)
        case "file" if path := (body[2:] if body.startswith("///") else body):
            return DeviceAddress("file", path, (), answers)
        case "serial" if body and (baud := options.get("baud", "9600")).isdecimal() and int(baud):
            return DeviceAddress("serial", body, (int(baud),), answers)
        case "usb":
            with suppress(ValueError):
                vendor, product = (int(part, 16) for part in body.split(":"))
                return DeviceAddress("usb", body, (vendor, product), answers)
        case "cups" if body:
            return DeviceAddress("cups", body, (), answers)
        case "windows" if body:
            return DeviceAddress("windows", body, (), answers)
        case "screen" if not body:
            return DeviceAddress("screen", "", (), answers)
    return None


def open_device(address: DeviceAddress, asks: bool, timeouts: Timeouts, *, process_id: bool = False) -> Device:
    """Return a fresh, open connection. `asks` is whether this printer model answers when it is asked for its state, and
    `process_id` whether it also tells which job it has printed.

    Raises NotSent where it cannot print now.
    """
    questions = partial(Conversation, timeouts=timeouts, process_id=process_id) if asks and address.answers else None
    device = _device(address, questions, timeouts)
    try:
        device.open()
    except BaseException:
        device.close()
        raise
    return device


def _device(address: DeviceAddress, questions: Questions | None, timeouts: Timeouts) -> Device:
    from lizhi_pos.printing import local_devices

    match address.kind:
        case "tcp":
            return TcpDevice(address.target, address.numbers[0], questions, timeouts)
        case "serial":
            return local_devices.SerialDevice(address.target, address.numbers[0], questions, timeouts)
        case "usb":
            return local_devices.UsbDevice(address.numbers[0], address.numbers[1], questions, timeouts)
        case "cups":
            return local_devices.CupsDevice(address.target, timeouts)
        case "windows":
            return local_devices.WindowsDevice(address.target)
        case "file":
            return FileDevice(address.target, timeouts)
        case "screen":
            return ScreenDevice()


class TcpDevice:
    """A network printer, as a rule on port 9100."""

    def __init__(self, host: str, port: int, questions: Questions | None, timeouts: Timeouts) -> None:
        self._where = (host, port)
        self._asks = questions(self) if questions else None
        self._timeouts = timeouts
        self._socket: socket.socket | None = None

    def open(self) -> None:
        try:
            self._socket = socket.create_connection(self._where, self._timeouts.connect)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            where = f"{self._where[0]}:{self._where[1]}"
            raise NotSent(message("printer {0} cannot be reached: {1}", where, system_words(error))) from error
        if self._asks:
            self._asks.look()

    def send(self, payload: bytes) -> None:
        connection = self._connection()
        taken, deadline = 0, time.monotonic() + self._timeouts.send
        try:
            while taken < len(payload):
                connection.settimeout(max(deadline - time.monotonic(), 0.01))
                taken += connection.send(memoryview(payload)[taken:])
        except OSError as error:
            raise broken_off(taken, error) from error

    def confirm(self) -> bool:
        if self._asks is None:
            self._wait_for_end()
            return False
        self._asks.printed()
        return True

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def write(self, data: bytes, wait: float) -> None:
        """Hand over bytes within so many seconds."""
        connection = self._connection()
        connection.settimeout(wait)
        connection.sendall(data)

    def read(self, wait: float) -> bytes:
        """One byte, nothing if none came in time; raises EOFError when the printer has closed."""
        connection = self._connection()
        connection.settimeout(wait)
        try:
            answer = connection.recv(1)
        except TimeoutError:
            return b""
        if not answer:
            raise EOFError
        return answer

    def _wait_for_end(self) -> None:
        # closing with something unread makes the system tell the printer to forget what it has not read yet
        with suppress(OSError, EOFError):
            self._connection().shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + self._timeouts.status
            while time.monotonic() < deadline:
                self.read(self._timeouts.status)

    def _connection(self) -> socket.socket:
        assert self._socket is not None
        return self._socket


class FileDevice:
    """A plain file, which grows by each job, or a device file such as a USB printer's; neither answers."""

    def __init__(self, path: str, timeouts: Timeouts) -> None:
        self._path = path
        self._timeouts = timeouts
        self._file: int | None = None

    def open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        # an unplugged printer's device file must not be made anew as a plain file that swallows receipts
        if not self._path.startswith("/dev/"):
            flags |= os.O_CREAT
        try:
            self._file = os.open(self._path, flags, 0o644)
        except OSError as error:
            raise NotSent(message("{0} cannot be opened: {1}", self._path, system_words(error))) from error

    def send(self, payload: bytes) -> None:
        assert self._file is not None
        taken, deadline = 0, time.monotonic() + self._timeouts.send
        try:
            while taken < len(payload):
                taken += self._some(memoryview(payload)[taken:], deadline)
            if stat.S_ISREG(os.fstat(self._file).st_mode):
                os.fsync(self._file)
        except OSError as error:
            raise broken_off(taken, error) from error

    def _some(self, data: memoryview, deadline: float) -> int:
        """Return how many bytes were taken; raise TimeoutError where none are taken until the deadline."""
        assert self._file is not None
        try:
            return os.write(self._file, data)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError("no answer in time") from None
            select.select([], [self._file], [], max(deadline - time.monotonic(), 0))
            return 0

    def confirm(self) -> bool:
        return False

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)


class ScreenDevice:
    """No paper: the spool hands the text to whoever shows it."""

    def open(self) -> None: ...

    def send(self, payload: bytes) -> None: ...

    def confirm(self) -> bool:
        return False

    def close(self) -> None: ...
