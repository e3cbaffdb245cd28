"""What `doctor` looks at outside of the machine: whether printers and displays can be reached, and ports used."""

import glob
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from lizhi_pos.maintenance.doctor import Fact, Subject, bad, ok, warn
from lizhi_pos.printing.devices import DeviceAddress
from lizhi_pos.refusal import Message, Refusal, message

CONNECT_S = 4.0

PORTS = ("/dev/ttyUSB*", "/dev/ttyACM*", "/dev/usb/lp*", "/dev/hidraw*")
"""Device files of printers, displays and scanners that are plugged in, on Linux."""


def printers(subject: Subject) -> Iterator[Fact]:
    """Look whether each printer and display can be reached; nothing is sent to it."""
    from lizhi_pos.printing.devices import parse_device

    found = _known(subject)
    for name, device in found:
        address = parse_device(device)
        if isinstance(address, Refusal):
            yield bad(message("{0} has the device {1}, which is none: give it anew with `printer add`", name, device))
        elif why := unreachable(address):
            yield bad(message("{0} ({1}) cannot print: {2}; see to its power, cable and paper", name, device, why))
        else:
            yield ok(message("{0} ({1}) can be reached", name, device))
    if not found:
        yield ok(message("there is no printer yet: `printer add`"))


def _known(subject: Subject) -> Sequence[tuple[str, str]]:
    from lizhi_pos.database_file import kind_of
    from lizhi_pos.db import reading
    from lizhi_pos.maintenance.looking import only_looked_at
    from lizhi_pos.printqueue.printers import devices

    if subject.path is not None and kind_of(subject.path) != "ours":
        return []
    with only_looked_at(subject.url, subject.clock) as engine, reading(engine) as tx:
        return [(one.name, one.device) for one in devices(tx)] if tx.town_id is not None else []


def unreachable(address: DeviceAddress) -> Message | None:
    """Return why a device cannot be reached, None where it can; nothing is sent to it, no file is made."""
    from lizhi_pos.printing import local_devices
    from lizhi_pos.printing.status_protocol import NotSent, Timeouts

    match address.kind:
        case "tcp":
            return _no_connection(address.target, address.numbers[0])
        case "file":
            return _no_file(Path(address.target))
        case "serial":
            return _no_port(address.target)
        case "usb":
            return _not_plugged_in(*address.numbers)
        case "cups" | "windows":
            queue: local_devices.CupsDevice | local_devices.WindowsDevice = (
                local_devices.CupsDevice(address.target, Timeouts())
                if address.kind == "cups"
                else local_devices.WindowsDevice(address.target)
            )
            try:
                queue.open()
            except NotSent as error:
                return error.text
            finally:
                queue.close()
    return None


def _no_connection(host: str, port: int) -> Message | None:
    from lizhi_pos.system_errors import system_words

    try:
        socket.create_connection((host, port), CONNECT_S).close()
    except OSError as error:
        return system_words(error)
    return None


def _no_file(path: Path) -> Message | None:
    if path.exists():
        return None if os.access(path, os.W_OK) else message("this user may not use it")
    is_device = str(path).startswith("/dev/")
    return message("it is not there") if is_device or not os.access(path.parent, os.W_OK) else None


def _no_port(port: str) -> Message | None:
    if find_spec("serial") is None:
        return message("printing to {0} needs a package that is not here: pip install {1}", "serial:", "pyserial")
    if sys.platform == "win32":
        from serial.tools import list_ports

        known = {one.device.upper() for one in list_ports.comports()}
        return None if port.upper() in known else message("it is not there")
    if not os.path.exists(port):
        return message("it is not there")
    return None if os.access(port, os.R_OK | os.W_OK) else message("this user may not use it")


def _not_plugged_in(vendor: int, product: int) -> Message | None:
    try:
        import usb.core
    except ImportError:
        return message("printing to {0} needs a package that is not here: pip install {1}", "usb:", "pyusb")
    try:
        if usb.core.find(idVendor=vendor, idProduct=product) is None:
            return message("USB printer {0} is not plugged in or is off", f"{vendor:04x}:{product:04x}")
    except usb.core.NoBackendError:
        return message("printing to {0} needs the library libusb, which is not here", "usb:")
    return None


def ports(subject: Subject) -> Iterator[Fact]:
    """Look whether this user may use the serial and USB ports that are there."""
    yield from usable(sorted(found for pattern in PORTS for found in glob.glob(pattern)))


def usable(found: Sequence[str]) -> Iterator[Fact]:
    """Return which of these device files this user may use, and what to do about the others."""
    if sys.platform == "win32":
        yield ok(message("Windows gives every user the ports; printers are installed in its settings"))
        return
    for port in found:
        if os.access(port, os.R_OK | os.W_OK):
            yield ok(message("{0} can be used", port))
        else:
            group = _group(port)
            yield warn(message("this user may not use {0}: sudo usermod -aG {1} $USER, then sign in anew", port, group))
    if not found:
        yield ok(message("nothing is plugged into a serial or USB port"))


def _group(port: str) -> str:
    try:
        return Path(port).group()
    except (KeyError, OSError, NotImplementedError):
        return "dialout"
