"""How the thread that reads the keys waits for them: asleep until one comes, not ten times a second."""

import os
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver

from lizhi_pos.terminal.lost_terminal import LostTerminal, WatchedOutput

_QUIET_S = ESCAPE_DELAY * 1.2
"""Seconds without a byte after which what came is whole: a lone Escape, not the begin of another key."""


class KeyReader:
    """The bytes of a terminal or a pipe as they come; `close` ends it from another thread."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._closed, self._close = os.pipe()
        self.lost = False
        """Whether the other side is gone."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield what comes, and nothing once after it when no more came; end with the other side or with `close`."""
        wait: float | None = None
        with selectors.SelectSelector() as selector:
            selector.register(self._fileno, selectors.EVENT_READ)
            selector.register(self._closed, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select(wait)}
                if self._closed in ready:
                    return
                if self._fileno not in ready:
                    wait = None
                    yield b""
                    continue
                if not (data := self._read()):
                    self.lost = True
                    return
                wait = _QUIET_S
                yield data

    def _read(self) -> bytes:
        try:
            return os.read(self._fileno, 4096)
        except OSError:
            # a terminal that was hung up
            return b""

    def close(self) -> None:
        """End the reading, now or when it begins; may be called on any thread."""
        os.write(self._close, b".")

    def reopen(self) -> None:
        """Undo a `close` after which nobody reads any more."""
        os.read(self._closed, 1)


class TerminalDriver(LinuxDriver):
    """Textual's driver for a terminal, but for how it waits."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._reader = KeyReader(self.fileno)
        self._lost = LostTerminal(self._app)
        assert self._file is not None
        self._file = WatchedOutput(self._file, self._lost)  # type: ignore[assignment]
        # a till that was started to outlive its terminal is left alone
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, lambda *_: self._lost.report())

    def run_input_thread(self) -> None:
        """Hand on every key until the input is closed."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        for data in self._reader:
            if text := decode(data):
                for event in parser.feed(text):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        if self._reader.lost:
            self._lost.report()

    def disable_input(self) -> None:
        self._reader.close()
        super().disable_input()
        self._reader.reopen()
