"""The small town with a keeper and an accountant, and hands at the screens of the shelf and the stocktake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from till_hands import Till, running
from till_town import AT

from lizhi_pos.access.operators import Operator, add_user
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen

KEEPER, KEEPER_PIN = "保管示例", "232425"
ACCOUNTANT, ACCOUNTANT_PIN = "会计示例", "343536"
BY = Operator(KEEPER, "keeper")


def add_people(engine: Engine) -> None:
    """Add those who work with goods."""
    with transaction(engine) as tx:
        unwrap(add_user(tx, KEEPER, "keeper", KEEPER_PIN))
        unwrap(add_user(tx, ACCOUNTANT, "accountant", ACCOUNTANT_PIN))


def add_lot(engine: Engine, voucher: str, code: str, quantity: int, days: int | None = None, value: int = 200) -> None:
    """Receive one more lot, which keeps so many days from today."""
    with transaction(engine) as tx:
        day = today(tx)
        received = min(day, day + timedelta((days or 0) - 1))
        expires = None if days is None else day + timedelta(days)
        row = GiftRow(voucher, received, "in_kind", "示例", AT, None, code, quantity, Yuan(value), expires)
        taken = take_gifts(tx, [row], Operator(ACCOUNTANT, "accountant"))
        assert not taken.errors, taken


@asynccontextmanager
async def at_job(
    engine: Engine,
    log: Path,
    target: Target,
    who: tuple[str, str] = (KEEPER, KEEPER_PIN),
    size: tuple[int, int] = (120, 40),
    lang: str = "en",
) -> AsyncIterator[Till]:
    """A till with a job's screen, opened from home by somebody."""
    async with running(engine, log, *who, size=size, lang=lang) as till:
        await till.until_screen(HomeScreen)
        await go_to(till, target)
        yield till


async def go_to(till: Till, target: Target) -> None:
    """Open a job's screen and wait until it has read what it shows."""
    await till.app.navigator.go_to(target)

    def is_read() -> bool:
        screen = till.app.screen
        return isinstance(screen, JobScreen) and screen.is_mounted and "One moment" not in till.shown("#notice")

    await till.until(is_read)


def rows_of(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    """What stands in the books."""
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]
