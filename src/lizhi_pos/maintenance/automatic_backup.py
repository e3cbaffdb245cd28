"""Copies that the program takes by itself: in the books' own place and in further ones, and how many are kept."""

import errno
import os
import shutil
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, reading, write
from lizhi_pos.engines import sqlite_path
from lizhi_pos.file_writing import in_time, problem
from lizhi_pos.ids import Id
from lizhi_pos.maintenance.books_copy import copy_books
from lizhi_pos.maintenance.copies import automatic_copies, automatic_folder, automatic_name, superseded
from lizhi_pos.maintenance.new_copy import new_copy, put_in_place, written_through
from lizhi_pos.refusal import Message, message
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE, zone
from lizhi_pos.upgrade import upgrade

PLACES = "LIZHI_BACKUP_TO"
"""The environment variable that names further folders for automatic copies, as a stick's."""

PROGRAM = Operator("lizhi-pos", "admin")
"""In whose name a copy goes on record that nobody asked for."""


class CopyFile(Struct, frozen=True):
    """A copy as a file: where it lies, its size and the SHA-256 of its content."""

    file: str
    bytes: int
    sha256: str


class Automatic(Struct, frozen=True):
    """The copies that were made, those that were not needed any more, and why a place got none."""

    copies: tuple[CopyFile, ...]
    removed: tuple[str, ...]
    problems: tuple[Message, ...]


class _Order(Struct, frozen=True):
    """One state of the books, which every place is to get: of which town, since when, in whose name, whose months."""

    engine: Engine
    town_id: Id | None
    now: datetime
    by: Operator | None
    zone: tzinfo

    @property
    def name(self) -> str:
        return automatic_name(self.town_id, self.now)


def own_folder(engine: Engine) -> Path:
    """Return where the automatic copies of a database lie."""
    path = sqlite_path(str(engine.url))
    is_file = path is not None and not str(path).startswith((":memory:", "file:"))
    return automatic_folder(path if is_file else None)


def further_folders() -> list[Path]:
    """Return the folders that `LIZHI_BACKUP_TO` names, parted as the system parts a list of folders."""
    return [Path(folder) for folder in os.environ.get(PLACES, "").split(os.pathsep) if folder]


def back_up_automatically(engine: Engine, by: Operator, to: Sequence[Path] = ()) -> Automatic:
    """Copy the books into their own folder, into those of `LIZHI_BACKUP_TO` that are there, and into those of `to`.

    Remove there what is not needed any more. The books are read once. A folder that cannot be written is told, and the
    others get their copies all the same; those of `to` are made. It is part of what `by` was allowed to do.
    """
    with reading(engine) as tx:
        order = _Order(engine, tx.town_id, tx.now, by, zone(tx))
    return _in_each(order, to)


def closed_without(made: Automatic) -> tuple[Message, ...]:
    """Return what is said of a closed session's missing copies: the session stays closed."""
    if made.copies:
        return made.problems
    return (message("The session is closed, but there is no copy of the books: {0}", made.problems[0]),)


def upgrade_after_copy(engine: Engine) -> tuple[Message, ...]:
    """Bring a database to today's shape, an older one after it was copied as it stood; return why a place got no copy.

    Raise OSError where its own folder got none; then it is as it was. Raise what `upgrade` raises.
    """
    made: list[Automatic] = []
    upgrade(engine, lambda older: made.append(_before_upgrade(older)))
    for copy in (copy for each in made for copy in each.copies):
        # not before: an older release may have no place for it
        write(engine, partial(_put_on_record, PROGRAM, copy.file))
    return made[0].problems if made else ()


def _before_upgrade(engine: Engine) -> Automatic:
    with reading(engine) as tx:
        order = _Order(engine, tx.town_id, tx.now, None, DEFAULT_ZONE)
    return _in_each(order, (), needs_own=True)


def _put_on_record(by: Operator, file: str, tx: Transaction) -> None:
    if tx.town_id is not None:
        record(tx, by, "backup", file)


def _in_each(order: _Order, to: Sequence[Path], *, needs_own: bool = False) -> Automatic:
    own = own_folder(order.engine)
    copies, removed, problems = list[CopyFile](), list[str](), list[Message]()
    # by their names alone: a folder that hangs is not looked at here
    made = {os.path.abspath(folder) for folder in (*to, own)}
    places = {os.path.abspath(folder): folder for folder in (own, *further_folders(), *to)}
    for place, folder in places.items():
        try:
            if place in made:
                in_time(partial(folder.mkdir, mode=0o700, parents=True, exist_ok=True))
            copies.append(_copied(order, folder, copies[0] if copies else None))
            removed += _cleared(order, folder)
        except OSError as error:
            if needs_own and folder == own:
                raise
            problems.append(message("No copy in {0}: {1}", str(folder), problem(error, folder)))
    return Automatic(tuple(copies), tuple(removed), tuple(problems))


def _copied(order: _Order, folder: Path, first: CopyFile | None) -> CopyFile:
    """Return the copy that a folder gets: of the first one where there is one, so that the books are read once."""
    path = folder / order.name
    with new_copy(folder) as part:
        if first is None:
            copy_books(order.engine, part)
        else:
            shutil.copyfile(first.file, part)
        size, digest = written_through(part)
        if first is not None and digest != first.sha256:
            raise OSError(errno.EIO, "another content was read than written", str(path))
        if (by := order.by) is not None:
            write(order.engine, partial(_put_on_record, by, str(path)))
        put_in_place(part, path)
    return CopyFile(str(path), size, digest)


def _cleared(order: _Order, folder: Path) -> list[str]:
    """Remove the copies of the town that a folder need not keep any more, and return which."""
    removed = []
    for name in superseded(automatic_copies(folder, order.town_id), order.now, order.zone):
        (folder / name).unlink(missing_ok=True)
        removed.append(str(folder / name))
    return removed
