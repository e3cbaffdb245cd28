"""Keeps the basket on the counter on the disk while it is scanned, without making the scan wait for the disk."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lizhi_pos.refusal import Refusal

if TYPE_CHECKING:
    from lizhi_pos.till.basket import BasketInProgress
    from lizhi_pos.till.database_thread import DatabaseThread
    from lizhi_pos.till.shift import Shift


PAINT_BEFORE_SAVE_S = 0.008
"""Seconds until a line that was scanned is painted: writing it then holds nobody up."""


class Autosave:
    """Writes the newest state of each basket: one write at a time, a burst of scans in as few as the disk is quick.

    The database thread does its jobs in order, so what is given to it later, such as the redemption, comes after.
    `on_failure` is told why a basket could not be written: a refusal, or what the machine raised.
    """

    def __init__(self, work: "DatabaseThread", till: str, on_failure: Callable[[Refusal | Exception], None]) -> None:
        self._work = work
        self._till = till
        self._on_failure = on_failure
        self._newest: dict[str, Callable[[], Refusal | None]] = {}
        self._writing: asyncio.Task[None] | None = None

    def save(self, opened: "Shift", basket: "BasketInProgress") -> None:
        """Save the basket, which is another one now, perhaps without goods."""
        now = basket.at(self._till)
        # a basket that was emptied goes from the disk before the next one comes
        self._newest[basket.key] = lambda: opened.service.save(now, opened.shop, opened.clerk)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def settled(self) -> None:
        """Wait until everything is written."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        await asyncio.sleep(PAINT_BEFORE_SAVE_S)
        while self._newest:
            newest = self._newest.pop(next(iter(self._newest)))
            try:
                refusal = await self._work.run(newest)
            except Exception as error:
                # what else waits would come after its redemption
                self._newest.clear()
                self._on_failure(error)
                return
            if refusal is not None:
                self._on_failure(refusal)
