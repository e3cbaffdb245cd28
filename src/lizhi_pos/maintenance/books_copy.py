"""A copy of the whole database in one SQLite file, made while tills sell: one consistent picture of it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table
from sqlalchemy.exc import DBAPIError

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import APPLICATION_ID, make_private, sqlite_module
from lizhi_pos.engines import clock_of, for_reading, open_engine
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.upgrade import migrate
from lizhi_pos.which_town import named_town, town_of

_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_ROWS_AT_ONCE = 500
_FILES_AT_ONCE = 4
"""Of a table whose rows may have ten megabytes each."""


def copy_books(engine: Engine, path: Path) -> None:
    """Copy a database into a new SQLite file that its owner alone may read; the copy has the shape it has.

    Raise OSError where the file cannot be written.
    """
    make_private(path)
    if engine.dialect.name == "sqlite":
        _copy_file(engine, path)
    else:
        with for_reading(engine).connect() as source:
            _copy_rows(source, path, clock_of(engine))
            source.rollback()
    close_journal(path)


def copy_as_it_stands(source: Connection, path: Path) -> None:
    """Copy what a transaction on PostgreSQL sees, which may hold locks, into a new SQLite file as `copy_books` does."""
    make_private(path)
    _copy_rows(source, path, clock_of(source))
    close_journal(path)


def close_journal(path: Path) -> None:
    """Let a copy be read where nothing can be written beside it: without a write-ahead log."""
    module: Any = sqlite_module()
    copy = module.connect(str(path))
    try:
        copy.execute("PRAGMA journal_mode=DELETE")
    except module.Error as error:
        raise as_os_error(error, path) from error
    finally:
        copy.close()
    with path.open("r+b") as file:
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path, clock: Clock) -> Iterator[Engine]:
    """Open a copy, and close it so that nothing is left beside it. Raise OSError where it cannot be written beside."""
    engine = open_engine(address_of(path), clock)
    try:
        yield engine
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite_module().Error):
            raise  # not the copy: the database that it is made of
        raise as_os_error(error.orig, path) from error
    finally:
        engine.dispose()


def address_of(path: Path) -> str:
    """Return the address of a SQLite file; every sign of its path is one of its name."""
    return f"sqlite:///{os.path.abspath(path).replace('%', '%25').replace('?', '%3F')}"


def _copy_file(engine: Engine, path: Path) -> None:
    module: Any = sqlite_module()
    source = engine.raw_connection()
    try:
        target = module.connect(str(path))
        try:
            # SQLite's own online copy: also what still stands in the write-ahead log, and no till waits for it
            source.driver_connection.backup(target)  # type: ignore[union-attr]
        except module.Error as error:
            raise as_os_error(error, path) from error
        finally:
            target.close()
    finally:
        source.close()


def as_os_error(error: BaseException, path: Path) -> OSError:
    """Return what SQLite says of a file it cannot write as the system's own kind of error."""
    is_full = "full" in str(error)
    return OSError(errno.ENOSPC if is_full else errno.EIO, str(error), str(path))


def _copy_rows(source: Connection, path: Path, clock: Clock) -> None:
    """Copy every row of another database into a SQLite file of the same shape, which may be an older one."""
    # the guards of a fresh file, and the migrations: only where there is no file to be copied
    from lizhi_pos.migrations.guards import install, remove

    shape = source.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    with opened(path, clock) as copy, copy.connect() as target:
        driver: Any = target.connection.driver_connection
        # whoever is stopped meanwhile leaves no copy at all: nothing is waited for before the end
        for setting in ("foreign_keys=OFF", "journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
            driver.execute(f"PRAGMA {setting}")
        with target.begin():
            migrate(target, shape)
            # a sealed entry takes no postings, a closed month no entries: the copy is of what was let in before
            remove(target)
            indexes = target.exec_driver_sql(_INDEXES).all()
            for name, _sql in indexes:
                target.exec_driver_sql(f'DROP INDEX "{name}"')
            tables = MetaData()
            tables.reflect(target)
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    _copy_table(source, target, table)
            for _name, sql in indexes:
                # at once over all rows, which is quicker than row by row
                target.exec_driver_sql(sql)
            install(target)
            if broken := target.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise InvariantViolated(f"the copy broke foreign keys: {broken[:3]}")
        driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    at_once = _FILES_AT_ONCE if table.name == "evidence_content" else _ROWS_AT_ONCE
    names = ", ".join(f'"{column.name}"' for column in table.c)
    driver: Any = target.connection.driver_connection
    told = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.c))})'
    chosen = f'SELECT {names} FROM "{table.name}"'
    values: dict[str, Any] = {}
    if named_town(source) is not None and (town := town_of(source)) is not None:
        # other towns lie beside this one
        chosen, values = f'{chosen} WHERE "town_id" = %(town)s', {"town": town.town_id}
    rows = source.exec_driver_sql(chosen, values, execution_options={"yield_per": at_once})
    for some in rows.partitions():
        driver.executemany(told, [[_as_sqlite(value) for value in row] for row in some])


def _as_sqlite(value: Any) -> Any:
    """Return a value of PostgreSQL as the columns' types write it on SQLite, see `db.Day` and `db.Moment`."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
