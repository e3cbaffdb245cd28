"""A clock that disagrees with what was recorded last: said at every start, and a second person opens the session."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.household_history import household_history
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.till_queries import trading_day
from lizhi_pos.db import reading, transaction
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import refusal_words
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.town.clock_doubt import clock_doubt
from towns.small import APPROVAL, CLERK, MARKET_DAY, SALT, goods, noon, sell, stocked_shop

JULY_MARKET = date(2024, 7, 28)
"""A redemption day on which nothing else would ask for a second person."""


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """A shop whose session of April is closed."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    return engine


def touched_on(engine: Engine, day: date) -> None:
    """Something else than a sale is recorded on a day."""
    with transaction(engine, noon(day)) as tx:
        goods(tx, (f"69{day:%y%m%d}0", f"示例{day}", "1.00", None))


@pytest.mark.parametrize("days", [8, 30, 91])
def test_more_than_seven_days_after_what_was_recorded_last_a_second_person_opens(shop: Engine, days: int) -> None:
    touched_on(shop, JULY_MARKET - timedelta(days))
    with transaction(shop, noon(JULY_MARKET)) as tx:
        answer = open_session(tx, Authority(CLERK, JULY_MARKET))
        assert isinstance(answer, Refusal)
        assert answer.code == "approval_needed"
        (said,) = refusal_words(answer, translator("zh"))
        assert f"晚了 {days} 天" in said
        assert "监督员" in said
        day = unwrap(trading_day(tx))
        assert day.clock_doubt is not None
        opened = open_session(tx, Authority(CLERK, JULY_MARKET, APPROVAL), "时钟没有错")
        assert not isinstance(opened, Refusal)


@pytest.mark.parametrize("days", [0, 1, 7])
def test_a_clock_that_agrees_asks_nobody(shop: Engine, days: int) -> None:
    touched_on(shop, JULY_MARKET - timedelta(days))
    with transaction(shop, noon(JULY_MARKET)) as tx:
        assert unwrap(trading_day(tx)).clock_doubt is None
        assert not isinstance(open_session(tx, Authority(CLERK, JULY_MARKET)), Refusal)


def test_a_clock_that_went_back_a_day_asks_for_a_second_person(shop: Engine) -> None:
    touched_on(shop, JULY_MARKET + timedelta(1))
    with transaction(shop, noon(JULY_MARKET)) as tx:
        answer = open_session(tx, Authority(CLERK, JULY_MARKET))
        assert isinstance(answer, Refusal)
        assert "调准" in refusal_words(answer, translator("zh"))[0]


def test_who_signs_in_by_a_wrong_clock_does_not_make_it_right(shop: Engine) -> None:
    with transaction(shop, noon(JULY_MARKET)) as tx:
        record(tx, CLERK, "sign_in", CLERK.name)
    with reading(shop, noon(JULY_MARKET)) as tx:
        doubt = clock_doubt(tx)
        assert doubt is not None
        assert (doubt.recorded, doubt.today) == (MARKET_DAY, JULY_MARKET)


def test_what_was_recorded_last_is_told_by_the_order_of_the_books(shop: Engine) -> None:
    """A clock that was ahead once, and was set right, is not doubted for ever."""
    touched_on(shop, date(2030, 1, 1))
    touched_on(shop, JULY_MARKET)
    with reading(shop, noon(JULY_MARKET)) as tx:
        assert clock_doubt(tx) is None


def test_the_order_of_a_households_history_is_the_books(engine: Engine) -> None:
    """A clock that goes back between two sales puts the later one behind the earlier all the same."""
    stocked_shop(engine)
    for minutes, quantity in ((0, 1), (-90, 2), (600, 3)):
        with transaction(engine, noon(MARKET_DAY) + timedelta(minutes=minutes)) as tx:
            unwrap(sell(tx, "TQ0001", (SALT, quantity)))
    with reading(engine, noon(MARKET_DAY)) as tx:
        sold = [e for e in unwrap(household_history(tx, "TQ0001")) if e.kind == "redeem"]
    assert [-entry.amount // 250 for entry in sold] == [1, 2, 3]
    assert [entry.balance for entry in sold] == sorted((entry.balance for entry in sold), reverse=True)
    assert sold[1].recorded_at < sold[0].recorded_at < sold[2].recorded_at
