"""Base points (三(三)): each window of two quarters once, the average × 0.1, rounded half up once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.accounts.base_points import BaseCredit, base_credits
from lizhi_pos.periods import Quarter
from lizhi_pos.rulebook.rules import BaseScoreRules

Q1, Q2, Q3, Q4 = (Quarter(2024, n) for n in (1, 2, 3, 4))


def rules(window: str = "half-year", below: bool = True) -> BaseScoreRules:
    return BaseScoreRules(
        threshold_tenths=850,
        consecutive_quarters=2,
        points_per_score=Fraction(1, 10),
        window=window,  # type: ignore[arg-type]
        max_age_quarters=1,
        credit_below_threshold=below,
    )


def test_the_plans_own_example() -> None:
    assert base_credits({Q1: 875, Q2: 920}, [Q2], (), rules()) == [BaseCredit("2024H1", 898)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scores", "new", "paid", "windows"),
    [
        ({Q1: 900}, [Q1], (), []),
        ({Q2: 900, Q3: 900}, [Q2, Q3], (), []),
        ({Q1: 900, Q2: 900}, [Q1], (), ["2024H1"]),
        ({Q1: 900, Q2: 900}, [Q2], ("2024H1",), []),
        ({Q1: 900, Q2: 900, Q3: 900, Q4: 900}, [Q4], (), ["2024H2"]),
        ({Q1: 900, Q2: 900, Q3: 900, Q4: 900}, [Q1, Q2, Q3, Q4], (), ["2024H1", "2024H2"]),
    ],
)
def test_half_years(scores: dict[Quarter, int], new: list[Quarter], paid: tuple[str, ...], windows: list[str]) -> None:
    assert [c.window for c in base_credits(scores, new, paid, rules())] == windows


def test_rolling_windows() -> None:
    scores = {Q1: 900, Q2: 900, Q3: 900, Quarter(2025, 1): 900}
    assert [c.window for c in base_credits(scores, [Q2, Quarter(2025, 1)], (), rules("rolling"))] == [
        "2024Q2",
        "2024Q3",
    ]


def test_the_threshold_gates_earning_only_where_the_rulebook_says_so() -> None:
    low = {Q1: 849, Q2: 900}
    assert len(base_credits(low, [Q2], (), rules())) == 1
    assert base_credits(low, [Q2], (), rules(below=False)) == []


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_points_are_the_average_rounded_once(first: int, second: int) -> None:
    found = base_credits({Q1: first, Q2: second}, [Q1, Q2], (), rules())[0].points
    exact = Fraction(first + second, 20) * 10
    assert abs(found - exact) <= Fraction(1, 2)
    assert found - exact != Fraction(-1, 2)
