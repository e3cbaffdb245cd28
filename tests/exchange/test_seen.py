"""What is seen is what is read, in every kind of file: merged cells, hidden sheets, formats, failing formulas."""

from collections.abc import Callable
from pathlib import Path

import pytest
import seen_books
from seen_books import BOOKS

from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.donations import read_donations
from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.periods import Month

Maker = Callable[..., Path]


@pytest.fixture(params=["xlsx", "ods", "xls"])
def seen(request: pytest.FixtureRequest, put: Maker, ods: Maker, data: Path) -> Maker:
    """One of the books, as each kind of file."""

    def write(name: str) -> Path:
        book = BOOKS[name]
        if request.param == "xls":
            return data / f"seen_{name}.xls"
        if request.param == "xlsx":
            return put("seen.xlsx", seen_books.xlsx(book))
        hidden = [sheet for sheet, page in book.items() if page.hidden]
        return ods({sheet: seen_books.ods_rows(page) for sheet, page in book.items()}, hidden=hidden)

    return write


def test_a_merged_cell_gives_its_value_to_every_row_it_covers(seen: Maker) -> None:
    reading = read_goods(seen("merged"))
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert [(g.name, g.spec, g.monthly_limit, g.at.row) for g in reading.content] == [
        ("示例盐", "400g", 2, 4),
        ("示例醋", "400g", 2, 5),
        ("示例皂", "400g", 2, 6),
    ]


def test_a_hidden_sheet_never_wins_over_a_visible_one(seen: Maker) -> None:
    reading = read_goods(seen("hidden_sheet"))
    assert reading.content is not None
    assert [(g.price, g.at.sheet) for g in reading.content] == [(250, "商品")]
    assert [(w.sheet, w.cell) for w in reading.warnings] == [("旧价", "A1")]


def test_a_hidden_sheet_is_read_and_said_where_no_visible_one_has_the_table(seen: Maker) -> None:
    reading = read_goods(seen("hidden_only"))
    assert reading.content is not None
    assert [g.price for g in reading.content] == [250]
    assert [w.text.msgid for w in reading.warnings] == ["This sheet is hidden; it was read all the same."]


def test_hidden_rows_and_columns_are_read_and_said_but_a_visible_twin_goes_first(seen: Maker) -> None:
    reading = read_goods(seen("hidden_parts"))
    assert reading.content is not None
    assert [(g.name, g.price, g.monthly_limit) for g in reading.content] == [("示例盐", 250, 2), ("示例醋", 600, 3)]
    assert [(w.cell, w.text.args) for w in reading.warnings] == [("A3", ("1", "3")), ("E1", ("E",))]


def test_a_numbers_format_counts(seen: Maker) -> None:
    reading = read_goods(seen("formats"))
    assert reading.errors == ()
    assert reading.content is not None
    assert [(g.code, g.price) for g in reading.content] == [
        ("0012345678905", 250),
        ("A-007", 1250),
        ("6901234567892", 123450),
        ("6920181360936", 300),
    ]


def test_what_a_format_shows_otherwise_than_it_holds_is_an_error_at_its_cell(seen: Maker) -> None:
    reading = read_goods(seen("formats_refused"))
    assert [(e.cell, e.text.args[0]) for e in reading.errors] == [
        ("C2", "90%"),
        ("C3", "3"),
        ("C4", "1.5万"),
        ("C5", ""),
        ("C6", "2.3"),
        ("E7", "2"),
        ("D8", "2024年3月"),
    ]


def test_a_formula_that_fails_is_named(seen: Maker) -> None:
    reading = read_goods(seen("failing"))
    assert [(e.cell, e.text.args) for e in reading.errors] == [("C2", ("#REF!",)), ("E3", ("#N/A",))]


def test_merged_cells_of_a_donations_file(seen: Maker) -> None:
    reading = read_donations(seen("gifts"))
    assert reading.errors == ()
    assert reading.content is not None
    assert [(g.voucher, g.kind, g.donor, g.quantity, str(g.expires_on)) for g in reading.content] == [
        ("SW-1", "in_kind", "示例社", 10, "2024-12-31"),
        ("SW-1", "in_kind", "示例社", 20, "2024-12-31"),
        ("SW-1", "in_kind", "示例社", 20, "2024-12-31"),
    ]
    # an amount that counts in several rows is said
    assert [(w.cell, w.text.args) for w in reading.warnings] == [("G4", ("数量",))]


def test_merged_cells_of_a_purchases_file(seen: Maker) -> None:
    reading = read_purchases(seen("purchases"))
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert [(p.voucher, str(p.on), p.supplier, p.quantity, p.unit_cost) for p in reading.content] == [
        ("D1", "2024-04-02", "示例商", 10, 250),
        ("D1", "2024-04-02", "示例商", 20, 250),
    ]


def test_merged_cells_of_a_slips_file(seen: Maker) -> None:
    reading = read_slips(seen("slips"))
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert [(s.slip, s.booklet, s.quantity, s.proxy, s.relation) for s in reading.content] == [
        ("P1", "HP0001", 1, "示例甲", "邻居"),
        ("P1", "HP0001", 2, "示例甲", "邻居"),
    ]


def test_merged_cells_of_a_villages_answer(seen: Maker) -> None:
    reading = read_answer(seen("answer"), ["华平村", "天桥村"], Month(2024, 4))
    assert reading.errors == ()
    assert reading.content is not None
    assert [(r.booklet, r.closing) for r in reading.content.rows] == [("HP0001", 5000), ("HP0002", 5000)]
    assert [w.cell for w in reading.warnings] == ["C4"]


def test_merged_cells_in_every_sheet_of_a_village_workbook(seen: Maker) -> None:
    reading = read_village_workbook(seen("village"), ["华平村"])
    assert reading.errors == ()
    book = reading.content
    assert book is not None
    assert [(h.booklet, str(h.residence_start), h.status) for h in book.households] == [
        ("HP0001", "2015-01-01", "moved_out"),
        ("HP0002", "2015-01-01", "moved_out"),
    ]
    assert [(m.booklet, m.name, m.relation) for m in book.members] == [
        ("HP0001", "示例丙", "子女"),
        ("HP0001", "示例丁", "子女"),
    ]
    assert [(s.booklet, str(s.quarter), s.score) for s in book.scores] == [
        ("HP0001", "2023Q4", 905),
        ("HP0001", "2024Q1", 905),
    ]
    assert [(a.booklet, str(a.on), a.item, a.points) for a in book.acts] == [
        ("HP0001", "2024-03-05", "圆梦使者", 1000),
        ("HP0002", "2024-03-05", "圆梦使者", 1000),
    ]
    assert [(p.booklet, p.clause) for p in book.proposals] == [("HP0001", "一"), ("HP0002", "一")]
    assert [(s.group, s.name) for s in book.signatures] == [("assessment", "示例一"), ("assessment", "示例二")]
    assert [(c.booklet, c.points) for c in book.corrections] == [("HP0001", -500), ("HP0002", -500)]


def test_neither_a_hidden_title_nor_a_hidden_twin_sheet_counts(seen: Maker) -> None:
    reading = read_village_workbook(seen("titles_hidden"), ["华平村", "天桥村"])
    assert reading.errors == ()
    assert reading.content is not None
    assert (reading.content.village, str(reading.content.month)) == ("华平村", "2024-03")
    assert [h.booklet for h in reading.content.households] == ["HP0001"]
    assert [(w.sheet, w.cell) for w in reading.warnings] == [("户 籍", "A1")]


def test_of_titles_that_differ_each_that_is_not_as_most_is_told_once(seen: Maker) -> None:
    reading = read_village_workbook(seen("titles"), ["华平村", "天桥村"])
    assert [(e.sheet, e.cell, e.text.args[0]) for e in reading.errors] == [
        ("签字", "A1", "天桥村"),
        ("户籍", "A1", "2024-02"),
        ("签字", "A1", "2024-01"),
    ]
    assert reading.readable is not None
    assert (reading.readable.village, str(reading.readable.month)) == ("华平村", "2024-03")
