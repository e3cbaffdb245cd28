"""What is seen is what is read, in every kind of file: merged cells, hidden sheets, formats, failing formulas."""

from collections.abc import Callable
from pathlib import Path

import pytest
import seen_books
from seen_books import BOOKS

from lizhi_pos.exchange.goods import read_goods

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
    assert [w.text.message for w in reading.warnings] == ["This sheet is hidden; it was read all the same."]


def test_hidden_rows_and_columns_are_read_and_said_but_a_visible_twin_goes_first(seen: Maker) -> None:
    reading = read_goods(seen("hidden_parts"))
    assert reading.content is not None
    assert [(g.name, g.price, g.monthly_limit) for g in reading.content] == [("示例盐", 250, 2), ("示例醋", 600, 3)]
    assert [(w.cell, w.text.fills) for w in reading.warnings] == [("A3", ("1", "3")), ("E1", ("E",))]


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
    assert [(e.cell, e.text.fills[0]) for e in reading.errors] == [
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
    assert [(e.cell, e.text.fills) for e in reading.errors] == [("C2", ("#REF!",)), ("E3", ("#N/A",))]
