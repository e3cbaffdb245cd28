"""A proved copy put into a PostgreSQL database in one transaction."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError

from lizhi_pos.clock import Clock
from lizhi_pos.db import Transaction
from lizhi_pos.engines import for_reading, open_engine
from lizhi_pos.ids import Id
from lizhi_pos.maintenance.books_copy import address_of, copy_as_it_stands
from lizhi_pos.maintenance.copies import automatic_folder
from lizhi_pos.maintenance.new_copy import new_copy, put_in_place, written_through
from lizhi_pos.maintenance.standing import aside_name, in_use, stands
from lizhi_pos.moved import Mark, set_mark
from lizhi_pos.refusal import InvariantViolated, Refusal, refuse
from lizhi_pos.settlement.verification import verify
from lizhi_pos.upgrade import upgrade
from lizhi_pos.which_town import named_town

_IN_USE_WAIT_S = 5.0
"""How long others may take to leave, our own closed connections too, before the books count as in use."""

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL"
)
_TOWNS = "SELECT count(*) FROM town"
_LOCK_NOT_AVAILABLE = "55P03"


def restore_server(
    url: str, proved: Path, clock: Clock, *, replace: bool, mark: Mark | None = None
) -> Path | Refusal | None:
    """Fill a PostgreSQL database with the rows of a proved file; return where what stood there is kept.

    With a `mark` nobody writes into it before that is taken away.

    That is a copy of the same kind, written while nobody can change anything: tables keep their owners and rights, and
    the copy can be brought back like any other. The transaction is committed once `verify` found the rows whole.
    """
    engine, books = open_engine(url, clock), open_engine(address_of(proved), clock)
    try:
        upgrade(engine)
        with engine.connect() as connection, connection.begin() as whole, for_reading(books).connect() as source:
            answer = _filled(connection, source, clock, replace=replace)
            source.rollback()
            if isinstance(answer, Refusal):
                whole.rollback()
            elif mark is not None:
                set_mark(connection, mark)
            return answer
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return in_use()
        raise
    finally:
        books.dispose()
        engine.dispose()


def _filled(connection: Connection, source: Connection, clock: Clock, *, replace: bool) -> Path | Refusal | None:
    from lizhi_pos.migrations.guards import install, remove
    from lizhi_pos.migrations.metadata import metadata

    if named_town(connection) is not None and connection.exec_driver_sql(_TOWNS).scalar_one() > 1:
        return refuse("rule_broken", "Other towns lie in this database too: bring the copy back into one of its own")
    if _others_stay(connection):
        return in_use()
    tables, kept = metadata.sorted_tables, None
    names = ", ".join(f'"{table.name}"' for table in tables)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(_IN_USE_WAIT_S * 1000)}ms'")
    connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    if connection.exec_driver_sql("SELECT 1 FROM town").first() is not None:
        if not replace:
            return stands()
        kept = _kept_aside(connection, clock)
    remove(connection)
    connection.exec_driver_sql(f"TRUNCATE {names}")
    for table in tables:
        _fill(connection, source, table)
    # what is checked at the end only stands in the way of making triggers
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    install(connection)
    connection.exec_driver_sql("ANALYZE")
    _prove(connection)
    return kept


def _others_stay(connection: Connection) -> bool:
    """Return whether somebody else is connected, after a while in which they may leave."""
    until = time.monotonic() + _IN_USE_WAIT_S
    while connection.execute(_OTHERS).scalar_one():
        if time.monotonic() > until:
            return True
        # what a transaction has seen of others it does not look at again
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
        time.sleep(0.05)
    return False


def _kept_aside(connection: Connection, clock: Clock) -> Path:
    folder = automatic_folder(None)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f"{aside_name('lizhi', clock.now())}.db"
    with new_copy(folder) as part:
        copy_as_it_stands(connection, part)
        written_through(part)
        put_in_place(part, place)
    return place


def _fill(connection: Connection, source: Connection, table: Table) -> None:
    """Copy a table's rows, as the server takes many at once."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{column.name}"' for column in table.c)
    at_once = 4 if table.name == "evidence_content" else 500
    rows = source.execute(select(table).execution_options(yield_per=at_once))
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _prove(connection: Connection) -> None:
    """Raise InvariantViolated where the rows do not prove whole: then nothing is committed."""
    town_id = Id(connection.exec_driver_sql("SELECT town_id FROM town").scalar_one())
    proof = verify(Transaction(connection, town_id))
    if not proof.ok:
        facts = [fact for check in proof.checks for fact in check.facts]
        raise InvariantViolated(f"what was filled in does not prove whole: {facts[:3]}")
