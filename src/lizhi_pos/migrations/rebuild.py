"""Adding constraints to a table that stands: SQLite has no statement for it, so the table is made anew."""

from collections.abc import Mapping

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
    made = _of(connection, "table", table)[0]
    indexes = _of(connection, "index", table)
    head, tail = made.rsplit(")", 1)
    anew = f"{head}, {', '.join(constraints)}) {tail}".replace(table, _NEW, 1)
    connection.exec_driver_sql(anew)
    connection.exec_driver_sql(f"INSERT INTO {_NEW} SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {_NEW} RENAME TO {table}")
    for index in indexes:
        connection.exec_driver_sql(index)


def _of(connection: Connection, kind: str, table: str) -> list[str]:
    found = text("SELECT sql FROM sqlite_master WHERE type = :kind AND tbl_name = :table AND sql IS NOT NULL")
    return [sql for (sql,) in connection.execute(found, {"kind": kind, "table": table})]
