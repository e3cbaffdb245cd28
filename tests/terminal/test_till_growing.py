"""What is typed is looked up while it is typed; a scan never is, and nothing is changed by looking."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine
from till_hands import Till, selling, sold

from lizhi_pos.terminal.widgets.scan_field import PAUSE_S, ScanField
from towns.till import SALT, SOAP, VINEGAR


async def typed(till: Till, text: str) -> None:
    """Types with a hand's pauses, without Enter."""
    for sign in text:
        till.keys(sign)
        await till.idle()
    await asyncio.sleep(PAUSE_S * 1.5)
    await till.idle()


def heads(till: Till) -> list[str]:
    assert till.counter.growing is not None
    return [str(row.cells[1]) for row in till.counter.growing.pick_list.rows]


async def test_a_head_is_found_as_the_name_grows(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await typed(till, "z")
        assert set(heads(till)) == {"张建国", "赵强"}
        await typed(till, "hangj")
        assert heads(till) == ["张建国", "张建国"]
        assert "张建国" in till.shown("#middle")
        assert "▸" not in till.shown("#middle")
        await typed(till, "ianguo")
        assert heads(till) == ["张建国", "张建国"]
        till.keys(*["backspace"] * len("angjianguo"))
        await typed(till, "ao")
        assert heads(till) == ["赵强"]
        await typed(till, "x")
        assert till.counter.growing is None
        assert till.bells == 0
        till.keys("escape")
        await till.idle()
        await asyncio.sleep(PAUSE_S * 1.5)
        await till.idle()
        assert till.counter.growing is None


@pytest.mark.parametrize("name", ["zhangjianguo", "zjg", "zhangjg", "张建", "张建国"])
async def test_enter_lists_the_same_and_enter_takes_the_first(town: Engine, log: Path, name: str) -> None:
    async with selling(town, log) as till:
        await typed(till, name)
        assert heads(till) == ["张建国", "张建国"]
        await till.enter()
        assert till.counter.growing is None
        assert [row.code for row in till.counter.pick_list.rows] == ["DT0012", "GZ0012"]
        await till.enter()
        assert till.counter.basket.household.booklet == "DT0012"


async def test_a_row_that_was_marked_is_taken(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await typed(till, "zhangj")
        till.keys("down", "down")
        await till.idle()
        assert till.shown("#middle").splitlines()[1].startswith("▸")
        await till.enter()
        assert till.counter.basket.household.booklet == "GZ0012"
        assert till.app.screen.query_one(ScanField).text == ""


async def test_goods_are_found_as_they_are_said(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await typed(till, "hengsh")
        assert [row.code for row in till.counter.growing.pick_list.rows] == [VINEGAR]
        till.keys("escape")
        await typed(till, "2*xiangcu")
        assert [row.code for row in till.counter.growing.pick_list.rows] == [VINEGAR]
        await till.enter()
        await till.enter()
        assert till.wanted() == ((SALT, 1), (VINEGAR, 2))
        await typed(till, "/hen")
        assert till.counter.growing.pick_list.kind == "looked_up"
        till.keys("down")
        await till.enter()
        assert till.wanted() == ((SALT, 1), (VINEGAR, 2))
        assert "Nothing was taken" in till.shown("#notice")


async def test_looking_changes_nothing_and_a_scan_is_never_looked_up(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await typed(till, "zjg")
        assert till.counter.basket.household.booklet == "GZ0012"
        till.keys("escape")
        await till.idle()
        looked: list[str] = []
        real = till.counter._grow

        async def grow(text: str) -> None:
            looked.append(text)
            await real(text)

        till.counter._grow = grow
        for _ in range(10):
            till.scan(SALT, SOAP, VINEGAR)
        await till.idle()
        await asyncio.sleep(PAUSE_S * 2)
        await till.idle()
        assert [text for text in looked if text] == []
        assert till.wanted() == ((SALT, 11), (SOAP, 10), (VINEGAR, 10))
        assert sold(town) == []


async def test_a_list_that_is_asked_for_is_not_grown_over(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("zjg")
        await till.idle()
        listed = till.counter.pick_list
        await typed(till, "2")
        assert till.counter.growing is None
        assert till.counter.pick_list is listed
        await till.enter()
        assert till.counter.basket.household.booklet == "GZ0012"
