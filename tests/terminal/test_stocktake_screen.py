"""The stocktake: opened, counted by scanner while the shop sells, counted anew, closed by two; nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from mouse_hands import click
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.db import transaction
from lizhi_pos.office.count_sheet import CountSheet
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.receiving.products import carton_code
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.stocktake.counting import CountingScreen
from lizhi_pos.terminal.screens.stocktake.counts import CountsScreen
from towns.shelf import BY, KEEPER, add_people
from towns.till import CLERK, CLERK_PIN, RICE, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN, VINEGAR

TALLIES = (
    "SELECT p.code, SUM(t.quantity) FROM count_tally t JOIN product p USING (town_id, product_id) "
    "WHERE forgotten = 0 GROUP BY p.code ORDER BY p.code"
)
BOX = "16901028180235"


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """The small town, six products of 200 pieces; its books are whole in the end."""
    add_people(town)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


def open_count(engine: Engine, *codes: str, blind: bool = False) -> int:
    return unwrap(StocktakeService(engine).open(codes, blind, BY))


async def go_on(till: Till) -> None:
    """Enter the marked count."""
    await till.enter()
    await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
    await till.idle()


def sheet(till: Till) -> CountSheet:
    assert isinstance(till.app.screen, CountingScreen)
    assert till.app.screen._sheet is not None
    return till.app.screen._sheet


def counted(till: Till) -> dict[str, int]:
    return {p.code: p.counted for p in sheet(till).products if p.counted is not None}


async def settled(till: Till) -> None:
    assert isinstance(till.app.screen, CountingScreen)
    await till.idle()
    await till.app.screen._writer.settled()
    await till.idle()


@pytest.mark.parametrize(("how", "is_blind"), [("1", False), ("2", True)])
async def test_a_count_of_everything_is_opened(shop: Engine, log: Path, how: str, is_blind: bool) -> None:
    async with at_job(shop, log, "stocktake") as till:
        assert "Nothing was ever counted" in till.shown("#middle")
        till.keys("f2")
        await till.until_screen(FormDialog)
        await till.fill("1", how)
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
        assert len(sheet(till).products) == 6
        assert ("200" in till.shown("#middle")) != is_blind
        assert ("blind" in till.shown("#header")) == is_blind
        till.keys("escape")
        await till.until_screen(CountsScreen)
        await till.until(lambda: "0 of 6 products counted" in till.shown("#middle"))
        till.keys("escape")
        await till.until_screen(HomeScreen)
        await till.until(lambda: any("stocktake" in x and "1" in x[10:] for x in till.shown("#middle").splitlines()))


async def test_a_count_of_what_is_scanned(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "stocktake") as till:
        till.keys("f2")
        await till.until_screen(FormDialog)
        await till.fill("2", "1")
        await till.until_screen(CountsScreen)
        till.keys("f2")
        await till.until(lambda: till.bells == 1)
        till.scan(SALT, SOAP, SALT, "GZ0012")
        await till.until(lambda: "booklet" in till.shown("#notice"))
        assert "To be counted: 2 products" in till.shown("#middle")
        till.keys("f2")
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
        assert {p.code for p in sheet(till).products} == {SALT, SOAP}
        till.scan(VINEGAR)
        await till.idle()
        assert "not on the sheet" in till.shown("#notice")


async def test_every_scan_is_one_more_and_a_quantity_before_it_so_many(shop: Engine, log: Path) -> None:
    with transaction(shop) as tx:
        unwrap(carton_code(tx, SALT, BOX, 24, BY))
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(SALT, SALT, BOX, f"12*{SOAP}", "0*", VINEGAR, "2*", BOX)
        await settled(till)
        assert counted(till) == {SALT: 2 + 24 + 48, SOAP: 12, VINEGAR: 0}
        till.keys(*"dm", "enter")
        await till.idle()
        till.keys("+", "+")
        till.scan("5*")
        await till.enter()
        await settled(till)
        assert counted(till)[RICE] == 7
        assert rows_of(shop, TALLIES) == sorted([(SALT, 74), (SOAP, 12), (VINEGAR, 0), (RICE, 7)])
        assert till.bells == 0


async def test_a_burst_is_painted_from_memory_and_written_in_order(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        for _ in range(40):
            till.scan(SALT, SOAP)
        await till.until(lambda: counted(till) == {SALT: 40, SOAP: 40})
        await settled(till)
        assert rows_of(shop, TALLIES) == [(SALT, 40), (SOAP, 40)]
        assert rows_of(shop, "SELECT COUNT(*) FROM count_tally") == [(80,)]


async def test_what_was_painted_is_counted_also_where_the_till_ends_at_once(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(*[SALT] * 20)
        await till.until(lambda: counted(till) == {SALT: 20})
        till.app.exit()
    assert rows_of(shop, TALLIES) == [(SALT, 20)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("GZ0012", "booklet"),
        ("1-2024-000123", "No goods"),
        ("6900000000014", "No goods"),
        ("2.5*" + SALT, "whole number"),
        ("99999*" + SALT, "whole number"),
    ],
)
async def test_what_is_no_goods_and_no_quantity_counts_nothing(shop: Engine, log: Path, text: str, says: str) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.keys(*text, "enter")
        await settled(till)
        assert says in till.shown("#notice")
        assert counted(till) == {}
        assert rows_of(shop, TALLIES) == []


async def test_so_many_are_asked_about(shop: Engine, log: Path) -> None:
    with transaction(shop) as tx:
        unwrap(carton_code(tx, SALT, BOX, 24, BY))
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(f"9999*{BOX}")
        await till.until_screen(Confirm)
        till.keys("escape")
        await till.until_screen(CountingScreen)
        await settled(till)
        assert counted(till) == {}


async def test_a_product_is_counted_anew(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(SALT, SOAP, SALT)
        await till.idle()
        till.keys("delete")
        await till.until_screen(Confirm)
        till.keys("delete")
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and counted(till) == {SOAP: 1})
        till.scan(SALT)
        await settled(till)
        assert rows_of(shop, TALLIES) == sorted([(SALT, 1), (SOAP, 1)])
        till.keys("-")
        await till.idle()
        assert "Del counts" in till.shown("#notice")


async def test_the_shortage_is_told_before_it_is_signed(shop: Engine, log: Path) -> None:
    number = open_count(shop, blind=True)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(f"198*{SALT}", f"201*{VINEGAR}")
        await settled(till)
        till.keys("f9")
        await till.until(lambda: "not counted yet" in till.shown("#notice"))
        assert sheet(till).tells_books is False
        till.keys("f9")
        await till.idle()
        assert sheet(till).shown == "all"
        till.keys("f10")
        await till.until_screen(FormDialog)
        await till.fill("1")
        await till.until(lambda: "missing" in str(till.app.screen.query("PaintedLines").first().render()))
        told = " ".join(str(till.app.screen.query("PaintedLines").first().render()).split())
        assert "2 of 6 products counted: 2 differ; 2 pieces are missing, cost 5.00; 1 was found, cost 6.00" in told
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and "is closed" in till.shown("#notice"))
        assert "the losses are 1.00 less" in till.shown("#notice")
        lines = till.shown("#middle").splitlines()
        assert len(lines) == 3
        assert any("-2" in line and "海星" in line for line in lines)
        state = "SELECT state, ended_by, approved_by FROM stock_count"
        assert rows_of(shop, state) == [("closed", KEEPER, SUPERVISOR)]
        till.scan(SALT)
        await till.idle()
        assert f"Count {number} is over" in till.shown("#notice")


async def test_sales_while_it_is_counted_make_no_difference(shop: Engine, log: Path) -> None:
    open_count(shop, SALT)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(f"200*{SALT}")
        await settled(till)
    async with selling(shop, log) as till:
        till.scan("GZ0012", f"3*{SALT}")
        await till.enter()
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.keys("f10")
        await till.until_screen(FormDialog)
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(CountingScreen)
        await till.until(lambda: "0 products differ" in till.shown("#notice"))
        left = "SELECT SUM(on_hand) FROM lot JOIN product USING (town_id, product_id) WHERE code = :code"
        assert rows_of(shop, left, code=SALT) == [(197,)]


async def test_a_count_that_somebody_closed_meanwhile_takes_nothing_and_says_so(shop: Engine, log: Path) -> None:
    number = open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        unwrap(StocktakeService(shop).drop(number, BY))
        till.scan(SALT, SALT)
        await till.until(lambda: "is over" in till.shown("#notice"))
        await settled(till)
        assert counted(till) == {}
        assert rows_of(shop, TALLIES) == []


async def test_a_count_is_given_up(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake") as till:
        await go_on(till)
        till.scan(SALT)
        await till.idle()
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until_screen(CountsScreen)
        await till.until(lambda: "given up" in till.shown("#middle"))
        assert rows_of(shop, "SELECT state, ended_by FROM stock_count") == [("dropped", KEEPER)]


async def test_rows_are_clicked(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with at_job(shop, log, "stocktake", size=(80, 24)) as till:
        await click(till, "0 of 6")
        await till.until(lambda: isinstance(till.app.screen, CountingScreen) and till.app.screen._sheet is not None)
        await till.idle()
        await click(till, "大米")
        assert sheet(till).product is not None
        assert sheet(till).product.code == RICE  # type: ignore[union-attr]
        await click(till, "大米")
        await till.until(lambda: "Marked" in till.shown("#middle"))
        till.keys("escape")
        await till.until(lambda: "Counted" in till.shown("#middle").splitlines()[0])


async def test_a_clerk_counts_nothing(shop: Engine, log: Path) -> None:
    open_count(shop)
    async with running(shop, log, CLERK, CLERK_PIN, size=(120, 40)) as till:
        await till.until(lambda: till.app.selling is not None and till.app.selling.counter.opened is not None)
        await go_to(till, "stocktake")
        till.keys("f2")
        await till.idle()
        assert "whose work it is" in till.shown("#notice")
        await go_on(till)
        for act in (SALT, "f10", "f8", "f6"):
            till.scan(act) if act == SALT else till.keys(act)
            await till.idle()
            assert "whose work it is" in till.shown("#notice")
        assert rows_of(shop, TALLIES) == []
