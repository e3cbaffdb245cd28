"""Months and quarters of the Gregorian calendar, and steps between them."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Self

from msgspec import Struct


class Month(Struct, frozen=True, order=True):
    """A calendar month: the period of a batch and of a settlement."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return a month written ``2024-03``; raise ValueError for anything else."""
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
            raise ValueError(text)
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def next(self) -> Self:
        """Return the month after this one."""
        return self.of(self.last_day + timedelta(1))


class Quarter(Struct, frozen=True, order=True):
    """A calendar quarter: the period of a base score (三(三))."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return a quarter written ``2024Q1``; raise ValueError for anything else."""
        if not re.fullmatch(r"\d{4}Q[1-4]", text) or text.startswith("0000"):
            raise ValueError(text)
        return cls(int(text[:4]), int(text[5]))

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.quarter}"

    @property
    def last_day(self) -> date:
        return Month(self.year, self.quarter * 3).last_day

    @property
    def index(self) -> int:
        """A number that grows by one from each quarter to the next."""
        return self.year * 4 + self.quarter - 1

    @classmethod
    def at_index(cls, index: int) -> Self:
        """Return the quarter whose `index` is this."""
        return cls(index // 4, index % 4 + 1)

    @classmethod
    def last_ended_before(cls, day: date) -> Self:
        """Return the latest quarter whose last day lies before `day`."""
        return cls.at_index(day.year * 4 + (day.month - 1) // 3 - 1)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day where it has no such day (三(一))."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
