"""One queue to one database thread: jobs run one after the other, answers come back in order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from lizhi_pos.database_failures import ServerLost, server_is_lost
from lizhi_pos.till.server_link import ServerLink

_T = TypeVar("_T")


class DatabaseThread:
    """The database thread. The screen awaits its answers and never touches the database itself.

    Once the server is lost, as `link` knows, a job is not even begun until it is back: nobody waits for what does not
    answer. Jobs then raise ServerLost.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="till-database")
        self.link = ServerLink()

    async def run(self, job: Callable[[], _T]) -> _T:
        """Run a job after all that were given before; raise what it raises.

        Once begun a job is ended, also where nobody waits for its answer any more.
        """
        from asyncio import shield, wrap_future

        try:
            return await shield(wrap_future(self.begin(job)))
        except ServerLost:
            self.link.go_on_trying()
            raise

    def begin(self, job: Callable[[], _T]) -> "Future[_T]":
        """Put a job in the queue without waiting for it."""
        return self._thread.submit(self._through, job)

    def close(self) -> None:
        """Wait for the job that runs, drop what waits behind it, and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _through(self, job: Callable[[], _T]) -> _T:
        if self.link.is_lost:
            raise ServerLost(may_be_written=False)
        try:
            return job()
        except ServerLost:
            self.link.is_lost = True
            raise
        except Exception as error:
            if not server_is_lost(error):
                raise
            self.link.is_lost = True
            raise ServerLost(may_be_written=True) from error
