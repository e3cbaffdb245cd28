"""Stocktakes (盘点): compared with the books in the order things are recorded, while the shop sells."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from test_tamper import take_guards_away

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.inventory.codes import meaning_of, meanings, meanings_of
from lizhi_pos.inventory.count_closing import ClosedCount, Uncounted, close_count, plan_close
from lizhi_pos.inventory.count_files import errors_in_count
from lizhi_pos.inventory.count_rows import CountRow
from lizhi_pos.inventory.counts import Seen, add_tally, count_shown, counts, drop_count, open_count, recount
from lizhi_pos.inventory.stock import lots_called, stock_on
from lizhi_pos.receiving.products import carton_code, second_code
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OIL,
    SALT,
    SOAP,
    amount,
    at,
    gift,
    goods,
    noon,
    sell,
    stocked_shop,
)

LATER = date(2024, 4, 29)


def by(on: date = MARKET_DAY, *, alone: bool = False) -> Authority:
    return Authority(ADMIN, on, None if alone else APPROVAL)


def lots(tx: Transaction, code: str, day: date = LATER) -> dict[str, int]:
    """What stands in every lot of a product."""
    return next({x.lot: x.on_hand for x in p.lots} for p in stock_on(tx, day) if p.code == code)


def counted(tx: Transaction, number: int, code: str, quantity: int, lot: str = "") -> None:
    unwrap(add_tally(tx, number, Seen(code, quantity, lot), ADMIN))


def closed(tx: Transaction, number: int, on: date = MARKET_DAY) -> ClosedCount:
    return unwrap(close_count(tx, number, "keep", by(on)))


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """Salt in two lots, 20 and 5, the second undated; soap in one; oil never came in."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        gift(tx, "SW-3", date(2024, 4, 10), code=SALT, quantity=5, value="1.50")
    return engine


def test_a_shortage_leaves_first_what_expires_first_and_is_a_loss_at_cost(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        sheet = unwrap(open_count(tx, [SALT], False, by(alone=True)))
        assert [(x.code, x.book) for x in sheet.lines] == [(SALT, 25)]
        counted(tx, sheet.count, SALT, 3)
        counted(tx, sheet.count, SALT, 1)
        done = closed(tx, sheet.count)
        assert done.lines[0].difference == -21
        assert [(x.lot, x.quantity) for x in done.lines[0].lots] == [("SW-1", -20), ("SW-3", -1)]
        assert done.lines[0].cost == amount("41.50")
        assert lots(tx, SALT) == {"SW-3": 4}
        assert pool_on(tx, LATER).losses == amount("41.50")
        assert verify(tx).ok


def test_sales_before_and_after_the_moment_of_counting_are_both_right(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [], False, by(alone=True))).count
        unwrap(sell(tx, "TQ0001", (SALT, 2)))
        counted(tx, number, SALT, 22)  # 23 by the books
        unwrap(sell(tx, "TQ0001", (SALT, 3)))
        shown = unwrap(count_shown(tx, number))
        assert {x.code: (x.counted, x.book, x.difference) for x in shown.lines}[SALT] == (22, 23, -1)
        closed(tx, number)
        assert sum(lots(tx, SALT).values()) == 19
        assert verify(tx).ok


def test_found_goods_go_back_to_the_lots_counts_took_them_from(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SALT], False, by(alone=True))).count
        counted(tx, number, SALT, 3)  # 20 of SW-1 and 2 of SW-3 are missing
        closed(tx, number)
        number = unwrap(open_count(tx, [SALT], False, by(alone=True))).count
        counted(tx, number, SALT, 3 + 22 + 4)
        done = closed(tx, number)
        assert {x.lot: x.quantity for x in done.lines[0].lots} == {"SW-1": 20, "SW-3": 6}
        assert lots(tx, SALT) == {"SW-1": 20, "SW-3": 9}  # 4 more than ever came in, in the newest lot
        assert pool_on(tx, LATER).losses == -amount("6.00")
        assert verify(tx).ok


def test_a_shortage_that_later_sales_leave_no_room_for_is_counted_anew(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SOAP], False, by(alone=True))).count
        counted(tx, number, SOAP, 1)
        unwrap(sell(tx, "TQ0001", (SOAP, 2)))
        refused = close_count(tx, number, "keep", by())
        assert isinstance(refused, Refusal)
        assert refused.code == "rule_broken"
        unwrap(recount(tx, number, SOAP))
        counted(tx, number, SOAP, 17)
        closed(tx, number)
        assert lots(tx, SOAP) == {"SW-2": 17}
        assert verify(tx).ok


def test_by_lots_or_whole_not_both(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SALT], True, by(alone=True))).count
        counted(tx, number, SALT, 4, "SW-3")
        assert isinstance(add_tally(tx, number, Seen(SALT, 20), ADMIN), Refusal)
        assert isinstance(add_tally(tx, number, Seen(SALT, 1, "SW-2"), ADMIN), Refusal)
        assert [(x.counted, x.book, x.difference) for x in unwrap(count_shown(tx, number)).lines] == [(4, None, None)]
        counted(tx, number, SALT, 21, "SW-1")
        done = closed(tx, number)
        assert {x.lot: x.quantity for x in done.lines[0].lots} == {"SW-3": -1, "SW-1": 1}
        assert lots(tx, SALT) == {"SW-1": 21, "SW-3": 4}
        assert verify(tx).ok


def test_what_was_not_counted_stays_or_is_none(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [], False, by(alone=True))).count
        counted(tx, number, SALT, 25)
        assert [s.counted for s in counts(tx)] == [1]
        assert isinstance(open_count(tx, [SOAP], False, by(alone=True)), Refusal)  # no two open counts share a product
        done = unwrap(close_count(tx, number, "zero", by()))
        assert {x.code: x.difference for x in done.lines} == {SALT: 0, SOAP: -20, OIL: 0}
        assert lots(tx, SOAP) == {}
        number = unwrap(open_count(tx, [], False, by(alone=True))).count
        counted(tx, number, SALT, 24)
        assert {x.code: x.difference for x in closed(tx, number).lines} == {SALT: -1, SOAP: None, OIL: None}
        assert verify(tx).ok


def test_goods_that_never_came_in_are_received_not_found(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [OIL], False, by(alone=True))).count
        counted(tx, number, OIL, 2)
        assert isinstance(close_count(tx, number, "keep", by()), Refusal)
        assert unwrap(drop_count(tx, number, by(alone=True))).state == "dropped"
        assert isinstance(close_count(tx, number, "keep", by()), Refusal)


def test_closing_needs_a_second_person(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SALT], False, by(alone=True))).count
        refused = close_count(tx, number, "keep", by(alone=True))
        assert isinstance(refused, Refusal)
        assert refused.code == "approval_needed"


def test_a_slip_of_before_takes_back_what_the_count_wrote_off(shop: Engine) -> None:
    """The goods were not missing: a paper slip that was still in a drawer had given them away."""
    with transaction(shop, noon(MARKET_DAY)) as tx:
        close_session(tx, Authority(CLERK, MARKET_DAY))
    with transaction(shop, noon(LATER)) as tx:
        number = unwrap(open_count(tx, [SOAP], False, by(LATER, alone=True))).count
        counted(tx, number, SOAP, 17)
        closed(tx, number, LATER)
        assert pool_on(tx, LATER).losses == amount("9.00")
        slip = {"slip": "示例-1", "till": "P"}
        unwrap(sell(tx, "TQ0001", (SOAP, 2), on=MARKET_DAY, **slip))
        assert lots(tx, SOAP) == {"SW-2": 17}
        assert pool_on(tx, LATER).losses == amount("3.00")
        # beyond what is missing a slip takes what is there, as ever
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=MARKET_DAY, slip="示例-2", till="P"))
        assert sum(lots(tx, SALT).values()) == 24
        assert verify(tx).ok


@pytest.mark.parametrize("uncounted", ["keep", "zero"])
def test_what_closing_would_come_to_is_known_before_and_changes_nothing(shop: Engine, uncounted: Uncounted) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [], True, by(alone=True))).count
        counted(tx, number, SALT, 21)
        before = unwrap(count_shown(tx, number)), stock_on(tx, LATER)
        plan = unwrap(plan_close(tx, number, uncounted, MARKET_DAY))
        assert (unwrap(count_shown(tx, number)), stock_on(tx, LATER)) == before
        done = unwrap(close_count(tx, number, uncounted, by()))
        assert (plan.state, plan.lines) == ("open", done.lines)
        assert sum(x.cost or 0 for x in plan.lines) == amount("8.00" if uncounted == "keep" else "68.00")
        assert isinstance(plan_close(tx, number, uncounted, MARKET_DAY), Refusal)


def test_one_codes_meaning_is_what_all_of_them_say(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        goods(tx, ("978-7-02-000220-7", "示例书", "5.00", None))
        unwrap(second_code(tx, SALT, "6901028180238", ADMIN))
        unwrap(carton_code(tx, SOAP, "16901028180235", 24, ADMIN))
        every = meanings(tx)
        assert len(every) == 6
        assert {code: meaning_of(tx, code) for code in every} == every
        assert meaning_of(tx, "6900000000014") is None
        assert meanings_of(tx, [*every, "6900000000014"]) == every
        some = [SALT, "6901028180238"]
        assert meanings_of(tx, some) == {code: every[code] for code in some}
        assert meanings_of(tx, [SALT, *(f"X{number}" for number in range(600))]) == {SALT: every[SALT]}


def test_a_look_at_a_count_holds_nothing(shop: Engine) -> None:
    """On PostgreSQL a transaction that only reads may lock nothing: what a screen shows never waits for a till."""
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SALT], False, by(alone=True))).count
        counted(tx, number, SALT, 24)
    with reading(shop, noon(MARKET_DAY)) as tx:
        assert [x.difference for x in unwrap(count_shown(tx, number)).lines] == [-1]
        assert [x.cost for x in unwrap(plan_close(tx, number, "keep", MARKET_DAY)).lines] == [amount("2.00")]
        row = CountRow(SALT, 3, at("盘点"), lot="SW-9")
        assert [e.text.msgid for e in errors_in_count(tx, [row])] == ["{0} has no lot {1}: look at the list of lots"]
        assert lots_called(tx, "SW-1")[0].on_hand == 20


@pytest.mark.owner
@pytest.mark.parametrize("changed", ["quantity = quantity + 1", "forgotten = 0", "book = book + 1"])
def test_every_act_of_counting_is_on_the_record(shop: Engine, changed: str) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        number = unwrap(open_count(tx, [SALT], False, by(alone=True))).count
        counted(tx, number, SALT, 3)
        unwrap(recount(tx, number, SALT))
    with shop.begin() as connection:
        take_guards_away(connection)
    with shop.connect() as connection:
        tx = Transaction(connection, connection.scalar(text("SELECT town_id FROM town")), noon(MARKET_DAY))
        assert verify(tx).ok
        assert connection.execute(text(f"UPDATE count_tally SET {changed}")).rowcount == 1
        assert not verify(tx).ok
        connection.rollback()
