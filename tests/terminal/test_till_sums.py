"""Net beside gross wherever a day's points are shown, and the figures of one screen equal another's."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine
from till_hands import Till, running, selling

from lizhi_pos.access.operators import Operator
from lizhi_pos.checkout.session_report import SessionReport
from lizhi_pos.money import Points
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.printing.receipt_layout import as_text, day_elements
from lizhi_pos.refusal import unwrap
from lizhi_pos.terminal.menu import menu_items
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.till.service import TillService
from towns.approvals import approval_of
from towns.till import ADMIN, CLERK, SALT, SUPERVISOR, SUPERVISOR_PIN, VINEGAR, basket_of, build_town

GROSS, BACK, NET = "13.50", "2.50", "11.00"


def a_day(engine: Engine) -> None:
    """Two households came, and one piece of salt came back."""
    service, clerk = TillService(engine), Operator(CLERK, "clerk")
    unwrap(service.redeem(basket_of("GZ0012", (SALT, 2), (VINEGAR, 1), key="1"), clerk))
    second = unwrap(service.redeem(basket_of("DT0037", (SALT, 1), key="2"), clerk))
    unwrap(service.return_goods(second.receipt, (), approval_of(SUPERVISOR, "拿错了"), clerk))


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_gross_back_and_net_stand_on_every_screen(town: Engine, log: Path, lang: str) -> None:
    a_day(town)
    async with selling(town, log, lang=lang) as till:
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        assert all(sum_ in till.shown("#header") for sum_ in (GROSS, BACK, NET))
        till.keys("escape", "f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: NET in till.shown("#chart"))
        assert all(sum_ in till.shown("#chart") for sum_ in (GROSS, BACK, NET))
        till.scan("4")
        await till.until_screen(CloseSessionScreen)
        await till.until(lambda: NET in till.shown("#middle"))
        assert all(sum_ in till.shown("#middle") for sum_ in (GROSS, BACK, NET))


def test_the_days_slip_says_net() -> None:
    slip = SessionReport(
        shop="励志超市",
        town="大同镇",
        date=date(2024, 4, 28),
        printed_at="",
        closed_by="",
        villages=(),
        households=2,
        redemptions=2,
        units=4,
        points=Points(14120),
        returns=1,
        returned=Points(650),
        receipts=(),
        unknown_jobs=0,
        chain="",
    )
    paper = as_text(day_elements(slip, 32), 32)
    assert all(sum_ in paper for sum_ in ("141.20", "6.50", "134.70"))


async def test_a_receipt_of_another_day_is_no_receipt_of_today(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.enter()
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        screen = till.app.screen
        assert isinstance(screen, ReceiptsScreen)
        older = screen._receipts[0]
        monkeypatch.setattr(screen._opened.service, "issued_as", lambda number: older)
        till.scan("1-2020-000007")
        await till.until(lambda: "海星" in till.shown("#middle"))
        assert "receipts 1, points 2.50" in till.shown("#header")


def numbers(till: Till) -> dict[str, str]:
    rows = [row.strip(" ▸").split(maxsplit=1) for row in till.shown("#middle").splitlines() if row.strip()]
    return {row[0]: row[1] for row in rows}


def test_the_numbers_of_home_are_fixed() -> None:
    by = Operator(ADMIN, "admin")
    quiet = {
        "is_open": True,
        "left_open": None,
        "held_baskets": 0,
        "market": None,
        "undecided_jobs": 0,
        "waiting_jobs": 0,
        "to_publish": 0,
        "to_review": 0,
        "to_post": 0,
        "proposals": 0,
        "near_expiry": 0,
        "open_gifts": 0,
        "open_purchases": 0,
        "overdue_pledges": 0,
        "short_products": 0,
        "open_counts": 0,
        "to_settle": 0,
    }
    usual = {p.number: (p.target, p.command) for p in menu_items(SimpleNamespace(**quiet), by)}  # type: ignore[arg-type]
    busy = {name: 3 if value == 0 and value is not False else value for name, value in quiet.items()}
    for other in (busy, {**quiet, "is_open": False}, {**busy, "is_open": False, "left_open": date(2024, 4, 28)}):
        now = {p.number: (p.target, p.command) for p in menu_items(SimpleNamespace(**other), by)}  # type: ignore[arg-type]
        for number in now.keys() & usual.keys() - {1}:
            assert now[number] == usual[number]
        assert [target for target, _ in now.values()].count("printing") == 1


async def test_sign_in_shows_roles(town: Engine, log: Path) -> None:
    async with running(town, log, "", "") as till:
        await till.until_screen(SignIn)
        await till.until(lambda: CLERK in till.form_shown())
        for name, role in ((CLERK, "clerk"), (ADMIN, "admin"), (SUPERVISOR, "supervisor")):
            assert f"{name} {role}" in till.form_shown()
        till.keys("3", "enter")
        await till.idle()
        await till.fill(SUPERVISOR_PIN)
        await till.until_screen(HomeScreen)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_not_todays_redemption_day_says_which_day_is(sqlite_engine: Engine, log: Path, lang: str) -> None:
    build_town(sqlite_engine, redemption_day=False, open_it=False)
    service = TillService(sqlite_engine)
    shop = unwrap(service.trading_day())
    assert shop.redemption_on is not None
    assert shop.redemption_on != shop.day
    async with running(sqlite_engine, log, lang=lang) as till:
        await till.until_screen(OpenSessionScreen)
        shown = str(till.app.screen.query(".auto").first().render())
        assert shop.redemption_on.isoformat() in shown
    refused = OfficeService(sqlite_engine).open_session(Operator(CLERK, "clerk"))
    assert shop.redemption_on.isoformat() in str(refused)
