"""The books are copied beside the screen once a session is closed, and it stays closed whatever comes of the copy."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_till_home import choose, go_home
from till_hands import Till, selling

from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.db import reading
from lizhi_pos.maintenance.automatic_backup import own_folder
from lizhi_pos.maintenance.copies import listed
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm


async def close(till: Till) -> None:
    await go_home(till)
    await choose(till, "close the session")
    await till.until_screen(CloseSessionScreen)
    await till.until(lambda: "Chain head" in till.shown("#middle"))
    till.keys("f10")
    await till.until_screen(Confirm)
    till.keys("f10")
    await till.until_screen(CloseSessionScreen)


def is_closed(town: Engine) -> bool:
    with reading(town) as tx:
        return open_session_now(tx) is None


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's data folder is this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


async def test_a_closed_session_has_its_copy(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await close(till)
        await till.until(lambda: "the books are copied" in till.shown("#notice"))
    (copy,) = listed(own_folder(town))
    assert copy.ok
    assert is_closed(town)


async def test_a_copy_that_cannot_be_made_is_said_and_undoes_nothing(town: Engine, log: Path) -> None:
    folder = own_folder(town)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder")
    async with selling(town, log) as till:
        await close(till)
        await till.until(lambda: "there is no copy" in till.shown("#notice"))
        assert till.bells == 1
    assert is_closed(town)


async def test_a_stick_that_is_not_there_is_said(
    town: Engine, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIZHI_BACKUP_TO", str(tmp_path / "stick"))
    async with selling(town, log) as till:
        await close(till)
        await till.until(lambda: "No copy in" in till.shown("#notice"))
    assert is_closed(town)
    assert listed(own_folder(town))[0].ok
