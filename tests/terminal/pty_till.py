"""A till in a real terminal, or as near as a test comes to one: a pseudo-terminal whose reader never sleeps.

Beside all that was ever painted it knows what the screen shows now, as another program's terminal draws it.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Thread

import pyte

_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")

_NOT_HANDED_ON = ("LIZHI_", "TEXTUAL", "NO_COLOR", "COLORTERM")


PROGRAM = ("-m", "lizhi_pos")


class _Screen(pyte.Screen):
    """What a terminal shows, and how often it rang."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.bells = 0
        self._drawn = [""] * lines

    def bell(self, *_: object) -> None:
        self.bells += 1

    def drawn(self) -> list[str]:
        """Its lines; only those painted since are put together anew."""
        for row in self.dirty:
            self._drawn[row] = "".join(self.buffer[row][column].data for column in range(self.columns))
        self.dirty.clear()
        return self._drawn


class PtyTill:
    """Starts `lizhi-pos` on a SQLite file; ends it on leaving, whatever happens."""

    def __init__(
        self,
        database: Path,
        *,
        columns: int = 80,
        rows: int = 24,
        program: Sequence[str] = PROGRAM,
        command: Sequence[str] = (),
        **env: str,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        plain = {
            k: v for k, v in os.environ.items() if not k.startswith(("LIZHI_", "TEXTUAL", "NO_COLOR", "COLORTERM"))
        }
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *program, "--lang", "en", *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**plain, "TERM": "xterm-256color", "LIZHI_DB": f"sqlite:///{database}", **env},
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._painted = Condition()
        self._open = True
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "PtyTill":
        return self

    def hang_up(self) -> None:
        """Takes its terminal away, as closing the window does."""
        self._open = False
        self._reader.join(5)
        os.close(self._master)
        self._master = -1

    def __exit__(self, *_: object) -> None:
        self._open = False
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._reader.join(5)
        if self._master >= 0:
            os.close(self._master)

    @property
    def raw(self) -> str:
        """Everything it has sent so far."""
        return self._seen.decode(errors="replace")

    @property
    def text(self) -> str:
        """Everything it has painted so far, without the escapes."""
        return _ESCAPES.sub(b"", self._seen).decode(errors="replace")

    @property
    def lines(self) -> list[str]:
        """The lines of its screen as they stand now; a hanzi takes two columns."""
        with self._painted:
            return list(self._screen.drawn())

    @property
    def bells(self) -> int:
        """How often it has rung since it started."""
        with self._painted:
            return self._screen.bells

    def until(self, shown: Callable[["PtyTill"], str], seconds: float = 20) -> None:
        """Waits until `shown` finds nothing missing any more; what it misses is what the failure says."""
        end = time.monotonic() + seconds
        with self._painted:
            while missing := shown(self):
                left = end - time.monotonic()
                assert left > 0, "\n".join([missing, *self._screen.drawn()])
                assert self.process.poll() is None, "\n".join(["the till ended", missing, *self._screen.drawn()])
                self._painted.wait(min(left, 0.2))

    def wait_for(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < end, f"{text!r} never came: {self.text[-2000:]}"
            assert self.process.poll() is None, f"the till ended: {self.text[-2000:]}"
            time.sleep(0.005)

    def forget(self) -> None:
        self._seen = b""

    def send(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._master, data) :]

    def _read(self) -> None:
        while self._open:
            ready, _, _ = select.select([self._master], [], [], 0.1)
            if ready:
                try:
                    data = os.read(self._master, 65536)
                except OSError:
                    return
                with self._painted:
                    self._seen += data
                    self._stream.feed(data)
                    self._painted.notify_all()
