"""The LED display of a till: which one it is, and what of a moment of the counter it shows."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lizhi_pos.till.customer_display import THANKS_S, CustomerDisplay
from lizhi_pos.till.display_thread import DisplayThread

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lizhi_pos.printing.led_display import LedDisplay
    from lizhi_pos.printqueue.printers import Printer

BEAT_S = 2.0
"""Seconds after which a display that could not be reached is tried again."""
BEGINS_AFTER_S = 0.5
"""Seconds in which the first scans have the machine to themselves."""
RELOOK_S = 10.0
"""Seconds between two looks at which display stands at the till."""


def led_thread(
    engine: "Engine", till: str, on_trouble: Callable[[Exception], None], thanks_s: float = THANKS_S
) -> DisplayThread:
    """Return the thread that shows the counter's figures on the till's LED display, where it has one."""

    def begin() -> TillLed:
        time.sleep(BEGINS_AFTER_S)
        return TillLed(engine, till)

    return DisplayThread(begin, on_trouble, beat_s=BEAT_S, thanks_s=thanks_s)


class TillLed:
    """The LED display that stands at a till, as the books say it; another one after `printer add`."""

    def __init__(self, engine: "Engine", till: str) -> None:
        self._engine = engine
        self._till = till
        self._looked_at: float | None = None
        self._row: Printer | None = None
        self._led: LedDisplay | None = None

    def show(self, shown: CustomerDisplay) -> None:
        """Show the total while goods are scanned, what is left once it is done, and nothing of an empty counter."""
        if self._looked_at is None or time.monotonic() - self._looked_at >= RELOOK_S:
            self._look()
            self._looked_at = time.monotonic()
        if self._led is None:
            return
        if shown.verdict == "done" and not shown.training:
            self._led.show(shown.left, "left")
        else:
            self._led.show(_total(shown))

    def close(self) -> None:
        """Show nothing any more."""
        if self._led is not None:
            self._led.close()

    def _look(self) -> None:
        from lizhi_pos.db import reading
        from lizhi_pos.printing.led_display import LedDisplay, display_address
        from lizhi_pos.printing.profiles import load_display_profile
        from lizhi_pos.printqueue.printers import display_for, displays
        from lizhi_pos.refusal import Refusal

        with reading(self._engine) as tx:
            row = display_for(displays(tx), self._till)
        if row == self._row:
            return
        before, self._led, self._row = self._led, None, row
        if before is not None:
            before.close()
        if row is not None and not isinstance(profile := load_display_profile(row.profile), Refusal):
            address = display_address(row.device, profile)
            self._led = LedDisplay(address, profile) if not isinstance(address, Refusal) else None


def _total(shown: CustomerDisplay) -> int | None:
    """Return the figure while goods are scanned. Training shows none.

    The display has no sign that would say what it is.
    """
    return None if shown.training or shown.verdict in ("none", "may_not", "done") else shown.total
