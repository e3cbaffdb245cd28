"""Hands at the screens of the jobs behind the counter: goods, gifts and the pool, planning, ledgers, households."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from till_hands import Till, running

from lizhi_pos.terminal.menu import LEDGER_STEPS, Target
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN

_OF_THE_ACCOUNTANT: frozenset[Target] = frozenset(
    {"gifts", "month end", "planning", "households", "vetoes proposed", "ledgers", *LEDGER_STEPS}
)


@asynccontextmanager
async def at_job(
    engine: Engine,
    log: Path,
    target: Target,
    who: tuple[str, str] | None = None,
    size: tuple[int, int] = (120, 40),
    lang: str = "en",
    **more: Any,
) -> AsyncIterator[Till]:
    """A till with a job's screen, opened from home by whose job it is, or by somebody else."""
    usual = (ACCOUNTANT, ACCOUNTANT_PIN) if target in _OF_THE_ACCOUNTANT else (KEEPER, KEEPER_PIN)
    async with running(engine, log, *(who or usual), size=size, lang=lang, **more) as till:
        await till.until_screen(HomeScreen)
        await go_to(till, target)
        yield till


async def go_to(till: Till, target: Target) -> None:
    """Open a job's screen and wait until it has read what it shows."""
    await till.app.navigator.go_to(target)

    def is_read() -> bool:
        screen = till.app.screen
        if not isinstance(screen, JobScreen) or not screen.is_mounted:
            return False
        return screen.notice is None or screen.notice.text.msgid != "One moment …"

    await till.until(is_read)


def rows_of(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    """What stands in the books."""
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


async def press(till: Till, *names: str) -> None:
    """Press keys and wait until what they began is done."""
    till.keys(*names)
    await till.idle()


async def typed(till: Till, *values: str) -> None:
    """Fill fields in by a hand: a day that comes as fast as a scan is taken for one."""
    for value in values:
        till.keys(*value)
        till.by_a_hand()
        await press(till, "enter")


async def filled(till: Till, *values: str) -> None:
    """Fill a dialog in until it is accepted."""
    await till.until_screen(FormDialog)
    dialog = till.app.screen
    await typed(till, *values)
    await till.until(lambda: till.app.screen is not dialog)
