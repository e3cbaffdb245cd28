"""Files that the program writes for people: whole or not at all, under names that every system takes.

Never call this with a transaction open: a folder that hangs would then keep every till waiting.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import TypeVar
from unicodedata import category, normalize

from lizhi_pos.refusal import Message, message
from lizhi_pos.system_errors import system_words

FOLDER_WAIT_S = 20.0
"""How long a folder may take for one file before it is given up."""

MOST_NAME_BYTES = 180
"""The longest file name: less than what any file system in use takes, so that folders have room before it."""

_T = TypeVar("_T")

FORBIDDEN_SIGNS = '<>:"/\\|?*'
"""What Windows or Unix does not take in a file name."""

_FORBIDDEN = str.maketrans(FORBIDDEN_SIGNS, "＜＞：＂／＼｜？＊")
"""Each with the sign that looks like it."""

_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{n}" for port in ("COM", "LPT") for n in "123456789¹²³"]
)


class OtherContent(FileExistsError):
    """There is a file of this name with another content, and nobody said that it may be written over."""


class FolderSilent(TimeoutError):
    """The folder did not answer in time."""


def save(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file whole or not at all; one that has this content already is left as it is.

    Raise OtherContent for one that has another content unless `replace` is given, FolderSilent where the folder does
    not answer within `FOLDER_WAIT_S`, OSError where the file cannot be written.
    """
    _in_time(lambda: _save(path, content, replace))


def is_other(path: Path, content: bytes) -> bool:
    """Return whether there is a file with another content. Raise FolderSilent and OSError as `save` does."""
    return _in_time(lambda: _there(path) and not _is_same(path, content))


def any_there(folder: Path, names: Iterable[str]) -> bool:
    """Return whether there is anything of one of these names. Raise FolderSilent and OSError as `save` does."""
    paths = [folder / name for name in names]
    return _in_time(lambda: any(os.path.lexists(path) for path in paths))


def in_time(act: Callable[[], _T]) -> _T:
    """Run one act on a folder and return its answer. Raise FolderSilent where that takes over `FOLDER_WAIT_S`."""
    return _in_time(act)


def unwritable(place: Path) -> Message | None:
    """Return why nothing can be written in a folder or to a file, None where it can; nothing is written."""
    if hasattr(os, "statvfs") and os.statvfs(place).f_flag & getattr(os, "ST_RDONLY", 1):
        return system_words(OSError(errno.EROFS, ""))
    if not os.access(place, os.W_OK | (os.X_OK if place.is_dir() else 0)):
        return system_words(OSError(errno.EACCES, ""))
    return None


def problem(error: OSError, path: Path) -> Message:
    """Return why a file could not be written, in words for people."""
    if isinstance(error, OtherContent):
        return message("{0} is there with another content: give --replace to write over it", str(path))
    if isinstance(error, FolderSilent):
        return message("the folder of {0} does not answer", str(path))
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return message("there is no room for {0}: the disk is full", str(path))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return message("{0} may not be written: close it where it is open, or take another folder", str(path))
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT):
        return message("the folder of {0} is not there and cannot be made", str(path))
    if error.errno == errno.EISDIR:
        return message("{0} is no file that can be written over", str(path))
    return message("{0} cannot be written: {1}", str(path), system_words(error))


def file_name(stem: str, ending: str = "") -> str:
    """Return a name for a file that Windows and Unix take, as near to `stem` as can be.

    >>> file_name("2024-04_大同/新村", ".xlsx")
    '2024-04_大同／新村.xlsx'
    """
    visible = "".join(sign for sign in normalize("NFC", stem) if category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = visible.translate(_FORBIDDEN).strip(" ").rstrip(". ") or "_"
    if name.partition(".")[0].strip().upper() in _DEVICES:
        name = f"_{name}"
    if len(f"{name}{ending}".encode()) > MOST_NAME_BYTES:
        name = _shortened(name, _mark(stem), ending)
    return f"{name}{ending}"


def file_names(stems: Iterable[str], ending: str = "") -> list[str]:
    """Return a name for each file, no two alike, also where capital letters do not count."""
    names: list[str] = []
    taken: set[str] = set()
    for stem in stems:
        name = file_name(stem, ending)
        if name.casefold() in taken:
            name = _shortened(name.removesuffix(ending), _mark(stem), ending) + ending
        taken.add(name.casefold())
        names.append(name)
    return names


def _mark(stem: str) -> str:
    return f"~{hashlib.sha256(stem.encode()).hexdigest()[:8]}"


def _shortened(name: str, mark: str, ending: str) -> str:
    room = MOST_NAME_BYTES - len(f"{mark}{ending}".encode())
    return name.encode()[:room].decode(errors="ignore").rstrip(". ") + mark


def _save(path: Path, content: bytes, replace: bool) -> None:
    # what a link points to is written, not the link
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    mode: int | None = None
    if _there(path):
        if _is_same(path, content):
            return
        if not replace:
            raise OtherContent(errno.EEXIST, "another content", str(path))
        mode = stat.S_IMODE(path.stat().st_mode)
    beside = path.with_name(f".{token_hex(8)}.part")
    try:
        _write_through(beside, content)
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    keep_name(path.parent)


def _there(path: Path) -> bool:
    try:
        found = path.stat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found):
        # a pipe or a device would be waited for, a folder is no file
        raise IsADirectoryError(errno.EISDIR, "no file", str(path))
    return True


def _is_same(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def _write_through(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def keep_name(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can tell."""
    # not every file system lets a folder be synced; the content is on the disk by now
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _in_time(act: Callable[[], _T]) -> _T:
    """Run one act on a folder, waiting for it no longer than `FOLDER_WAIT_S`."""
    ended: list[_T | BaseException] = []

    def run() -> None:
        try:
            ended.append(act())
        except BaseException as error:
            ended.append(error)

    # a daemon: a call into a folder that hangs cannot be ended, and must not keep the program from ending
    thread = Thread(target=run, name="file", daemon=True)
    thread.start()
    thread.join(FOLDER_WAIT_S)
    if not ended:
        raise FolderSilent
    if isinstance(ended[0], BaseException):
        raise ended[0]
    return ended[0]
