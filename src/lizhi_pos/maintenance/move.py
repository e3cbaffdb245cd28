"""The books moved to another place, from SQLite to PostgreSQL or back: at every moment one place is the books.

Three commits in this order, each of which may be the last one for a while: the new place whole, and marked as arriving;
the old one marked as moved, while nobody has written into it since it was copied; the mark of the new one taken away.
Whoever is killed before the second leaves the old one as it was, after it the new one, which takes its mark away itself
where it can see that the old one was moved (`finish_arrival`). Done again, a move goes on from there.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from msgspec import Struct
from sqlalchemy import Connection, Engine, desc, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from lizhi_pos.access.audit import record
from lizhi_pos.access.models import audit_event
from lizhi_pos.access.operators import Operator
from lizhi_pos.database_file import kind_of, remove
from lizhi_pos.db import Transaction, of_town, reading, write
from lizhi_pos.engines import clock_of, open_engine, sqlite_path
from lizhi_pos.file_writing import in_time
from lizhi_pos.journal.chain import chain_head
from lizhi_pos.maintenance.books_copy import address_of, copy_as_it_stands, copy_books
from lizhi_pos.maintenance.checked_copy import BadCopy, CheckedCopy, checked_copy
from lizhi_pos.maintenance.new_copy import new_copy
from lizhi_pos.maintenance.restore import has_books
from lizhi_pos.maintenance.restore_file import restore_file
from lizhi_pos.maintenance.restore_server import restore_server
from lizhi_pos.maintenance.standing import in_use
from lizhi_pos.moved import Mark, mark_at, refusal_of_moved, remove_mark, set_mark
from lizhi_pos.refusal import InvariantViolated, Refusal, Refused, refuse

_LAST_EVENT = (
    select(audit_event.c.action, audit_event.c.subject)
    .where(of_town(audit_event))
    .order_by(desc(audit_event.c.at), desc(audit_event.c.event_id))
    .limit(1)
)
_TILLS_FINISH_S = 30
_BUSY_STATES = frozenset({"55P03", "40P01"})
"""SQLSTATEs of a lock that others hold for too long, or that two want of each other."""


class Moved(Struct, frozen=True):
    """Where the books are now, how many tables and rows came there, and the head of their chain."""

    to: str
    tables: int
    rows: int
    head: str


def place_of(url: str) -> str:
    """Return a database's address as it may be shown and kept: whole, and without a password.

    >>> place_of("postgresql+psycopg://lizhi:geheim@server/lizhi")
    'postgresql+psycopg://lizhi@server/lizhi'
    """
    path = sqlite_path(url)
    return address_of(path) if path is not None else make_url(url)._replace(password=None).render_as_string()


def move(engine: Engine, to: str, by: Operator) -> Moved | Refusal:
    """Move the books to another database, and let the old one be read only; go on with a move that was interrupted.

    Refuse a place that has a town, and books that were moved already. Raise OSError or sqlalchemy.exc.DBAPIError where
    the new place cannot be written: then the old one is the books.
    """
    if refusal := by.refusal_to("manage"):
        return refusal
    here, there = place_of(engine.url.render_as_string()), place_of(to)
    mark = mark_at(engine)
    if mark is not None:
        return _gone_on(to, mark) if mark == Mark("moved", mark.token, there) else refusal_of_moved(mark)
    if has_books(to) and not _is_unfinished(to, here):
        return refuse("rule_broken", "There are books in {0} already: name a place that is empty", there)
    target = sqlite_path(to)
    if target is not None:
        in_time(lambda: Path(os.path.realpath(target)).parent.mkdir(mode=0o700, parents=True, exist_ok=True))
    try:
        write(engine, lambda tx: _put_on_record(tx, by, there))
        with _held(engine) as held:
            moved = _moved(engine, held, to, Mark("arriving", token_hex(8), here))
    except _Busy:
        return in_use()
    except BadCopy:
        return refuse("rule_broken", "These books do not prove whole, nothing was moved: the proof says what is wrong")
    except Refused as refused:
        return refused.refusal
    _arrive(to)
    return moved


def finish_arrival(engine: Engine) -> None:
    """Let books that have arrived be written, where a move was stopped after the old place had given them up."""
    mark = mark_at(engine)
    if mark is None or mark.state != "arriving":
        return
    # where the old place cannot be reached from here, it is its `move` that goes on
    with contextlib.suppress(DBAPIError, OSError, ArgumentError):
        path = sqlite_path(mark.place)
        if path is not None and kind_of(path) != "ours":
            return
        if (old := _mark_at(mark.place)) is not None and (old.state, old.token) == ("moved", mark.token):
            with engine.begin() as connection:
                remove_mark(connection)


class _Busy(Exception):
    """Others write into the old place."""


def _gone_on(to: str, mark: Mark) -> Moved | Refusal:
    """Finish a move whose old place was given up; refuse where there is nothing left to do."""
    arriving = _mark_at(to) if has_books(to) else None
    if arriving is None or (arriving.state, arriving.token) != ("arriving", mark.token):
        return refusal_of_moved(mark)
    engine = open_engine(to)
    try:
        rows, head = _figures(engine)
    finally:
        engine.dispose()
    _arrive(to)
    return Moved(place_of(to), len(rows), sum(rows.values()), head)


def _put_on_record(tx: Transaction, by: Operator, there: str) -> None:
    last = tx.first(_LAST_EVENT)
    if last is None or tuple(last) != ("move", there):
        # one that is begun again is one move
        record(tx, by, "move", there)


@contextmanager
def _held(engine: Engine) -> Iterator[Connection]:
    """Yield a transaction beside which nobody writes; raise _Busy where others do not end."""
    from lizhi_pos.migrations.metadata import metadata

    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.connect() as connection:
        try:
            transaction = connection.begin()
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TILLS_FINISH_S}s'")
                connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        except DBAPIError as error:
            if "locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) in _BUSY_STATES:
                raise _Busy from error
            raise
        with transaction:
            yield connection


def _moved(engine: Engine, held: Connection, to: str, arriving: Mark) -> Moved:
    """Copy, prove, put in place and prove again; then give the old place up."""
    clock = clock_of(engine)
    target = sqlite_path(to)
    with _scratch_folder(engine, to) as folder, new_copy(folder) as first, new_copy(folder) as second:
        if engine.dialect.name == "sqlite":
            copy_books(engine, first)
        else:
            copy_as_it_stands(held, first)
        proved = checked_copy(first, second, clock)
        remove(first)
        _clear(to, arriving.place)
        before = _counted(proved)
        if target is None:
            put = restore_server(to, proved.path, clock, replace=False, mark=arriving)
        else:
            _mark_file(proved.path, arriving)
            put = restore_file(target, proved.path, clock)
        if isinstance(put, Refusal):
            raise Refused(put)
    new = open_engine(to, clock)
    try:
        rows, head = _figures(new)
    finally:
        new.dispose()
    if rows != before or head != proved.head.hex():
        raise InvariantViolated(f"what arrived is not what left: {sum(before.values())} rows, {sum(rows.values())}")
    _give_up(held, Mark("moved", arriving.token, place_of(to)))
    return Moved(place_of(to), len(rows), sum(rows.values()), head)


def _give_up(held: Connection, mark: Mark) -> None:
    set_mark(held, mark)


@contextmanager
def _scratch_folder(engine: Engine, to: str) -> Iterator[Path]:
    """Yield a folder for the copy: beside the new file, from where it gets its name at once, or beside the old one."""
    target = sqlite_path(to)
    if target is not None:
        yield Path(os.path.realpath(target)).parent
    elif (books := sqlite_path(str(engine.url))) is not None:
        yield Path(os.path.realpath(books)).parent
    else:
        with tempfile.TemporaryDirectory(prefix="lizhi-") as folder:
            yield Path(folder)


def _mark_file(path: Path, mark: Mark) -> None:
    engine = open_engine(address_of(path))
    try:
        with engine.begin() as connection:
            set_mark(connection, mark)
    finally:
        engine.dispose()


def _mark_at(url: str) -> Mark | None:
    engine = open_engine(url)
    try:
        return mark_at(engine)
    finally:
        engine.dispose()


def _is_unfinished(to: str, here: str) -> bool:
    """Return whether a place holds what a move from here left that was stopped."""
    mark = _mark_at(to)
    return mark is not None and (mark.state, mark.place) == ("arriving", here)


def _clear(to: str, here: str) -> None:
    """Take away what a move from here left that was stopped: nobody has written into it, and the old place is held."""
    if not has_books(to) or not _is_unfinished(to, here):
        return
    path = sqlite_path(to)
    if path is not None:
        remove(Path(os.path.realpath(path)))
        return
    from lizhi_pos.migrations import guards
    from lizhi_pos.migrations.metadata import metadata

    engine = open_engine(to)
    try:
        with engine.begin() as connection:
            remove_mark(connection)
            guards.remove(connection)
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names}")
            guards.install(connection)
    finally:
        engine.dispose()


def _arrive(to: str) -> None:
    """Take the mark of the new place away: from then on it is written."""
    engine = open_engine(to)
    try:
        with engine.begin() as connection:
            remove_mark(connection)
    finally:
        engine.dispose()


def _counted(proved: CheckedCopy) -> Mapping[str, int]:
    engine = open_engine(address_of(proved.path))
    try:
        return _figures(engine)[0]
    finally:
        engine.dispose()


def _figures(engine: Engine) -> tuple[dict[str, int], str]:
    """Return how many rows each table has, and the head of the chain."""
    from lizhi_pos.migrations.metadata import metadata

    with reading(engine) as tx:
        rows = {
            table.name: tx.value(select(func.count()).select_from(table).where(of_town(table)))
            for table in metadata.sorted_tables
        }
        return rows, chain_head(tx).hex()
