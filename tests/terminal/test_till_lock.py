"""A lock closes what stands above the counter: what is done after it is done by whoever unlocked."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from test_till_dialogs import make_own
from till_hands import Till, selling, sold

from lizhi_pos.access.operators import add_user
from lizhi_pos.db import transaction
from lizhi_pos.refusal import unwrap
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.help import Help
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.till.scanner import Done
from towns.till import CLERK, CLERK_PIN, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN

OTHER, OTHER_PIN = "示例同事", "864201"


@pytest.fixture
def two_clerks(town: Engine) -> Engine:
    with transaction(town) as tx:
        unwrap(add_user(tx, OTHER, "clerk", OTHER_PIN))
    return town


def who_did(engine: Engine, table: str) -> list[str]:
    who = {"redemption": "clerk", "redemption_return": "by_user"}[table]
    with engine.begin() as connection:
        return list(connection.execute(text(f"SELECT {who} FROM {table} ORDER BY recorded_at")).scalars())


async def unlock(till: Till, name: str = OTHER, pin: str = OTHER_PIN) -> None:
    assert isinstance(till.app.screen, SignIn)
    till.keys("escape")
    await till.idle()
    await till.fill(name, pin)


async def return_dialog(till: Till) -> None:
    till.keys("f9")
    await till.until_screen(ReceiptsScreen)
    till.keys("f6")


async def training(till: Till) -> None:
    till.app.run_worker(till.app.navigator.go_to("train"))


async def closing(till: Till) -> None:
    till.app.run_worker(till.app.navigator.go_to("close"))


def key(name: str) -> Callable[[Till], Awaitable[None]]:
    async def press(till: Till) -> None:
        till.keys(name)

    return press


@pytest.mark.parametrize(
    ("opens", "what"),
    [
        (key("f1"), Help),
        (key("ctrl+p"), Palette),
        (key("f4"), FormDialog),
        (key("f8"), Confirm),
        (key("ctrl+q"), Confirm),
        (key("f9"), ReceiptsScreen),
        (return_dialog, FormDialog),
        (key("f10"), HomeScreen),
        (training, TrainingScreen),
        (closing, CloseSessionScreen),
    ],
    ids=["help", "palette", "proxy", "empty", "leave", "today", "return", "home", "training", "close"],
)
async def test_over_whatever_is_shown(
    two_clerks: Engine, log: Path, opens: Callable[[Till], Awaitable[None]], what: type
) -> None:
    async with selling(two_clerks, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        till.scan("GZ0012", SOAP)
        await till.idle()
        await opens(till)
        await till.until_screen(what)
        till.app.navigator.lock()
        await till.idle()
        await unlock(till)
        await till.until_screen(SellScreen)
        assert type(till.app.screen) is SellScreen
        assert till.wanted() == ((SOAP, 1),)
        await till.enter()
        assert who_did(two_clerks, "redemption") == [CLERK, OTHER]
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("示例原因", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: bool(who_did(two_clerks, "redemption_return")))
        assert who_did(two_clerks, "redemption_return") == [OTHER]
        assert till.bells == 0


async def test_an_approval_that_was_asked_is_not_the_next_clerks(two_clerks: Engine, log: Path) -> None:
    make_own(two_clerks, "GZ0012")
    async with selling(two_clerks, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.until_screen(FormDialog)
        await till.fill("示例原因")
        till.app.navigator.lock()
        await till.idle()
        await unlock(till)
        await till.until_screen(SellScreen)
        await till.enter()
        assert who_did(two_clerks, "redemption") == [OTHER]


@pytest.mark.parametrize("act", ["today", "empty", "proxy"])
async def test_nothing_comes_to_stand_over_the_lock(two_clerks: Engine, log: Path, act: str) -> None:
    async with selling(two_clerks, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        getattr(till.app.selling, f"action_{act}")()
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        for target in ("close", "printing", "train", "sell"):
            await till.app.navigator.go_to(target)
        await till.app.navigator.go_on()
        await till.app.navigator.start_over()
        till.app.navigator.home()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        await unlock(till, CLERK, CLERK_PIN)
        await till.until_screen(SellScreen)
        assert till.counter.has_lines


async def test_an_approval_asked_late_waits_for_another_enter(two_clerks: Engine, log: Path) -> None:
    make_own(two_clerks, "GZ0012")
    async with selling(two_clerks, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.selling._events.put_nowait(Done())
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        await unlock(till, CLERK, CLERK_PIN)
        await till.until_screen(SellScreen)
        assert sold(two_clerks) == []
        await till.enter()
        await till.until_screen(FormDialog)


async def test_a_list_left_for_home_does_not_stop_the_counter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.app.navigator.go_to("sell")
        await till.until_screen(SellScreen)
        till.scan("GZ0012", SALT)
        await till.enter()
        assert len(sold(town)) == 1
