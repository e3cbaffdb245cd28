"""Every screen as it is painted, in Chinese at 80×24 and 120×40 and in English at 80×24, beside its golden file."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from screen_shots import GOLDEN, VARIANTS
from shooting import morning, scanned, selling, shooting, wait_for_paper
from sqlalchemy import Engine, text

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.help import Help
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from stopped_clock import StoppedClock
from towns.big import DAY, build_big_town
from towns.till import (
    CLERK,
    RICE,
    SALT,
    SCARCE,
    SOAP,
    SOON,
    SUPERVISOR,
    SUPERVISOR_PIN,
    VINEGAR,
    build_town,
)

SCREENS = {
    "sign-in": ("names", "refused", "locked"),
    "day": ("redemption", "other", "closed", "left-open", "refused"),
    "sell": (
        "next",
        "last",
        "eligible",
        "basket",
        "expiry",
        "limit",
        "short",
        "poor",
        "refused",
        "uncertain",
        "midnight",
    ),
    "household": ("reasons", "vetoed", "list", "beside"),
    "goods": ("list",),
    "paper": ("receipt",),
    "dialog": ("proxy", "approval", "empty", "return"),
    "help": ("field", "keys"),
    "palette": ("all",),
    "today": ("none", "receipts", "lines"),
    "home": ("clerk", "supervisor"),
    "close": ("baskets", "counts", "closed"),
    "printing": ("none", "papers"),
    "shelf": ("near", "lots", "loss", "took", "price", "labels"),
    "stocktake": ("list", "counting", "left", "close", "closed"),
    "train": ("basket", "done"),
    "display": ("away", "nobody", "goods", "short", "may-not", "wait", "refused", "done", "training"),
}


@pytest.fixture(scope="module")
def big_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of five villages, its session open on the redemption day of April 2024."""
    path = tmp_path_factory.mktemp("snapshots") / "open.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("big town"))
    build_big_town(engine)
    engine.dispose()
    return path


@pytest.fixture
def market(big_town: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    path = tmp_path / "till.db"
    shutil.copyfile(big_town, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_town(stopped_sqlite: Engine) -> Engine:
    return stopped_sqlite


async def test_signing_in(market: Engine, log: Path) -> None:
    async with shooting(market, log, name="", pin="") as shots:
        till = shots.till
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        await shots.take("sign-in-names")
        await till.fill("1", "999999")
        await till.until(lambda: "✘" in till.shown("#message"))
        await shots.take("sign-in-refused")


async def test_the_lock(market: Engine, log: Path) -> None:
    async with selling(market, log) as shots:
        await scanned(shots.till, "GZ0012", SALT)
        shots.till.keys("f12")
        await shots.till.until_screen(SignIn)
        await shots.take("sign-in-locked")


@pytest.mark.parametrize("kind", ["redemption", "other", "closed"])
async def test_opening_the_session(empty_town: Engine, log: Path, kind: str) -> None:
    build_town(empty_town, redemption_day=kind != "other", open_it=kind == "closed")
    if kind == "closed":
        OfficeService(empty_town).close_session(Operator(CLERK, "clerk"), DAY)
    async with shooting(empty_town, log) as shots:
        await shots.till.until_screen(OpenSessionScreen)
        await shots.take(f"day-{kind}")


async def test_a_session_left_open(market: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(market, log) as shots:
        await scanned(shots.till, "GZ0012", SALT)
    clock.forward(24 * 60)
    async with shooting(market, log) as shots:
        till = shots.till
        await till.until_screen(OpenSessionScreen)
        await shots.take("day-left-open")
        till.keys("enter")
        await till.until(lambda: "✘" in till.shown("#message"))
        await shots.take("day-refused")


async def test_selling(market: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        await shots.take("sell-next")
        await scanned(till, "GZ0012")
        await shots.take("sell-eligible")
        await scanned(till, f"201*{SALT}")
        await shots.take("sell-short")
        await scanned(till, "0*", SALT, f"2*{VINEGAR}", SOAP, RICE, SOON, SOON)
        await shots.take("sell-expiry")
        await scanned(till, f"2*{SCARCE}")
        await shots.take("sell-limit")
        await scanned(till, "1*")
        till.keys("up", "up", "up", "up")
        await till.idle()
        await shots.take("sell-basket")
        await scanned(till, "DT0037", SOAP)
        await shots.take("household-beside")
        till.keys("escape")
        await till.enter()
        await till.selling.look_around()
        clock.forward(3)
        await shots.take("sell-last")


async def test_past_midnight(market: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(market, log) as shots:
        await scanned(shots.till, "GZ0012", SALT)
        clock.forward(15 * 60)
        shots.till.app.screen.look_at_the_clock()  # type: ignore[attr-defined]
        await shots.take("sell-midnight")


async def test_who_may_not_redeem(market: Engine, log: Path) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0014")
        await shots.take("household-reasons")
        await scanned(till, "GZ0015", SALT)
        await shots.take("household-vetoed")
        await scanned(till, "张建国")
        await shots.take("household-list")
        await scanned(till, "3", "/")
        await scanned(till, "/6")
        await scanned(till, "/X")
        await shots.take("goods-list")


async def test_too_poor(market: Engine, log: Path) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0013", f"3*{SCARCE}")
        await shots.take("sell-poor")
        await till.enter()
        await shots.take("sell-refused")


async def test_a_checkout_that_fails(market: Engine, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0012", SALT)
        monkeypatch.setattr(till.counter.opened.service, "redeem", lambda *given: 1 // 0)
        await till.enter()
        await shots.take("sell-uncertain")


async def test_the_paper_beside(market: Engine, log: Path) -> None:
    with transaction(market) as tx:
        add_printer(tx, name="屏幕", profile="generic-58", device="screen:")
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0012", SALT, VINEGAR, SOAP)
        await till.enter()
        await till.until(lambda: bool(till.counter.paper))
        await till.background._look()
        # what was written is told to this till as well, where it is a file that everybody writes
        await till.until(lambda: till.counter.at_work.shop_status.villages == 1)
        await shots.take("paper-receipt")


async def test_dialogs(market: Engine, log: Path) -> None:
    with market.begin() as connection:
        connection.execute(text("UPDATE app_user SET booklet = 'GZ0012' WHERE name = :n"), {"n": CLERK})
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0012", SALT)
        till.keys("f4")
        await till.until_screen(FormDialog)
        await till.fill("示例")
        await shots.take("dialog-proxy")
        till.keys("escape")
        await till.until_screen(SellScreen)
        till.keys("f8")
        await till.until_screen(Confirm)
        await shots.take("dialog-empty")
        till.keys("escape")
        await till.until_screen(SellScreen)
        await till.enter()
        await till.until_screen(FormDialog)
        await till.fill("本人家庭", "1", "999999")
        await till.until(lambda: "✘" in till.shown("#message"))
        await shots.take("dialog-approval")


async def test_help_and_palette(market: Engine, log: Path) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        till.keys("f1")
        await till.until_screen(Help)
        await shots.take("help-field")
        till.keys("f1")
        await shots.take("help-keys")
        till.keys("f1")
        await till.until_screen(SellScreen)
        till.keys("ctrl+p")
        await till.until_screen(Palette)
        await shots.take("palette-all")


async def test_todays_receipts(market: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await shots.take("today-none")
        till.keys("escape")
        await till.until_screen(SellScreen)
        for booklet, goods in (("GZ0012", (SALT, SALT, SOAP, RICE)), ("HP0101", (VINEGAR,)), ("DT0037", (SOON,))):
            await scanned(till, booklet, *goods)
            await till.enter()
            clock.forward(7)
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        till.keys("down", "down")
        await till.enter()
        till.keys("f6")
        await till.until_screen(FormDialog)
        await shots.take("dialog-return")
        await till.fill("1", "拿错了", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        await shots.take("today-lines")
        till.keys("escape")
        await shots.take("today-receipts")


async def test_home(market: Engine, log: Path, clock: StoppedClock) -> None:
    morning(market, clock)
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0012", SALT)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        till.keys("f10")
        await till.until_screen(HomeScreen)
        await till.idle()
        await shots.take("home-clerk")
    async with shooting(market, log, name=SUPERVISOR, pin=SUPERVISOR_PIN) as shots:
        await shots.till.until_screen(HomeScreen)
        await shots.till.idle()
        await shots.take("home-supervisor")


async def test_closing(market: Engine, log: Path, clock: StoppedClock) -> None:
    morning(market, clock)
    async with selling(market, log) as shots:
        till = shots.till
        await scanned(till, "GZ0012", SALT, SOAP)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        await scanned(till, "DT0012", SALT)
        await till.app.navigator.go_to("close")
        await till.until_screen(CloseSessionScreen)
        await till.idle()
        await shots.take("close-baskets")
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        # closed, and the books are copied beside the screen
        told = ("copied", "已备份")
        await till.until(
            lambda: (
                isinstance(till.app.screen, CloseSessionScreen) and any(word in till.shown("#notice") for word in told)
            )
        )
        await shots.take("close-closed")


async def test_closing_with_nothing_in_the_way(market: Engine, log: Path, clock: StoppedClock) -> None:
    morning(market, clock)
    async with selling(market, log) as shots:
        await shots.till.app.navigator.go_to("close")
        await shots.till.until_screen(CloseSessionScreen)
        await shots.till.idle()
        await shots.take("close-counts")


async def test_printing(market: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(market, log) as shots:
        await shots.till.app.navigator.go_to("printing")
        await shots.till.until_screen(PrintQueueScreen)
        await shots.till.idle()
        await shots.take("printing-none")
    wait_for_paper(market, clock)
    async with selling(market, log) as shots:
        await shots.till.background._look()
        await shots.till.app.navigator.go_to("printing")
        await shots.till.until_screen(PrintQueueScreen)
        await shots.till.idle()
        await shots.take("printing-papers")


async def test_training(market: Engine, log: Path) -> None:
    async with selling(market, log) as shots:
        till = shots.till
        await till.app.navigator.go_to("train")
        await till.until(lambda: isinstance(till.app.screen, TrainingScreen) and till.counter.opened is not None)
        await scanned(till, "GZ0012", SALT, VINEGAR)
        await shots.take("train-basket")
        await till.enter()
        await shots.take("train-done")


def test_every_golden_file_is_of_a_screen() -> None:
    stems = {
        f"{screen}-{state}.{lang}.{width}x{height}"
        for screen, states in SCREENS.items()
        for state in states
        for lang, (width, height) in VARIANTS
    }
    if os.environ.get("LIZHI_GOLDEN") != "write":
        ours = tuple(f"{screen}-" for screen in SCREENS)
        assert {path.stem for path in GOLDEN.iterdir() if path.stem.startswith(ours)} == stems
