"""The sample town's calendar: every date it holds, counted back from the day it is asked for. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from lizhi_pos.periods import Month, Quarter

Step = Literal["draft", "publish", "review", "post"]

_SLOWEST_POSTING = 16
"""Days after a quarter's end by which the punctual villages have posted its scores."""

_UNFINISHED: dict[str, tuple[Step, ...]] = {
    "HP": ("draft",),
    "MZ": ("draft", "publish", "review"),
    "SD": ("draft", "publish"),
}
"""How far these villages came with the last month, so that every step of a batch waits for somebody."""


class Days(Struct, frozen=True):
    """The calendar of a sample town on one day."""

    today: date

    @property
    def ended(self) -> Quarter:
        """The last quarter that had ended."""
        return Quarter.last_ended_before(self.today)

    @property
    def scored(self) -> Quarter:
        """The latest quarter whose scores are posted."""
        late = self.ended.last_day + timedelta(_SLOWEST_POSTING) > self.today
        return Quarter.at_index(self.ended.index - (1 if late else 0))

    @property
    def first_month(self) -> Month:
        """The month of the first workbooks; the books begin on its first day."""
        return Month.of(Quarter.at_index(self.scored.index - 1).last_day)

    @property
    def scored_month(self) -> Month:
        """The month whose workbooks bring the latest scores."""
        return Month.of(self.scored.last_day)

    @property
    def last_month(self) -> Month:
        """The month before this one."""
        return Month.of(Month.of(self.today).first_day - timedelta(1))

    @property
    def founded(self) -> date:
        """The day the books begin."""
        return self.first_month.first_day

    @property
    def years(self) -> range:
        """The years that the sample's dates touch."""
        return range(self.founded.year, self.today.year + 1)

    @property
    def vetoed(self) -> date:
        """The day of the veto: this year, so that it bars today."""
        return max(date(self.today.year, 1, 1), self.today - timedelta(20))

    @property
    def conduct(self) -> date:
        """The day of what the veto is for."""
        return self.vetoed - timedelta(5)

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.today - timedelta(days)

    def after_founding(self, days: int) -> date:
        """So many days after the books began."""
        return self.founded + timedelta(days)

    def months(self) -> Iterator[Month]:
        """Yield the months that have workbooks."""
        month = self.first_month
        while month <= self.last_month:
            yield month
            month = month.next()

    def steps(self, prefix: str, at: int, month: Month) -> Iterator[tuple[Step, date]]:
        """Yield what was done with a village's batch of a month, and when, up to today."""
        first, pace = month.next().first_day, at % 3
        late = 6 if prefix == "SD" and month == self.scored_month else 0
        published = first + timedelta(3 + pace + late)
        days: dict[Step, date] = {
            "draft": first + timedelta(pace),
            "publish": published,
            "review": published + timedelta(8),
            "post": published + timedelta(9),
        }
        reached = _UNFINISHED.get(prefix, tuple(days)) if month == self.last_month else tuple(days)
        for step in reached:
            if days[step] <= self.today:
                yield step, days[step]
