"""The ledgers' board at a screen: what each cell says, who may do what, and every step of a batch with its reasons."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest
from job_hands import at_job, go_to, rows_of
from ledger_hands import at_village, board, filled, into_batch, press, typed
from mouse_hands import click
from msgspec.structs import replace
from sqlalchemy import Engine
from till_hands import Till, running

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.db import transaction
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.office.ledgers import LedgersService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.panels.header_footer import key_line
from lizhi_pos.terminal.pauses import Pauses
from lizhi_pos.terminal.screens.ledgers.batch import BatchScreen
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.ledgers.keys import keys_of
from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.palette import Palette
from stopped_clock import StoppedClock
from towns.ledgers import (
    BY,
    DRAFT,
    MISSING,
    OBJECTED,
    OBJECTED_TO,
    OVER,
    REVIEWED,
    SENT_BACK,
    WHY,
    booklet,
    march_of,
)
from towns.shelf import ACCOUNTANT, ACCOUNTANT_PIN, KEEPER, KEEPER_PIN
from towns.till import ADMIN, ADMIN_PIN, SUPERVISOR, SUPERVISOR_PIN

STATE = "SELECT state FROM batch JOIN village USING (town_id, village_id) WHERE name = :village AND month = '2024-03'"
AS_SUPERVISOR = (SUPERVISOR, SUPERVISOR_PIN)


def state(engine: Engine, village: str) -> object:
    return rows_of(engine, STATE, village=village)[0][0]


def line_of(till: Till, village: str) -> str:
    return next(line for line in till.shown("#middle").splitlines() if village in line).split("│")[0]


async def by_letters(till: Till, text: str) -> None:
    """Type a text as slowly as a hand does: what comes faster is a scan."""
    for letter in text:
        till.by_a_hand()
        till.keys(letter)
    till.by_a_hand()
    await press(till, "enter")


async def test_every_cell_says_how_far_its_batch_came(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers", size=(80, 24)) as till:
        said = {
            "古镇社区": "✔ posted",
            DRAFT: "▲ draft",
            OBJECTED: "▲ pub. !1",
            REVIEWED: "reviewed",
            SENT_BACK: "▲ returned",
            OVER: "pub. end",
            MISSING: "▲ ·",
        }
        for village, words in said.items():
            assert words in line_of(till, village), village
        assert "▲" not in line_of(till, OVER)
        assert "1 overdue" in till.shown("#header")


async def test_months_and_villages_are_moved_between_and_found(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        assert board(till).place == ("古镇社区", "2024-03")
        await press(till, "right", "right", "down")
        assert board(till).place == ("大同社区", "2024-04")
        await press(till, "left")
        await typed(till, "4")
        assert board(till).place == ("大同社区", "2024-04")
        await typed(till, "2024-03")
        await typed(till, "tq")
        assert board(till).place == (DRAFT, "2024-03")
        assert "古镇社区" not in till.shown("#middle")
        await press(till, "escape")
        assert board(till).place == (DRAFT, "2024-03")
        await typed(till, "没有村")
        assert "没有村" in till.shown("#notice")
        assert till.bells == 1
        await press(till, "escape")
        await till.until_screen(HomeScreen)


@pytest.mark.parametrize(
    ("target", "village"),
    [("ledgers to publish", DRAFT), ("ledgers to review", OVER), ("ledgers to post", REVIEWED)],
)
async def test_home_marks_the_first_that_waits(ledgers: Engine, log: Path, target: Target, village: str) -> None:
    async with at_job(ledgers, log, target) as till:
        assert board(till).place == (village, "2024-03")


async def test_home_counts_what_waits_and_leads_there(ledgers: Engine, log: Path) -> None:
    async with running(ledgers, log, ADMIN, ADMIN_PIN) as till:
        # who also sells begins where the day's session is opened
        await till.until_screen(OpenSessionScreen)
        await press(till, "f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: "ledgers" in till.shown("#middle"))
        rows = {line.split("│")[0].split()[0]: line for line in till.shown("#middle").splitlines() if "batches" in line}
        assert {number: line.split("│")[0].split()[-1] for number, line in rows.items()} == {
            "6": "2",
            "7": "2",
            "8": "1",
        }
        await typed(till, "8")
        await till.until_screen(LedgersScreen)
        await till.until(lambda: board(till).place == (REVIEWED, "2024-03"))
        await press(till, "escape")
        await till.until_screen(HomeScreen)
        await typed(till, "17")
        await till.until_screen(LedgersScreen)


async def test_the_palette_reaches_the_ledgers_from_anywhere(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "gifts") as till:
        await press(till, "ctrl+p")
        await till.until_screen(Palette)
        await by_letters(till, "ledgers")
        await till.until_screen(LedgersScreen)
    async with at_job(ledgers, log, "shelf") as till:
        await press(till, "ctrl+p")
        await till.until_screen(Palette)
        await by_letters(till, "ledgers")
        assert isinstance(till.app.screen, Palette), "a keeper has no ledgers"
        assert till.bells == 1


async def test_the_detail_tells_steps_counts_objections_and_what_posting_does(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, OBJECTED)
        await till.until(lambda: "Coverage" in till.shown("#detail"))
        told = "".join(line.strip() for line in till.shown("#detail").splitlines())
        for words in (
            "3 days left",
            f"{OBJECTED}3月.xlsx",
            "2 households, 0 scores, 2 acts",
            "1 correction",
            f"imported {ACCOUNTANT}",
            OBJECTED_TO,
            "示例某",
            "not answered yet",
            "30.00",
            "0.50",
        ):
            assert words in told, words
        await at_village(till, SENT_BACK)
        await till.until(lambda: WHY in till.shown("#detail"))
        assert f"sent back {SUPERVISOR}" in till.shown("#detail")
        await at_village(till, MISSING)
        assert "No workbook came yet" in till.shown("#detail")


async def test_at_80_columns_enter_goes_in_and_esc_comes_back_to_the_cell(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers", size=(80, 24)) as till:
        await at_village(till, OBJECTED)
        await till.enter()
        await till.until(lambda: "Coverage" in till.shown("#middle"))
        await till.enter()
        await till.until_screen(BatchScreen)
        await till.until(lambda: "更正" in till.shown("#middle"))
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        await press(till, "escape")
        assert board(till).place == (OBJECTED, "2024-03")
        assert "古镇社区" in till.shown("#middle")


async def test_a_batch_is_published_objected_to_answered_reviewed_and_posted(
    ledgers: Engine, log: Path, clock: StoppedClock
) -> None:
    async with at_job(ledgers, log, "ledgers to publish") as till:
        await press(till, "f3")
        await till.until_screen(FormDialog)
        await filled(till, "")
        await till.until(lambda: "pub. 7d" in line_of(till, DRAFT))
        await press(till, "f7")
        await till.until_screen(FormDialog)
        await typed(till, "多记一次", "TQ9999", "")
        await till.until(lambda: "TQ9999" in till.shown("#message"))
        await filled(till, booklet(DRAFT), "示例丁")
        await till.until(lambda: "!1" in line_of(till, DRAFT))
        await press(till, "f8")
        await filled(till, "", "2", "核对过(示例)")
        await till.until(lambda: "dismissed" in till.shown("#notice"))
        await till.until(lambda: "核对过" in till.shown("#detail"))
    clock.forward(60 * 24 * 7)
    async with at_job(ledgers, log, "ledgers to review", who=AS_SUPERVISOR) as till:
        await at_village(till, DRAFT)
        await press(till, "f4")
        await filled(till, "")
        await till.until(lambda: "reviewed" in line_of(till, DRAFT))
    async with at_job(ledgers, log, "ledgers to post") as till:
        await at_village(till, DRAFT)
        await press(till, "f10")
        await till.until_screen(FormDialog)
        await filled(till, "")
        await till.until(lambda: "volunteer 30.00" in till.shown("#notice"))
        assert "✔ posted" in line_of(till, DRAFT)
    steps = "SELECT step FROM batch_step JOIN batch USING (town_id, batch_id) JOIN village USING (town_id, village_id) "
    assert [s for (s,) in rows_of(ledgers, f"{steps} WHERE name = :village ORDER BY step_id", village=DRAFT)] == [
        "import",
        "publish",
        "review",
        "post",
    ]


async def test_an_upheld_objection_sends_the_batch_back(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, OBJECTED)
        await press(till, "f8")
        await till.until_screen(FormDialog)
        await filled(till, "", "1", "确实少记(示例)")
        await till.until(lambda: "upheld" in till.shown("#notice"))
        assert "returned" in line_of(till, OBJECTED)
        await till.until(lambda: "确实少记" in till.shown("#detail"))
        await press(till, "f8")
        assert "waits for an answer" in till.shown("#notice")
    assert state(ledgers, OBJECTED) == "draft"


async def test_a_batch_is_sent_back_with_a_reason_that_is_shown(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers", who=AS_SUPERVISOR) as till:
        await at_village(till, REVIEWED)
        await press(till, "f6")
        await till.until_screen(FormDialog)
        await typed(till, "")
        assert isinstance(till.app.screen, FormDialog), "without a reason nothing goes back"
        await filled(till, "2")
        await till.until(lambda: "points are missing" in till.shown("#detail"))
    assert state(ledgers, REVIEWED) == "draft"


@pytest.mark.parametrize(
    ("village", "key", "says"),
    [
        (OBJECTED, "f4", "not answered"),
        (DRAFT, "f4", "draft"),
        (DRAFT, "f6", "draft"),
        ("古镇社区", "f6", "posted"),
        (MISSING, "f4", "Mark a month"),
    ],
)
async def test_what_a_reviewer_cannot_do_is_said_before_anything_is_asked(
    ledgers: Engine, log: Path, village: str, key: str, says: str
) -> None:
    async with at_job(ledgers, log, "ledgers", who=AS_SUPERVISOR) as till:
        await at_village(till, village)
        await press(till, key)
        await till.until(lambda: says in till.shown("#notice"))
        assert isinstance(till.app.screen, LedgersScreen)


@pytest.mark.parametrize(
    ("village", "key", "says"),
    [
        (OBJECTED, "f3", "publicised"),
        (OBJECTED, "f10", "reviewed"),
        (DRAFT, "f7", "publicity"),
        (DRAFT, "f8", "waits for an answer"),
        ("古镇社区", "f10", "posted"),
    ],
)
async def test_what_an_accountant_cannot_do_is_said_before_anything_is_asked(
    ledgers: Engine, log: Path, village: str, key: str, says: str
) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, village)
        await press(till, key)
        await till.until(lambda: says in till.shown("#notice"))
        assert isinstance(till.app.screen, LedgersScreen)


async def test_a_day_that_cannot_be_is_refused_in_the_dialog(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers to publish") as till:
        await press(till, "f3")
        await till.until_screen(FormDialog)
        for day in ("30.2", "2999-01-01", "2024-02-29"):
            await typed(till, day)
            await till.until(lambda day=day: day in till.shown("#message") or "before" in till.shown("#message"))  # type: ignore[misc]
        await press(till, "escape")
    assert state(ledgers, DRAFT) == "draft"


async def test_roles_see_their_own_keys_and_no_others_work(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers", who=AS_SUPERVISOR) as till:
        assert "review" in till.shown("#keys")
        assert "publish" not in till.shown("#keys")
        await at_village(till, OBJECTED)
        for key in ("f2", "f3", "f7", "f8", "f10"):
            await press(till, key)
            assert "may not" in till.shown("#notice"), key
    async with at_job(ledgers, log, "ledgers") as till:
        assert "publish" in till.shown("#keys")
        await at_village(till, OVER)
        for key in ("f4", "f6"):
            await press(till, key)
            assert "may not" in till.shown("#notice"), key
    async with at_job(ledgers, log, "ledgers", who=(KEEPER, KEEPER_PIN)) as till:
        assert "may not" in till.shown("#notice")
        assert till.app.screen.count() == 0  # type: ignore[attr-defined]


async def test_a_clerk_does_not_find_it_at_home(ledgers: Engine, log: Path) -> None:
    async with running(ledgers, log) as till:
        await till.idle()
        await go_to(till, "ledgers")
        assert "may not" in till.shown("#notice")


def test_the_service_asks_who_acts_whatever_the_screen_shows(ledgers: Engine) -> None:
    service, clerk = LedgersService(ledgers), Operator("示例", "clerk")
    place = (DRAFT, "2024-03")
    for answer in (
        service.board(clerk),
        service.contents(*place, clerk),
        service.summary(*place, clerk),
        service.preview(*place, clerk),
        service.villages(clerk),
        service.why_not("publish", place, clerk),
        service.step("publish", place, service.day(), clerk),
        service.post(place, service.day(), clerk),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"
    assert state(ledgers, DRAFT) == "draft"


async def test_the_rows_of_a_batch_corrections_first(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, OBJECTED)
        screen = await into_batch(till)
        await till.until(lambda: "coverage" in till.shown("#middle"))
        rows = screen._rows
        assert rows is not None
        assert [sheet.name for sheet in rows.sheets] == ["更正", "志愿服务", "户籍", "成员", "签字"]
        assert "示例更正" in till.shown("#detail")
        await press(till, "f9")
        await press(till, "down")
        assert rows.row is not None
        assert rows.row.booklet == booklet(OBJECTED, 2)
        assert "志愿服务 A3" in till.shown("#detail")
        await typed(till, booklet(OBJECTED, 1))
        assert len(rows.rows) == 1
        await press(till, "escape")
        assert len(rows.rows) == 2
        await press(till, "f8")
        await filled(till, "", "2", "核对过(示例)")
        await till.until(lambda: "核对过" in till.shown("#detail"))
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        assert "!1" not in line_of(till, OBJECTED)


async def test_what_others_did_meanwhile_is_seen(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, OVER)
        assert "pub. end" in line_of(till, OVER)
        service, reviewer = LedgersService(ledgers), Operator(SUPERVISOR, "supervisor")
        assert not isinstance(service.step("review", (OVER, "2024-03"), service.day(), reviewer), Refusal)
        assert isinstance(till.app.screen, LedgersScreen)
        till.app.screen.look_again()
        await till.until(lambda: "reviewed" in line_of(till, OVER))
        assert board(till).place == (OVER, "2024-03")
        await till.until(lambda: f"reviewed {SUPERVISOR}" in till.shown("#detail"))


async def test_an_act_that_takes_a_while_says_so_before_it_asks(ledgers: Engine, log: Path) -> None:
    may_go_on = threading.Event()
    async with at_job(ledgers, log, "ledgers to publish", pauses=Pauses(says_at_work_after_s=0.01)) as till:
        till.app.work.begin(lambda: may_go_on.wait(30))
        till.keys("f3")
        async with asyncio.timeout(10):
            while "One moment" not in till.shown("#notice"):
                await asyncio.sleep(0.01)
        may_go_on.set()
        await till.until_screen(FormDialog)
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        assert "One moment" not in till.shown("#notice")


async def test_every_reason_against_publishing_is_said_at_once(ledgers: Engine, log: Path) -> None:
    with transaction(ledgers) as tx:
        book = march_of(MISSING)
        few = (*book.signatures[:3], *book.signatures[-1:])
        assert not unwrap(draft(tx, replace(book, signatures=few), BY)).errors
    async with at_job(ledgers, log, "ledgers") as till:
        await at_village(till, MISSING)
        await press(till, "f3")
        told = till.shown("#notice")
        assert "5 different names" in told
        assert "3 different names" in told


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("role", ["accountant", "supervisor", "admin"])
@pytest.mark.parametrize("keys", [keymap.LEDGERS, keymap.BATCH], ids=["board", "batch"])
def test_the_last_line_has_room_for_the_keys_of_every_role(
    lang: Literal["en", "zh"], role: Literal["accountant", "supervisor", "admin"], keys: Sequence[Key]
) -> None:
    assert key_line(keys_of(keys, Operator("示例", role)), translator(lang), 80).cell_length <= 80


async def test_cells_are_clicked(ledgers: Engine, log: Path) -> None:
    async with at_job(ledgers, log, "ledgers", size=(80, 24)) as till:
        await click(till, "reviewed")
        assert board(till).place == (REVIEWED, "2024-03")
        await click(till, "reviewed")
        await till.until(lambda: "Coverage" in till.shown("#middle"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("who", [(ACCOUNTANT, ACCOUNTANT_PIN), AS_SUPERVISOR], ids=["accountant", "supervisor"])
async def test_every_listed_key_stands_in_the_last_line(
    ledgers: Engine, log: Path, lang: str, who: tuple[str, str]
) -> None:
    async with at_job(ledgers, log, "ledgers", who=who, size=(80, 24), lang=lang) as till:
        await at_village(till, OBJECTED)
        for keys in (keymap.LEDGERS, keymap.BATCH):
            line, listed = till.shown("#keys"), [key for key in till.app.screen.KEYS if key.listed]  # type: ignore[attr-defined]
            assert {key.key for key in listed} <= {key.key for key in keys}
            for key in listed:
                assert f"{key.shown} {till.app.translate(key.label.msgid)}" in line
            if keys is keymap.LEDGERS:
                await into_batch(till)
