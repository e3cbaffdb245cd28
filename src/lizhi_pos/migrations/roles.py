"""Who may do what on a PostgreSQL server: the owner migrates, the tills only what an act of theirs needs.

The triggers of `guards` refuse a till that changes what is written; without the right it cannot even take them off.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from lizhi_pos.migrations.guards import APPEND_ONLY, NEVER_REMOVED
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.record import models as record

OWNER, TILL = "lizhi_owner", "lizhi_till"
"""The roles, as the page for who looks after the server names them."""

_NEVER_CHANGED = frozenset({*APPEND_ONLY, "account", "town"})
"""Tables whose rows no act changes."""

_REMOVED = frozenset(
    {
        "basket",
        "batch_signature",
        "delivery",
        "difference",
        "evidence_content",
        "evidence_told",
        "personal",
        "village_answer",
    }
)
"""Tables of which an act takes rows away: what is read anew, was finished, or is to be forgotten."""

_EVERY = frozenset({*metadata.tables, record.record_line.name, record.record_head.name, "alembic_version"})

_ROLE_IS_THERE = text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)")
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    # a part is reached through its table, and by itself not at all
    "AND relkind IN ('r', 'p') AND NOT relispartition"
)
_MAY_MIGRATE = text(
    "SELECT coalesce((SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c "
    "WHERE c.oid = to_regclass('alembic_version')), has_schema_privilege(current_schema(), 'CREATE'), false)"
)


def rights_on(table: str) -> tuple[str, ...]:
    """Return what a till may do with a table's rows. Pure.

    >>> rights_on("posting")
    ('SELECT', 'INSERT')
    """
    if table not in _EVERY or table == "alembic_version":
        return ("SELECT",)
    changes = () if table in _NEVER_CHANGED else ("UPDATE",)
    removes = ("DELETE",) if table in _REMOVED and table not in {*APPEND_ONLY, *NEVER_REMOVED} else ()
    return ("SELECT", "INSERT", *changes, *removes)


def grants(tables: Iterator[str] | None = None) -> Iterator[str]:
    """Yield the statements that give a till its rights and take all others from it, on `tables` or today's."""
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {TILL}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {TILL}"
    by_rights: dict[tuple[str, ...], list[str]] = {}
    for table in sorted(tables if tables is not None else _EVERY):
        by_rights.setdefault(rights_on(table), []).append(table)
    for rights, named in sorted(by_rights.items()):
        yield f"GRANT {', '.join(rights)} ON\n  {_lines(named)}\n  TO {TILL}"


def grant(connection: Connection) -> None:
    """Give the tills' role its rights on the tables there are, where the server has such a role."""
    if connection.dialect.name != "postgresql" or not connection.execute(_ROLE_IS_THERE, {"role": TILL}).scalar():
        return
    for statement in grants(iter(connection.execute(_TABLES).scalars().all())):
        connection.exec_driver_sql(statement)


def may_migrate(connection: Connection) -> bool:
    """Return whether who is connected may change the shape of the tables, or make the first."""
    return connection.dialect.name != "postgresql" or bool(connection.execute(_MAY_MIGRATE).scalar())


def _lines(tables: list[str]) -> str:
    lines = [""]
    for table in tables:
        if len(lines[-1]) + len(table) > 96:
            lines.append("")
        lines[-1] += f"{table}, "
    return "\n  ".join(line.rstrip() for line in lines).removesuffix(",")
