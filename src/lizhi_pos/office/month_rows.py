"""The rows of the month's end: what the checks found, then the villages with their month. Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.settlement.closing_checks import Check
from lizhi_pos.settlement.differences import Difference
from lizhi_pos.settlement.statement import VillageStatement
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import is_said


class MonthView(Struct, frozen=True, kw_only=True):
    """A month as it stands: closed, with what it was closed in spite of, or with every check and what it would fix.

    `months` are those that can be looked at, the oldest first, `villages` in the order of the statement.
    """

    month: Month
    months: tuple[Month, ...]
    today: date
    closed_on: date | None
    closed_by: str
    checks: tuple[Check, ...]
    villages: tuple[VillageStatement, ...]
    states: tuple[AnswerState, ...]

    @property
    def problems(self) -> tuple[Check, ...]:
        """The checks that found something."""
        return tuple(check for check in self.checks if check.level != "ok")

    @property
    def right(self) -> tuple[Check, ...]:
        """The checks that found nothing."""
        return tuple(check for check in self.checks if check.level == "ok")

    @property
    def may_close(self) -> bool:
        """Whether it can be closed as it stands."""
        return self.closed_on is None and not any(check.level == "block" for check in self.checks)

    def state_of(self, village: VillageStatement) -> AnswerState | None:
        """Return where a village stands with a closed month."""
        return next((state for state in self.states if state.village_id == village.village_id), None)


class DifferenceRow(Struct, frozen=True):
    """A difference of a village's answer; `note` is what came of it, None while it is open."""

    difference: Difference
    note: str | None
    reference: str | None


class MonthRows:
    """What is shown of a month and which row is marked, through every reading anew."""

    def __init__(self, view: MonthView) -> None:
        self.view = view
        self.filter = ""
        self.marked = 0
        self.villages: Sequence[VillageStatement] = view.villages

    @property
    def count(self) -> int:
        """How many rows can be marked."""
        return len(self.view.problems) + len(self.villages)

    @property
    def check(self) -> Check | None:
        """The marked check."""
        problems = self.view.problems
        return problems[self.marked] if self.marked < len(problems) else None

    @property
    def village(self) -> VillageStatement | None:
        """The marked village."""
        at = self.marked - len(self.view.problems)
        return self.villages[at] if 0 <= at < len(self.villages) else None

    def mark(self, at: int) -> None:
        """Mark a row, the nearest there is."""
        self.marked = min(max(at, 0), max(self.count - 1, 0))

    def take(self, view: MonthView) -> None:
        """Show the month as it was read anew; the mark stays on its village or check."""
        check, village = self.check, self.village
        self.view = view
        self._fill()
        if check is not None:
            names = [one.name for one in view.problems]
            self.mark(names.index(check.name) if check.name in names else 0)
        elif village is not None:
            self.go_to(village.village)
        else:
            self.mark(self.marked)

    def go_to(self, name: str) -> None:
        """Mark a village."""
        names = [one.village for one in self.villages]
        if name in names:
            self.mark(len(self.view.problems) + names.index(name))

    def narrow(self, text: str) -> bool:
        """Show the villages that go by a text; leave all shown where none does."""
        found = self._narrowed(text)
        if found:
            self.filter, self.villages = text, found
            self.go_to(found[0].village)
        return bool(found)

    def widen(self) -> None:
        """Show all villages again."""
        village = self.village
        self.filter = ""
        self._fill()
        if village is not None:
            self.go_to(village.village)

    def _fill(self) -> None:
        self.villages = self._narrowed(self.filter) if self.filter else self.view.villages

    def _narrowed(self, typed: str) -> list[VillageStatement]:
        said = comparable(typed)
        return [v for v in self.view.villages if said in comparable(v.village) or is_said(v.village, typed)]


def earned(village: VillageStatement) -> Points:
    """Return what a village's households earned in the month, base and volunteer points."""
    return Points(village.totals.base + village.totals.volunteer)


def redeemed(village: VillageStatement) -> Points:
    """Return what they redeemed, less what came back."""
    return Points(village.totals.redeemed - village.totals.returned)


def otherwise(village: VillageStatement) -> Points:
    """Return what else moved: vetoes and their lifting, corrections, transfers; signed."""
    totals = village.totals
    return Points(totals.restored - totals.vetoed + totals.adjusted + totals.transferred)
