"""What the books know of one household: its people, scores, vetoes and booklets, as they stood on a day."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.eligibility import HouseholdFacts
from lizhi_pos.accounts.queries import (
    booklets_of,
    facts_of_any,
    holds_now,
    members_of,
)
from lizhi_pos.db import Transaction
from lizhi_pos.journal.balances import frozen_now
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Points, format_tenths
from lizhi_pos.refusal import Refusal


class CardMember(Struct, frozen=True):
    """A member, and whether they are present, left or died."""

    name: str
    relation: str
    status: str


class CardScore(Struct, frozen=True):
    """A posted base score with one decimal."""

    quarter: str
    score: str


class CardVeto(Struct, frozen=True):
    """A veto of a household; `lifted_on` is None while it stands."""

    clause: str
    effective_on: date
    bars_until: date
    lifted_on: date | None


class HouseholdCard(Struct, frozen=True, kw_only=True):
    """One household. `available` is what of its balance is not frozen; `replaced_by` the booklet that holds now."""

    facts: HouseholdFacts
    balance: Points
    frozen: Points
    available: Points
    members: tuple[CardMember, ...]
    scores: tuple[CardScore, ...]
    vetoes: tuple[CardVeto, ...]
    booklets: tuple[str, ...]
    replaced_by: str | None


def household_card(tx: Transaction, number: str, on: date) -> HouseholdCard | Refusal:
    """Return what the books know of a household, also by a booklet that was replaced."""
    facts = facts_of_any(tx, number, on)
    if isinstance(facts, Refusal):
        return facts
    balance = Points(balance_on(tx, facts.household_id, on))
    frozen = frozen_now(tx, facts.household_id)
    return HouseholdCard(
        facts=facts,
        balance=balance,
        frozen=frozen,
        available=Points(max(balance - frozen, 0)),
        members=tuple(_members(tx, facts)),
        scores=tuple(CardScore(str(s.quarter), format_tenths(s.tenths)) for s in facts.scores),
        vetoes=tuple(CardVeto(v.clause, v.effective_on, v.last_day, v.lifted_on) for v in facts.vetoes),
        booklets=tuple(booklets_of(tx, facts.household_id)),
        replaced_by=holds_now(tx, number),
    )


def _members(tx: Transaction, facts: HouseholdFacts) -> Sequence[CardMember]:
    known = members_of(tx, [facts.household_id]).get(facts.household_id, {})
    return [CardMember(m.name, m.relation, m.gone or "active") for m in known.values()]
