"""Points and posted scores are put right by an entry that names what it corrects; what was written stays."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.base_points import base_credits
from lizhi_pos.accounts.changes.changing import (
    Changing,
    available_since,
    begin,
    entry_of,
    hidden_by_later,
    not_covered,
    record,
)
from lizhi_pos.accounts.correction_checks import names_something
from lizhi_pos.accounts.models import base_credit, score_correction
from lizhi_pos.accounts.vetoes import veto_after
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import balance_now, town_account
from lizhi_pos.journal.entries import PointsPosting, post_points
from lizhi_pos.money import Points, format_tenths
from lizhi_pos.periods import Quarter
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.rulebook.rules import BaseScoreRules
from lizhi_pos.text.normalize import typed


class Corrected(Struct, frozen=True):
    """Points that were put right, signed, and the balance after it."""

    booklet: str
    adjusted: Points
    balance: Points


class CorrectedScore(Struct, frozen=True):
    """A posted score as it was and is, with one decimal, and the base points that follow, signed."""

    booklet: str
    quarter: str
    was: str
    score: str
    adjusted: Points


_LAST_RIGHT = select(func.max(score_correction.c.on_date)).where(
    of_town(score_correction),
    score_correction.c.household_id == bindparam("household"),
    score_correction.c.quarter == bindparam("told"),
)
_CREDITED = select(base_credit.c.window_name).where(
    of_town(base_credit),
    base_credit.c.household_id == bindparam("household"),
    # what was credited to the household that it came out of stays there
    base_credit.c.change_id.is_(None),
)


def correct_points(
    tx: Transaction, number: str, points: Points, corrects: str, why: tuple[str, Authority]
) -> Corrected | Refusal:
    """Give a household points, or take some, for something that the books know. `why` is the reason and who acts.

    What is taken must be there on that day and ever since.
    """
    reason, authority = why
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    named = typed(corrects)
    if not points:
        return refuse("rule_broken", "A correction of nothing is none")
    if not names_something(tx, changing.household_id, named):
        return refuse("rule_broken", "{0} names nothing in the books: look what it corrects", named or "–")
    if refusal := _why_not_post(tx, changing, points, authority.on):
        return refusal
    change = record(tx, changing, "correct", named, reason, authority, points=points)
    _adjust(tx, changing, change, (points, named, f"{named} {typed(reason)}"), authority)
    return Corrected(changing.facts.booklet, points, balance_now(tx, changing.household_id))


def correct_score(
    tx: Transaction, number: str, quarter: Quarter, tenths: int, why: tuple[str, Authority]
) -> CorrectedScore | Refusal:
    """Put a posted base score right; `tenths` is 0 to 1000. `why` is the reason and who acts.

    Where its window was credited, the difference of the base points follows. It speaks for eligibility from then on.
    """
    reason, authority = why
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    rules = rules_on(tx, authority.on)
    if isinstance(rules, Refusal):
        return rules
    scores = {s.quarter: s.tenths for s in changing.facts.scores}
    was = scores.get(quarter)
    if was is None:
        return refuse("rule_broken", "{0} has no posted score of {1}", number, str(quarter))
    if not 0 <= tenths <= 1000:
        return refuse("rule_broken", "A score is 0 to 100 with one decimal at most")
    if was == tenths:
        return refuse("out_of_turn", "The score of {0} is {1} already", str(quarter), format_tenths(was))
    later = tx.value(_LAST_RIGHT, household=changing.household_id, told=str(quarter))
    if refusal := hidden_by_later(changing, later or authority.on, authority.on):
        return refusal
    credited = {row.window_name for row in tx.all(_CREDITED, household=changing.household_id)}
    points = _difference(scores, {**scores, quarter: tenths}, credited, quarter, rules.base_score)
    if refusal := _why_not_post(tx, changing, points, authority.on):
        return refusal
    told = f"{quarter} {format_tenths(was)} {format_tenths(tenths)}"
    change = record(tx, changing, "score", told, reason, authority, points=points)
    row = {"change_id": change, "household_id": changing.household_id, "quarter": str(quarter), "tenths": tenths}
    tx.insert(score_correction, row | {"on_date": authority.on})
    if points:
        _adjust(tx, changing, change, (points, str(quarter), f"{told} {typed(reason)}"), authority)
    return CorrectedScore(changing.facts.booklet, str(quarter), format_tenths(was), format_tenths(tenths), points)


def _difference(
    before: Mapping[Quarter, int],
    after: Mapping[Quarter, int],
    credited: set[str],
    quarter: Quarter,
    rules: BaseScoreRules,
) -> Points:
    """Return what the credited windows of a quarter earn more by the right scores than by those credited."""
    then = {c.window: c.points for c in base_credits(before, [quarter], (), rules)}
    now = {c.window: c.points for c in base_credits(after, [quarter], (), rules)}
    return Points(sum(now.get(w, 0) - then.get(w, 0) for w in credited & (then.keys() | now.keys())))


def _why_not_post(tx: Transaction, changing: Changing, points: Points, on: date) -> Refusal | None:
    if points < 0 and (available := available_since(tx, changing, on)) < -points:
        return not_covered(available, Points(-points))
    later = veto_after(tx, changing.household_id, on) if points else None
    if later is not None:
        return refuse(
            "rule_broken", "A veto took effect on {0}, after this: give that day or a later one", later.isoformat()
        )
    return None


def _adjust(
    tx: Transaction, changing: Changing, change: Id, told: tuple[Points, str, str], authority: Authority
) -> None:
    """Post points to a household; `told` are they, what the entry names, and what its line says."""
    points, reference, note = told
    lines = [
        PointsPosting(changing.household_id, points, note),
        PointsPosting(town_account("adjusted"), Points(-points)),
    ]
    post_points(tx, entry_of(tx, "adjust", change, reference, authority), lines)
