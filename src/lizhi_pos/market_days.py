"""Which days are market days (赶场天): the town's calendar rule, which is data.

No market day is assumed: with no rule entered there is none.
"""

from calendar import monthrange
from datetime import date, datetime
from functools import cache

from msgspec import Struct

BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


class Every(Struct, frozen=True):
    """A market every so many days, counted from one that was held."""

    days: int
    start: date


class MarketDays(Struct, frozen=True, kw_only=True):
    """The rules unite; `extra` days are added and `except_days` taken out last."""

    solar_endings: tuple[int, ...] = ()
    lunar_endings: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    """ISO weekdays, Monday is 1."""
    branches: tuple[str, ...] = ()
    every: Every | None = None
    dates: tuple[date, ...] = ()
    extra: tuple[date, ...] = ()
    except_days: tuple[date, ...] = ()

    def holds(self, day: date) -> bool:
        """Return whether `day` is a market day."""
        if day in self.except_days:
            return False
        return (
            day in self.extra
            or day in self.dates
            or day.day % 10 in self.solar_endings
            or day.isoweekday() in self.weekdays
            or (bool(self.branches) and day_branch(day) in self.branches)
            or (self.every is not None and (day - self.every.start).days % self.every.days == 0)
            or (bool(self.lunar_endings) and lunar_day(day) % 10 in self.lunar_endings)
        )

    def in_month(self, year: int, month: int) -> list[date]:
        """Return the market days of a Gregorian month, in order."""
        days = (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
        return [day for day in days if self.holds(day)]


def day_branch(day: date) -> str:
    """Return the earthly branch (地支) of a day."""
    return BRANCHES[(day.toordinal() + 1721425 + 49) % 12]


@cache
def lunar_day(day: date) -> int:
    """Return the day of the lunar month, 1–30."""
    import cnlunar

    return int(cnlunar.Lunar(datetime(day.year, day.month, day.day, 12)).lunarDay)
