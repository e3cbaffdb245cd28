"""The decisions of a month's end in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py.

And closing while eight processes write into the month: nothing is in it that its statement has not.
"""

import re
from multiprocessing import get_context
from time import monotonic, sleep
from typing import Any

import pytest
from month_writers import write_until_closed
from sqlalchemy import Engine
from test_races import APRIL, LOCKS, MAY, Race, answered, begin, both, closed, published, refused_for, run, shop, shut

from databases import fresh_postgres
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.objections import Objected, Objection, raise_objection
from lizhi_pos.db import Transaction, transaction, write
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.counts import CountSheet, open_count
from lizhi_pos.journal.chain import entry_count
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.verification import verify
from lizhi_pos.settlement.village_signing import ResolvedDifference, confirm, resolve
from towns.small import ACCOUNTANT, MARKET_DAY, SALT, VILLAGE, noon, stocked_shop

BY = Authority(ACCOUNTANT, MAY)
WRITERS = 8
PATIENCE_S = 60.0


def closing(tx: Transaction) -> Any:
    return close_month(tx, APRIL, BY)


def objecting(tx: Transaction) -> Any:
    return raise_objection(tx, VILLAGE, APRIL, Objection("示例:少记"), BY)


def counting(tx: Transaction) -> Any:
    return open_count(tx, [SALT], False, BY)


def confirming(tx: Transaction) -> Any:
    return confirm(tx, APRIL, VILLAGE, "", BY)


def resolving(tx: Transaction) -> Any:
    return resolve(tx, (APRIL, VILLAGE), "TQ0001", ("示例", ""), BY)


def differing(tx: Transaction) -> None:
    """The village has answered; its only household differs."""
    unwrap(answered("1.00")(tx.at(noon(MAY))))


RACES: dict[str, Race] = {
    "closing: an objection meanwhile": Race(
        before=(shop, shut, published),
        on=MAY,
        first=objecting,
        second=closing,
        answers=refused_for(Objected, "out_of_turn"),
    ),
    "closing: objected to meanwhile": Race(
        before=(shop, shut, published), on=MAY, first=closing, second=objecting, answers=both
    ),
    "closing: a stocktake meanwhile": Race(
        before=(shop, shut), on=MAY, first=counting, second=closing, answers=refused_for(CountSheet, "out_of_turn")
    ),
    "answer: and confirm": Race(
        before=(shop, shut, closed),
        on=MAY,
        first=answered("1.00"),
        second=confirming,
        answers=refused_for(tuple, "out_of_turn"),
    ),
    "answer: confirmed meanwhile": Race(
        before=(shop, shut, closed),
        on=MAY,
        first=confirming,
        second=answered("1.00"),
        answers=refused_for(AnswerState, "out_of_turn"),
    ),
    "difference: resolved and confirmed": Race(
        before=(shop, shut, closed, differing),
        on=MAY,
        first=resolving,
        second=confirming,
        answers=lambda a, b: isinstance(a, ResolvedDifference) and isinstance(b, AnswerState),
    ),
    "signature: twice": Race(
        before=(shop, shut, closed),
        on=MAY,
        first=confirming,
        second=confirming,
        answers=refused_for(AnswerState, "out_of_turn"),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_a_months_end_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_every_decision_of_a_months_end_is_on_the_list() -> None:
    _, _, table = LOCKS.read_text(encoding="utf-8").partition("\n## Month end\n")
    table, _, _ = table.partition("\n## ")
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(RACES)


@pytest.mark.soak
def test_nothing_lands_in_a_month_behind_its_statement_a_hundred_times(postgres: Engine, postgres_url: str) -> None:
    """三(四)2: eight processes write into April while it is closed."""
    stocked_shop(postgres)
    with transaction(postgres, noon(MARKET_DAY)) as tx:
        shut(tx)
    template = postgres.url.database
    assert template
    postgres.dispose()
    with get_context("spawn").Pool(WRITERS) as pool:
        for _time in range(100):
            for url in fresh_postgres(postgres_url, template):
                _close_under_writers(url, pool)


def _close_under_writers(url: str, pool: Any) -> None:
    """Close the month while others write into it, and hold what it fixed against what is in the books."""
    engine = open_engine(url)
    with transaction(engine, noon(MAY)) as tx:
        before = entry_count(tx)
    written = pool.starmap_async(write_until_closed, [(url, number) for number in range(WRITERS)])
    until = monotonic() + PATIENCE_S
    while _entries(engine) < before + WRITERS:
        assert monotonic() < until, "nobody writes"
        sleep(0.01)
    statement = write(engine, lambda tx: unwrap(closing(tx)), noon(MAY))
    taken = sum(written.get(PATIENCE_S))
    assert _entries(engine) == before + taken, "what was taken is in the books, and nothing else"
    ours = next(village for village in statement.villages if village.village == VILLAGE)
    assert ours.totals.adjusted + ours.contributed // 100 == taken
    with transaction(engine, noon(MAY)) as tx:
        proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]
    engine.dispose()


def _entries(engine: Engine) -> int:
    with transaction(engine, noon(MAY)) as tx:
        return entry_count(tx)
