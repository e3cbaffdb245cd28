"""Villages' answers to a closed month: read, explained, resolved, confirmed or disputed (三(四)2)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.booklets import replace_booklet
from lizhi_pos.accounts.villages import rename_village
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.answer_states import AnswerState, answer_states, month_states
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.import_rows import AnswerRow, Figure, VillageAnswer
from lizhi_pos.settlement.reconciliation import Comparison, compare, kept_differences
from lizhi_pos.settlement.verification import verify
from lizhi_pos.settlement.village_signing import confirm, dispute, resolve
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
    amount,
    at,
    household,
    noon,
    post,
    scores,
    sell,
    stocked_shop,
    workbook,
)

APRIL, MAY_2, MAY_3 = Month(2024, 4), date(2024, 5, 2), date(2024, 5, 3)
DAY = Authority(ACCOUNTANT, MAY_2)


@pytest.fixture
def closed(engine: Engine) -> Engine:
    """April of two households, 41.20 left to the first, 50.00 to the second, closed on the second of May."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        book = workbook(
            village=OTHER_VILLAGE,
            households=[household("HP0001"), household("HP0002")],
            scored=[s for b in ("HP0001", "HP0002") for s in scores(b, q2023_4="90", q2024_1="90")],
            acts=[act("HP0001", date(2024, 3, 5), 5), act("HP0002", date(2024, 3, 5), 2)],
        )
        post(tx, book)
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        receipt = unwrap(sell(tx, "HP0001", (SALT, 2), (SOAP, 1))).receipt
        unwrap(
            return_goods(
                tx, receipt, [Wanted(SALT, 1)], reason="示例", authority=Authority(CLERK, MARKET_DAY, APPROVAL)
            )
        )
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    with transaction(engine, noon(MAY_3)) as tx:
        unwrap(close_month(tx, APRIL, DAY))
    return engine


def rows(*told: tuple[str, str]) -> tuple[AnswerRow, ...]:
    return tuple(AnswerRow(b, Points(amount(p)), at("户余额", n)) for n, (b, p) in enumerate(told, 2))


def answer(tx: Transaction, *told: tuple[str, str], village: str = OTHER_VILLAGE, on: date = MAY_2) -> Comparison:
    (one,) = unwrap(compare(tx, APRIL, [VillageAnswer(village, rows(*told), "示例.xlsx")], Authority(ACCOUNTANT, on)))
    return one


def differing(one: Comparison) -> list[tuple[str, str | None, int]]:
    return [(d.booklet, d.cause, len(d.entries)) for d in one.differences]


def state(tx: Transaction, village: str = OTHER_VILLAGE) -> AnswerState:
    return next(one for one in answer_states(tx, APRIL) if one.village == village)


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_village_answers_resolves_and_confirms(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        assert (state(tx).state, state(tx).answered_on) == ("sent", None)
        found = answer(tx, ("HP0001", "44.00"), ("HP0002", "21.00"))
        assert (found.matched, differing(found)) == (0, [("HP0001", None, 0), ("HP0002", None, 0)])
        assert (state(tx).state, state(tx).open, state(tx).answered_on) == ("answered", 2, MAY_2)
        assert code(confirm(tx, APRIL, OTHER_VILLAGE, "", DAY)) == "out_of_turn"
        for number in ("HP0001", "hp0002"):
            unwrap(resolve(tx, (APRIL, OTHER_VILLAGE), number, ("示例:村里漏记", ""), DAY))
        assert (state(tx).state, state(tx).differences, state(tx).open) == ("answered", 2, 0)
        unwrap(resolve(tx, (APRIL, OTHER_VILLAGE), "HP0001", ("示例:再核对", "1-2024-000002"), DAY))
        unwrap(confirm(tx, APRIL, OTHER_VILLAGE, "示例书记", Authority(ACCOUNTANT, MAY_3)))
        now = state(tx)
        assert (now.state, now.confirmed_on, now.confirmed_by, now.dispute) == ("confirmed", MAY_3, "示例书记", None)
        assert [(m.month, m.settled) for m in month_states(tx)] == [("2024-04", False)]
        unwrap(confirm(tx, APRIL, VILLAGE, "", DAY))
        assert month_states(tx) == []
        assert verify(tx).ok


def test_a_confirmed_village_answers_again_only_after_it_disputes(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        answer(tx, ("TQ0001", "41.20"), village=VILLAGE)
        unwrap(confirm(tx, APRIL, VILLAGE, "", DAY))
        assert code(confirm(tx, APRIL, VILLAGE, "", DAY)) == "out_of_turn"
        other = VillageAnswer(VILLAGE, rows(("TQ0001", "40.00")))
        assert code(compare(tx, APRIL, [other], DAY)) == "out_of_turn"
        before = verify(tx).head
        assert answer(tx, ("TQ0001", "41.20"), village=VILLAGE).matched == 1
        assert verify(tx).head == before
        assert code(dispute(tx, APRIL, VILLAGE, " ", DAY)) == "rule_broken"
        unwrap(dispute(tx, APRIL, VILLAGE, "示例:少记一单", DAY))
        assert (state(tx, VILLAGE).state, state(tx, VILLAGE).dispute) == ("disputed", "示例:少记一单")
        answer(tx, ("TQ0001", "40.00"), village=VILLAGE)
        assert (state(tx, VILLAGE).state, state(tx, VILLAGE).open) == ("disputed", 1)
        unwrap(resolve(tx, (APRIL, VILLAGE), "TQ0001", ("示例", ""), DAY))
        assert unwrap(confirm(tx, APRIL, VILLAGE, "", DAY)).state == "confirmed"


def test_a_difference_is_open_until_it_is_resolved_or_a_new_answer_agrees(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        place = (APRIL, OTHER_VILLAGE)
        assert code(resolve(tx, place, "HP0001", ("示例", ""), DAY)) == "rule_broken"
        answer(tx, ("HP0001", "1.00"), ("HP0002", "2.00"))
        unwrap(resolve(tx, place, "HP0001", ("示例", ""), DAY))
        assert code(resolve(tx, place, "HP0002", ("示例", "没有的单号"), DAY)) == "rule_broken"
        assert code(resolve(tx, place, "HP0002", ("", ""), DAY)) == "rule_broken"
        # the same difference again stays resolved, another figure is another difference
        answer(tx, ("HP0001", "1.00"), ("HP0002", "3.00"))
        assert state(tx).open == 1
        answer(tx, ("HP0001", "1.01"), ("HP0002", "20.00"))
        assert (state(tx).differences, state(tx).open) == (1, 1)


def test_a_village_may_confirm_without_an_answer_and_steps_do_not_go_back(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        early = Authority(ACCOUNTANT, date(2024, 5, 1))
        assert code(confirm(tx, APRIL, VILLAGE, "", early)) == "out_of_turn"
        assert code(dispute(tx, APRIL, VILLAGE, "示例", early)) == "out_of_turn"
        assert code(compare(tx, APRIL, [VillageAnswer(VILLAGE, rows(("TQ0001", "1.00")))], early)) == "out_of_turn"
        unwrap(confirm(tx, APRIL, VILLAGE, "", Authority(ACCOUNTANT, MAY_3)))
        assert code(dispute(tx, APRIL, VILLAGE, "示例", DAY)) == "out_of_turn"
        assert code(confirm(tx, Month(2024, 5), VILLAGE, "", DAY)) == "month_open"
        assert code(confirm(tx, APRIL, "乌有村", "", DAY)) == "not_found"


def test_a_cause_is_told_with_the_entries_behind_it(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        one, two = answer(tx, ("HP0001", "50.00"), ("HP0002", "2.00")).differences
        assert (one.cause, [(e.kind, e.amount, e.reference) for e in one.entries]) == (
            "redemption",
            [("redeem", -880, "1-2024-000002"), ("return", 250, "1-2024-000002")],
        )
        assert (two.cause, two.entries) == ("digits", ())
        swapped = answer(tx, ("HP0001", "20.00"), ("HP0002", "43.70"))
        assert differing(swapped) == [("HP0001", "swapped", 0), ("HP0002", "swapped", 0)]
        key = state(tx).village_id
        assert kept_differences(tx, APRIL, key) == swapped.differences
        gone = answer(tx, ("HP0001", "43.70"), ("HP0009", "1.00"))
        assert [(d.kind, d.cause) for d in gone.differences] == [("missing_there", None), ("missing_here", None)]


def test_points_of_a_ledger_that_was_posted_after_the_end_are_told(closed: Engine) -> None:
    with transaction(closed, noon(date(2024, 5, 20))) as tx:
        book = workbook(
            village=OTHER_VILLAGE,
            month=APRIL,
            households=[household("HP0001"), household("HP0002")],
            acts=[act("HP0001", date(2024, 4, 5)), act("HP0002", date(2024, 4, 6), 2)],
        )
        post(tx, book, date(2024, 5, 18))
        one, two = answer(tx, ("HP0001", "53.70"), ("HP0002", "40.00"), on=date(2024, 5, 19)).differences
        assert (one.cause, [entry.amount for entry in one.entries]) == ("unposted_batch", [1000])
        assert (two.cause, [entry.amount for entry in two.entries]) == ("unposted_batch", [2000])


def test_an_old_number_is_read_as_the_household_it_is_of_and_warned_of(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        unwrap(replace_booklet(tx, "HP0002", "HP0102", "示例:丢失", Authority(ACCOUNTANT, MAY_3, APPROVAL)))
        found = answer(tx, ("HP0001", "43.70"), ("HP0102", "20.00"))
        assert (found.matched, found.differences) == (2, ())
        (warning,) = found.warnings
        assert (warning.cell, warning.text.args) == (at("户余额", 3).cell("手册编号"), ("HP0102", "HP0002"))


def test_our_own_figures_that_came_back_changed_are_warned_of(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        row = AnswerRow(
            "HP0002",
            Points(2000),
            at("户余额"),
            (
                Figure("期初积分", "opening", Points(1)),
                Figure("兑换", "redeemed", Points(0)),
                Figure("更正", "adjusted", None),
            ),
        )
        (found,) = unwrap(compare(tx, APRIL, [VillageAnswer(OTHER_VILLAGE, (row,))], DAY))
        assert [warning.text.args for warning in found.warnings] == [("0.00",), ("0.00",)]


def test_a_renamed_village_answers_under_either_name(closed: Engine) -> None:
    with transaction(closed, noon(MAY_3)) as tx:
        unwrap(rename_village(tx, OTHER_VILLAGE, "华平新村"))
        for name in (OTHER_VILLAGE, "华平新村"):
            assert answer(tx, ("HP0001", "43.70"), ("HP0002", "20.00"), village=name).matched == 2
        assert state(tx, "华平新村").state == "answered"
