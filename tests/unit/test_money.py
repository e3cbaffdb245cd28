"""Whole hundredths: parsing, rounding once, capitals."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.money import format_hundredths, half_up, in_capitals, parse_hundredths


@given(st.integers(-(10**12), 10**12))
def test_an_amount_survives_writing_and_reading(value: int) -> None:
    assert parse_hundredths(format_hundredths(value)) == value


@pytest.mark.parametrize("text", ["-", ".", "1.", ".5", "1.234", "1e3", "１.50", "+1", "1,000.00", "--1", "1.2.3"])
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        parse_hundredths(text)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(8975, 10), 898), (Fraction(499, 1000), 0), (Fraction(3), 3)],
)
def test_halves_round_up(value: Fraction, rounded: int) -> None:
    """**D** half-up to 0.01, applied once, where a rule divides."""
    assert half_up(value) == rounded


@pytest.mark.parametrize(
    ("hundredths", "words"),
    [
        (0, "零元整"),
        (1100, "壹拾壹元整"),
        (5, "伍分"),
        (150, "壹元伍角整"),
        (105, "壹元零伍分"),
        (10000, "壹佰元整"),
        (100500, "壹仟零伍元整"),
        (1001000, "壹万零壹拾元整"),
        (10000000, "壹拾万元整"),
        (50000573366, "伍亿零伍仟柒佰叁拾叁元陆角陆分"),
        (1000000001, "壹仟万元零壹分"),
        (2000300040050, "贰佰亿零叁佰万零肆佰元伍角整"),
    ],
)
def test_capitals(hundredths: int, words: str) -> None:
    assert in_capitals(hundredths) == words


def test_nothing_negative_is_put_in_capitals() -> None:
    with pytest.raises(ValueError, match="-1"):
        in_capitals(-1)
