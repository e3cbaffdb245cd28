"""Households under the lock and the mouse, and what their service does for whom: who acts is who is signed in then."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from job_hands import at_job, filled, go_to, press, rows_of, typed
from service_acts import everything
from sqlalchemy import Engine
from test_mouse_keys import keys_of_click
from till_hands import Till

from lizhi_pos.access.operators import Authority, Operator, Role
from lizhi_pos.accounts.changes.freezing import freeze
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.office.households import Conduct, HouseholdsService
from lizhi_pos.periods import Quarter
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.households.households import HouseholdsScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.palette import Palette
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from towns.approvals import approval_of
from towns.households import BY, FIRST, SECOND, SON, WIFE, add_households
from towns.shelf import ACCOUNTANT
from towns.till import ADMIN, ADMIN_PIN, SUPERVISOR, SUPERVISOR_PIN


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """Something of the first household is frozen, so that each act has something to do."""
    add_households(town)
    with transaction(town) as tx:
        unwrap(freeze(tx, FIRST, Points(100), "示例", Authority(BY, today(tx), approval_of(SUPERVISOR))))
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


def opens(booklet: str, *keys: str) -> Callable[[Till], Awaitable[None]]:
    """Go to a household's card and press keys, each kind of dialog by its own."""

    async def go(till: Till) -> None:
        await typed(till, booklet)
        for key in keys:
            await press(till, *([key, "enter"] if key.isdigit() else [key]))
            await till.idle()

    return go


OVER: Sequence[tuple[str, Callable[[Till], Awaitable[None]]]] = (
    ("card", opens(FIRST)),
    ("story", opens(FIRST, "enter")),
    ("menu", opens(FIRST, "f2")),
    *(
        (f"act {n}", opens("GZ0015" if n in (13, 15) else SECOND if n == 14 else FIRST, "f2", str(n)))
        for n in range(1, 16)
    ),
    ("clause", opens(FIRST, "f6")),
    ("veto", opens(FIRST, "f6", "1")),
    ("dismiss", opens(SECOND, "f8")),
)


@pytest.mark.parametrize("go", [go for _, go in OVER], ids=[name for name, _ in OVER])
async def test_a_lock_closes_it_and_what_is_done_then_is_the_others(
    shop: Engine, log: Path, go: Callable[[Till], Awaitable[None]]
) -> None:
    changes = rows_of(shop, "SELECT * FROM household_change")
    async with at_job(shop, log, "households") as till:
        await go(till)
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        assert len(till.app.screen_stack) <= 3
        await till.app.navigator.go_to("households")
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        assert rows_of(shop, "SELECT * FROM household_change") == changes
        till.keys("escape")
        await till.idle()
        await till.fill(ADMIN, ADMIN_PIN)
        await till.until(lambda: not isinstance(till.app.screen, SignIn))
        await go_to(till, "households")
        await typed(till, SECOND)
        await press(till, "f2")
        await till.until_screen(Palette)
        await typed(till, "8")
        await till.until_screen(FormDialog)
        await filled(till, "5", "1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(HouseholdsScreen)
        await till.until(lambda: "may be spent" in till.shown("#notice"))
    [newest] = [
        row for row in rows_of(shop, "SELECT by_user, approved_by, points FROM household_change") if row[0] == ADMIN
    ]
    assert newest == (ADMIN, SUPERVISOR, 500)


@pytest.mark.parametrize(("go", "keys"), [(opens(FIRST), keymap.HOUSEHOLDS)], ids=["households"])
async def test_every_key_of_the_last_line_is_pressed_by_a_click(
    shop: Engine, log: Path, go: Callable[[Till], Awaitable[None]], keys: Sequence[keymap.Key]
) -> None:
    async with at_job(shop, log, "households", size=(80, 24)) as till:
        await go(till)
        for _ in ("en", "zh"):
            await till.idle()
            for key in keys:
                if key.listed:
                    assert await keys_of_click(till, key) == [key.key, key.key]
            till.app.action_other_language()


ROLES: tuple[Role, ...] = ("clerk", "keeper", "accountant", "supervisor", "admin")
MAY: tuple[Role, ...] = ("accountant", "admin")
APPROVAL = approval_of(SUPERVISOR, "示例")
Act = Callable[[HouseholdsService, Operator], Any]
ACTS: dict[str, Act] = {
    "split": lambda s, by: s.split(FIRST, Apart("TQ0009", WIFE), APPROVAL, by),
    "merge": lambda s, by: s.merge(SECOND, FIRST, Points(3000), APPROVAL, by),
    "move": lambda s, by: s.move(FIRST, ("大同社区", "1组"), APPROVAL, by),
    "close": lambda s, by: s.close(SECOND, "closed", Points(3000), APPROVAL, by),
    "booklet": lambda s, by: s.give_booklet(FIRST, "TQ0333", APPROVAL, by),
    "member": lambda s, by: s.change_member(FIRST, (SON, "left", None), "示例", by),
    "head": lambda s, by: s.change_head(FIRST, WIFE, "示例", by),
    "freeze": lambda s, by: s.freeze(FIRST, Points(100), APPROVAL, by),
    "release": lambda s, by: s.release(FIRST, None, APPROVAL, by),
    "correct": lambda s, by: s.correct(FIRST, (Points(100), _month(s)), APPROVAL, by),
    "score": lambda s, by: s.correct_score(FIRST, (_quarter(s), 915), APPROVAL, by),
    "veto": lambda s, by: s.record_veto(SECOND, Conduct("1", "示例", _day(s)), Points(3000), APPROVAL, by),
    "dismiss": lambda s, by: s.dismiss(SECOND, _proposed(s), APPROVAL, by),
    "black list": lambda s, by: s.release_veto("GZ0015", _day(s), APPROVAL, by),
}


def _day(service: HouseholdsService) -> date:
    with transaction(service.engine) as tx:
        return today(tx)


def _month(service: HouseholdsService) -> str:
    [(month,)] = rows_of(service.engine, "SELECT DISTINCT month FROM batch")
    return str(month)


def _quarter(service: HouseholdsService) -> Quarter:
    [(quarter,)] = rows_of(service.engine, "SELECT max(quarter) FROM score")
    return Quarter.parse(str(quarter))


def _proposed(service: HouseholdsService) -> date:
    [(day,)] = rows_of(service.engine, "SELECT conduct_on FROM veto_proposal")
    return date.fromisoformat(str(day))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ACTS)
def test_a_service_does_a_roles_own_acts_and_no_other(shop: Engine, name: str, role: Role) -> None:
    before, service = everything(shop), HouseholdsService(shop)
    by = Operator({"accountant": ACCOUNTANT, "admin": ADMIN}.get(role, "某人示例"), role)
    answer = ACTS[name](service, by)
    refused = isinstance(answer, Refusal) and answer.code == "not_allowed"
    assert refused == (role not in MAY), answer
    assert (everything(shop) == before) == refused, answer


@pytest.mark.parametrize("role", ROLES)
def test_a_household_is_looked_at_by_whose_work_it_is(shop: Engine, role: Role) -> None:
    service, by = HouseholdsService(shop), Operator("某人示例", role)
    looks = (service.register(by), service.look(SECOND, by), service.offered(by), service.some([FIRST], by))
    for look in looks:
        assert isinstance(look, Refusal) == (role == "keeper")
    if not isinstance(looks[0], Refusal) and not isinstance(looks[1], Refusal):
        sees = role in ("accountant", "supervisor", "admin")
        assert bool(looks[0].proposals) == bool(looks[1].proposals) == sees
