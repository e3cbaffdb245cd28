"""The decisions about a village's batch in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from test_races import APRIL, LOCKS, Act, Race, begin, drafted, published, refused_for, run, shop

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import BatchView, publish, reject, review
from lizhi_pos.accounts.objections import Objected, Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.accounts.officials import Appointment, OfficialView, appoint, end_office
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, ADMIN, MARKET_DAY, SUPERVISOR, VILLAGE

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


def appointing(name: str, group: Any = "assessment", *, lead: bool = False) -> Act:
    return lambda tx: appoint(tx, VILLAGE, Appointment(name, group, MARKET_DAY, lead), Authority(ADMIN, MARKET_DAY))


def four(tx: Transaction) -> None:
    for n in range(4):
        unwrap(appointing(f"评议示例{n}", lead=n == 0)(tx))


def eight(tx: Transaction) -> None:
    four(tx)
    unwrap(appointing("评议示例4")(tx))
    for n in range(3):
        unwrap(appointing(f"监督示例{n}", "supervision")(tx))


def leaving(tx: Transaction) -> Any:
    return end_office(tx, VILLAGE, "监督示例1", Authority(ADMIN, MARKET_DAY))


def publishing(tx: Transaction) -> Any:
    return publish(tx, VILLAGE, APRIL, BY)


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
    "official: one office for two": Race(
        before=(shop, four),
        first=appointing("示例甲"),
        second=appointing("示例乙"),
        answers=refused_for(OfficialView, "rule_broken"),
    ),
    "official: gone as it is published": Race(
        before=(shop, eight, drafted),
        first=leaving,
        second=publishing,
        answers=refused_for(OfficialView, "rule_broken"),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_a_batch_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_every_decision_of_batches_is_on_the_list_and_has_its_race() -> None:
    table = LOCKS.read_text(encoding="utf-8").partition("\n## Batches\n")[2]
    assert re.findall(r"^\| `([^`]+)` \|", table.partition("\n## ")[0], re.MULTILINE) == list(RACES)
