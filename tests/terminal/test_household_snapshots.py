"""The screens of households as they are painted, beside their golden files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import go_to, press, typed
from screen_shots import GOLDEN, VARIANTS
from shooting import selling, shooting
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.freezing import freeze
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.money import Points
from lizhi_pos.receiving.codes import split_household
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.terminal.screens.households.origin import OriginScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from stopped_clock import StoppedClock
from towns.approvals import approval_of
from towns.households import BY, FIRST, SECOND, WIFE, add_households, redeem_some
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN
from towns.till import SUPERVISOR, SUPERVISOR_PIN, build_town

SCREENS = {
    "households": (
        "list",
        "card",
        "cell",
        "receipt",
        "transfer",
        "menu",
        "split",
        "clause",
        "veto",
        "proposed",
        "none",
    ),
    "origin": ("receipt",),
}


@pytest.fixture(scope="module")
def household_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town with a village more: points were redeemed, frozen, and went along with who left."""
    path = tmp_path_factory.mktemp("snapshots") / "households.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("household town"))
    build_town(engine)
    add_households(engine)
    redeem_some(engine)
    with transaction(engine) as tx:
        authority = Authority(BY, today(tx), approval_of(SUPERVISOR))
        unwrap(split_household(tx, FIRST, Apart("TQ0009", WIFE, points=Points(150)), "示例", authority))
        unwrap(freeze(tx, FIRST, Points(100), "示例", authority))
    engine.dispose()
    return path


@pytest.fixture
def shop(household_town: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    path = tmp_path / "till.db"
    shutil.copyfile(household_town, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    engine.dispose()


async def test_households_and_their_points(shop: Engine, log: Path) -> None:
    async with shooting(shop, log, name=ACCOUNTANT, pin=ACCOUNTANT_PIN) as shots:
        till = shots.till
        await till.until_screen(HomeScreen)
        await go_to(till, "households")
        await shots.take("households-list")
        await typed(till, FIRST)
        await shots.take("households-card")
        await press(till, "down", "down")
        await till.enter()
        await shots.take("households-cell")
        await till.enter()
        await shots.take("households-receipt")
        await press(till, "escape", "escape", "up", "up")
        await till.enter()
        await shots.take("households-transfer")
        await press(till, "escape", "f2")
        await till.until_screen(Palette)
        await shots.take("households-menu")
        await typed(till, "1")
        await till.until_screen(FormDialog)
        await typed(till, "TQ0012", "1", "", "9", "", "示例", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "✘" in till.shown("#message"))
        await shots.take("households-split")
        await press(till, "escape")


async def test_what_is_proposed(shop: Engine, log: Path) -> None:
    async with shooting(shop, log, name=ACCOUNTANT, pin=ACCOUNTANT_PIN) as shots:
        till = shots.till
        await till.until_screen(HomeScreen)
        await go_to(till, "vetoes proposed")
        await shots.take("households-proposed")
        await press(till, "f6")
        await till.until_screen(Palette)
        await shots.take("households-clause")
        await typed(till, "1")
        await till.until_screen(FormDialog)
        await shots.take("households-veto")
        await press(till, "escape")
        await press(till, "f8")
        await till.until_screen(FormDialog)
        await typed(till, "1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: SECOND in till.shown("#notice"))
        await shots.take("households-none")


async def test_where_a_receipt_comes_from(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as shots:
        till = shots.till
        await press(till, "f9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "000001" in till.shown("#middle"))
        await press(till, "f9")
        await till.until_screen(OriginScreen)
        await till.until(lambda: FIRST in till.shown("#middle"))
        await shots.take("origin-receipt")


def test_every_golden_file_is_a_screens() -> None:
    there = {p.name for p in GOLDEN.iterdir() if p.name.partition("-")[0] in SCREENS}
    wanted = {
        f"{screen}-{shot}.{lang}.{width}x{height}.txt"
        for screen, shots in SCREENS.items()
        for shot in shots
        for lang, (width, height) in VARIANTS
    }
    assert there == wanted
