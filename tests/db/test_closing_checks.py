"""What is looked at before a month closes: what blocks it, what it is warned of, and that both are kept (三(四)2)."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import Engine, text
from test_journal import drop_guards

from databases import as_owner
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.objections import Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.accounts.villages import rename_village
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.offline_slips import post_slip, slips_in
from lizhi_pos.checkout.open_baskets import save
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.cash_book import say_bank
from lizhi_pos.inventory.counts import open_count
from lizhi_pos.money import Yuan
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month, closed_statement, warnings_of
from lizhi_pos.settlement.closing_checks import BLOCKS, WARNS, check_closing
from lizhi_pos.settlement.goods_taken import goods_of
from lizhi_pos.settlement.verification import verify
from lizhi_pos.settlement.village_signing import confirm
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    SUPERVISOR,
    VILLAGE,
    act,
    at,
    basket,
    gift,
    goods,
    household,
    noon,
    post,
    sell,
    stocked_shop,
    workbook,
)

APRIL, MAY, MAY_2, MAY_11 = Month(2024, 4), Month(2024, 5), date(2024, 5, 2), date(2024, 5, 11)


@pytest.fixture
def april(engine: Engine) -> Engine:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    return engine


def found(tx: Transaction, on: date = MAY_2, month: Month = APRIL) -> Mapping[str, tuple[str, ...]]:
    """What the checks found that is not right, by name."""
    checked = check_closing(tx, month, on)
    assert [check.name for check in checked.checks] == ["order", *BLOCKS, *WARNS]
    return {c.name: tuple(fact.text for fact in c.facts) for c in checked.checks if c.level != "ok"}


def closing(tx: Transaction, on: date = MAY_2, month: Month = APRIL) -> list[str]:
    """Why a closing is refused: the checks that block it."""
    answer = close_month(tx, month, Authority(ACCOUNTANT, on))
    if not isinstance(answer, Refusal):
        return []
    assert answer.code == "out_of_turn"
    ((name, checks),) = answer.details
    assert name == "checks"
    assert isinstance(checks, list)
    return [str(check["name"]) for check in checks]


def test_a_month_closes_in_its_turn(april: Engine) -> None:
    with transaction(april, noon(date(2024, 7, 2))) as tx:
        assert found(tx, date(2024, 4, 30))["order"] == ("not_over 2024-04-30",)
        assert found(tx, date(2024, 7, 2), Month(2024, 6))["order"] == ("first 2024-04",)
        assert closing(tx, date(2024, 7, 2), Month(2024, 6)) == ["order"]
        assert closing(tx) == []
        assert found(tx)["order"] == ("closed 2024-04",)
        assert closing(tx) == ["order"]


def test_an_open_session_and_a_basket_left_on_a_counter_block(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        market = tx.connection.execute(text("SELECT session_id FROM market_session")).scalar_one()
        assert save(tx, basket("TQ0001", (SALT, 1), till="1"), market, CLERK) is None
    with transaction(engine, noon(MAY_2)) as tx:
        told = found(tx)
        assert (told["sessions"], told["baskets"]) == (("2024-04-28",), ("2024-04-28 TQ0001 1",))
        assert closing(tx) == ["sessions", "baskets"]


def test_an_open_stocktake_blocks(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        unwrap(open_count(tx, [SALT], False, Authority(CLERK, MAY_2)))
        assert found(tx)["counts"] == ("1",)
        assert closing(tx) == ["counts"]


def test_an_objection_of_whatever_month_blocks_until_it_is_answered(april: Engine) -> None:
    with transaction(april, noon(MAY_11)) as tx:
        book = workbook(month=APRIL, households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 4, 5))])
        unwrap(draft(tx, book, ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, APRIL, Authority(ACCOUNTANT, MAY_2)))
        day = date(2024, 5, 3)
        unwrap(raise_objection(tx, VILLAGE, APRIL, Objection("示例:少记一次"), Authority(ACCOUNTANT, day)))
        assert "objections" not in found(tx)
        assert found(tx, day)["objections"] == (f"{VILLAGE} 2024-04 1",)
        assert closing(tx, day) == ["objections"]
        on = date(2024, 5, 4)
        answer = Verdict("dismissed", "示例:已核对"), Authority(ACCOUNTANT, on)
        unwrap(settle_objection(tx, VILLAGE, APRIL, 1, answer))
        assert found(tx, day)["objections"] == (f"{VILLAGE} 2024-04 1",)
        assert "objections" not in found(tx, on)
        assert closing(tx, on) == []


TAMPERED = {
    "points": "UPDATE balance SET amount = amount + 1 WHERE place = (SELECT max(place) FROM balance)",
    "stock": "UPDATE lot SET on_hand = on_hand + 1",
    "pool": "UPDATE posting SET amount = amount + 1 WHERE unit = 'yuan' AND amount = 100000",
    "chain": "UPDATE journal_entry SET by_user = 'x' WHERE number = 1",
}


@pytest.mark.parametrize("check", TAMPERED)
def test_books_that_do_not_agree_block(april: Engine, check: str) -> None:
    with as_owner(april) as connection:
        drop_guards(connection)
        connection.execute(text(TAMPERED[check]))
    with transaction(april, noon(MAY_2)) as tx:
        assert found(tx)[check]
        assert check in closing(tx)


def test_what_tills_write_meanwhile_breaks_no_chain(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        gift(tx, "XJ-9", MAY_2, value="5.00")
        tx.settle()
        assert "chain" not in found(tx)


def test_numbers_missing_among_a_days_slips_are_warned_of(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        rows = [SlipRow(n, MARKET_DAY, "TQ0001", SALT, 1, at()) for n in ("A08", "A10", "A13", "B1", "C")]
        for slip in slips_in(rows):
            post_slip(tx, slip, CLERK, APPROVAL)
        assert found(tx)["slips"] == tuple(f"2024-04-28 {n}" for n in ("A09", "A11", "A12"))


def test_ledgers_are_warned_of_once_they_are_due(april: Engine) -> None:
    with transaction(april, noon(MAY_11)) as tx:
        early, due = found(tx, date(2024, 5, 10)), found(tx, MAY_11)
        # March was published on the tenth of April, in time; the other village sent nothing
        assert early["batches"] == (f"{OTHER_VILLAGE} 2024-03 missing",)
        missing = [f"{v} 2024-04 missing" for v in (VILLAGE, OTHER_VILLAGE)]
        assert due["batches"] == (f"{OTHER_VILLAGE} 2024-03 missing", *missing)
        book = workbook(month=APRIL, households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 4, 5))])
        unwrap(draft(tx, book, ACCOUNTANT))
        assert f"{VILLAGE} 2024-04 draft" in found(tx, MAY_11)["batches"]
    with transaction(april, noon(date(2024, 6, 2))) as tx:
        post(tx, book, date(2024, 5, 30))
        assert f"{VILLAGE} 2024-04 late" in found(tx, date(2024, 6, 1))["batches"]
        assert closing(tx) == []
        assert f"{VILLAGE} 2024-04 late" in found(tx, date(2024, 6, 1), MAY)["batches"]


def test_the_bank_is_held_against_the_book(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        assert found(tx)["bank"] == ("2024-04 missing",)
        unwrap(say_bank(tx, date(2024, 3, 31), Yuan(0), ACCOUNTANT))
        assert found(tx)["bank"] == ("2024-04 missing",)
        unwrap(say_bank(tx, date(2024, 4, 30), Yuan(99_000), ACCOUNTANT))
        assert found(tx)["bank"] == ("2024-04-30 990.00 1000.00",)
        unwrap(say_bank(tx, date(2024, 4, 30), Yuan(100_000), ACCOUNTANT))
        assert "bank" not in found(tx)


def test_goods_that_expired_on_the_shelf_are_warned_of(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        gift(tx, "SW-8", date(2024, 4, 3), code=SALT, quantity=3, value="2.00", expires=date(2024, 4, 29))
        gift(tx, "SW-9", date(2024, 4, 3), code=SALT, quantity=3, value="2.00", expires=date(2024, 4, 30))
        assert found(tx)["expired"] == (f"SW-8 {SALT} 海星加碘盐400g 3 2024-04-29",)


def test_the_month_before_must_be_confirmed_or_it_is_warned_of(april: Engine) -> None:
    june = date(2024, 6, 2)
    with transaction(april, noon(june)) as tx:
        assert "answers" not in found(tx)
        assert closing(tx) == []
        assert found(tx, june, MAY)["answers"] == (f"{VILLAGE} 2024-04 sent", f"{OTHER_VILLAGE} 2024-04 sent")
        unwrap(confirm(tx, APRIL, VILLAGE, "", Authority(ACCOUNTANT, june)))
        assert found(tx, june, MAY)["answers"] == (f"{OTHER_VILLAGE} 2024-04 sent",)


def test_what_a_month_was_closed_in_spite_of_is_kept(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        told = found(tx)
        assert set(told) == {"batches", "bank"}
        assert closing(tx) == []
        kept = warnings_of(tx, APRIL)
        assert {c.name: tuple(f.text for f in c.facts) for c in kept} == told
        ((_bank,), (missing,)) = ([f for f in c.facts] for c in sorted(kept, key=lambda c: c.name != "bank"))
        assert missing.village_id == unwrap(closed_statement(tx, APRIL)).villages[1].village_id
        unwrap(say_bank(tx, date(2024, 5, 1), Yuan(1), ACCOUNTANT))
        assert {c.name: tuple(f.text for f in c.facts) for c in warnings_of(tx, APRIL)} == told
        assert verify(tx).ok


def test_a_closed_month_keeps_its_names_and_its_goods(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        assert closing(tx) == []
        statement, given = unwrap(closed_statement(tx, APRIL)), goods_of(tx, APRIL)
        assert [(taken.code, taken.quantity, taken.amount) for taken in given] == [(SOAP, 1, 380), (SALT, 2, 500)]
        unwrap(rename_village(tx, VILLAGE, "天桥新村"))
        goods(tx, (SALT, "改了名的盐", "2.60", None))
        assert unwrap(closed_statement(tx, APRIL)) == statement
        assert goods_of(tx, APRIL) == given
        assert verify(tx).ok


def test_a_refused_closing_writes_nothing(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        before = verify(tx).head
        assert closing(tx, date(2024, 4, 30)) == ["order"]
        assert verify(tx).head == before
    assert SUPERVISOR.refusal_to("close_month") is not None
    assert ADMIN.refusal_to("close_month") is None
