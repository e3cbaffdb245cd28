"""Bringing a database to today's shape: a new one is made, an old one upgraded after it was copied."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import OperationalError

from lizhi_pos.database_file import APPLICATION_ID, NotOurs, sqlite_module
from lizhi_pos.db import Transaction
from lizhi_pos.migrations import HEAD
from lizhi_pos.moved import mark_of, remove_mark, set_mark
from lizhi_pos.refusal import InvariantViolated

_RECORD_SINCE = "0004"
"""The shape from which every document is under the chain."""

_PICTURES_SALTED_SINCE = "0010"
"""The shape from which pictures stand under the chain as salted commitments."""

_KEY_CHECK = "PRAGMA foreign_key_check"


class NewerDatabase(Exception):
    """The database was made by a newer program than this one."""


class OwnerNeeded(Exception):
    """The database is an older program's, or empty, and only its owner may change that."""

    def __init__(self, *, is_empty: bool) -> None:
        super().__init__("only the owner may migrate")
        self.is_empty = is_empty


def is_current(engine: Engine) -> bool:
    """Return whether the database has today's shape."""
    with engine.connect() as connection:
        return _revision(connection) == HEAD


def upgrade(engine: Engine, copy_first: Callable[[Engine], object] | None = None) -> bool:
    """Bring a database to today's shape, an older one after `copy_first`; return whether it was an older one.

    Raises NewerDatabase for one that a newer program made, NotOurs for one of another program.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
        if revision != HEAD:
            _refuse_other(connection)
            _refuse_without_rights(connection, revision)
        connection.rollback()
    if revision == HEAD:
        sign(engine)
        return False
    if revision and copy_first is not None:
        copy_first(engine)
    with _without_foreign_keys(engine) as connection, connection.begin():
        mark = mark_of(connection)
        if mark is not None:
            remove_mark(connection)
        migrate(connection)
        if revision and revision < _RECORD_SINCE:
            _put_on_record(connection)
        elif revision and revision < _PICTURES_SALTED_SINCE:
            _put_pictures_on_record(connection)
        _refuse_broken_foreign_keys(connection)
        _give_rights(connection)
        if mark is not None:
            # what was moved is still not written, whatever its shape
            set_mark(connection, mark)
    if revision:
        _give_back_space(engine)
    sign(engine)
    return bool(revision)


def _refuse_other(connection: Connection) -> None:
    """Raise NotOurs for a database that holds another program's tables."""
    tables = set(inspect(connection).get_table_names())
    if tables - {"alembic_version"} and "town" not in tables:
        raise NotOurs


def _refuse_without_rights(connection: Connection, revision: str | None) -> None:
    """Raise OwnerNeeded for a till, which may not migrate."""
    if connection.dialect.name != "sqlite":
        from lizhi_pos.migrations.roles import may_migrate

        if not may_migrate(connection):
            raise OwnerNeeded(is_empty=revision is None)


def _give_rights(connection: Connection) -> None:
    """Let the tills use what the owner has made."""
    if connection.dialect.name != "sqlite":
        from lizhi_pos.migrations.roles import grant

        grant(connection)


def sign(engine: Engine) -> None:
    """Write into a SQLite file that it is ours, where it does not say so yet."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(OperationalError), engine.connect() as connection:
        # a file that may only be read stays as it is
        if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.commit()


def _give_back_space(engine: Engine) -> None:
    """Let the file be as small as what is in it, and the planner know what that is."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        # where another process has the file open it stays as large as it is
        with contextlib.suppress(sqlite_module().OperationalError):
            driver.execute("VACUUM")
            driver.execute("ANALYZE")


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """Yield a connection on which a table may be made anew.

    Hold what was written against the foreign keys at the end.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _refuse_broken_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql(_KEY_CHECK).all()):
        raise InvariantViolated(f"the upgrade broke foreign keys: {broken[:3]}")


def _put_on_record(connection: Connection) -> None:
    """Take what stands in older books under the chain, each town on its own."""
    # what is read of the rooms' tables only here: opening a database of today's shape does not wait for them
    from lizhi_pos.migrations.metadata import town
    from lizhi_pos.record.chain import put_all_on_record

    for (town_id,) in connection.execute(select(town.town.c.town_id)).all():
        tx = Transaction(connection, town_id)
        put_all_on_record(tx)
        tx.settle()


def _put_pictures_on_record(connection: Connection) -> None:
    """Put what stands of pictures under the chain on record as it is now, under its new keys."""
    from lizhi_pos.evidence.models import EVIDENCE, FILE
    from lizhi_pos.migrations.metadata import town
    from lizhi_pos.record.chain import lines, touch
    from lizhi_pos.record.documents import all_digests

    for (town_id,) in connection.execute(select(town.town.c.town_id)).all():
        tx = Transaction(connection, town_id)
        for kind in (EVIDENCE, FILE):
            for former in sorted({line.key for line in lines(tx) if line.kind == kind.kind}):
                touch(tx, kind, bytes.fromhex(former))
            for key, _digest in all_digests(tx, kind):
                touch(tx, kind, *key)
        tx.settle()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision and revision > HEAD:
        _refuse_other(connection)
        raise NewerDatabase(revision)
    return revision


def migrate(connection: Connection, to: str = HEAD) -> None:
    """Run the migrations up to a revision, in the connection's transaction and without a backup."""
    from alembic import command
    from alembic.config import Config

    config: Any = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
