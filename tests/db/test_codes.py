"""A number is a booklet or a product's code, not both: whichever file comes second is refused at its cell."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from lizhi_pos.checkout.till_queries import shelf
from lizhi_pos.db import Session, transaction
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import products, take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.codes import errors_in_goods_file, import_goods, import_workbook
from small_town import ACCOUNTANT, at, eligible, found, good, household, noon, scores, workbook

DAY = date(2024, 4, 28)


def row(code: str) -> GoodsRow:
    return GoodsRow(code, "示例散糖", Yuan(100), at(row=7))


def batches(session: Session) -> Any:
    return session.connection.execute(text("SELECT COUNT(*) FROM batch WHERE state = 'draft'")).scalar()


@pytest.mark.parametrize("number", ["0012", "GZ0012", "012345678905"])
def test_goods_with_a_booklets_number_are_not_taken(engine: Engine, number: str) -> None:
    with transaction(engine, noon(DAY)) as session:
        found(session)
        eligible(session, number)
        before = products(session)
        taken = import_goods(session, [row("0099"), row(number if len(number) < 12 else "0012345678905")], ACCOUNTANT)
        assert [error.text.fills for error in taken.errors] == [(number,)]
        assert products(session) == before
        assert errors_in_goods_file(session, [row("0099")]) == ()
        assert not import_goods(session, [row("0099")], ACCOUNTANT).errors


def test_a_new_booklet_with_a_products_code_is_not_taken(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as session:
        found(session)
        assert not import_goods(session, [row("0012")], ACCOUNTANT).errors
        rows = [household("0012"), household("0013")]
        book = workbook(households=rows, scored=scores("0013", q2024_1="90"))
        drafted = good(import_workbook(session, book, ACCOUNTANT))
        assert [error.text.fills for error in drafted.errors] == [("示例散糖",)]
        assert batches(session) == 0
        assert not good(import_workbook(session, workbook(households=rows[1:]), ACCOUNTANT)).errors
        assert batches(session) == 1


def test_what_stands_twice_already_is_marked_on_the_shelf_and_stays_readable(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as session:
        found(session)
        eligible(session, "0012")
        take_goods(session, [row("0012"), row("0099")], ACCOUNTANT)
        assert {g.code for g in shelf(session, None, DAY) if g.is_booklet} == {"0012"}
        assert not import_goods(session, [row("0012")], ACCOUNTANT).errors
        book = workbook(households=[household("0012")])
        assert not any(e.text.fills == ("示例散糖",) for e in good(import_workbook(session, book, ACCOUNTANT)).errors)
