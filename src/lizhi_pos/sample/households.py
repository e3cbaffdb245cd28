"""Households of the sample town that show something: whom to try at the till, and what comes of it."""

from msgspec import Struct

from lizhi_pos.refusal import Message, ReasonCode, message
from lizhi_pos.sample.people import CLERK, head_of

ELIGIBLE = "GZ0012"
POOR = "GZ0008"
SCORE_BELOW = "DT0005"
VETOED = "DT0007"
INACTIVE = "DT0016"
SCORES_MISSING = "TQ0006"
SCORES_STALE = "TQ0011"
NEWCOMER = "TQ0018"


class Caller(Struct, frozen=True):
    """A household to try at the till: what it shows, and every reason why it may not redeem."""

    booklet: str
    head: str
    shows: Message
    reasons: tuple[ReasonCode, ...] = ()


def callers() -> tuple[Caller, ...]:
    """Return the households worth trying, the one that may redeem first."""
    return (
        _caller(ELIGIBLE, message("may redeem")),
        _caller(POOR, message("may redeem, but has few points")),
        _caller(VETOED, message("vetoed"), "vetoed"),
        _caller(SCORE_BELOW, message("a score below the threshold"), "score_below"),
        _caller(SCORES_MISSING, message("a quarter without a score"), "scores_missing"),
        _caller(SCORES_STALE, message("scores that are too old"), "scores_stale"),
        _caller(NEWCOMER, message("lives here for less than six months"), "residence"),
        _caller(INACTIVE, message("moved out"), "inactive"),
        _caller(CLERK.booklet, message("the clerk's own household")),
    )


def _caller(booklet: str, shows: Message, *reasons: ReasonCode) -> Caller:
    return Caller(booklet, head_of(booklet), shows, reasons)
