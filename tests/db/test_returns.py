"""Returns (**D**): whole or part, goods to their own lots, points to the household, never money."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text
from test_journal import drop_guards
from test_vetoes import balance, lift, veto

from databases import as_owner
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.market_session import close_session, market_view
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    SALT,
    SOAP,
    amount,
    eligible,
    found,
    gift,
    goods,
    noon,
    open_shop,
    refused,
    sell,
    stocked_shop,
)

LATER = date(2024, 5, 2)


@pytest.fixture
def sold(engine: Engine) -> Engine:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 2)))
    return engine


def back(tx: Transaction, *wanted: tuple[str, int], on: date = MARKET_DAY, **more: Any) -> Any:
    authority = Authority(CLERK, on, more.pop("approval", APPROVAL))
    rows = [Wanted(code, quantity) for code, quantity in wanted]
    return return_goods(tx, "1-2024-000001", rows, authority=authority, **{"reason": "拿错", **more})


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_part_and_then_the_rest_comes_back(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        part = unwrap(back(tx, (SALT, 1)))
        assert (part.total, part.balance_after) == (amount("2.50"), amount("39.90"))
        assert code(back(tx, (SALT, 2))) == "rule_broken"
        assert code(back(tx, ("404", 1))) == "rule_broken"
        rest = unwrap(back(tx))
        assert (rest.total, rest.balance_after) == (amount("10.10"), amount("50.00"))
        assert code(back(tx)) == "out_of_turn"
        assert {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY)}[SALT] == 20
        assert verify(tx).ok


def test_what_came_back_stands_beside_what_its_village_redeemed(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1)))
        assert [v.returned for v in unwrap(market_view(tx)).villages] == [0]
        back(tx, (SALT, 1))
        back(tx, (SOAP, 1))
        view = unwrap(market_view(tx))
        assert [(v.redemptions, v.points, v.returned) for v in view.villages] == [
            (2, amount("15.10"), amount("6.30")),
        ]
        assert view.returned == amount("6.30")


@pytest.mark.parametrize("given", ["9787532700011", "978-7-5327-0001-1"])
def test_what_was_sold_under_a_printed_code_comes_back_by_the_scanned_one(engine: Engine, given: str) -> None:
    """Before codes had one form a book was kept with the hyphens of print, which no scanner sends."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        goods(tx, ("978-7-5327-0001-1", "示例书", "9.00", None))
        gift(tx, "SW-1", date(2024, 4, 1), code="9787532700011", quantity=3, value="5.00")
        eligible(tx)
        open_shop(tx)
        unwrap(sell(tx, "TQ0001", ("9787532700011", 2)))
        assert unwrap(back(tx, (given, 1))).total == amount("9.00")
        assert code(back(tx, (given, 2))) == "rule_broken"
        assert verify(tx).ok


def test_a_limit_counts_what_the_household_kept(sold: Engine) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        assert refused(sell(tx, "TQ0001", (SOAP, 1))) == {"limit"}
        unwrap(back(tx, (SOAP, 1)))
        unwrap(sell(tx, "TQ0001", (SOAP, 1)))


def test_it_counts_in_the_month_of_its_own_date_until_the_redemptions_is_closed(sold: Engine) -> None:
    with transaction(sold, noon(date(2024, 6, 2))) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        unwrap(back(tx, (SALT, 1), on=LATER))
        april = unwrap(close_month(tx, Month(2024, 4), Authority(ACCOUNTANT, LATER))).villages[0]
        assert (april.totals.redeemed, april.totals.returned, april.goods_value) == (1260, 0, 1260)
        assert code(back(tx, (SALT, 1), on=LATER)) == "month_closed"
        may = unwrap(close_month(tx, Month(2024, 5), Authority(ACCOUNTANT, date(2024, 6, 1)))).villages[0]
        assert (may.totals.returned, may.totals.closing, may.goods_value) == (250, amount("39.90"), -250)
        assert verify(tx).ok


def test_what_a_return_needs(sold: Engine) -> None:
    with transaction(sold, noon(LATER)) as tx:
        assert code(back(tx, approval=None)) == "approval_needed"
        assert code(back(tx, reason=" ")) == "rule_broken"
        assert code(back(tx, on=date(2024, 4, 27))) == "out_of_turn"
        unknown = return_goods(tx, "9", [], reason="x", authority=Authority(CLERK, LATER, APPROVAL))
        assert code(unknown) == "not_found"


def test_points_from_before_a_veto_are_cleared_by_it_and_its_lifting_restores_them(sold: Engine) -> None:
    with transaction(sold, noon(LATER)) as tx:
        unwrap(veto(tx, date(2024, 4, 30)))
        assert code(back(tx, on=date(2024, 4, 29))) == "rule_broken"
        done = unwrap(back(tx, (SALT, 2), on=LATER))
        assert (done.total, done.cleared, done.balance_after) == (amount("5.00"), amount("5.00"), 0)
        assert verify(tx).ok
        assert unwrap(lift(tx, LATER)).restored == amount("42.40")
        assert balance(tx) == amount("42.40")
        assert verify(tx).ok


@pytest.mark.parametrize(("table", "column"), [("redemption_return", "total"), ("redemption_return_lot", "quantity")])
def test_a_change_of_a_returned_amount_is_found(sold: Engine, table: str, column: str) -> None:
    with transaction(sold, noon(MARKET_DAY)) as tx:
        unwrap(back(tx, (SALT, 1)))
    with as_owner(sold) as connection:
        drop_guards(connection)
        connection.execute(text(f"UPDATE {table} SET {column} = {column} + 1"))
    with transaction(sold, noon(MARKET_DAY)) as tx:
        assert [check.name for check in verify(tx).checks if not check.ok] == [
            "documents_unchanged",
            "returns_add_up",
        ]
