"""People change roles and leave: they sign in, approve and act no more, and their record stays; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, add_user, approve, set_pin, sign_in, users
from lizhi_pos.access.people import Person, change_role, end_user, people
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.till.service import TillService
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    CLERK,
    MARKET_DAY,
    PIN,
    SALT,
    SUPERVISOR,
    basket,
    found,
    noon,
    stocked_shop,
)

ON = MARKET_DAY


@pytest.fixture
def town(engine: Engine) -> Engine:
    """A town with one user of four roles."""
    with transaction(engine, noon(ON)) as tx:
        found(tx)
    return engine


def refused(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def names(tx: Transaction) -> set[str]:
    return {user.name for user in users(tx)}


def test_who_left_signs_in_and_approves_no_more(town: Engine) -> None:
    with transaction(town, noon(ON)) as tx:
        assert unwrap(end_user(tx, SUPERVISOR.name, ON, ADMIN)) == Person(SUPERVISOR.name, "supervisor", None, ON)
        assert refused(sign_in(tx, SUPERVISOR.name, PIN)) == "bad_pin"
        assert refused(approve(tx, SUPERVISOR.name, PIN, ACCOUNTANT)) == "bad_pin"
        assert SUPERVISOR.name not in names(tx)
        assert {p.name: p.ended_on for p in people(tx)}[SUPERVISOR.name] == ON
        assert refused(set_pin(tx, SUPERVISOR.name, "246802")) == "out_of_turn"
        assert refused(end_user(tx, SUPERVISOR.name, ON, ADMIN)) == "out_of_turn"
        assert refused(change_role(tx, SUPERVISOR.name, "clerk", ADMIN)) == "out_of_turn"
        assert refused(add_user(tx, SUPERVISOR.name, "clerk", PIN)) == "out_of_turn"  # a name stays one person's
        assert verify(tx).ok


def test_another_role_holds_from_the_next_sign_in(town: Engine) -> None:
    with transaction(town, noon(ON)) as tx:
        assert unwrap(change_role(tx, " 收银示例", "keeper", ADMIN)).role == "keeper"
        assert unwrap(sign_in(tx, CLERK.name, PIN)) == Operator(CLERK.name, "keeper")
        assert refused(change_role(tx, CLERK.name, "keeper", ADMIN)) == "out_of_turn"
        assert refused(change_role(tx, "无此人", "keeper", ADMIN)) == "not_found"
        assert verify(tx).ok


def test_the_last_administrator_stays(town: Engine) -> None:
    with transaction(town, noon(ON)) as tx:
        assert refused(end_user(tx, ADMIN.name, ON, ADMIN)) == "rule_broken"
        assert refused(change_role(tx, ADMIN.name, "clerk", ADMIN)) == "rule_broken"
        unwrap(change_role(tx, CLERK.name, "admin", ADMIN))
        unwrap(end_user(tx, ADMIN.name, ON, ADMIN))
        assert refused(change_role(tx, CLERK.name, "clerk", Operator(CLERK.name, "admin"))) == "rule_broken"


def test_nobody_leaves_on_a_day_to_come_and_only_an_administrator_says_so(town: Engine) -> None:
    with transaction(town, noon(ON)) as tx:
        assert refused(end_user(tx, CLERK.name, ON + timedelta(1), ADMIN)) == "rule_broken"
        for by in (ACCOUNTANT, SUPERVISOR, CLERK):
            assert refused(end_user(tx, CLERK.name, ON, by)) == "not_allowed"
            assert refused(change_role(tx, CLERK.name, "admin", by)) == "not_allowed"
        unwrap(end_user(tx, CLERK.name, date(2024, 4, 1), ADMIN))
        assert refused(sign_in(tx, CLERK.name, PIN)) == "bad_pin"


@pytest.mark.parametrize("how", ["left", "another role"])
def test_who_is_signed_in_at_a_till_acts_no_more(engine: Engine, how: str) -> None:
    """A sign-in lasts until the till is locked: each act asks again."""
    stocked_shop(engine)
    clerk, keeper = CLERK, Operator("保管示例", "keeper")
    with transaction(engine) as tx:
        unwrap(add_user(tx, keeper.name, keeper.role, PIN))
    with transaction(engine, noon(ON)) as tx:
        for user in (clerk, keeper):
            if how == "left":
                unwrap(end_user(tx, user.name, ON, ADMIN))
            else:
                unwrap(change_role(tx, user.name, "accountant", ADMIN))
    till, office, shelf = TillService(engine), OfficeService(engine), ShelfService(engine)
    assert refused(till.redeem(basket("TQ0001", (SALT, 1)), clerk)) == "not_allowed"
    assert refused(till.hold("key", "1", clerk)) == "not_allowed"
    assert refused(office.close_session(clerk, ON)) == "not_allowed"
    assert refused(office.keep_theme("1", "dark", clerk)) == "not_allowed"
    assert refused(shelf.print_due_labels(keeper)) == "not_allowed"
    assert {user.name for user in office.people()} == (
        {ADMIN.name, ACCOUNTANT.name, SUPERVISOR.name} | ({clerk.name, keeper.name} if how != "left" else set())
    )
