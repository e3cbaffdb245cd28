"""The veto (三(五)1): clears the points, bars the year, and its lifting brings back exactly what it cleared."""

from datetime import date
from typing import Any

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.journal.balances import balance_now
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    MARKET_DAY,
    SALT,
    act,
    amount,
    noon,
    post,
    refused,
    sell,
    stocked_shop,
    workbook,
)

LATER = noon(date(2025, 2, 1))


def veto(
    tx: Transaction, on: date, conduct: date = date(2024, 4, 1), clause: str = "1", approval: Any = APPROVAL
) -> Any:
    return record_veto(
        tx, "TQ0001", clause=clause, facts="示例事实", conduct_on=conduct, authority=Authority(ACCOUNTANT, on, approval)
    )


def lift(tx: Transaction, on: date) -> Any:
    return lift_veto(tx, "TQ0001", facts="示例", authority=Authority(ACCOUNTANT, on, APPROVAL))


def balance(tx: Transaction) -> int:
    return balance_now(tx, household_facts(tx, ["TQ0001"], date(2025, 1, 31))["TQ0001"].household_id)


def barred(tx: Transaction, on: date) -> bool:
    facts = household_facts(tx, ["TQ0001"], on)["TQ0001"]
    return "vetoed" in {r.code for r in standing(facts, unwrap(rules_on(tx, on)), on)}


def test_a_veto_clears_the_points_and_bars_until_the_years_end(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        assert unwrap(veto(tx, MARKET_DAY)).cleared == amount("50.00")
        assert balance(tx) == 0
        assert not barred(tx, date(2024, 4, 27))
        assert barred(tx, MARKET_DAY)
        assert barred(tx, date(2024, 12, 31))
        assert not barred(tx, date(2025, 1, 1))
        assert refused(sell(tx, "TQ0001", (SALT, 1))) >= {"vetoed", "balance"}
        assert verify(tx).ok


def test_points_posted_afterwards_keep_accruing(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        unwrap(veto(tx, MARKET_DAY))
        post(tx, workbook(month=Month(2024, 4), acts=[act("TQ0001", date(2024, 4, 2))]), date(2024, 5, 20))
        assert balance(tx) == amount("10.00")


def test_lifting_brings_back_exactly_what_was_cleared_once(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        unwrap(veto(tx, MARKET_DAY))
        post(tx, workbook(month=Month(2024, 4), acts=[act("TQ0001", date(2024, 4, 2))]), date(2024, 5, 20))
        assert isinstance(lift(tx, MARKET_DAY), Refusal)
        assert unwrap(lift(tx, date(2024, 6, 1))).restored == amount("50.00")
        assert balance(tx) == amount("60.00")
        assert barred(tx, date(2024, 5, 31))
        assert not barred(tx, date(2024, 6, 1))
        again = lift(tx, date(2024, 6, 2))
        assert isinstance(again, Refusal)
        assert again.code == "out_of_turn"
        assert verify(tx).ok


def test_of_two_vetoes_the_latest_is_lifted_first(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        unwrap(veto(tx, MARKET_DAY))
        post(tx, workbook(month=Month(2024, 4), acts=[act("TQ0001", date(2024, 4, 2))]), date(2024, 5, 20))
        unwrap(veto(tx, date(2024, 5, 21), date(2024, 5, 1)))
        assert unwrap(lift(tx, date(2024, 6, 1))).restored == amount("10.00")
        assert barred(tx, date(2024, 6, 1))
        assert unwrap(lift(tx, date(2024, 6, 2))).restored == amount("50.00")
        assert balance(tx) == amount("60.00")


def test_a_veto_needs_its_clause_its_day_and_a_second_person(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        assert veto(tx, MARKET_DAY, clause="9").code == "rule_broken"
        assert veto(tx, date(2024, 4, 19)).code in {"rule_broken", "unknown_household"}
        assert veto(tx, MARKET_DAY, conduct=date(2024, 5, 1)).code == "rule_broken"
        assert veto(tx, MARKET_DAY, approval=None).code == "approval_needed"
        unwrap(veto(tx, MARKET_DAY))
        assert veto(tx, MARKET_DAY).code == "out_of_turn"


def test_points_are_not_posted_before_a_veto_that_stands(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, LATER) as tx:
        unwrap(veto(tx, date(2024, 6, 1)))
        from lizhi_pos.accounts.batches import publish, review
        from lizhi_pos.accounts.import_batch import draft
        from lizhi_pos.accounts.posting import post_batch
        from towns.small import SUPERVISOR, VILLAGE

        april = Month(2024, 4)
        unwrap(draft(tx, workbook(month=april, acts=[act("TQ0001", date(2024, 4, 2))]), ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, april, Authority(ACCOUNTANT, date(2024, 5, 10))))
        unwrap(review(tx, VILLAGE, april, Authority(SUPERVISOR, date(2024, 5, 18))))
        assert isinstance(post_batch(tx, VILLAGE, april, Authority(ACCOUNTANT, date(2024, 5, 31))), Refusal)
        unwrap(post_batch(tx, VILLAGE, april, Authority(ACCOUNTANT, date(2024, 6, 1))))
        assert balance(tx) == amount("10.00")
