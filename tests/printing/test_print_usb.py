"""USB through the real pyusb, on a bus that exists only here."""

import functools
from types import SimpleNamespace
from typing import Any

import pytest
from printing_helpers import FAST

from lizhi_pos.printing.devices import DeviceAddress, open_device, parse_device
from lizhi_pos.printing.status_protocol import MaybeSent, NotSent

core = pytest.importorskip("usb.core", reason="pyusb is optional")
IBackend: Any = pytest.importorskip("usb.backend").IBackend

OUT, IN = 0x03, 0x84


class Bus(IBackend):  # type: ignore[misc]
    """One device: interface 0 is a keyboard's, interface 1 a printer's."""

    def __init__(self) -> None:
        self.received = b""
        self.to_say: list[bytes] = []
        self.answers = True
        self.unasked: list[bytes] = []
        self.takes = 100_000
        self.claimed: list[int] = []
        self.detached: list[int] = []

    def enumerate_devices(self) -> list[int]:
        return [1]

    def get_device_descriptor(self, dev: int) -> SimpleNamespace:
        fields = "bLength bDescriptorType bcdUSB bDeviceClass bDeviceSubClass bDeviceProtocol bMaxPacketSize0 bcdDevice"
        values = dict.fromkeys([*fields.split(), "iManufacturer", "iProduct", "iSerialNumber", "speed"], 0)
        rest = {"address": 1, "bus": 1, "port_number": 1, "port_numbers": (1,)}
        return SimpleNamespace(**values, **rest, idVendor=0x0416, idProduct=0x5011, bNumConfigurations=1)

    def get_configuration_descriptor(self, dev: int, config: int) -> SimpleNamespace:
        names = "bLength bDescriptorType wTotalLength iConfiguration bmAttributes bMaxPower"
        return SimpleNamespace(
            **dict.fromkeys(names.split(), 0), bNumInterfaces=2, bConfigurationValue=1, extra_descriptors=b""
        )

    def get_interface_descriptor(self, dev: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf > 1 or alt:
            raise IndexError
        names = "bLength bDescriptorType bInterfaceSubClass bInterfaceProtocol iInterface bAlternateSetting"
        return SimpleNamespace(
            **dict.fromkeys(names.split(), 0),
            bInterfaceNumber=intf,
            bNumEndpoints=2 if intf else 0,
            bInterfaceClass=7 if intf else 3,
            extra_descriptors=b"",
        )

    def get_endpoint_descriptor(self, dev: int, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        names = "bLength bDescriptorType bInterval bRefresh bSynchAddress"
        return SimpleNamespace(
            **dict.fromkeys(names.split(), 0),
            bEndpointAddress=(OUT, IN)[ep],
            bmAttributes=2,
            wMaxPacketSize=64,
            extra_descriptors=b"",
        )

    def open_device(self, dev: int) -> int:
        return 1

    def close_device(self, handle: int) -> None: ...

    def set_configuration(self, handle: int, value: int) -> None: ...

    def get_configuration(self, handle: int) -> int:
        return 1

    def set_interface_altsetting(self, handle: int, intf: int, alt: int) -> None: ...

    def claim_interface(self, handle: int, intf: int) -> None:
        self.claimed.append(intf)

    def release_interface(self, handle: int, intf: int) -> None: ...

    def is_kernel_driver_active(self, handle: int, intf: int) -> bool:
        return True

    def detach_kernel_driver(self, handle: int, intf: int) -> None:
        self.detached.append(intf)

    def bulk_write(self, handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, intf) == (OUT, 1)
        taken = bytes(data)[: self.takes]
        self.received += taken
        self.to_say += self.unasked
        if self.answers and taken.startswith(b"\x10\x04"):
            self.to_say.append(b"\x12")
        if self.answers and taken.endswith(b"\x1dr\x01"):
            self.to_say += [b"", b"\x00"]
        return len(taken)

    def bulk_read(self, handle: int, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert (ep, intf) == (IN, 1)
        said = self.to_say.pop(0) if self.to_say else b""
        for index, byte in enumerate(said):
            buff[index] = byte
        return len(said)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    made = Bus()
    monkeypatch.setattr(core, "find", functools.partial(core.find, backend=made))
    return made


def deliver(url: str) -> bool:
    address = parse_device(url)
    assert isinstance(address, DeviceAddress)
    device = open_device(address, True, FAST)
    try:
        device.send(b"receipt")
        return device.confirm()
    finally:
        device.close()


def test_the_printer_interface_is_found_and_asked(bus: Bus) -> None:
    assert deliver("usb:0416:5011")
    assert bus.received == b"\x10\x04\x01\x10\x04\x04receipt\x1dr\x01"
    assert (set(bus.claimed), bus.detached) == ({1}, [1])


def test_one_that_is_not_plugged_in(bus: Bus) -> None:
    with pytest.raises(NotSent, match="not plugged in"):
        deliver("usb:04b8:0e15")


def test_one_that_says_nothing_is_in_doubt(bus: Bus) -> None:
    bus.answers = False
    with pytest.raises(MaybeSent):
        deliver("usb:0416:5011")


def test_one_that_takes_only_a_part_is_in_doubt(bus: Bus) -> None:
    bus.takes = 3
    with pytest.raises(MaybeSent):
        deliver("usb:0416:5011")


STATUS = b"\x14\x00\x00\x00"


@pytest.mark.parametrize("packets", [[STATUS], [STATUS + STATUS], [STATUS[:1], b"", STATUS[1:]], [b"\x13", b"\x11"]])
def test_what_nobody_asked_for_proves_nothing(bus: Bus, packets: list[bytes]) -> None:
    """Packets that wait from before, and more with everything that is written."""
    bus.to_say, bus.unasked = list(packets), packets
    assert deliver("usb:0416:5011")
    bus.to_say, bus.answers = list(packets), False
    with pytest.raises(MaybeSent):
        deliver("usb:0416:5011")


def test_an_answer_that_was_left_unread_proves_nothing(bus: Bus) -> None:
    bus.answers, bus.to_say = False, [b"\x00\x00"]
    with pytest.raises(MaybeSent):
        deliver("usb:0416:5011")
