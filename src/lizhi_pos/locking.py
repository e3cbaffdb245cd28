"""What an act holds until it is committed: rows on PostgreSQL, where SQLite's one writer holds the whole file."""

from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.sql import Select

from lizhi_pos.db import Transaction


def lock_rows(statement: Select[Any], of: Table | None = None) -> Select[Any]:
    """Return the same query, holding what it finds, of a join the rows of `of`, until the transaction ends.

    PostgreSQL locks the rows; SQLite's `BEGIN IMMEDIATE` already holds the whole file and ignores it.
    """
    return statement.with_for_update(of=of)


def share_rows(statement: Select[Any]) -> Select[Any]:
    """Return the same query, keeping others from locking the rows it finds alone until the transaction ends."""
    return statement.with_for_update(read=True, key_share=True)


def lock_alone(tx: Transaction, name: str) -> None:
    """Hold a name alone until the transaction ends; others that lock it wait.

    An advisory lock on PostgreSQL; SQLite's `BEGIN IMMEDIATE` already holds the whole file.
    """
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(_LOCK_ALONE, {"name": _of_town(tx, name)})


def share_name(tx: Transaction, name: str) -> None:
    """Keep others from holding a name alone until the transaction ends; one that only reads holds nothing."""
    if tx.connection.dialect.name == "postgresql" and not tx.only_reads and name not in tx.memo:
        tx.memo[name] = "shared"
        tx.connection.execute(_SHARE, {"name": _of_town(tx, name)})


def _of_town(tx: Transaction, name: str) -> str:
    """Return a name as this town holds it: no town waits for another; `migrations/guards.py` makes the same."""
    return f"{tx.town_id.hex()} {name}" if tx.town_id else name


_LOCK_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
