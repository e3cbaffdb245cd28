"""A number is a booklet or a product's code, not both: whichever file comes second is refused at its cell."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout.till_queries import shelf_items
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.i18n.render import refusal_words
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.models import product
from lizhi_pos.inventory.products import products, take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.codes import errors_in_goods_file, import_goods, import_workbook, post_workbook
from lizhi_pos.refusal import Refusal, unwrap
from towns.small import ACCOUNTANT, MARCH, SUPERVISOR, VILLAGE, at, eligible, found, household, noon, scores, workbook

DAY = date(2024, 4, 28)


def row(code: str) -> GoodsRow:
    return GoodsRow(code, "示例散糖", Yuan(100), at(row=7))


def batches(tx: Transaction) -> Any:
    return tx.connection.execute(text("SELECT COUNT(*) FROM batch WHERE state = 'draft'")).scalar()


@pytest.mark.parametrize("number", ["0012", "GZ0012", "012345678905"])
def test_goods_with_a_booklets_number_are_not_taken(engine: Engine, number: str) -> None:
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        eligible(tx, number)
        before = products(tx)
        taken = import_goods(tx, [row("0099"), row(number if len(number) < 12 else "0012345678905")], ACCOUNTANT)
        assert [error.text.args for error in taken.errors] == [(number,)]
        assert products(tx) == before
        assert errors_in_goods_file(tx, [row("0099")]) == ()
        assert not import_goods(tx, [row("0099")], ACCOUNTANT).errors


def test_a_new_booklet_with_a_products_code_is_not_taken(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        assert not import_goods(tx, [row("0012")], ACCOUNTANT).errors
        rows = [household("0012"), household("0013")]
        book = workbook(households=rows, scored=scores("0013", q2024_1="90"))
        drafted = unwrap(import_workbook(tx, book, ACCOUNTANT))
        assert [error.text.args for error in drafted.errors] == [("示例散糖",)]
        assert batches(tx) == 0
        assert not unwrap(import_workbook(tx, workbook(households=rows[1:]), ACCOUNTANT)).errors
        assert batches(tx) == 1


def test_a_batch_drafted_before_a_product_of_its_number_came_is_not_posted(engine: Engine) -> None:
    """Between draft and posting lie publicity and review, and a goods file that nobody refused."""
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        book = workbook(households=[household("0012"), household("0013")])
        assert not unwrap(import_workbook(tx, book, ACCOUNTANT)).errors
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 10))))
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 18))))
        assert not import_goods(tx, [row("0012")], ACCOUNTANT).errors
        refusal = post_workbook(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 20)))
        assert isinstance(refusal, Refusal)
        assert refusal.code == "rule_broken"
        assert "示例散糖" in " ".join(refusal_words(refusal, lambda message: message))
        assert household_facts(tx, ["0012", "0013"], DAY) == {}
        take_goods(tx, [row("0099")], ACCOUNTANT)
        tx.change(update(product).where(product.c.code == "0012").values(code="0098"))
        assert unwrap(post_workbook(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 20)))).households == 2
        assert set(household_facts(tx, ["0012", "0013"], DAY)) == {"0012", "0013"}


def test_what_stands_twice_already_is_marked_on_the_shelf_and_stays_readable(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        eligible(tx, "0012")
        take_goods(tx, [row("0012"), row("0099")], ACCOUNTANT)
        assert {g.code for g in shelf_items(tx, None, DAY) if g.is_booklet} == {"0012"}
        assert not import_goods(tx, [row("0012")], ACCOUNTANT).errors
        book = workbook(households=[household("0012")])
        assert not any(e.text.args == ("示例散糖",) for e in unwrap(import_workbook(tx, book, ACCOUNTANT)).errors)
