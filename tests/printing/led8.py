"""An LED display on a pseudo-terminal: reads what comes as the display does, and keeps all it ever showed."""

import os
import select
import time
import tty
from collections.abc import Callable
from pathlib import Path
from threading import Thread

Shown = tuple[str, str]
"""The digits, empty where there are none, and the number of the lamp, ``0`` for none."""


class Led8:
    """Plugged in where `path` says, as an adapter's port is; `unplug` takes it away."""

    def __init__(self, path: Path, *, reads: bool = True) -> None:
        self.path = path
        self.received = b""
        self.shown: list[Shown] = []
        """Every picture it had, one after the other."""
        self.strange = b""
        """What it understood nothing of."""
        self._lamp, self._digits = "0", ""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        path.symlink_to(os.ttyname(self._slave))
        self._plugged = True
        self._reader = Thread(target=self._read if reads else lambda: None, daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        return f"serial:{self.path}"

    def unplug(self) -> None:
        self.path.unlink()
        self._plugged = False
        self._reader.join(5)
        os.close(self._slave)
        os.close(self._master)

    def until(self, right: Callable[[list[Shown]], bool], seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while not right(self.shown):
            assert time.monotonic() < end, (self.shown, self.received)
            time.sleep(0.005)

    def _read(self) -> None:
        unread = b""
        while self._plugged:
            ready, _, _ = select.select([self._master], [], [], 0.05)
            if not ready:
                continue
            came = os.read(self._master, 1024)
            self.received += came
            unread = self._understand(unread + came)

    def _understand(self, data: bytes) -> bytes:
        """Does what it is told; what is not whole yet is given back."""
        while data:
            if data.startswith(b"\x0c"):
                self._digits, data = "", data[1:]
                self._note()
            elif data.startswith(b"\x1b@"):
                self._lamp, self._digits, data = "0", "", data[2:]
            elif data.startswith(b"\x1bs") and len(data) > 2:
                self._lamp, data = chr(data[2]), data[3:]
            elif data.startswith(b"\x1bQA") and b"\r" in data:
                digits, _, data = data[3:].partition(b"\r")
                self._digits = digits.decode("ascii")
                assert len(self._digits.replace(".", "")) <= 8
                self._note()
            elif data[:1] == b"\x1b" and b"\r" not in data and len(data) < 20:
                return data
            else:
                self.strange, data = self.strange + data[:1], data[1:]
        return data

    def _note(self) -> None:
        self.shown.append((self._digits, self._lamp))
