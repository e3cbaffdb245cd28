"""Who may redeem on a day (三(一), 三(三), 三(五)1)."""

from datetime import date
from typing import Any

import pytest

from lizhi_pos.accounts.eligibility import HouseholdFacts, PostedScore, VetoFact, standing
from lizhi_pos.i18n.render import fact_for_scripts
from lizhi_pos.ids import Id
from lizhi_pos.periods import Quarter
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from towns.small import RULEBOOK

DAY = date(2024, 7, 28)


def rules(**changes: str) -> Rulebook:
    text = RULEBOOK
    for key, value in changes.items():
        text = text.replace("[base_score]", f"[base_score]\n{key} = {value}")
    found = read_rulebook(text)
    assert isinstance(found, Rulebook), found
    return found


def scored(**quarters: int) -> tuple[PostedScore, ...]:
    return tuple(PostedScore(Quarter(int(q[1:5]), int(q[6])), tenths) for q, tenths in quarters.items())


def household(**more: Any) -> HouseholdFacts:
    facts: dict[str, Any] = {
        "household_id": Id(bytes(16)),
        "booklet": "TQ0001",
        "head": "示例户主",
        "village": "天桥村",
        "village_group": "1组",
        "status": "active",
        "residence_start": date(2015, 8, 20),
        "scores": scored(q2024_1=900, q2024_2=900),
        "vetoes": (),
    }
    return HouseholdFacts(**{**facts, **more})


def codes(facts: HouseholdFacts, on: date = DAY, book: Rulebook | None = None) -> list[str]:
    return [reason.code for reason in standing(facts, book or rules(), on)]


def test_a_household_that_fails_no_rule() -> None:
    assert codes(household()) == []


@pytest.mark.parametrize("status", ["moved_out", "closed"])
def test_who_left_the_register_does_not_redeem(status: str) -> None:
    assert codes(household(status=status)) == ["inactive"]


@pytest.mark.parametrize(
    ("start", "on", "may"),
    [
        (date(2024, 1, 28), date(2024, 7, 27), False),
        (date(2024, 1, 28), date(2024, 7, 28), True),
        (date(2023, 8, 31), date(2024, 2, 28), False),
        (date(2023, 8, 31), date(2024, 2, 29), True),
        (date(2023, 10, 29), date(2024, 4, 28), False),
    ],
)
def test_six_calendar_months_of_residence(start: date, on: date, may: bool) -> None:
    """三(一): date ≥ residence start + 6 calendar months, or that month's last day."""
    facts = household(residence_start=start, scores=scored(q2023_3=900, q2023_4=900, q2024_1=900, q2024_2=900))
    assert ("residence" not in codes(facts, on)) is may


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        (scored(), ["scores_missing"]),
        (scored(q2024_2=900), ["scores_missing"]),
        (scored(q2023_4=900, q2024_2=900), ["scores_missing"]),
        (scored(q2023_4=100, q2024_2=100), ["scores_missing"]),
        (scored(q2023_3=900, q2023_4=900, q2024_2=900), ["scores_missing"]),
        (scored(q2024_1=850, q2024_2=850), []),
        (scored(q2024_1=849, q2024_2=850), ["score_below"]),
        (scored(q2023_3=100, q2023_4=850, q2024_1=850), []),
        (scored(q2023_3=850, q2023_4=850), ["scores_stale"]),
        (scored(q2023_3=840, q2023_4=850), ["score_below", "scores_stale"]),
        (scored(q2023_4=850, q2024_1=850, q2024_3=100), []),
    ],
)
def test_two_consecutive_quarters_at_the_threshold(scores: tuple[PostedScore, ...], found: list[str]) -> None:
    """三(三): the two latest posted quarters that had ended, consecutive, both ≥ 85, not too old."""
    assert codes(household(scores=scores)) == found


def test_a_quarter_counts_from_the_day_after_its_last() -> None:
    facts = household(scores=scored(q2023_4=900, q2024_1=900, q2024_2=100))
    assert codes(facts, date(2024, 6, 30)) == []
    assert codes(facts, date(2024, 7, 1)) == ["score_below"]


def test_every_fact_behind_a_reason_is_said() -> None:
    low = standing(household(scores=scored(q2024_1=820, q2024_2=849)), rules(), DAY)
    assert [(r.code, [fact_for_scripts(fact) for fact in r.facts]) for r in low] == [
        ("score_below", ["2024Q1 82.0 < 85", "2024Q2 84.9 < 85"])
    ]


@pytest.mark.parametrize(
    ("on", "lifted", "barred"),
    [
        (date(2024, 5, 31), None, False),
        (date(2024, 6, 1), None, True),
        (date(2024, 12, 31), None, True),
        (date(2025, 1, 1), None, False),
        (date(2024, 7, 14), date(2024, 7, 15), True),
        (date(2024, 7, 15), date(2024, 7, 15), False),
    ],
)
def test_a_veto_bars_from_its_day_to_the_years_end(on: date, lifted: date | None, barred: bool) -> None:
    """三(五)1: that day included; on the day of its lifting the household is free."""
    veto = VetoFact("1", "示例事实", date(2024, 6, 1), lifted)
    assert ("vetoed" in codes(household(vetoes=(veto,)), on)) is barred


def test_the_rulebook_sets_the_bounds() -> None:
    facts = household(scores=scored(q2023_2=900, q2023_3=900, q2023_4=900))
    assert codes(facts, book=rules(max_age_quarters="2", consecutive_quarters="3")) == []
    assert codes(facts, book=rules(consecutive_quarters="4")) == ["scores_missing"]
