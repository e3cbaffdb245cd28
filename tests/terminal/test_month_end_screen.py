"""The month's end at its screen, of the sample town (示例): checks, closing, answers, differences, signatures."""

from pathlib import Path

import pytest
from job_hands import at_job, go_to, press, rows_of, typed
from screen_shots import GOLDEN, VARIANTS
from shooting import shooting
from sqlalchemy import Engine
from till_hands import Till

from lizhi_pos.access.operators import Operator
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.office.month_rows import MonthRows
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.month_end.differences import DifferencesScreen
from lizhi_pos.terminal.screens.month_end.month import MonthEndScreen
from lizhi_pos.terminal.screens.month_end.papers import PapersScreen
from lizhi_pos.terminal.screens.month_end.told import ToldScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from stopped_clock import MARKET_DAY

ACCOUNTANT, SUPERVISOR = ("陈示例", "343434"), ("刘示例", "454545")
CLOSED, DUE = Month(2024, 2), Month(2024, 3)
SHOTS = ("open", "check", "closed", "village", "differences", "resolve", "confirm", "told")


def shown(till: Till) -> MonthRows:
    assert isinstance(till.app.screen, MonthEndScreen), till.app.screen
    assert till.app.screen._shown is not None
    return till.app.screen._shown


def state(till: Till, village: str) -> AnswerState:
    return next(one for one in shown(till).view.states if one.village == village)


async def to_closed(till: Till) -> None:
    """Turn to the month before, which is closed."""
    await press(till, "left")
    assert shown(till).view.month == CLOSED


async def at_village(till: Till, name: str) -> None:
    shown(till).go_to(name)
    till.app.screen.show()  # type: ignore[attr-defined]
    await till.idle()
    assert shown(till).village is not None


def answer_file(folder: Path, village: str, title: str, *rows: tuple[str, str]) -> Path:
    lines = [title, "手册编号,期末积分", *(f"{booklet},{points}" for booklet, points in rows)]
    path = folder / f"{village}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


async def test_every_check_leads_to_where_it_is_put_right(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        assert shown(till).view.month == DUE
        assert [c.name for c in shown(till).view.problems if c.level == "block"] == ["counts", "objections"]
        while (check := shown(till).check) is not None and check.name != "batches":
            await press(till, "down")
        assert "came late" in till.shown("#detail") or "draft" in till.shown("#detail")
        await press(till, "enter")
        await till.until_screen(LedgersScreen)
        await press(till, "escape")
        await till.until_screen(MonthEndScreen)
        assert shown(till).check is not None


async def test_a_blocked_month_says_why_and_stays_open(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        await press(till, "f4")
        assert "stocktake 1 is open" in " ".join(till.shown("#notice").split())
        assert shown(till).view.closed_on is None


async def test_a_month_is_closed_with_its_figures_said_first(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        for statement in ("UPDATE stock_count SET state = 'dropped'", "UPDATE count_product SET is_open = 0"):
            _as_if(sample, statement)
        _as_if(sample, "UPDATE objection SET state = 'dismissed', settled_on = '2024-04-01', answer = '示例'")
        await press(till, "f4")
        await till.until_screen(FormDialog)
        assert "6 villages" in till.shown("#heading")
        await accepted(till, "")
        assert "2024-03 is closed" in till.shown("#notice")
        assert shown(till).view.closed_on == MARKET_DAY.date()
    assert rows_of(sample, "SELECT closed_by FROM period WHERE month = '2024-03'") == [("陈示例",)]
    # what was changed by hand for it is put back: the books are proved in the end
    _as_if(sample, "UPDATE stock_count SET state = 'open'")
    _as_if(sample, "UPDATE count_product SET is_open = 1")
    _as_if(sample, "UPDATE objection SET state = 'open', settled_on = NULL, answer = NULL")


def _as_if(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


async def test_differences_are_resolved_and_the_village_confirms(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        await to_closed(till)
        await at_village(till, "古镇社区")
        still_open = state(till, "古镇社区").open
        assert still_open
        await press(till, "f7")
        await filled_in_vain(till, "示例书记")
        await press(till, "escape")
        await press(till, "enter")
        await till.until_screen(DifferencesScreen)
        for _ in range(still_open):
            await press(till, "f2")
            await accepted(till, "1")
        assert "nothing is open" in till.shown("#notice")
        await press(till, "escape")
        await till.until_screen(MonthEndScreen)
        await at_village(till, "古镇社区")
        await press(till, "f7")
        await accepted(till, "示例书记")
        assert (state(till, "古镇社区").state, state(till, "古镇社区").confirmed_by) == ("confirmed", "示例书记")


async def accepted(till: Till, first: str) -> None:
    """Fill the first field in and go on with Enter until the dialog is accepted."""
    await till.until_screen(FormDialog)
    dialog = till.app.screen
    await typed(till, first)
    while till.app.screen is dialog and not till.shown("#message").strip():
        await typed(till, "")
    assert till.app.screen is not dialog, till.shown("#message")


async def filled_in_vain(till: Till, *values: str) -> None:
    """Fill a dialog in that says no and stays."""
    await till.until_screen(FormDialog)
    dialog = till.app.screen
    await typed(till, *values)
    assert till.app.screen is dialog
    assert till.shown("#message").strip()


async def test_a_village_disputes_until_it_confirms(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        await to_closed(till)
        await at_village(till, "华平村")
        await press(till, "f8")
        await accepted(till, "示例:少记一单")
        assert (state(till, "华平村").state, state(till, "华平村").dispute) == ("disputed", "示例:少记一单")
        assert "示例:少记一单" in till.shown("#detail")


async def test_answers_are_read_from_files_the_wrong_ones_told_by_cell(
    sample: Engine, log: Path, tmp_path: Path
) -> None:
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        await to_closed(till)
        village = next(v for v in shown(till).view.villages if v.village == "华平村")
        rows = [(line.booklet, f"{line.closing / 100:.2f}") for line in village.households]
        path = answer_file(tmp_path, "华平村", "华平村户余额(2024年2月)", *rows)
        await typed(till, str(path))
        await till.until_screen(ToldScreen)
        assert f"华平村: {len(rows)} agree, 0 differ" in till.shown("#middle")
        await press(till, "enter")
        await till.until_screen(MonthEndScreen)
        assert state(till, "华平村").state == "answered"
        wrong = answer_file(tmp_path, "天桥村", "天桥村户余额(2024年1月)", ("TQ0001", "三"))
        await typed(till, str(wrong))
        await till.until_screen(ToldScreen)
        assert "天桥村.csv: not taken" in till.shown("#middle")
        assert "A1" in till.shown("#middle")
        assert "B3" in till.shown("#middle")


async def written(till: Till, screen: PapersScreen) -> None:
    """Wait until every paper is written."""
    await till.until(lambda: not screen.is_writing)


async def test_all_papers_are_written_into_a_folder(sample: Engine, log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "表"
    async with at_job(sample, log, "month end", ACCOUNTANT) as till:
        await press(till, "f3")
        assert "once it is closed" in till.shown("#notice")
        await to_closed(till)
        for _again in range(2):
            await press(till, "f3")
            await till.until_screen(FormDialog)
            await accepted(till, str(folder))
            await till.until_screen(PapersScreen)
            screen = till.app.screen
            assert isinstance(screen, PapersScreen)
            await written(till, screen)
            assert screen.problems == []
            assert len(screen.written) == len(list(folder.iterdir())) == 38
            await press(till, "escape")
        (folder / "2024-02_古镇社区_广播稿.txt").write_text("示例", encoding="utf-8")
        await press(till, "f3")
        await accepted(till, "")
        await till.until_screen(PapersScreen)
        screen = till.app.screen
        assert isinstance(screen, PapersScreen)
        await written(till, screen)
        assert "1 paper is not written" in till.shown("#notice")
        await press(till, "f8")
        await till.until(lambda: not screen.is_writing and not screen.problems)
        assert (folder / "2024-02_古镇社区_广播稿.txt").read_text(encoding="utf-8") != "示例"
        await press(till, "f9")
        assert str(folder) in till.shown("#notice") or "no window" in till.shown("#notice")
    assert rows_of(sample, "SELECT count(*) FROM audit_event WHERE action = 'export'") == [(3,)]


async def test_a_supervisor_looks_and_signs_nothing(sample: Engine, log: Path) -> None:
    async with at_job(sample, log, "month end", SUPERVISOR, size=(80, 24)) as till:
        await to_closed(till)
        await at_village(till, "古镇社区")
        for key in ("f7", "f8", "f6"):
            await press(till, key)
            assert "may not do this" in till.shown("#notice")
        await press(till, "enter")
        assert "Opening" in till.shown("#middle")
        await press(till, "escape", "escape")
        await till.until_screen(HomeScreen)


@pytest.mark.parametrize("role", ["clerk", "keeper"])
def test_a_clerk_or_keeper_sees_none_of_it(sample: Engine, role: str) -> None:
    by = Operator("示例", role)  # type: ignore[arg-type]
    service, day, place = MonthEndService(sample), MARKET_DAY.date(), (CLOSED, "古镇社区")
    for answer in (
        service.view(None, by),
        service.differences(*place, by),
        service.names(CLOSED, by),
        service.why_not_close(DUE, day, by),
        service.close(DUE, day, by),
        service.papers(CLOSED, Path("示例"), by),
        service.take_answer(CLOSED, VillageAnswer("古镇社区", ()), day, by),
        service.resolve(place, "GZ0001", ("示例", ""), day, by),
        service.confirm(place, "", day, by),
        service.dispute(place, "示例", day, by),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"


async def test_the_months_end_as_it_is_painted(sample: Engine, log: Path, tmp_path: Path) -> None:
    async with shooting(sample, log, name=ACCOUNTANT[0], pin=ACCOUNTANT[1]) as shots:
        till = shots.till
        await till.until_screen(HomeScreen)
        await go_to(till, "month end")
        await shots.take("month-end-open")
        await press(till, "down", "enter")
        await shots.take("month-end-check")
        await press(till, "escape")
        await to_closed(till)
        await shots.take("month-end-closed")
        await at_village(till, "古镇社区")
        await press(till, "enter")
        await shots.take("month-end-village")
        await press(till, "enter")
        await till.until_screen(DifferencesScreen)
        await shots.take("month-end-differences")
        await press(till, "f2")
        await shots.take("month-end-resolve")
        await press(till, "escape")
        await press(till, "escape")
        await at_village(till, "华平村")
        await press(till, "f7")
        await shots.take("month-end-confirm")
        await press(till, "escape")
        path = answer_file(tmp_path, "天桥村", "天桥村户余额(2024年1月)", ("TQ0001", "三"))
        await typed(till, str(path))
        await till.until_screen(ToldScreen)
        await shots.take("month-end-told")


def test_every_golden_file_is_a_screens() -> None:
    wanted = {f"month-end-{shot}.{lang}.{width}x{height}.txt" for shot in SHOTS for lang, (width, height) in VARIANTS}
    assert {path.name for path in GOLDEN.glob("month-end-*")} == wanted
