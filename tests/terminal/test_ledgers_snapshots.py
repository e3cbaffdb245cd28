"""The ledgers' screens as they are painted, beside their golden files."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from job_hands import go_to
from ledger_hands import at_village, into_batch, press, read, typed
from screen_shots import GOLDEN, VARIANTS, Shots
from shooting import shooting
from sqlalchemy import Engine
from till_hands import Till

from lizhi_pos.office.found_files import FoundFile
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from towns.ledgers import DRAFT, MISSING, OBJECTED, OVER, REVIEWED, act_of, write_file
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN
from towns.till import SUPERVISOR, SUPERVISOR_PIN

SHOTS = (
    *("board", "detail", "publish", "post", "settle", "batch", "row", "refused"),
    *("files", "read", "errors", "changes", "take", "reviewer", "back"),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr("lizhi_pos.office.found_files._STICKS", ())
    monkeypatch.setattr(
        FoundFile, "when", property(lambda file: f"{datetime.fromtimestamp(file.written, UTC):%F %H:%M}")
    )
    wrong = [
        act_of(MISSING, points="十分"),
        ("XC9999", "示例无", "11月40日", "清扫", 10, 1),
        act_of(MISSING, 2, times=3),
    ]
    for number, (name, village, acts) in enumerate(
        (
            ("新场村3月.xlsx", MISSING, wrong),
            ("民族村3月改.xlsx", OBJECTED, [act_of(OBJECTED, points=20, times=2)]),
            ("天桥村3月改.xlsx", DRAFT, [act_of(DRAFT), act_of(DRAFT, 2, day="2024-03-12")]),
        )
    ):
        path = write_file(folder / "Downloads" / name, village, acts)
        os.utime(path, (1714000000 - number * 90000, 1714000000 - number * 90000))
    return folder


@asynccontextmanager
async def at(
    engine: Engine, log: Path, target: Target = "ledgers", who: tuple[str, str] = (ACCOUNTANT, ACCOUNTANT_PIN)
) -> AsyncIterator[Shots]:
    async with shooting(engine, log, name=who[0], pin=who[1]) as shots:
        await shots.till.until_screen(HomeScreen)
        await go_to(shots.till, target)
        yield shots


async def known(till: Till) -> None:
    """Wait until all is known of the marked batch."""
    screen = till.app.screen
    assert isinstance(screen, LedgersScreen)
    await till.until(lambda: screen._board is not None and screen._board.preview is not None)


async def take(shots: Shots, name: str) -> None:
    """Take a screen that reads more once there is room beside its rows."""
    await shots.till.pilot.resize_terminal(120, 40)
    await known(shots.till)
    await shots.take(f"ledgers-{name}")


async def test_the_board_and_what_is_done_at_it(ledgers: Engine, log: Path) -> None:
    async with at(ledgers, log) as shots:
        till = shots.till
        await at_village(till, OBJECTED)
        await take(shots, "board")
        await till.enter()
        await shots.take("ledgers-detail")
        await press(till, "escape")
        await press(till, "f8")
        await till.until_screen(FormDialog)
        await typed(till, "", "2", "")
        await shots.take("ledgers-settle")
        await press(till, "escape")
        await at_village(till, DRAFT)
        await take_dialog(shots, "f3", "publish")
        await at_village(till, REVIEWED)
        await take_dialog(shots, "f10", "post")


async def take_dialog(shots: Shots, key: str, name: str) -> None:
    await shots.till.pilot.resize_terminal(120, 40)
    await known(shots.till)
    await press(shots.till, key)
    await shots.till.until_screen(FormDialog)
    await shots.take(f"ledgers-{name}")
    await press(shots.till, "escape")


async def test_a_look_into_a_batch(ledgers: Engine, log: Path) -> None:
    async with at(ledgers, log) as shots:
        till = shots.till
        await at_village(till, OBJECTED)
        screen = await into_batch(till)
        await till.until(lambda: screen._preview is not None)
        await press(till, "f9")
        await shots.take("ledgers-batch")
        await till.enter()
        await shots.take("ledgers-row")


async def test_what_a_reviewer_sees(ledgers: Engine, log: Path) -> None:
    async with at(ledgers, log, "ledgers to review", (SUPERVISOR, SUPERVISOR_PIN)) as shots:
        till = shots.till
        await at_village(till, OVER)
        await take(shots, "reviewer")
        await press(till, "f6")
        await till.until_screen(FormDialog)
        await shots.take("ledgers-back")
        await press(till, "escape")
        await at_village(till, OBJECTED)
        await press(till, "f4")
        await till.until(lambda: "✘" in till.shown("#notice"))
        await take(shots, "refused")


async def test_files(ledgers: Engine, log: Path) -> None:
    async with at(ledgers, log) as shots:
        till = shots.till
        await press(till, "f2")
        await till.until_screen(FilesScreen)
        await till.until(lambda: till.app.screen.notice is None)  # type: ignore[attr-defined]
        await shots.take("ledgers-files")
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        await read(till, "1-3")
        await shots.take("ledgers-read")
        await till.enter()
        await shots.take("ledgers-errors")
        await press(till, "escape")
        await typed(till, "2")
        await press(till, "f9")
        await shots.take("ledgers-changes")
        await press(till, "f10")
        await till.until_screen(Confirm)
        await shots.take("ledgers-take")


def test_every_golden_file_is_a_screens() -> None:
    there = {p.name for p in GOLDEN.iterdir() if p.name.startswith("ledgers-")}
    wanted = {f"ledgers-{shot}.{lang}.{width}x{height}.txt" for shot in SHOTS for lang, (width, height) in VARIANTS}
    assert there == wanted
