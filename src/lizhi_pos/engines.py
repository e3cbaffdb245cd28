"""Opening a database: SQLite with a library that has no known corruption bug, or PostgreSQL."""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Connection, Dialect, Engine, Executable, Result, create_engine, event, make_url
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.pool import SingletonThreadPool

from lizhi_pos.changes import SENDER
from lizhi_pos.clock import MACHINE_CLOCK, Clock
from lizhi_pos.database_file import make_private, sqlite_module
from lizhi_pos.which_town import TOWN

Ask = TypeVar("Ask", bound=Executable)
"""A statement that is asked something."""

_WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite releases from which several writers may use the write-ahead log without losing pages."""


NETWORK = "network"
"""What is given with an address, ``?network=yes``, by whoever keeps books on a network drive all the same."""

_CLOCK = "lizhi_pos_clock"
"""The execution option of an engine that has its clock."""


def open_engine(url: str, clock: Clock = MACHINE_CLOCK) -> Engine:
    """Return an engine for ``sqlite:///FILE`` or ``postgresql+psycopg://…``, set up as the books need it.

    What is written through it has its moments and keys from `clock`.

    Raises sqlalchemy.exc.ArgumentError for an address that is neither.
    """
    parsed = make_url(url)
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite":
        engine = _open_sqlite(url)
    elif backend == "postgresql":
        asked = {name: value for name, value in FINDS_OUT.items() if name not in parsed.query}
        # which of its towns is ours to know, not the driver's
        town = parsed.query.get("town")
        address = parsed.difference_update_query(["town"]).set(drivername="postgresql+psycopg")
        engine = create_engine(address, hide_parameters=True, connect_args=asked)
        if town:
            engine.update_execution_options(**{TOWN: town if isinstance(town, str) else town[-1]})
        _look_before_use_after(engine, REST_S)
    else:
        raise ArgumentError(url)
    return with_clock(engine, clock)


def with_clock(engine: Engine, clock: Clock) -> Engine:
    """Say by which clock is written, and read, through an engine; return it."""
    engine.update_execution_options(**{_CLOCK: clock, SENDER: token_hex(4)})
    return engine


def clock_of(opened: Engine | Connection) -> Clock:
    """Return the clock that a database was opened with; the machine's of one that was opened in another way."""
    clock: Clock = opened.get_execution_options().get(_CLOCK, MACHINE_CLOCK)
    return clock


FINDS_OUT = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "lizhi-pos",
}
"""What makes a connection find out that its server is gone, in seconds (the last of them in thousandths).

Without them a cable that was pulled holds a till up for minutes. The address may set each of them otherwise.
"""

REST_S = 2.0
"""How long a connection may have rested before it is asked whether the server is still there."""


def _look_before_use_after(engine: Engine, rest: float) -> None:
    """Replace a connection that rested and whose server is gone; one just used is not asked at every sale."""

    @event.listens_for(engine.pool, "checkin")
    def rests(_connection: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine.pool, "checkout")
    def look(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("since", time.monotonic()) < rest:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise DisconnectionError from error


def answers(engine: Engine) -> None:
    """Ask the database whether it is there, over a connection of its own; raise sqlalchemy.exc.DBAPIError if not."""
    # those that the pool keeps are of the server that went away
    engine.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def sqlite_path(url: str) -> Path | None:
    """Return the file behind a SQLite address, None for another database."""
    parsed = make_url(url)
    if parsed.drivername.partition("+")[0] != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def for_reading(engine: Engine) -> Engine:
    """Return the same database for transactions that only read.

    One consistent picture, no lock that a till waits for.
    """
    if engine not in _readers:
        if engine.dialect.name == "sqlite":
            reader = create_engine("sqlite://", module=sqlite_module(), pool=engine.pool, hide_parameters=True)
            reader.update_execution_options(**{_CLOCK: clock_of(engine)})
            _begin_with(reader, "BEGIN")
        else:
            reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        _readers[engine] = reader
    return _readers[engine]


_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""What a statement is executed with, once or several times."""


def send_all(connection: Connection, statements: Sequence[tuple[ClauseElement, Values]]) -> list[int]:
    """Execute statements without waiting for each answer; return how many rows each changed, -1 where nobody counted.

    On PostgreSQL they go straight to the driver, in one pipeline. Raises sqlalchemy.exc.DBAPIError for the first that
    fails, as if it had been executed alone.
    """
    if connection.dialect.name == "sqlite":
        return [connection.execute(statement, values).rowcount for statement, values in statements]  # type: ignore[call-overload]
    driver: Any = connection.connection.driver_connection
    failures = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    cursors = []
    try:
        with driver.pipeline():
            for statement, values in statements:
                rows = [values] if isinstance(values, Mapping) else values
                told, fixed = _compiled(statement, tuple(rows[0]), connection.dialect)
                cursor = driver.cursor()
                if len(rows) == 1:
                    cursor.execute(told, {**fixed, **rows[0]})
                else:
                    cursor.executemany(told, [{**fixed, **row} for row in rows])
                cursors.append(cursor)
    except failures as error:
        raise DBAPIError.instance(None, None, error, failures, hide_parameters=True) from error
    return [cursor.rowcount for cursor in cursors]


def straight(statement: Ask) -> Ask:
    """Return a query that every sale asks: on PostgreSQL it goes straight to the driver (`ask`)."""
    return statement.execution_options(**{_STRAIGHT: True})


def ask(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> Result[Any]:
    """Execute a query and return what it answers.

    A `straight` one goes to PostgreSQL's driver by itself: eight tills spend more time in our own process than in
    the server. Raises sqlalchemy.exc.DBAPIError where it fails, whichever way it went.
    """
    if connection.dialect.name == "sqlite" or not statement.get_execution_options().get(_STRAIGHT):
        return connection.execute(statement, values)
    driver: Any = connection.connection.driver_connection
    failures = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    shape = tuple((name, len(value) if isinstance(value, (list, tuple)) else None) for name, value in values.items())
    told, fixed, slots = _expanded(statement, shape, connection.dialect)
    sent = {name: values[at] if place is None else values[at][place] for name, (at, place) in slots.items()}
    try:
        cursor = driver.execute(told, {**fixed, **sent})
        rows = cursor.fetchall()
    except failures as error:
        raise DBAPIError.instance(None, None, error, failures, hide_parameters=True) from error
    columns = _columns_of.get(told)
    if columns is None:
        columns = _columns_of[told] = SimpleResultMetaData([column.name for column in cursor.description])
    return IteratorResult(columns, iter(rows))


_STRAIGHT = "lizhi_pos_straight"
_columns_of: dict[str, SimpleResultMetaData] = {}
"""The columns that a straight query answers with, by its text."""


@cache
def _expanded(
    statement: ClauseElement, shape: tuple[tuple[str, int | None], ...], dialect: Dialect
) -> tuple[str, Mapping[str, Any], Mapping[str, tuple[str, int | None]]]:
    """Return a query as the driver takes it, the values that are part of it, and where each given one goes.

    `shape` names the values that are given; of a list also how many it has.
    """
    slots = {name: (name, None) if size is None else [(name, at) for at in range(size)] for name, size in shape}
    expanded = statement.compile(dialect=dialect).construct_expanded_state(slots)  # type: ignore[attr-defined]
    taken = {name: slot for name, slot in expanded.parameters.items() if isinstance(slot, tuple)}
    fixed = {name: value for name, value in expanded.parameters.items() if name not in taken}
    return expanded.statement, fixed, taken


@cache
def _compiled(statement: ClauseElement, names: tuple[str, ...], dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
    """Return a statement as the driver takes it, and the values that are part of it.

    Our types need no preparing there.
    """
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), {key: value for key, value in compiled.params.items() if key not in names}


def _open_sqlite(url: str) -> Engine:
    module = sqlite_module()
    path = sqlite_path(url)
    if path is not None and not str(path).startswith((":memory:", "file:")):
        make_private(path)
    # one connection a thread, as for other databases in memory: SQLAlchemy is going to choose another pool here
    pool = SingletonThreadPool if make_url(url).query.get("mode") == "memory" else None
    address = make_url(url).difference_update_query([NETWORK])
    engine = create_engine(address, module=module, connect_args={"timeout": 30}, hide_parameters=True, poolclass=pool)
    wal_is_safe = _wal_is_safe(module)

    @event.listens_for(engine.pool, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late; see `_begin_with`.
        connection.isolation_level = None
        for setting in (
            f"journal_mode={'WAL' if wal_is_safe else 'DELETE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {setting}")

    # a writer takes its turn at once: a plain BEGIN would fail later, half-way through
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def _begin_with(engine: Engine, statement: str) -> None:
    def do_begin(connection: Any) -> None:
        connection.execute(statement)

    # not an event of the engine: one would be asked about every statement of every sale
    engine.dialect.do_begin = do_begin  # type: ignore[assignment, method-assign]


def keeps_a_log_safely() -> bool:
    """Return whether the SQLite at hand may keep a write-ahead log, which lets others read while one writes."""
    return _wal_is_safe(sqlite_module())


def _wal_is_safe(module: ModuleType) -> bool:
    version = tuple(int(part) for part in module.sqlite_version.split("."))
    return version >= _WAL_RESET_FIXED[0] or any(
        fixed <= version < (fixed[0], fixed[1] + 1) for fixed in _WAL_RESET_FIXED
    )
