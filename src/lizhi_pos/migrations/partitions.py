"""Every table of PostgreSQL lies in parts by its town, so that one server holds a county and many hold a province.

How many parts is the owner's to say before the first opening (``ALTER DATABASE … SET lizhi.partitions = 64``); one
town needs one. Nothing above the tables knows of them: a statement names its town, and goes to one part.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

SETTING = "lizhi.partitions"
MOST = 1024


class _Shape(NamedTuple):
    """What a table is besides its columns, as statements that make it anew under the same names."""

    keys: Sequence[tuple[str, str]]
    indexes: Sequence[str]


def wanted_parts(connection: Connection) -> int:
    """Return in how many parts the owner wants each table; 1 where nothing is said."""
    said = connection.execute(text("SELECT current_setting(:name, true)"), {"name": SETTING}).scalar()
    return min(max(int(said), 1), MOST) if said and said.isdigit() else 1


def divide(connection: Connection, tables: Sequence[str], parts: int) -> None:
    """Make each of these tables anew with the same rows, hash-partitioned by `town_id`; the guards are off meanwhile."""
    references = _references(connection)
    for table, name, _definition in references:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for table in tables:
        _divide(connection, table, parts)
    for table, name, definition in references:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


def parts_of(connection: Connection) -> Sequence[str]:
    """Return the names of all parts of tables."""
    found = (
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relispartition AND c.relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in connection.execute(text(found))]


def _divide(connection: Connection, table: str, parts: int) -> None:
    shape = _shape(connection, table)
    connection.execute(text(f"ALTER TABLE {table} RENAME TO whole_{table}"))
    connection.execute(
        text(
            f"CREATE TABLE {table} (LIKE whole_{table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS) "
            "PARTITION BY HASH (town_id)"
        )
    )
    for at in range(parts):
        connection.execute(
            text(f"CREATE TABLE {table}_p{at} PARTITION OF {table} FOR VALUES WITH (MODULUS {parts}, REMAINDER {at})")
        )
    connection.execute(text(f"INSERT INTO {table} SELECT * FROM whole_{table}"))
    connection.execute(text(f"DROP TABLE whole_{table}"))
    for name, definition in shape.keys:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
    for index in shape.indexes:
        connection.execute(text(index))


def _shape(connection: Connection, table: str) -> _Shape:
    keys = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = to_regclass(:table) AND contype IN ('p', 'u') ORDER BY contype, conname"
    )
    indexes = (
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = to_regclass(:table) "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u')) "
        "ORDER BY 1"
    )
    named = {"table": table}
    return _Shape(
        [(name, definition) for name, definition in connection.execute(text(keys), named)],
        [definition for (definition,) in connection.execute(text(indexes), named)],
    )


def _references(connection: Connection) -> Sequence[tuple[str, str, str]]:
    """Return every foreign key of the schema: its table, its name and what it says."""
    found = (
        "SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
        "JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE n.nspname = current_schema() AND c.contype = 'f' AND c.conparentid = 0 ORDER BY 1, 2"
    )
    return [tuple(row) for row in connection.execute(text(found))]
