"""Esc pressed twice in a row leaves one screen, never the one below with it."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from job_hands import at_job, press
from sqlalchemy import Engine
from textual.screen import ModalScreen, Screen

import lizhi_pos.terminal.screens as screens
from lizhi_pos.refusal import message
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from towns.shelf import add_people


def every_screen() -> Iterator[type[Screen[object]]]:
    for found in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Screen) and kind.__module__ == module.__name__:
                yield kind


def test_every_screen_that_is_left_with_an_answer_is_left_once() -> None:
    # these two are never left, others are put in their place
    bases = {LeftOnce, SellScreen, SignIn, ModalScreen}
    kinds = [kind for kind in every_screen() if kind not in bases and not issubclass(kind, SellScreen)]
    assert len(kinds) > 20
    assert [kind.__name__ for kind in kinds if not issubclass(kind, LeftOnce)] == []


async def test_a_dialog_left_twice_leaves_the_job_it_stands_over(town: Engine, log: Path) -> None:
    add_people(town)
    async with at_job(town, log, "stocktake") as till:
        job = till.app.screen
        till.app.push_screen(Confirm(message("close"), "f8", "F8"))
        await till.until_screen(Confirm)
        dialog = till.app.screen
        assert isinstance(dialog, Confirm)
        dialog.dismiss(False)
        dialog.dismiss(False)
        await till.idle()
        assert till.app.screen is job
        await press(till, "escape")
        assert till.app.screen is not job
