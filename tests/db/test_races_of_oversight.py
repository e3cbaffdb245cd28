"""The decisions of oversight in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from test_races import LOCKS, Act, Race, begin, of, refused_for, run, shop

from lizhi_pos.access.operators import Authority
from lizhi_pos.access.people import Person, change_role, end_user
from lizhi_pos.accounts.models import PROPOSAL, veto_proposal
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.veto_decisions import Dismissed, Released, dismiss_proposal, release_veto
from lizhi_pos.accounts.vetoes import VetoView, lift_veto, record_veto
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.evidence.keeping import FileGiven, Kept, keep
from lizhi_pos.evidence.models import evidence_file
from lizhi_pos.ids import Id
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.subjects import known_subject
from lizhi_pos.settlement.verification import verify
from towns.oversight import PICTURE
from towns.small import ACCOUNTANT, ADMIN, APPROVAL, CLERK, MARKET_DAY, SUPERVISOR, noon

BY = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
CONDUCT = date(2024, 3, 9)
WHY = "示例:核实"
BEFORE = date(2024, 4, 27)


def proposed(tx: Transaction) -> None:
    """A posted ledger proposes a veto."""
    key = household_facts(tx, ["TQ0001"], MARKET_DAY)["TQ0001"].household_id
    row = {"household_id": key, "conduct_on": CONDUCT, "clause": "1", "facts": "示例", "batch_id": Id(bytes(16))}
    tx.insert(veto_proposal, row)
    touch(tx, PROPOSAL, key, CONDUCT, "1")


def dismissing(tx: Transaction) -> Any:
    return dismiss_proposal(tx, "TQ0001", CONDUCT, WHY, BY)


def vetoing(tx: Transaction) -> Any:
    return record_veto(tx, "TQ0001", clause="1", facts="示例", conduct_on=CONDUCT, authority=BY)


def vetoed_before(tx: Transaction) -> None:
    """A veto took effect the day before."""
    by = Authority(ACCOUNTANT, BEFORE, APPROVAL)
    unwrap(record_veto(tx, "TQ0001", clause="1", facts="示例", conduct_on=CONDUCT, authority=by))


def releasing(tx: Transaction) -> Any:
    return release_veto(tx, "TQ0001", CONDUCT, WHY, BY)


def lifting(tx: Transaction) -> Any:
    return lift_veto(tx, "TQ0001", facts=WHY, authority=BY)


def keeping(to: str) -> Act:
    def act(tx: Transaction) -> Any:
        subject = known_subject(tx, to)
        assert not isinstance(subject, Refusal)
        return keep(tx, FileGiven("示例.png", PICTURE), subject, BY)

    return act


def second_admin(tx: Transaction) -> None:
    """There are two administrators."""
    unwrap(change_role(tx, CLERK.name, "admin", ADMIN))


def ending(name: str) -> Act:
    return lambda tx: end_user(tx, name, MARKET_DAY, ADMIN)


def promoting(tx: Transaction) -> Any:
    return change_role(tx, SUPERVISOR.name, "keeper", ADMIN)


RACES: dict[str, Race] = {
    "proposal: dismissed twice": Race(
        before=(shop, proposed),
        first=dismissing,
        second=dismissing,
        answers=refused_for(Dismissed, "out_of_turn"),
    ),
    "proposal: dismissed and vetoed": Race(
        before=(shop, proposed),
        first=vetoing,
        second=dismissing,
        answers=refused_for(VetoView, "out_of_turn"),
    ),
    "veto: released twice": Race(
        before=(shop, vetoed_before),
        first=releasing,
        second=releasing,
        answers=refused_for(Released, "out_of_turn"),
    ),
    "veto: lifted and released": Race(
        before=(shop, vetoed_before),
        first=lifting,
        second=releasing,
        answers=refused_for(VetoView, "out_of_turn"),
    ),
    "evidence: the same picture": Race(
        before=(shop,),
        first=keeping("gift:XJ-1"),
        second=keeping("gift:XJ-1"),
        answers=refused_for(Kept, "out_of_turn"),
    ),
    "evidence: for two things": Race(
        before=(shop,),
        first=keeping("gift:XJ-1"),
        second=keeping("gift:SW-1"),
        answers=of(Kept, Kept),
    ),
    "user: the last administrator": Race(
        before=(shop, second_admin),
        first=ending(ADMIN.name),
        second=ending(CLERK.name),
        answers=refused_for(Person, "rule_broken"),
    ),
    "user: end and role": Race(
        before=(shop,),
        first=ending(SUPERVISOR.name),
        second=promoting,
        answers=refused_for(Person, "out_of_turn"),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_oversight_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_a_picture_that_two_hand_in_at_once_is_stored_once(postgres: Engine) -> None:
    begin(postgres, RACES["evidence: for two things"])
    run(postgres, RACES["evidence: for two things"])
    with transaction(postgres, noon(MARKET_DAY)) as tx:
        assert tx.value(select(func.count()).select_from(evidence_file)) == 1
        assert verify(tx).ok


def test_every_decision_of_oversight_is_on_the_list_and_has_its_race() -> None:
    table = LOCKS.read_text(encoding="utf-8").partition("\n## Oversight\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(RACES)
