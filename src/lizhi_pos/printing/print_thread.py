"""The thread that prints while the till sells."""

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lizhi_pos.printing.spool import Spool
    from lizhi_pos.printing.status_protocol import Timeouts

BEGINS_AFTER_S = 0.5
"""Seconds in which the first scans have the machine to themselves: the spool's imports take a while."""
MAX_END_S = 10.0
"""Seconds that leaving the till waits for a job that is being sent."""


class PrintThread:
    """Runs a till's spool until it is ended. `show` is given, on this thread, what goes to the device ``screen:``."""

    def __init__(
        self, engine: "Engine", till: str, show: Callable[[str], None], timeouts: "Timeouts | None" = None
    ) -> None:
        self._engine = engine
        self._till = till
        self._show = show
        self._timeouts = timeouts
        self._spool: Spool | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, name="till-printing", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is a new job."""
        if self._spool is not None:
            self._spool.wake()

    def end(self) -> None:
        """Lets the job that is being sent come to its end, then ends."""
        self._stop.set()
        if self._spool is not None:
            self._spool.end()
        self._thread.join(MAX_END_S)

    def _run(self) -> None:
        if self._stop.wait(BEGINS_AFTER_S):
            return
        from lizhi_pos.printing.spool import Spool

        self._spool = spool = Spool(self._engine, till=self._till, show=self._show, timeouts=self._timeouts)
        # `end` looks for the spool after it has set this
        if not self._stop.is_set():
            spool.run()
