"""Bringing a copy of the books back: proved whole first, put in place at once, and what stood there is kept aside."""

import contextlib
import tempfile
from pathlib import Path

from msgspec import Struct
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import NotOurs, kind_of
from lizhi_pos.engines import for_reading, open_engine, sqlite_path
from lizhi_pos.file_writing import in_time
from lizhi_pos.maintenance.checked_copy import CheckedCopy, checked_copy
from lizhi_pos.maintenance.new_copy import new_copy
from lizhi_pos.maintenance.restore_file import restore_file
from lizhi_pos.maintenance.restore_server import restore_server
from lizhi_pos.maintenance.standing import stands
from lizhi_pos.moved import mark_at, refusal_of_moved
from lizhi_pos.refusal import Refusal


class Restored(Struct, frozen=True):
    """What was brought back; `kept_aside` is the file that holds what stood there, None where nothing did."""

    entries: int
    head: str
    kept_aside: str | None


def has_books(url: str) -> bool:
    """Return whether a database holds a town's books; it is not changed, whatever its shape.

    Raise NotOurs for another program's.
    """
    path = sqlite_path(url)
    kind = kind_of(path) if path is not None else "ours"
    if kind == "other":
        raise NotOurs
    if kind != "ours":
        return False
    engine = open_engine(url)
    try:
        with for_reading(engine).connect() as connection:
            if not inspect(connection).has_table("town"):
                return False
            return connection.exec_driver_sql("SELECT 1 FROM town").first() is not None
    finally:
        engine.dispose()


def restore(url: str, file: Path, clock: Clock, *, replace: bool = False) -> Restored | Refusal:
    """Bring a copy back into an empty place, or with `replace` over books, which are kept aside under a dated name.

    Refuse over books that are in use or were moved, or without `replace`. Raise BadCopy for a file that is no whole
    copy of ours, OSError where the place cannot be written; then nothing was touched. Whoever is killed meanwhile
    leaves the old books or the new ones, whole.
    """
    if not replace and has_books(url):
        return stands()
    if replace and (refusal := _why_moved(url)) is not None:
        return refusal
    path = sqlite_path(url)
    if path is None:
        with tempfile.TemporaryDirectory(prefix="lizhi-") as folder:
            checked = checked_copy(file, Path(folder) / "books.db", clock)
            kept = restore_server(url, checked.path, clock, replace=replace)
            return kept if isinstance(kept, Refusal) else _restored(checked, kept)
    in_time(lambda: path.parent.mkdir(mode=0o700, parents=True, exist_ok=True))
    with new_copy(path.parent) as scratch:
        checked = checked_copy(file, scratch, clock)
        kept = restore_file(path, checked.path, clock)
        return kept if isinstance(kept, Refusal) else _restored(checked, kept)


def _why_moved(url: str) -> Refusal | None:
    """Refuse over books that were moved: whoever brings a copy back here has two books."""
    path = sqlite_path(url)
    if path is not None and kind_of(path) != "ours":
        return None
    engine = open_engine(url)
    try:
        # what is damaged, or was never set up, was not moved
        with contextlib.suppress(DBAPIError):
            mark = mark_at(engine)
            return refusal_of_moved(mark) if mark is not None else None
    finally:
        engine.dispose()
    return None


def _restored(checked: CheckedCopy, kept: Path | None) -> Restored:
    return Restored(checked.entries, checked.head.hex(), str(kept) if kept else None)
