"""A copy of the whole database in one SQLite file, made while tills sell: one consistent picture of it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.exc import DBAPIError

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import make_private, sqlite_module
from lizhi_pos.engines import clock_of, for_reading, open_engine
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.upgrade import upgrade

_ROWS_AT_ONCE = 500
_FILES_AT_ONCE = 4
"""Of a table whose rows may have ten megabytes each."""


def copy_books(engine: Engine, path: Path) -> None:
    """Copy a database into a new SQLite file that its owner alone may read.

    Raise OSError where the file cannot be written.
    """
    make_private(path)
    if engine.dialect.name == "sqlite":
        _copy_file(engine, path)
    else:
        _copy_rows(engine, path)


@contextmanager
def opened(path: Path, clock: Clock) -> Iterator[Engine]:
    """Open a copy, and close it so that nothing is left beside it. Raise OSError where it cannot be written beside."""
    absolute = os.path.abspath(path).replace("%", "%25").replace("?", "%3F")
    engine = open_engine(f"sqlite:///{absolute}", clock)
    try:
        yield engine
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite_module().Error):
            raise  # not the copy: the database that it is made of
        raise _as_os_error(error.orig, path) from error
    finally:
        engine.dispose()


def _copy_file(engine: Engine, path: Path) -> None:
    module: Any = sqlite_module()
    source = engine.raw_connection()
    try:
        target = module.connect(str(path))
        try:
            # SQLite's own online copy: also what still stands in the write-ahead log, and no till waits for it
            source.driver_connection.backup(target)  # type: ignore[union-attr]
        except module.Error as error:
            raise _as_os_error(error, path) from error
        finally:
            target.close()
    finally:
        source.close()


def _as_os_error(error: BaseException, path: Path) -> OSError:
    is_full = "full" in str(error)
    return OSError(errno.ENOSPC if is_full else errno.EIO, str(error), str(path))


def _copy_rows(engine: Engine, path: Path) -> None:
    # what is read of the rooms' tables, and the guards of a fresh file: only where there is no file to be copied
    from lizhi_pos.migrations.guards import install, remove
    from lizhi_pos.migrations.metadata import metadata

    with opened(path, clock_of(engine)) as copy:
        upgrade(copy)
        with for_reading(engine).connect() as source, copy.connect() as target:
            driver: Any = target.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            with target.begin():
                # a sealed entry takes no postings, a closed month no entries: the copy is of what was let in before
                remove(target)
                for table in metadata.sorted_tables:
                    _copy_table(source, target, table)
                install(target)
                if broken := target.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise InvariantViolated(f"the copy broke foreign keys: {broken[:3]}")
            driver.execute("PRAGMA foreign_keys=ON")
            source.rollback()


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    at_once = _FILES_AT_ONCE if table.name == "evidence_content" else _ROWS_AT_ONCE
    rows = source.execute(select(table).execution_options(yield_per=at_once))
    for some in rows.mappings().partitions():
        target.execute(table.insert(), [dict(row) for row in some])
