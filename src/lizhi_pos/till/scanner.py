"""From raw keys with their times to scans: in order, none lost. Pure.

A scanner is a fast keyboard that ends with CR, LF or both, and may begin its next code in the same millisecond.
"""

import re
from unicodedata import normalize

from msgspec import Struct

QUICK_ENTER = 0.080
"""Seconds after a scan's end in which an end on the empty field is the scanner's, not a person's."""
CR_LF = 0.5
"""Seconds in which LF straight after CR is the same end."""
FAST = 0.035
"""Seconds between two keys that no hand is fast enough for."""
SHORTEST_BURST = 6
"""Fast keys in a row that are a scanner's."""
LONGEST = 200

_ENDS = frozenset({"enter", "ctrl+m", "ctrl+j"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_ERASERS = frozenset({"backspace", "ctrl+h"})

_STEPS = {"+": 1, "-": -1}
_MOVES = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}


class Scanned(Struct, frozen=True):
    """A text with its end. `burst` is its last part that came as fast as only a scanner is, perhaps all of it."""

    text: str
    typed: bool
    burst: str = ""


class Done(Struct, frozen=True):
    """Enter on the empty field, by a person."""


class Step(Struct, frozen=True):
    """One more of the marked line, or one less."""

    by: int


class TakenOut(Struct, frozen=True):
    """The marked line is to go."""


class Move(Struct, frozen=True):
    """Another line is to be marked: so many further down, or up."""

    by: int


class Edited(Struct, frozen=True):
    """The field's text is another one now."""


class Paused(Struct, frozen=True):
    """Somebody stopped typing for a moment: what stands in the field, which is no scan. Not made by a key."""

    text: str


class Escaped(Struct, frozen=True):
    """Escape on the empty field."""


Event = Scanned | Done | Step | TakenOut | Move | Edited | Paused | Escaped


class Scanner:
    """The state between two keys. `text` is what the field shows."""

    def __init__(self) -> None:
        self.text = ""
        self._last_at = float("-inf")
        self._burst_from = 0
        self._ended_at = float("-inf")
        self._ended_by_cr = False

    def key(self, name: str, character: str | None, at: float) -> list[Event] | None:
        """Return what a key comes to; None for one that is not the field's. `at` is when it arrived, in seconds."""
        if name in _ENDS or (name == "tab" and self.text):
            return self._end(name, at)
        if name == "escape":
            return self._clear() if self.text else [Escaped()]
        if name in _ERASERS:
            return self._erase()
        if name in _MOVES:
            return [Move(_MOVES[name])]
        if name == "ctrl+u":
            return self._clear()
        if name == "delete":
            return self._clear() if self.text else [TakenOut()]
        if character is not None and character.isprintable():
            return self._character(character, at)
        return None

    def paste(self, text: str, at: float) -> list[Event]:
        """Pasted text: every line with its end is a scan, what follows the last end stays in the field."""
        *lines, rest = _LINE_END.split(text)
        events: list[Event] = []
        for line in lines:
            self._append(line)
            if self.text:
                events.append(self._scanned(at))
        self._append(rest)
        if lines:
            self._ended_at = at
        return [*events, Edited()]

    def _end(self, name: str, at: float) -> list[Event]:
        second_half = name == "ctrl+j" and self._ended_by_cr and at - self._ended_at < CR_LF
        self._ended_by_cr = name != "ctrl+j"
        if self.text:
            return [self._scanned(at), Edited()]
        if second_half or at - self._ended_at < QUICK_ENTER:
            return []
        self._ended_at = at
        return [Done()]

    def _scanned(self, at: float) -> Scanned:
        burst = self.text[self._burst_from :]
        scanned = len(burst) >= SHORTEST_BURST
        event = Scanned(self.text, typed=not scanned, burst=burst if scanned else "")
        self.text, self._ended_at, self._burst_from = "", at, 0
        return event

    def _character(self, character: str, at: float) -> list[Event]:
        self._ended_by_cr = False
        if not self.text and (step := _STEPS.get(normalize("NFKC", character))):
            return [Step(step)]
        if not self.text or at - self._last_at > FAST:
            self._burst_from = len(self.text)
        self._last_at = at
        self._append(character)
        return [Edited()]

    def _append(self, text: str) -> None:
        self.text = (self.text + "".join(c for c in text if c.isprintable()))[:LONGEST]

    def _erase(self) -> list[Event]:
        self.text = self.text[:-1]
        self._burst_from = min(self._burst_from, len(self.text))
        return [Edited()]

    def _clear(self) -> list[Event]:
        self.text, self._burst_from = "", 0
        return [Edited()]
