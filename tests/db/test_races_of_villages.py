"""The decisions about a village's batch in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from test_races import APRIL, LOCKS, Act, Race, begin, published, refused_for, run, shop

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import BatchView, reject, review
from lizhi_pos.accounts.objections import Objected, Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, MARKET_DAY, SUPERVISOR, VILLAGE

BY = Authority(ACCOUNTANT, MARKET_DAY)
REVIEWER = Authority(SUPERVISOR, MARKET_DAY)
WHY = "示例:核实"


def objecting(tx: Transaction) -> Any:
    return raise_objection(tx, VILLAGE, APRIL, Objection("示例:多记"), BY)


def objected(tx: Transaction) -> None:
    unwrap(objecting(tx))


def settling(state: Any) -> Act:
    return lambda tx: settle_objection(tx, VILLAGE, APRIL, 1, (Verdict(state, WHY), BY))


def reviewing(tx: Transaction) -> Any:
    return review(tx, VILLAGE, APRIL, REVIEWER)


def rejecting(tx: Transaction) -> Any:
    return reject(tx, VILLAGE, APRIL, REVIEWER, WHY)


def numbered(first: Any, second: Any) -> bool:
    return (first.objection, second.objection) == (1, 2)


RACES: dict[str, Race] = {
    "objection: number": Race(before=(shop, published), first=objecting, second=objecting, answers=numbered),
    "objection: and review": Race(
        before=(shop, published), first=objecting, second=reviewing, answers=refused_for(Objected, "out_of_turn")
    ),
    "objection: reviewed meanwhile": Race(
        before=(shop, published), first=reviewing, second=objecting, answers=refused_for(BatchView, "out_of_turn")
    ),
    "objection: sent back meanwhile": Race(
        before=(shop, published), first=rejecting, second=objecting, answers=refused_for(BatchView, "out_of_turn")
    ),
    "objection: settled twice": Race(
        before=(shop, published, objected),
        first=settling("upheld"),
        second=settling("dismissed"),
        answers=refused_for(Objected, "out_of_turn"),
    ),
    "objection: upheld and reviewed": Race(
        before=(shop, published, objected),
        first=settling("upheld"),
        second=reviewing,
        answers=refused_for(Objected, "out_of_turn"),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_a_batch_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_every_decision_of_batches_is_on_the_list_and_has_its_race() -> None:
    table = LOCKS.read_text(encoding="utf-8").partition("\n## Batches\n")[2]
    assert re.findall(r"^\| `([^`]+)` \|", table.partition("\n## ")[0], re.MULTILINE) == list(RACES)
