"""Signing in, opening the session, asking, printing: the screens around the sale, and how it looks."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, text
from till_hands import running, selling, sold

from lizhi_pos.db import transaction
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from stopped_clock import StoppedClock
from towns.till import (
    ADMIN,
    ADMIN_PIN,
    CLERK,
    CLERK_PIN,
    RICE,
    SALT,
    SCARCE,
    SOAP,
    SOON,
    SUPERVISOR,
    SUPERVISOR_PIN,
    VINEGAR,
    build_town,
)


async def test_f8_asks_and_a_scan_is_no_answer(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("f8")
        await till.until_screen(Confirm)
        till.scan("DT0012")
        await till.idle()
        assert isinstance(till.app.screen, Confirm)
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert till.counter.has_lines
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.basket is None)


async def test_wrong_pin_then_right_one(town: Engine, log: Path) -> None:
    async with running(town, log, "", "") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        await till.fill("1", "999999")
        await till.until(lambda: "not right" in till.shown("#message"))
        assert "•" not in till.form_shown()
        await till.fill(CLERK_PIN)
        await till.until_screen(SellScreen)


async def test_scans_are_no_names_and_no_pins(town: Engine, log: Path) -> None:
    async with running(town, log, "", "") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        before = till.form_shown()
        till.scan(SALT, "GZ0012", SOAP)
        await till.idle()
        assert till.form_shown() == before
        assert till.bells == 3
        with transaction(town) as tx:
            assert tx.value(text("SELECT max(wrong_pins) FROM app_user")) == 0


async def test_a_supervisor_sees_what_waits_and_does_not_sell(town: Engine, log: Path) -> None:
    async with running(town, log, SUPERVISOR, SUPERVISOR_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.until(lambda: "points outstanding" in till.shown("#coverage"))
        assert "sell" not in till.shown("#middle")


@pytest.mark.parametrize("redemption_day", [True, False])
async def test_opening_the_session(sqlite_engine: Engine, log: Path, redemption_day: bool) -> None:
    build_town(sqlite_engine, redemption_day=redemption_day, open_it=False)
    async with running(sqlite_engine, log, ADMIN, ADMIN_PIN) as till:
        await till.until_screen(OpenSessionScreen)
        if not redemption_day:
            till.keys("enter")
            await till.until_screen(FormDialog)
            await till.fill("test", SUPERVISOR, "111111")
            await till.until(lambda: "not right" in till.shown("#message"))
            await till.fill(SUPERVISOR_PIN)
        else:
            till.keys("enter")
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.opened is not None)
        till.scan("GZ0012", SALT)
        await till.enter()
        assert sold(sqlite_engine) == [("GZ0012", SALT, 1)]


async def test_another_clerk_goes_on_with_the_same_basket(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("f12")
        await till.until_screen(SignIn)
        till.scan(SOAP)
        await till.idle()
        assert till.bells == 1
        till.keys("escape")
        await till.idle()
        await till.fill(ADMIN, ADMIN_PIN)
        await till.until_screen(SellScreen)
        till.scan(SOON)
        await till.enter()
        assert [code for _, code, _ in sold(town)] == [SALT, SOON]
        assert till.counter.last.redemption.clerk == ADMIN


async def test_sign_out_and_in_again(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("f10")
        await till.until_screen(HomeScreen)
        till.keys("f12")
        await till.until(lambda: isinstance(till.app.screen, SignIn) and not till.app.screen.locked)
        await till.fill(CLERK, CLERK_PIN)
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.opened is not None)
        till.scan("GZ0012", SOON)
        await till.enter()
        assert sold(town) == [("GZ0012", SOON, 1)]


@pytest.mark.parametrize(("size", "big"), [((80, 24), False), ((120, 40), True)])
async def test_figures_are_big_where_there_is_room(town: Engine, log: Path, size: tuple[int, int], big: bool) -> None:
    async with selling(town, log, size) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        assert ("█" in till.shown("#totals")) is big
        assert ("597.50" in till.shown("#totals")) is not big
        assert CLERK in till.shown("#header")
        for part in ("#header", "#household", "#middle", "#notice", "#keys"):
            lines = till.app.screen.query_one(part, PaintedLines)
            assert all(line.cell_length <= lines.size.width for line in lines.render().split())


async def test_more_lines_than_fit_keep_the_marked_one_in_sight(town: Engine, log: Path) -> None:
    async with selling(town, log, (80, 14)) as till:
        till.scan("GZ0012", SALT, VINEGAR, SOAP, RICE, SOON, SCARCE)
        await till.idle()
        assert "食用油" in till.shown("#middle")
        assert "海星" not in till.shown("#middle")
        till.keys("pageup")
        await till.idle()
        assert "海星" in till.shown("#middle")


async def test_a_failure_is_one_sentence_and_the_till_goes_on(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        service = till.counter.opened.service
        real = service.serve
        monkeypatch.setattr(service, "serve", lambda *given: 1 // 0)
        till.scan("GZ0012")
        await till.idle()
        assert "The machine failed" in till.shown("#notice")
        assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
        monkeypatch.setattr(service, "serve", real)
        till.scan("GZ0012", SALT)
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]


async def test_a_slow_answer_is_waited_for_in_words_that_go_again(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        service, answer = till.counter.opened.service, Event()
        real = service.serve

        def slow(*given: Any) -> Any:
            answer.wait(10)
            return real(*given)

        monkeypatch.setattr(service, "serve", slow)
        till.scan("GZ0012")
        while "One moment" not in till.shown("#notice"):
            await till.pilot.pause(0.02)
        answer.set()
        await till.until(lambda: till.counter.basket is not None)
        assert till.shown("#notice") == ""


async def test_a_refusal_follows_the_language(town: Engine, log: Path) -> None:
    async with running(town, log, "", "") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        await till.fill("1", "999999")
        await till.until(lambda: "not right" in till.shown("#message"))
        till.keys("f5")
        await till.until(lambda: "不对" in till.shown("#message"))
        assert "密码" in till.form_shown()


async def test_the_language_changes_where_nobody_sells(town: Engine, log: Path) -> None:
    async with running(town, log, SUPERVISOR, SUPERVISOR_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.until(lambda: "points outstanding" in till.shown("#coverage"))
        till.keys("f5")
        await till.until(lambda: "未兑积分" in till.shown("#coverage"))


async def test_the_receipt_comes_on_the_screen_printer(town: Engine, log: Path) -> None:
    with transaction(town) as tx:
        add_printer(tx, name="screen", profile="generic-58", device="screen:")
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.until(lambda: bool(till.counter.paper))
        assert "海星加碘盐" in till.counter.paper
        assert "大同镇文明积分" in till.shown("#middle")


async def test_a_session_left_open_is_closed_first(town: Engine, log: Path) -> None:
    with town.begin() as connection:
        connection.execute(text("UPDATE market_session SET on_date = '2026-01-05'"))
    async with running(town, log) as till:
        await till.until_screen(OpenSessionScreen)
        first = till.app.screen
        till.keys("enter")
        await till.until(lambda: isinstance(till.app.screen, OpenSessionScreen) and till.app.screen is not first)
        till.keys("enter")
        await till.until_screen(SellScreen)


async def test_leaving_with_goods_asks(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        till.keys("ctrl+q")
        await till.until_screen(Confirm)
        till.keys("escape")
        await till.until_screen(SellScreen)
        till.keys("ctrl+q")
        await till.until_screen(Confirm)
        till.keys("ctrl+q")
        await till.until(lambda: till.app._exit)


async def test_a_clock_that_disagrees_with_the_books_is_said_at_every_start_and_asks_for_a_second_person(
    stopped_sqlite: Engine, clock: StoppedClock, log: Path
) -> None:
    build_town(stopped_sqlite, open_it=False)
    clock.forward(9 * 24 * 60)
    said = "2024-05-07, 9 days after the last moment recorded (2024-04-28)"
    for _start in range(2):
        async with running(stopped_sqlite, log, "", "") as till:
            await till.until_screen(SignIn)
            await till.until(lambda: said in " ".join(till.shown("#message").split()))
    async with running(stopped_sqlite, log, ADMIN, ADMIN_PIN) as till:
        await till.until_screen(OpenSessionScreen)
        first = till.app.screen.query(PaintedLines).first()
        assert said in " ".join(first.render().plain.split())
        till.keys("enter")
        await till.until_screen(FormDialog)
        await till.fill("test", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(SellScreen)
