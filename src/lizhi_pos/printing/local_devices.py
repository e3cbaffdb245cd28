"""Devices that need something of the machine: a serial port, USB, a print queue of CUPS or of Windows."""

import errno
import logging
import shutil
import subprocess
import time
from contextlib import suppress
from typing import Any

from lizhi_pos.printing.status_protocol import MaybeSent, NotSent, Questions, Timeouts
from lizhi_pos.refusal import Message, message
from lizhi_pos.system_errors import system_words

_PRINTER_CLASS = 7
_log = logging.getLogger(__name__)


def _missing(package: str, kind: str) -> NotSent:
    return NotSent(message("printing to {0} needs a package that is not here: pip install {1}", kind, package))


class SerialDevice:
    """A serial port, 8 data bits and no parity; it can answer."""

    def __init__(self, port: str, baud: int, questions: Questions | None, timeouts: Timeouts) -> None:
        self._port = port
        self._baud = baud
        self._asks = questions(self) if questions else None
        self._timeouts = timeouts
        self._serial: Any = None

    def open(self) -> None:
        try:
            import serial
        except ImportError as error:
            raise _missing("pyserial", "serial:") from error
        try:
            self._serial = serial.Serial(self._port, self._baud, timeout=self._timeouts.status, write_timeout=15)
        except (OSError, ValueError) as error:
            raise NotSent(message("{0} cannot be opened: {1}", self._port, system_words(error))) from error
        if self._asks:
            self._asks.look()

    def send(self, payload: bytes) -> None:
        # at 9600 baud a page of a few kilobytes takes several seconds
        seconds = self._timeouts.send + len(payload) * 10 / self._baud
        try:
            self.write(payload, seconds)
        except OSError as error:
            raise MaybeSent(message("the printer broke off while printing: {0}", system_words(error))) from error

    def confirm(self) -> bool:
        if self._asks is None:
            return False
        self._asks.printed()
        return True

    def close(self) -> None:
        if self._serial is not None:
            with suppress(OSError):
                self._serial.close()

    def write(self, data: bytes, wait: float) -> None:
        """Hand over bytes within so many seconds; pyserial's time-out is an OSError."""
        self._serial.write_timeout = wait
        self._serial.write(data)
        self._serial.flush()

    def read(self, wait: float) -> bytes:
        """One byte, nothing if none came in time."""
        self._serial.timeout = wait
        return bytes(self._serial.read(1))


class UsbDevice:
    """A USB printer by its vendor and product number; it can answer."""

    def __init__(self, vendor: int, product: int, questions: Questions | None, timeouts: Timeouts) -> None:
        self._numbers = (vendor, product)
        self._asks = questions(self) if questions else None
        self._timeouts = timeouts
        self._device: Any = None
        self._out: Any = None
        self._in: Any = None
        self._unread = b""

    def open(self) -> None:
        try:
            import usb.core
            import usb.util
        except ImportError as error:
            raise _missing("pyusb", "usb:") from error
        name = f"{self._numbers[0]:04x}:{self._numbers[1]:04x}"
        try:
            self._device = usb.core.find(idVendor=self._numbers[0], idProduct=self._numbers[1])
            if self._device is None:
                raise NotSent(message("USB printer {0} is not plugged in or is off", name))
            self._claim(usb.util)
        except usb.core.NoBackendError as error:
            raise NotSent(message("printing to {0} needs the library libusb, which is not here", "usb:")) from error
        except usb.core.USBError as error:
            raise NotSent(message("{0} cannot be opened: {1}", name, system_words(error))) from error
        if self._asks and self._in is not None:
            self._asks.look()

    def _claim(self, util: Any) -> None:
        interface = next(
            (i for c in self._device for i in c if i.bInterfaceClass == _PRINTER_CLASS), self._device[0][(0, 0)]
        )
        number = interface.bInterfaceNumber
        with suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
        self._device.set_configuration()
        util.claim_interface(self._device, number)
        for endpoint in interface:
            if util.endpoint_direction(endpoint.bEndpointAddress) == util.ENDPOINT_OUT:
                self._out = endpoint
            else:
                self._in = endpoint
        if self._out is None:
            raise NotSent(message("USB device {0} is no printer", f"{self._numbers[0]:04x}:{self._numbers[1]:04x}"))

    def send(self, payload: bytes) -> None:
        try:
            self.write(payload, self._timeouts.send)
        except OSError as error:
            raise MaybeSent(message("the printer broke off while printing: {0}", system_words(error))) from error

    def confirm(self) -> bool:
        if self._asks is None or self._in is None:
            return False
        self._asks.printed()
        return True

    def close(self) -> None:
        if self._device is not None:
            import usb.util

            with suppress(OSError):
                usb.util.dispose_resources(self._device)

    def write(self, data: bytes, wait: float) -> None:
        """Hand over bytes within so many seconds; pyusb's errors are OSErrors. Raises OSError where some are left."""
        if self._out.write(data, int(wait * 1000)) != len(data):
            raise OSError(errno.EIO, "not everything was taken")

    def read(self, wait: float) -> bytes:
        """One byte, nothing if none came in time."""
        import usb.core

        deadline = time.monotonic() + wait
        while not self._unread and (left := deadline - time.monotonic()) > 0:
            with suppress(usb.core.USBTimeoutError):
                self._unread += bytes(self._in.read(self._in.wMaxPacketSize, max(int(left * 1000), 1)))
            # a printer with nothing to say may answer at once with an empty packet
            if not self._unread:
                time.sleep(0.02)
        byte, self._unread = self._unread[:1], self._unread[1:]
        return byte


class CupsDevice:
    """A queue of CUPS, given the bytes as they are; it takes them and cannot say when they are on paper."""

    def __init__(self, queue: str, timeouts: Timeouts) -> None:
        self._queue = queue
        self._timeouts = timeouts

    def open(self) -> None:
        if shutil.which("lp") is None or shutil.which("lpstat") is None:
            raise NotSent(message("printing to {0} needs the programs lp and lpstat of CUPS", "cups:"))
        try:
            asked = subprocess.run(
                ["lpstat", "-a", self._queue], capture_output=True, timeout=self._timeouts.connect, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotSent(message("{0} cannot be opened: {1}", self._queue, system_words(error))) from error
        if asked.returncode:
            _log.warning("lpstat: %s", asked.stderr.decode(errors="replace").strip())
            raise NotSent(message("{0} cannot be opened: {1}", self._queue, message("CUPS has no queue of this name")))

    def send(self, payload: bytes) -> None:
        try:
            subprocess.run(
                ["lp", "-d", self._queue, "-o", "raw", "-"],
                input=payload,
                capture_output=True,
                timeout=self._timeouts.send,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise self._in_doubt(system_words(error)) from error

    def _in_doubt(self, why: Message) -> MaybeSent:
        return MaybeSent(message("queue {0} did not take the job for sure: {1}", self._queue, why))

    def confirm(self) -> bool:
        return False

    def close(self) -> None: ...


class WindowsDevice:
    """A printer installed in Windows, given the bytes as they are; its queue cannot say when they are on paper."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._handle: Any = None

    def open(self) -> None:
        try:
            import win32print
        except ImportError as error:
            raise _missing("pywin32", "windows:") from error
        try:
            self._handle = win32print.OpenPrinter(self._queue)
        except win32print.error as error:
            raise NotSent(message("{0} cannot be opened: {1}", self._queue, system_words(error))) from error

    def send(self, payload: bytes) -> None:
        import win32print

        try:
            win32print.StartDocPrinter(self._handle, 1, ("lizhi-pos", None, "RAW"))
            win32print.StartPagePrinter(self._handle)
            written = win32print.WritePrinter(self._handle, payload)
            win32print.EndPagePrinter(self._handle)
            win32print.EndDocPrinter(self._handle)
        except win32print.error as error:
            raise self._in_doubt(system_words(error)) from error
        if written != len(payload):
            taken = message("it took {0} of {1} bytes", written, len(payload))
            raise self._in_doubt(taken)

    def _in_doubt(self, why: Message) -> MaybeSent:
        return MaybeSent(message("queue {0} did not take the job for sure: {1}", self._queue, why))

    def confirm(self) -> bool:
        return False

    def close(self) -> None:
        if self._handle is not None:
            import win32print

            with suppress(win32print.error):
                win32print.ClosePrinter(self._handle)
