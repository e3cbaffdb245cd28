"""Baskets on the counter and held: kept line by line, redeemed once, in the way of closing the session."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout import open_baskets
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.open_baskets import OpenBasket
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.till_queries import trading_day
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.i18n.render import refusal_words
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import CLERK, MARKET_DAY, SALT, SOAP, noon, stocked_shop

FIRST = Basket(booklet="TQ0001", wanted=(Wanted(SALT, 2),), key="k1", till="1")


def market(tx: Transaction) -> Id:
    shop: Any = trading_day(tx)
    found: Id = shop.market_session
    return found


def out_of_turn(answer: object) -> bool:
    return isinstance(answer, Refusal) and answer.code == "out_of_turn"


def keep(tx: Transaction, basket: Basket) -> Refusal | None:
    return open_baskets.save(tx, basket, market(tx), CLERK)


def test_every_state_of_the_counter_is_kept(engine: Engine) -> None:
    stocked_shop(engine)
    more = replace(FIRST, wanted=(Wanted(SOAP, 1), Wanted(SALT, 3)), proxy="示例", relation="儿媳")
    for now in (FIRST, more):
        with transaction(engine, noon(MARKET_DAY)) as tx:
            assert keep(tx, now) is None
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found = open_baskets.on_counter(tx, "1")
        assert found is not None
        assert (found.booklet, found.head, found.key) == ("TQ0001", "示例户主", "k1")
        assert found.wanted == more.wanted
        assert (found.proxy, found.relation, found.clerk, found.on) == ("示例", "儿媳", CLERK.name, MARKET_DAY)
        assert open_baskets.on_counter(tx, "2") is None
        assert keep(tx, replace(more, wanted=())) is None
        assert open_baskets.on_counter(tx, "1") is None


def test_redeeming_takes_the_basket_away_and_it_never_comes_back(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert keep(tx, FIRST) is None
        unwrap(redeem(tx, FIRST, Authority(CLERK, MARKET_DAY)))
        assert open_baskets.on_counter(tx, "1") is None
        assert out_of_turn(keep(tx, FIRST))
        assert open_baskets.on_counter(tx, "1") is None
        assert verify(tx).ok


def test_a_refused_redemption_leaves_the_basket(engine: Engine) -> None:
    stocked_shop(engine)
    too_much = replace(FIRST, wanted=(Wanted(SALT, 10_000),))
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert keep(tx, too_much) is None
        assert isinstance(redeem(tx, too_much, Authority(CLERK, MARKET_DAY)), Refusal)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert open_baskets.on_counter(tx, "1") is not None


def test_held_baskets_go_to_one_till_only(engine: Engine) -> None:
    stocked_shop(engine)
    second = replace(FIRST, key="k2", till="2")
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert keep(tx, FIRST) is None
        assert open_baskets.hold(tx, "k1", "1") is None
        assert out_of_turn(open_baskets.hold(tx, "k1", "1"))
        assert [b.key for b in open_baskets.held(tx)] == ["k1"]
        assert keep(tx, second) is None
        assert out_of_turn(open_baskets.recall(tx, "k1", "2"))
        open_baskets.discard(tx, "k2")
        found = open_baskets.recall(tx, "k1", "2")
        assert isinstance(found, OpenBasket)
        assert (found.till, found.state, found.units) == ("2", "counter", 2)
        assert out_of_turn(open_baskets.recall(tx, "k1", "1"))
        assert open_baskets.held(tx) == []


def test_one_till_has_one_counter(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert keep(tx, FIRST) is None
        assert out_of_turn(keep(tx, replace(FIRST, key="k2")))
        found = open_baskets.on_counter(tx, "1")
        assert found is not None
        assert found.key == "k1"


def test_open_baskets_block_closing_until_they_are_forgotten(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert keep(tx, FIRST) is None
        assert keep(tx, replace(FIRST, key="k2", till="2")) is None
        assert open_baskets.hold(tx, "k2", "2") is None
        blocked = close_session(tx, Authority(CLERK, MARKET_DAY))
        assert out_of_turn(blocked)
        assert isinstance(blocked, Refusal)
        (words,) = refusal_words(blocked, lambda message: message)
        assert "TQ0001 示例户主 (on the counter of till 1)" in words
        assert "TQ0001 示例户主 (held)" in words
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY), discard_baskets=True))
        assert open_baskets.held(tx) == []


def test_no_first_line_after_the_session_was_closed(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        of = market(tx)
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        assert out_of_turn(open_baskets.save(tx, FIRST, of, CLERK))
