"""The guide of files tells every column, and its examples are read as they stand."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lizhi_pos.exchange import answers, donations, goods, purchases, slips, stock_count, village_rows
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.donations import read_donations
from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.exchange.stock_count import read_count
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.periods import Month

Maker = Callable[..., Path]
GUIDE = (Path(__file__).parents[2] / "docs" / "files.zh.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, str] = {text.splitlines()[0]: text for text in re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)}
LAYOUTS: dict[str, Layout] = {
    **village_rows.LAYOUTS,
    "商品": goods.LAYOUT,
    "捐赠": donations.LAYOUT,
    "采购": purchases.LAYOUT,
    "盘点": stock_count.LAYOUT,
    "手写单": slips.LAYOUT,
}


def example(layout: Layout) -> str:
    found = [text for head, text in EXAMPLES.items() if set(head.split(",")) == set(layout.headers)]
    assert len(found) == 1, layout.headers
    return found[0]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_column_has_its_example(name: str) -> None:
    assert example(LAYOUTS[name])


def test_the_examples_of_single_tables_are_read_without_a_word(put: Maker) -> None:
    readers: list[tuple[Layout, Callable[[Path], Reading[object]]]] = [
        (goods.LAYOUT, read_goods),
        (donations.LAYOUT, read_donations),
        (purchases.LAYOUT, read_purchases),
        (stock_count.LAYOUT, read_count),
        (slips.LAYOUT, read_slips),
    ]
    for layout, read in readers:
        reading = read(put("example.csv", example(layout)))
        assert (reading.errors, reading.warnings) == ((), ())


def test_the_examples_of_a_village_workbook_are_read_together(xlsx: Maker, title: str) -> None:
    sheets = {
        name: [[title], *(line.split(",") for line in example(layout).splitlines())]
        for name, layout in village_rows.LAYOUTS.items()
    }
    reading = read_village_workbook(xlsx(sheets), ["华平村"])
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert [h.head for h in reading.content.households] == ["王示例", "阿依·古丽"]


def test_the_example_of_a_villages_answer_is_read(put: Maker) -> None:
    text = next(text for text in EXAMPLES.values() if ",".join(answers.LAYOUT.required) in text)
    reading = read_answer(put("example.csv", text), ["华平村"], Month(2024, 4))
    assert reading.errors == ()
    assert reading.content is not None
    assert [(r.booklet, r.closing) for r in reading.content.rows] == [("HP0001", 3550), ("HP0002", 0)]
