"""The file that a SQLite database lies in: whether it is one of ours, and that its owner alone reads it."""

import contextlib
import os
import sqlite3
import stat
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

APPLICATION_ID = 0x4C5A5053
"""`PRAGMA application_id` of our databases, ``LZPS``; those of older releases get it when they are opened."""

_MAGIC = b"SQLite format 3\x00"
_APPLICATION_ID_AT = 68
OUR_TABLES = frozenset({"alembic_version", "town"})
"""What every database of ours has, of whatever release."""

BESIDE = ("-wal", "-shm", "-journal")

DAMAGED = ("malformed", "not a database")
"""What SQLite says of a file that is damaged, in some sentence or other."""

Kind = Literal["none", "empty", "ours", "other"]
"""What lies at a path: no file, one without content, one of our databases, anything else."""


class NotOurs(Exception):
    """What was given as database is something else: a file of another kind, or another program's database."""


def kind_of(path: Path) -> Kind:
    """Return what lies at a path; nothing of it is changed. Raise OSError where it cannot be read.

    Look before SQLite has the file open: closing it a second time in one process would give up SQLite's locks.
    """
    if not path.exists():
        return "none"
    if not path.is_file():
        return "other"
    with path.open("rb") as file:
        head = file.read(_APPLICATION_ID_AT + 4)
    if not head:
        return "empty"
    if not head.startswith(_MAGIC) or len(head) < _APPLICATION_ID_AT + 4:
        return "other"
    made_by = int.from_bytes(head[_APPLICATION_ID_AT:], "big")
    if made_by == 0:
        return _by_its_tables(path)
    return "ours" if made_by == APPLICATION_ID else "other"


def make_private(path: Path) -> None:
    """Let a database's owner alone read it and what lies beside it; make it where it is not there yet.

    SQLite gives its journals the rights of the database.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return
    for one in (path, *(path.with_name(path.name + ending) for ending in BESIDE)):
        with contextlib.suppress(OSError):
            close_to_others(one)


def remove(path: Path) -> None:
    """Remove a database that was just made, and what lies beside it."""
    for one in (path, *(path.with_name(path.name + ending) for ending in BESIDE)):
        with contextlib.suppress(OSError):
            one.unlink()


def close_to_others(path: Path) -> None:
    """Take the rights of others to a file of ours away. Raise OSError where there is no such file."""
    found = path.stat()
    if os.name == "posix" and found.st_uid == os.geteuid() and found.st_mode & 0o077:
        path.chmod(stat.S_IMODE(found.st_mode) & ~0o077)


def _by_its_tables(path: Path) -> Kind:
    """Return a database without an application's number: older releases of ours set none, nor do most programs."""
    module: Any = sqlite_module()
    # not through the engine, which would set up another program's file as ours
    connection = module.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
            return "ours"
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except module.DatabaseError as error:
        if "not a database" in str(error):
            return "other"
        raise
    finally:
        connection.close()
    if not tables:
        return "empty"
    return "ours" if tables >= OUR_TABLES else "other"


def revision_of(path: Path) -> str | None:
    """Return the shape that a database of ours says it has, None where it does not say; nothing of it is changed."""
    module: Any = sqlite_module()
    # where nobody has it open SQLite would make files beside it
    is_open = path.with_name(f"{path.name}-shm").exists()
    address = f"{path.absolute().as_uri()}?mode=ro{'' if is_open else '&immutable=1'}"
    try:
        connection = module.connect(address, uri=True, timeout=_BUSY_S)
    except module.Error:
        return None
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except module.Error:  # new, damaged or locked: opening it tells
        return None
    finally:
        connection.close()
    return str(row[0]) if row else None


_BUSY_S = 5.0


def sqlite_module() -> ModuleType:
    """Return the SQLite driver: the one with a mended library, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module
