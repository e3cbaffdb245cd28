"""What goes on behind the screens: printing, learning names, a look at what waits, locking after a while."""

import asyncio
import gc
import time
from typing import TYPE_CHECKING

from lizhi_pos.printing.print_thread import PrintThread
from lizhi_pos.terminal.live_changes import LiveChanges
from lizhi_pos.terminal.panels.header_footer import printer_words
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.till.customer_display import CustomerDisplay
from lizhi_pos.till.display_channel import BEAT_S, DisplayWriter, channel_file
from lizhi_pos.till.display_thread import DisplayThread
from lizhi_pos.till.led_thread import led_thread

if TYPE_CHECKING:
    from lizhi_pos.office.market_day import OfficeService
    from lizhi_pos.till.service import TillService

PRINT_AFTER_SALE_S = 0.05
"""Seconds after a sale in which the screen has the machine to itself."""
FIRST_POLL_S = 0.3
"""Seconds after the start, which the first scans have to themselves."""


class Background:
    """Starts once somebody may sell; `end` waits for what was begun."""

    def __init__(self, app: Shell, service: "TillService", office: "OfficeService") -> None:
        self._app = app
        self._pauses = app.settings.pauses
        self._service = service
        self._office = office
        self._last_key = time.monotonic()
        self._sold = False
        self._lock_after: float | None = None
        # what is there now stays: looking through all of it for garbage holds a scan up for a tenth of a second
        gc.freeze()
        self._printing = PrintThread(service.engine, app.settings.till, app.printed, self._pauses.printer)
        till, url, thanks_s = app.settings.till, service.engine.url, self._pauses.thanks_s
        self._live = LiveChanges(app, service.engine, self.quiet_for)
        self._displays = (
            DisplayThread(
                lambda: DisplayWriter(channel_file(url, till)), app.note_failure, beat_s=BEAT_S, thanks_s=thanks_s
            ),
            led_thread(service.engine, till, app.note_failure, thanks_s),
        )
        app.set_timer(FIRST_POLL_S, lambda: app.run_worker(self._look()))
        app.set_interval(self._pauses.print_poll_s, lambda: app.run_worker(self._look()))
        app.run_worker(self._learn_names())

    def key_came(self) -> None:
        """Somebody is at the till."""
        self._last_key = time.monotonic()

    def quiet_for(self) -> float:
        """Seconds since somebody was at the till."""
        return time.monotonic() - self._last_key

    def sold(self) -> None:
        """There is a new paper to print, and less on the shelf."""
        self._sold = True
        # that it is done is on the screen first
        self._app.set_timer(PRINT_AFTER_SALE_S, self.wake_printing)

    def wake_printing(self) -> None:
        """There is something to print."""
        self._printing.wake()

    def show_to_household(self, shown: CustomerDisplay) -> None:
        """Set what the displays that face the household show from now on."""
        for display in self._displays:
            display.show(shown)

    def lock_after(self, minutes: str) -> None:
        """Locks the till after so many minutes without a key; any word that is no number means never."""
        self._lock_after = int(minutes) * 60.0 if minutes.isdigit() else None

    def end(self) -> None:
        """Lets the job that is being printed come to its end."""
        self._live.end()
        for display in self._displays:
            display.end()
        self._printing.end()

    async def _look(self) -> None:
        if self._lock_after is not None and self.quiet_for() >= self._lock_after:
            self._app.navigator.lock()
        try:
            has_printer, jobs = await self._app.work.run(self._office.printing)
            self._app.show_printer(printer_words(has_printer, [job.state for job in jobs]))
            if self._sold and self.quiet_for() >= self._pauses.print_poll_s:
                self._sold = False
                await self._app.navigator.look_around()
        except Exception as error:
            self._app.note_failure(error)

    async def _learn_names(self) -> None:
        # in a thread of its own and while nobody scans: loading the readings holds everything up for a moment
        try:
            known, of = 0, 1
            while known < of:
                await asyncio.sleep(0.02)
                if self.quiet_for() < self._pauses.learn_after_s:
                    await asyncio.sleep(1)
                else:
                    known, of = await asyncio.to_thread(self._service.learn, 100)
        except Exception as error:
            self._app.note_failure(error)
