"""A running till and hands to use it: keys in a row, as a scanner sends them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from settling import settled
from sqlalchemy import Engine, text
from textual import events
from textual.pilot import Pilot

from lizhi_pos.database_failures import ServerLost
from lizhi_pos.terminal.app import TillApp
from lizhi_pos.terminal.background import Background
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.shell import Settings
from lizhi_pos.terminal.widgets.form_fields import FormFields
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from towns.till import (
    CLERK,
    CLERK_PIN,
)

BY_A_HAND_S = 0.1
"""Seconds by which an Enter follows a scan when a person presses it: no scanner sends its end so late."""


class Till:
    """A running till and hands to use it."""

    def __init__(self, app: TillApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot
        self.bells = 0
        self._later = 0.0
        self._jobs = 0
        self._begin = app.work.begin
        app.bell = self._bell  # type: ignore[method-assign]
        app.work.begin = self._count  # type: ignore[method-assign]

    def _bell(self) -> None:
        self.bells += 1

    def _count(self, job: Callable[[], Any]) -> Future[Any]:
        self._jobs += 1
        return self._begin(job)

    @property
    def counter(self) -> Any:
        assert isinstance(self.app.screen, SellScreen)
        return self.app.screen.counter

    def wanted(self) -> tuple[tuple[str, int], ...]:
        """Codes and quantities on the counter."""
        basket = self.counter.basket
        return tuple((line.code, line.quantity) for line in basket.wanted) if basket else ()

    @property
    def selling(self) -> SellScreen:
        """The selling screen, also where another stands above it."""
        assert self.app.selling is not None
        return self.app.selling

    @property
    def background(self) -> Background:
        """What goes on behind the screens."""
        assert self.app._background is not None
        return self.app._background

    def keys(self, *names: str) -> None:
        """Keys in a row with no pause at all, unlike `pilot.press`."""
        for name in names:
            key = events.Key(name, name if len(name) == 1 else None)
            key.time += self._later
            self.app.post_message(key)

    def scan(self, *codes: str, end: str = "enter") -> None:
        for code in codes:
            self.keys(*code, end)

    async def fill(self, *values: str) -> None:
        """Fills one field after the other, each with its Enter."""
        for value in values:
            self.keys(*value, "enter")
            await self.idle()

    async def enter(self) -> None:
        """Enter by a hand: later than any scanner's."""
        await self.idle()
        self.by_a_hand()
        self.keys("enter")
        await self.idle()

    def by_a_hand(self) -> None:
        """Let the keys to come be as late as a person's are, as far as the till can tell."""
        self._later += BY_A_HAND_S

    async def idle(self) -> None:
        """Wait until all that was asked of the till is done and painted."""
        await settled(lambda: self._jobs, self._database_thread, self._paint)

    async def _database_thread(self) -> None:
        """Wait until the database thread is through; one whose server is lost does not even begin a job."""
        with suppress(ServerLost):
            await self.app.work.run(lambda: None)

    def _paint(self) -> bool:
        """Paint at once what the screen would paint a moment later; not of a till that was left."""
        if self.app._exit or not self.app.is_running:
            return False
        self.app.screen._on_timer_update()
        return True

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not what():
                await asyncio.sleep(0.01)
        await self.idle()

    async def until_screen(self, kind: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, kind))

    def form_shown(self) -> str:
        """The fields of the present screen, as text."""
        return str(self.app.screen.query_one(FormFields).render())

    def shown(self, part: str) -> str:
        lines = self.app.screen.query_one(part, PaintedLines)
        text = lines.render().plain
        # a notice that needs more than one line is one sentence all the same
        return " ".join(line.strip() for line in text.splitlines()) if part == "#notice" else text


@asynccontextmanager
async def running(
    engine: Engine,
    log: Path,
    name: str = CLERK,
    pin: str = CLERK_PIN,
    size: tuple[int, int] = (80, 24),
    **more: Any,
) -> AsyncIterator[Till]:
    """A till on a screen of this size; `more` are its other settings."""
    given = {"lang": "en", "operator": name, "pin": pin, **more}
    app = TillApp(Settings(open_engine=lambda: engine, log=lambda: log, **given))
    try:
        async with app.run_test(size=size) as pilot:
            yield Till(app, pilot)
    finally:
        app.finish()


@asynccontextmanager
async def selling(engine: Engine, log: Path, size: tuple[int, int] = (80, 24), **more: Any) -> AsyncIterator[Till]:
    async with running(engine, log, size=size, **more) as till:
        await till.until(lambda: isinstance(till.app.screen, SellScreen) and till.app.screen.counter.opened is not None)
        yield till


def sold(engine: Engine) -> list[tuple[str, str, int]]:
    with engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT r.booklet, p.code, l.quantity FROM redemption r "
                "JOIN redemption_line l USING (town_id, redemption_id) JOIN product p USING (town_id, product_id) "
                "ORDER BY r.receipt, l.line"
            )
        )
        return [tuple(row) for row in rows]
