"""A copy of the books where somebody says, taken while tills sell."""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.database_file import BESIDE
from lizhi_pos.db import write
from lizhi_pos.engines import sqlite_path
from lizhi_pos.file_writing import in_time
from lizhi_pos.maintenance.books_copy import copy_books
from lizhi_pos.maintenance.copies import counted, opened_for_reading
from lizhi_pos.maintenance.new_copy import new_copy, put_in_place, written_through
from lizhi_pos.refusal import Refusal, refuse


class Backup(Struct, frozen=True):
    """A copy that somebody asked for, with its size and the SHA-256 of its content.

    `entries` and `head` name the state of the books that it holds.
    """

    file: str
    bytes: int
    sha256: str
    entries: int
    head: str


def back_up(engine: Engine, path: Path, by: Operator, *, replace: bool = False) -> Backup | Refusal:
    """Copy the books into one SQLite file, and put on record that somebody has a copy.

    Refuse a file that is there, unless `replace` is given, and the books' own file. Raise OSError where it cannot be
    written; then nothing is left of it.
    """
    if refusal := by.refusal_to("verify") or _why_not_there(engine, path, replace=replace):
        return refusal
    # what a link points to is written, not the link
    place = Path(os.path.realpath(path))
    in_time(lambda: place.parent.mkdir(parents=True, exist_ok=True))
    with new_copy(place.parent) as part:
        _copy_to(engine, part)
        with opened_for_reading(part) as copy:
            entries, head = counted(copy)
        size, digest = written_through(part)
        if refusal := _why_not_there(engine, path, replace=replace):
            return refusal
        write(engine, lambda tx: record(tx, by, "backup", str(path)))
        put_in_place(part, place)
    return Backup(str(path), size, digest, entries or 0, head.hex() if head else "")


def _copy_to(engine: Engine, part: Path) -> None:
    """Copy the books onto another disk by way of their own, where there is room.

    Without a write-ahead log every till waits while SQLite reads its file: not for as long as a stick takes to write.
    """
    books = sqlite_path(str(engine.url))
    if books is not None and books.exists() and books.stat().st_dev != part.stat().st_dev:
        with contextlib.suppress(OSError), new_copy(books.parent) as near:
            copy_books(engine, near)
            shutil.copyfile(near, part)
            return
        os.truncate(part, 0)
    copy_books(engine, part)


def _why_not_there(engine: Engine, path: Path, *, replace: bool) -> Refusal | None:
    """Refuse the place of a copy where something is that must stay. Raise OSError where it cannot be looked at."""
    return in_time(lambda: _refusal(engine, path, replace=replace))


def _refusal(engine: Engine, path: Path, *, replace: bool) -> Refusal | None:
    place = Path(os.path.realpath(path))
    books = sqlite_path(str(engine.url))
    if books is not None and place in _files_of(Path(os.path.realpath(books))):
        return refuse("rule_broken", "{0} is the database itself: name another file for its copy", str(path))
    if not os.path.lexists(place):
        return None
    if not replace:
        return refuse(
            "rule_broken", "{0} is there already: name another file, or say that it may be replaced", str(path)
        )
    if not place.is_file():
        raise IsADirectoryError(errno.EISDIR, "no file", str(path))
    return None


def _files_of(books: Path) -> list[Path]:
    return [books, *(books.with_name(books.name + ending) for ending in BESIDE)]
