"""Past midnight with the session of the day before still open: the till says so, and offers what the rules allow."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from till_hands import Till, running, selling

from lizhi_pos.access.operators import Operator
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import unwrap
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from stopped_clock import StoppedClock
from towns.till import CLERK, CLERK_PIN, SALT, SOAP, SUPERVISOR_PIN, VINEGAR, build_town

DAY = date(2024, 4, 28)


@pytest.fixture
def open_town(stopped_sqlite: Engine) -> Engine:
    build_town(stopped_sqlite)
    return stopped_sqlite


def midnight(clock: StoppedClock) -> None:
    """Fifteen hours later it is the next day."""
    clock.forward(15 * 60)


def days(engine: Engine) -> list[tuple[date, str | None]]:
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT on_date, approved_by FROM redemption ORDER BY recorded_at"))
        return [(date.fromisoformat(str(row[0])), row[1]) for row in rows]


async def passes(till: Till, clock: StoppedClock) -> None:
    midnight(clock)
    till.app.screen.look_at_the_clock()  # type: ignore[attr-defined]
    await till.idle()


async def approve(till: Till) -> None:
    await till.until_screen(FormDialog)
    await till.fill("过了半夜才兑完", "1", SUPERVISOR_PIN)
    await till.until_screen(SellScreen)
    await till.idle()


async def look_at_closing(till: Till) -> None:
    """Go from the counter by way of home to what the session came to."""
    till.keys("f10")
    await till.until_screen(HomeScreen)
    await till.until(lambda: "04-28" in till.shown("#middle"))
    till.scan("4")
    await till.until_screen(CloseSessionScreen)
    await till.until(lambda: "Chain head" in till.shown("#middle"))


async def redeem_with_approval(till: Till) -> None:
    """Redeem what lies on the counter, which past midnight needs a second person."""
    await till.enter()
    await approve(till)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_till_says_that_it_is_past_midnight(
    open_town: Engine, log: Path, clock: StoppedClock, lang: str
) -> None:
    async with selling(open_town, log, lang=lang) as till:
        said = "past midnight" if lang == "en" else "已过半夜"
        assert said not in till.shown("#header") + till.shown("#household")
        await passes(till, clock)
        assert said in till.shown("#header")
        assert said in till.shown("#household")
        assert "04-28" in till.shown("#household")
        till.scan("GZ0012")
        await till.idle()
        assert said in till.shown("#household")


async def test_a_basket_is_finished_for_its_day_by_a_second_person(
    open_town: Engine, log: Path, clock: StoppedClock
) -> None:
    async with selling(open_town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await passes(till, clock)
        till.scan(SOAP)
        await till.enter()
        await till.until_screen(FormDialog)
        heading = till.app.screen._heading  # type: ignore[attr-defined]
        assert "past midnight" in heading.msgid
        assert "2024-04-28" in heading.args
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert days(open_town) == []
        assert till.wanted() == ((SALT, 1), (SOAP, 1))
        await redeem_with_approval(till)
        assert days(open_town) == [(DAY, "监督员")]
        assert till.counter.basket is None


async def test_the_session_is_closed_from_home_and_the_new_day_begins(
    open_town: Engine, log: Path, clock: StoppedClock
) -> None:
    async with selling(open_town, log) as till:
        await passes(till, clock)
        await look_at_closing(till)
        till.keys("f10")
        await till.until_screen(Confirm)
        till.keys("f10")
        await till.until(
            lambda: isinstance(till.app.screen, CloseSessionScreen) and "is closed" in till.shown("#notice")
        )
        till.keys("escape")
        await till.until_screen(OpenSessionScreen)


async def test_another_till_closed_it_and_the_new_day_begins(open_town: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(open_town, log) as till:
        await passes(till, clock)
        assert isinstance(till.app.screen, SellScreen)
        unwrap(OfficeService(open_town).close_session(Operator("示例", "clerk"), DAY))
        till.app.screen.look_at_the_clock()
        await till.until_screen(OpenSessionScreen)


async def test_a_lock_past_midnight_keeps_the_basket(open_town: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(open_town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await passes(till, clock)
        till.keys("f12")
        await till.until_screen(SignIn)
        await till.fill(CLERK_PIN)
        await till.until_screen(SellScreen)
        assert till.wanted() == ((SALT, 1),)
        await redeem_with_approval(till)
        assert days(open_town) == [(DAY, "监督员")]


async def test_a_till_started_past_midnight_offers_to_finish(open_town: Engine, log: Path, clock: StoppedClock) -> None:
    async with selling(open_town, log) as till:
        till.scan("DT0012", VINEGAR)
        await till.idle()
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        till.scan("GZ0012", SALT)
        await till.idle()
        await till.counter.autosave.settled()
    midnight(clock)
    async with running(open_town, log) as till:
        await till.until_screen(OpenSessionScreen)
        shown = str(till.app.screen.query(".auto").first().render())
        assert "2024-04-28" in shown
        assert "F2" in shown
        till.keys("f2")
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.basket is not None)
        assert till.wanted() == ((SALT, 1),)
        await redeem_with_approval(till)
        till.keys("f3")
        await till.until(lambda: till.counter.basket is not None)
        await redeem_with_approval(till)
        assert days(open_town) == [(DAY, "监督员"), (DAY, "监督员")]
        unwrap(OfficeService(open_town).close_session(Operator(CLERK, "clerk"), DAY))


async def test_on_the_sessions_own_day_nothing_is_asked(open_town: Engine, log: Path) -> None:
    async with selling(open_town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        assert days(open_town) == [(DAY, None)]
        assert "midnight" not in till.shown("#header")


async def test_a_look_at_the_closing_leaves_the_counter_on_its_day(
    open_town: Engine, log: Path, clock: StoppedClock
) -> None:
    async with selling(open_town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await passes(till, clock)
        await look_at_closing(till)
        till.keys("escape")
        await till.until_screen(HomeScreen)
        till.scan("1")
        await till.until_screen(SellScreen)
        await redeem_with_approval(till)
        assert days(open_town) == [(DAY, "监督员")]
