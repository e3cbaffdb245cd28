"""Base points (三(三)): the average of two quarters' scores times the rate, once per household and window. Pure."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from lizhi_pos.money import Points, half_up
from lizhi_pos.periods import Quarter
from lizhi_pos.rulebook.rules import BaseScoreRules


class BaseCredit(Struct, frozen=True):
    """What one window of two quarters earns."""

    window: str
    points: Points


def base_credits(
    scores: Mapping[Quarter, int], new: Collection[Quarter], paid: Collection[str], rules: BaseScoreRules
) -> list[BaseCredit]:
    """Return the windows that the `new` quarters complete and that were not `paid` before.

    `scores` are all posted scores of a household in tenths, the new ones included.
    """
    found: list[BaseCredit] = []
    for name, quarters in sorted({w for q in new for w in _windows(q, rules)}):
        if name in paid or not all(q in scores for q in quarters):
            continue
        tenths = [scores[q] for q in quarters]
        if min(tenths) < rules.threshold_tenths and not rules.credit_below_threshold:
            continue
        average = Fraction(sum(tenths), 10 * len(tenths))
        found.append(BaseCredit(name, Points(half_up(average * rules.points_per_score * 100))))
    return found


def _windows(quarter: Quarter, rules: BaseScoreRules) -> list[tuple[str, tuple[Quarter, Quarter]]]:
    if rules.window == "half-year":
        half = (quarter.quarter + 1) // 2
        first = Quarter(quarter.year, half * 2 - 1)
        return [(f"{quarter.year}H{half}", (first, Quarter(quarter.year, half * 2)))]
    neighbours = [Quarter.at_index(quarter.index - 1), quarter, Quarter.at_index(quarter.index + 1)]
    return [(str(later), (earlier, later)) for earlier, later in pairwise(neighbours)]
