"""What the services of the shelf and the stocktake do for whom, whatever screen asks: a refusal leaves no trace."""

from collections.abc import Callable
from typing import Any

import pytest
from service_acts import everything
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, Role
from lizhi_pos.money import Yuan
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import Refusal, unwrap
from towns.approvals import approval_of
from towns.shelf import add_lot, add_people
from towns.till import SALT, SUPERVISOR, VINEGAR, build_town

ROLES: tuple[Role, ...] = ("clerk", "keeper", "accountant", "supervisor", "admin")
KEEP: tuple[Role, ...] = ("keeper", "accountant", "admin")
PRINT: tuple[Role, ...] = ("clerk", "keeper", "accountant", "admin")
APPROVAL = approval_of(SUPERVISOR, "示例")
Act = Callable[[Engine, Operator, int], Any]
ACTS: dict[str, tuple[tuple[Role, ...], Act]] = {
    "price": (KEEP, lambda e, by, n: ShelfService(e).set_price(SALT, Yuan(260), by)),
    "code": (KEEP, lambda e, by, n: ShelfService(e).give_code(SALT, "6901028180238", 1, by)),
    "carton": (KEEP, lambda e, by, n: ShelfService(e).give_code(SALT, "16901028180235", 24, by)),
    "write off": (KEEP, lambda e, by, n: ShelfService(e).write_off("示例旧", 1, "expired", by, APPROVAL)),
    "expired": (KEEP, lambda e, by, n: ShelfService(e).write_off_expired(by, APPROVAL)),
    "recall": (KEEP, lambda e, by, n: ShelfService(e).recall("示例旧", by, APPROVAL)),
    "release": (KEEP, lambda e, by, n: ShelfService(e).release("示例回", by, APPROVAL)),
    "label": (PRINT, lambda e, by, n: ShelfService(e).print_label(SALT, by)),
    "labels": (PRINT, lambda e, by, n: ShelfService(e).print_due_labels(by)),
    "open": (KEEP, lambda e, by, n: StocktakeService(e).open([SALT], False, by)),
    "count": (KEEP, lambda e, by, n: StocktakeService(e).count(n, VINEGAR, 1, by)),
    "recount": (KEEP, lambda e, by, n: StocktakeService(e).recount(n, VINEGAR, by)),
    "drop": (KEEP, lambda e, by, n: StocktakeService(e).drop(n, by)),
    "close": (KEEP, lambda e, by, n: StocktakeService(e).close(n, "keep", by, APPROVAL)),
}


@pytest.fixture
def shop(sqlite_engine: Engine) -> tuple[Engine, int]:
    """A lot past its day, a recalled one, and an open count: each act has something to do."""
    build_town(sqlite_engine)
    add_people(sqlite_engine)
    add_lot(sqlite_engine, "示例旧", SALT, 7, days=-2)
    add_lot(sqlite_engine, "示例回", SALT, 7)
    keeper = Operator("保管示例", "keeper")
    unwrap(ShelfService(sqlite_engine).recall("示例回", keeper, APPROVAL))
    number = unwrap(StocktakeService(sqlite_engine).open([VINEGAR], False, keeper))
    unwrap(StocktakeService(sqlite_engine).count(number, VINEGAR, 1, keeper))
    return sqlite_engine, number


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ACTS)
def test_a_service_does_a_roles_own_acts_and_no_other(shop: tuple[Engine, int], name: str, role: Role) -> None:
    engine, number = shop
    roles, act = ACTS[name]
    before = everything(engine)
    answer = act(engine, Operator("某人示例", role), number)
    refused = isinstance(answer, Refusal) and answer.code == "not_allowed"
    assert refused == (role not in roles), answer
    assert (everything(engine) == before) == refused


@pytest.mark.parametrize("role", ROLES)
def test_households_are_named_to_those_who_may_follow_goods(shop: tuple[Engine, int], role: Role) -> None:
    service, by = ShelfService(shop[0]), Operator("某人示例", role)
    lot = service.read().rows[0].held[0]
    assert isinstance(service.who_took(lot.lot_id, by), Refusal) == (role == "clerk")
    printed = service.print_who_took(lot.lot_id, by)
    assert isinstance(printed, Refusal)
    assert (printed.code == "not_allowed") == (role in ("clerk", "supervisor"))
