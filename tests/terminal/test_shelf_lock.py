"""The screens of goods under the lock, at home and under the mouse: who acts is who is signed in when it is done."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from sqlalchemy import Engine
from test_mouse_keys import keys_of_click
from till_hands import Till, running

from lizhi_pos.db import transaction
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.terminal.screens.shelf.shelf import ShelfScreen
from lizhi_pos.terminal.screens.stocktake.counting import CountingScreen
from lizhi_pos.terminal.screens.stocktake.counts import CountsScreen
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, BY, KEEPER, add_lot, add_people
from towns.till import AT, CLERK, CLERK_PIN, SALT, SUPERVISOR, SUPERVISOR_PIN, VINEGAR


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """The small town with a lot past its day, and an open count of vinegar."""
    add_people(town)
    add_lot(town, "示例旧", SALT, 7, days=-2)
    unwrap(StocktakeService(town).open([VINEGAR], False, BY))
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


async def counting(till: Till) -> None:
    await till.enter()
    await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
    await till.idle()


async def loss(till: Till) -> None:
    till.keys("f8")
    await till.until_screen(FormDialog)
    await till.fill("1", SUPERVISOR)


async def drop(till: Till) -> None:
    await counting(till)
    till.scan(VINEGAR)
    till.keys("f8")
    await till.until_screen(Confirm)


async def new_count(till: Till) -> None:
    till.keys("f2")
    await till.until_screen(FormDialog)
    await till.fill("2", "1")
    await till.until_screen(CountsScreen)
    till.scan(SALT)
    await till.idle()


async def nothing(till: Till) -> None:
    assert till.app.screen.is_current


OVER: Sequence[tuple[Target, Callable[[Till], Awaitable[None]]]] = (
    ("near expiry", nothing),
    ("near expiry", loss),
    ("stocktake", nothing),
    ("stocktake", new_count),
    ("stocktake", counting),
    ("stocktake", drop),
)


@pytest.mark.parametrize(("target", "opens"), OVER, ids=lambda it: getattr(it, "__name__", it))
async def test_a_lock_closes_it_and_what_is_done_then_is_the_others(
    shop: Engine, log: Path, target: Target, opens: Callable[[Till], Awaitable[None]]
) -> None:
    async with at_job(shop, log, target) as till:
        await opens(till)
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        for other in ("near expiry", "shelf", "stocktake"):
            await till.app.navigator.go_to(other)
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        assert rows_of(shop, "SELECT * FROM writeoff") == []
        assert rows_of(shop, "SELECT state FROM stock_count") == [("open",)]
        till.keys("escape")
        await till.idle()
        await till.fill(ACCOUNTANT, ACCOUNTANT_PIN)
        await till.until_screen(HomeScreen)
        await go_to(till, "near expiry")
        till.keys("f8")
        await till.until_screen(FormDialog)
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(ShelfScreen)
        await till.until(lambda: bool(rows_of(shop, "SELECT * FROM writeoff")))
        assert rows_of(shop, "SELECT by_user, approved_by FROM writeoff") == [(ACCOUNTANT, SUPERVISOR)]
        till.keys("escape")
        await till.until_screen(HomeScreen)
        await go_to(till, "stocktake")
        await counting(till)
        till.scan(VINEGAR)
        await till.until(lambda: (ACCOUNTANT,) in rows_of(shop, "SELECT by_user FROM count_tally"))
        who = [KEEPER, ACCOUNTANT] if opens is drop else [ACCOUNTANT]
        assert [by for (by,) in rows_of(shop, "SELECT by_user FROM count_tally ORDER BY tally_id")] == who


@pytest.mark.parametrize(
    ("go", "target", "keys"),
    [(nothing, "shelf", keymap.SHELF), (nothing, "stocktake", keymap.COUNTS), (counting, "stocktake", keymap.COUNTING)],
    ids=["shelf", "counts", "counting"],
)
async def test_every_key_of_the_last_line_is_pressed_by_a_click(
    shop: Engine, log: Path, go: Callable[[Till], Awaitable[None]], target: Target, keys: Sequence[Key]
) -> None:
    async with at_job(shop, log, target, size=(80, 24)) as till:
        await go(till)
        for _ in ("en", "zh"):
            await till.idle()
            for key in keys:
                if key.listed:
                    assert await keys_of_click(till, key) == [key.key, key.key]
            till.app.action_other_language()


async def choose(till: Till, number: str) -> None:
    await till.until_screen(HomeScreen)
    await till.until(lambda: "shelf" in till.shown("#middle"))
    till.scan(number)
    await till.idle()


async def test_home_leads_to_the_goods_and_counts_what_waits(shop: Engine, log: Path) -> None:
    with transaction(shop) as tx:
        short = GoodsRow("2000002", "示例缺货", Yuan(100), AT, "", "", safety_stock=3)
        assert not take_goods(tx, [short], BY).errors
    async with running(shop, log, KEEPER, "232425", size=(120, 40)) as till:
        await choose(till, "10")
        await till.until_screen(ShelfScreen)
        await till.until(lambda: "▲ expired" in till.shown("#middle").splitlines()[1])
        till.keys("escape")
        await till.until_screen(HomeScreen)
        counts = {line.split()[-2]: line.split()[-1] for line in till.shown("#middle").splitlines() if line.strip()}
        assert counts["short"] == "1"
        assert counts["stocktake"] == "1"
        await choose(till, "13")
        await till.until_screen(ShelfScreen)
        await till.until(lambda: "▲ short" in till.shown("#middle").splitlines()[1])
        till.keys("escape")
        await choose(till, "14")
        await till.until_screen(CountsScreen)


async def test_a_clerk_sees_what_runs_short_and_no_stocktake(shop: Engine, log: Path) -> None:
    async with running(shop, log, CLERK, CLERK_PIN) as till:
        await till.until(lambda: till.app.selling is not None and till.app.selling.counter.opened is not None)
        till.keys("f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: "13 shelf" in till.shown("#middle"))
        assert "stocktake" not in till.shown("#middle")
