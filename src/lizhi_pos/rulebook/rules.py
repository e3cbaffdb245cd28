"""A year's rules as frozen data: thresholds, items and their values (三(二)–三(五))."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from lizhi_pos.market_days import MarketDays
from lizhi_pos.money import Points
from lizhi_pos.text.normalize import comparable

DEADLINE_DAY = 10
"""Of the next month, by which a month's batch is to be published, where the rulebook says no other (三(四)2)."""


class BaseScoreRules(Struct, frozen=True, kw_only=True):
    """How quarterly scores gate redemption and become points (三(三)). Scores are tenths of a score point."""

    threshold_tenths: int
    consecutive_quarters: int
    points_per_score: Fraction
    window: Literal["half-year", "rolling"]
    max_age_quarters: int
    credit_below_threshold: bool


class BatchRules(Struct, frozen=True, kw_only=True):
    """How a month's points are publicised and signed (三(四)); `cap_per_village` in hundredths of points."""

    publicity_days: int
    deadline_day: int
    assessment_group: int
    supervision_group: int
    cap_per_village: Points | None


class Item(Struct, frozen=True):
    """An item members earn points by, and its value in hundredths of points."""

    category: str
    name: str
    points: Points


class Clause(Struct, frozen=True):
    """A clause of the negative list (三(五)1)."""

    clause: str
    text: str


class Rulebook(Struct, frozen=True, kw_only=True, dict=True):
    """The rules of one year. `key` names the adopted version, empty before adoption.

    `near_days` is how long before its last day a lot is near its expiry.
    """

    town: str
    year: int
    timezone: str
    base_score: BaseScoreRules
    residence_months: int
    batch: BatchRules
    redemption_months: tuple[int, ...]
    market_days: MarketDays
    red_list: int
    near_days: int
    negative_list: tuple[Clause, ...]
    items: tuple[Item, ...]
    village_items: Mapping[str, tuple[Item, ...]]
    filing: str = ""
    key: bytes = b""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return ZoneInfo(self.timezone)

    def items_of(self, village: str) -> Mapping[str, Item]:
        """Return the items that count in a village, by their comparable names.

        The town's, with what it changed (三(二)).
        """
        own = next((items for name, items in self.village_items.items() if comparable(name) == comparable(village)), ())
        return {comparable(item.name): item for item in (*self.items, *own)}

    def clause(self, clause: str) -> Clause | None:
        """Return the clause of the negative list by its number."""
        return next((c for c in self.negative_list if comparable(c.clause) == comparable(clause)), None)

    def is_redemption_day(self, day: date) -> bool:
        """Return whether redemption is held on this day: the last market day of a redemption month (三(五)1)."""
        return self.redemption_day(day.year, day.month) == day

    def nearest_redemption_day(self, day: date) -> date | None:
        """Return the redemption day of a day's month, else the first one of the year that follows.

        None where none is known.

        By this year's rules, also where they end before.
        """
        months = (divmod(day.month - 1 + more, 12) for more in range(13))
        days = (self.redemption_day(day.year + year, month + 1) for year, month in months)
        return next((found for found in days if found is not None), None)

    def redemption_day_after(self, day: date) -> date | None:
        """Return the first redemption day after a day, by this year's rules; None where none is known within a year."""
        later = self.nearest_redemption_day(day)
        if later is not None and later <= day:
            first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            later = self.nearest_redemption_day(first_of_next)
        return later

    def redemption_day(self, year: int, month: int) -> date | None:
        """Return the month's redemption day; None where the month has none or no market day is known."""
        if month not in self.redemption_months:
            return None
        days = self.market_days.in_month(year, month)
        return days[-1] if days else None
