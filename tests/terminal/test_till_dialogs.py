"""The dialogs of the counter: who collects, who approves, what is printed again."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from till_hands import selling, sold

from lizhi_pos.db import transaction
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.refusal import message
from lizhi_pos.terminal.form import Field, Form
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.help import Help
from lizhi_pos.terminal.widgets.form_fields import FormFields
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from towns.till import CLERK, SALT, SUPERVISOR, SUPERVISOR_PIN


async def test_somebody_collects_for_the_household(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys("f4")
        await till.until_screen(FormDialog)
        await till.fill("李 小红", "儿媳")
        await till.until_screen(SellScreen)
        assert "李小红 (儿媳)" in till.shown("#household")
        await till.enter()
        with town.begin() as connection:
            row = connection.execute(text("SELECT proxy, relation FROM redemption")).one()
        assert tuple(row) == ("李小红", "儿媳")
        till.scan("DT0012")
        await till.idle()
        assert "李小红" not in till.shown("#household")


async def test_a_collector_has_a_relation_and_may_be_taken_back(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("f4")
        await till.idle()
        assert isinstance(till.app.screen, SellScreen)
        assert till.bells == 1
        till.scan("GZ0012")
        till.keys("f4")
        await till.until_screen(FormDialog)
        await till.fill("李小红", "")
        assert "name and relation" in till.shown("#message")
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert till.counter.basket.proxy == ("", "")
        till.keys("f4")
        await till.until_screen(FormDialog)
        await till.fill("李小红", "儿媳")
        await till.until_screen(SellScreen)
        till.keys("f4")
        await till.until_screen(FormDialog)
        till.keys("ctrl+u", "enter", "ctrl+u", "enter")
        await till.until_screen(SellScreen)
        assert till.counter.basket.proxy == ("", "")


async def test_a_scan_in_a_dialog_rings_and_leaves_no_trace(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys("f4")
        await till.until_screen(FormDialog)
        till.keys("李")
        till.scan(SALT, "DT0012")
        till.keys("ctrl+j")
        await till.idle()
        assert till.bells == 2
        await till.fill("四", "子")
        await till.until_screen(SellScreen)
        assert till.counter.basket.proxy == ("李四", "子")
        assert till.wanted() == ((SALT, 1),)
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]


def make_own(town: Engine, booklet: str) -> None:
    """The clerk's own household."""
    with town.begin() as connection:
        connection.execute(text("UPDATE app_user SET booklet = :b WHERE name = :n"), {"b": booklet, "n": CLERK})


async def test_a_supervisor_approves_the_clerks_own_household(town: Engine, log: Path) -> None:
    make_own(town, "GZ0012")
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        assert isinstance(till.app.screen, FormDialog)
        basket = till.selling.counter.basket
        assert basket is not None
        key = basket.key
        assert f"1 {SUPERVISOR}" in till.app.screen.query_one(FormFields).render().plain
        await till.fill("本人家庭", "1", "999999")
        await till.until(lambda: "not right" in till.shown("#message"))
        assert sold(town) == []
        await till.fill(SUPERVISOR_PIN)
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.basket is None)
        assert sold(town) == [("GZ0012", SALT, 1)]
        with town.begin() as connection:
            row = connection.execute(text("SELECT approved_by, approval_reason, key FROM redemption")).one()
        assert tuple(row) == (SUPERVISOR, "本人家庭", key)


async def test_escape_from_the_approval_keeps_the_basket(town: Engine, log: Path) -> None:
    make_own(town, "GZ0012")
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        assert isinstance(till.app.screen, FormDialog)
        till.scan(SALT)
        await till.idle()
        assert till.bells == 1
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert till.wanted() == ((SALT, 1),)
        assert "✘ not redeemed" in till.shown("#household")
        await till.enter()
        assert isinstance(till.app.screen, FormDialog)
        assert sold(town) == []


async def test_the_last_receipt_is_printed_again(town: Engine, log: Path) -> None:
    with transaction(town) as tx:
        add_printer(tx, name="screen", profile="generic-58", device="screen:")
    async with selling(town, log) as till:
        till.keys("f7")
        await till.idle()
        assert till.bells == 1
        assert "Nothing was redeemed" in till.shown("#notice")
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.until(lambda: "海星加碘盐" in till.counter.paper)
        till.keys("f7")
        await till.idle()
        assert "copy 1" in till.shown("#notice")
        await till.until(lambda: "补打 第1次" in till.counter.paper)
        till.scan("DT0012")
        till.keys("f7")
        await till.until_screen(Confirm)
        till.keys("f7")
        await till.until_screen(SellScreen)
        assert "copy 2" in till.shown("#notice")
        assert till.counter.basket.household.booklet == "DT0012"


async def test_help_and_the_keys_fit_the_smallest_screen(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        assert "F4" in till.shown("#keys")
        assert till.app.screen.query_one("#keys").size.width >= len(till.shown("#keys"))
        till.keys("f1")
        await till.until_screen(Help)
        assert till.app.screen.query_one(".dialog").region.height <= 24
        assert "3*" in till.app.screen.query_one(PaintedLines).render().plain
        till.keys("f1")
        await till.until(lambda: "F9" in till.app.screen.query_one(PaintedLines).render().plain)
        assert till.app.screen.query_one(".dialog").region.height <= 24


async def test_a_failure_keeps_the_dialog(town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_own(town, "GZ0012")
    async with selling(town, log) as till:
        monkeypatch.setattr(await till.app.office(), "approve", lambda *given: 1 // 0)
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.fill("本人家庭", "1", SUPERVISOR_PIN)
        await till.until(lambda: "The machine failed" in till.shown("#message"))
        assert isinstance(till.app.screen, FormDialog)
        assert sold(town) == []


def test_many_approvers_take_more_lines() -> None:
    names = tuple(f"监督员{at}" for at in range(1, 10))
    form = Form((Field(name="approver", label=message("Approver, or number"), choices=names),))
    fields = FormFields(form, lambda message: message)
    lines = [line for line in fields._lines(40) if "监督员" in line.plain]
    assert len(lines) == 3
    assert all(line.cell_length <= 40 for line in lines)


async def test_a_pin_in_the_approvers_name_is_not_readable(town: Engine, log: Path) -> None:
    make_own(town, "GZ0012")
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        await till.until_screen(FormDialog)
        await till.fill("示例原因")
        for digit in SUPERVISOR_PIN:
            till.keys(digit)
            await asyncio.sleep(0.05)
        await till.idle()
        assert SUPERVISOR_PIN not in till.form_shown()
        await till.fill("")
        assert "Here goes a name" in till.shown("#message")
        assert till.bells == 1
        await till.fill(SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(SellScreen)
        assert len(sold(town)) == 1
