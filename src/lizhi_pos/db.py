"""The database: engine, the one place where a transaction begins and ends, column types, dialect differences.

A domain function never commits: whoever opened `transaction()` does. `engines.py` has what else differs by database.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    func,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import Pool
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql import Executable, Insert
from sqlalchemy.types import BigInteger, TypeDecorator, TypeEngine

from lizhi_pos.changes import note_kind, telling
from lizhi_pos.database_failures import lost_a_race
from lizhi_pos.engines import ask, clock_of, for_reading, send_all
from lizhi_pos.ids import Id
from lizhi_pos.moved import moved_is_refused
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.which_town import town_of

_T = TypeVar("_T")
_Struct = TypeVar("_Struct", bound=Struct)

MAX_TRIES = 6
"""How often an act is run that loses races."""

RETRY_PAUSE_S = 0.01
"""The longest pause before the second try; it doubles before each further one."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Bytes(LargeBinary):
    """Bytes as both drivers take and give them: without the wrapping that others need, and that takes its time."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


ID = Bytes(16)
INT = BigInteger().with_variant(Integer, "sqlite")
"""Whole hundredths, quantities and counts."""


class Day(TypeDecorator[date]):
    """A calendar day; ISO text on SQLite, where it sorts as a date does."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], date | None] | None:
        return _day_of if dialect.name == "sqlite" else None


def _day_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; ISO text with microseconds on SQLite, where it sorts as a moment does."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _moment_of if dialect.name == "sqlite" else None


def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def town_table(name: str, *items: SchemaItem, narrow: bool = False) -> Table:
    """Return a table whose primary key is led by `town_id`, STRICT on SQLite.

    `items` mark the rest of the primary key with ``primary_key=True``. The rows of a `narrow` table are hardly more
    than their key: SQLite keeps them in the key's own tree, which is half the space and half the work.
    """
    key = Column("town_id", ID, primary_key=True)
    return Table(name, metadata, key, *items, sqlite_strict=True, sqlite_with_rowid=not narrow)


def one_of(column: str, values: Sequence[str], name: str | None = None) -> CheckConstraint:
    """Return the constraint that a text column holds one of a few words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=name or f"{column}_known")


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index over the rows that a condition holds for.

    The migrations write the condition on PostgreSQL too. Naming it here would load that dialect in every process.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


def of_town(table: Table) -> Any:
    """Return the condition that a row is of the session's town; `Session` fills it in."""
    return table.c.town_id == bindparam("town")


def same_row(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return what joins two tables of one town: equal columns, and the town of both."""
    ours: Any = one
    theirs: Any = other
    return same_town(ours.table, theirs.table) & (one == other)


def same_town(one: Table, other: Table) -> ColumnElement[bool]:
    """Return what joins rows of two tables that have no key in common: the town of both."""
    return one.c.town_id == other.c.town_id


def read_as(kind: type[_Struct], row: Row[Any]) -> _Struct:
    """Return a row as a value that may leave its module: the columns named like the fields of `kind`."""
    return read_all_as(kind, [row])[0]


def read_all_as(kind: type[_Struct], rows: Sequence[Row[Any]]) -> list[_Struct]:
    """Return rows of one query as `read_as` does each; quicker for many, which are found by their places."""
    picked = [(name, rows[0]._fields.index(name)) for name in kind.__struct_fields__] if rows else []
    return [kind(**{name: values[at] for name, at in picked}) for values in map(tuple, rows)]


def summed(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the sum of whole numbers as a whole number, 0 over nothing; PostgreSQL's own would be a decimal."""
    return cast(func.coalesce(func.sum(column), 0), INT)


class _Unsent(NamedTuple):
    """A statement that waits to be sent, and what must become of it."""

    statement: Any
    values: Any
    rows: int | None
    broken: str

    def check(self, changed: int) -> None:
        if self.rows is not None and changed != self.rows:
            raise InvariantViolated(self.broken)


class Transaction:
    """One transaction's view of one town's books.

    `town_id` fills the parameter ``town`` of every statement, `town_name` is its name; `now` is the moment
    everything in this transaction is recorded at, the present one unless another is given, and `new_id` makes the keys
    of its rows, both by the clock that the books were opened with. `memo` keeps what was worked out once and cannot
    change within it. `touched` are the documents that the act changed, by kind and key, with the digests that its
    entries carry, `changed` what kinds of things the other tills are told of, and `at_end` what is done before it is
    committed. `is_rehearsal` says that it is rolled back whatever
    it does, and `only_reads` that nothing may be written or held in it.
    """

    __slots__ = (
        *("_unsent", "at_end", "changed", "connection", "is_rehearsal", "memo", "new_id"),
        *("now", "only_reads", "touched", "town_id", "town_name"),
    )

    def __init__(self, connection: Connection, town_id: Id | None, now: datetime | None = None) -> None:
        clock = clock_of(connection)
        self.connection = connection
        self.new_id = clock.new_id
        self.town_id = town_id
        self.town_name = ""
        self.now = now or clock.now()
        self.memo: dict[str, Any] = {}
        self.touched: dict[str, dict[tuple[Any, ...], list[bytes]]] = {}
        self.at_end: list[Callable[[Transaction], None]] = []
        self.changed: set[str] = set()
        self.is_rehearsal = self.only_reads = False
        self._unsent: list[_Unsent] | None = None

    def settle(self) -> None:
        """Do what is left to do before the transaction is committed."""
        while self.at_end:
            self.at_end.pop()(self)
        for one in self._telling():
            ask(self.connection, one.statement, one.values)

    def _telling(self) -> list[_Unsent]:
        """Return what tells the other tills what was changed since the last telling."""
        told, listens = set(self.changed), self.connection.dialect.name == "postgresql"
        self.changed.clear()
        if not told or not listens or self.is_rehearsal or self.town_id is None:
            return []
        return [_Unsent(*telling(self.connection, self.town_id, told), None, "")]

    def at(self, now: datetime) -> "Transaction":
        """Return the same transaction at another moment, for a made-up past."""
        other = Transaction(self.connection, self.town_id, now)
        other.town_name, other.touched, other.at_end = self.town_name, self.touched, self.at_end
        other.is_rehearsal, other.changed = self.is_rehearsal, self.changed
        return other

    @property
    def town(self) -> Id:
        """The town's key; raises NoTown on a database that has none yet."""
        if self.town_id is None:
            raise NoTown
        return self.town_id

    def all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """Return every row of a query."""
        return ask(self.connection, statement, {"town": self.town, **values}).all()

    def first(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """Return the first row of a query, if there is one."""
        return ask(self.connection, statement, {"town": self.town, **values}).first()

    def first_as(self, kind: type[_Struct], statement: Executable, **values: Any) -> _Struct | None:
        """Return the first row of a query as a value, see `read_as`; None where there is no row."""
        row = self.first(statement, **values)
        return read_as(kind, row) if row is not None else None

    def value(self, statement: Executable, **values: Any) -> Any:
        """Return the first column of the first row, None where there is no row."""
        return ask(self.connection, statement, {"town": self.town, **values}).scalar()

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows; every row names the same columns, `town_id` is filled in."""
        if rows:
            self.send(_insert(table), [{"town_id": self.town, **row} for row in rows])

    def send(self, statement: Executable, values: Any, rows: int | None = None, broken: str = "") -> None:
        """Execute a statement of which nothing is read; within `in_one_go` with the others at its end.

        Raises InvariantViolated, saying what is `broken`, where it should have changed so many `rows` and has not.
        """
        note_kind(self.changed, statement)
        one = _Unsent(statement, values, rows, broken)
        if self._unsent is None:
            one.check(self.connection.execute(statement, values).rowcount)
        else:
            self._unsent.append(one)

    @contextmanager
    def in_one_go(self) -> Iterator[None]:
        """Keep what is inserted and sent back until the end, and send it then without waiting for each answer.

        Meanwhile nothing may be read that was written here.
        """
        unsent: list[_Unsent] = []
        self._unsent = unsent
        try:
            yield
        finally:
            self._unsent = None
        # with the others it costs no answer of its own that would be waited for
        unsent += self._telling()
        changed = send_all(self.connection, [(one.statement, one.values) for one in unsent])
        for one, rows in zip(unsent, changed, strict=True):
            one.check(rows)

    def change(self, statement: Executable, **values: Any) -> int:
        """Run an UPDATE or DELETE and return how many rows it touched."""
        note_kind(self.changed, statement)
        return self.connection.execute(statement, {"town": self.town, **values}).rowcount


@cache
def _insert(table: Table) -> Insert:
    """Return a table's one INSERT statement, so that it is compiled once."""
    return table.insert()


class NoTown(Exception):
    """The database holds no town yet: `init` comes first."""


@contextmanager
def transaction(engine: Engine, now: datetime | None = None) -> Iterator[Transaction]:
    """Begin a transaction and end it, here alone: commit on leaving, roll back on an exception.

    `now` stands in for the clock where a test or the sample town needs another day than today.
    """
    with moved_is_refused(), engine.begin() as connection:
        tx = _session(connection, now)
        yield tx
        tx.settle()


def write(engine: Engine, act: Callable[[Transaction], _T], now: datetime | None = None) -> _T:
    """Run one act in a transaction of its own, commit it and return its answer.

    On PostgreSQL an act that lost a race is run again, up to `MAX_TRIES` times: it then reads what the winner wrote
    and answers as if it had come later. So an act must do nothing that a rollback does not undo.
    """
    for attempt in range(1, MAX_TRIES):
        try:
            with transaction(engine, now) as tx:
                return act(tx)
        except DBAPIError as error:
            if not lost_a_race(error):
                raise
        # with jitter, so that two that met do not meet again
        time.sleep(random.uniform(0, RETRY_PAUSE_S * 2**attempt))
    with transaction(engine, now) as tx:
        return act(tx)


class Write(Protocol):
    """How an act's transaction ends: kept, or rolled back whatever it did."""

    def __call__(self, engine: Engine, act: Callable[[Transaction], _T], /) -> _T: ...


def rehearse(engine: Engine, act: Callable[[Transaction], _T], now: datetime | None = None) -> _T:
    """Run one act in a transaction, roll it back whatever it did, and return what it would have answered."""
    with moved_is_refused(), engine.connect() as connection:
        try:
            tx = _session(connection, now)
            tx.is_rehearsal = True
            return act(tx)
        finally:
            connection.rollback()


@contextmanager
def reading(engine: Engine, now: datetime | None = None) -> Iterator[Transaction]:
    """Open a transaction that only reads: one consistent picture, no lock that a till would wait for."""
    with for_reading(engine).connect() as connection:
        try:
            tx = _session(connection, now)
            tx.only_reads = True
            yield tx
        finally:
            connection.rollback()


def _session(connection: Connection, now: datetime | None) -> Transaction:
    pool = connection.engine.pool
    if (town := _towns.get(pool)) is None:
        if (found := town_of(connection)) is None:
            return Transaction(connection, None, now)
        town = _towns[pool] = Id(found.town_id), found.name
    tx = Transaction(connection, town[0], now)
    tx.town_name = town[1]
    return tx


_towns: WeakKeyDictionary[Pool, tuple[Id, str]] = WeakKeyDictionary()
"""The town of each open database: founded once, and never another."""
