"""The one-way channel from a till to the displays of its machine: a small file, written beside and renamed.

Nobody waits for anybody: the till writes whether or not somebody reads, on a thread of its own, and a reader looks
at what stands there. A file and not a socket, because the system then keeps other users out, because a display that
starts later finds what is shown, and because it is the same on Windows. It is no state: what does not go on beating
is nobody's.
"""

import contextlib
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import URL, make_url

from lizhi_pos.till.customer_display import CustomerDisplay

BEAT_S = 1.0
"""Seconds after which a till says again what is shown, so that readers see that it is there."""
STALE_AFTER_S = 3.0
"""Seconds after which what a till said last is not shown any more: it was killed, or hangs."""
MAX_BYTES = 16_384
"""More than a moment of a counter ever takes."""
RENAME_TRIES, RENAME_PAUSE_S = 10, 0.01
"""How often and after how many seconds a file that is in use is replaced again."""

_FORMAT = 1


class _Said(Struct, frozen=True):
    """What stands in the file; that it is touched says that it is still so."""

    format: int
    shown: CustomerDisplay


class _Beat(Struct, frozen=True):
    """One look at the file: what stands in it, which file it is, and when it was touched last."""

    shown: CustomerDisplay
    file: int
    touched_ns: int


class NoChannel(OSError):
    """The folder is not ours alone, so nothing is written there and nothing read."""


def channel_file(url: str | URL, till: str) -> Path:
    """Return where a till of a database says what its household sees: in a folder of this user alone.

    Whose name and password the database is opened with makes no difference.
    """
    parsed = make_url(url)
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite" and parsed.database:
        place = os.path.realpath(parsed.database)
    else:
        query = sorted((key, str(value)) for key, value in parsed.query.items() if key != "password")
        place = f"{parsed.host}|{parsed.port}|{parsed.database}|{query}"
    key = hashlib.sha256(f"{backend}|{place}".encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return _folder() / f"display-{key}-{till}.json"


def _folder() -> Path:
    """Return the folder of run-time files; the one for data where this machine has none."""
    from platformdirs import user_data_path, user_runtime_path

    if os.name == "posix" and sys.platform != "darwin":
        folder = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}"
        return (Path(folder) if os.path.isdir(folder) else user_data_path("lizhi-pos")) / "lizhi-pos-displays"
    return user_runtime_path("lizhi-pos") / "displays"


class DisplayWriter:
    """A till's end of the channel; every method raises OSError where the file cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._said: CustomerDisplay | None = None
        self._file = 0

    def show(self, shown: CustomerDisplay) -> None:
        """Say what is shown now; with the same as before only that it still is."""
        if shown != self._said or not self._beat():
            self._said = None
            self._write(shown)
            self._said = shown

    def _beat(self) -> bool:
        """Say that it is still so; return whether that is known now.

        Where another till of the same number writes there too, the newest change stands as long as its till beats.
        """
        try:
            found = os.stat(self._path)
            if found.st_ino == self._file:
                os.utime(self._path)
                return True
        except OSError:
            return False
        # by the clock that dates the file
        return abs(time.time() - found.st_mtime) < STALE_AFTER_S  # noqa: TID251

    def _write(self, shown: CustomerDisplay) -> None:
        _make_folder(self._path.parent)
        content = msgspec.json.encode(_Said(_FORMAT, shown))
        beside = _beside(self._path)
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        # never synced: it is worth nothing after a power cut
        with open(os.open(beside, flags, 0o600), "wb") as file:
            file.write(content)
            self._file = os.fstat(file.fileno()).st_ino
        _rename(beside, self._path)

    def close(self) -> None:
        """Nothing is shown any more."""
        with contextlib.suppress(OSError):
            _beside(self._path).unlink()
        with contextlib.suppress(OSError):
            if os.stat(self._path).st_ino == self._file:
                self._path.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _rename(beside: Path, path: Path) -> None:
    for _ in range(RENAME_TRIES):
        try:
            os.replace(beside, path)
            return
        except PermissionError:
            # on Windows a file that is just being read cannot be replaced
            time.sleep(RENAME_PAUSE_S)
    os.replace(beside, path)


class DisplayReader:
    """A display's end: `look` as often as one likes; it never waits and never raises."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._beat: _Beat | None = None
        self._since = 0.0

    def look(self) -> CustomerDisplay | None:
        """Return what is shown now; None where the till is not there."""
        try:
            beat = _read(self._path)
        except (OSError, ValueError, msgspec.MsgspecError):
            self._beat = None
            return None
        now = self._clock()
        if self._beat is None:
            # what a killed till left may be hours old when a display starts, by the clock that dates the file
            self._since = now - abs(time.time() - beat.touched_ns / 1e9)  # noqa: TID251
        elif beat != self._beat:
            self._since = now
        self._beat = beat
        return beat.shown if now - self._since < STALE_AFTER_S else None


def _read(path: Path) -> _Beat:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
            raise NoChannel
        content = os.read(handle, MAX_BYTES)
    finally:
        os.close(handle)
    said = msgspec.json.decode(content, type=_Said)
    if said.format != _FORMAT:
        raise ValueError("another version's")
    return _Beat(said.shown, found.st_ino, found.st_mtime_ns)


def _make_folder(folder: Path) -> None:
    """Make the folder where it is not there; raise NoChannel for one that others may write to."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
        raise NoChannel
    if os.name == "posix" and found.st_mode & 0o077:
        folder.chmod(0o700)


def _is_ours(found: os.stat_result) -> bool:
    return os.name != "posix" or found.st_uid == os.geteuid()
