"""A disputed amount is frozen while the rest stays spendable (三(四)2); a veto clears it too and ends the freeze."""

from msgspec import Struct

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import Changing, begin, not_covered, record
from lizhi_pos.db import Transaction
from lizhi_pos.journal.balances import set_frozen
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal, refuse


class Frozen(Struct, frozen=True):
    """What of a household's points is frozen now, and what may be spent."""

    booklet: str
    frozen: Points
    available: Points


def freeze(tx: Transaction, number: str, points: Points, reason: str, authority: Authority) -> Frozen | Refusal:
    """Freeze more of a household's points; no more than it has that are not frozen yet."""
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    if points <= 0:
        return refuse("rule_broken", "Give an amount above nothing")
    if points > changing.balance - changing.frozen:
        return not_covered(Points(changing.balance - changing.frozen), points)
    return _now(tx, changing, "freeze", points, (reason, authority))


def release(tx: Transaction, number: str, points: Points | None, reason: str, authority: Authority) -> Frozen | Refusal:
    """Release frozen points of a household, all of them where no amount is given."""
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    if not changing.frozen:
        return refuse("out_of_turn", "Nothing of {0} is frozen", changing.facts.booklet)
    released = changing.frozen if points is None else points
    if released <= 0:
        return refuse("rule_broken", "Give an amount above nothing")
    if released > changing.frozen:
        return not_covered(changing.frozen, released)
    return _now(tx, changing, "release", released, (reason, authority))


def end_freeze(tx: Transaction, changing: Changing, reason: str, authority: Authority) -> None:
    """Release what is frozen of a household, because what follows takes all of its points."""
    if changing.frozen:
        _now(tx, changing, "release", changing.frozen, (reason, authority))


def _now(tx: Transaction, changing: Changing, kind: str, points: Points, why: tuple[str, Authority]) -> Frozen:
    frozen = changing.frozen + points if kind == "freeze" else changing.frozen - points
    set_frozen(tx, changing.household_id, Points(frozen))
    record(tx, changing, kind, "", *why, points=points)
    return Frozen(changing.facts.booklet, Points(frozen), Points(changing.balance - frozen))
