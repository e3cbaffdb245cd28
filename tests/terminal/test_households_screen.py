"""Households at a screen: what is found how, what the card says, who sees what, and home's way there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to, press, typed
from mouse_hands import click
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.db import transaction
from lizhi_pos.office.household_rows import HouseholdList
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.households.households import HouseholdsScreen
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from towns.households import FILE, FIRST, HEAD, OTHER, SECOND, WIFE, add_households, redeem_some
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN
from towns.till import CLERK, CLERK_PIN, SUPERVISOR, SUPERVISOR_PIN


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    """The small town with a village of whose workbook every cell is known."""
    add_households(town)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


def households(till: Till) -> HouseholdList:
    assert isinstance(till.app.screen, HouseholdsScreen), till.app.screen
    assert till.app.screen._list is not None
    return till.app.screen._list


def booklets(till: Till) -> list[str]:
    return [row.listed.booklet for row in households(till).rows]


def card(till: Till) -> str:
    return till.shown("#detail" if till.app.size.width >= 110 else "#middle")


async def test_the_list_tells_head_place_balance_and_verdict_what_is_proposed_first(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        names, first, *rows = till.shown("#middle").splitlines()
        assert "Lives in" in names
        assert SECOND in first
        assert "▲ proposed" in first
        [barred] = [row for row in rows if "GZ0015" in row]
        assert "赵强" in barred
        assert "古镇社区 1组" in barred
        assert "✘ veto" in barred
        [below] = [row for row in rows if "GZ0014" in row]
        assert "✘ may not" in below
        assert "✔ may" in next(row for row in rows if "GZ0012" in row)
        assert "8 households" in till.shown("#header")
        assert "▲ 1 veto proposed" in till.shown("#header")


async def test_a_household_is_found_by_whatever_is_known(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        for text, found in (
            ("sl", [FIRST, SECOND]),
            ("2组", [SECOND]),
            ("妻", [FIRST]),
            ("大同社", ["DT0012", "DT0037"]),
        ):
            await typed(till, text)
            assert booklets(till) == found, text
            await press(till, "escape")
            assert len(booklets(till)) == 8
        await typed(till, "4417")
        assert booklets(till) == [FIRST], "the last four digits of a phone"
        await typed(till, "没有的")
        assert "没有的" in till.shown("#notice")
        assert till.bells == 1
        assert booklets(till) == [FIRST], "what was shown stays"


async def test_the_rows_follow_what_is_typed_and_an_empty_field_shows_all_again(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await typed(till, "大同社")
        till.keys(*"zjg")
        await till.until(lambda: booklets(till) == ["DT0012", "GZ0012"])
        assert "Esc shows all again" in till.shown("#notice")
        till.keys("escape")
        await till.until(lambda: booklets(till) == ["DT0012", "DT0037"])
        till.keys(*"qqqq")
        await till.until(lambda: "Nothing is found" in till.shown("#notice"))
        assert booklets(till) == ["DT0012", "DT0037"]
        assert till.bells == 0


async def test_a_scan_of_a_booklet_opens_its_card_and_esc_comes_back_to_its_row(shop: Engine, log: Path) -> None:
    for size in ((80, 24), (120, 40)):
        async with at_job(shop, log, "households", size=size) as till:
            till.scan(FIRST)
            await till.until(lambda: WIFE in card(till))
            told = card(till)
            for words in (HEAD, "✔ may redeem", "Balance", "Scores", "▇", "90.5", "Entries: 2"):
                assert words in told, words
            await press(till, "escape")
            assert households(till).booklet == FIRST
            assert "Lives in" in till.shown("#middle")
            await press(till, "up", "down")
            assert households(till).booklet == FIRST


async def test_every_entry_stands_with_the_balance_after_it_and_the_arrows_page(shop: Engine, log: Path) -> None:
    redeem_some(shop, 1)
    async with at_job(shop, log, "households", size=(80, 14)) as till:
        await typed(till, FIRST)
        seen = card(till)
        for _ in range(4):
            await press(till, "down")
            seen += card(till)
        for after in ("4.00", "30.00", "10.00"):
            assert after in seen
        assert "the end" in card(till)
        await press(till, *["up"] * 20)
        assert FIRST in card(till).splitlines()[0]


async def test_a_vetoed_household_says_every_reason(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await typed(till, "GZ0015")
        told = " ".join(card(till).split())
        assert "✘ may not redeem" in told
        assert "Veto, clause 1: 示例事实" in told
        assert "supervision group" in told
        assert "clause 1, from" in told


async def test_what_is_proposed_is_told_on_the_card_and_alone_by_f9(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        assert "▲ Veto proposed: clause 1" in card(till)
        assert "F6 records it, F8 dismisses it" in card(till)
        await press(till, "f9")
        assert booklets(till) == [SECOND]
        await press(till, "escape")
        assert len(booklets(till)) == 8


async def test_home_leads_to_what_is_proposed(shop: Engine, log: Path) -> None:
    async with running(shop, log, ACCOUNTANT, ACCOUNTANT_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.idle()
        [row] = [line for line in till.shown("#middle").splitlines() if "vetoes proposed" in line]
        assert row.split()[0] == "9"
        assert row.split()[-1] == "1"
        await press(till, "9", "enter")
        await till.until_screen(HouseholdsScreen)
        await till.until(lambda: OTHER in till.shown("#middle"))
        assert booklets(till) == [SECOND]
        await press(till, "escape")
        await till.until_screen(HomeScreen)
        await press(till, "1", "8", "enter")
        await till.until_screen(HouseholdsScreen)
        await till.until(lambda: HEAD in till.shown("#middle"))


async def test_the_palette_reaches_households_from_home_and_acts_from_there(shop: Engine, log: Path) -> None:
    async with running(shop, log, ACCOUNTANT, ACCOUNTANT_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.idle()
        await press(till, "ctrl+p")
        await till.until_screen(Palette)
        await typed(till, "house")
        await till.until_screen(HouseholdsScreen)
        await till.until(lambda: HEAD in till.shown("#middle"))
        await press(till, "ctrl+p")
        await till.until_screen(Palette)
        await typed(till, "freez")
        await till.until(lambda: type(till.app.screen).__name__ == "FormDialog")
        assert "points are frozen then" in till.shown("#heading")


async def test_a_clerk_and_a_supervisor_look_and_change_nothing(shop: Engine, log: Path) -> None:
    for who in ((SUPERVISOR, SUPERVISOR_PIN), (CLERK, CLERK_PIN)):
        async with running(shop, log, *who, size=(120, 40)) as till:
            await till.until(lambda: till.app.screen.is_mounted and bool(till.app.signed_in_name))
            if who[0] == CLERK:
                await till.until(lambda: till.app.selling is not None and till.app.selling.counter.opened is not None)
            else:
                await till.until_screen(HomeScreen)
            await go_to(till, "households")
            for key in ("f2", "f6", "f8"):
                await press(till, key)
                assert "may not" in till.shown("#notice")
                assert isinstance(till.app.screen, HouseholdsScreen)
            await typed(till, SECOND)
            assert OTHER in card(till)
            assert ("Veto proposed" in card(till)) == (who[0] == SUPERVISOR)
            await press(till, "f9")
            assert households(till).view == ("proposed" if who[0] == SUPERVISOR else "all")


async def test_a_keeper_finds_no_household(shop: Engine, log: Path) -> None:
    async with running(shop, log, KEEPER, KEEPER_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.idle()
        assert "households" not in till.shown("#middle")
        await go_to(till, "households")
        assert "may not" in till.shown("#notice")
        assert till.app.screen.count() == 0  # type: ignore[attr-defined]
        await press(till, "f2", "f9")
        assert isinstance(till.app.screen, HouseholdsScreen)


async def test_a_clerk_comes_from_the_counter_and_goes_back_to_it(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        await press(till, "f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: "18 households" in till.shown("#middle"))
        assert "vetoes proposed" not in till.shown("#middle")


async def test_an_entry_leads_to_its_cell_and_who_stands_behind_it(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await typed(till, FIRST)
        await press(till, "down")
        await till.enter()
        told = card(till)
        for words in (FILE, "志愿服务", "E2", HEAD, "清扫", ACCOUNTANT, SUPERVISOR, "Assessed", "示例戊", "示例己"):
            assert words in told, words
        assert "not spent yet: 10.00" in told


async def test_rows_and_lines_are_clicked(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households", size=(80, 24)) as till:
        await click(till, FIRST)
        assert households(till).booklet == FIRST
        await click(till, FIRST)
        await till.until(lambda: "Entries" in till.shown("#middle"))
        await click(till, "清扫×1")
        await click(till, "清扫×1")
        assert "E2" in till.shown("#middle")


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_listed_key_stands_in_the_last_line(shop: Engine, log: Path, lang: str) -> None:
    async with at_job(shop, log, "households", size=(80, 24), lang=lang) as till:
        line = till.shown("#keys")
        for key in keymap.HOUSEHOLDS:
            if key.listed:
                assert f"{key.shown} {till.app.translate(key.label.msgid)}" in line
