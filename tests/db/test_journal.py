"""What the database itself refuses, tried with raw SQL on both databases; and the chain of hashes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from databases import as_owner
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import transaction
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.chain import find_chain_breaks
from lizhi_pos.journal.entries import Entry, PointsPosting, post_points
from lizhi_pos.journal.hashing import entry_hash
from lizhi_pos.journal.models import journal_entry, posting
from lizhi_pos.migrations.guards import APPEND_ONLY, NEVER_REMOVED
from lizhi_pos.money import Points
from lizhi_pos.refusal import InvariantViolated, unwrap
from towns.small import MARKET_DAY, SALT, SOAP, noon, sell, stocked_shop

# also who owns the tables is stopped by the triggers; a till has not even the right (test_least_rights.py)
pytestmark = pytest.mark.owner

ENTRY = (
    "INSERT INTO journal_entry (town_id, entry_id, unit, kind, on_date, reference, by_user, recorded_at, key, till,"
    " number, previous_hash, hash) SELECT town_id, :entry, :unit, :kind, on_date, 'x', 'x', recorded_at, :entry,"
    " 'raw', 1, hash, hash FROM journal_entry LIMIT 1"
)
POSTING = (
    "INSERT INTO posting (town_id, entry_id, line, unit, account_id, amount, note)"
    " SELECT town_id, :entry, :line, :unit, :account, :amount, '' FROM town"
)


@pytest.fixture
def books(engine: Engine) -> Engine:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
    return engine


def household(engine: Engine) -> Id:
    with engine.connect() as connection:
        key: Id = connection.execute(text("SELECT household_id FROM household")).scalar_one()
        connection.rollback()
        return key


def raw_entry(engine: Engine, unit: str, kind: str, *lines: tuple[str, Id, int]) -> None:
    """An entry written past the program: its postings (unit, account, amount), then its seal."""
    entry = MACHINE_CLOCK.new_id()
    with engine.begin() as connection:
        for number, (line_unit, account, amount) in enumerate(lines, 1):
            values: dict[str, Any] = {"entry": entry, "line": number, "unit": line_unit}
            connection.execute(text(POSTING), {**values, "account": account, "amount": amount})
        connection.execute(text(ENTRY), {"entry": entry, "unit": unit, "kind": kind})


def test_a_raw_entry_that_keeps_the_rules_is_taken(books: Engine) -> None:
    """The refusals below are of what they name, not of raw SQL as such."""
    raw_entry(books, "points", "adjust", ("points", household(books), 5), ("points", town_account("adjusted"), -5))
    with books.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM journal_entry WHERE till = 'raw'")).scalar() == 1
        connection.rollback()


@pytest.mark.parametrize(
    ("unit", "lines"),
    [
        ("points", [("points", None, -100), ("yuan", "cash", 100)]),
        ("yuan", [("points", None, -100), ("yuan", "cash", 100)]),
        ("points", [("points", None, -100), ("points", "cash", 100)]),
        ("yuan", [("yuan", None, -100), ("yuan", "cash", 100)]),
    ],
)
def test_no_entry_joins_household_points_and_money(books: Engine, unit: str, lines: list[Any]) -> None:
    """五 “不能兑现金”: the database refuses an entry of two units, so no chain of accounts leads to cash."""
    mine = household(books)
    kind = "adjust" if unit == "points" else "gift_money"
    with pytest.raises(DBAPIError):
        raw_entry(books, unit, kind, *((u, town_account(a) if a else mine, n) for u, a, n in lines))


def test_no_account_changes_its_unit(books: Engine) -> None:
    with pytest.raises(DBAPIError), books.begin() as connection:
        connection.execute(text("UPDATE account SET unit = 'yuan' WHERE kind = 'household'"))


def test_an_entry_that_does_not_balance_is_refused(books: Engine) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        raw_entry(books, "points", "adjust", ("points", household(books), 5), ("points", town_account("adjusted"), -4))


def test_postings_without_their_seal_do_not_commit(books: Engine) -> None:
    values = {"entry": MACHINE_CLOCK.new_id(), "unit": "points", "account": household(books)}
    rows = [{**values, "line": line, "amount": amount} for line, amount in ((1, 5), (2, -5))]
    with pytest.raises(DBAPIError), books.begin() as connection:
        connection.execute(text(POSTING), rows)


def test_a_sealed_entry_takes_no_more_postings(books: Engine) -> None:
    with books.begin() as connection:
        entry = connection.execute(text("SELECT entry_id FROM journal_entry WHERE unit = 'points'")).scalar()
    values = {"entry": entry, "unit": "points", "account": household(books), "line": 9, "amount": 5}
    with pytest.raises(DBAPIError, match="sealed"), books.begin() as connection:
        connection.execute(text(POSTING), values)


@pytest.mark.parametrize("table", NEVER_REMOVED)
def test_what_may_change_is_never_removed(books: Engine, table: str) -> None:
    statements = [f"TRUNCATE {table} CASCADE"] if books.dialect.name == "postgresql" else []
    with books.connect() as connection:
        if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one():
            statements.append(f"DELETE FROM {table}")
        connection.rollback()
    for statement in statements:
        with pytest.raises(DBAPIError, match=r"append-only|never removed|sealed"), books.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_what_is_written_is_never_changed_or_removed(books: Engine, table: str) -> None:
    with books.connect() as connection:
        rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        connection.rollback()
    statements = [f"TRUNCATE {table} CASCADE"] if books.dialect.name == "postgresql" else []
    if rows:
        statements += [f"UPDATE {table} SET town_id = town_id", f"DELETE FROM {table}"]
        if books.dialect.name == "sqlite":
            statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        with pytest.raises(DBAPIError, match=r"append-only|sealed"), books.begin() as connection:
            connection.execute(text(statement))


def test_a_balance_never_becomes_negative(books: Engine) -> None:
    entry = Entry(
        kind="adjust", on=MARKET_DAY, key=MACHINE_CLOCK.new_id(), by="x", reference="x", document_hash=bytes(32)
    )
    mine = household(books)
    lines = [PointsPosting(mine, Points(-999999)), PointsPosting(town_account("adjusted"), Points(999999))]
    with pytest.raises(InvariantViolated), transaction(books) as tx:
        post_points(tx, entry, lines)
    with pytest.raises(DBAPIError), books.begin() as connection:
        connection.execute(text("UPDATE balance SET amount = -1"))


def test_no_stock_goes_below_nothing(books: Engine) -> None:
    with pytest.raises(DBAPIError), books.begin() as connection:
        connection.execute(text("UPDATE lot SET on_hand = -1"))


def test_the_hash_covers_every_column(books: Engine) -> None:
    with books.connect() as connection:
        redeemed = select(journal_entry).where(journal_entry.c.kind == "redeem")
        entry = connection.execute(redeemed).one()._asdict()
        of_entry = select(posting).where(posting.c.entry_id == entry["entry_id"]).order_by(posting.c.line)
        lines = [line._asdict() for line in connection.execute(of_entry)]
        connection.rollback()
    assert entry_hash(entry, lines) == entry["hash"]
    for name in entry.keys() - {"hash"}:
        assert entry_hash({**entry, name: other(entry[name])}, lines) != entry["hash"], name
    for at, line in enumerate(lines):
        for name in line:
            changed = [*lines[:at], {**line, name: other(line[name])}, *lines[at + 1 :]]
            assert entry_hash(entry, changed) != entry["hash"], name


def other(value: Any) -> Any:
    match value:
        case None:
            return "x"
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case int():
            return value + 1
        case date():
            return value.replace(year=value.year + 1)
    return f"{value}x"


def test_a_cut_off_tail_is_found(books: Engine) -> None:
    with as_owner(books) as connection:
        drop_guards(connection)
        last = text("SELECT entry_id FROM journal_entry WHERE till = '1' ORDER BY number DESC LIMIT 1")
        entry = connection.execute(last).scalar()
        for statement in (
            "DELETE FROM redemption_lot",
            "DELETE FROM redemption_line",
            "DELETE FROM print_job",
            "DELETE FROM redemption",
            "DELETE FROM stock_move WHERE entry_id = :e",
            "DELETE FROM posting WHERE entry_id = :e",
            "DELETE FROM journal_entry WHERE entry_id = :e",
        ):
            connection.execute(text(statement), {"e": entry} if ":e" in statement else {})
    with transaction(books) as tx:
        assert any("head" in fact for fact in find_chain_breaks(tx))


def drop_guards(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        return
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))
