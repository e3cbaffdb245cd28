"""The ledgers' screens under the lock, and under the mouse: who acts is who is signed in when it is done."""

import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from ledger_hands import at_village, filled, into_batch, press, read, typed
from sqlalchemy import Engine
from test_mouse_keys import keys_of_click
from till_hands import Till

from lizhi_pos.access.operators import add_user
from lizhi_pos.db import transaction
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.refusal import unwrap
from lizhi_pos.terminal.screens.ledgers import reading
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.ledgers.reading import ReadingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from towns.ledgers import DRAFT, MISSING, OBJECTED, OVER, REVIEWED, act_of, write_file
from towns.till import SUPERVISOR, SUPERVISOR_PIN

OTHER, OTHER_PIN = "会计示例二", "454647"
AS_SUPERVISOR = (SUPERVISOR, SUPERVISOR_PIN)
WRITTEN = "SELECT count(*) FROM batch_step", "SELECT count(*) FROM objection", "SELECT state FROM objection"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr("lizhi_pos.office.found_files._STICKS", ())
    new = write_file(folder / "Downloads" / "新场村.xlsx", MISSING, [act_of(MISSING)])
    os.utime(new, (2, 2))
    changed = write_file(folder / "Downloads" / "民族村.xlsx", OBJECTED, [act_of(OBJECTED, points=20, times=2)])
    os.utime(changed, (1, 1))
    return folder


async def nothing(till: Till) -> None:
    assert till.app.screen.is_current


async def dialog(till: Till, village: str, key: str, *values: str) -> None:
    await at_village(till, village)
    await press(till, key)
    await till.until_screen(FormDialog)
    await typed(till, *values)


async def publishing(till: Till) -> None:
    await dialog(till, DRAFT, "f3")


async def reviewing(till: Till) -> None:
    await dialog(till, OVER, "f4")


async def sending_back(till: Till) -> None:
    await dialog(till, REVIEWED, "f6")


async def posting(till: Till) -> None:
    await dialog(till, REVIEWED, "f10")


async def objecting(till: Till) -> None:
    await dialog(till, OBJECTED, "f7", "又一条")


async def settling(till: Till) -> None:
    await dialog(till, OBJECTED, "f8", "", "1")


async def in_batch(till: Till) -> None:
    await at_village(till, OBJECTED)
    await into_batch(till)


async def settling_in_batch(till: Till) -> None:
    await in_batch(till)
    await press(till, "f8")
    await till.until_screen(FormDialog)


async def choosing(till: Till) -> None:
    await press(till, "f2")
    await till.until_screen(FilesScreen)


async def looking(till: Till) -> None:
    await read(till, "2")
    await till.enter()


async def replacing(till: Till) -> None:
    await read(till, "2")
    await press(till, "f10")
    await till.until_screen(Confirm)


async def leaving(till: Till) -> None:
    await read(till, "2")
    await press(till, "escape")
    await till.until_screen(Confirm)


OVER_WHAT: Sequence[tuple[Callable[[Till], Awaitable[None]], tuple[str, str] | None]] = (
    (nothing, None),
    (publishing, None),
    (reviewing, AS_SUPERVISOR),
    (sending_back, AS_SUPERVISOR),
    (posting, None),
    (objecting, None),
    (settling, None),
    (in_batch, None),
    (settling_in_batch, None),
    (choosing, None),
    (looking, None),
    (replacing, None),
    (leaving, None),
)


@pytest.mark.parametrize(("opens", "who"), OVER_WHAT, ids=lambda it: getattr(it, "__name__", ""))
async def test_a_lock_closes_it_and_what_is_done_then_is_the_others(
    ledgers: Engine, log: Path, opens: Callable[[Till], Awaitable[None]], who: tuple[str, str] | None
) -> None:
    with transaction(ledgers) as tx:
        unwrap(add_user(tx, OTHER, "accountant", OTHER_PIN))
    before = [rows_of(ledgers, query) for query in WRITTEN]
    async with at_job(ledgers, log, "ledgers", who=who) as till:
        await opens(till)
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        await till.app.navigator.go_to("ledgers")
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        assert [rows_of(ledgers, query) for query in WRITTEN] == before
        await press(till, "escape")
        await till.fill(OTHER, OTHER_PIN)
        await till.until_screen(HomeScreen)
        await go_to(till, "ledgers")
        await at_village(till, DRAFT)
        await press(till, "f3")
        await filled(till, "")
        await till.until(lambda: "is published" in till.shown("#notice"))
    assert rows_of(ledgers, "SELECT by_user FROM batch_step ORDER BY step_id DESC LIMIT 1") == [(OTHER,)]
    assert rows_of(ledgers, WRITTEN[0]) == [(before[0][0][0] + 1,)]  # type: ignore[operator]


async def test_a_lock_while_files_are_read_takes_none_in_anybodys_name(
    ledgers: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, began = threading.Event(), threading.Event()

    def slow(path: Path, villages: list[str]) -> object:
        began.set()
        may_go_on.wait(30)
        return read_village_workbook(path, villages)

    monkeypatch.setattr(reading, "read_village_workbook", slow)
    before = [rows_of(ledgers, query) for query in WRITTEN]
    async with at_job(ledgers, log, "ledgers") as till:
        await choosing(till)
        await till.until(lambda: till.app.screen.notice is None)  # type: ignore[attr-defined]
        await typed(till, "1-2")
        await till.until_screen(ReadingScreen)
        await till.until(began.is_set)
        till.app.navigator.lock()
        await till.idle()
        assert isinstance(till.app.screen, SignIn)
        may_go_on.set()
        await press(till, "escape")
        await till.fill(SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(HomeScreen)
    assert [rows_of(ledgers, query) for query in WRITTEN] == before


@pytest.mark.parametrize("go", [nothing, in_batch, choosing, looking])
async def test_every_key_of_the_last_line_is_pressed_by_a_click(
    ledgers: Engine, log: Path, go: Callable[[Till], Awaitable[None]]
) -> None:
    async with at_job(ledgers, log, "ledgers", size=(80, 24)) as till:
        await go(till)
        for _ in ("en", "zh"):
            await till.idle()
            for key in till.app.screen.KEYS:  # type: ignore[attr-defined]
                if key.listed:
                    assert await keys_of_click(till, key) == [key.key, key.key]
            till.app.action_other_language()
