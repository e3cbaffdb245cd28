"""Each check of goods finds by itself what it is for, whatever other checks find as well."""

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import Engine, text
from test_tamper import take_guards_away

from lizhi_pos.db import Transaction, reading
from lizhi_pos.settlement.goods_checks import counts_agree, lots_marked, voids_agree, writeoffs_agree
from towns.small import noon
from towns.whole import LATER, live

pytestmark = pytest.mark.owner

Check = Callable[[Transaction], Iterable[str]]
CHANGES: list[tuple[Check, str, str]] = [
    (lots_marked, "more found", "UPDATE lot SET found = 1 WHERE name = 'CG-1'"),
    (lots_marked, "found forgotten", "UPDATE lot SET found = NULL WHERE name = 'SW-11/2'"),
    (lots_marked, "no recall", "UPDATE lot SET was_recalled = 1 WHERE name = 'CG-1'"),
    (lots_marked, "a recall forgotten", "UPDATE lot SET was_recalled = NULL WHERE name = 'SW-2'"),
    (writeoffs_agree, "quantity", "UPDATE writeoff SET quantity = quantity + 1 WHERE place = 2"),
    (writeoffs_agree, "cost", "UPDATE writeoff SET cost = cost + 1 WHERE place = 2"),
    (writeoffs_agree, "a gap", "DELETE FROM writeoff WHERE place = 2"),
    (writeoffs_agree, "number", "UPDATE writeoff SET number = 'W-2024-000009' WHERE place = 2"),
    (counts_agree, "tally", "UPDATE count_tally SET quantity = quantity + 1 WHERE quantity = 7"),
    (counts_agree, "book", "UPDATE count_tally SET book = book + 1 WHERE quantity = 7"),
    (counts_agree, "forgotten", "UPDATE count_tally SET forgotten = 0 WHERE forgotten = 1"),
    (counts_agree, "set free", "UPDATE count_product SET is_open = 0"),
    (counts_agree, "no entry", "UPDATE stock_count SET entry_id = NULL WHERE number = 1"),
    (counts_agree, "moved", "UPDATE stock_move SET quantity = quantity - 1 WHERE kind = 'count'"),
    (voids_agree, "another's entry", "UPDATE voucher_void SET voided_entry = entry_id WHERE voucher = 'XJ-12'"),
    (voids_agree, "unlinked", "UPDATE journal_entry SET linked_entry = NULL WHERE kind = 'void'"),
    (voids_agree, "goods stay", "DELETE FROM stock_move WHERE kind = 'void'"),
    (
        voids_agree,
        "money stays",
        "UPDATE posting SET amount = amount + 1 WHERE entry_id IN (SELECT entry_id FROM voucher_void)",
    ),
]


@pytest.fixture
def town(engine: Engine) -> Engine:
    """A town in which everything has happened once, without its guards."""
    live(engine)
    with engine.begin() as connection:
        take_guards_away(connection)
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    return engine


def test_what_is_whole_is_not_found(town: Engine) -> None:
    with reading(town, noon(LATER)) as tx:
        assert [fact for check in (lots_marked, writeoffs_agree, counts_agree, voids_agree) for fact in check(tx)] == []


def test_each_check_finds_what_it_is_for(town: Engine) -> None:
    for check, what, change in CHANGES:
        with town.connect() as connection:
            changed = connection.execute(text(change)).rowcount
            assert changed, what
            tx = Transaction(connection, connection.scalar(text("SELECT town_id FROM town")), noon(LATER))
            assert list(check(tx)), f"{check.__name__}: {what}"
            connection.rollback()
