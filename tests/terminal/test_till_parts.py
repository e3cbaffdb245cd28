"""The till's parts without a screen: entries, the shelf, the queue to the database thread, what is imported when."""

import asyncio
import subprocess
import sys

import pytest

from lizhi_pos.checkout.till_queries import ShelfItem
from lizhi_pos.money import Yuan
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.panels.household import household_lines
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.database_thread import DatabaseThread
from lizhi_pos.till.product_index import ProductIndex
from lizhi_pos.till.typed_input import TypedInput, read_typed


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("gz0012", TypedInput("GZ0012")),
        (" ＧＺ００１２ ", TypedInput("GZ0012")),
        ("3*6901234567892", TypedInput("6901234567892", 3)),
        ("３＊xj", TypedInput("XJ", 3)),
        ("12×2000001", TypedInput("2000001", 12)),
        ("*5", TypedInput("*5")),
        ("0*5", TypedInput("5", 0)),
    ],
)
def test_what_is_typed_is_read(text: str, entry: TypedInput) -> None:
    assert read_typed(text) == entry


@pytest.mark.parametrize(
    ("text", "code"),
    [("012345678905", "0012345678905"), ("06901234567892", "6901234567892"), ("16901234567899", "16901234567899")],
)
def test_codes_are_as_the_goods_file_keeps_them(text: str, code: str) -> None:
    assert read_typed(text).code == code


def test_the_shelf_is_searched_by_initials_name_and_last_digits() -> None:
    salt = ShelfItem(code="6901234567892", name="海星加碘盐", spec="", price=Yuan(250), initials="hxjdy")
    soap = ShelfItem(code="6903148042441", name="洗衣皂", spec="", price=Yuan(300), initials="xyz")
    shelf = ProductIndex([salt, soap])
    assert shelf.search("X") == [soap, salt]
    assert shelf.search("加碘") == [salt]
    assert shelf.search("2441") == [soap]
    assert shelf.search("92") == []
    assert shelf.search("Q") == []


def test_goods_are_found_however_their_code_and_name_are_typed() -> None:
    book = ShelfItem(code="978-7-5327-0001-1", name="阿依·古丽⻬传", spec="", price=Yuan(900), initials="aygl")
    shelf = ProductIndex([book])
    for text in ("9787532700011", "978 7 5327 0001 1", "978-7-5327-0001-1", "2*09787532700011"):
        assert shelf.get(read_typed(text).code) is book
    for text in ("阿依・古丽", "阿依 • 古丽", "齐传"):
        assert shelf.search(text) == [book]


def test_columns_count_a_hanzi_as_two() -> None:
    assert left("海星盐", 8) == "海星盐  "
    assert left("海星加碘盐", 7) == "海星加…"
    assert right("5.00", 6) == "  5.00"
    assert wrapped("基础评分 82.0 < 85;请问评议小组", 12) == ["基础评分", "82.0 < 85;请", "问评议小组"]


async def test_jobs_are_done_in_their_order_and_one_that_fails_stops_nothing() -> None:
    work = DatabaseThread()
    done: list[int] = []

    def job(number: int) -> int:
        if number == 2:
            raise ValueError(number)
        done.append(number)
        return number

    answers = await asyncio.gather(*(work.run(lambda n=n: job(n)) for n in range(5)), return_exceptions=True)  # type: ignore[misc]
    work.close()
    assert done == [0, 1, 3, 4]
    assert [a for a in answers if isinstance(a, int)] == done


def test_the_first_paint_needs_no_database() -> None:
    code = "import sys, lizhi_pos.cli.till, lizhi_pos.terminal.app; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=30).returncode == 0


def test_opening_the_books_shows_how_far_it_is() -> None:
    counter = Counter(DatabaseThread(), "1")
    shown = []
    for counter.opening in range(4):
        (line,) = household_lines(counter, lambda message: message, 80)
        shown.append(line.plain.split()[-1])
    assert shown == ["0%", "25%", "50%", "75%"]
