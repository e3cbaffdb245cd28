"""Which earned points paid for what: first earned, first spent; what comes back is unspent again. Pure.

Points are all alike, and no rule of the town says which of them a redemption took. This one is fair to whoever asks:
it follows the order of the books, and it can be counted again by hand.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from lizhi_pos.journal.queries import AccountLine
from lizhi_pos.money import Points


class SpentPart(Struct, frozen=True):
    """So many points of one line of an account were spent by another; both by their place in its history."""

    spent_by: int
    earned_by: int
    points: Points


class Spent(Struct, frozen=True):
    """What of an account paid for what; `unspent` is what each line that earned has left."""

    parts: tuple[SpentPart, ...]
    unspent: dict[int, Points]


def spent_points(lines: Sequence[AccountLine]) -> Spent:
    """Return which lines of an account's history, in its order, paid for which."""
    account = _Account()
    for at, line in enumerate(lines):
        if line.amount < 0:
            account.spend(at, -line.amount)
        else:
            back = account.give_back(_undone(lines, at), line.amount)
            account.earn(at, line.amount - back)
    return account.result()


def _undone(lines: Sequence[AccountLine], at: int) -> Iterable[int]:
    """Return the earlier lines that a line takes back: of a return its redemption, of a lifting what its veto took."""
    line = lines[at]
    if line.kind == "return":
        return [n for n in range(at) if lines[n].kind == "redeem" and lines[n].reference == line.reference]
    if line.kind == "restore":
        return [n for n in range(at) if lines[n].kind == "veto" and lines[n].document == line.document]
    return ()


class _Account:
    """Points that are left, by the line that earned them, and what every line that spent took of which."""

    def __init__(self) -> None:
        self._left: dict[int, int] = {}
        self._took: dict[int, dict[int, int]] = {}
        self._owed: list[tuple[int, int]] = []

    def earn(self, at: int, points: int) -> None:
        self._left[at] = points
        owed, self._owed = self._owed, []
        for spent, missing in owed:
            # entered late, and so before what covers it
            self.spend(spent, missing)

    def spend(self, at: int, points: int) -> None:
        took = self._took.setdefault(at, {})
        # in the order of the books, as they were earned
        for earned, left in self._left.items():
            part = min(left, points)
            if part:
                self._left[earned] -= part
                took[earned] = took.get(earned, 0) + part
                points -= part
            if not points:
                return
        self._owed.append((at, points))

    def give_back(self, undone: Iterable[int], points: int) -> int:
        """Unspend what some lines took, what was earned last first; return how many points that were."""
        back = 0
        for spent in undone:
            took = self._took.get(spent, {})
            for earned in sorted(took, reverse=True):
                part = min(took[earned], points - back)
                took[earned] -= part
                self._left[earned] += part
                back += part
        return back

    def result(self) -> Spent:
        parts = tuple(
            SpentPart(spent, earned, Points(points))
            for spent, took in sorted(self._took.items())
            for earned, points in sorted(took.items())
            if points
        )
        return Spent(parts, {at: Points(left) for at, left in self._left.items() if left})


def by_entry(lines: Sequence[AccountLine]) -> list[int]:
    """Return of each line of an account the how manyth line of its entry it is."""
    return [nth for _, own in groupby(lines, key=attrgetter("entry")) for nth, _ in enumerate(own)]
