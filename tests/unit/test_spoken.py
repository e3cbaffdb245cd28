"""Figures in words: read back by the rules of speech alone, they are the figures they were."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.text.spoken import spoken_count, spoken_day, spoken_digits, spoken_hundredths, spoken_month

UNITS = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


def heard(words: str) -> int:
    """Return the whole number that somebody hears."""
    total = section = digit = 0
    ten_alone = words.startswith("十")
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in UNITS:
            section += (digit or (1 if ten_alone else 0)) * UNITS[sign]
            digit, ten_alone = 0, False
        else:
            total += (section + digit) * GROUPS[sign]
            section = digit = 0
    return total + section + digit


@given(st.integers(0, 10**16 - 1) | st.integers(0, 30000))
def test_a_count_is_heard_as_it_was(number: int) -> None:
    words = spoken_count(number)
    assert heard(words) == number
    assert not re.search(r"[0-9]|零零|零[万亿兆点]|零$", words.removeprefix("零") if number else "")


@given(st.integers(-(10**14), 10**14))
def test_an_amount_is_heard_to_the_hundredth(value: int) -> None:
    words = spoken_hundredths(value)
    whole, _, rest = words.removeprefix("负").partition("点")
    decimals = "".join(str(DIGITS[sign]) for sign in rest).ljust(2, "0")
    assert len(decimals) == 2
    assert heard(whole) * 100 + int(decimals) == abs(value)
    assert words.startswith("负") == (value < 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (2, "两"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (102, "一百零二"),
        (110, "一百一十"),
        (200, "二百"),
        (222, "二百二十二"),
        (1005, "一千零五"),
        (2000, "两千"),
        (10010, "一万零一十"),
        (20000, "两万"),
        (120000, "十二万"),
        (1000005, "一百万零五"),
        (100000000, "一亿"),
        (200000000, "两亿"),
    ],
)
def test_as_people_say_it(number: int, words: str) -> None:
    assert spoken_count(number) == words


def test_amounts_days_and_names_as_people_say_them() -> None:
    assert spoken_hundredths(123450) == "一千二百三十四点五"
    assert spoken_hundredths(250) == "二点五"
    assert spoken_hundredths(200) == "两"
    assert spoken_hundredths(-5) == "负零点零五"
    assert spoken_day(date(2024, 4, 28)) == "二零二四年四月二十八日"
    assert spoken_day(date(2030, 12, 2)) == "二零三零年十二月二日"
    assert spoken_month(2024, 2) == "二零二四年二月"
    assert spoken_digits("第3组 ２号") == "第三组 二号"
    with pytest.raises(ValueError, match="1" + "0" * 16):
        spoken_count(10**16)
