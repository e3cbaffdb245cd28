"""The shelf: what stands there, found by a scan or a name; price, barcode, loss, recall, label; who may do what."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from mouse_hands import click
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.db import transaction
from lizhi_pos.printing.receipt_layout import as_text
from lizhi_pos.printing.spool import elements_of
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shelf.shelf import ShelfScreen
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN, add_lot, add_people
from towns.till import CLERK, CLERK_PIN, RICE, SALT, SOAP, SOON, SUPERVISOR, SUPERVISOR_PIN, VINEGAR


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """The small town with one more lot of salt that is past its day; its books are whole in the end."""
    add_people(town)
    add_lot(town, "示例旧", SALT, 7, days=-2)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


def screen(till: Till) -> ShelfScreen:
    assert isinstance(till.app.screen, ShelfScreen), till.app.screen
    return till.app.screen


def marked(till: Till) -> str:
    shelf = screen(till)._shelf
    assert shelf is not None
    assert shelf.row is not None
    return shelf.row.code


async def second_person(till: Till, *values: str) -> None:
    """Fill a dialog in, in the end with the supervisor's name and PIN."""
    await till.until_screen(FormDialog)
    await till.fill(*values, SUPERVISOR, SUPERVISOR_PIN)
    await till.until_screen(ShelfScreen)
    await till.idle()


def jobs(engine: Engine) -> list[tuple[str, str]]:
    with transaction(engine) as tx:
        return [(job.kind, job.about) for job in print_jobs.queue(tx)]


async def test_what_is_near_its_day_stands_first_with_sign_and_word(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "near expiry", size=(80, 24)) as till:
        heads, *lines = till.shown("#middle").splitlines()
        assert "Expiry" in heads
        assert "海星加碘盐" in lines[0]
        assert "▲ expired" in lines[0]
        assert "挂面" in lines[1]
        assert "▲ near expiry" in lines[1]
        assert not any("▲" in line for line in lines[2:])


async def test_a_scan_jumps_and_a_name_leaves_only_what_it_means(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "shelf") as till:
        till.scan(SOAP)
        await till.idle()
        assert marked(till) == SOAP
        assert "舒肤佳" in till.shown("#detail")
        till.keys(*"hx", "enter")
        await till.idle()
        assert screen(till).count() == 1
        assert marked(till) == SALT
        till.scan(RICE)
        await till.idle()
        assert marked(till) == RICE
        till.keys(*"5831", "enter")
        await till.idle()
        assert marked(till) == SOON
        till.keys("escape")
        await till.idle()
        assert screen(till).count() == 6
        assert marked(till) == SOON
        till.keys(*"2", "enter")
        await till.idle()
        assert screen(till).marked_row == 1
        assert till.bells == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [("GZ0012", "booklet"), ("1-2024-000123", "No goods"), ("6900000000014", "No goods"), ("zzz", "No goods")],
)
async def test_what_is_no_goods_is_said(shop: Engine, log: Path, code: str, says: str) -> None:
    async with at_job(shop, log, "shelf") as till:
        till.keys(*code, "enter")
        await till.idle()
        assert says in till.shown("#notice")
        assert till.bells == 1


@pytest.mark.parametrize("typed", ["sfj", "shufu", "香皂"])
async def test_goods_are_found_as_they_are_said(shop: Engine, log: Path, typed: str) -> None:
    async with at_job(shop, log, "shelf") as till:
        for key in (*typed, "enter"):
            till.by_a_hand()
            till.keys(key)
        await till.idle()
        rows = till.shown("#middle").splitlines()
        assert any("舒肤佳香皂" in row for row in rows), till.shown("#notice")
        assert not any("海星" in row for row in rows), (till.shown("#notice"), rows[:6])


async def test_lots_and_moves_stand_beside_the_rows_and_by_enter_in_their_place(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "shelf", size=(80, 24)) as till:
        till.scan(SALT)
        await till.enter()
        await till.until(lambda: "Last moves" in till.shown("#middle"))
        told = till.shown("#middle")
        assert "示例旧" in told
        assert "示例1/1" in told
        assert "207" in told
        assert "gift" in told
        till.keys("down")
        await till.idle()
        assert any(line.startswith("▸示例1/1") for line in till.shown("#middle").splitlines())
        till.keys("escape")
        await till.idle()
        assert marked(till) == SALT
        assert "Expiry" in till.shown("#middle")
        till.keys("escape")
        await till.until_screen(HomeScreen)


async def test_rows_and_lots_are_clicked(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "near expiry") as till:
        await till.until(lambda: "Last moves" in till.shown("#detail"))
        await click(till, "恒顺香醋")
        assert marked(till) == VINEGAR
        await click(till, "海星加碘盐")
        await till.until(lambda: "示例旧" in till.shown("#detail"))
        await click(till, "示例1/1")
        assert screen(till).is_detail_open
        shelf = screen(till)._shelf
        assert shelf is not None
        assert shelf.lot is not None
        assert shelf.lot.name == "示例1/1"
        await click(till, "F4 loss")
        await till.until_screen(FormDialog)


async def test_a_price_waits_for_the_next_session_and_wants_a_label(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "shelf") as till:
        till.scan(SALT)
        till.keys("f7")
        await till.until(lambda: jobs(shop) == [("label", SALT)])
        till.keys("f2")
        await till.until_screen(FormDialog)
        await till.fill("0")
        assert isinstance(till.app.screen, FormDialog)
        await till.fill("2.60")
        await till.until_screen(ShelfScreen)
        await till.until(lambda: "next session" in till.shown("#notice"))
        await till.until(lambda: "the label says 2.50" in till.shown("#detail"))
        till.keys("f9")
        await till.until_screen(Confirm)
        till.keys("f9")
        await till.until(lambda: len(jobs(shop)) == 7)
        till.keys("f9")
        await till.until(lambda: "Every label" in till.shown("#notice"))
        assert rows_of(shop, "SELECT by_user FROM shelf_label GROUP BY by_user") == [(KEEPER,)]


@pytest.mark.parametrize(("typed", "pieces"), [("", 1), ("24*", 24)])
async def test_another_barcode_or_a_cartons_is_scanned(shop: Engine, log: Path, typed: str, pieces: int) -> None:
    other = "6901028180238"
    async with at_job(shop, log, "shelf") as till:
        till.scan(SALT)
        till.keys("f3")
        await till.idle()
        till.scan(typed + other)
        await till.until_screen(Confirm)
        till.keys("f3")
        await till.until_screen(ShelfScreen)
        await till.until(lambda: "means" in till.shown("#notice"))
        assert rows_of(shop, "SELECT code, pieces FROM product_code") == [(other, pieces)]
        till.scan(SOAP, other)
        await till.idle()
        assert marked(till) == SALT
        till.keys("f3")
        await till.idle()
        till.scan(SOAP)
        await till.until_screen(Confirm)
        till.keys("f3")
        await till.until(lambda: till.bells == 1)
        assert "already" in till.shown("#notice")


async def test_goods_of_the_marked_lot_are_written_off_by_two(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "near expiry") as till:
        till.keys("f4")
        await till.idle()
        assert "Mark the lot" in till.shown("#notice")
        till.keys("f4")
        await second_person(till, "3", "示例原因")
        await till.until(lambda: "W-" in till.shown("#notice"))
        wrote = "SELECT quantity, reason, note, by_user, approved_by FROM writeoff"
        assert rows_of(shop, wrote) == [(3, "expired", "示例原因", KEEPER, SUPERVISOR)]
        till.keys("f8")
        await till.until_screen(FormDialog)
        assert "1 lot, 4 pieces, cost 8.00" in " ".join(till.app.screen._head(200, 9)[0].plain.split())  # type: ignore[attr-defined]
        await till.fill("1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(ShelfScreen)
        await till.until(lambda: "1 lot is written off" in till.shown("#notice"))
        assert rows_of(shop, "SELECT sum(quantity) FROM writeoff") == [(7,)]
        till.keys("f8")
        await till.until(lambda: "No expired goods" in till.shown("#notice"))


async def test_the_only_lot_of_a_product_needs_no_mark(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "shelf", size=(80, 24)) as till:
        till.scan(RICE)
        till.keys("f4")
        await second_person(till, "2", "2", "示例原因")
        await till.until(lambda: "2 of 大米" in till.shown("#notice"))
        assert rows_of(shop, "SELECT quantity, reason FROM writeoff") == [(2, "missing")]


async def test_a_lot_sold_to_households_is_recalled_listed_printed_and_released(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        for booklet, quantity in (("GZ0012", "3*"), ("DT0037", "")):
            till.scan(booklet, quantity + VINEGAR)
            await till.enter()
    async with at_job(shop, log, "shelf") as till:
        till.scan(VINEGAR)
        await till.until(lambda: "Last moves" in till.shown("#detail"))
        till.keys("f6")
        await second_person(till, "1")
        await till.until(lambda: "is recalled: 196" in till.shown("#notice"))
        told = till.shown("#middle")
        assert "张建国" in told
        assert "王芳" in told
        assert "2 receipts, 4 pieces" in told
        till.keys("f7")
        await till.until(lambda: ("recall", VINEGAR) in jobs(shop))
        with transaction(shop) as tx:
            job = next(job for job in print_jobs.waiting(tx) if job.kind == "recall")
        paper = as_text(elements_of(job.kind, job.document, 32), 32)
        assert "召回通知单" in paper
        assert "张建国" in paper
        assert "GZ0012" in paper
        till.keys("escape")
        await till.idle()
        assert "✘ recalled" in till.shown("#middle")
        till.keys("f10")
        await till.until(lambda: "王芳" in till.shown("#middle"))
        till.keys("escape", "f6")
        await second_person(till, "1")
        await till.until(lambda: "may be given again" in till.shown("#notice"))
        assert rows_of(shop, "SELECT recalled_by, released_by FROM recall") == [(KEEPER, KEEPER)]


async def test_a_lot_that_is_all_with_households_can_still_be_recalled(shop: Engine, log: Path) -> None:
    add_lot(shop, "示例小", SOAP, 1, days=20)
    async with selling(shop, log) as till:
        till.scan("GZ0012", SOAP)
        await till.enter()
    async with at_job(shop, log, "shelf") as till:
        till.scan(SOAP)
        await till.until(lambda: "Lots: 2" in till.shown("#detail"))
        await click(till, "示例小")
        till.keys("f6")
        await second_person(till, "1")
        await till.until(lambda: "张建国" in till.shown("#middle"))


@pytest.mark.parametrize("key", ["f2", "f3", "f4", "f6", "f8", "f10"])
async def test_a_clerk_looks_and_is_told_whose_work_it_is(shop: Engine, log: Path, key: str) -> None:
    async with running(shop, log, CLERK, CLERK_PIN, size=(120, 40)) as till:
        await till.until(lambda: till.app.selling is not None and till.app.selling.counter.opened is not None)
        await go_to(till, "shelf")
        till.scan(SALT)
        await till.idle()
        await till.enter()
        till.keys(key)
        await till.idle()
        assert "ask somebody whose work it is" in till.shown("#notice")
        assert till.bells == 1


@pytest.mark.parametrize(("who", "may"), [((SUPERVISOR, SUPERVISOR_PIN), False), ((ACCOUNTANT, ACCOUNTANT_PIN), True)])
async def test_roles_decide_who_gives_a_price(shop: Engine, log: Path, who: tuple[str, str], may: bool) -> None:
    async with at_job(shop, log, "shelf", who) as till:
        till.keys("f2")
        await till.idle()
        assert isinstance(till.app.screen, FormDialog) == may
        assert "whose work" in till.shown("#notice") if not may else True


async def test_somebody_without_a_second_person_writes_nothing(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "near expiry") as till:
        till.keys("f8")
        await till.until_screen(FormDialog)
        await till.fill("1", KEEPER, KEEPER_PIN)
        assert isinstance(till.app.screen, FormDialog)
        till.keys("escape")
        await till.until_screen(ShelfScreen)
        assert rows_of(shop, "SELECT * FROM writeoff") == []
