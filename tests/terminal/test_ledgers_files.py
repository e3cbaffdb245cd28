"""Workbooks read at the screen: chosen, read with progress, their errors beside their rows, taken or left."""

import os
import threading
import time
from pathlib import Path

import pytest
from job_hands import at_job, rows_of
from ledger_hands import board, into_batch, press, read, typed
from sqlalchemy import Engine
from till_hands import Till

from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.office.ledgers import LedgersService, ReadIn
from lizhi_pos.terminal.screens.ledgers import files, reading
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.ledgers.reading import ReadingScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from towns.ledgers import DRAFT, MISSING, OBJECTED, act_of, booklet, write_file

IMPORTED = "SELECT file FROM batch WHERE file LIKE :name"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, with nothing plugged in."""
    folder = tmp_path / "home"
    (folder / "Downloads").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setattr("lizhi_pos.office.found_files._STICKS", (str(tmp_path / "media"),))
    return folder


def put(home: Path, name: str, village: str, *acts: object, age: int = 0, many: int = 0) -> Path:
    path = write_file(home / "Downloads" / name, village, list(acts), many=many)  # type: ignore[arg-type]
    written = time.time() - age
    os.utime(path, (written, written))
    return path


def states(screen: ReadingScreen) -> list[str]:
    return [file.found.state if isinstance(file.found, ReadIn) else "refused" for file in screen.files]


async def choosing(till: Till) -> FilesScreen:
    await press(till, "f2")
    await till.until_screen(FilesScreen)
    screen = till.app.screen
    assert isinstance(screen, FilesScreen)
    await till.until(lambda: screen.notice is None)
    return screen


async def test_several_files_are_read_newest_first_each_for_itself(ledgers: Engine, log: Path, home: Path) -> None:
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING), age=10)
    put(home, "民族村错.xlsx", OBJECTED, act_of(OBJECTED, points="十分"), age=20)
    (home / "Downloads" / "坏.xlsx").write_bytes(b"PK\x03\x04")
    os.utime(home / "Downloads" / "坏.xlsx", (1, 1))
    async with at_job(ledgers, log, "ledgers") as till:
        screen = await read(till, "1-3")
        assert [file.path.name for file in screen.files] == ["新场村3月.xlsx", "民族村错.xlsx", "坏.xlsx"]
        assert states(screen) == ["taken", "errors", "errors"]
        shown = till.shown("#middle")
        assert "✔ taken  新场村 2024-03" in shown
        assert "✘ 1 error" in shown
        assert "2 files were not taken" in till.shown("#notice")
        await typed(till, "2")
        await till.enter()
        shown = till.shown("#middle")
        assert "志愿服务" in shown
        assert "✘ E2" in shown
        assert "十分" in shown
        assert f"2: {booklet(OBJECTED)} │ 示例民1" in shown
        await press(till, "escape")
        assert screen.marked == 1
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        await till.until(lambda: board(till).place == (MISSING, "2024-03"))
    assert rows_of(ledgers, IMPORTED, name="新场村3月%") == [("新场村3月.xlsx",)]
    assert rows_of(ledgers, IMPORTED, name="民族村错%") == []


async def test_a_corrected_file_says_what_it_changes_before_it_is_taken(ledgers: Engine, log: Path, home: Path) -> None:
    put(home, "民族村改.xlsx", OBJECTED, act_of(OBJECTED, points=20, times=2))
    async with at_job(ledgers, log, "ledgers") as till:
        screen = await read(till, "1")
        assert states(screen) == ["changes"]
        assert rows_of(ledgers, IMPORTED, name="民族村改%") == []
        await press(till, "f9")
        shown = till.shown("#middle")
        assert "sends it back to draft" in shown
        assert "10.00 → 20.00" in shown
        assert f"− 志愿服务 {booklet(OBJECTED, 2)}" in shown
        await press(till, "escape")
        await press(till, "escape")
        await till.until_screen(Confirm)
        await press(till, "escape")
        assert isinstance(till.app.screen, ReadingScreen), "what waits is not left by the way"
        await press(till, "f10")
        await till.until_screen(Confirm)
        await press(till, "f10")
        await till.until(lambda: states(screen) == ["taken"])
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
    assert rows_of(ledgers, IMPORTED, name="民族村改%") == [("民族村改.xlsx",)]
    assert rows_of(ledgers, "SELECT state FROM batch WHERE file = '民族村改.xlsx'") == [("draft",)]


async def test_the_marked_copy_stands_beside_the_file(ledgers: Engine, log: Path, home: Path) -> None:
    path = put(home, "民族村错.xlsx", OBJECTED, act_of(OBJECTED, points="十分"))
    async with at_job(ledgers, log, "ledgers") as till:
        await read(till, "1")
        await press(till, "f7")
        await till.until(lambda: "~/Downloads/民族村错_问题.xlsx" in till.shown("#notice"))
        assert path.with_name("民族村错_问题.xlsx").stat().st_size
        await press(till, "f10")
        assert "does not wait" in till.shown("#notice")


async def test_a_folder_a_file_and_a_part_of_the_name_are_typed(
    ledgers: Engine, log: Path, home: Path, tmp_path: Path
) -> None:
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING))
    stick = tmp_path / "media" / "会计" / "USB"
    stick.mkdir(parents=True)
    write_file(stick / "天桥村3月.xlsx", DRAFT, [act_of(DRAFT)])
    os.utime(stick / "天桥村3月.xlsx", (1, 1))
    async with at_job(ledgers, log, "ledgers", size=(80, 24)) as till:
        screen = await choosing(till)
        assert [file.path.name for file in screen._files] == ["新场村3月.xlsx", "天桥村3月.xlsx"]
        await typed(till, "天桥")
        assert [file.path.name for file in screen._files] == ["天桥村3月.xlsx"]
        await press(till, "escape")
        assert screen.count() == 2
        await typed(till, str(stick))
        await till.until(lambda: screen.count() == 1)
        await press(till, "escape")
        await till.until(lambda: screen.count() == 2)
        for nothing in ("9", "没有的", f"{stick}/没有.xlsx"):
            await typed(till, nothing)
            await till.until(lambda nothing=nothing: nothing in till.shown("#notice").replace(" ", ""))  # type: ignore[misc]
        (tmp_path / "空").mkdir()
        await typed(till, str(tmp_path / "空"))
        await till.until(lambda: "No workbook lies in" in till.shown("#notice"))
        await typed(till, f"'{stick}/天桥村3月.xlsx'")
        await till.until_screen(ReadingScreen)
        await press(till, "escape")


async def test_a_file_is_dragged_onto_the_board(ledgers: Engine, log: Path, home: Path) -> None:
    path = put(home, "新场村3月.xlsx", MISSING, act_of(MISSING))
    async with at_job(ledgers, log, "ledgers") as till:
        till.keys(*f"'{path}'")
        await press(till, "enter")
        await till.until_screen(ReadingScreen)
        await till.until(lambda: not till.app.screen.is_reading)  # type: ignore[attr-defined]
        assert till.app._jobs[LedgersService].folder == path.parent


async def test_a_file_that_vanishes_or_cannot_be_read_is_an_error_of_its_own(
    ledgers: Engine, log: Path, home: Path
) -> None:
    gone = put(home, "走了.xlsx", MISSING, act_of(MISSING), age=1)
    folder = put(home, "变成文件夹.xlsx", MISSING, act_of(MISSING), age=2)
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING), age=3)
    async with at_job(ledgers, log, "ledgers") as till:
        await choosing(till)
        gone.unlink()
        folder.unlink()
        folder.mkdir()
        await typed(till, "1-3")
        await till.until_screen(ReadingScreen)
        screen = till.app.screen
        assert isinstance(screen, ReadingScreen)
        await till.until(lambda: not screen.is_reading)
        assert states(screen) == ["errors", "errors", "taken"]
        await press(till, "f7")
        await till.until(lambda: "cannot be opened any more" in till.shown("#notice"))


async def test_reading_goes_on_where_the_books_refuse_one(
    ledgers: Engine, log: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, "坏脾气.xlsx", DRAFT, act_of(DRAFT), age=1)
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING), age=2)

    def fails(path: Path, villages: list[str]) -> object:
        if path.name == "坏脾气.xlsx":
            raise OSError("gone")
        return read_village_workbook(path, villages)

    monkeypatch.setattr(reading, "read_village_workbook", fails)
    async with at_job(ledgers, log, "ledgers") as till:
        screen = await read(till, "1 2")
        assert states(screen) == ["refused", "taken"]


async def test_while_a_file_is_read_every_key_works(
    ledgers: Engine, log: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING), age=1)
    put(home, "后.xlsx", DRAFT, act_of(DRAFT, points=20, times=2), age=2)
    may_go_on = threading.Event()

    def slow(path: Path, villages: list[str]) -> object:
        may_go_on.wait(30)
        return read_village_workbook(path, villages)

    monkeypatch.setattr(reading, "read_village_workbook", slow)
    async with at_job(ledgers, log, "ledgers") as till:
        await choosing(till)
        await typed(till, "1-2")
        await till.until_screen(ReadingScreen)
        screen = till.app.screen
        assert isinstance(screen, ReadingScreen)
        await till.until(lambda: screen.files[0].stage == "reads")
        assert "░" in till.shown("#header")
        assert "0 of 2 files" in till.shown("#header")
        screen._tick()
        assert "is read … 1 s" in till.shown("#middle")
        await press(till, "down")
        assert screen.marked == 1
        await till.enter()
        assert till.bells == 1, "there is nothing to see in a file that is not read"
        await press(till, "escape")
        assert "stops behind" in till.shown("#notice")
        assert screen.is_reading
        may_go_on.set()
        await till.until(lambda: not screen.is_reading)
        assert states(screen)[0] == "taken"
        assert screen.files[1].stage == "left out"
        assert "not read" in till.shown("#middle")


async def test_a_file_that_never_comes_is_left(
    ledgers: Engine, log: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, "新场村3月.xlsx", MISSING, act_of(MISSING))
    never = threading.Event()

    def hangs(path: Path, villages: list[str]) -> object:
        never.wait(30)
        return read_village_workbook(path, villages)

    monkeypatch.setattr(reading, "read_village_workbook", hangs)
    async with at_job(ledgers, log, "ledgers") as till:
        await choosing(till)
        await typed(till, "1")
        await till.until_screen(ReadingScreen)
        await till.until(lambda: till.app.screen.files[0].stage == "reads")  # type: ignore[attr-defined]
        await press(till, "escape")
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        never.set()
        await till.idle()
    assert rows_of(ledgers, IMPORTED, name="新场村%") == []


async def test_a_folder_that_does_not_answer_is_given_up(
    ledgers: Engine, log: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(files, "FOLDER_WAIT_S", 0.05)
    monkeypatch.setattr(files, "newest_files", lambda folders: never.wait(30))
    async with at_job(ledgers, log, "ledgers") as till:
        await press(till, "f2")
        await till.until(lambda: "does not answer" in till.shown("#notice"))
        await till.enter()
        assert till.bells == 2, "there is no file to read"
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
    never.set()


async def test_ten_thousand_rows_are_read_and_looked_into(ledgers: Engine, log: Path, home: Path) -> None:
    put(home, "大.xlsx", MISSING, act_of(MISSING), many=2000)
    async with at_job(ledgers, log, "ledgers") as till:
        screen = await read(till, "1")
        assert states(screen) == ["taken"]
        await press(till, "escape")
        await till.until_screen(LedgersScreen)
        looked = await into_batch(till)
        assert looked._rows is not None
        assert sum(len(sheet.rows) for sheet in looked._rows.sheets) == 6001 + 2 * 2002 + 8
        await typed(till, booklet(MISSING, 1999))
        assert [row.booklet for row in looked._rows.rows] == [booklet(MISSING, 1999)] * 3
