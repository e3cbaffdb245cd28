"""The screens of the shelf and the stocktake as they are painted, beside their golden files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import go_to
from screen_shots import Shots
from shooting import redeem, shooting
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import set_price, take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import unwrap
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.stocktake.counting import CountingScreen
from stopped_clock import StoppedClock
from towns.approvals import approval_of
from towns.big import build_big_town
from towns.shelf import ACCOUNTANT, BY, KEEPER, KEEPER_PIN, add_lot, add_people
from towns.till import AT, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN, VINEGAR


@pytest.fixture
def shop(sqlite_template: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    """The big town with something amiss of every kind: expired, near, recalled, short, another price."""
    path = tmp_path / "till.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    build_big_town(engine)
    add_people(engine)
    add_lot(engine, "示例捐物旧", SALT, 7, days=-2)
    add_lot(engine, "示例捐物新", SOAP, 30, days=400)
    redeem(engine, "GZ0012", (VINEGAR, 3))
    redeem(engine, "DT0037", (VINEGAR, 1))
    with transaction(engine) as tx:
        short = GoodsRow("2000002", "示例长名商品一二三四五六七八九十", Yuan(120), AT, "500g", "袋", safety_stock=3)
        assert not take_goods(tx, [short], BY).errors
    service = ShelfService(engine)
    unwrap(service.print_label(SOAP, BY))
    with transaction(engine) as tx:
        unwrap(set_price(tx, SOAP, Yuan(400), BY))
    unwrap(service.recall("示例捐物新", BY, approval_of(SUPERVISOR, "厂家通知召回")))
    yield engine
    engine.dispose()


async def at_job(shots: Shots, target: Target) -> None:
    await shots.till.until_screen(HomeScreen)
    await go_to(shots.till, target)


KEPT = {"name": KEEPER, "pin": KEEPER_PIN}


async def test_the_shelf(shop: Engine, log: Path) -> None:
    async with shooting(shop, log, size=(120, 40), **KEPT) as shots:
        till = shots.till
        await at_job(shots, "near expiry")
        await till.until(lambda: "示例捐物旧" in till.shown("#detail"))
        await shots.take("shelf-near")
        till.scan(SOAP)
        await till.enter()
        await till.until(lambda: "示例捐物新" in till.shown("#middle") + till.shown("#detail"))
        await shots.take("shelf-lots")
        till.keys("escape", "escape")
        await till.idle()


async def test_what_the_shelf_asks(shop: Engine, log: Path) -> None:
    async with shooting(shop, log, **KEPT) as shots:
        till = shots.till
        await at_job(shots, "shelf")
        till.scan(VINEGAR)
        till.keys("f4")
        await till.until_screen(FormDialog)
        await till.fill("2")
        await shots.take("shelf-loss")
        till.keys("escape")
        await till.idle()
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "张建国" in till.shown("#middle"))
        await shots.take("shelf-took")
        till.keys("escape", "f2")
        await till.until_screen(FormDialog)
        await shots.take("shelf-price")
        till.keys("escape")
        await till.idle()
        till.keys("f9")
        await till.until_screen(Confirm)
        await shots.take("shelf-labels")


async def test_a_stocktake(shop: Engine, log: Path) -> None:
    service, accountant = StocktakeService(shop), Operator(ACCOUNTANT, "accountant")
    unwrap(service.drop(unwrap(service.open([SALT], True, accountant)), accountant))
    unwrap(service.open([], False, BY))
    async with shooting(shop, log, **KEPT) as shots:
        till = shots.till
        await at_job(shots, "stocktake")
        await shots.take("stocktake-list")
        await till.enter()
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
        till.scan(f"207*{SALT}", f"190*{VINEGAR}", f"230*{SOAP}", "0*2000002", SALT)
        await till.idle()
        await till.app.screen._writer.settled()  # type: ignore[attr-defined]
        await till.idle()
        await shots.take("stocktake-counting")
        till.keys("f10")
        await till.until_screen(FormDialog)
        await shots.take("stocktake-left")
        await till.fill("1")
        await till.until_screen(FormDialog)
        await shots.take("stocktake-close")
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and "✔" in till.shown("#notice"))
        await shots.take("stocktake-closed")
