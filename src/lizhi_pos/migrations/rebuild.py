"""Changing the shape of a table that stands: SQLite has no statement for it, so the table is made anew."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

_NEW = "lizhi_made_anew"


def add_checks(connection: Connection, table: str, checks: Mapping[str, str]) -> None:
    """Add CHECK constraints, named after the table, to a table with its rows and indexes.

    On SQLite foreign keys must not be enforced meanwhile where the table has rows: the old table goes for a moment.
    """
    constraints = [f"CONSTRAINT ck_{table}_{name} CHECK ({condition})" for name, condition in checks.items()]
    if connection.dialect.name != "sqlite":
        for constraint in constraints:
            connection.execute(text(f"ALTER TABLE {table} ADD {constraint}"))
        return
    head, tail = _made(connection, table).rsplit(")", 1)
    _make_anew(connection, table, f"{head}, {', '.join(constraints)}) {tail}")


def replace_check(connection: Connection, table: str, name: str, condition: str) -> None:
    """Give a CHECK constraint of a table another condition; what holds of foreign keys for `add_checks` holds here."""
    constraint = f"CONSTRAINT ck_{table}_{name} CHECK ({condition})"
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}"))
        connection.execute(text(f"ALTER TABLE {table} ADD {constraint}"))
        return
    made = _made(connection, table)
    begin = made.index(f"CONSTRAINT ck_{table}_{name} CHECK (")
    depth, end = 0, made.index("(", begin)
    while depth or made[end] == "(":
        depth += {"(": 1, ")": -1}.get(made[end], 0)
        end += 1
    _make_anew(connection, table, f"{made[:begin]}{constraint}{made[end:]}")


def add_foreign_key(connection: Connection, table: str, columns: Sequence[str], other: str) -> None:
    """Let columns of a table name a row of another, by columns of the same names; as for `add_checks`."""
    named = ", ".join(columns)
    constraint = f"CONSTRAINT fk_{table}_{columns[0]}_{other} FOREIGN KEY ({named}) REFERENCES {other} ({named})"
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} ADD {constraint}"))
        return
    head, tail = _made(connection, table).rsplit(")", 1)
    _make_anew(connection, table, f"{head}, {constraint}) {tail}")


def make_narrow(connection: Connection, table: str, key: Sequence[str] = ()) -> None:
    """Keep a table's rows in the tree of its primary key on SQLite; give it another `key` first on both databases.

    The same holds of foreign keys as for `add_checks`.
    """
    columns = ", ".join(key)
    if connection.dialect.name != "sqlite":
        if key:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}"))
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({columns})"))
        return
    made = _made(connection, table)
    if key:
        made = re.sub(r"PRIMARY KEY \([^)]*\)", f"PRIMARY KEY ({columns})", made)
    _make_anew(connection, table, re.sub(r"\)\s*STRICT\s*$", ") STRICT, WITHOUT ROWID", made))


def comment_on(connection: Connection, table: str, column: str, comment: str) -> None:
    """Say what a column holds, where the database keeps such a thing."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"COMMENT ON COLUMN {table}.{column} IS '{comment}'"))


def make_nullable(connection: Connection, table: str, column: str, comment: str) -> None:
    """Let a column of a table be empty, and say what it holds; as for `add_checks`."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"))
        comment_on(connection, table, column, comment)
        return
    made = _made(connection, table)
    _make_anew(connection, table, re.sub(rf"(\b{column} [A-Z]+) NOT NULL", r"\1", made, count=1))


def _made(connection: Connection, table: str) -> str:
    return _of(connection, "table", table)[0]


def _make_anew(connection: Connection, table: str, made: str) -> None:
    indexes = _of(connection, "index", table)
    connection.exec_driver_sql(made.replace(table, _NEW, 1))
    connection.exec_driver_sql(f"INSERT INTO {_NEW} SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {_NEW} RENAME TO {table}")
    for index in indexes:
        connection.exec_driver_sql(index)


def _of(connection: Connection, kind: str, table: str) -> list[str]:
    found = text("SELECT sql FROM sqlite_master WHERE type = :kind AND tbl_name = :table AND sql IS NOT NULL")
    return [sql for (sql,) in connection.execute(found, {"kind": kind, "table": table})]
