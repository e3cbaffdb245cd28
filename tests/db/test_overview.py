"""The town at a glance is computed anew only where something has happened: its basis tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.overview import Overview, overview, overview_basis
from towns import whole as whole_town
from towns.small import CLERK, noon
from towns.whole import LATER, live

Seen = tuple[object, Overview]


def seen(engine: Engine) -> Seen:
    with reading(engine, noon(LATER)) as tx:
        day = today(tx)
        return overview_basis(tx, day), overview(tx, day)


def test_whatever_changes_the_overview_changes_its_basis(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Seen] = []

    @contextmanager
    def watched(of: Engine, now: datetime | None = None) -> Iterator[Transaction]:
        with transaction(of, now) as tx:
            yield tx
        found.append(seen(of))

    with monkeypatch.context() as patched:
        patched.setattr(whole_town, "transaction", watched)
        live(engine)
    with watched(engine, noon(LATER)) as tx:
        waits = print_jobs.enqueue(tx, kind="test", document=b"{}")
    with watched(engine, noon(LATER)) as tx:
        print_jobs.fail(tx, waits, print_jobs.PAPERS["test"])
    with watched(engine, noon(LATER)) as tx:
        print_jobs.cancel(tx, waits, CLERK)
    pairs = list(pairwise(found))
    assert len([pair for pair in pairs if pair[0][1] != pair[1][1]]) > 3, "there must be something to see"
    for before, after in pairs:
        assert before[1] == after[1] or before[0] != after[0]


def test_while_nothing_happens_the_basis_stays_and_a_new_day_changes_it(engine: Engine) -> None:
    live(engine)
    assert seen(engine) == seen(engine)
    with reading(engine) as tx:
        assert overview_basis(tx, LATER) != overview_basis(tx, LATER + timedelta(days=1))
