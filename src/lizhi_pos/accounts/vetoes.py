"""The veto (一票否决, 三(五)1): clears the points, bars the year; its lifting brings back exactly what it cleared."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct, structs
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import Changing, before_last_entry
from lizhi_pos.accounts.changes.freezing import end_freeze
from lizhi_pos.accounts.eligibility import HouseholdFacts
from lizhi_pos.accounts.kinship import with_merged
from lizhi_pos.accounts.models import VETO, booklet, veto, veto_proposal
from lizhi_pos.accounts.queries import booklet_of, holds_now, household_facts, household_not_found, last_of_its_own
from lizhi_pos.accounts.veto_copies import copies_of, lift
from lizhi_pos.db import Transaction, of_town, read_as, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import frozen_of, lock_balance, town_account
from lizhi_pos.journal.entries import Entry, EntryKind, PointsPosting, derived_key, post_points
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.journal.queries import last_entry_day
from lizhi_pos.locking import lock_rows
from lizhi_pos.money import Points
from lizhi_pos.record.chain import sealed
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.text.normalize import comparable, typed


class VetoView(Struct, frozen=True, kw_only=True):
    """A veto; `cleared` and `restored` are the points its recording took and its lifting brought back."""

    booklet: str
    clause: str
    facts: str
    conduct_on: date
    effective_on: date
    bars_until: date
    cleared: Points
    restored: Points = Points(0)
    lifted_on: date | None = None


class Proposal(Struct, frozen=True):
    """A row of a posted workbook's `负面清单` that nobody has acted on."""

    booklet: str
    conduct_on: date
    clause: str
    facts: str


class StoredVeto(Struct, frozen=True):
    """A veto as the books keep it; `cleared` are the points it took, also from returns since.

    One with `copied_from` bars by the veto of another household, and is lifted with it.
    """

    veto_id: Id
    household_id: Id
    clause: str
    facts: str
    conduct_on: date
    effective_on: date
    cleared: Points
    lifted_on: date | None = None
    copied_from: Id | None = None


_COLUMNS = tuple(veto.c[name] for name in StoredVeto.__struct_fields__)
_OF_HOUSEHOLDS = lock_rows(
    select(*_COLUMNS)
    .where(of_town(veto), veto.c.household_id.in_(bindparam("households", expanding=True)))
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_WHOSE = select(veto.c.household_id).where(of_town(veto), veto.c.veto_id == bindparam("key"))
_CLEAR_MORE = (
    update(veto)
    .where(of_town(veto), veto.c.veto_id == bindparam("key"))
    .values(cleared=veto.c.cleared + bindparam("more"))
)
_VETOES = (
    select(*_COLUMNS, booklet.c.number)
    .select_from(veto.join(booklet, same_row(booklet.c.household_id, veto.c.household_id)))
    .where(of_town(veto), last_of_its_own())
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_PROPOSALS = (
    select(veto_proposal, booklet.c.number)
    .select_from(
        veto_proposal.join(
            booklet,
            same_row(booklet.c.household_id, veto_proposal.c.household_id),
        ).outerjoin(
            veto,
            same_row(veto.c.household_id, veto_proposal.c.household_id)
            & (veto.c.conduct_on == veto_proposal.c.conduct_on),
        )
    )
    .where(
        of_town(veto_proposal),
        booklet.c.replaced_by.is_(None),
        veto.c.veto_id.is_(None),
        veto_proposal.c.dismissed_on.is_(None),
    )
    .order_by(veto_proposal.c.conduct_on, booklet.c.number)
)


class _Conduct(NamedTuple):
    """What a household did: the clause of the negative list, the facts, and the day."""

    clause: str
    facts: str
    on: date


def record_veto(
    tx: Transaction, number: str, *, clause: str, facts: str, conduct_on: date, authority: Authority
) -> VetoView | Refusal:
    """Record a veto with two signatures; from then on the balance is zero and redemption barred for that year."""
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    household = household_facts(tx, [number], authority.on).get(number)
    if household is None:
        return household_not_found(tx, number)
    # nothing of the household is redeemed, returned or posted from here on until this is committed
    balance = lock_balance(tx, household.household_id)
    vetoes = _vetoes_of(tx, household.household_id)
    if refusal := _why_not_record(tx, household, vetoes, _Conduct(clause, facts, conduct_on), authority.on):
        return refusal
    if authority.approval is None:
        return refuse("approval_needed", "A veto needs a second signature: a supervisor signs with a PIN")
    clause = _as_listed(tx, clause, authority.on)
    new = StoredVeto(
        tx.new_id(), household.household_id, clause, typed(facts), conduct_on, authority.on, Points(balance)
    )
    signed = {"recorded_by": authority.by.name, "approved_by": authority.approval.by, "recorded_at": tx.now}
    tx.insert(veto, structs.asdict(new) | signed)
    digest = sealed(tx, VETO, new.veto_id)
    end_freeze(tx, Changing(household, new.cleared, frozen_of(tx, household.household_id)), facts, authority)
    if new.cleared:
        entry = _entry("veto", new.veto_id, digest, number, authority)
        post_points(tx, entry, _clearing(new.household_id, new.cleared, clause))
    return _view(number, new)


def lift_veto(tx: Transaction, number: str, *, facts: str, authority: Authority) -> VetoView | Refusal:
    """Lifts the latest veto that stands, on a day after it took effect: what it cleared comes back, once.

    Vetoes are lifted latest first, so what comes back is never older than another veto still in force.
    """
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    household = household_facts(tx, [number], authority.on).get(number)
    if household is None:
        return household_not_found(tx, number)
    lock_balance(tx, household.household_id)
    known = _vetoes_of(tx, *with_merged(tx, household.household_id))
    standing = [v for v in known if v.lifted_on is None and v.copied_from is None]
    if not standing:
        return _nothing_to_lift(tx, number, known)
    lifted = standing[-1]
    copies = copies_of(tx, lifted.veto_id)
    if refusal := _why_not_lift(tx, household, [lifted.effective_on, *(c.effective_on for c in copies)], authority.on):
        return refusal
    if not typed(facts):
        return refuse("rule_broken", "Say why the veto is lifted")
    if authority.approval is None:
        return refuse("approval_needed", "Lifting a veto needs a second signature: a supervisor signs with a PIN")
    lift(tx, [lifted.veto_id, *(c.veto_id for c in copies)], typed(facts), authority)
    digest = sealed(tx, VETO, lifted.veto_id)
    if lifted.cleared:
        _restore(tx, digest, number, structs.replace(lifted, household_id=household.household_id), authority)
    return _view(number, structs.replace(lifted, lifted_on=authority.on))


def _nothing_to_lift(tx: Transaction, number: str, known: Sequence[StoredVeto]) -> Refusal:
    """Refuse to lift what does not stand; of a copy say by which booklet it is lifted."""
    copy = next((v for v in known if v.lifted_on is None), None)
    whose = tx.value(_WHOSE, key=copy.copied_from) if copy is not None else None
    if whose is None:
        return refuse("out_of_turn", "No veto of {0} is left to lift", number)
    return refuse(
        "out_of_turn", "The veto of {0} is lifted by the booklet it was recorded for: {1}", number, _latest(tx, whose)
    )


def _latest(tx: Transaction, household_id: Id) -> str:
    number = booklet_of(tx, household_id)
    return holds_now(tx, number) or number


def _why_not_lift(tx: Transaction, household: HouseholdFacts, since: Sequence[date], on: date) -> Refusal | None:
    last = last_entry_day(tx, household.household_id)
    if on <= max(since) or (last and on < last):
        return refuse("rule_broken", "A veto is lifted after it took effect and after the last entry: give a later day")
    return None


def veto_since(tx: Transaction, household_id: Id, spent_on: date, on: date) -> StoredVeto | None:
    """Return the earliest veto, not lifted, that would have cleared points spent on a day were they still there."""
    found = _own_vetoes(tx, household_id)
    return next((v for v in found if v.lifted_on is None and spent_on <= v.effective_on <= on), None)


def veto_after(tx: Transaction, household_id: Id, on: date) -> date | None:
    """Return the day of a veto, not lifted, that takes effect after a day: points dated before it would escape it."""
    found = _own_vetoes(tx, household_id)
    return next((v.effective_on for v in found if v.lifted_on is None and v.effective_on > on), None)


def clear_again(
    tx: Transaction, standing: StoredVeto, returned: tuple[Id, str, Id], points: Points, authority: Authority
) -> Points:
    """Clear points that a return brings back from before a veto; its lifting restores them too.

    `returned` are the return, the booklet it was for, and the household that has the points.
    """
    key, number, household_id = returned
    tx.change(_CLEAR_MORE, key=standing.veto_id, more=points)
    digest = sealed(tx, VETO, standing.veto_id)
    entry = structs.replace(
        _entry("veto", standing.veto_id, digest, number, authority),
        key=derived_key(standing.veto_id, "veto", key),
    )
    post_points(tx, entry, _clearing(household_id, points, standing.clause))
    return points


def vetoes(tx: Transaction) -> list[VetoView]:
    """Return every veto, in order of effect."""
    return [_view(row.number, read_as(StoredVeto, row)) for row in tx.all(_VETOES)]


def proposals(tx: Transaction) -> list[Proposal]:
    """Return what posted workbooks propose and nobody has acted on."""
    return [Proposal(r.number, r.conduct_on, r.clause, r.facts) for r in tx.all(_PROPOSALS)]


def _vetoes_of(tx: Transaction, *households: Id) -> list[StoredVeto]:
    """Return the vetoes of some households by the day they took effect, held until the transaction ends."""
    return [read_as(StoredVeto, row) for row in tx.all(_OF_HOUSEHOLDS, households=households)]


def _own_vetoes(tx: Transaction, household_id: Id) -> list[StoredVeto]:
    """Return the vetoes that were recorded for a household: a copy of another's has no points of it to clear."""
    return [v for v in _vetoes_of(tx, household_id) if v.copied_from is None]


def _view(number: str, stored: StoredVeto) -> VetoView:
    return VetoView(
        booklet=number,
        clause=stored.clause,
        facts=stored.facts,
        conduct_on=stored.conduct_on,
        effective_on=stored.effective_on,
        bars_until=date(stored.effective_on.year, 12, 31),
        cleared=stored.cleared,
        restored=stored.cleared if stored.lifted_on else Points(0),
        lifted_on=stored.lifted_on,
    )


def _as_listed(tx: Transaction, clause: str, on: date) -> str:
    """Return a clause as the negative list writes it."""
    rules = rules_on(tx, on)
    listed = None if isinstance(rules, Refusal) else rules.clause(clause)
    return listed.clause if listed is not None else clause


def _why_not_record(
    tx: Transaction,
    household: HouseholdFacts,
    vetoes: Sequence[StoredVeto],
    conduct: _Conduct,
    on: date,
) -> Refusal | None:
    rules, clause = rules_on(tx, on), conduct.clause
    if isinstance(rules, Refusal):
        return rules
    if rules.clause(clause) is None:
        known = " ".join(c.clause for c in rules.negative_list)
        return refuse("rule_broken", "The negative list has no clause {0}; it has: {1}", clause, known)
    if not typed(conduct.facts):
        return refuse("rule_broken", "Say what happened")
    if conduct.on > on:
        return refuse("rule_broken", "A veto does not take effect before the conduct: give a later day")
    alike = comparable(clause)
    if any(v.conduct_on == conduct.on and comparable(v.clause) == alike and v.lifted_on is None for v in vetoes):
        return refuse("out_of_turn", "This veto is recorded already: it clears points once")
    return before_last_entry(tx, household, on)


def _restore(tx: Transaction, digest: bytes, number: str, lifted: StoredVeto, authority: Authority) -> None:
    points = lifted.cleared
    entry = _entry("restore", lifted.veto_id, digest, number, authority)
    lines = [
        PointsPosting(lifted.household_id, points, lifted.clause),
        PointsPosting(town_account("vetoed"), Points(-points)),
    ]
    post_points(tx, entry, lines)


def _clearing(household_id: Id, points: Points, clause: str) -> list[PointsPosting]:
    return [
        PointsPosting(household_id, Points(-points), clause),
        PointsPosting(town_account("vetoed"), points),
    ]


def _entry(kind: EntryKind, key: Id, digest: bytes, number: str, authority: Authority) -> Entry:
    return Entry(
        kind=kind,
        on=authority.on,
        key=derived_key(key, kind),
        by=authority.by.name,
        approved_by=authority.second.by,
        reference=number,
        document=key,
        document_hash=digest,
    )
