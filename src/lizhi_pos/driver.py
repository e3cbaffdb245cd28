"""Opening a database: SQLite with a library that has no known corruption bug, or PostgreSQL."""

import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

_WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite releases from which several writers may use the write-ahead log without losing pages."""


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql+psycopg://…``, set up as the books need it.

    Raises sqlalchemy.exc.ArgumentError for an address that is neither.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return _open_postgres(parsed.set(drivername="postgresql+psycopg"))


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite address, None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _open_postgres(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("lizhi_reading"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def _open_sqlite(url: str) -> Engine:
    module = sqlite_module()
    engine = create_engine(url, module=module, connect_args={"timeout": 30})
    wal_is_safe = _wal_is_safe(module)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late; `begin` below says BEGIN IMMEDIATE instead.
        connection.isolation_level = None
        for setting in (
            f"journal_mode={'WAL' if wal_is_safe else 'DELETE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("lizhi_reading")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def sqlite_module() -> ModuleType:
    """The SQLite driver: the one with a mended library, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


def _wal_is_safe(module: ModuleType) -> bool:
    version = tuple(int(part) for part in module.sqlite_version.split("."))
    return version >= _WAL_RESET_FIXED[0] or any(
        fixed <= version < (fixed[0], fixed[1] + 1) for fixed in _WAL_RESET_FIXED
    )
