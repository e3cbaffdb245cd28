"""A year in one statement: what its months fixed, added up; balances roll on over the year's end (三(五)1)."""

from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.moving import move_household
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.statement import Amounts
from lizhi_pos.settlement.year_statement import YearStatement, year_statement
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    VILLAGE,
    act,
    household,
    noon,
    post,
    sell,
    stocked_shop,
    workbook,
)

JANUARY = date(2025, 1, 3)


def lived(engine: Engine) -> None:
    """April to December of 2024: a redemption, a household that comes in June and moves in August."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    with transaction(engine, noon(JANUARY)) as tx:
        book = workbook(month=Month(2024, 5), households=[household("TQ0002")], acts=[act("TQ0002", date(2024, 5, 5))])
        post(tx, book, date(2024, 6, 12))
        moving = Authority(ACCOUNTANT, date(2024, 8, 10), APPROVAL)
        unwrap(move_household(tx, "TQ0002", (OTHER_VILLAGE, None), "示例:搬家", moving))
        for number in range(4, 13):
            unwrap(close_month(tx, Month(2024, number), Authority(ACCOUNTANT, JANUARY)))


def year_of(tx: Transaction, name: str, year: int = 2024) -> YearStatement:
    return unwrap(year_statement(tx, unwrap(village_id(tx, name)), year))


def adds_up(told: Amounts) -> bool:
    out = told.redeemed + told.vetoed
    came = told.base + told.volunteer + told.returned + told.restored + told.adjusted + told.transferred
    return told.opening + came - out == told.closing


def test_a_years_months_are_added_up(engine: Engine) -> None:
    lived(engine)
    with transaction(engine, noon(JANUARY)) as tx:
        ours, other = year_of(tx, VILLAGE), year_of(tx, OTHER_VILLAGE)
        assert [month.month for month in ours.months] == [f"2024-{number:02}" for number in range(4, 13)]
        first, second = ours.households
        assert (first.opening, first.volunteer, first.redeemed, first.closing) == (0, 5000, 880, 4120)
        assert (second.booklet, second.volunteer, second.transferred, second.closing) == ("TQ0002", 1000, -1000, 0)
        assert [month.month for month in second.months] == ["2024-06", "2024-07", "2024-08"]
        (moved,) = other.households
        assert (moved.opening, moved.transferred, moved.closing, len(moved.months)) == (0, 1000, 1000, 5)
        for told in (ours.totals, other.totals, first, second, moved):
            assert adds_up(told)
        assert ours.goods_value == 880


def test_balances_roll_on_into_the_next_year(engine: Engine) -> None:
    lived(engine)
    with transaction(engine, noon(date(2025, 2, 3))) as tx:
        assert isinstance(none := year_statement(tx, unwrap(village_id(tx, VILLAGE)), 2025), Refusal)
        assert none.code == "month_open"
        unwrap(close_month(tx, Month(2025, 1), Authority(ACCOUNTANT, date(2025, 2, 3))))
        before, after = year_of(tx, VILLAGE), year_of(tx, VILLAGE, 2025)
        assert after.totals.opening == before.totals.closing == 4120
