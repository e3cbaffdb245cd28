"""What touches files, beside the database's thread and the screen: a stick may be slow, or never answer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

_T = TypeVar("_T")


async def aside(job: Callable[[], _T]) -> _T:
    """Run a job on a thread of its own and return its answer; raise what it raises.

    A folder that hangs keeps neither whoever stops waiting nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def tell(say: Callable[[Any], None], what: object) -> None:
        # nobody waits any more where the program ended meanwhile
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if answer.done() else say(what))

    def run() -> None:
        try:
            done = job()
        except BaseException as error:
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, done)

    Thread(target=run, name="files", daemon=True).start()
    return await answer
