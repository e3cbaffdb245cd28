"""What `doctor` looks at on the machine: Python, libraries, disk, folder, time zone, terminal, encoding, fonts, log."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path

from lizhi_pos.file_writing import unwritable
from lizhi_pos.maintenance.doctor import Fact, Subject, bad, ok, warn
from lizhi_pos.refusal import message

OLDEST_PYTHON = (3, 11)

LEAST_FREE, LITTLE_FREE = 100 << 20, 1 << 30
"""Bytes on the disk with which the next market day may not end, and with which it is time to make room."""

LEAST_COLUMNS, LEAST_LINES = 80, 24
"""The smallest terminal that the till is made for."""

HANZI = "励志超市"

COMPILED = ("msgspec", "sqlalchemy", "argon2", "psycopg", "PIL", "python_calamine", "typst", "textual")
"""What is loaded to see whether it works on this machine: a package may be there, and a library of its own not."""

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?([^;]*)(?:;(.*))?")
_INSTALL_AGAIN = message("install the program again from its stick: install.cmd, or install.sh")


def python(subject: Subject) -> Iterator[Fact]:
    """Look at Python itself."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield bad(message("Python {0} is too old: install 3.11 or newer, then {1}", version, _INSTALL_AGAIN))
    else:
        yield ok(message("Python {0}", version))


def libraries(subject: Subject) -> Iterator[Fact]:
    """Look whether every package that the program needs is there, new enough, and loads."""
    try:
        needed = metadata.requires("lizhi-pos") or []
    except metadata.PackageNotFoundError:
        yield bad(message("the program is not installed as a package: {0}", _INSTALL_AGAIN))
        return
    wanted = [found for requirement in needed if (found := _needed_here(requirement)) is not None]
    for name, versions in wanted:
        yield from _package(name, versions)
    for name in COMPILED:
        try:
            import_module(name)
        except Exception as error:
            yield bad(message("{0} does not load ({1}): {2}", name, type(error).__name__, _INSTALL_AGAIN))
    yield ok(message("lizhi-pos {0}, {1} packages", metadata.version("lizhi-pos"), len(wanted)))


def _needed_here(requirement: str) -> tuple[str, str] | None:
    """Return the name and versions of a package that is needed on this machine, None for any other."""
    found = _REQUIREMENT.match(requirement)
    if found is None or "extra" in (found[3] or "") or ("win32" in (found[3] or "") and sys.platform != "win32"):
        return None
    return found[1], found[2].strip(" ()")


def _package(name: str, wanted: str) -> Iterator[Fact]:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        yield bad(message("the package {0} is missing: {1}", name, _INSTALL_AGAIN))
        return
    for sign, given in re.findall(r"(>=|==)\s*([0-9.]+)", wanted):
        if (_numbers(version) != _numbers(given)) if sign == "==" else (_numbers(version) < _numbers(given)):
            yield bad(message("{0} is {1} and should be {2}: {3}", name, version, f"{sign}{given}", _INSTALL_AGAIN))


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))


def sqlite(subject: Subject) -> Iterator[Fact]:
    """Look whether the SQLite at hand has a known fault."""
    from lizhi_pos.database_file import sqlite_module
    from lizhi_pos.engines import keeps_a_log_safely

    module = sqlite_module()
    version = module.sqlite_version
    if _numbers(version) < (3, 37, 0):
        yield bad(message("SQLite {0} is too old for the books: {1}", version, _INSTALL_AGAIN))
    elif not keeps_a_log_safely():
        yield warn(
            message(
                "SQLite {0} may lose pages with a write-ahead log, so the books are kept without one and tills wait "
                "for each other: {1}",
                version,
                _INSTALL_AGAIN,
            )
        )
    else:
        yield ok(message("SQLite {0} ({1}), no known fault", version, module.__name__.partition(".")[0]))


def disk(subject: Subject) -> Iterator[Fact]:
    """Look how much room the disk of the books has."""
    folder = _there(subject.folder)
    free = shutil.disk_usage(folder).free
    books = subject.path.stat().st_size if subject.path is not None and subject.path.is_file() else 0
    room = message("{0} MB free in {1}", free >> 20, str(folder))
    if free < max(LEAST_FREE, books):
        yield bad(message("{0}, the disk is full: take old files off it, before the next sale", room))
    elif free < max(LITTLE_FREE, 3 * books):
        yield warn(message("{0}, that is little: take old files off the disk", room))
    else:
        yield ok(room)


def folder(subject: Subject) -> Iterator[Fact]:
    """Look whether the folder of the books can be written, and stays on this machine alone."""
    place = _there(subject.folder)
    if not place.is_dir():
        yield bad(message("{0} is no folder: give a place for the books with --db or LIZHI_DB", str(place)))
    elif why := unwritable(place):
        yield bad(message("{0} cannot be written ({1}): {2}", str(place), why, _OTHER_FOLDER))
    else:
        yield ok(message("{0} can be written", str(place)))
    for name in {"OneDrive", "Dropbox", "坚果云", "百度网盘", "iCloudDrive"} & set(subject.folder.parts):
        yield warn(
            message("{0} copies files away while they are written: keep the books outside of it, copies inside", name)
        )


_OTHER_FOLDER = message("give this user the right to write there, or keep the books in another folder")


def _there(place: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next((one for one in (place, *place.parents) if one.exists()), place)


def timezone(subject: Subject) -> Iterator[Fact]:
    """Look whether the town's time zone is known here."""
    from zoneinfo import ZoneInfo

    try:
        town = subject.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    except Exception:
        yield bad(message("there is no data about time zones: {0}", _INSTALL_AGAIN))
        return
    own = subject.clock.now().astimezone()
    yield ok(message("in the town it is {0}", f"{town:%Y-%m-%d %H:%M}"))
    if own.utcoffset() != town.utcoffset():
        yield ok(message("this machine is in another zone, which the books do not go by: {0}", f"{own:%Y-%m-%d %H:%M}"))


def terminal(subject: Subject) -> Iterator[Fact]:
    """Look whether the till has room in this terminal, and whether it can show Chinese."""
    size = terminal_size()
    if size is None:
        yield ok(message("this is no terminal; the till needs one, or `serve`"))
        return
    told = f"{size.columns} × {size.lines}"
    if size.columns < LEAST_COLUMNS or size.lines < LEAST_LINES:
        yield bad(
            message(
                "the terminal has {0} characters, the till needs {1}: make the window larger or its letters smaller",
                told,
                f"{LEAST_COLUMNS} × {LEAST_LINES}",
            )
        )
    else:
        yield ok(message("the terminal has {0} characters", told))
    if sys.platform != "win32" and (kind := os.environ.get("TERM", "")) in ("", "dumb", "linux"):
        yield warn(
            message("a terminal {0} shows no Chinese: open a terminal window of the desktop, or `serve`", kind or "–")
        )


def terminal_size() -> os.terminal_size | None:
    """Return the size of the terminal that this runs in, None where there is none."""
    for stream in (1, 0, 2):
        try:
            if os.isatty(stream):
                return os.get_terminal_size(stream)
        except OSError:
            continue
    return None


def encoding(subject: Subject) -> Iterator[Fact]:
    """Look whether this system can name and show what is Chinese."""
    import locale

    for what, name in (
        (message("the system's encoding"), locale.getencoding()),
        (message("the encoding of file names"), sys.getfilesystemencoding()),
    ):
        try:
            HANZI.encode(name)
            yield ok(message("{0}: {1}", what, name))
        except (LookupError, UnicodeError):
            yield warn(
                message(
                    "{0} is {1}, which has no Chinese: set LANG=zh_CN.UTF-8 (or C.UTF-8) and start anew", what, name
                )
            )


def fonts(subject: Subject) -> Iterator[Fact]:
    """Look whether there is the font that papers and receipts take Chinese from."""
    from lizhi_pos.text.font import font_file

    found = font_file()
    if found is None:
        yield bad(message("the Chinese font is missing, no paper can be made: {0}", _INSTALL_AGAIN))
        return
    with found.open("rb") as file:
        if file.read(4) not in (b"OTTO", b"\x00\x01\x00\x00", b"ttcf"):
            yield bad(message("the Chinese font {0} is damaged: {1}", str(found), _INSTALL_AGAIN))
            return
    yield ok(message("the Chinese font is there: {0}", found.name))


def log(subject: Subject) -> Iterator[Fact]:
    """Look whether failures can be written down."""
    path = subject.log
    if path.exists():
        why = message("it is a folder") if path.is_dir() else unwritable(path)
    else:
        why = unwritable(_there(path.parent))
    if why:
        yield bad(
            message(
                "the log {0} cannot be written ({1}), and failures leave no trace: {2}", str(path), why, _OTHER_FOLDER
            )
        )
    elif path.exists():
        yield ok(message("the log {0} has {1} KB", str(path), path.stat().st_size >> 10))
    else:
        yield ok(message("no failure has been written to {0}", str(path)))
