"""The register of the five and the three, and what publishing asks of it (三(四)1)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.officials import Appointment, appoint, end_office, officials
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    MARCH,
    MARKET_DAY,
    OTHER_VILLAGE,
    VILLAGE,
    found,
    household,
    noon,
    workbook,
)

BEGAN = date(2023, 12, 1)
DAY = date(2024, 4, 10)


def add(tx: Transaction, name: str, group: Any = "assessment", *, lead: bool = False, since: date = BEGAN) -> Any:
    return appoint(tx, VILLAGE, Appointment(name, group, since, lead=lead), Authority(ADMIN, DAY))


def end(tx: Transaction, name: str, on: date = DAY) -> Any:
    return end_office(tx, VILLAGE, name, Authority(ADMIN, on))


def all_eight(tx: Transaction) -> None:
    """Those who sign in the sample, the first of the five leads."""
    for n in range(5):
        unwrap(add(tx, f"评议示例{n}", lead=n == 0))
    for n in range(3):
        unwrap(add(tx, f"监督示例{n}", "supervision"))


def publishing(tx: Transaction, on: date = DAY) -> Any:
    unwrap(draft(tx, workbook(households=[household("TQ0001")]), ACCOUNTANT))
    return publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, on))


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_village_without_a_register_publishes_as_before(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        unwrap(appoint(tx, OTHER_VILLAGE, Appointment("别村示例", "assessment", BEGAN), Authority(ADMIN, DAY)))
        unwrap(publishing(tx))


def test_every_signature_stands_in_the_register_of_its_group(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        all_eight(tx)
        assert verify(tx).ok
        unwrap(publishing(tx))


@pytest.mark.parametrize("who", ["评议示例3", "监督示例1"])
def test_who_holds_no_office_on_that_day_does_not_sign(engine: Engine, who: str) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        all_eight(tx)
        unwrap(end(tx, who))
        refused = publishing(tx)
        assert code(refused) == "rule_broken"
        assert who in str(refused)
        assert "评议示例4" not in str(refused)
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, DAY - timedelta(1))))


def test_the_other_groups_official_does_not_sign_for_this_one(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        for n in range(5):
            unwrap(add(tx, f"评议示例{n}", lead=n == 0))
        for n in range(1, 3):
            unwrap(add(tx, f"监督示例{n}", "supervision"))
        unwrap(end(tx, "评议示例4"))
        refused = publishing(tx)
        assert "评议示例4" in str(refused)
        assert "监督示例0" in str(refused)


def test_one_of_the_five_leads(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        all_eight(tx)
        assert code(add(tx, "又一示例", lead=True)) == "rule_broken"
        unwrap(end(tx, "评议示例0"))
        unwrap(add(tx, "评议示例0", since=DAY))
        assert code(publishing(tx)) == "rule_broken"
        unwrap(end(tx, "评议示例0"))
        unwrap(add(tx, "评议示例0", since=DAY, lead=True))
        unwrap(publishing(tx))


def test_at_most_five_and_three_hold_office_at_a_time(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        all_eight(tx)
        assert code(add(tx, "第六示例")) == "rule_broken"
        assert code(add(tx, "第四示例", "supervision")) == "rule_broken"
        unwrap(end(tx, "评议示例1"))
        # whoever comes a day too early would be a sixth for that day
        assert code(add(tx, "第六示例", since=DAY - timedelta(1))) == "rule_broken"
        unwrap(add(tx, "第六示例", since=DAY))
        told = officials(tx)
        assert [(o.name, o.until) for o in told if o.name in ("评议示例1", "第六示例")] == [
            ("评议示例1", DAY),
            ("第六示例", None),
        ]


def test_one_who_comes_later_counts_from_that_day(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        for n in range(4):
            unwrap(add(tx, f"评议示例{n}"))
        unwrap(add(tx, "后来示例", since=date(2024, 9, 1)))
        # five of them then: nobody joins before that stays
        assert code(add(tx, "评议示例4")) == "rule_broken"


def test_what_a_register_refuses(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        assert code(add(tx, " ")) == "rule_broken"
        assert code(end(tx, "评议示例0")) == "not_found"
        assert code(appoint(tx, "无村", Appointment("示例", "assessment", DAY), Authority(ADMIN, DAY))) == "not_found"
        unwrap(add(tx, "阿依·示例"))
        assert code(add(tx, "阿依・示例")) == "out_of_turn"
        assert code(add(tx, "阿依·示例", "supervision")) == "rule_broken"
        assert code(end(tx, "阿依·示例", BEGAN - timedelta(1))) == "rule_broken"
        unwrap(end(tx, "阿依 . 示例"))
        assert code(end(tx, "阿依·示例")) == "not_found"
        unwrap(add(tx, "阿依·示例", "supervision", since=DAY))
