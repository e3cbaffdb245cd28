"""The screens of gifts and the pool as they are painted, beside their golden files."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from job_hands import go_to
from screen_shots import GOLDEN, VARIANTS, Shots
from shooting import shooting
from sqlalchemy import Engine

from lizhi_pos.engines import open_engine
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.gifts.gifts import GiftsScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from stopped_clock import StoppedClock
from towns.planning import NOW, build_planning_town
from towns.pool import fill_pool, take_goods
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN
from towns.small import ACCOUNTANT as PLANNER
from towns.small import PIN, noon
from towns.till import build_town

SCREENS = {
    "gifts": ("gifts", "detail", "pledges", "purchases", "book", "money", "void", "keeper"),
    "planning": ("rows", "detail", "file"),
}


@pytest.fixture(scope="module")
def pool_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town with a full pool, of which a household has taken goods."""
    path = tmp_path_factory.mktemp("snapshots") / "pool.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("pool town"))
    build_town(engine)
    fill_pool(engine)
    take_goods(engine)
    engine.dispose()
    return path


@pytest.fixture
def shop(pool_town: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    path = tmp_path / "till.db"
    shutil.copyfile(pool_town, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    engine.dispose()


@asynccontextmanager
async def at(
    engine: Engine, log: Path, target: Target, who: tuple[str, str] = (ACCOUNTANT, ACCOUNTANT_PIN)
) -> AsyncIterator[Shots]:
    name, pin = who
    async with shooting(engine, log, name=name, pin=pin) as shots:
        await shots.till.until_screen(HomeScreen)
        await go_to(shots.till, target)
        yield shots


async def test_gifts_and_the_pool(shop: Engine, log: Path) -> None:
    async with at(shop, log, "gifts") as shots:
        till = shots.till
        await shots.take("gifts-gifts")
        till.scan("XJ-1")
        await till.idle()
        await till.enter()
        await shots.take("gifts-detail")
        till.keys("escape")
        for name in ("pledges", "purchases", "book"):
            till.keys("f9")
            await till.idle()
            await shots.take(f"gifts-{name}")
        till.keys("f2")
        await till.until_screen(FormDialog)
        dialog = till.app.screen
        await till.fill("1")
        await till.until(lambda: till.app.screen is not dialog and isinstance(till.app.screen, FormDialog))
        await till.fill("向示例", "8.8.8", "", "", "")
        await till.until(lambda: "✘" in till.shown("#message"))
        await shots.take("gifts-money")
        till.keys("escape")
        await till.until_screen(GiftsScreen)
        till.keys("f9", "f9", "f9")
        await till.idle()
        till.keys("f8")
        await till.until_screen(FormDialog)
        await shots.take("gifts-void")


async def test_what_a_keeper_sees_of_it(shop: Engine, log: Path) -> None:
    async with at(shop, log, "gifts", (KEEPER, KEEPER_PIN)) as shots:
        await shots.take("gifts-keeper")


async def test_planning(
    stopped_sqlite: Engine,
    log: Path,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build_planning_town(stopped_sqlite)
    clock.moment = noon(NOW)
    monkeypatch.setattr("lizhi_pos.terminal.screens.planning.planning.proposed_file", lambda plan: Path("~/清单.xlsx"))
    async with at(stopped_sqlite, log, "planning", (PLANNER.name, PIN)) as shots:
        till = shots.till
        await shots.take("planning-rows")
        await till.enter()
        await shots.take("planning-detail")
        till.keys("escape", "f2")
        await till.until_screen(FormDialog)
        await shots.take("planning-file")


def test_every_golden_file_is_a_screens() -> None:
    there = {p.name for p in GOLDEN.iterdir() if p.name.partition("-")[0] in SCREENS}
    wanted = {
        f"{screen}-{shot}.{lang}.{width}x{height}.txt"
        for screen, shots in SCREENS.items()
        for shot in shots
        for lang, (width, height) in VARIANTS
    }
    assert there == wanted
