"""Which process sends a job, and whether it still runs."""

import os
import socket
import sys
from contextlib import suppress
from datetime import datetime, timedelta

_LONGEST_JOB = timedelta(minutes=2)
"""Well over what all time-outs of one job add up to."""


def this_process() -> str:
    """Return a name for this process that tells it from every other, here and on other machines."""
    return f"{socket.gethostname()}/{os.getpid()}"


def is_gone(owner: str, since: datetime, now: datetime) -> bool:
    """Return whether the process that began to send a job at `since` will not end it.

    It is no more, or it took too long.
    """
    host, _, number = owner.rpartition("/")
    if now - since > _LONGEST_JOB or not number.isdigit():
        return True
    return host == socket.gethostname() and not _runs(int(number))


def _runs(number: int) -> bool:
    if sys.platform == "win32":
        return _runs_on_windows(number)
    with suppress(PermissionError):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
    return True


def _runs_on_windows(number: int) -> bool:
    # os.kill would end it there
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - known to the type checker on Windows only
    query_limited, still_active = 0x1000, 259
    handle = kernel.OpenProcess(query_limited, False, number)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
