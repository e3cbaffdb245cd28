"""Gifts, allocations and purchases (五): lots, the pool's cash, vouchers known again."""

from datetime import date
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.files import take_gifts, take_purchases
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.coverage import coverage, pool_view
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    MARKET_DAY,
    OIL,
    SALT,
    SOAP,
    VILLAGE,
    amount,
    at,
    found,
    gift,
    noon,
    purchase,
    sell,
    stocked_shop,
)


def line(voucher: str = "SW-9", quantity: int = 10, **more: Any) -> GiftRow:
    row = GiftRow(voucher, date(2024, 4, 3), "in_kind", "示例捐赠人", at(), code=SALT, quantity=quantity)
    return structs.replace(row, **{"unit_value": Yuan(200), **more})


def test_the_pool_as_it_stood_on_each_day(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "XJ-1", date(2024, 4, 2), value="100.00")
        gift(tx, "CJ-1", date(2024, 4, 3), value="50.00", village=VILLAGE)
        gift(tx, "SW-1", date(2024, 4, 4), code=SOAP, quantity=10, value="3.00")
        unwrap(purchase(tx, "CG-1", date(2024, 4, 5), OIL, 10, "12.00"))
        early, late = pool_on(tx, date(2024, 4, 3)), pool_on(tx, date(2024, 4, 5))
        assert (early.cash, early.stock_at_cost) == (amount("150.00"), 0)
        assert (late.cash, late.stock_at_cost, late.spent) == (amount("30.00"), amount("150.00"), amount("120.00"))
        assert late.balances
        view = pool_view(tx, date(2024, 4, 5))
        assert view.stock_at_tag == amount("188.00")
        assert view.coverage is None


def test_the_pools_cash_covers_a_purchase_on_its_day_and_ever_since(engine: Engine) -> None:
    """五: the pool's cash pays for goods and nothing else, and one not covered refuses its whole file."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "XJ-1", date(2024, 4, 5), value="100.00")
        assert isinstance(purchase(tx, "CG-1", date(2024, 4, 4), OIL, 1, "12.00"), Refusal)
        unwrap(purchase(tx, "CG-2", date(2024, 4, 10), OIL, 5, "12.00"))
        assert isinstance(purchase(tx, "CG-3", date(2024, 4, 6), OIL, 4, "12.00"), Refusal)
        rows = [PurchaseRow(f"CG-{n}", date(2024, 4, n), "示例批发部", OIL, 1, Yuan(2000), at()) for n in (7, 11, 12)]
        assert isinstance(take_purchases(tx, rows, ACCOUNTANT, APPROVAL), Refusal)
        unwrap(take_purchases(tx, rows[:2], ACCOUNTANT, APPROVAL))
        assert pool_on(tx, MARKET_DAY).cash == 0
        assert verify(tx).ok


def test_a_purchase_needs_a_second_person(engine: Engine) -> None:
    row = PurchaseRow("CG-1", date(2024, 4, 4), "示例批发部", OIL, 1, Yuan(100), at())
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        answer = take_purchases(tx, [row], ACCOUNTANT, None)
        assert isinstance(answer, Refusal)
        assert answer.code == "approval_needed"


def test_a_voucher_read_before_is_passed_over_or_is_an_error(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        both = [line(), line(quantity=5, code=SOAP)]
        assert (take_gifts(tx, both, ACCOUNTANT).new, take_gifts(tx, both[::-1], ACCOUNTANT).same) == (2, 2)
        assert take_gifts(tx, [line(quantity=11)], ACCOUNTANT).errors
        assert take_gifts(tx, both[:1], ACCOUNTANT).errors
        assert {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY)} == {SALT: 10, SOAP: 5, OIL: 0}
        assert [x.lot for p in stock_on(tx, MARKET_DAY) for x in p.lots] == ["SW-9/2", "SW-9/1"]


def test_one_error_and_nothing_of_the_file_is_taken(engine: Engine) -> None:
    wrong = [
        line("A-1", kind="cash", amount=None),
        line("A-2", kind="village", amount=Yuan(100), code="", village=""),
        line("A-3", kind="village", amount=Yuan(100), code="", village="无此村"),
        line("A-4", code="1234"),
        line("A-5", amount=Yuan(1999)),
        line("A-6", quantity=0),
        line("A-7", unit_value=None),
        line("A-8", on=date(2024, 4, 29)),
        line("A-9", expires_on=date(2024, 4, 1)),
    ]
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        for row in wrong:
            taken = take_gifts(tx, [line(), row], ACCOUNTANT)
            assert taken.errors, row
            assert taken.new == 0
        two_days = [line(), line(on=date(2024, 4, 4))]
        assert take_gifts(tx, two_days, ACCOUNTANT).errors
        assert pool_on(tx, MARKET_DAY).stock_at_cost == 0


def test_goods_leave_the_pool_at_cost(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        books = pool_on(tx, MARKET_DAY)
        assert books.redeemed_at_cost == amount("7.00")
        assert books.balances


def test_coverage_has_two_decimals_and_none_over_nothing() -> None:
    from lizhi_pos.money import Points

    assert coverage(Yuan(100), Yuan(100), Points(300)) == "0.67"
    assert coverage(Yuan(100), Yuan(100), Points(0)) is None
