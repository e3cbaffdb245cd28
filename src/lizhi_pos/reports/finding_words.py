"""What a supervisor looks at, in words."""

from collections.abc import Mapping

from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.findings import FindingKind

FINDING_WORDS: Mapping[FindingKind, Message] = {
    "one_collector": message("collected for many households"),
    "same_baskets": message("equal baskets in a row"),
    "entered_late": message("entered on another day"),
    "odd_session": message("session on an odd day, or approved"),
    "own_household": message("somebody's own household"),
    "after_veto": message("redeemed beside a veto"),
    "approvals": message("approved"),
    "many_returns": message("many returns by one clerk"),
    "big_corrections": message("correction to be looked at"),
}

APPROVED_WORDS: Mapping[str, Message] = {
    "session": message("sessions"),
    "redemption": message("redemptions"),
    "return": message("returns"),
    "veto": message("vetoes"),
    "lifting": message("vetoes lifted"),
    "release": message("vetoes released"),
    "dismissal": message("proposals dismissed"),
    "household": message("changes of households"),
    "purchase": message("purchases"),
    "void": message("vouchers undone"),
    "consent": message("purposes changed"),
    "writeoff": message("write-offs"),
    "count": message("counts"),
    "recall": message("recalls"),
    "clearance": message("recalls ended"),
}


def fact_words(told: str) -> tuple[Message | str, str]:
    """Return a fact in words: what was approved, with how often behind it, stands in English for scripts."""
    what, _, often = told.partition(" ")
    return (APPROVED_WORDS[what], often) if what in APPROVED_WORDS and often.isdigit() else (told, "")
