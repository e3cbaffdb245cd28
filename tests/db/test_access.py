"""Who acts and who approves: PINs, waits and locks, roles."""

import ast
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import Engine, update

from lizhi_pos.access import operators
from lizhi_pos.access.models import app_user
from lizhi_pos.access.operators import MISTAKES_TO_LOCK, Approval, Operator, Right, add_user, approve, set_pin, sign_in
from lizhi_pos.db import transaction
from lizhi_pos.refusal import Refusal, unwrap
from towns.approvals import approval_of
from towns.small import ACCOUNTANT, ADMIN, CLERK, MARKET_DAY, PIN, SUPERVISOR, found, noon

NOW = noon(MARKET_DAY)
ROOT = Path(__file__).parents[2]


def attempt(engine: Engine, pin: str, seconds: float = 0) -> Operator | Refusal:
    with transaction(engine, NOW + timedelta(seconds=seconds)) as tx:
        return sign_in(tx, CLERK.name, pin)


def code(answer: Operator | Approval | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else "signed in"


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine, NOW) as tx:
        found(tx)
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
    def approved(by: Operator, name: str, pin: str = PIN) -> Approval | Refusal:
        with transaction(town, NOW) as tx:
            return approve(tx, name, pin, by, " 示例 ")

    given = unwrap(approved(CLERK, SUPERVISOR.name))
    assert (given.by, given.reason) == (SUPERVISOR.name, "示例")
    assert code(approved(ADMIN, ADMIN.name)) == "not_allowed"
    assert code(approved(ADMIN, ADMIN.name.replace("示例", " 示例"))) == "not_allowed"
    assert code(approved(ADMIN, CLERK.name)) == "not_allowed"
    assert code(approved(ADMIN, ACCOUNTANT.name)) == "not_allowed"
    assert code(approved(CLERK, SUPERVISOR.name, "000000")) == "bad_pin"
    assert code(approved(CLERK, "无此人", PIN)) == "bad_pin"


def test_wrong_pins_of_an_approver_count_as_any(town: Engine) -> None:
    """Whoever guesses the supervisor's PIN at the till locks that name, and no approval comes of a right one then."""
    for _ in range(MISTAKES_TO_LOCK):
        with transaction(town, NOW) as tx:
            tx.change(update(app_user).values(not_before=None))
            assert code(approve(tx, SUPERVISOR.name, "000000", CLERK)) == "bad_pin"
    with transaction(town, NOW) as tx:
        assert code(approve(tx, SUPERVISOR.name, PIN, CLERK)) == "locked"


def test_an_approval_is_made_of_a_right_pin_alone() -> None:
    made: Any = Approval
    for arguments in (
        (),
        ("监督示例",),
        ("监督示例", "示例"),
        ("监督示例", "示例", None),
        ("监督示例", "示例", object()),
    ):
        with pytest.raises(TypeError):
            made(*arguments)
    given = approval_of("监督示例")
    assert given.because("另一原因").by == given.by
    assert given.because("另一原因").reason == "另一原因"


def test_nothing_makes_an_approval_but_the_door() -> None:
    """Nor does anything name what the door alone holds."""
    made = []
    for path in sorted(p for room in ("src", "tests", "benchmarks") for p in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = node.func if isinstance(node, ast.Call) else None
            called = [getattr(function, field, None) for field in ("id", "attr")]
            named = [getattr(node, field, None) for field in ("id", "attr", "name")]
            if "Approval" in called or not {"_RIGHT_PIN", "_RightPin"}.isdisjoint(named):
                made.append(path.relative_to(ROOT).as_posix())
    assert set(made) == {"src/lizhi_pos/access/operators.py"}


@pytest.mark.parametrize("pin", ["", "12345", "12345a", "１２３４５６", "123 456"])
def test_a_pin_has_six_digits_or_more(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as tx:
        assert isinstance(add_user(tx, "新人示例", "clerk", pin), Refusal)
        assert isinstance(set_pin(tx, CLERK.name, pin), Refusal)


def test_a_new_pin_ends_a_lock(town: Engine) -> None:
    for n in range(10):
        attempt(town, "000000", n * 300)
    with transaction(town, NOW + timedelta(hours=1)) as tx:
        unwrap(set_pin(tx, CLERK.name, "8642097"))
    assert code(attempt(town, "8642097")) == "signed in"


ROLES = {
    "clerk": {"sell", "import_slips", "run_session", "print", "see", "see_stock", "see_households"},
    "keeper": {"import_products", "import_gifts", "keep_stock", "trace", "print", "verify", "see", "see_stock"},
    "supervisor": {
        *("review_ledger", "supervise", "sign_off", "trace", "verify"),
        *("see", "see_books", "see_stock", "see_households"),
    },
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_its_own_work_and_no_other(role: str) -> None:
    """A supervisor neither sells nor posts; users, villages and rulebooks are the admin's."""
    allowed = {right for right in get_args(Right) if Operator("示例", role).can(right)}  # type: ignore[arg-type]
    assert allowed == ROLES[role]


def test_the_admin_may_do_everything_and_the_accountant_what_is_of_books() -> None:
    rights = set(get_args(Right))
    # but for one: a supervisor's own signature is nobody else's
    assert {r for r in rights if Operator("示例", "admin").can(r)} == rights - {"sign_off"}
    denied = {r for r in rights if not ACCOUNTANT.can(r)}
    assert denied == {"sell", "run_session", "review_ledger", "supervise", "sign_off", "manage"}


@pytest.mark.parametrize("pin", ["111111", "00000000", "123456", "012345", "456789", "654321", "9876543", "3456789"])
def test_a_pin_that_everybody_tries_first_is_refused(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as tx:
        assert isinstance(add_user(tx, "新人示例", "clerk", pin), Refusal)
        assert isinstance(set_pin(tx, CLERK.name, pin), Refusal)


@pytest.mark.parametrize("pin", ["111112", "123455", "124567", "890123", "121212", "135790", "102030", "112233"])
def test_any_other_pin_is_taken(town: Engine, pin: str) -> None:
    with transaction(town, NOW) as tx:
        unwrap(set_pin(tx, CLERK.name, pin))


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


@pytest.mark.usefixtures("strong_pins")
def test_a_pin_is_hashed_at_the_cost_of_nobodys() -> None:
    cost = operators._NOBODYS_HASH.rpartition("$")[0].rpartition("$")[0]
    assert cost == "$argon2id$v=19$m=19456,t=2,p=1"
    assert operators._hash(PIN).startswith(f"{cost}$")


@pytest.mark.usefixtures("strong_pins")
def test_a_name_that_nobody_has_is_refused_after_the_same_work(town: Engine) -> None:
    """Measured in the time of this thread, so that other work of the machine does not count; the quickest of seven."""

    def work(name: str) -> float:
        with transaction(town, NOW) as tx:
            before = time.thread_time()
            assert code(sign_in(tx, name, "000000")) == "bad_pin"
            return time.thread_time() - before

    with transaction(town, NOW) as tx:
        for n in range(7):
            unwrap(add_user(tx, f"新人示例{n}", "clerk", PIN))
    known = min(work(f"新人示例{n}") for n in range(7))
    unknown = min(work(f"无此人{n}") for n in range(7))
    assert 0.6 < unknown / known < 1.5
