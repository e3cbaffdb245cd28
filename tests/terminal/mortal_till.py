"""The till, that ends itself by SIGKILL at a given step of a given act, as a power cut would; a program to be started.

``MORTAL_PLAN`` names a file with an act and a step, ``redeem`` and ``commit 1`` say; it is read whenever an act begins,
and without it nobody dies. Every step is first appended to the file ``MORTAL_STEPS``. The program itself is as it is:
the steps are where it asks its database driver for something, and where bytes leave for a printer.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from lizhi_pos.__main__ import main
from lizhi_pos.printing.devices import TcpDevice
from lizhi_pos.printing.spool import Spool
from lizhi_pos.till.service import TillService

PLAN, STEPS = Path(os.environ["MORTAL_PLAN"]), Path(os.environ["MORTAL_STEPS"])
_here = threading.local()


class Act:
    """One act that runs, on its thread, and how often each kind of step was made."""

    def __init__(self, name: str) -> None:
        self.name = name
        act, _, step = PLAN.read_text().partition("\n") if PLAN.exists() else ("", "", "")
        self.dies_at = step if act == name else ""
        self._count: dict[str, int] = {}

    def step(self, kind: str) -> None:
        """Writes the step down, then dies here if it is the one."""
        self._count[kind] = self._count.get(kind, 0) + 1
        step = f"{kind} {self._count[kind]}"
        with STEPS.open("a") as file:
            file.write(f"{self.name} {step}\n")
        if step == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def step(kind: str) -> None:
    act: Act | None = getattr(_here, "act", None)
    if act is not None:
        act.step(kind)


def as_act(owner: type, method: str, name: str) -> None:
    """Makes a method an act: what is asked of the driver until it returns are its steps."""
    original: Callable[..., Any] = getattr(owner, method)

    def acted(*values: Any, **named: Any) -> Any:
        _here.act = Act(name)
        try:
            answer = original(*values, **named)
            step("ended")
            return answer
        finally:
            _here.act = None

    setattr(owner, method, acted)


def with_steps(owner: type, method: str, before: str, after: str) -> None:
    """Makes steps of a method's beginning and its end."""
    original: Callable[..., Any] = getattr(owner, method)

    def stepped(*values: Any, **named: Any) -> Any:
        step(before)
        answer = original(*values, **named)
        if after:
            step(after)
        return answer

    setattr(owner, method, stepped)


def in_halves(send: Callable[[TcpDevice, bytes], None]) -> Callable[[TcpDevice, bytes], None]:
    """Sends a job's bytes in two halves, so that something may die between them."""

    def sent(device: TcpDevice, payload: bytes) -> None:
        half = len(payload) // 2
        step("byte")
        send(device, payload[:half])
        step("half")
        send(device, payload[half:])
        step("whole")

    return sent


for name in ("save", "hold", "recall", "redeem"):
    as_act(TillService, name, name)
as_act(Spool, "_send", "print")
with_steps(DefaultDialect, "do_execute", "statement", "")
with_steps(DefaultDialect, "do_executemany", "statement", "")
with_steps(DefaultDialect, "do_commit", "commit", "committed")
setattr(TcpDevice, "send", in_halves(TcpDevice.send))  # noqa: B010 - a method is not assigned to otherwise
with_steps(TcpDevice, "confirm", "confirm", "confirmed")

if __name__ == "__main__":
    sys.argv[0] = "lizhi-pos"
    main()
