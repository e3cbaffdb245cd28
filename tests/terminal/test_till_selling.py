"""Selling, driven by keys in a row as a scanner sends them, on a real database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from textual import events
from till_hands import selling, sold

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.db import transaction
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.terminal.widgets.scan_field import ScanField
from towns.till import (
    ADMIN,
    RICE,
    SALT,
    SCARCE,
    SOAP,
    SOON,
    VINEGAR,
    veto,
)


async def test_booklet_scans_and_one_enter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR, SALT)
        await till.idle()
        assert "张建国" in till.shown("#household")
        assert "✔ may redeem" in till.shown("#household")
        assert "589.00" in till.shown("#totals")
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 2), ("GZ0012", VINEGAR, 1)]
        assert "1-" in till.shown("#middle")
        assert "589.00" in till.shown("#middle")
        assert till.counter.basket is None
        assert till.bells == 0


async def test_the_next_household_follows_in_the_same_burst(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        till.scan("DT0012", SOAP, end="ctrl+j")
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1), ("DT0012", SOAP, 1)]


async def test_enter_twice_redeems_once(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await asyncio.sleep(0.1)
        till.keys("enter", "enter")
        await asyncio.sleep(0.1)
        till.keys("enter")
        await till.idle()
        assert sold(town) == [("GZ0012", SALT, 1)]


async def test_a_scanners_second_end_is_not_enter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys("ctrl+j", "enter")
        await till.idle()
        assert sold(town) == []
        assert till.counter.has_lines


async def test_refused_household_shows_every_reason_and_takes_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0014", SALT)
        await till.enter()
        assert "✘ may not redeem" in till.shown("#household")
        assert "80.0 < 85" in till.shown("#household")
        assert till.counter.basket.lines == []
        assert till.bells == 3
        till.scan("GZ0012", SALT)
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]


async def test_a_veto_rings_twice(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0015")
        await till.idle()
        assert "示例事实" in till.shown("#household")
        assert till.bells == 2


async def test_unknown_codes_ring_and_eat_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("XX9999", "GZ0012", "6900000000007", SALT)
        await till.idle()
        assert till.bells == 2
        assert till.wanted() == ((SALT, 1),)
        till.scan("6900000000007")
        await till.idle()
        assert "6900000000007" in till.shown("#notice")


async def test_quantities_and_steps(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", f"3*{SALT}", RICE)
        till.keys("+", "-", "-")
        await till.idle()
        assert till.wanted() == ((SALT, 3),)
        till.keys("-")
        till.scan(f"3*{VINEGAR}")
        till.keys("+", "+", "up", "-")
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1), ("GZ0012", VINEGAR, 5)]


async def test_a_booklet_does_not_push_goods_off_the_counter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, "DT0012")
        await till.idle()
        assert till.bells == 1
        assert till.counter.basket.household.booklet == "GZ0012"
        assert till.wanted() == ((SALT, 1),)


async def test_a_household_without_goods_gives_way(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", "DT0012")
        await till.idle()
        assert till.bells == 0
        assert till.counter.basket.household.booklet == "DT0012"


async def test_digits_alone_list_the_households_of_every_village(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("0012")
        await till.idle()
        listed = till.shown("#middle")
        assert "古镇社区" in listed
        assert "大同社区" in listed
        till.scan("2")
        await till.idle()
        assert till.counter.basket.household.booklet == "GZ0012"
        till.scan("37")
        await till.idle()
        assert till.counter.basket.household.head == "王芳"


async def test_initials_find_households_then_goods(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("sxf")
        await till.idle()
        assert "单小芳" in till.shown("#middle")
        await till.enter()
        assert till.counter.basket.household.booklet == "GZ0013"
        till.scan("2*xc")
        await till.idle()
        assert "恒顺香醋" in till.shown("#middle")
        await till.enter()
        assert till.wanted() == ((VINEGAR, 2),)


async def test_a_scan_leaves_a_list_and_counts(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", "xc", SALT)
        await till.idle()
        assert till.counter.pick_list is None
        assert till.wanted() == ((SALT, 1),)


async def test_refused_at_checkout_keeps_the_basket(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("DT0012", SCARCE, SCARCE, RICE, RICE)
        await till.enter()
        panel = till.shown("#household")
        assert "✘ not redeemed" in panel
        assert "do not cover" in panel
        assert "Beyond the limit" in panel
        assert sold(town) == []
        assert till.wanted() == ((SCARCE, 2), (RICE, 2))
        till.keys("-", "-", "-")
        await till.enter()
        assert sold(town) == [("DT0012", SCARCE, 1)]


async def test_session_closed_meanwhile_is_said(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        with transaction(town) as tx:
            close_session(tx, Authority(Operator(ADMIN, "admin"), today(tx)), discard_baskets=True)
        await till.enter()
        assert "No market-day session is open" in till.shown("#household")
        assert sold(town) == []


@pytest.mark.parametrize("written", [True, False], ids=["after it was written", "before"])
async def test_after_a_failure_the_same_basket_is_tried_again(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        service = till.counter.opened.service
        real = service.redeem

        def fails(*given: Any) -> Any:
            if written:
                real(*given)
            raise InvariantViolated("the plug was pulled")

        monkeypatch.setattr(service, "redeem", fails)
        await till.enter()
        assert "nothing is redeemed twice" in till.shown("#notice")
        assert "the plug was pulled" in log.read_text(encoding="utf-8")
        till.scan(SOAP, "DT0012")
        till.keys("-", "f8")
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        monkeypatch.setattr(service, "redeem", real)
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]
        assert till.counter.basket is None


async def test_pasted_lines_are_scans(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.app.post_message(events.Paste(f"GZ0012\r\n{SALT}\n{VINEGAR}\r{SALT[:5]}"))
        await till.idle()
        assert till.wanted() == ((SALT, 1), (VINEGAR, 1))
        assert till.app.screen.query_one(ScanField).text == SALT[:5]
        till.keys("escape")
        await till.idle()
        assert till.app.screen.query_one(ScanField).text == ""


async def test_a_name_in_chinese_finds_its_namesakes(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("张建国")
        await till.idle()
        assert [row.code for row in till.counter.pick_list.rows] == ["DT0012", "GZ0012"]
        till.keys("down", "escape")
        await till.idle()
        assert till.counter.pick_list is None
        assert till.counter.basket is None


async def test_digits_left_in_the_field_do_not_spoil_the_scan(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012")
        till.keys("1", "2")
        await till.idle()
        await asyncio.sleep(0.1)
        till.scan(SALT)
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert till.bells == 0


async def test_last_digits_of_a_code_find_goods(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, SOAP[-4:])
        await till.enter()
        assert till.wanted() == ((SALT, 1), (SOAP, 1))


async def test_goods_before_a_booklet_ring_and_say_their_price(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan(SOAP)
        await till.idle()
        assert till.bells == 1
        assert "[/]促销 舒肤佳香皂 costs 3.80" in till.shown("#notice")


async def test_what_expires_soon_says_so_on_its_line(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SOON, SALT)
        await till.idle()
        first, second = till.shown("#middle").splitlines()
        assert "until" in first
        assert "until" not in second


async def test_a_veto_meanwhile_is_seen_at_checkout(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("DT0037", SALT)
        await till.idle()
        with transaction(town) as tx:
            veto(tx, "DT0037", today(tx), Operator(ADMIN, "admin"))
        await till.enter()
        assert "示例事实" in till.shown("#household")
        assert till.bells == 2
        assert till.counter.basket.household.balance == 0
        assert sold(town) == []
