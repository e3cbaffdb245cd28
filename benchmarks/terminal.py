"""A program in a pseudo-terminal, and when what was sent to it came back painted."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
COLUMNS, ROWS = 80, 24


class Terminal:
    """Starts a program and reads it on the caller's thread, so that a moment is when the bytes came."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("LIZHI_", "TEXTUAL", "NO_COLOR"))}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**plain, "TERM": "xterm-256color", **env},
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""
        self.came = 0.0
        """When what `until` waited for last was there."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._master)

    def send(self, text: str) -> float:
        """Writes the keys; the moment after the last byte. What was painted before is forgotten."""
        self.rest(0)
        self._seen = b""
        data = text.encode()
        while data:
            _, ready, _ = select.select([], [self._master], [], 0)
            if ready:
                data = data[os.write(self._master, data[:1024]) :]
            self._read(0)
        return time.perf_counter()

    def until(self, *texts: str, seconds: float = 60) -> float:
        """The moment when all of these were painted since the last `send`."""
        wanted = [text.encode() for text in texts]
        end = time.perf_counter() + seconds
        while True:
            painted = _ESCAPES.sub(b"", self._seen)
            if all(text in painted for text in wanted):
                self.came = time.perf_counter()
                return self.came
            if time.perf_counter() > end:
                raise TimeoutError(f"{texts} never came: {painted.decode(errors='replace')[-1000:]}")
            self._read(1)

    def rest(self, seconds: float) -> None:
        """Reads on for so long without waiting for anything."""
        end = time.perf_counter() + seconds
        while self._read(max(end - time.perf_counter(), 0)) or time.perf_counter() < end:
            pass

    def memory(self) -> int:
        """Bytes of the program that are in memory now."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def spent(self) -> tuple[int, float]:
        """How often its threads have woken, and the seconds of a core that they took; Linux counts the first."""
        process = psutil.Process(self.process.pid)
        times = process.cpu_times()
        states = [status.read_text() for status in Path(f"/proc/{process.pid}/task").glob("*/status")]
        wakes = [int(state.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for state in states]
        return sum(wakes), times.user + times.system

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            self._seen += os.read(self._master, 65536)
        return bool(ready)
