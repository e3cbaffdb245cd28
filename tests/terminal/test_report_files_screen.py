"""Lists of the screens as files, of the sample town (示例): asked where, written whole, never over another file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, go_to, rows_of
from screen_shots import GOLDEN, VARIANTS
from shooting import shooting
from sqlalchemy import Engine
from till_hands import Till

from documents.reading import text
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.office.report_drafts import ReportDraft, ReportDrafts, make_files, save_files
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.findings import Days
from lizhi_pos.sample.town import build
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.planning.planning import PlanningScreen
from lizhi_pos.terminal.screens.reports.honours import HonoursScreen
from lizhi_pos.terminal.screens.reports.supervision import SupervisionScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from stopped_clock import MARKET_DAY, StoppedClock

ACCOUNTANT, SUPERVISOR = ("陈示例", "343434"), ("刘示例", "454545")
DAY = MARKET_DAY.date()
DAYS = Days(DAY.replace(day=1), DAY)
EXPORTS = "SELECT by_user, subject FROM audit_event WHERE action = 'export' ORDER BY subject"


@pytest.fixture(scope="module")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample town on the market day."""
    path = tmp_path_factory.mktemp("sample") / "town.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("sample town"))
    build(engine, MARKET_DAY)
    engine.dispose()
    return path


@pytest.fixture
def shop(sample: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    path = tmp_path / "till.db"
    shutil.copyfile(sample, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    with transaction(engine) as tx:
        assert verify(tx).ok
    engine.dispose()


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documents of whoever sits at the till."""
    folder = tmp_path / "文档"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(folder))
    monkeypatch.setattr("lizhi_pos.office.report_drafts.sticks", list)
    return folder


async def press(till: Till, *names: str) -> None:
    till.keys(*names)
    await till.idle()


async def typed(till: Till, words: str) -> None:
    for sign in (*words, "enter"):
        till.by_a_hand()
        till.keys(sign)
    await till.idle()


async def asked(till: Till) -> None:
    await press(till, "f7")
    await till.until_screen(FormDialog)


async def test_the_list_that_is_shown_becomes_the_file_that_is_chosen(shop: Engine, log: Path, documents: Path) -> None:
    async with at_job(shop, log, "honours", ACCOUNTANT) as till:
        await typed(till, "tqc")
        await asked(till)
        assert "~/文档/2024_天桥村_红榜.pdf" in till.form_shown()
        await till.enter()
        await till.until_screen(HonoursScreen)
        path = documents / "2024_天桥村_红榜.pdf"
        assert path.name in till.shown("#notice").replace(" ", "")
        assert "TQ0" in text(path.read_bytes())
        assert "示例" not in text(path.read_bytes()).replace("(示例)", "")
        await asked(till)
        await till.fill("4")
        await till.until_screen(HonoursScreen)
        assert (documents / "2024_天桥村_红榜.xlsx").is_file()
        await press(till, "f9", "f9", "f9", "f9")
        await asked(till)
        await till.enter()
        await till.until_screen(HonoursScreen)
    assert {one.name for one in documents.iterdir()} == {
        "2024_天桥村_红榜.pdf",
        "2024_天桥村_红榜.xlsx",
        "2024-03_积分保障.pdf",
    }
    kept = rows_of(shop, EXPORTS)
    assert [by for by, _ in kept] == [ACCOUNTANT[0]] * 2, "who owes what is public, whose list it is is kept"
    assert all("report red 天桥村 2024" in str(subject) for _, subject in kept)


async def test_another_file_stays_and_the_dialog_says_why(shop: Engine, log: Path, documents: Path) -> None:
    path, other = documents / "2024_古镇社区_红榜.pdf", documents.parent / "别处"
    path.write_bytes(b"another")
    other.mkdir()
    async with at_job(shop, log, "honours", ACCOUNTANT) as till:
        await asked(till)
        await till.enter()
        await till.until(lambda: "another content" in till.shown("#message"))
        await typed(till, "~/b.docx")
        await till.until(lambda: ".pdf, .png, .html, .xlsx" in " ".join(till.shown("#message").split()))
        await typed(till, f"~/文档/{path.name}/x.pdf")
        await till.until(lambda: "cannot be made" in " ".join(till.shown("#message").split()))
        assert rows_of(shop, EXPORTS) == []
        await typed(till, "~/别处/榜.PNG")
        await till.until_screen(HonoursScreen)
        await asked(till)
        assert "~/别处/2024_古镇社区_红榜.pdf" in till.form_shown(), "the folder used last"
        await press(till, "escape")
        await till.until_screen(HonoursScreen)
    assert path.read_bytes() == b"another"
    assert (other / "榜.PNG").read_bytes().startswith(b"\x89PNG")


async def test_findings_and_the_forecast_are_written_too(shop: Engine, log: Path, documents: Path) -> None:
    async with at_job(shop, log, "supervision", SUPERVISOR) as till:
        await asked(till)
        await till.enter()
        await till.until_screen(SupervisionScreen)
        [path] = documents.iterdir()
        assert "不公开" in text(path.read_bytes())
        bells = till.bells
        await press(till, "f9", "f7")
        assert isinstance(till.app.screen, SupervisionScreen)
        assert till.bells == bells + 1, "what was signed is no report"
        while not isinstance(till.app.screen, HomeScreen):
            await press(till, "escape")
        await go_to(till, "planning")
        await asked(till)
        await till.enter()
        await till.until_screen(PlanningScreen)
    assert len(list(documents.iterdir())) == 2
    assert len(rows_of(shop, EXPORTS)) == 1


def test_each_draft_asks_for_its_right_when_it_is_read_and_again_when_it_is_kept(shop: Engine, tmp_path: Path) -> None:
    drafts, clerk, accountant = ReportDrafts(shop), Operator("收示例", "clerk"), Operator(ACCOUNTANT[0], "accountant")
    for answer in (
        drafts.honours("red", "天桥村", 2024, clerk),
        drafts.supervision(DAYS, clerk),
        drafts.forecast(DAY, clerk),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"
    draft = drafts.honours("red", "天桥村", 2024, accountant)
    assert isinstance(draft, ReportDraft)
    made = make_files(draft, str(tmp_path / "榜.html"))
    assert not isinstance(made, Refusal)
    refused = drafts.keep_export(draft, made, clerk)
    assert refused is not None
    assert refused.code == "not_allowed"
    assert rows_of(shop, EXPORTS) == []
    assert save_files(made) is None
    (tmp_path / "榜.html").write_bytes(b"another")
    assert save_files(made) is not None
    assert (tmp_path / "榜.html").read_bytes() == b"another"


async def test_the_dialog_as_it_is_painted(shop: Engine, log: Path, documents: Path) -> None:
    async with shooting(shop, log, name=SUPERVISOR[0], pin=SUPERVISOR[1]) as shots:
        till = shots.till
        await till.until_screen(HomeScreen)
        await go_to(till, "honours")
        await asked(till)
        await shots.take("report-file")


def test_every_golden_file_is_a_screens() -> None:
    wanted = {f"report-file.{lang}.{width}x{height}.txt" for lang, (width, height) in VARIANTS}
    assert {path.name for path in GOLDEN.glob("report-file*")} == wanted
