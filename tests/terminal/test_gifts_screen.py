"""Gifts and the pool at a screen: what is shown to whom, found how, what became of it, and every act's way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from mouse_hands import click
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.db import transaction
from lizhi_pos.office.pool_rows import PoolList
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.reports.donors import ANONYMOUS
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.gifts.gifts import GiftsScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from towns.pool import DONOR, HIDDEN, fill_pool, take_goods
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN
from towns.till import SUPERVISOR, SUPERVISOR_PIN


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """The small town with a full pool; its books are whole in the end."""
    fill_pool(town)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


def pool(till: Till) -> PoolList:
    assert isinstance(till.app.screen, GiftsScreen), till.app.screen
    assert till.app.screen._pool is not None
    return till.app.screen._pool


def keys(till: Till) -> list[str]:
    return [row.key for row in pool(till).rows]


async def press(till: Till, *names: str) -> None:
    till.keys(*names)
    await till.idle()


async def find(till: Till, text: str) -> None:
    await typed(till, text)


async def filled(till: Till, *values: str) -> None:
    """Fill a dialog in until it is accepted."""
    await till.until_screen(FormDialog)
    dialog = till.app.screen
    await typed(till, *values)
    await till.until(lambda: till.app.screen is not dialog)


async def typed(till: Till, *values: str) -> None:
    """Fill fields in by a hand: a day that comes as fast as a scan is taken for one."""
    for value in values:
        till.keys(*value)
        till.by_a_hand()
        await press(till, "enter")


async def test_the_views_are_newest_first(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        assert [key for key in keys(till) if "-" in key] == ["CJ-1", "ZZ-1", "XJ-2", "XJ-1"]
        assert "Gifts 5" in till.shown("#header")
        await press(till, "f9")
        assert [(row.tag, row.who) for row in pool(till).rows] == [("overdue", "示例商会")]
        assert "▲ overdue" in till.shown("#middle")
        await press(till, "f9")
        assert keys(till) == ["CG-1"]
        await press(till, "f9")
        assert [(row.key, row.amount, row.rest) for row in pool(till).rows] == [
            ("CG-1", -115000, 85000),
            ("CJ-1", 30000, 200000),
            ("ZZ-1", 50000, 170000),
            ("XJ-2", 20000, 120000),
            ("XJ-1", 100000, 100000),
        ]
        await press(till, "f9")
        assert pool(till).view == "gifts"


async def test_a_voucher_a_name_and_its_first_letters_are_found(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await find(till, "xj-1")
        assert pool(till).row.key == "XJ-1"  # type: ignore[union-attr]
        await find(till, "xsl")
        assert keys(till) == ["XJ-1"]
        await press(till, "escape")
        assert len(keys(till)) == 5
        assert pool(till).row.key == "XJ-1"  # type: ignore[union-attr]
        await find(till, "商会")
        assert keys(till) == ["ZZ-1"]
        await find(till, "cg-1")
        assert (pool(till).view, keys(till)) == ("purchases", ["CG-1"])
        await find(till, "没有的")
        assert "没有的" in till.shown("#notice")
        assert till.bells == 1


async def test_a_gift_is_told_up_to_the_number_of_households_and_never_who(shop: Engine, log: Path) -> None:
    take_goods(shop)
    async with at_job(shop, log, "gifts") as till:
        await find(till, "xj-1")
        told = till.shown("#detail")
        assert "助学" in told
        assert "CG-1  1000.00" in told
        assert "redeemed 204 by 1 household" in told
        assert "古镇社区" in told
        assert "this gift's share 0.87" in told
        assert "张建国" not in told
        assert "GZ0012" not in told
        await find(till, "cg-1")
        told = till.shown("#detail")
        for words in ("示例0001", SUPERVISOR, f"XJ-1 {DONOR}", f"XJ-2 {HIDDEN}"):
            assert words in told
        await press(till, "f9")
        await find(till, "1")
        assert "CG-1" in till.shown("#detail"), "a line of the cash book leads to its voucher"


async def test_at_80_columns_enter_goes_into_the_detail_and_esc_comes_back(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts", size=(80, 24)) as till:
        await find(till, "xj-2")
        await till.enter()
        await till.until(lambda: "Not spent" in till.shown("#middle"))
        assert HIDDEN in till.shown("#middle")
        await press(till, "escape")
        assert "Voucher" in till.shown("#middle").splitlines()[0]
        assert pool(till).row.key == "XJ-2"  # type: ignore[union-attr]
        await press(till, "escape")
        await till.until_screen(HomeScreen)


async def test_a_detail_longer_than_the_screen_goes_on(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts", size=(80, 12)) as till:
        await find(till, "示例1")
        assert pool(till).row.key == "示例1"  # type: ignore[union-attr]
        await till.enter()
        await till.until(lambda: "more lines" in till.shown("#middle"))
        assert "食用油" not in till.shown("#middle")
        await press(till, *["down"] * 30)
        assert "食用油" in till.shown("#middle")
        await press(till, "up")
        assert "more line" in till.shown("#middle")
        assert pool(till).row.key == "示例1"  # type: ignore[union-attr]


async def test_a_keeper_sees_gifts_alone_and_no_anonymous_name_by_any_way(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts", who=(KEEPER, KEEPER_PIN)) as till:
        await press(till, "f9")
        assert pool(till).view == "gifts"
        assert "cash" not in till.shown("#header")
        await find(till, "xj-2")
        assert ANONYMOUS in till.shown("#middle")
        assert HIDDEN not in till.shown("#middle") + till.shown("#detail")
        await find(till, "yms")
        await find(till, "隐名")
        assert till.bells == 2
        await find(till, "cg-1")
        assert till.bells == 3
        for key in ("f2", "f3", "f4", "f6", "f8"):
            await press(till, key)
            assert "may not" in till.shown("#notice")
            assert isinstance(till.app.screen, GiftsScreen)


async def test_a_supervisor_looks_and_changes_nothing(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts", who=(SUPERVISOR, SUPERVISOR_PIN)) as till:
        assert HIDDEN in till.shown("#middle")
        await press(till, "f2")
        assert "may not" in till.shown("#notice")
        await press(till, "f7")
        await till.until_screen(Confirm)
        await press(till, "f7")
        await till.until_screen(GiftsScreen)
        await till.until(lambda: "may not" in till.shown("#notice"))


async def test_a_clerk_does_not_find_it_at_home(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        await go_to(till, "gifts")
        assert "may not" in till.shown("#notice")
        assert till.app.screen.count() == 0  # type: ignore[attr-defined]


async def test_home_says_how_many_pledges_are_overdue_and_leads_there(shop: Engine, log: Path) -> None:
    async with running(shop, log, ACCOUNTANT, ACCOUNTANT_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.idle()
        [row] = [line for line in till.shown("#middle").splitlines() if "gifts and pool" in line]
        assert row.split()[0] == "15"
        assert row.split()[-1] == "1"
        await press(till, "1", "5", "enter")
        await till.until_screen(GiftsScreen)


async def test_money_comes_in_and_its_certificate_is_printed(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await press(till, "f2")
        await filled(till, "1")
        await filled(till, DONOR, "88.80", "助老", "", "")
        await till.until_screen(Confirm)
        till.keys("f7")
        await till.until_screen(GiftsScreen)
        row = pool(till).row
        assert row is not None
        assert (row.who, row.amount, row.rest) == (DONOR, 8880, 8880)
        assert row.key.startswith("XJ-")
    with transaction(shop) as tx:
        assert [(job.kind, job.about) for job in print_jobs.queue(tx)] == [("certificate", row.key)]


async def test_a_village_allocates_and_an_anonymous_donor_keeps_a_pledge(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await press(till, "f2")
        await filled(till, "3")
        await filled(till, "1", "12", "", "决议示例1")
        await till.until_screen(Confirm)
        await press(till, "escape")
        assert rows_of(shop, "SELECT amount, resolution, kind FROM gift WHERE voucher LIKE 'CJ-%-1'") == [
            (1200, "决议示例1", "village")
        ]
        await press(till, "f2")
        await filled(till, "1")
        await filled(till, "示例商会", "800", "", "1", "1")
        await till.until_screen(Confirm)
        await press(till, "escape")
        await find(till, "示例商会")
        assert {row.amount for row in pool(till).rows} == {50000, 80000}
        await press(till, "f9")
        assert pool(till).rows[0].tag == "paid"
        assert "Kept by" in till.shown("#detail")
    async with at_job(shop, log, "gifts", who=(KEEPER, KEEPER_PIN)) as till:
        assert sum(row.who == ANONYMOUS for row in pool(till).rows) == 2


@pytest.mark.parametrize(
    ("amount", "day", "says"),
    [
        ("0", "", "amount"),
        ("-3", "", "amount"),
        ("1e9", "", "amount"),
        ("5", "2999-01-01", "2999"),
        ("5", "30.2", "30.2"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_written(
    shop: Engine, log: Path, amount: str, day: str, says: str
) -> None:
    before = rows_of(shop, "SELECT count(*) FROM gift")
    async with at_job(shop, log, "gifts") as till:
        await press(till, "f2")
        await filled(till, "1")
        await till.until_screen(FormDialog)
        await typed(till, DONOR, amount, "")
        if day:
            till.keys("down", "down", "ctrl+u", *day)
            await press(till, "up", "up")
        await typed(till, "", "")
        await till.until(lambda: says in till.shown("#message"))
        await press(till, "escape")
    assert rows_of(shop, "SELECT count(*) FROM gift") == before


async def test_a_pledge_and_what_the_bank_says(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await press(till, "f3")
        await filled(till, DONOR, "300", "2999-12-31", "")
        await till.until_screen(GiftsScreen)
        assert (pool(till).view, pool(till).rows[0].tag) == ("pledges", "open")
        await press(till, "f4")
        await filled(till, "849.50")
        await till.until(lambda: "-0.50" in till.shown("#notice"))
        assert "▲ bank -0.50" in till.shown("#header")
        await press(till, "f4")
        await filled(till, "850")
        await till.until(lambda: "▲" not in till.shown("#header"))


async def test_another_purpose_needs_consent_and_a_second_person(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await press(till, "f9", "f6")
        assert "Mark a gift" in till.shown("#notice")
        await press(till, "f9", "f9", "f9")
        await find(till, "xj-1")
        await press(till, "f6")
        await filled(till, "助老", "电话同意", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "助老" in till.shown("#notice"))
        await till.until(lambda: "电话同意" in till.shown("#detail"))


async def test_a_wrong_gift_is_voided_and_one_that_is_spent_is_not(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts") as till:
        await find(till, "xj-1")
        await press(till, "f8")
        await filled(till, "2", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "1000.00" in till.shown("#notice"))
        assert "void the purchases first" in till.shown("#notice")
        await find(till, "cj-1")
        await press(till, "f8")
        await filled(till, "1", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "CJ-1" in till.shown("#notice"))
        row = pool(till).row
        assert row is not None
        assert (row.key, row.tag, row.rest) == ("CJ-1", "voided", None)
        await till.until(lambda: "entered twice" in till.shown("#detail"))
        await press(till, "f8")
        assert "Mark a gift" in till.shown("#notice")
        await find(till, "cg-1")
        await press(till, "f8")
        await filled(till, "4", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: "1150.00" in till.shown("#notice"))
        assert pool(till).rows[0].tag == "voided"
        assert pool(till).board.cash == 170000


async def test_rows_are_clicked(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "gifts", size=(80, 24)) as till:
        await click(till, "ZZ-1")
        assert pool(till).row.key == "ZZ-1"  # type: ignore[union-attr]
        await click(till, "ZZ-1")
        await till.until(lambda: "Not spent" in till.shown("#middle"))


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_listed_key_stands_in_the_last_line(shop: Engine, log: Path, lang: str) -> None:
    async with at_job(shop, log, "gifts", size=(80, 24), lang=lang) as till:
        line = till.shown("#keys")
        for key in keymap.GIFTS:
            if key.listed:
                assert f"{key.shown} {till.app.translate(key.label.msgid)}" in line
