"""Whether the server answers; while it does not, it is asked again and again, ever less often."""

import random
from asyncio import Task, create_task, sleep, to_thread
from collections.abc import Callable

FIRST_PAUSE_S = 0.25
"""The longest pause before the server is asked for the first time; it doubles before each further time."""
MAX_PAUSE_S = 3.0


class ServerLink:
    """What is known of the way to the server.

    `probe` asks the server, on a thread of its own, and raises where it does not answer. `on_change` is told of every
    try, `on_back` that it answers again; both on the loop of the screens.
    """

    def __init__(self) -> None:
        self.is_lost = False
        self.tries = 0
        self.probe: Callable[[], None] | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.on_back: Callable[[], None] = lambda: None
        self._trying: Task[None] | None = None

    def go_on_trying(self) -> None:
        """Ask the server until it answers; to be called on the loop of the screens, as often as one likes."""
        if self.is_lost and self._trying is None and self.probe is not None:
            self.tries = 0
            self._trying = create_task(self._try(self.probe))
            self.on_change()

    async def _try(self, probe: Callable[[], None]) -> None:
        pause = FIRST_PAUSE_S
        while self.is_lost:
            # with jitter, so that the tills of a shop do not all come at once
            await sleep(random.uniform(pause / 2, pause))
            pause = min(pause * 2, MAX_PAUSE_S)
            self.tries += 1
            try:
                await to_thread(probe)
            except Exception:
                # that it fails is what is shown already
                self.on_change()
            else:
                self.is_lost = False
        self._trying = None
        self.on_back()
