"""Home and what it leads to: roles, the chart, closing, paper to decide about, training, the palette, the lock."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from till_hands import Till, running, selling, sold

from lizhi_pos.access.operators import Operator, add_user
from lizhi_pos.db import transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.help import Help
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.town.settings import set_town_setting, settings
from towns.till import ADMIN, ADMIN_PIN, CLERK, CLERK_PIN, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN, VINEGAR, build_town


async def go_home(till: Till) -> None:
    till.keys("f10")
    await till.until_screen(HomeScreen)
    await till.until(lambda: "training" in till.shown("#middle"))


async def choose(till: Till, label: str) -> None:
    """Types the number of a row and its Enter."""
    rows = till.shown("#middle").splitlines()
    (row,) = [row for row in rows if label in row]
    till.scan(row.strip(" ▸").split()[0])
    await till.idle()


async def test_home_shows_the_day_and_leads_back_with_the_basket(town: Engine, log: Path) -> None:
    async with selling(town, log, (120, 40)) as till:
        till.scan("GZ0012", SALT, SALT)
        await till.enter()
        till.scan("DT0012", SOAP)
        await till.idle()
        await go_home(till)
        opened = till.selling.counter.opened
        assert opened is not None
        now = datetime.now(opened.shop.zone)
        assert f"{now.hour:02}:{now.minute // 30 * 30:02}" in till.shown("#chart")
        assert "5.00" in till.shown("#chart")
        assert "古镇社区" in till.shown("#chart")
        till.scan(SALT)
        await till.idle()
        assert till.bells == 1
        await choose(till, "sell")
        await till.until_screen(SellScreen)
        assert [line.goods.code for line in till.counter.basket.lines] == [SOAP]


@pytest.mark.parametrize(
    ("name", "pin", "sees", "sees_not"),
    [
        (SUPERVISOR, SUPERVISOR_PIN, "points outstanding", "training"),
        (ADMIN, ADMIN_PIN, "points outstanding", "nothing"),
        (CLERK, CLERK_PIN, "training", "points outstanding"),
    ],
)
async def test_roles_decide_what_shows(town: Engine, log: Path, name: str, pin: str, sees: str, sees_not: str) -> None:
    async with running(town, log, name, pin) as till:
        await till.until(lambda: isinstance(till.app.screen, SellScreen | HomeScreen))
        if isinstance(till.app.screen, SellScreen):
            await till.until(lambda: till.counter.opened is not None)
            till.keys("f10")
            await till.until_screen(HomeScreen)

        def shown() -> str:
            return till.shown("#middle") + till.shown("#coverage")

        await till.until(lambda: sees in shown())
        assert sees_not not in shown()


async def test_closing_counts_and_prints_the_days_slip(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, SALT)
        await till.enter()
        await go_home(till)
        await choose(till, "close the session")
        await till.until_screen(CloseSessionScreen)
        await till.until(lambda: "Chain head" in till.shown("#middle"))
        assert "1-" in till.shown("#middle")
        assert "5.00" in till.shown("#middle")
        till.keys("f10")
        await till.until_screen(Confirm)
        till.keys("f10")
        await till.until(
            lambda: isinstance(till.app.screen, CloseSessionScreen) and "is closed" in till.shown("#notice")
        )
        with transaction(town) as tx:
            assert [job.kind for job in print_jobs.queue(tx)] == ["receipt", "day"]
        till.keys("escape")
        await till.until_screen(OpenSessionScreen)


async def test_open_baskets_block_closing_until_they_are_forgotten(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await till.counter.autosave.settled()
        await go_home(till)
        await choose(till, "close the session")
        await till.until_screen(CloseSessionScreen)
        await till.until(lambda: "on the counter of till 1" in till.shown("#middle"))
        till.keys("f10")
        await till.idle()
        assert isinstance(till.app.screen, CloseSessionScreen)
        assert till.bells == 1
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until(
            lambda: isinstance(till.app.screen, CloseSessionScreen) and "is closed" in till.shown("#notice")
        )
        assert sold(town) == []


async def test_a_person_decides_about_paper(town: Engine, log: Path) -> None:
    with transaction(town) as tx:
        first, second, third = (print_jobs.enqueue(tx, kind="label", document=b'{"code": "%d"}' % n) for n in range(3))
        print_jobs.claim(tx, first, printer="示例", owner="gone")
        print_jobs.recover(tx)
    async with selling(town, log) as till:
        await go_home(till)
        assert "paper, 1 to decide" in till.shown("#middle")
        await choose(till, "to decide")
        await till.until_screen(PrintQueueScreen)
        await till.until(lambda: "perhaps printed" in till.shown("#middle"))
        till.keys("f8")
        await till.until(lambda: "perhaps printed" not in till.shown("#middle"))
        till.keys("f9")
        await till.until_screen(Confirm)
        till.keys("f9")
        await till.until(
            lambda: isinstance(till.app.screen, PrintQueueScreen) and "Nothing waits" in till.shown("#middle")
        )
    with transaction(town) as tx:
        states = {job.state for job in print_jobs.jobs(tx, [first, second, third])}
    assert states == {"abandoned"}


async def test_training_judges_and_keeps_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await go_home(till)
        await choose(till, "training")
        await till.until_screen(TrainingScreen)
        await till.until(lambda: till.counter.opened is not None)
        assert "TRAINING" in till.shown("#header")
        till.scan("GZ0012", SALT, VINEGAR)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        till.keys("f3")
        await till.until(lambda: till.counter.basket is not None)
        await till.enter()
        assert "训练-0001" in till.shown("#middle")
        till.scan("GZ0015")
        await till.idle()
        assert "✘ may not redeem" in till.shown("#household")
        till.scan("GZ0013", f"9*{VINEGAR}")
        await till.enter()
        assert "not redeemed" in till.shown("#household")
        till.keys("f7", "f9", "f10")
        await till.until_screen(HomeScreen)
    assert sold(town) == []
    with transaction(town) as tx:
        assert tx.value(text("SELECT count(*) FROM basket")) == 0
        assert tx.value(text("SELECT count(*) FROM print_job")) == 0
        assert verify(tx).ok


async def test_training_before_the_session_is_open(sqlite_engine: Engine, log: Path) -> None:
    build_town(sqlite_engine, redemption_day=False, open_it=False)
    async with running(sqlite_engine, log) as till:
        await till.until_screen(OpenSessionScreen)
        await go_home(till)
        await choose(till, "training")
        await till.until_screen(TrainingScreen)
        await till.until(lambda: till.counter.opened is not None)
        till.scan("GZ0012", SALT)
        await till.enter()
        assert "训练-0001" in till.shown("#middle")
    with transaction(sqlite_engine) as tx:
        assert tx.value(text("SELECT count(*) FROM market_session")) == 0


async def test_the_palette_finds_by_letters_and_a_scan_rings(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("ctrl+p")
        await till.until_screen(Palette)
        till.scan(SALT)
        await till.idle()
        assert till.bells == 1
        assert isinstance(till.app.screen, Palette)
        till.scan("today")
        await till.until_screen(ReceiptsScreen)


async def test_help_lists_the_keys_of_the_screen_it_is_asked_on(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await go_home(till)
        till.keys("f1")
        await till.until_screen(Help)
        assert "sign out" in str(till.app.screen.query_one("PaintedLines").render())


async def test_an_idle_till_locks_itself_and_keeps_its_basket(town: Engine, log: Path) -> None:
    with transaction(town) as tx:
        assert set_town_setting(tx, "lock-after", "2", Operator(ADMIN, "admin")) is None
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        background = till.app._background
        assert background is not None
        assert background._lock_after == 120
        background._last_key -= 121
        await background._look()
        await till.until_screen(SignIn)
        assert "locked" in till.shown("PaintedLines.auto")
        await till.fill(CLERK_PIN)
        await till.until_screen(SellScreen)
        assert till.counter.has_lines


async def test_a_colleagues_number_on_the_lock_burns_no_try(town: Engine, log: Path) -> None:
    def tries() -> int:
        with town.begin() as connection:
            return int(connection.execute(text("SELECT SUM(wrong_pins) FROM app_user")).scalar_one())

    with transaction(town) as tx:
        unwrap(add_user(tx, "示例同事", "clerk", "864201"))
    async with selling(town, log) as till:
        till.keys("f12")
        await till.until_screen(SignIn)
        screen = till.app.screen
        assert isinstance(screen, SignIn)
        await till.until(lambda: bool(screen._names))
        names = screen._names
        await till.fill(str(names.index("示例同事") + 1))
        assert "示例同事" in till.form_shown().splitlines()[-2]
        await till.fill("7")
        assert "nothing was tried" in till.shown("#message")
        assert tries() == 0
        await till.fill("864201")
        await till.until_screen(SellScreen)
        assert till.app.signed_in_name == "示例同事"
        assert tries() == 0


async def test_colours_are_remembered_by_the_till(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("f11")
        await till.until(lambda: till.app.theme == "lizhi-dark")
        await till.idle()
    with transaction(town) as tx:
        assert settings(tx, "1")["theme"] == "dark"
        assert settings(tx, "2")["theme"] == "light"
    async with selling(town, log) as till:
        await till.until(lambda: till.app.theme == "lizhi-dark")


async def test_the_language_changes_at_a_key(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("f5")
        await till.until(lambda: "可兑换" in till.shown("#household"))
        assert "首页" in till.shown("#keys")
        till.keys("f5")
        await till.until(lambda: "may redeem" in till.shown("#household"))


async def test_a_supervisor_who_unlocks_leaves_the_basket_to_the_next_clerk(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("f12")
        await till.until_screen(SignIn)
        till.keys("escape")
        await till.idle()
        await till.fill(SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(HomeScreen)
        till.keys("f12")
        await till.until_screen(SignIn)
        await till.fill(CLERK, CLERK_PIN)
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.opened is not None)
        assert [line.goods.code for line in till.counter.basket.lines] == [SALT]
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]
