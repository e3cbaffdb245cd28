"""What undoes a wrongly entered voucher asks where its goods are and were, not only how many there are (五)."""

from datetime import date

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.inventory.count_closing import close_count
from lizhi_pos.inventory.counts import Seen, add_tally, open_count
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.receiving.voids import Voided, void_voucher
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, APPROVAL, MARKET_DAY, SALT, noon, sell, stocked_shop

NEXT_DAY = date(2024, 4, 29)


def by(on: date) -> Authority:
    return Authority(ACCOUNTANT, on, APPROVAL)


def void(tx: Transaction, on: date = MARKET_DAY) -> Voided | Refusal:
    return void_voucher(tx, "gift", "SW-1", "示例:记错了", by(on))


def count_salt(tx: Transaction, quantity: int) -> None:
    """A count of salt finds so much."""
    number = unwrap(open_count(tx, [SALT], False, by(MARKET_DAY))).count
    unwrap(add_tally(tx, number, Seen(SALT, quantity), ACCOUNTANT))
    unwrap(close_count(tx, number, "keep", by(MARKET_DAY)))


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """Twenty of salt of one gift, and the session open."""
    stocked_shop(engine)
    return engine


def test_goods_sold_beyond_what_came_in_are_away_though_as_many_are_there(shop: Engine) -> None:
    """A count found two more, two were sold: there are twenty, but those two are a household's."""
    with transaction(shop, noon(MARKET_DAY)) as tx:
        count_salt(tx, 22)
        unwrap(sell(tx, "TQ0001", (SALT, 2)))
        refused = void(tx)
        assert isinstance(refused, Refusal)
        assert refused.code == "rule_broken"
        assert verify(tx).ok


def test_what_a_count_missed_and_found_again_is_there(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        count_salt(tx, 18)
        assert isinstance(void(tx), Refusal)
        count_salt(tx, 20)
        assert isinstance(void(tx), Voided)
        assert verify(tx).ok


def test_a_void_is_not_dated_before_its_goods_came_back(shop: Engine) -> None:
    """They were with a household on that day: the shelf would have held less than nothing."""
    with transaction(shop, noon(NEXT_DAY)) as tx:
        receipt = unwrap(sell(tx, "TQ0001", (SALT, 2))).receipt
        unwrap(return_goods(tx, receipt, [Wanted(SALT, 2)], reason="示例:拿错", authority=by(NEXT_DAY)))
        assert isinstance(void(tx, MARKET_DAY), Refusal)
        assert isinstance(void(tx, NEXT_DAY), Voided)
        for day in (MARKET_DAY, NEXT_DAY):
            assert all(x.on_hand >= 0 for p in stock_on(tx, day) for x in p.lots)
        assert verify(tx).ok
