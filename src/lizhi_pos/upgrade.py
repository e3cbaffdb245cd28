"""Bringing a database to today's shape: a new one is made, an old one upgraded after a backup."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from lizhi_pos.driver import open_engine, sqlite_path
from lizhi_pos.migrations import HEAD


class NewerDatabase(Exception):
    """The database was made by a newer program than this one."""


def is_current(engine: Engine) -> bool:
    """Whether the database has today's shape."""
    with engine.connect() as connection:
        return _revision(connection) == HEAD


def upgrade(engine: Engine) -> Path | None:
    """Brings a database to today's shape; the backup's path where an old SQLite file was upgraded.

    Raises NewerDatabase for one that a newer program made.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
        connection.rollback()
    if revision == HEAD:
        return None
    backup = _backup(engine) if revision else None
    with engine.begin() as connection:
        migrate(connection)
    return backup


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision and revision > HEAD:
        raise NewerDatabase(revision)
    return revision


def migrate(connection: Connection, to: str = HEAD) -> None:
    """Runs the migrations up to a revision, in the connection's transaction and without a backup."""
    from alembic import command
    from alembic.config import Config

    config: Any = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _backup(engine: Engine) -> Path | None:
    path = sqlite_path(str(engine.url))
    if path is None:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = path.with_name(f"{path.stem}-before-{HEAD}-{stamp}{path.suffix}")
    source, target = engine.raw_connection(), open_engine(f"sqlite:///{copy}").raw_connection()
    try:
        # SQLite's own online copy: also what still stands in the write-ahead log
        source.driver_connection.backup(target.driver_connection)  # type: ignore[union-attr]
    finally:
        source.close()
        target.close()
    return copy
