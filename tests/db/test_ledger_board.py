"""The ledgers' board, a look into a batch, and files that are read in, on both databases."""

import os
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batch_board import batch_board
from lizhi_pos.accounts.batch_look import batch_contents, batch_summary
from lizhi_pos.accounts.batches import batch_view, publish
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.db import transaction
from lizhi_pos.exchange.marked_copies import mark_beside
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.office.ledgers import LedgersService, ReadIn
from lizhi_pos.refusal import Refusal, unwrap
from stopped_clock import StoppedClock
from towns.ledgers import (
    BY,
    DRAFT,
    MARCH,
    MISSING,
    OBJECTED,
    OVER,
    REVIEWED,
    REVIEWER,
    SENT_BACK,
    act_of,
    booklet,
    build_ledgers,
    march_of,
    write_file,
)
from towns.small import found, noon


@pytest.fixture
def town(stopped: Engine, clock: StoppedClock) -> Engine:
    build_ledgers(stopped)
    clock.forward(1)
    return stopped


def read_in(town: Engine, path: Path, by: Operator = BY) -> ReadIn:
    service = LedgersService(town)
    villages = unwrap(service.villages(by))
    return unwrap(service.read_in(path, read_village_workbook(path, villages), by))


def test_before_the_first_ledger_the_board_has_the_month_that_is_due(engine: Engine) -> None:
    with transaction(engine, noon(date(2024, 4, 5))) as tx:
        found(tx)
        board = batch_board(tx)
        assert board.months == ("2024-03", "2024-04")
        cells = [board.cells[village, "2024-03"] for village in board.villages]
        assert [(c.state, c.due, c.late) for c in cells] == [("missing", date(2024, 4, 10), False)] * 2


def test_the_board_has_every_village_and_ended_month(town: Engine) -> None:
    with transaction(town) as tx:
        board = batch_board(tx)
        assert (board.today, board.months) == (date(2024, 4, 28), ("2024-03", "2024-04"))
        assert board.villages[2:] == (DRAFT, OBJECTED, REVIEWED, SENT_BACK, OVER, MISSING)
        told = {v: board.cells[v, "2024-03"] for v in board.villages}
        assert {v: (c.state, c.late, c.days_left, c.open_objections) for v, c in told.items()} == {
            "古镇社区": ("posted", True, None, 0),
            "大同社区": ("posted", True, None, 0),
            DRAFT: ("draft", True, None, 0),
            OBJECTED: ("publicised", True, 3, 1),
            REVIEWED: ("reviewed", False, None, 0),
            SENT_BACK: ("sent_back", True, None, 0),
            OVER: ("publicised", False, 0, 0),
            MISSING: ("missing", True, None, 0),
        }
        assert not any(month == "2024-04" for _, month in board.cells)


def test_a_corrected_batch_is_sent_back_no_more(town: Engine) -> None:
    with transaction(town) as tx:
        book = march_of(SENT_BACK)
        assert not unwrap(draft(tx, replace(book, acts=book.acts[:1]), BY)).errors
        assert batch_board(tx).cells[SENT_BACK, "2024-03"].state == "draft"


def test_a_look_shows_every_row_and_no_whole_phone_number(town: Engine) -> None:
    with transaction(town) as tx:
        book = march_of(DRAFT)
        first = replace(book.households[0], phone="13800001234")
        unwrap(draft(tx, replace(book, households=(first, *book.households[1:])), BY))
        found = unwrap(batch_contents(tx, DRAFT, MARCH))
        assert [(sheet.name, len(sheet.rows)) for sheet in found.sheets] == [
            ("更正", 1),
            ("志愿服务", 2),
            ("户籍", 2),
            ("成员", 2),
            ("签字", 8),
        ]
        assert (found.counts.households, found.counts.acts, found.counts.corrections) == (2, 2, 1)
        register = found.sheets[2]
        row = dict(zip(register.headers, register.rows[0].cells, strict=True))
        assert row["电话"] == "*******1234"
        assert register.rows[0].at == "A2"
        posted = unwrap(batch_summary(tx, "古镇社区", MARCH))
        assert (posted.counts.households, posted.counts.scores) == (4, 8)
        assert isinstance(batch_contents(tx, MISSING, MARCH), Refusal)


def test_a_new_file_is_taken_at_once_and_read_again_changes_nothing(town: Engine, tmp_path: Path) -> None:
    path = write_file(tmp_path / "新场村3月.xlsx", MISSING, [act_of(MISSING)])
    taken = read_in(town, path)
    assert (taken.state, taken.file.errors, taken.file.drafted and taken.file.drafted.volunteer) == ("taken", (), 1)
    again = read_in(town, path)
    assert again.state == "same"
    with transaction(town) as tx:
        assert unwrap(batch_summary(tx, MISSING, MARCH)).card.file == path.name


def test_a_corrected_file_waits_and_says_what_it_changes(town: Engine, tmp_path: Path) -> None:
    path = write_file(tmp_path / "民族村.xlsx", OBJECTED, [act_of(OBJECTED, points=20, times=2)])
    found = read_in(town, path)
    assert found.state == "changes"
    assert found.batch is not None
    assert found.batch.state == "publicised"
    assert found.difference is not None
    fields = [(c.key, c.field, c.was, c.now) for c in found.difference.changed if c.sheet == "志愿服务"]
    assert (f"{booklet(OBJECTED)}/示例民1/2024-03-05/清扫", "分值", "10.00", "20.00") in fields
    with transaction(town) as tx:
        assert unwrap(batch_view(tx, OBJECTED, MARCH)).state == "publicised", "nothing is written before it is asked"
    assert not unwrap(LedgersService(town).take(found, BY)).errors
    with transaction(town) as tx:
        assert unwrap(batch_view(tx, OBJECTED, MARCH)).state == "draft"


def test_a_file_is_not_taken_over_a_batch_that_changed_meanwhile(town: Engine, tmp_path: Path) -> None:
    found = read_in(town, write_file(tmp_path / "天桥村.xlsx", DRAFT, [act_of(DRAFT, points=20, times=2)]))
    assert found.state == "changes"
    with transaction(town) as tx:
        unwrap(publish(tx, DRAFT, MARCH, Authority(BY, date(2024, 4, 28))))
    answer = LedgersService(town).take(found, BY)
    assert isinstance(answer, Refusal)
    assert answer.code == "out_of_turn"
    with transaction(town) as tx:
        assert unwrap(batch_view(tx, DRAFT, MARCH)).state == "publicised"


def test_a_new_file_is_not_taken_over_one_that_came_meanwhile(town: Engine, tmp_path: Path) -> None:
    path = write_file(tmp_path / "新场村.xlsx", MISSING, [act_of(MISSING)])
    read = read_village_workbook(path, [MISSING])
    before = ReadIn(file=read_in(town, path).file, state="taken", workbook=read.content)
    answer = LedgersService(town).take(before, BY)
    assert isinstance(answer, Refusal)


@pytest.mark.parametrize("village", ["没有村", "古镇社区"])
def test_a_file_of_no_village_or_a_posted_month_has_errors(town: Engine, tmp_path: Path, village: str) -> None:
    path = write_file(tmp_path / "台账.xlsx", MISSING, [act_of(MISSING)])
    read = read_village_workbook(path, [village])
    assert read.content is not None
    other = replace(read, content=replace(read.content, village=village))
    found = unwrap(LedgersService(town).read_in(path, other, BY))
    assert found.state == "errors"
    assert found.file.errors


def test_who_reviews_reads_no_files(town: Engine, tmp_path: Path) -> None:
    path = write_file(tmp_path / "台账.xlsx", MISSING, [act_of(MISSING)])
    service = LedgersService(town)
    assert isinstance(service.villages(REVIEWER), Refusal)
    assert isinstance(service.read_in(path, read_village_workbook(path), REVIEWER), Refusal)
    found = read_in(town, path)
    assert isinstance(service.take(found, REVIEWER), Refusal)


def test_a_marked_copy_stands_beside_its_file_and_over_none(tmp_path: Path) -> None:
    path = write_file(tmp_path / "台账.xlsx", MISSING, [act_of(MISSING, points="十分")])
    read = read_village_workbook(path, [MISSING])
    first = mark_beside(path, read.errors, read.warnings)
    assert first == tmp_path / "台账_问题.xlsx"
    assert mark_beside(path, read.errors, read.warnings) == first, "the same copy again is the same file"
    first.write_bytes("村里改过".encode())
    assert mark_beside(path, read.errors, read.warnings) == tmp_path / "台账_问题2.xlsx"
    assert first.read_bytes() == "村里改过".encode()
    os.remove(path)
    assert not isinstance(mark_beside(path, read.errors, read.warnings), Path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["台账_问题.xlsx", "台账_问题2.xlsx"]
