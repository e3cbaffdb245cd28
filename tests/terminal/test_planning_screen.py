"""Planning at a screen: what to buy stands first, coverage and the months beside it, and the list as a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to
from mouse_hands import click
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.db import transaction
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.office.planning_rows import ForecastList
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.planning.planning import PlanningScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from towns.planning import build_planning_town
from towns.small import ACCOUNTANT, OIL, PIN, SALT, SOAP
from towns.till import SUPERVISOR, SUPERVISOR_PIN

WHO = (ACCOUNTANT.name, PIN)


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Engine]:
    """Three market days, two closed months; nothing here is entered into the books, only who signed in."""
    build_planning_town(sqlite_engine)
    with transaction(sqlite_engine) as tx:
        before = verify(tx)
        assert before.ok
    yield sqlite_engine
    with transaction(sqlite_engine) as tx:
        after = verify(tx)
        assert (after.checks, after.entries) == (before.checks, before.entries)


def shown(till: Till) -> ForecastList:
    assert isinstance(till.app.screen, PlanningScreen), till.app.screen
    assert till.app.screen._list is not None
    return till.app.screen._list


async def press(till: Till, *names: str) -> None:
    till.keys(*names)
    await till.idle()


async def typed(till: Till, text: str) -> None:
    for sign in (*text, "enter"):
        till.by_a_hand()
        till.keys(sign)
    await till.idle()


async def test_what_to_buy_stands_first_within_the_cash(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "planning", WHO) as till:
        assert [line.code for line in shown(till).rows] == [OIL, SALT, SOAP]
        assert "Buy 7 pieces for 27.60; the pool has 951.40 left then" in till.shown("#middle")
        await press(till, "f9")
        assert [line.code for line in shown(till).rows] == [OIL, SALT]
        assert "only to buy" in till.shown("#header")


async def test_coverage_the_months_the_method_and_its_error_are_told(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "planning", WHO) as till:
        told = " ".join(till.shown("#detail").split())
        for words in (
            "✔",
            "points outstanding",
            "Month ends since 2024-04, and today",
            "the newest day counts three fifths",
            "Over 1 market day it was off by 1.13, as last time by 1.00",
        ):
            assert words in told, words
        [line] = [line for line in till.shown("#detail").splitlines() if line.strip().startswith("outstanding")]
        levels = line.split()[1]
        assert len(levels) == 3
        assert levels[0] > levels[-1], "points went down over two months"


async def test_at_80_columns_enter_shows_it_in_place_of_the_rows(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "planning", WHO, size=(80, 24)) as till:
        await till.enter()
        assert "points outstanding" in till.shown("#middle")
        await press(till, "escape")
        assert "Expected" in till.shown("#middle")
        await press(till, "escape")
        await till.until_screen(HomeScreen)


async def test_a_product_and_another_day_are_found(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "planning", WHO) as till:
        till.scan(SOAP)
        await till.idle()
        assert shown(till).row.code == SOAP  # type: ignore[union-attr]
        await typed(till, "hx")
        assert [line.code for line in shown(till).rows] == [SALT]
        await press(till, "escape")
        await typed(till, "240528")
        assert "2024-05-28" in till.shown("#header")
        assert {line.code: line.expected for line in shown(till).rows}[SALT] == 8
        await typed(till, "2999-01-01")
        assert "more than a year ahead" in till.shown("#notice")
        await typed(till, "没有的")
        assert "没有的" in till.shown("#notice")
        assert till.bells == 2
        await click(till, "舒肤佳")
        assert shown(till).row.code == SOAP  # type: ignore[union-attr]


async def test_the_list_is_written_as_a_purchases_file(
    shop: Engine, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(tmp_path / "文档"))
    async with at_job(shop, log, "planning", WHO) as till:
        await press(till, "f2")
        await till.until_screen(FormDialog)
        assert "~/文档/采购清单-" in till.form_shown()
        await till.enter()
        await till.until_screen(PlanningScreen)
        [path] = (tmp_path / "文档").iterdir()
        assert path.name in till.shown("#notice").replace(" ", "")
        assert {str(error.cell)[0] for error in read_purchases(path).errors} == {"A", "C"}
        path.write_bytes(b"another")
        await press(till, "f2")
        await till.until_screen(FormDialog)
        await till.enter()
        await till.until(lambda: "another content" in till.shown("#message"))
        await typed(till, str(tmp_path / "b.csv"))
        await till.until(lambda: ".xlsx" in till.shown("#message"))
        await press(till, "escape")
        await till.until_screen(PlanningScreen)
    assert path.read_bytes() == b"another"


async def test_home_leads_there_and_a_supervisor_may_look(town: Engine, log: Path) -> None:
    async with running(town, log, SUPERVISOR, SUPERVISOR_PIN) as till:
        await till.until_screen(HomeScreen)
        await till.idle()
        await press(till, "1", "6", "enter")
        await till.until_screen(PlanningScreen)
        await till.until(lambda: "Expected" in till.shown("#middle"))
        await press(till, "f2")
        assert "Nothing is to be bought" in till.shown("#notice")


async def test_a_clerk_is_told_that_it_is_not_theirs(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await go_to(till, "planning")
        assert "may not" in till.shown("#notice")
        await press(till, "f2", "f9", "down")
        assert isinstance(till.app.screen, PlanningScreen)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_listed_key_stands_in_the_last_line(shop: Engine, log: Path, lang: str) -> None:
    async with at_job(shop, log, "planning", WHO, (80, 24), lang) as till:
        line = till.shown("#keys")
        for key in keymap.PLANNING:
            if key.listed:
                assert f"{key.shown} {till.app.translate(key.label.msgid)}" in line
