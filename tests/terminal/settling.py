"""Waiting until a program on asyncio has done all it was asked: no longer than it takes, and no guess at how long."""

import asyncio
from collections.abc import Awaitable, Callable

SOON_S = 0.06
"""Seconds within which a timer's work is still a part of what was asked: to paint a field, to keep a basket."""


async def settled(jobs: Callable[[], int], job: Callable[[], Awaitable[None]], look: Callable[[], bool]) -> None:
    """Wait until nothing is ready to run, no job of another thread is left, and no timer rings soon.

    `jobs` is how many jobs that thread was given so far, `job` gives it one more and waits for it, `look` paints what
    stands to be painted, and says whether there is still anything to wait for.
    """
    while True:
        given = jobs()
        await job()
        await _nothing_ready()
        if not look():
            return
        await _nothing_ready()
        if jobs() > given + 1:
            continue
        if (rings_in := _next_timer()) > SOON_S:
            return
        await asyncio.sleep(max(rings_in, 0))


async def _nothing_ready() -> None:
    """Let every other task run until it waits."""
    ready = vars(asyncio.get_running_loop())["_ready"]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


def _next_timer() -> float:
    """Seconds until the next timer of the running loop rings."""
    loop = asyncio.get_running_loop()
    rings = [timer.when() for timer in vars(loop)["_scheduled"] if not timer.cancelled()]
    return min(rings, default=float("inf")) - loop.time()
