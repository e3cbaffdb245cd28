"""A town in which everything has happened once is whole, on both databases."""

from sqlalchemy import Engine, func, select

from lizhi_pos.db import transaction
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.settlement.verification import verify
from towns.small import noon
from towns.whole import LATER, live


def test_everything_that_happened_is_under_the_chain(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]
        tables = metadata.sorted_tables
        assert [t.name for t in tables if not tx.connection.scalar(select(func.count()).select_from(t))] == []
