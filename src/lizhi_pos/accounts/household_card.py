"""What the books know of one household: its people, scores, vetoes and booklets, as they stood on a day."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.eligibility import HouseholdFacts
from lizhi_pos.accounts.models import booklet
from lizhi_pos.accounts.queries import (
    booklet_of,
    booklets_of,
    holds_now,
    household_facts,
    household_not_found,
    members_of,
)
from lizhi_pos.db import Transaction, of_town
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


_WHOSE = select(booklet.c.household_id).where(of_town(booklet), booklet.c.number == bindparam("number"))


def facts_of_any(tx: Transaction, number: str, on: date) -> HouseholdFacts | Refusal:
    """Return the facts of the household that a booklet is or was of; refuse one that nobody ever had."""
    household_id = tx.value(_WHOSE, number=number)
    now = booklet_of(tx, household_id) if household_id is not None else number
    facts = household_facts(tx, [number], on).get(number) or household_facts(tx, [now], on).get(now)
    return facts if facts is not None else household_not_found(tx, number)


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
