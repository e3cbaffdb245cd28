"""Where the present moment and the keys of rows come from.

Whoever opens the books hands a clock in with them (`engines.open_engine`), and every transaction has its moment and
its keys from there. It is the machine's own unless another is given, such as a test's, which stands still.
"""

import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from lizhi_pos.ids import TICKS_PER_MS, Id, uuid7


class Clock(Protocol):
    """What tells the time and makes keys."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        ...

    def new_id(self) -> Id:
        """Return a key that was never given before, and sorts behind those given before."""
        ...


class MachineClock:
    """The machine's own clock and its source of randomness."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> Id:
        with self._lock:
            tick = max(time.time_ns() * TICKS_PER_MS // 1_000_000, self._last + 1)
            self._last = tick
        return uuid7(tick, secrets.randbits(62))


MACHINE_CLOCK: Clock = MachineClock()
"""The one of this process: its keys are in order whatever books they are for."""
