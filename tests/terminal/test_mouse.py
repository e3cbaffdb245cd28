"""The mouse: a click marks a row, another one does what Enter does."""

from pathlib import Path

from mouse_hands import click, click_at, go_home, place, wheel
from sqlalchemy import Engine
from till_hands import Till, running, selling, sold

from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.db import transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.help import Help
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.terminal.widgets.scan_field import ScanField
from towns.till import ADMIN, ADMIN_PIN, CLERK, CLERK_PIN, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN, VINEGAR, build_town

NAMES = {SALT: "海星加碘盐", VINEGAR: "恒顺香醋", SOAP: "舒肤佳香皂"}


def list_screen(till: Till) -> ListScreen:
    assert isinstance(till.app.screen, ListScreen)
    return till.app.screen


def enqueue(town: Engine, count: int) -> None:
    with transaction(town) as tx:
        for n in range(count):
            print_jobs.enqueue(tx, kind="label", document=b'{"code": "%d"}' % n)


async def test_a_line_of_the_basket_is_marked_and_never_redeemed(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR, SOAP)
        await till.idle()
        await click(till, NAMES[SALT])
        assert till.counter.basket.marked == 0
        for _ in range(2):
            await till.pilot.pause(0.15)
            await click(till, NAMES[SALT])
        assert sold(town) == []
        assert till.bells == 0
        till.keys("+")
        await till.idle()
        assert dict(till.wanted()) == {SALT: 2, VINEGAR: 1, SOAP: 1}
        await wheel(till, NAMES[SALT], 2)
        assert till.counter.basket.marked == 2
        await wheel(till, NAMES[SALT], -1)
        assert till.counter.basket.marked == 1


async def test_the_note_of_a_line_belongs_to_it(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", "6901028075831", SALT)
        await till.idle()
        await click(till, "until")
        assert till.counter.basket.marked == 0


async def test_a_household_is_chosen_from_a_list(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys(*"zjg", "enter")
        await till.idle()
        await till.pilot.pause(0.1)
        await click(till, "GZ0012")
        assert till.counter.pick_list.marked == 1
        assert not till.counter.basket
        await click(till, "GZ0012")
        assert till.counter.basket.household.booklet == "GZ0012"
        till.scan(SALT)
        await till.idle()
        assert till.wanted() == ((SALT, 1),)


async def test_what_grows_while_typing_can_be_clicked(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for sign in "zhangj":
            till.keys(sign)
            await till.idle()
        await till.until(lambda: till.counter.growing is not None and till.counter.growing.text == "zhangj")
        await click(till, "GZ0012")
        assert till.counter.growing.pick_list.marked == 1
        await click(till, "GZ0012")
        assert till.counter.basket.household.booklet == "GZ0012"
        assert till.app.screen.query_one(ScanField).text == ""


async def test_home_leads_on(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await go_home(till)
        await click(till, "training")
        assert till.shown("#middle").splitlines()[list_screen(till).marked + 1].startswith("▸  5")
        await click(till, "training")
        await till.until_screen(TrainingScreen)


async def test_receipts_and_their_lines(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for booklet, goods in (("GZ0012", (SALT, VINEGAR)), ("DT0037", (SALT,))):
            till.scan(booklet, *goods)
            await till.enter()
        await click(till, "F9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "张建国" in till.shown("#middle"))
        await click(till, "张建国")
        assert list_screen(till).marked_row == 1
        assert "恒顺香醋" not in till.shown("#middle")
        await click(till, "张建国")
        await till.until(lambda: "恒顺香醋" in till.shown("#middle"))
        assert list_screen(till).marked_row == 0
        await click(till, "恒顺香醋")
        assert list_screen(till).marked_row == 1
        await click(till, "恒顺香醋")
        await wheel(till, "恒顺香醋", -1)
        assert list_screen(till).marked_row == 0
        await click(till, "F6 return")
        await till.until_screen(FormDialog)
        await click(till, "Esc")
        await till.until_screen(ReceiptsScreen)


async def test_paper_that_waits(town: Engine, log: Path) -> None:
    enqueue(town, 3)
    async with selling(town, log) as till:
        await go_home(till)
        await click(till, "paper that waits")
        await click(till, "paper that waits")
        await till.until_screen(PrintQueueScreen)
        await till.until(lambda: till.shown("#middle").count("waits") == 3)
        column, row = place(till, "  3 ")
        await click_at(till, column + 30, row)
        assert list_screen(till).marked == 2
        await wheel(till, "  3 ", -1)
        assert list_screen(till).marked == 1
        await click(till, "F9")
        await till.until_screen(Confirm)
        await click(till, "F9 again")
        await till.until(lambda: isinstance(till.app.screen, PrintQueueScreen) and "Nothing" in till.shown("#middle"))


async def test_villages_of_a_session_move_under_the_wheel(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for booklet in ("GZ0012", "DT0037"):
            till.scan(booklet, SALT)
            await till.enter()
        await go_home(till)
        till.scan("4")
        await till.until_screen(CloseSessionScreen)
        await till.until(lambda: "大同社区" in till.shown("#middle"))
        villages = sorted(("大同社区", "古镇社区"), key=lambda name: place(till, name)[1])
        await click(till, villages[1])
        assert list_screen(till).marked == 1
        await wheel(till, villages[1], -1)
        assert list_screen(till).marked == 0
        await click(till, villages[0])
        assert isinstance(till.app.screen, CloseSessionScreen)


async def test_a_list_that_is_busy_rings(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await go_home(till)
        screen = list_screen(till)
        screen._busy = True
        await click(till, "▸")
        assert till.bells == 1
        screen._busy = False


async def test_what_one_may_do_is_found(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("ctrl+p")
        await till.until_screen(Palette)
        await click(till, "what waits, the day")
        assert isinstance(till.app.screen, Palette)
        await click(till, "what waits, the day")
        await till.until_screen(HomeScreen)
        till.keys("ctrl+p")
        await till.until_screen(Palette)
        await wheel(till, "back", 2)
        assert "▸  3" in till.shown("PaintedLines")
        await click(till, "Esc: leave")
        await till.until_screen(HomeScreen)


async def test_a_name_is_clicked_and_the_pin_typed(town: Engine, log: Path) -> None:
    async with running(town, log, name="", pin="") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        await click(till, SUPERVISOR)
        assert f"> {SUPERVISOR}" not in till.form_shown()
        assert SUPERVISOR in till.form_shown().splitlines()[1]
        await click(till, "Name, or number")
        assert f"> {SUPERVISOR}" in till.form_shown()
        await click(till, "PIN")
        await till.fill("1357")
        await click(till, CLERK)
        await till.fill(CLERK_PIN)
        await till.until_screen(SellScreen)
        assert till.app.signed_in_name == CLERK


async def test_another_name_takes_the_pin_that_was_typed_away(town: Engine, log: Path) -> None:
    async with running(town, log, name="", pin="") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        await click(till, CLERK)
        till.keys(*CLERK_PIN)
        await till.idle()
        await click(till, SUPERVISOR)
        assert "•" not in till.form_shown()
        assert "✘" not in till.shown("#message")
        assert till.bells == 0


async def test_an_approval_with_the_mouse(sqlite_engine: Engine, log: Path) -> None:
    build_town(sqlite_engine, redemption_day=False, open_it=False)
    async with running(sqlite_engine, log, ADMIN, ADMIN_PIN) as till:
        await till.until_screen(OpenSessionScreen)
        await click(till, "Enter asks for them")
        await till.until_screen(FormDialog)
        till.keys(*"示例")
        await till.idle()
        await click(till, "Enter: next")
        await click(till, SUPERVISOR)
        till.keys(*SUPERVISOR_PIN)
        await till.pilot.pause(0.1)
        await click(till, "Enter: next")
        await till.until_screen(SellScreen)
    assert opened(sqlite_engine) == (ADMIN, SUPERVISOR, "示例")


async def test_the_day_is_opened_with_the_mouse(sqlite_engine: Engine, log: Path) -> None:
    build_town(sqlite_engine, open_it=False)
    async with running(sqlite_engine, log, ADMIN, ADMIN_PIN) as till:
        await till.until_screen(OpenSessionScreen)
        await click(till, "Enter opens it")
        await till.until_screen(SellScreen)
    assert opened(sqlite_engine) == (ADMIN, None, "")


def opened(town: Engine) -> tuple[str, str | None, str] | None:
    """Who opened the session, who approved it, and why."""
    with transaction(town) as tx:
        now = open_session_now(tx)
    return (now.opened_by, now.approved_by, now.reason) if now else None


async def test_help_is_turned_and_closed(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await click(till, "F1 ")
        await till.until_screen(Help)
        assert "What the field takes" in till.shown("PaintedLines")
        await click(till, "F1: the keys")
        assert "Basket" in till.shown("PaintedLines")
        await click(till, "Esc closes this")
        await till.until_screen(SellScreen)


async def test_a_question_is_answered(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await click(till, "F8")
        await till.until_screen(Confirm)
        await click(till, "Esc: no")
        await till.until_screen(SellScreen)
        assert till.wanted() == ((SALT, 1),)
        await click(till, "F8")
        await till.until_screen(Confirm)
        await click(till, "F8 again")
        await till.until(lambda: isinstance(till.app.screen, SellScreen) and till.counter.basket is None)


async def test_other_buttons_do_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR)
        await till.idle()
        for button in (2, 3):
            await click(till, NAMES[SALT], button)
            await click(till, "F10", button)
        assert till.counter.basket.marked == 1


async def test_a_scan_lands_where_it_did_wherever_was_clicked_before(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR)
        await till.idle()
        for row in range(23):
            for column in (0, 11, 40, 79):
                await click_at(till, column, row)
        till.scan(SOAP)
        await till.idle()
        assert dict(till.wanted()) == {SALT: 1, VINEGAR: 1, SOAP: 1}
        assert isinstance(till.app.focused, ScanField)


async def test_a_dialog_keeps_its_field_wherever_was_clicked(town: Engine, log: Path) -> None:
    async with running(town, log, name="", pin="") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        column, row = place(till, "PIN")
        await click_at(till, column + 30, row)
        for corner in ((0, 0), (79, 0), (0, 20), (40, 3), (79, 22)):
            await click_at(till, *corner)
        till.keys(*"1357")
        await till.idle()
        assert "> ••••" in till.form_shown()
