"""Lists at screens: honours, supervision, the rulebook, of the sample town (示例); each row leads to what it is of."""

from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from screen_shots import GOLDEN, VARIANTS
from shooting import shooting
from sqlalchemy import Engine
from till_hands import Till, running

from lizhi_pos.access.operators import Operator
from lizhi_pos.office.honours import HonoursService
from lizhi_pos.office.report_tables import ReportList
from lizhi_pos.office.rulebook import RulebookService
from lizhi_pos.office.supervision import SupervisionService
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.findings import Days
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.reports.honours import HonoursScreen
from lizhi_pos.terminal.screens.reports.report_screen import ReportScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from stopped_clock import MARKET_DAY

ACCOUNTANT, SUPERVISOR = ("陈示例", "343434"), ("刘示例", "454545")
DAY = MARKET_DAY.date()
APRIL = Days(DAY.replace(day=1), DAY)
SCREENS = ("honours", "scorecard", "entries", "findings", "where", "sign", "rulebook", "terms", "versions")


def shown(till: Till) -> ReportList:
    assert isinstance(till.app.screen, ReportScreen), till.app.screen
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


async def test_a_village_or_a_year_is_typed_and_a_row_leads_to_its_entries(sample: Engine, log: Path) -> None:
    """六: the red list, as it will be printed: masked."""
    async with at_job(sample, log, "honours", ACCOUNTANT) as till:
        assert "古镇社区" in till.shown("#header")
        first = shown(till).rows[0]
        assert "*" in str(first.cells[2])
        assert "示例" not in str(first.cells[2])
        await typed(till, "tqc")
        assert "天桥村" in till.shown("#header")
        assert {row.key[:2] for row in shown(till).rows} == {"TQ"}
        told = till.shown("#detail")
        assert f"{shown(till).rows[0].key}: what it earned in 2024" in told
        assert "2024-03_天桥村.xlsx 志愿服务" in " ".join(told.split())
        await typed(till, "2019")
        assert "No rulebook" in till.shown("#notice")


async def test_every_list_is_one_key_further(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "honours", ACCOUNTANT) as till:
        titles = []
        for _ in range(5):
            titles.append(shown(till).table.title)
            await press(till, "f9")
        assert len(set(titles)) == 5
        await press(till, "f2")
        assert "大同社区" in till.shown("#header")
        await press(till, "f9")
        assert [row.key for row in shown(till).rows] == ["DT0007"], "the one that two people released"


async def test_a_finding_leads_to_its_receipts_and_is_signed_off(sample: Engine, log: Path) -> None:
    """The supervisor's own signature, with a note, kept."""
    async with at_job(sample, log, "supervision", SUPERVISOR) as till:
        approvals = next(at for at, row in enumerate(shown(till).rows) if row.key.startswith("approvals"))
        await typed(till, str(approvals + 1))
        assert "approved" in till.shown("#detail")
        await press(till, "f2")
        await till.until_screen(FormDialog)
        await till.fill("示例:都看过了")
        await till.idle()
        assert "Signed by 刘示例" in till.shown("#notice")
        await press(till, "f9")
        assert [row.cells[-1] for row in shown(till).rows] == ["示例:都看过了"]
    assert rows_of(sample, "SELECT by_user, note FROM supervision_note") == [("刘示例", "示例:都看过了")]


async def test_the_administrator_looks_but_does_not_sign(sample: Engine, log: Path) -> None:
    async with running(sample, log, "赵示例", "565656") as till:
        await till.until_screen(SellScreen)
        await go_to(till, "supervision")
        await press(till, "f2")
        assert till.shown("#notice").strip()
        assert isinstance(till.app.screen, ReportScreen)
        await press(till, "f3")
        assert "2024-04-28" in till.shown("#header")
        await typed(till, "2024-03")
        assert "2024-03-01 … 2024-03-31" in till.shown("#header")
    assert rows_of(sample, "SELECT count(*) FROM supervision_note") == [(0,)]


async def test_what_the_town_has_still_to_fill_in_is_marked(sample: Engine, log: Path) -> None:
    """三(二): nine categories, of which the plan names four."""
    async with at_job(sample, log, "rulebook", ACCOUNTANT) as till:
        rows = shown(till).table.rows
        named = {str(row.cells[0]) for row in rows if not row.is_hint}
        assert len(named) + sum(row.is_hint for row in rows) == 9
        await typed(till, "yuanmeng")
        assert {row.cells[0] for row in shown(till).rows} == {"圆梦使者"}
        await press(till, "escape")
        for _ in range(3):
            await press(till, "f9")
        assert all("/" in row.key for row in shown(till).rows)
        assert "the first rulebook" in till.shown("#detail") or "against" in till.shown("#detail")


async def test_a_small_screen_shows_the_detail_by_enter(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "honours", ACCOUNTANT, size=(80, 24)) as till:
        await press(till, "down", "enter")
        assert "what it earned in 2024" in till.shown("#middle")
        await press(till, "escape")
        assert isinstance(till.app.screen, HonoursScreen)
        assert shown(till).marked == 1


@pytest.mark.parametrize("role", ["clerk", "keeper"])
def test_a_clerk_or_keeper_sees_none_of_it(sample: Engine, role: str) -> None:
    by = Operator("示例", role)  # type: ignore[arg-type]
    for answer in (
        HonoursService(sample).scope(by),
        HonoursService(sample).table("red", "天桥村", 2024, by),
        HonoursService(sample).told_of("red", "TQ0001", 2024, by),
        SupervisionService(sample).table("findings", APRIL, by),
        SupervisionService(sample).told_of("", by),
        SupervisionService(sample).sign(APRIL, "示例", by),
        RulebookService(sample).table("items", 2024, by),
        RulebookService(sample).told_of("versions", "2024/1", by),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"


async def test_the_lists_as_they_are_painted(sample: Engine, log: Path) -> None:
    async with shooting(sample, log, name=SUPERVISOR[0], pin=SUPERVISOR[1]) as shots:
        till = shots.till
        await till.until_screen(HomeScreen)
        steps: dict[str, tuple[Target, tuple[str, ...]]] = {
            "honours": ("honours", ()),
            "entries": ("honours", ("down", "enter")),
            "scorecard": ("honours", ("f9", "f9", "f9")),
            "findings": ("supervision", ()),
            "where": ("supervision", ("enter",)),
            "sign": ("supervision", ("f2",)),
            "rulebook": ("rulebook", ()),
            "terms": ("rulebook", ("f9",)),
            "versions": ("rulebook", ("f9", "f9", "f9")),
        }
        for name, (target, keys) in steps.items():
            await go_to(till, target)
            for key in keys:
                await press(till, key)
            await shots.take(f"reports-{name}")
            while not isinstance(till.app.screen, HomeScreen):
                till.keys("escape")
                await till.idle()


def test_every_golden_file_is_a_screens() -> None:
    wanted = {f"reports-{shot}.{lang}.{width}x{height}.txt" for shot in SCREENS for lang, (width, height) in VARIANTS}
    assert {path.name for path in GOLDEN.glob("reports-*")} == wanted
