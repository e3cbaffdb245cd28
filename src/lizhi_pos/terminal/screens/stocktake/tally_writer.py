"""Writes what is counted behind the scans, in their order, each in a transaction of its own."""

import asyncio
from collections import deque
from collections.abc import Callable

from lizhi_pos.inventory.counts import Tallied
from lizhi_pos.refusal import Refusal
from lizhi_pos.till.database_thread import DatabaseThread

PAINT_BEFORE_WRITE_S = 0.008
"""Seconds until a scan is painted: writing it then holds nobody up."""

Job = Callable[[], Tallied | Refusal]


class TallyWriter:
    """One write at a time; `on_answer` is told each answer, or what the machine raised; the rest goes on after it."""

    def __init__(self, work: DatabaseThread, on_answer: Callable[[Tallied | Refusal | Exception], None]) -> None:
        self._work = work
        self._on_answer = on_answer
        self._waiting: deque[Job] = deque()
        self._writing: asyncio.Task[None] | None = None

    def write(self, job: Job) -> None:
        """Write one act of counting after those before it."""
        self._waiting.append(job)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def settled(self) -> None:
        """Wait until everything is written."""
        while self._writing is not None and not self._writing.done():
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        await asyncio.sleep(PAINT_BEFORE_WRITE_S)
        while self._waiting:
            job = self._waiting.popleft()
            try:
                answer: Tallied | Refusal | Exception = await self._work.run(job)
            except Exception as error:
                answer = error
            self._on_answer(answer)
