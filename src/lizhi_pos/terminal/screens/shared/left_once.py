"""The base of what stands over another screen and is left with an answer."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

_T = TypeVar("_T")


class LeftOnce(Screen[_T]):
    """A screen that is left once. Textual would take the one below away as well where Esc comes twice in a row."""

    def dismiss(self, result: _T | None = None) -> AwaitComplete:
        if not self.is_current:
            return AwaitComplete()
        return super().dismiss(result)
