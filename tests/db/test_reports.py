"""Looks through every room, on both databases: donors' pages, traces both ways, product cards, the forecast (五)."""

from datetime import date

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import transaction
from lizhi_pos.ids import Id
from lizhi_pos.refusal import unwrap
from lizhi_pos.reports.donors import donor_story, donors, to_publish
from lizhi_pos.reports.forecast import back_test, forecast
from lizhi_pos.reports.product_card import product_card
from lizhi_pos.reports.trace import trace
from towns.small import (
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    act,
    amount,
    gift,
    household,
    noon,
    post,
    purchase,
    scores,
    sell,
    stocked_shop,
    workbook,
)


@pytest.fixture
def sold(engine: Engine) -> Engine:
    """Two households of two villages took salt, one of them gave all of it back."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        post(
            tx,
            workbook(
                village=OTHER_VILLAGE,
                households=[household("HP0001", "示例二")],
                scored=scores("HP0001", q2023_4="90", q2024_1="90"),
                acts=[act("HP0001", date(2024, 3, 5), 5, name="示例二")],
            ),
        )
        gift(tx, "XJ-2", date(2024, 4, 10), value="10.00")
        unwrap(purchase(tx, "CG-1", date(2024, 4, 12), SALT, 10, "1.50"))
        unwrap(sell(tx, "TQ0001", (SALT, 2)))
        back = unwrap(sell(tx, "HP0001", (SALT, 3)))
        unwrap(return_goods(tx, back.receipt, (), reason="示例", authority=Authority(CLERK, MARKET_DAY, APPROVAL)))
    return engine


def test_households_are_counted_that_kept_something(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        story = unwrap(donor_story(tx, "示例捐赠人", ADMIN))
        lot = next(x for g in story.gifts if g.voucher == "SW-1" for x in g.lots)
        assert (lot.redeemed, lot.households, len(lot.villages), lot.share) == (2, 1, 1, "1.00")
        bought = next(x for g in story.gifts if g.voucher == "XJ-1" for x in g.lots)
        assert (bought.lot, bought.redeemed, bought.households, bought.villages) == ("CG-1", 0, 0, ())
        assert [d.gifts for d in donors(tx, ADMIN)] == [4]
        assert to_publish(tx, 2024)[0].money == amount("1010.00")


def test_a_trace_leads_both_ways(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        found = unwrap(trace(tx, "SW-1", ADMIN))
        assert [(x.kind, x.donor) for x in found.up] == [("goods", "示例捐赠人")]
        assert [(x.kind, x.quantity) for x in found.down] == [("redemption", -2), ("redemption", -3), ("return", 3)]
        assert [x.lot for x in unwrap(trace(tx, "xj-1", ADMIN)).lots] == ["CG-1"]
        receipt = unwrap(trace(tx, "1-2024-000001", ADMIN))
        assert ([x.voucher for x in receipt.up], [x.quantity for x in receipt.down]) == (["SW-1"], [-2])


def test_a_card_ends_with_what_stands_there(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        moves = unwrap(product_card(tx, SALT, date(2024, 1, 1), date(2024, 12, 31))).moves
        assert [(x.kind, x.quantity, x.on_hand) for x in moves] == [
            ("gift", 20, 20),
            ("purchase", 10, 30),
            ("redemption", -2, 28),
            ("redemption", -3, 25),
            ("return", 3, 28),
        ]
        assert [x.on_hand for x in unwrap(product_card(tx, SALT, MARKET_DAY, MARKET_DAY)).moves] == [28, 25, 28]


def test_what_is_short_is_bought_as_far_as_the_cash_reaches(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        found = unwrap(forecast(tx, date(2024, 5, 28)))
        assert [(x.code, x.expected, x.sellable, x.suggested) for x in found.products] == [
            (SOAP, 0, 20, 0),
            (SALT, 2, 28, 0),
        ]
        assert found.cash == amount("995.00")
        assert found.total_cost <= found.cash
        # by the end of the year the dated salt has expired
        assert next(x for x in unwrap(forecast(tx, date(2025, 2, 1))).products if x.code == SALT).sellable == 10


def test_the_back_test_begins_with_the_third_market_day() -> None:
    steady: dict[Id, list[int]] = {Id(b"a"): [10, 10, 10, 10]}
    assert back_test(steady, 4).error == back_test(steady, 4).naive_error == "0.00"
    assert back_test(steady, 4).market_days == 2
    # a demand that jumps to and fro is followed too late by "as last time"
    jumpy = back_test({Id(b"a"): [10, 20, 10, 20, 10, 20]}, 6)
    assert jumpy.error is not None
    assert jumpy.naive_error == "10.00"
    assert float(jumpy.error) < 10
    assert back_test({Id(b"a"): [1, 2]}, 2).error is None
