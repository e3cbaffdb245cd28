"""What the counter says of quantities, look-ups, pieces, long baskets, the last redemption, and of leaving."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from till_hands import Till, selling, sold

from lizhi_pos.db import transaction
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.money import Yuan
from lizhi_pos.printing.elements import TOTAL
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.terminal.panels.basket import shortened
from lizhi_pos.terminal.panels.household import household_lines
from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.database_thread import DatabaseThread
from lizhi_pos.till.same_press import SAME_PRESS_S, SamePress
from towns.till import GOODS, SALT, SOAP, VINEGAR, build_town

MANY = tuple(GoodsRow(f"29{at:05}", f"示例货{at}", Yuan(100), GOODS[0].at, "", "个") for at in range(1, 21))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2.5*", "2.5 is no quantity"),
        (f"2.5*{SALT}", "2.5 is no quantity"),
        ("999999*", "999999 are too many"),
        (f"999999*{SALT}", "999999 are too many"),
        ("-3*", "-3 is no quantity"),
        ("*", "– is no quantity"),
        (f"3**{SALT}", "3* is no quantity"),
        ("三*", "三 is no quantity"),
    ],
)
async def test_a_wrong_quantity_is_named_and_nothing_is_taken(town: Engine, log: Path, typed: str, said: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", VINEGAR)
        await till.idle()
        if typed.startswith("-"):
            # a minus on the empty field takes one away
            typed = f" {typed}"
        till.scan(typed)
        await till.idle()
        assert said in till.shown("#notice")
        assert till.wanted() == ((VINEGAR, 1),)
        assert till.bells == 1


async def test_zeros_before_a_quantity_do_not_make_it_large(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", f"00003*{SALT}")
        await till.idle()
        assert till.wanted() == ((SALT, 3),)


@pytest.mark.parametrize("lookup", ["/xc", "2*/xc", f"/{VINEGAR}"])
async def test_what_is_looked_up_is_never_sold(town: Engine, log: Path, lookup: str) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        till.scan(lookup)
        await till.idle()
        assert "stock 200" in till.shown("#middle")
        await till.enter()
        await till.enter()
        till.scan("1")
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert "恒顺香醋: 6.00, 200 in stock" in till.shown("#notice")
        assert sold(town) == []
        till.scan(SALT)
        await till.idle()
        assert till.counter.pick_list is None
        assert till.wanted() == ((SALT, 2),)


async def test_stock_is_no_quantity_in_chinese(town: Engine, log: Path) -> None:
    async with selling(town, log, lang="zh") as till:
        till.scan("/xc")
        await till.idle()
        assert "存 200" in till.shown("#middle")
        assert "×" not in till.shown("#middle")


async def test_pieces_are_counted_and_the_figures_stay_until_the_next_scan(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", f"3*{SALT}", VINEGAR)
        await till.idle()
        assert "4 pieces" in till.shown("#totals")
        await till.enter()
        assert till.counter.basket is None
        assert "586.50" in till.shown("#totals")
        assert "4 pieces" in till.shown("#totals")
        till.keys("up")
        await till.idle()
        assert "586.50" in till.shown("#totals")
        till.scan("DT0012")
        await till.idle()
        assert "586.50" not in till.shown("#totals")
        assert "pieces" not in till.shown("#totals")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (80, 16)])
async def test_a_long_basket_opens_at_its_end_and_counts_what_is_out_of_sight(
    sqlite_engine: Engine, log: Path, size: tuple[int, int]
) -> None:
    build_town(sqlite_engine, goods=MANY)
    async with selling(sqlite_engine, log, size) as till:
        till.scan("GZ0012", *(goods.code for goods in MANY))
        await till.idle()
        till.keys("f2")
        await till.until(lambda: till.counter.basket is None)
        till.keys("f3")
        await till.until(lambda: till.counter.basket is not None)
        rows = till.shown("#middle").splitlines()
        assert "示例货20" in rows[-1]
        assert rows[-1].startswith("▸")
        if size[1] < 40:
            hidden = 20 - (len(rows) - 1)
            assert rows[0].strip() == f"↑ {hidden} more lines above"
            assert f"示例货{hidden + 1} " in rows[1]
            till.keys(*["up"] * 19)
            await till.idle()
            rows = till.shown("#middle").splitlines()
            assert rows[0].startswith("▸")
            assert rows[-1].strip() == f"↓ {20 - (len(rows) - 1)} more lines below"
            till.keys(*["down"] * 9)
            await till.idle()
            assert sum("more lines" in row for row in till.shown("#middle").splitlines()) >= 1
            assert any(row.startswith("▸") and "示例货10 " in row for row in till.shown("#middle").splitlines())


def test_progress_says_of_what() -> None:
    counter = Counter(DatabaseThread(), "1")
    said = []
    for counter.opening in range(4):
        (line,) = household_lines(counter, lambda message: message, 80)
        said.append(line.plain.split("  ")[0])
    assert len(set(said)) == 4
    assert all(said)


def test_a_receipt_that_is_too_long_keeps_its_total() -> None:
    paper = [
        "shop",
        *[f"goods {at}" for at in range(30)],
        f"{TOTAL}   30.00",
        "叁拾元整",
        "兑前 90.00  兑后 60.00",
        "end",
    ]
    for height in range(5, 35):
        rows = shortened(paper, height, lambda message: message)
        assert len(rows) == height
        assert any(row.startswith(TOTAL) for row in rows)
    assert shortened(paper, 35, lambda message: message) == paper


async def press_until_asked(till: Till) -> None:
    till.keys("f7", "f7")
    await till.until_screen(Confirm)


async def test_a_copy_asked_for_twice_at_once_asks(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        await press_until_asked(till)
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert "copy 1" in till.shown("#notice")
        what, at = till.counter.copies._last
        till.counter.copies._last = what, at - SAME_PRESS_S
        till.keys("f7")
        await till.idle()
        assert "copy 2" in till.shown("#notice")
        till.scan("DT0012", SALT)
        await till.enter()
        till.keys("f7")
        await till.idle()
        assert "copy 1" in till.shown("#notice"), "another receipt is another wish"


async def test_a_copy_asked_for_twice_at_once_on_the_list_asks(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        till.keys("f7")
        await till.idle()
        till.keys("f7")
        await till.until_screen(Confirm)
        till.keys("f7")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "copy 2" in till.shown("#notice"))


@pytest.mark.parametrize("with_goods", [True, False])
async def test_leaving_from_training_asks(town: Engine, log: Path, with_goods: bool) -> None:
    async with selling(town, log) as till:
        await till.app.navigator.go_to("train")
        await till.until(lambda: isinstance(till.app.screen, TrainingScreen) and till.counter.opened is not None)
        if with_goods:
            till.scan("GZ0012", SOAP)
            await till.idle()
        till.keys("ctrl+q")
        await till.until_screen(Confirm)
        till.keys("escape")
        await till.until_screen(TrainingScreen)
        till.keys("ctrl+q")
        await till.until_screen(Confirm)
        till.keys("ctrl+q")
        await till.until(lambda: till.app._exit)


async def test_a_sticker_asked_for_twice_at_once_asks(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        till.keys("f4")
        await till.until(lambda: "sticker" in till.shown("#notice"))
        till.keys("f4")
        await till.until_screen(Confirm)


async def test_paper_asked_for_twice_at_once_asks(town: Engine, log: Path) -> None:
    with transaction(town) as tx:
        for n in range(2):
            print_jobs.enqueue(tx, kind="label", document=b'{"code": "%d"}' % n)
    async with selling(town, log) as till:
        await till.app.navigator.go_to("printing")
        await till.until_screen(PrintQueueScreen)
        await till.idle()
        till.keys("f7")
        await till.idle()
        till.keys("f7")
        await till.until_screen(Confirm)


def test_two_presses_are_one_wish_within_two_seconds_only() -> None:
    presses = SamePress()
    assert not presses.again("a", 10.0)
    assert presses.again("a", 11.9)
    assert not presses.again("a", 13.9)
    assert not presses.again("b", 14.0)
    assert not presses.again("a", 14.1)
