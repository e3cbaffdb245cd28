"""The LED display with eight digits that faces the household (客显): a number, and a lamp that says what it is.

`ESC s N` lights a lamp, `ESC Q A DIGITS CR` shows a number, `CLR` clears, `ESC @` sets everything back.
"""

import os
from typing import Literal

from lizhi_pos.money import format_hundredths
from lizhi_pos.printing.devices import DeviceAddress, open_device, parse_device
from lizhi_pos.printing.profiles import DisplayProfile
from lizhi_pos.printing.status_protocol import Device, MaybeSent, NotSent, Timeouts
from lizhi_pos.refusal import Refusal, message, refuse

Lamp = Literal["total", "left"]

_START = b"\x1b@"
_CLEAR = b"\x0c"
_LAMP = b"\x1bs"
_SHOW = b"\x1bQA"
_NO_LAMP = b"0"
_TIMEOUTS = Timeouts(send=2)


def display_address(url: str, profile: DisplayProfile) -> DeviceAddress | Refusal:
    """Return where a display is; refuse what is no serial port. The profile's speed counts where none is given."""
    address = parse_device(url)
    if isinstance(address, Refusal):
        return address
    if address.kind != "serial":
        return refuse("rule_broken", "a display is written {0}; not {1}", f"serial:PATH?baud={profile.baud}", url)
    given = "baud=" in url.partition("?")[2]
    return DeviceAddress("serial", address.target, address.numbers if given else (profile.baud,), False)


def frame(amount: int | None, lamp: Lamp, profile: DisplayProfile) -> bytes:
    """Return the bytes that show an amount of hundredths under its lamp; None shows nothing.

    A number with more digits than there are is no number that anybody may believe: it is shown as dashes.
    """
    if amount is None:
        return _LAMP + _NO_LAMP + _CLEAR
    text = format_hundredths(amount)
    if len(text.replace(".", "")) > profile.digits:
        text = "-" * profile.digits
    number = profile.total_lamp if lamp == "total" else profile.left_lamp
    return _LAMP + number.encode("ascii") + _SHOW + text.encode("ascii") + b"\r"


class LedDisplay:
    """One display; opened when something is first to be shown, and again after it was unplugged.

    `show` and `close` raise NotSent or MaybeSent where it cannot be reached.
    """

    def __init__(self, address: DeviceAddress, profile: DisplayProfile) -> None:
        self._address = address
        self._profile = profile
        self._device: Device | None = None
        self._shown = b""

    def show(self, amount: int | None, lamp: Lamp = "total") -> None:
        """Show an amount; what is shown already is not sent again."""
        wanted = frame(amount, lamp, self._profile)
        if self._device is not None and self._is_unplugged():
            self._drop()
        if self._device is not None and wanted == self._shown:
            return
        try:
            if self._device is None:
                self._device = open_device(self._address, False, _TIMEOUTS)
                self._device.send(_START + wanted)
            else:
                self._device.send(wanted)
        except (NotSent, MaybeSent):
            self._drop()
            raise
        except Exception as error:
            # a driver's own kind of error, such as termios.error of a port that was pulled out
            self._drop()
            raise NotSent(message("{0} cannot be opened: {1}", self._address.target, str(error))) from error
        self._shown = wanted

    def close(self) -> None:
        """Show nothing any more, where it can be reached."""
        try:
            if self._device is not None:
                self.show(None)
        finally:
            self._drop()

    def _is_unplugged(self) -> bool:
        # an adapter that was pulled out takes its port's name with it; Windows has no such file
        return os.name == "posix" and not os.path.exists(self._address.target)

    def _drop(self) -> None:
        device, self._device, self._shown = self._device, None, b""
        if device is not None:
            device.close()
