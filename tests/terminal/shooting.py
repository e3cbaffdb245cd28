"""A till in Chinese whose screens are compared, and what happened in its town before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from screen_shots import NOTHING_BY_ITSELF, Shots
from sqlalchemy import Engine
from till_hands import Till, running

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import message, unwrap
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.till.service import TillService
from stopped_clock import MARKET_DAY, StoppedClock
from towns.till import CLERK, RICE, SALT, SOAP, SOON, VINEGAR, basket_of


@asynccontextmanager
async def shooting(engine: Engine, log: Path, **start: Any) -> AsyncIterator[Shots]:
    """A till in Chinese whose screens are compared; at its end every difference is said at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR", raising=False)
        async with running(engine, log, lang="zh", pauses=NOTHING_BY_ITSELF, **start) as till:
            shots = Shots(till)
            yield shots
        assert not shots.differ, "\n\n".join(shots.differ)


@asynccontextmanager
async def selling(engine: Engine, log: Path) -> AsyncIterator[Shots]:
    async with shooting(engine, log) as shots:
        till = shots.till
        await till.until(lambda: isinstance(till.app.screen, SellScreen) and till.counter.opened is not None)
        yield shots


async def scanned(till: Till, *codes: str) -> None:
    till.scan(*codes)
    await till.idle()
    await till.counter.autosave.settled()
    await till.idle()


def redeem(engine: Engine, booklet: str, *goods: tuple[str, int], at: str = "") -> None:
    """A household came and went."""
    answer = TillService(engine).redeem(basket_of(booklet, *goods, key=f"{booklet}{at}"), Operator(CLERK, "clerk"))
    unwrap(answer)


def morning(engine: Engine, clock: StoppedClock) -> None:
    """Eight households of five villages between half past eight and half past eleven."""
    visits = (
        (-65, "GZ0012", (SALT, 4)),
        (-60, "TQ0007", (SOAP, 9)),
        (-30, "DT0012", (VINEGAR, 3)),
        (5, "MZ0021", (RICE, 2)),
        (10, "HP0101", (RICE, 1)),
        (12, "TQ0011", (RICE, 2)),
        (65, "DT0037", (SOON, 3)),
        (70, "GZ0013", (SOON, 1)),
    )
    for minutes, booklet, goods in visits:
        clock.moment = MARKET_DAY
        clock.forward(minutes)
        redeem(engine, booklet, goods)


def wait_for_paper(engine: Engine, clock: StoppedClock) -> None:
    """Three papers that are not out: one perhaps printed, one failed, one waiting."""
    redeem(engine, "GZ0012", (SALT, 2))
    clock.forward(9)
    with transaction(engine) as tx:
        (receipt,) = print_jobs.waiting(tx)
        print_jobs.claim(tx, receipt.id, printer="柜台", owner="gone")
        print_jobs.recover(tx)
        label = print_jobs.enqueue(tx, kind="label", document=b'{"code": "6901234567892"}')
        print_jobs.fail(tx, label, message("This paper cannot be printed: {0}", "示例"))
    clock.forward(2)
    redeem(engine, "DT0037", (SALT, 1))
