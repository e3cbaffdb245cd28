"""The board of ledgers without a screen: what is marked, found, narrowed, and what waits first."""

from datetime import date

import pytest

from lizhi_pos.accounts.batch_board import BatchBoard, BoardCell
from lizhi_pos.accounts.batch_look import LookRow, LookSheet
from lizhi_pos.office.ledger_rows import BatchRows, LedgerBoard, Waiting, month_typed

VILLAGES = ("古镇社区", "天桥村", "民族村")
MONTHS = ("2023-03", "2024-02", "2024-03", "2024-04")


def cell(village: str, month: str, state: str, days: int | None = None, objections: int = 0) -> BoardCell:
    return BoardCell(
        village=village,
        month=month,
        state=state,
        due=date(2024, 4, 10),
        late=False,
        days_left=days,
        open_objections=objections,
    )


def board(*cells: BoardCell) -> LedgerBoard:
    known = {(c.village, c.month): c for c in cells}
    return LedgerBoard(BatchBoard(today=date(2024, 4, 28), villages=VILLAGES, months=MONTHS, cells=known))


FULL = (
    cell("古镇社区", "2024-02", "posted"),
    cell("古镇社区", "2024-03", "publicised", 3),
    cell("天桥村", "2024-02", "publicised", 0, objections=1),
    cell("天桥村", "2024-03", "publicised", 0),
    cell("民族村", "2024-02", "sent_back"),
    cell("民族村", "2024-03", "reviewed"),
)


def test_the_newest_month_of_which_there_is_anything_is_marked() -> None:
    assert board(*FULL).place == ("古镇社区", "2024-03")
    assert board().place == ("古镇社区", "2023-03")


@pytest.mark.parametrize(
    ("waits", "place"),
    [
        ("publish", ("民族村", "2024-02")),
        # one that can be reviewed now comes before older ones that cannot
        ("review", ("天桥村", "2024-03")),
        ("post", ("民族村", "2024-03")),
    ],
)
def test_the_first_that_waits_is_marked(waits: Waiting, place: tuple[str, str]) -> None:
    shown = board(*FULL)
    assert shown.go_to_waiting(waits)
    assert shown.place == place


def test_nothing_waits_and_the_mark_stays() -> None:
    shown = board(FULL[0])
    assert not shown.go_to_waiting("post")
    assert shown.place == ("古镇社区", "2024-02")


@pytest.mark.parametrize(
    ("typed", "month"),
    [("3", "2024-03"), ("2023-03", "2023-03"), ("202402", "2024-02"), ("2月", "2024-02"), ("２０２４年2月", "2024-02")],
)
def test_a_month_is_jumped_to(typed: str, month: str) -> None:
    shown = board(*FULL)
    assert shown.jump(typed)
    assert shown.board.months[shown.month] == month


@pytest.mark.parametrize("typed", ["13", "0", "7", "2022-03", "古镇", "2024-13", "3-3", "12345678"])
def test_what_is_no_month_here_is_not(typed: str) -> None:
    shown = board(*FULL)
    assert not shown.jump(typed)
    assert shown.place == ("古镇社区", "2024-03")


def test_a_year_written_short_is_no_month() -> None:
    assert month_typed("24-3") is None


@pytest.mark.parametrize("typed", ["天桥", "tq", "tianqiao", "桥村"])
def test_villages_are_narrowed_and_widened_with_the_mark_on_its_place(typed: str) -> None:
    shown = board(*FULL)
    assert shown.narrow(typed)
    assert shown.villages == ["天桥村"]
    shown.take(board(*FULL[:3]).board)
    assert (shown.villages, shown.place) == (["天桥村"], ("天桥村", "2024-03"))
    shown.widen()
    assert (len(shown.villages), shown.place) == (3, ("天桥村", "2024-03"))
    assert not shown.narrow("没有的")


def test_marks_stay_on_the_board() -> None:
    shown = board(*FULL)
    shown.mark(99)
    shown.mark_month(99)
    assert shown.place == ("民族村", "2024-04")
    assert not shown.has_batch
    assert not shown.wants_summary
    shown.mark(-1)
    shown.mark_month(-1)
    assert shown.place == ("古镇社区", "2023-03")


def rows() -> BatchRows:
    acts = tuple(LookRow(f"GZ{n:04d}", (f"GZ{n:04d}", name), f"A{n}") for n, name in ((1, "张三"), (2, "李四")))
    register = (*acts, LookRow("GZ0003", ("GZ0003", "王五"), "A4"))
    headers = ("手册编号", "姓名")
    return BatchRows((LookSheet("志愿服务", headers, acts), LookSheet("户籍", headers, register)))


def test_rows_are_found_in_whichever_sheet_has_them() -> None:
    shown = rows()
    assert shown.narrow("gz0003")
    assert (shown.sheet and shown.sheet.name, len(shown.rows)) == ("户籍", 1)
    shown.widen()
    assert (shown.row and shown.row.booklet, len(shown.rows)) == ("GZ0003", 3)
    assert shown.narrow("ls")
    shown.next_sheet()
    assert (shown.sheet and shown.sheet.name, [r.booklet for r in shown.rows]) == ("志愿服务", ["GZ0002"])
    assert not shown.narrow("没有的")


def test_a_batch_with_nothing_in_it_has_no_rows() -> None:
    shown = BatchRows(())
    shown.next_sheet()
    shown.mark(3)
    shown.widen()
    assert (shown.sheet, shown.row, list(shown.rows), shown.narrow("x")) == (None, None, [], False)
