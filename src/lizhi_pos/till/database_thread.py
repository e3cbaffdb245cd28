"""One queue to one database thread: jobs run one after the other, answers come back in order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


class DatabaseThread:
    """The database thread. The screen awaits its answers and never touches the database itself."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="till-database")

    async def run(self, job: Callable[[], _T]) -> _T:
        """Run a job after all that were given before; raise what it raises.

        Once begun a job is ended, also where nobody waits for its answer any more.
        """
        from asyncio import shield, wrap_future

        return await shield(wrap_future(self.begin(job)))

    def begin(self, job: Callable[[], _T]) -> "Future[_T]":
        """Put a job in the queue without waiting for it."""
        return self._thread.submit(job)

    def close(self) -> None:
        """Wait for the job that runs, drop what waits behind it, and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)
