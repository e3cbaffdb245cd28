"""A proved copy put where a SQLite file is, or is to be, so that nobody ever sees a half one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import BESIDE, kind_of, sqlite_module
from lizhi_pos.engines import open_engine
from lizhi_pos.file_writing import keep_name
from lizhi_pos.maintenance.books_copy import address_of, as_os_error, close_journal
from lizhi_pos.maintenance.new_copy import new_copy, put_in_place, written_through
from lizhi_pos.maintenance.standing import aside_name, in_use, stands
from lizhi_pos.refusal import Refusal

_IN_USE_WAIT_S = 2.0
"""How long another process may still be writing before its books count as in use."""


class _InUse(Exception):
    """Another process has the file."""


def restore_file(path: Path, proved: Path, clock: Clock) -> Path | Refusal | None:
    """Put a proved file in a database's place; return where what stood there is kept, None where nothing did.

    Raise OSError where it cannot be written.
    """
    # what a link points to is replaced, not the link
    path = Path(os.path.realpath(path))
    close_journal(proved)
    written_through(proved)
    try:
        kept = None
        if kind_of(path) == "ours":
            kept = _over(path, proved, clock)
        else:
            _into_empty(path, proved, clock)
    except _InUse:
        return in_use()
    except FileExistsError:
        return stands()
    # opened once as every command does: it is set up as the program has it, and can be opened
    engine = open_engine(address_of(path), clock)
    engine.connect().close()
    engine.dispose()
    return kept


def _into_empty(path: Path, proved: Path, clock: Clock) -> None:
    """Put a file where none is, or an empty one. Raise FileExistsError where one has come there meanwhile."""
    aside = aside_name(path.stem, clock.now()) + path.suffix
    for ending in BESIDE:
        # the log of a file that was taken away: SQLite would play it into the new one
        left = path.with_name(path.name + ending)
        if left.exists():
            left.rename(path.with_name(aside + ending))
    if path.exists():
        if path.stat().st_size:
            raise FileExistsError(path)
        path.unlink()
    try:
        os.link(proved, path)
    except FileExistsError:
        raise
    except OSError:
        # a file system without links, as a stick's
        os.rename(proved, path)
    keep_name(path.parent)


def _over(path: Path, proved: Path, clock: Clock) -> Path:
    """Write a file over the books at a path in one transaction of SQLite's; return where they are kept.

    The file stays the same one: a till that has it open sees the new books, and never writes into what is kept aside.
    """
    place = path.with_name(aside_name(path.stem, clock.now()) + path.suffix)
    with _held(path) as books:
        with new_copy(path.parent) as part:
            _backed_up(books, part)
            written_through(part)
            put_in_place(part, place)
        module: Any = sqlite_module()
        copy = module.connect(str(proved))
        try:
            copy.backup(books)
        except module.Error as error:
            raise as_os_error(error, path) from error
        finally:
            copy.close()
    return place


@contextmanager
def _held(path: Path) -> Iterator[Any]:
    """Yield a connection that nobody else can write beside; raise _InUse where another process has the file open."""
    module: Any = sqlite_module()
    books = module.connect(str(path), timeout=_IN_USE_WAIT_S, isolation_level=None)
    try:
        books.execute("PRAGMA synchronous=FULL")
        # kept from the first transaction on until the connection is closed
        books.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            books.execute("BEGIN EXCLUSIVE")
            books.execute("COMMIT")
            # no log beside the file, from which a reader could still see the old books
            books.execute("PRAGMA journal_mode=DELETE")
        except module.OperationalError as error:
            if "locked" in str(error):
                raise _InUse from error
            raise
        yield books
    except module.Error as error:
        raise as_os_error(error, path) from error
    finally:
        books.close()


def _backed_up(books: Any, part: Path) -> None:
    module: Any = sqlite_module()
    aside = module.connect(str(part))
    try:
        books.backup(aside)
    finally:
        aside.close()
    close_journal(part)
