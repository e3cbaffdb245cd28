"""`make pictures`: screens of the sample town, painted into the pictures of the README and the guides."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from strips_svg import picture
from textual import events
from textual.pilot import Pilot

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.till_queries import households
from lizhi_pos.clock import MachineClock
from lizhi_pos.db import reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.refusal import message
from lizhi_pos.sample.goods import CODES
from lizhi_pos.sample.history import CLERK as BY
from lizhi_pos.sample.people import ACCOUNTANT, CLERK, KEEPER, SUPERVISOR, SignIn
from lizhi_pos.sample.town import build
from lizhi_pos.terminal.app import TillApp
from lizhi_pos.terminal.screens.households.households import HouseholdsScreen
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.month_end.month import MonthEndScreen
from lizhi_pos.terminal.screens.receiving.delivery import DeliveryScreen
from lizhi_pos.terminal.screens.reports.honours import HonoursScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shelf.shelf import ShelfScreen
from lizhi_pos.terminal.screens.stocktake.counting import CountingScreen
from lizhi_pos.terminal.screens.stocktake.counts import CountsScreen
from lizhi_pos.terminal.shell import Settings
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.upgrade import upgrade

HERE = Path(__file__).parent
MORNING = datetime(2024, 4, 28, 0, 35, tzinfo=UTC)
"""08:35 in the town, on the month's redemption day."""
HOUSEHOLD = "GZ0012"
BASKET = ("2*加碘食盐", "香醋", "2*纯牛奶", "挂面", "香皂", "鲜鸡蛋")
SHOPPING = (("酿造酱油", 2), ("挂面", 1), ("洗衣粉", 1), ("毛巾", 2), ("加碘食盐", 3), ("抽纸", 1), ("牙膏", 1))


KEPT = (
    (KEEPER, "11", DeliveryScreen, "receiving.svg", "收货：扫一样，再打到期日和件数"),
    (KEEPER, "13", ShelfScreen, "shelf.svg", "货架：各批次、进出，快到期的和召回的"),
    (KEEPER, "14", CountsScreen, "stocktake.svg", "盘点：扫一下多一件"),
    (ACCOUNTANT, "17", LedgersScreen, "ledgers.svg", "台账：村和月份，到了哪一步，哪些迟了"),
    (ACCOUNTANT, "18", HouseholdsScreen, "households.svg", "农户：可不可以兑换，余额，每一笔的来处"),
    (ACCOUNTANT, "22", MonthEndScreen, "month-end.svg", "月结：检查，和各村这个月"),
    (ACCOUNTANT, "19", HonoursScreen, "honours.svg", "榜单：名次，和由哪些组成"),
)
"""The screens behind the counter: whose, the number on home, the screen, its picture."""


class PictureClock(MachineClock):
    """The pictures' own clock: it goes on only when it is told to."""

    moment = MORNING

    def now(self) -> datetime:
        return self.moment


def main() -> None:
    """Draw every picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict("os.environ", {"TERM": "xterm-256color"}),
    ):
        clock = PictureClock()
        engine = open_engine(f"sqlite:///{folder}/pictures.db", clock)
        upgrade(engine)
        build(engine, MORNING)
        _a_morning(engine, clock)
        asyncio.run(_draw(engine, Path(folder) / "till.log"))
        engine.dispose()


def _a_morning(engine: Engine, clock: PictureClock) -> None:
    """Every third household that may redeem comes by, one every few minutes."""
    with reading(engine, MORNING) as session:
        known = [h.booklet for h in households(session, MORNING.date()) if h.booklet != HOUSEHOLD]
    booklets = sorted(known, key=lambda booklet: booklet[::-1])[::3]
    for minutes, booklet, (name, quantity) in zip(range(0, 300, 6), booklets, cycle(SHOPPING), strict=False):
        clock.moment = MORNING + timedelta(minutes=minutes)
        basket = Basket(booklet=booklet, wanted=(Wanted(CODES[name], quantity),), key=booklet, till="1")
        with transaction(engine) as session:
            redeem(session, basket, Authority(BY, MORNING.date()))


async def _draw(engine: Engine, log: Path) -> None:
    async with _running(engine, log, CLERK, (90, 24)) as (app, pilot):
        while not (isinstance(app.screen, SellScreen) and app.screen.counter.opened):
            await pilot.pause(0.05)
        counter = app.screen.counter
        for entry in (HOUSEHOLD, *(_code(entry) for entry in BASKET)):
            for key in (*entry, "enter"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
        while counter.basket is None or len(counter.basket.lines) < len(BASKET):
            await pilot.pause(0.05)
        while app.printer != message("printer ✔"):
            await pilot.pause(0.05)
        await _keep(app, pilot, "till.svg", "励志超市的收银台")
    async with _running(engine, log, SUPERVISOR, (100, 24)) as (app, pilot):
        while not (app.screen.query("#coverage") and app.screen.query_one("#coverage", PaintedLines).render().plain):
            await pilot.pause(0.05)
        await _keep(app, pilot, "home.svg", "首页：待办、每半小时积分、保障")
    for who, number, kind, name, title in KEPT:
        async with _running(engine, log, who, (120, 24)) as (app, pilot):
            while not (isinstance(app.screen, HomeScreen) and app.screen.count()):
                await pilot.pause(0.05)
            for key in (*number, "enter"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            while not (isinstance(app.screen, kind) and app.screen.count()):
                await pilot.pause(0.05)
            if kind is CountsScreen:
                app.post_message(events.Key("enter", None))
                while not (isinstance(app.screen, CountingScreen) and app.screen.count()):
                    await pilot.pause(0.05)
            await pilot.pause(0.3)
            await _keep(app, pilot, name, title)


def _code(entry: str) -> str:
    times, _, name = entry.rpartition("*")
    return f"{times}*{CODES[name]}" if times else CODES[name]


@asynccontextmanager
async def _running(
    engine: Engine, log: Path, who: SignIn, size: tuple[int, int]
) -> AsyncIterator[tuple[TillApp, Pilot[Any]]]:
    settings = Settings(open_engine=lambda: engine, log=lambda: log, lang="zh", operator=who.name, pin=who.pin)
    app = TillApp(settings)
    try:
        async with app.run_test(size=size) as pilot:
            yield app, pilot
    finally:
        app.finish()


async def _keep(app: TillApp, pilot: Pilot[Any], name: str, title: str) -> None:
    await pilot.pause()
    strips = app.screen._compositor.render_strips()
    (HERE / name).write_text(picture(strips, app.size.width, title), encoding="utf-8")


if __name__ == "__main__":
    main()
