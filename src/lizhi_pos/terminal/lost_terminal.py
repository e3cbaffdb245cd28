"""What is done once nobody can see or use the till any more: it ends, its basket kept."""

import os
from dataclasses import dataclass
from threading import Lock, Timer
from typing import TYPE_CHECKING, TextIO

from textual.message import Message as TextualMessage

if TYPE_CHECKING:
    from textual.app import App

LONGEST_END_S = 1.7
"""Seconds after which the process ends whatever it waits for: a lock of the database, a printer."""
EXIT_STATUS = 3
"""The command line's own for a machine that failed."""


@dataclass
class TerminalLost(TextualMessage):
    """The terminal is gone: its input is at its end, or its output cannot be written."""


class LostTerminal:
    """Tells the app once; may be told on any thread, and in a signal's handler."""

    def __init__(self, app: "App[None]") -> None:
        self._app = app
        self._told = Lock()

    def report(self) -> None:
        """Take notice that the terminal is gone."""
        if self._told.acquire(blocking=False):
            # what was begun may be ended by force: nothing that a till does depends on being finished
            timer = Timer(LONGEST_END_S, os._exit, (EXIT_STATUS,))
            timer.daemon = True
            timer.start()
            self._app.post_message(TerminalLost())


class WatchedOutput:
    """A terminal's output that tells when it cannot be written, instead of ending the thread that writes it."""

    def __init__(self, file: TextIO, lost: LostTerminal) -> None:
        self._file = file
        self._lost = lost

    def write(self, text: str) -> int:
        """Write, or report that this cannot be done any more."""
        try:
            return self._file.write(text)
        except (OSError, ValueError):
            self._lost.report()
            return len(text)

    def flush(self) -> None:
        """Bring out what was written, or report that this cannot be done any more."""
        try:
            self._file.flush()
        except (OSError, ValueError):
            self._lost.report()

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._file.isatty()

    def fileno(self) -> int:
        """Return the number of the open file."""
        return self._file.fileno()
