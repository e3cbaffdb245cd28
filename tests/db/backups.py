"""Copies for the tests: every row of a database, and a file with something wrong in it."""

import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, text

from lizhi_pos.database_file import sqlite_module
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.books_copy import address_of


def every_row(engine: Engine, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table, written as SQLite has it, so that both databases can be compared."""
    tables = MetaData()
    found = {}
    with engine.connect() as connection:
        tables.reflect(connection)
        for table in sorted(tables.tables.values(), key=lambda table: table.name):
            # a part of a table has its rows, which are there already
            if table.name not in but and not re.search(r"_p\d+$", table.name):
                names = sorted(column.name for column in table.c)
                columns = ", ".join(f'"{name}"' for name in names)
                rows = connection.execute(text(f'SELECT {columns} FROM "{table.name}"')).all()
                found[table.name] = sorted(repr([_plain(value) for value in row]) for row in rows)
        connection.rollback()
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def rows_of(path: Path, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of a SQLite file."""
    engine = open_engine(address_of(path))
    try:
        return every_row(engine, but=but)
    finally:
        engine.dispose()


def changed(path: Path, statement: str) -> None:
    """Change a file behind everybody's back: without guards and checks."""
    connection: sqlite3.Connection = sqlite_module().connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("PRAGMA ignore_check_constraints=ON")
    assert connection.execute(statement).rowcount
    connection.close()
