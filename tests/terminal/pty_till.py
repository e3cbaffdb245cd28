"""A till in a real terminal, or as near as a test comes to one: a pseudo-terminal with a reader that never sleeps."""

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
from pathlib import Path
from threading import Thread

_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")

_NOT_HANDED_ON = ("LIZHI_", "TEXTUAL", "NO_COLOR", "COLORTERM")


class PtyTill:
    """Starts `lizhi-pos` on a SQLite file; ends it on leaving, whatever happens."""

    def __init__(self, database: Path, *, columns: int = 80, rows: int = 24, **env: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        plain = {
            k: v for k, v in os.environ.items() if not k.startswith(("LIZHI_", "TEXTUAL", "NO_COLOR", "COLORTERM"))
        }
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lizhi_pos", "--lang", "en"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**plain, "TERM": "xterm-256color", "LIZHI_DB": f"sqlite:///{database}", **env},
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""
        self._open = True
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "PtyTill":
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._reader.join(5)
        os.close(self._master)

    @property
    def raw(self) -> str:
        """Everything it has sent so far."""
        return self._seen.decode(errors="replace")

    @property
    def text(self) -> str:
        """Everything it has painted so far, without the escapes."""
        return _ESCAPES.sub(b"", self._seen).decode(errors="replace")

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
                    self._seen += os.read(self._master, 65536)
                except OSError:
                    return
