"""A key that prints, pressed twice at once: perhaps one wish only. Pure."""

SAME_PRESS_S = 2.0
"""Seconds in which a key for one more of the same paper may be the same wish, pressed twice."""


class SamePress:
    """What was last asked for, and when."""

    def __init__(self) -> None:
        self._last: tuple[object, float] | None = None

    def again(self, what: object, at: float) -> bool:
        """Return whether this was asked for just before; `at` is when it is asked for now, in seconds."""
        before, self._last = self._last, (what, at)
        return before is not None and before[0] == what and at - before[1] < SAME_PRESS_S
