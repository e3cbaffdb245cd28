"""The town at a glance is computed anew only where something has happened: its basis tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

import whole_town
from lizhi_pos.db import Session, reading, transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.overview import Overview, overview, overview_basis
from small_town import CLERK, noon
from whole_town import LATER, live

Seen = tuple[object, Overview]


def seen(engine: Engine) -> Seen:
    with reading(engine, noon(LATER)) as session:
        day = today(session)
        return overview_basis(session, day), overview(session, day)


def test_whatever_changes_the_overview_changes_its_basis(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Seen] = []

    @contextmanager
    def watched(of: Engine, now: datetime | None = None) -> Iterator[Session]:
        with transaction(of, now) as session:
            yield session
        found.append(seen(of))

    with monkeypatch.context() as patched:
        patched.setattr(whole_town, "transaction", watched)
        live(engine)
    with watched(engine, noon(LATER)) as session:
        waits = print_jobs.enqueue(session, kind="test", document=b"{}")
    with watched(engine, noon(LATER)) as session:
        print_jobs.fail(session, waits, print_jobs.PAPERS["test"])
    with watched(engine, noon(LATER)) as session:
        print_jobs.cancel(session, waits, CLERK)
    pairs = list(pairwise(found))
    assert len([pair for pair in pairs if pair[0][1] != pair[1][1]]) > 3, "there must be something to see"
    for before, after in pairs:
        assert before[1] == after[1] or before[0] != after[0]


def test_while_nothing_happens_the_basis_stays_and_a_new_day_changes_it(engine: Engine) -> None:
    live(engine)
    assert seen(engine) == seen(engine)
    with reading(engine) as session:
        assert overview_basis(session, LATER) != overview_basis(session, LATER + timedelta(days=1))
