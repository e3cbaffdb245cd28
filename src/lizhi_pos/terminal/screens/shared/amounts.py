"""Amounts of money as people type them into dialogs."""

from lizhi_pos.money import Yuan, parse_hundredths
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text import normalize

MOST_DIGITS = 12
"""Of an amount; more are a slip of the finger."""


def amount_typed(text: str) -> Yuan | None:
    """Return an amount above nothing as it was typed, None for anything else."""
    found = _hundredths(text)
    return found if found is not None and found > 0 else None


def amount_of(text: str) -> Yuan | Refusal:
    """Return an amount above nothing, or that it is none."""
    found = amount_typed(text)
    return refuse("rule_broken", "{0} is not an amount: write it like 2.50", text) if found is None else found


def balance_of(text: str) -> Yuan | Refusal:
    """Return what a bank says, which may be nothing or below it."""
    found = _hundredths(text)
    return refuse("rule_broken", "{0} is not an amount: write it like 2.50", text) if found is None else found


def _hundredths(text: str) -> Yuan | None:
    if len(text) > MOST_DIGITS:
        return None
    try:
        return Yuan(parse_hundredths(normalize.plain(text)))
    except ValueError:
        return None
