"""Whoever changes, deletes or adds anything in the database behind the program's back is found out by `verify`.

Every table and every column of the schema is walked, so that what the next release adds is under it from its first
day. What may change unseen is `EXEMPT`, each with its reason; a reason that no longer holds fails as well.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import Column, Connection, Engine, Table, and_, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, reading
from lizhi_pos.engines import open_engine, sqlite_path
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.settlement.document_checks import documents_unchanged
from lizhi_pos.settlement.verification import CHECKS, facts_of, verify
from towns.small import noon
from towns.whole import LATER, live

pytestmark = [pytest.mark.slow, pytest.mark.no_cover, pytest.mark.owner]

ATTEMPTS = "wrong PINs are forgotten with the next right one; they gain nobody a point"
UNFINISHED = "goods on a counter: nothing is redeemed yet, and what is will be judged anew"
UNRECEIVED = "goods that are being received: nothing has come in yet, and what does will be judged anew"
PRINTING = "how far a paper has got on its way; what stands on it is under the chain"

EXEMPT = {
    **{f"app_user.{what}": ATTEMPTS for what in ("wrong_pins", "not_before")},
    **{f"print_job.{what}": PRINTING for what in ("printer", "till", "state", "sender", "detail", "changed_at")},
    **{f"print_job.{what}": PRINTING for what in ("job_id", "created_at")},
    **{f"basket.{column.name}": UNFINISHED for column in metadata.tables["basket"].c if column.name != "town_id"},
    "basket.a row gone": UNFINISHED,
    **{f"delivery.{column.name}": UNRECEIVED for column in metadata.tables["delivery"].c if column.name != "town_id"},
    **{f"delivery.a row {what}": UNRECEIVED for what in ("gone", "more")},
}


class Change(Struct, frozen=True):
    """One change to a database: `what` is a column, or "a row gone" or "a row more"."""

    table: Table
    what: str
    row: dict[str, Any]
    value: Any = None

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.what}"

    def make(self, connection: Connection) -> None:
        """Carry it out; raises IntegrityError where the database itself does not take it."""
        this = and_(*(column == self.row[column.name] for column in self.table.primary_key))
        if self.what == "a row gone":
            connection.execute(self.table.delete().where(this))
        elif self.what == "a row more":
            connection.execute(insert(self.table).values(self.value))
        else:
            connection.execute(update(self.table).where(this).values({self.what: self.value}))


@pytest.fixture
def open_town(engine: Engine) -> Iterator[Connection]:
    """A town in which everything has happened once, its guards taken away, in a transaction that is rolled back."""
    live(engine)
    with engine.begin() as connection:
        take_guards_away(connection)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
        connection.rollback()


def take_guards_away(connection: Connection) -> None:
    """No trigger, no CHECK, no foreign key: what a person can do who has the database to themselves."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    tables = text("SELECT DISTINCT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0")
    for name, table in connection.execute(tables).all():
        connection.execute(text(f'DROP TRIGGER "{name}" ON "{table}"'))
    keys = text(
        "SELECT conname, conrelid::regclass FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid <> 0 "
        "AND conparentid = 0 AND NOT EXISTS (SELECT 1 FROM pg_class WHERE oid = conrelid AND relispartition)"
    )
    for name, table in connection.execute(keys).all():
        connection.execute(text(f'ALTER TABLE "{str(table).strip(chr(34))}" DROP CONSTRAINT "{name}"'))


def changes(connection: Connection, *, thorough: bool) -> Iterator[Change]:
    """Every change that is tried: each column of the first and the last row of every kind, rows gone, rows more.

    One that is not `thorough` tries each table's first row alone.
    """
    for table in metadata.sorted_tables:
        key = list(table.primary_key)
        rows = [dict(row) for row in connection.execute(select(table).order_by(*key)).mappings()]
        for row in telling(table, rows) if thorough else rows[:1]:
            for column in table.c:
                for value in others(column, row[column.name]):
                    yield Change(table, column.name, row, value)
            yield Change(table, "a row gone", row)
        last = key[-1]
        copy = {**rows[-1], last.name: next(others(last, rows[-1][last.name]))}
        yield Change(table, "a row more", rows[-1], copy)


def telling(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first and the last row of each kind, and for each column a row where it is filled in and one where not."""
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        kind = row.get("kind", row.get("state", ""))
        found.setdefault(("first", kind), row)
        found[("last", kind)] = row
        for column in table.c:
            found.setdefault((column.name, row[column.name] is None), row)
    unique: list[dict[str, Any]] = []
    for row in found.values():
        if row not in unique:
            unique.append(row)
    return unique


def others(column: Column[Any], value: Any) -> Iterator[Any]:
    """Values that a column does not hold: one near it, and nothing where it may be empty."""
    if value is None:
        yield _ANYTHING[type(column.type).__name__]
    elif isinstance(value, bool | int):
        yield value + 1
    elif isinstance(value, bytes):
        yield bytes([value[0] ^ 1]) + value[1:]
    elif isinstance(value, datetime | date):
        yield value + timedelta(days=1)
    else:
        yield f"{value}x"
    if value is not None and column.nullable:
        yield None


_ANYTHING = {
    "BigInteger": 1,
    "Text": "示例",
    "Bytes": MACHINE_CLOCK.new_id() + MACHINE_CLOCK.new_id(),
    "Day": LATER,
    "Moment": noon(LATER),
}


def is_found(tx: Transaction) -> bool:
    """Whether `verify` would say that the books are not whole; asks first the check that finds most."""
    checks = sorted(CHECKS, key=lambda check: check is not documents_unchanged)
    return any(facts_of(tx, check) for check in checks)


@pytest.mark.timeout(400)
def test_nothing_is_changed_unseen(open_town: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    """Each column once, in a row of every table; `make soak` tries it in every row that tells something."""
    look_for_changes(open_town, capsys, thorough=False)


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_nothing_is_changed_unseen_in_any_row(open_town: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    look_for_changes(open_town, capsys, thorough=True)


def look_for_changes(open_town: Connection, capsys: pytest.CaptureFixture[str], *, thorough: bool) -> None:
    tx = Transaction(open_town, open_town.scalar(text("SELECT town_id FROM town")), noon(LATER))
    assert verify(tx).ok
    tried: Counter[str] = Counter()
    missed: dict[str, Change] = {}
    refused: Counter[str] = Counter()
    for change in list(changes(open_town, thorough=thorough)):
        with open_town.begin_nested() as attempt:
            try:
                with open_town.begin_nested():
                    change.make(open_town)
            except IntegrityError:
                refused[change.name] += 1
                continue
            tried[change.name] += 1
            if not is_found(Transaction(open_town, tx.town_id, tx.now)):
                missed[change.name] = change
            attempt.rollback()
    columns = sum(len(table.c) for table in metadata.sorted_tables)
    exempt = {name for name in missed if name in EXEMPT}
    with capsys.disabled():
        print(
            f"\n{open_town.dialect.name}: {len(metadata.sorted_tables)} tables, {columns} columns, "
            f"{tried.total()} changes tried, {tried.total() - sum(tried[name] for name in missed)} found, "
            f"{sum(tried[name] for name in exempt)} exempt; {refused.total()} the database refuses itself"
        )
        for reason in sorted({EXEMPT[name] for name in exempt}):
            print(f"  exempt: {', '.join(sorted(n for n in exempt if EXEMPT[n] == reason))}: {reason}")
    assert not (unseen := sorted(missed.keys() - EXEMPT.keys())), " ".join(unseen)
    if thorough and open_town.dialect.name == "postgresql":
        # SQLite's own check of its foreign keys finds one or two of these as well
        assert not (needless := sorted(EXEMPT.keys() - missed.keys())), " ".join(needless)


def test_a_file_that_sqlite_itself_rejects_is_never_whole(sqlite_url: str) -> None:
    """An index that lost its rows: every table still reads as it should."""
    engine = open_engine(sqlite_url)
    live(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA writable_schema = ON")
        driver.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ', reference)', ', kind)') "
            "WHERE name = 'ix_journal_entry_town_id_reference'"
        )
        driver.execute("PRAGMA writable_schema = OFF")
    engine.dispose()
    with reading(engine, noon(LATER)) as tx:
        wrong = [check.name for check in verify(tx).checks if not check.ok]
    assert "database_sound" in wrong


@pytest.mark.parametrize("part", range(1, 8))
def test_a_file_with_a_broken_page_is_never_whole(sqlite_url: str, part: int) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    engine = open_engine(sqlite_url)
    live(engine)
    engine.dispose()
    content = bytearray(path.read_bytes())
    start = len(content) * part // 8 // 4096 * 4096
    content[start : start + 64] = bytes(64)
    path.write_bytes(content)
    try:
        with reading(engine, noon(LATER)) as tx:
            whole = verify(tx).ok
    except DatabaseError:
        whole = False
    assert not whole
