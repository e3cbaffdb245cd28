"""What the screens of the shelf and the stocktake ask of the books, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.db import transaction
from lizhi_pos.money import Yuan
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from stopped_clock import StoppedClock
from towns.approvals import approval_of
from towns.small import ADMIN, MARKET_DAY, OIL, SALT, SOAP, SUPERVISOR, amount, gift, noon, sell, stocked_shop

APPROVAL = approval_of(SUPERVISOR.name, "示例原因")


@pytest.fixture
def shop(stopped: Engine, clock: StoppedClock) -> Engine:
    """Salt near its day and past it, soap without one; two pieces of salt are with a household."""
    stocked_shop(stopped)
    with transaction(stopped, noon(MARKET_DAY)) as tx:
        gift(tx, "SW-8", date(2024, 4, 5), code=SALT, quantity=4, value="2.00", expires=date(2024, 4, 27))
        gift(tx, "SW-9", date(2024, 4, 6), code=SALT, quantity=2, value="2.00", expires=date(2024, 5, 30))
        unwrap(sell(tx, "TQ0001", (SALT, 2)))
    clock.moment = noon(MARKET_DAY) + timedelta(hours=1)
    return stopped


def test_the_shelf_tells_what_is_amiss_and_every_lot(shop: Engine) -> None:
    service = ShelfService(shop)
    view = service.read()
    rows = {row.code: row for row in view.rows}
    assert (rows[SALT].on_hand, rows[SALT].sellable, rows[SALT].signs) == (24, 20, ("expired",))
    assert [x.name for x in view.expired] == ["SW-8"]
    assert view.due == 3
    detail = service.detail(rows[SALT], 9)
    assert [(x.name, x.on_hand) for x in detail.lots] == [("SW-8", 4), ("SW-1", 20), ("SW-9", 0)]
    assert [(x.kind, x.quantity, x.on_hand) for x in detail.moves] == [
        ("redemption", -2, 24),
        ("gift", 2, 26),
        ("gift", 4, 24),
        ("gift", 20, 20),
    ]
    gone = detail.lots[2]
    done = unwrap(service.recall(gone.name, ADMIN, APPROVAL))
    assert [(x.booklet, x.quantity) for x in done.households] == [("TQ0001", 2)]
    assert unwrap(service.who_took(gone.lot_id, ADMIN)) == done.households
    unwrap(service.print_who_took(gone.lot_id, ADMIN))
    assert isinstance(service.print_who_took(detail.lots[0].lot_id, ADMIN), Refusal)
    assert len(unwrap(service.print_due_labels(ADMIN))) == 3
    assert service.read().due == 0
    unwrap(service.set_price(SALT, Yuan(260), ADMIN))
    assert service.read().due == 1
    assert [x.quantity for x in unwrap(service.write_off_expired(ADMIN, APPROVAL))] == [4]
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert verify(tx).ok


def test_a_stocktake_is_planned_as_it_is_closed(shop: Engine) -> None:
    service = StocktakeService(shop)
    number = unwrap(service.open([], True, ADMIN))
    view = unwrap(service.sheet(number))
    assert view.is_blind
    assert {p.code: p.book for p in view.products} == {SALT: None, SOAP: None, OIL: None}
    assert view.codes[SALT] == (SALT, 1)
    unwrap(service.count(number, SALT, 20, ADMIN))
    unwrap(service.count(number, SOAP, 21, ADMIN))
    plan = unwrap(service.plan(number, "keep"))
    assert (plan.differ, plan.missing, plan.missing_cost) == (2, 4, amount("8.00"))
    assert (plan.found, plan.found_cost) == (1, amount("3.00"))
    unwrap(service.recount(number, SOAP, ADMIN))
    assert unwrap(service.plan(number, "keep")).found == 0
    assert unwrap(service.plan(number, "zero")).missing == 24
    assert unwrap(service.close(number, "keep", ADMIN, APPROVAL)).missing == 4
    assert [x.state for x in service.counts()] == ["closed"]
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert verify(tx).ok
