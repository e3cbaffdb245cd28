"""Redemption (三(五)1, 五): one transaction per basket, every reason said, nothing written by a refusal."""

from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import transaction
from lizhi_pos.i18n.render import fact_for_scripts
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.journal.balances import balance_now
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    CLERK,
    MARKET_DAY,
    SALT,
    SOAP,
    act,
    amount,
    basket,
    eligible,
    found,
    gift,
    goods,
    household,
    noon,
    open_shop,
    post,
    refused,
    scores,
    sell,
    stocked_shop,
    workbook,
)


def test_a_sale_moves_points_and_goods_together(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        done = unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        assert done.total == amount("8.80")
        assert (done.balance_before, done.balance_after) == (amount("50.00"), amount("41.20"))
        assert done.receipt == "1-2024-000001"
        assert [(x.lot, x.quantity) for line in done.lines for x in line.lots] == [("SW-1", 2), ("SW-2", 1)]
        facts = household_facts(tx, ["TQ0001"], MARKET_DAY)["TQ0001"]
        assert balance_now(tx, facts.household_id) == amount("41.20")
        assert {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY)}[SALT] == 18
        assert verify(tx).ok


def test_the_same_key_sells_once_and_another_basket_under_it_is_a_conflict(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        first = unwrap(sell(tx, "TQ0001", (SALT, 1), key="k"))
        again = unwrap(sell(tx, "TQ0001", (SALT, 1), key="k"))
        other = sell(tx, "TQ0001", (SALT, 2), key="k")
        assert again == first
        assert isinstance(other, Refusal)
        assert other.code == "key_conflict"
        assert {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY)}[SALT] == 19


def test_a_product_kept_as_its_code_was_printed_is_given_and_comes_under_one_code(engine: Engine) -> None:
    """Before codes had one form a book was kept with the hyphens of print, which no scanner sends."""
    printed, scanned = "978-7-5327-0001-1", "9787532700011"
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        goods(tx, (printed, "示例书", "9.00", None))
        gift(tx, "SW-1", date(2024, 4, 1), code=scanned, quantity=3, value="5.00")
        eligible(tx)
        open_shop(tx)
        assert [x.code for x in unwrap(sell(tx, "TQ0001", (scanned, 1))).lines] == [printed]
        goods(tx, (scanned, "示例书", "9.00", None))
        assert {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY) if p.name == "示例书"} == {scanned: 2}
        assert [x.code for x in unwrap(sell(tx, "TQ0001", (scanned, 1))).lines] == [scanned]
        assert verify(tx).ok


def test_every_reason_is_said_at_once(engine: Engine) -> None:
    """三(一), 三(三): a new household with low scores that wants too much hears all of it."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "SW-2", date(2024, 4, 4), code=SOAP, quantity=1, value="3.00")
        new = household("TQ0002", since=date(2024, 1, 1))
        post(tx, workbook(households=[new], scored=scores("TQ0002", q2023_4="84.9", q2024_1="85")))
        codes = refused(sell(tx, "TQ0002", (SOAP, 3)))
        assert codes == {"residence", "score_below", "no_session", "balance", "limit", "stock"}


def test_an_unknown_household_hides_everything_else(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert refused(sell(tx, "ZZ0001", ("1", 1))) == {"unknown_household"}


def test_an_unknown_product_hides_balance_limit_and_stock(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert refused(sell(tx, "TQ0001", ("1", 1), (SOAP, 99))) == {"unknown_product"}


def test_first_expired_goes_first_and_expired_goods_stay(engine: Engine) -> None:
    """**D** earliest expiry first, undated last, expired never."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "SW-3", date(2024, 4, 1), code=SALT, quantity=2, value="2.00")
        gift(tx, "SW-2", date(2024, 4, 3), code=SALT, quantity=2, value="2.00", expires=date(2024, 5, 1))
        gift(tx, "SW-1", date(2024, 4, 2), code=SALT, quantity=2, value="2.00", expires=date(2024, 4, 27))
        gift(tx, "SW-4", date(2024, 4, 2), code=SALT, quantity=2, value="2.00", expires=MARKET_DAY)
        eligible(tx)
        open_shop(tx)
        done = unwrap(sell(tx, "TQ0001", (SALT, 5)))
        assert [(x.lot, x.quantity) for x in done.lines[0].lots] == [("SW-4", 2), ("SW-2", 2), ("SW-3", 1)]
        short = sell(tx, "TQ0001", (SALT, 2))
        assert refused(short) == {"stock"}
        assert isinstance(short, Refusal)
        # what stands on the shelf and may not be given is said
        assert [fact_for_scripts(f) for r in short.reasons for f in r.facts] == ["海星加碘盐400g 1 < 2, expired 2"]


def test_lots_are_told_in_the_order_they_were_taken_also_when_read_back(engine: Engine) -> None:
    """A database has an order of letters of its own, in which a small s may stand before a capital one."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        for voucher in ("sw-5", "SW-6", "Sw 4"):
            gift(tx, voucher, date(2024, 4, 2), code=SALT, quantity=2, value="2.00")
        eligible(tx)
        open_shop(tx)
        done = unwrap(sell(tx, "TQ0001", (SALT, 6), key="k"))
        assert [x.lot for x in done.lines[0].lots] == sorted(x.lot for x in done.lines[0].lots)
        assert unwrap(sell(tx, "TQ0001", (SALT, 6), key="k")) == done


def test_a_limit_counts_the_calendar_month(engine: Engine) -> None:
    """**D** 每户限量 counts what the household took in the month of the basket's date."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SOAP, 1)))
        assert refused(sell(tx, "TQ0001", (SOAP, 2))) == {"limit"}
        unwrap(sell(tx, "TQ0001", (SOAP, 1)))


def test_points_spent_later_do_not_cover_a_backdated_basket(engine: Engine) -> None:
    """A basket of a past day needs points that were there then and at every moment since."""
    stocked_shop(engine)
    later = date(2024, 5, 8)
    with transaction(engine, noon(later)) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        open_shop(tx, later)
        unwrap(sell(tx, "TQ0001", (SALT, 8), (SOAP, 2), on=later))
        unwrap(close_session(tx, Authority(CLERK, later)))
        open_shop(tx)
        post(tx, workbook(month=Month(2024, 4), acts=[act("TQ0001", date(2024, 4, 30), 9)]), later)
        assert refused(sell(tx, "TQ0001", (SALT, 13))) == {"balance", "stock"}
        assert refused(sell(tx, "TQ0001", (SALT, 9))) == {"balance"}
        unwrap(sell(tx, "TQ0001", (SALT, 8)))


def test_a_price_change_waits_for_the_next_session(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        goods(tx, (SALT, "海星加碘盐400g", "9.99", None), ("6901", "新到货", "1.00", None))
        assert unwrap(sell(tx, "TQ0001", (SALT, 1))).total == amount("2.50")
        gift(tx, "SW-9", MARKET_DAY, code="6901", quantity=5, value="1.00")
        goods(tx, ("6901", "新到货", "2.00", None))
        assert unwrap(sell(tx, "TQ0001", ("6901", 1))).total == amount("1.00")


def test_another_day_and_the_clerks_own_household_need_approval(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(date(2024, 5, 2))) as tx:
        past = redeem(tx, basket("TQ0001", (SALT, 1)), Authority(CLERK, MARKET_DAY))
        assert isinstance(past, Refusal)
        assert past.code == "approval_needed"
    with transaction(engine, noon(MARKET_DAY)) as tx:
        own = redeem(tx, basket("TQ0001", (SALT, 1)), Authority(Operator(CLERK.name, "clerk", "TQ0001"), MARKET_DAY))
        assert isinstance(own, Refusal)
        assert own.code == "approval_needed"
        unwrap(redeem(tx, basket("TQ0001", (SALT, 1)), Authority(CLERK, MARKET_DAY)))
