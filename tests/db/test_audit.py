"""The audit: what no entry of the books says is kept in somebody's name, and read by day and name; both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.audit import record
from lizhi_pos.access.audit_trail import AuditEvent
from lizhi_pos.access.operators import Authority, approve, sign_in
from lizhi_pos.access.people import change_role
from lizhi_pos.checkout.market_session import open_session
from lizhi_pos.db import reading, transaction
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.audit import Asked, audit
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, ADMIN, CLERK, MARKET_DAY, PIN, SUPERVISOR, found, noon

NOW = noon(MARKET_DAY)
HOUR = timedelta(hours=1)


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine, NOW) as tx:
        found(tx)
    return engine


EVERYTHING = Asked()


def events(town: Engine, asked: Asked = EVERYTHING) -> list[AuditEvent]:
    with reading(town, NOW) as tx:
        return audit(tx, asked)


def told(town: Engine, asked: Asked = EVERYTHING) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(e.user, e.kind, e.facts) for e in events(town, asked)]


def test_who_came_to_a_till_is_on_record_and_who_only_ran_a_command_is_not(town: Engine) -> None:
    unwrap(OfficeService(town).sign_in(CLERK.name, PIN, "2"))
    with transaction(town, NOW) as tx:
        unwrap(sign_in(tx, ACCOUNTANT.name, PIN))
    assert told(town) == [(CLERK.name, "sign_in", ("till 2",))]


def test_a_wrong_pin_is_kept_with_its_count_and_what_was_typed_as_name_never(town: Engine) -> None:
    for _ in range(2):
        assert isinstance(OfficeService(town).sign_in(CLERK.name, "864209", "1"), Refusal)
    assert isinstance(OfficeService(town).sign_in("246802", PIN, "1"), Refusal)
    assert told(town) == [(CLERK.name, "wrong_pin", ("1",)), (CLERK.name, "wrong_pin", ("2",))]


def test_who_stood_behind_what_was_done_and_not_behind_what_was_refused(town: Engine) -> None:
    odd_day = MARKET_DAY - timedelta(days=1)
    with transaction(town, NOW) as tx:
        approval = unwrap(approve(tx, SUPERVISOR.name, PIN, ACCOUNTANT, "示例 原因"))
    assert told(town) == []
    with transaction(town, noon(odd_day)) as tx:
        unwrap(open_session(tx, Authority(CLERK, odd_day, approval), "示例"))
    assert told(town) == [(SUPERVISOR.name, "approval", ("session", odd_day.isoformat()))]
    assert events(town)[0].at == noon(odd_day)


def test_who_changed_the_people(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        unwrap(change_role(tx, CLERK.name, "keeper", ADMIN))
    assert told(town) == [(ADMIN.name, "user", ("role", f"{CLERK.name} clerk → keeper"))]


def test_it_is_read_by_the_towns_days_and_by_name(town: Engine) -> None:
    # 23:30 of the market day in the town is the afternoon of that day in UTC, half past midnight the next day's
    for hours, what in ((11.5, "late"), (12.5, "after midnight")):
        with transaction(town, NOW + hours * HOUR) as tx:
            record(tx, SUPERVISOR, "look", what)
    with transaction(town, NOW + 13 * HOUR) as tx:
        record(tx, ADMIN, "export", "done")
    next_day = MARKET_DAY + timedelta(days=1)
    assert [e.facts for e in events(town, Asked(last=MARKET_DAY))] == [("late",)]
    assert [e.facts for e in events(town, Asked(first=next_day))] == [("after midnight",), ("done",)]
    assert [e.facts for e in events(town, Asked(user=f" {ADMIN.name}"))] == [("done",)]
    assert told(town, Asked(first=next_day, last=next_day, user=SUPERVISOR.name))[0][1] == "look"


def test_the_audit_is_under_the_chain(town: Engine) -> None:
    unwrap(OfficeService(town).sign_in(CLERK.name, PIN, "1"))
    with reading(town, NOW) as tx:
        assert verify(tx).ok
