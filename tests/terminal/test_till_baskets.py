"""Baskets at the till: held and taken back, kept on the disk, another booklet over goods, lines changed."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from till_hands import Till, selling, sold

from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.till.service import TillService
from towns.till import SALT, SCARCE, SOAP, SOON, VINEGAR


def kept(engine: Engine) -> list[tuple[str, str]]:
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT booklet, state FROM basket ORDER BY key"))]


def lines(till: Till) -> list[tuple[str, int]]:
    return [(line.goods.code, line.quantity) for line in till.counter.basket.lines]


async def settled(till: Till) -> None:
    await till.idle()
    await till.counter.autosave.settled()


async def test_a_till_that_was_killed_comes_back_to_its_basket(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR, f"3*{SOAP}")
        await settled(till)
        till.keys("f4")
        await till.idle()
        await till.fill("示例", "儿媳")
        await settled(till)
        key = till.counter.basket.key
    async with selling(town, log) as till:
        assert "张建国" in till.shown("#household")
        assert "示例 (儿媳)" in till.shown("#household")
        assert "as it was when the till stopped" in till.shown("#notice")
        assert lines(till) == [(SALT, 1), (VINEGAR, 1), (SOAP, 3)]
        assert till.counter.basket.key == key
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1), ("GZ0012", VINEGAR, 1), ("GZ0012", SOAP, 3)]
        assert kept(town) == []
    async with selling(town, log) as till:
        assert till.counter.basket is None
        assert "1-" in till.shown("#middle")
        assert "张建国" in till.shown("#middle")


async def test_an_emptied_counter_leaves_nothing_behind(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await settled(till)
        assert kept(town) == [("GZ0012", "counter")]
        till.keys("-")
        await settled(till)
        assert kept(town) == []
        till.scan(SALT)
        await till.idle()
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.basket is None)
        await settled(till)
        assert kept(town) == []


async def test_a_basket_emptied_in_the_midst_of_a_burst_makes_room_for_the_next(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for first, second in (("GZ0012", "GZ0013"), ("DT0012", "DT0037"), ("GZ0012", "GZ0013")):
            till.scan(first, SALT)
            await settled(till)
            till.scan("0*", second, SALT)
            await settled(till)
            assert kept(town) == [(second, "counter")]
            till.scan("0*")
            await settled(till)
            assert kept(town) == []
        assert till.bells == 0


async def test_hold_and_recall(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, SALT)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        assert kept(town) == [("GZ0012", "held")]
        till.scan("DT0012", SOAP)
        await till.idle()
        till.keys("f3")
        await till.idle()
        assert "First finish" in till.shown("#notice")
        await till.enter()
        till.keys("f3")
        await till.until(lambda: till.counter.basket is not None)
        assert lines(till) == [(SALT, 2)]
        await till.enter()
        assert sold(town) == [("DT0012", SOAP, 1), ("GZ0012", SALT, 2)]
        till.keys("f3")
        await till.idle()
        assert "No basket is held" in till.shown("#notice")


async def test_several_held_baskets_are_a_list(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for booklet, code in (("GZ0012", SALT), ("DT0012", SOAP), ("DT0037", SOON)):
            till.scan(booklet, code)
            till.keys("f2")
            await till.until(lambda: till.counter.basket is None)
        till.keys("f3")
        await till.idle()
        assert "DT0037" in till.shown("#middle")
        till.scan("2")
        await till.until(lambda: till.counter.basket is not None)
        assert till.counter.basket.household.booklet == "DT0012"
        assert kept(town).count(("GZ0012", "held")) == 1


async def test_another_booklet_offers_to_hold_and_goods_wait_for_the_answer(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, "DT0012", SOAP)
        await till.idle()
        assert till.bells == 2
        assert lines(till) == [(SALT, 1)]
        assert "Whose is it?" in till.shown("#notice")
        till.keys("escape")
        till.scan(VINEGAR)
        await till.idle()
        assert lines(till) == [(SALT, 1), (VINEGAR, 1)]
        till.scan("DT0012")
        till.keys("f2")
        await till.until(lambda: till.counter.basket.household.booklet == "DT0012")
        till.scan(SOAP)
        await till.enter()
        till.keys("f3")
        await till.until(lambda: till.counter.basket is not None)
        await till.enter()
        assert sold(town) == [("DT0012", SOAP, 1), ("GZ0012", SALT, 1), ("GZ0012", VINEGAR, 1)]


async def test_the_same_booklet_again_changes_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, "GZ0012", VINEGAR)
        await till.idle()
        assert till.bells == 0
        assert lines(till) == [(SALT, 1), (VINEGAR, 1)]


async def test_lines_are_changed_and_taken_out(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, VINEGAR, SOAP)
        till.scan("12*")
        await till.idle()
        assert lines(till) == [(SALT, 1), (VINEGAR, 1), (SOAP, 12)]
        till.keys("up")
        till.scan("0*")
        await till.idle()
        assert lines(till) == [(SALT, 1), (SOAP, 12)]
        till.keys("delete")
        await till.idle()
        assert lines(till) == [(SALT, 1)]
        assert till.bells == 0


async def test_what_runs_short_is_said_and_looked_up(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", f"201*{SALT}")
        await till.idle()
        assert "the books have 200 left" in till.shown("#notice")
        till.scan("0*")
        till.scan(f"/{SCARCE}")
        await till.idle()
        assert "stock 200" in till.shown("#middle")
        assert "15.00" in till.shown("#middle")


async def test_a_disk_that_fails_is_said_and_selling_goes_on(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> None:
        raise OSError("disk is full")

    async with selling(town, log) as till:
        monkeypatch.setattr(TillService, "save", full)
        till.scan("GZ0012", SALT)
        await settled(till)
        assert "The disk fails" in till.shown("#notice")
        assert isinstance(till.app.screen, SellScreen)
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]


@pytest.mark.parametrize("till_of_it", ["1", "2"])
async def test_a_booklet_with_a_held_basket_is_offered_it(town: Engine, log: Path, till_of_it: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        with town.begin() as connection:
            connection.execute(text("UPDATE basket SET till = :t"), {"t": till_of_it})
        till.scan("DT0012")
        await till.idle()
        assert till.counter.pick_list is None
        till.scan("GZ0012")
        await till.idle()
        assert "has a held basket" in till.shown("#notice")
        assert "1 piece " in till.shown("#middle")
        assert till.bells == 0
        await till.enter()
        assert lines(till) == [(SALT, 1)]
        await till.enter()
        assert sold(town) == [("GZ0012", SALT, 1)]


async def test_goods_instead_of_the_held_basket_begin_another(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        till.scan("GZ0012", SOAP)
        await till.enter()
        assert sold(town) == [("GZ0012", SOAP, 1)]
        till.scan("GZ0012", "DT0012", SOAP)
        await till.idle()
        assert till.counter.basket.household.booklet == "DT0012"
        assert lines(till) == [(SOAP, 1)]
