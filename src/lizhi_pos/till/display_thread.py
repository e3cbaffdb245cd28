"""The threads that carry what the household sees to a display: the till hands over and never waits."""

import time
from collections.abc import Callable
from functools import partial
from threading import Condition, Thread
from typing import Protocol

from lizhi_pos.till.customer_display import NOBODY, THANKS_S, CustomerDisplay

END_WAIT_S = 0.3
"""Seconds that leaving the till waits for a display; one that hangs is left alone."""


class Display(Protocol):
    """Something that shows a moment of the counter. Any method may raise, and may hang."""

    def show(self, shown: CustomerDisplay) -> None:
        """Show this; also called again with the same, every `beat_s`, while somebody is shown."""
        ...

    def close(self) -> None:
        """Show nothing any more."""
        ...


class DisplayThread:
    """Gives one display the newest moment, on a thread of its own.

    `open_display` is called on that thread. `on_trouble` is told, on that thread, of the first failure in a row. What
    thanks a household goes after `thanks_s`.
    """

    def __init__(
        self,
        open_display: Callable[[], Display | None],
        on_trouble: Callable[[Exception], None],
        *,
        beat_s: float,
        thanks_s: float = THANKS_S,
    ) -> None:
        self._open_display = open_display
        self._on_trouble = on_trouble
        self._beat_s = beat_s
        self._thanks_s = thanks_s
        self._changed = Condition()
        self._newest = NOBODY
        self._thanked_at = 0.0
        self._shown: CustomerDisplay | None = None
        self._ended = False
        self._in_trouble = False
        self._thread = Thread(target=self._run, name="till-display", daemon=True)
        self._thread.start()

    def show(self, shown: CustomerDisplay) -> None:
        """Hand over what the household sees now; returns at once."""
        with self._changed:
            if shown == self._newest:
                return
            self._newest, self._thanked_at = shown, time.monotonic()
            self._changed.notify()

    def end(self) -> None:
        """End, and blank the display where it answers soon."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(END_WAIT_S)

    def _run(self) -> None:
        display = self._tried(self._open_display)
        if display is None:
            return
        while (shown := self._next()) is not None:
            self._tried(partial(display.show, shown))
        self._tried(display.close)

    def _next(self) -> CustomerDisplay | None:
        """Wait for the next moment to be shown; None at the end."""
        with self._changed:
            if self._now() == self._shown and not self._ended:
                self._changed.wait(self._wait_s())
            if self._ended:
                return None
            self._shown = self._now()
            return self._shown

    def _now(self) -> CustomerDisplay:
        """Return what the household sees now: the newest moment, without its thanks once they are over."""
        is_over = self._newest.verdict == "done" and time.monotonic() - self._thanked_at >= self._thanks_s
        return CustomerDisplay(training=self._newest.training) if is_over else self._newest

    def _wait_s(self) -> float | None:
        if self._shown == NOBODY and not self._in_trouble:
            # what is not said again is taken for nobody too: a till that nobody uses sleeps
            return None
        if self._shown is None or self._shown.verdict != "done":
            return self._beat_s
        return min(self._beat_s, max(self._thanked_at + self._thanks_s - time.monotonic(), 0.0))

    def _tried(self, act: Callable[[], Display | None]) -> Display | None:
        try:
            answer = act()
        except Exception as error:
            if not self._in_trouble:
                self._in_trouble = True
                self._on_trouble(error)
            return None
        self._in_trouble = False
        return answer
