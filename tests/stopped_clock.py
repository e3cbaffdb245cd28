"""A clock for tests: it goes on only when it is told to, and its keys are the same in every run."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from zlib import crc32

from lizhi_pos.ids import TICKS_PER_MS, Id, uuid7

MARKET_DAY = datetime(2024, 4, 28, 1, 41, tzinfo=UTC)
"""09:41 in the town, on the last Sunday of April."""


class StoppedClock:
    """The one clock of a test, from the market day's morning on; its name sets its keys apart from another's."""

    def __init__(self, of: str) -> None:
        self.moment = MARKET_DAY
        self._lock = Lock()
        # keys are another test's never: what is read once is remembered by its key
        self._last, self._made = 0, crc32(of.encode()) * 1_000_000

    def now(self) -> datetime:
        return self.moment

    def new_id(self) -> Id:
        with self._lock:
            self._made += 1
            self._last = max(int(self.moment.timestamp()) * 1000 * TICKS_PER_MS, self._last + 1)
            return uuid7(self._last, self._made)

    def forward(self, minutes: float) -> None:
        self.moment += timedelta(minutes=minutes)
