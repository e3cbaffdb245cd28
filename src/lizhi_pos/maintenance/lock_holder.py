"""Who keeps a SQLite file locked, as the system tells it: to find out by locking would be one lock more."""

import os
import time
from pathlib import Path

_WRITER_IN_LOG = 120
"""The byte of the shared memory that a writer holds (`WAL_WRITE_LOCK`)."""
_PENDING, _RESERVED = 0x40000000, 0x40000001
"""The bytes of the file itself that a writer holds where there is no write-ahead log."""

_LOCKS = "/proc/locks"
_LOOKS, _PAUSE_S = 20, 0.1


def lasting_writer(path: Path) -> str | None:
    """Return which process holds a file's writing lock for two seconds on end, by number and name; None for nobody.

    A sale holds it for a moment only, and one sale after the other writes meanwhile. None too on a system that does
    not tell.
    """
    holder, written = _writer(path), _written(path)
    for _ in range(_LOOKS - 1):
        if holder is None:
            return None
        time.sleep(_PAUSE_S)
        if _writer(path) != holder or _written(path) != written:
            return None
    return f"{holder} {_name(holder)}".rstrip() if holder is not None else None


def _writer(path: Path) -> int | None:
    if not os.path.exists(_LOCKS):
        return None
    wanted: dict[str, tuple[int, ...]] = {}
    for file, places in ((path, (_PENDING, _RESERVED)), (path.with_name(f"{path.name}-shm"), (_WRITER_IN_LOG,))):
        try:
            found = os.stat(file)
        except OSError:
            continue
        wanted[f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"] = places
    try:
        with open(_LOCKS, encoding="ascii", errors="replace") as locks:
            lines = [line.split() for line in locks]
    except OSError:
        return None
    for line in lines:
        if len(line) < 8 or line[3] != "WRITE":
            continue
        first, last = int(line[6]), int(line[7]) if line[7].isdigit() else 1 << 62
        if any(first <= place <= last for place in wanted.get(line[5], ())):
            return int(line[4])
    return None


def _written(path: Path) -> list[tuple[int, int]]:
    """Return what tells that a file or its log was written."""
    found = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            stat = os.stat(file)
        except OSError:
            continue
        found.append((stat.st_mtime_ns, stat.st_size))
    return found


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
