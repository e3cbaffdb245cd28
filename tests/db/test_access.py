"""Who acts and who approves: PINs, waits and locks, roles."""

import time
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Operator, PinCheck, Right, add_user, approval, set_pin, sign_in
from lizhi_pos.db import transaction
from lizhi_pos.refusal import Refusal
from small_town import ACCOUNTANT, CLERK, MARKET_DAY, PIN, SUPERVISOR, found, good, noon

NOW = noon(MARKET_DAY)


def attempt(engine: Engine, pin: str, seconds: float = 0) -> PinCheck:
    with transaction(engine, NOW + timedelta(seconds=seconds)) as session:
        return sign_in(session, CLERK.name, pin)


def code(check: PinCheck) -> str:
    return check.refusal.code if check.refusal else "signed in"


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine, NOW) as session:
        found(session)
    return engine


def test_three_wrong_pins_cost_nothing_and_later_ones_a_growing_wait(town: Engine) -> None:
    assert [code(attempt(town, "000000")) for _ in range(3)] == ["bad_pin"] * 3
    assert code(attempt(town, PIN)) == "signed in"
    assert [code(attempt(town, "000000")) for _ in range(4)] == ["bad_pin"] * 4
    assert code(attempt(town, PIN, 1)) == "locked"
    assert code(attempt(town, "000000", 3)) == "bad_pin"
    assert code(attempt(town, PIN, 5)) == "locked"
    assert code(attempt(town, PIN, 8)) == "signed in"
    assert [code(attempt(town, "000000", 9)) for _ in range(3)] == ["bad_pin"] * 3


def test_the_tenth_wrong_pin_locks_for_fifteen_minutes(town: Engine) -> None:
    moment = 0.0
    for _ in range(10):
        assert code(attempt(town, "000000", moment)) == "bad_pin"
        moment += 300
    assert code(attempt(town, PIN, moment - 300 + 899)) == "locked"
    assert code(attempt(town, PIN, moment - 300 + 901)) == "signed in"


def test_an_approval_is_a_second_persons(town: Engine) -> None:
    by = Operator(CLERK.name, "clerk")
    right = PinCheck(SUPERVISOR, None)
    assert approval(right, by, "示例") == Approval(SUPERVISOR.name, "示例")
    own = approval(PinCheck(Operator(CLERK.name, "admin"), None), by)
    assert isinstance(own, Refusal)
    assert own.code == "approval_needed"
    clerk = approval(PinCheck(Operator("另一示例", "clerk"), None), by)
    assert isinstance(clerk, Refusal)
    assert clerk.code == "not_allowed"
    assert isinstance(approval(attempt(town, "000000"), by), Refusal)


@pytest.mark.parametrize("pin", ["", "12345", "12345a", "１２３４５６", "123 456"])
def test_a_pin_has_six_digits_or_more(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as session:
        assert isinstance(add_user(session, "新人示例", "clerk", pin), Refusal)
        assert isinstance(set_pin(session, CLERK.name, pin), Refusal)


def test_a_new_pin_ends_a_lock(town: Engine) -> None:
    for n in range(10):
        attempt(town, "000000", n * 300)
    with transaction(town, NOW + timedelta(hours=1)) as session:
        good(set_pin(session, CLERK.name, "8642097"))
    assert code(attempt(town, "8642097")) == "signed in"


ROLES = {
    "clerk": {"sell", "import_slips", "run_session", "see", "see_stock"},
    "keeper": {"import_products", "import_gifts", "prove", "see", "see_stock"},
    "supervisor": {"review_ledger", "prove", "see", "see_books", "see_stock"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_its_own_work_and_no_other(role: str) -> None:
    """A supervisor neither sells nor posts; users, villages and rulebooks are the admin's."""
    allowed = {right for right in get_args(Right) if Operator("示例", role).can(right)}  # type: ignore[arg-type]
    assert allowed == ROLES[role]


def test_the_admin_may_do_everything_and_the_accountant_what_is_of_books() -> None:
    rights = set(get_args(Right))
    assert {r for r in rights if Operator("示例", "admin").can(r)} == rights
    denied = {r for r in rights if not ACCOUNTANT.can(r)}
    assert denied == {"sell", "run_session", "review_ledger", "manage"}


@pytest.mark.parametrize("pin", ["111111", "00000000", "123456", "012345", "456789", "654321", "9876543", "3456789"])
def test_a_pin_that_everybody_tries_first_is_refused(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as session:
        assert isinstance(add_user(session, "新人示例", "clerk", pin), Refusal)
        assert isinstance(set_pin(session, CLERK.name, pin), Refusal)


@pytest.mark.parametrize("pin", ["111112", "123455", "124567", "890123", "121212", "135790", "102030", "112233"])
def test_any_other_pin_is_taken(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as session:
        good(set_pin(session, CLERK.name, pin))


@pytest.mark.parametrize("mistakes", [4, 9, 10])
def test_a_clock_that_was_wrong_makes_no_wait_longer(town: Engine, mistakes: int) -> None:
    """The PINs were wrong while the clock stood ten years ahead; then it was put right."""
    ahead = timedelta(days=3650).total_seconds()
    for n in range(mistakes):
        assert code(attempt(town, "000000", ahead + n * 900)) == "bad_pin"
    longest = {4: 2, 9: 64, 10: 900}[mistakes]
    assert code(attempt(town, PIN)) == "locked"
    assert code(attempt(town, PIN, longest - 1)) == "locked"
    assert code(attempt(town, PIN, longest + 1)) == "signed in"


def test_a_name_that_nobody_has_is_refused_after_the_same_work(town: Engine) -> None:
    """Measured in the time of this thread, so that other work of the machine does not count; the quickest of seven."""

    def work(name: str) -> float:
        with transaction(town, NOW) as session:
            before = time.thread_time()
            assert code(sign_in(session, name, "000000")) == "bad_pin"
            return time.thread_time() - before

    with transaction(town, NOW) as session:
        for n in range(7):
            good(add_user(session, f"新人示例{n}", "clerk", PIN))
    known = min(work(f"新人示例{n}") for n in range(7))
    unknown = min(work(f"无此人{n}") for n in range(7))
    assert 0.6 < unknown / known < 1.5
