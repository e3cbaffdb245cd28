"""Market days (赶场天): the rules unite, none is assumed, and the lunar calendar agrees with another library."""

from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LunarDate

from lizhi_pos.market_days import Every, MarketDays, day_branch, lunar_day
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from towns.small import RULEBOOK


def days(rule: MarketDays) -> list[int]:
    return [day.day for day in rule.in_month(2024, 4)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (MarketDays(), []),
        (MarketDays(solar_endings=(2, 8)), [2, 8, 12, 18, 22, 28]),
        (MarketDays(weekdays=(7,)), [7, 14, 21, 28]),
        (MarketDays(every=Every(7, date(2024, 5, 2))), [4, 11, 18, 25]),
        (MarketDays(dates=(date(2024, 4, 9), date(2024, 5, 1))), [9]),
        (MarketDays(weekdays=(7,), extra=(date(2024, 4, 1),), except_days=(date(2024, 4, 7),)), [1, 14, 21, 28]),
        (MarketDays(lunar_endings=(1,)), [9, 19, 29]),
        (MarketDays(branches=("子",)), [6, 18, 30]),
    ],
)
def test_the_days_of_a_month(rule: MarketDays, found: list[int]) -> None:
    assert days(rule) == found


def test_lunar_days_agree_with_another_library() -> None:
    """The other one is a day late in the ninth month of 2057, whose new moon falls within a minute of midnight."""
    day = date(2020, 1, 1)
    while day < date(2060, 1, 1):
        other = LunarDate.from_solar(day).day
        assert lunar_day(day) == other or date(2057, 9, 28) <= day <= date(2057, 10, 27), day
        day += timedelta(37)


def test_day_branches() -> None:
    assert day_branch(date(2000, 1, 7)) == "子"
    assert day_branch(date(2024, 2, 10)) == "辰"


def test_redemption_is_on_the_last_market_day_of_a_redemption_month() -> None:
    """三(五)1, and “数月一兑”."""
    rules = read_rulebook(RULEBOOK + "\n[redemption]\nmonths = [3, 6]\n")
    assert isinstance(rules, Rulebook)
    assert rules.redemption_day(2024, 6) == date(2024, 6, 28)
    assert rules.redemption_day(2024, 4) is None
    assert rules.is_redemption_day(date(2024, 3, 28))
    assert not rules.is_redemption_day(date(2024, 3, 25))
