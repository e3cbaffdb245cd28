"""What other tills changed is shown here too, within a second: gathered for a moment, and between two scans."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from lizhi_pos.database_failures import server_is_lost
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.till.change_listener import ChangeListener

if TYPE_CHECKING:
    from sqlalchemy import Engine

GATHER_S = 0.05
"""Seconds for which what comes is gathered: a sale changes several things, and eight tills sell."""
QUIET_S = 0.15
"""Seconds without a key after which a look holds nobody up."""
MAX_WAIT_S = 0.35
"""Seconds after which it is looked even while somebody types."""
REST_S = 0.25
"""Seconds between two looks: eight tills that sell at once do not keep each other and the server busy with looking."""


class LiveChanges:
    """Hands what a listener hears to the screens. `quiet_for` answers for how long no key came."""

    def __init__(self, app: Shell, engine: "Engine", quiet_for: Callable[[], float]) -> None:
        self._app = app
        self._quiet_for = quiet_for
        self._loop = asyncio.get_running_loop()
        self._kinds: set[str] = set()
        self._is_showing = False
        self._listener = ChangeListener(engine, self._heard, self._troubled)

    def end(self) -> None:
        """Listen no more."""
        self._listener.end()

    def _heard(self, kinds: frozenset[str]) -> None:
        # a till that has ended has no loop any more
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._gather, kinds)

    def _troubled(self, error: Exception) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take_notice, error)

    def _take_notice(self, error: Exception) -> None:
        """Take notice at once that the server is gone: an idle till would find out with its next act only."""
        link = self._app.work.link
        if not server_is_lost(error):
            self._app.note_failure(error)
        elif not link.is_lost:
            self._app.note_failure(error)
            link.is_lost = True
            link.go_on_trying()

    def _gather(self, kinds: frozenset[str]) -> None:
        self._kinds |= kinds
        if not self._is_showing and self._app.is_running:
            self._is_showing = True
            self._app.run_worker(self._show())

    async def _show(self) -> None:
        try:
            while self._kinds:
                await asyncio.sleep(GATHER_S)
                end = self._loop.time() + MAX_WAIT_S
                while (left := QUIET_S - self._quiet_for()) > 0 and self._loop.time() < end:
                    await asyncio.sleep(min(left, end - self._loop.time()))
                kinds, self._kinds = frozenset(self._kinds), set()
                await self._app.navigator.changed_elsewhere(kinds)
                await asyncio.sleep(REST_S)
        except Exception as error:
            self._app.note_failure(error)
        finally:
            self._is_showing = False
