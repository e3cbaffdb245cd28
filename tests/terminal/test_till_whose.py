"""Whose the goods are: a booklet that nobody has, a code that is two things, two codes that came as one."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from till_hands import selling, sold

from lizhi_pos.access.operators import Operator
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import transaction
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import unwrap
from lizhi_pos.till.service import TillService
from towns.till import ADMIN, GOODS, RICE, SALT, SOAP, VINEGAR

NOBODYS = ("GZ9999", "gz 9999", "0099", "20240012", "古镇0099", "GZ-0012")
BOTH = "GZ0013"
"""A code that is a booklet and a product."""


@pytest.fixture
def town_with_both(town: Engine) -> Engine:
    """A product that came in before its code was looked for among the booklets."""
    with transaction(town) as tx:
        row = GoodsRow(BOTH, "散糖", Yuan(100), RowAt("示例", 1, 1, {}), "", "袋")
        unwrap(take_goods(tx, (*GOODS, row), Operator(ADMIN, "admin")))
    return town


@pytest.mark.parametrize("booklet", NOBODYS)
async def test_nobodys_booklet_clears_an_empty_counter(town: Engine, log: Path, booklet: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", booklet, SALT)
        await till.idle()
        assert till.counter.basket is None
        assert till.bells == 2
        await till.enter()
        assert sold(town) == []


@pytest.mark.parametrize("booklet", NOBODYS)
async def test_nobodys_booklet_over_goods_asks(town: Engine, log: Path, booklet: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, booklet)
        await till.idle()
        assert "Esc: 张建国 goes on" in till.shown("#notice")
        till.scan(SOAP, "5*")
        till.keys("+")
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert till.bells == 4
        assert "Whose is it?" in till.shown("#notice")
        till.keys("escape")
        till.scan(VINEGAR)
        await till.idle()
        assert till.wanted() == ((SALT, 1), (VINEGAR, 1))


async def test_over_nobodys_booklet_the_first_basket_may_be_held(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, "GZ9999")
        till.keys("f2")
        await till.idle()
        assert till.counter.basket is None
        till.scan("GZ9999", "DT0012", SOAP)
        await till.enter()
        assert sold(town) == [("DT0012", SOAP, 1)]


async def test_a_replaced_booklet_is_nobodys(town: Engine, log: Path) -> None:
    with town.begin() as connection:
        connection.execute(text("UPDATE booklet SET replaced_by = 'DT0012' WHERE number = 'GZ0013'"))
    async with selling(town, log) as till:
        till.scan("GZ0012", "GZ0013", SALT)
        await till.idle()
        assert till.counter.basket is None


@pytest.mark.parametrize("code", ["6900000000007", "/xz9", "3*GZ9999"])
async def test_what_is_no_booklet_leaves_the_household(town: Engine, log: Path, code: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", code, SALT)
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert till.bells == 1


async def test_a_list_of_households_left_alone_clears_an_empty_counter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("DT0037", "0012", SALT)
        await till.idle()
        assert till.counter.basket is None
        assert till.bells == 1


async def test_a_booklet_that_could_not_be_looked_up_is_nobodys(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012")
        await till.idle()
        with monkeypatch.context() as broken:
            broken.setattr(TillService, "serve", lambda *_: (_ for _ in ()).throw(OSError("disk")))
            till.scan("DT0012")
            await till.idle()
        till.scan(SALT)
        await till.idle()
        assert till.counter.basket is None


async def test_a_code_of_both_kinds_is_asked(town_with_both: Engine, log: Path) -> None:
    async with selling(town_with_both, log) as till:
        till.scan("GZ0012", SALT, BOTH)
        await till.idle()
        assert "Which? 1 the booklet, 2 the product" in till.shown("#notice")
        assert "单小芳" in till.shown("#middle")
        assert "散糖" in till.shown("#middle")
        till.scan(VINEGAR, "DT0012")
        till.keys("+")
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert till.bells == 4
        till.scan("2")
        await till.idle()
        assert till.wanted() == ((SALT, 1), (BOTH, 1))
        till.scan(BOTH, "1", SOAP)
        await till.idle()
        assert "Whose is it?" in till.shown("#notice")
        assert till.wanted() == ((SALT, 1), (BOTH, 1))


async def test_a_code_of_both_kinds_at_an_empty_counter_is_asked(town_with_both: Engine, log: Path) -> None:
    async with selling(town_with_both, log) as till:
        till.scan("GZ0012", BOTH)
        await till.enter()
        assert till.counter.basket.household.booklet == BOTH
        till.scan(f"3*{BOTH}")
        await till.idle()
        assert till.wanted() == ((BOTH, 3),)


async def test_after_escape_a_code_of_both_kinds_was_neither(town_with_both: Engine, log: Path) -> None:
    async with selling(town_with_both, log) as till:
        till.scan("GZ0012", SALT, BOTH)
        till.keys("escape")
        till.scan(SALT)
        await till.idle()
        assert till.wanted() == ((SALT, 2),)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (SOAP, SALT, ((SOAP, 1), (SALT, 1))),
        (f"3*{SOAP}", SALT, ((SOAP, 3), (SALT, 1))),
        (RICE, SALT, ((RICE, 1), (SALT, 1))),
        (SALT, RICE, ((SALT, 1), (RICE, 1))),
    ],
)
@pytest.mark.parametrize("pause", [0, 0.1], ids=["at once", "later"])
async def test_two_codes_in_one_are_both_taken(
    town: Engine, log: Path, first: str, second: str, taken: tuple[tuple[str, int], ...], pause: float
) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012")
        till.keys(*first)
        await till.idle()
        await asyncio.sleep(pause)
        till.scan(second)
        await till.idle()
        assert till.wanted() == taken


@pytest.mark.parametrize("pause", [0, 0.1], ids=["at once", "later"])
async def test_a_booklet_and_goods_in_one_are_both_taken(town: Engine, log: Path, pause: float) -> None:
    async with selling(town, log) as till:
        till.keys(*"GZ0012")
        await till.idle()
        await asyncio.sleep(pause)
        till.scan(SALT)
        await till.idle()
        assert till.counter.basket.household.booklet == "GZ0012"
        assert till.wanted() == ((SALT, 1),)
        till.keys(*SALT)
        await till.idle()
        await asyncio.sleep(pause)
        till.scan("DT0012", SOAP)
        await till.idle()
        assert till.wanted() == ((SALT, 2),)
        assert "Whose is it?" in till.shown("#notice")


@pytest.mark.parametrize("first", [SOAP + VINEGAR, "GZ9999", "6900000000007"], ids=["two", "nobody's", "unknown"])
async def test_what_is_known_in_part_rings_and_takes_nothing(town: Engine, log: Path, first: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.keys(*first)
        await till.idle()
        await asyncio.sleep(0.1)
        till.scan(SALT)
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert till.bells == 1
