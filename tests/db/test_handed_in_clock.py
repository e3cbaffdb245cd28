"""The clock that books are opened with: every moment and every key in them is from it, on both databases."""

from sqlalchemy import Engine, LargeBinary, select

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, reading, rehearse, transaction, write
from lizhi_pos.engines import clock_of, for_reading
from lizhi_pos.migrations.metadata import metadata
from stopped_clock import MARKET_DAY, StoppedClock
from towns.whole import live

KEY_BYTES = 16
BEGINS = (int(MARKET_DAY.timestamp()) * 1000).to_bytes(6, "big")
"""How every key begins that was made while the clock stood still."""
NO_KEYS = {"salt", "account_id", "key"}
"""Columns as long as a key that are none: random, the town's own accounts by their names, what an entry is known by."""


def test_every_transaction_is_at_the_clocks_moment(stopped: Engine, clock: StoppedClock) -> None:
    for moment in (MARKET_DAY, MARKET_DAY.replace(year=2031)):
        clock.moment = moment
        with transaction(stopped) as tx, reading(stopped) as seen:
            assert (tx.now, seen.now) == (moment, moment)
        assert write(stopped, lambda tx: tx.now) == moment
        assert rehearse(stopped, lambda tx: tx.now) == moment


def test_another_moment_may_be_given(stopped: Engine, clock: StoppedClock) -> None:
    earlier = MARKET_DAY.replace(year=2020)
    with transaction(stopped, earlier) as tx:
        assert tx.now == earlier
        assert tx.at(MARKET_DAY).now == MARKET_DAY
        assert tx.at(MARKET_DAY).new_id()[:6] == BEGINS


def test_every_key_in_the_books_is_the_clocks(stopped: Engine) -> None:
    live(stopped)
    others = []
    with stopped.connect() as connection:
        for table in metadata.sorted_tables:
            keys = [c for c in table.columns if isinstance(c.type, LargeBinary) and c.type.length == KEY_BYTES]
            rows = connection.execute(select(*(c for c in keys if c.name not in NO_KEYS))).all()
            assert rows, f"{table.name} is empty"
            others += [
                f"{table.name}.{name}"
                for row in rows
                for name, key in row._mapping.items()
                if key is not None and key[:6] != BEGINS
            ]
    assert not sorted(set(others))


def test_the_clock_outlives_the_connections(stopped: Engine, clock: StoppedClock) -> None:
    with reading(stopped):
        pass
    stopped.dispose()
    assert clock_of(stopped) is clock_of(for_reading(stopped)) is clock
    with stopped.connect() as connection:
        assert Transaction(connection, None).now == MARKET_DAY


def test_books_are_opened_with_the_machines_own(engine: Engine) -> None:
    assert clock_of(engine) is clock_of(for_reading(engine)) is MACHINE_CLOCK
