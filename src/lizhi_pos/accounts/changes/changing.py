"""What every change of a household has in common: who is changed, held and known; why; and its place in the record."""

from datetime import date
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.eligibility import HouseholdFacts
from lizhi_pos.accounts.models import CHANGE, HOUSEHOLD, LEAVING, household_change, household_state
from lizhi_pos.accounts.personal import NOTHING, keep_personal, read_personal
from lizhi_pos.accounts.queries import household_facts, household_not_found, lock_household
from lizhi_pos.db import Transaction, of_town, read_as
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import frozen_of, lock_balance
from lizhi_pos.journal.entries import Entry, EntryKind, derived_key
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.journal.queries import last_entry_day, lowest_balance_since
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.record.chain import sealed, touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed


class Changing(Struct, frozen=True):
    """A household that is about to be changed, its balance held until the transaction ends."""

    facts: HouseholdFacts
    balance: Points
    frozen: Points

    @property
    def household_id(self) -> Id:
        """Its key."""
        return self.facts.household_id


class State(Struct, frozen=True, kw_only=True):
    """A household as the register has it since a day; `people` is how many live there."""

    household_id: Id
    since: date
    village_id: Id
    head: str
    village_group: str
    residence_start: date
    status: str
    people: int | None
    personal_id: Id | None


_NEWEST_STATE = (
    select(household_state)
    .where(of_town(household_state), household_state.c.household_id == bindparam("household"))
    .order_by(household_state.c.since.desc(), household_state.c.state_id.desc())
    .limit(1)
)
_GONE_SINCE = select(func.min(household_change.c.on_date)).where(
    of_town(household_change),
    household_change.c.household_id == bindparam("household"),
    household_change.c.kind.in_(LEAVING),
)


def begin(
    tx: Transaction, number: str, reason: str, authority: Authority, *, alone: bool = False
) -> Changing | Refusal:
    """Return the household of a booklet, held, ready to be changed on the authority's day.

    Refused are a day in a closed month or to come, a booklet nobody has, a change without a reason and, but where
    somebody may do it `alone`, one that nobody else signs.
    """
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    # a ledger that is being posted reads where households belong, and writes it again
    lock_alone(tx, "ledgers")
    held = lock_household(tx, number)
    facts = household_facts(tx, [number], authority.on).get(number)
    if held is None or facts is None:
        return household_not_found(tx, number)
    if refusal := why_not_signed(reason, authority, alone=alone):
        return refusal
    return Changing(facts, Points(lock_balance(tx, facts.household_id)), frozen_of(tx, facts.household_id))


def why_not_signed(reason: str, authority: Authority, *, alone: bool = False) -> Refusal | None:
    """Refuse what nobody says why of and, but where somebody may do it `alone`, what nobody else signs. Pure."""
    if not typed(reason):
        return refuse("rule_broken", "Say why")
    if not alone and authority.approval is None:
        return refuse("approval_needed", "This needs a second person: a supervisor signs with a PIN")
    return None


def hidden_by_later(changing: Changing, last: date, on: date) -> Refusal | None:
    """Refuse a day before one since which the household stands otherwise: what is changed then would not be seen."""
    if on >= last:
        return None
    return refuse(
        "rule_broken", "{0} was changed on {1}: give that day or a later one", changing.facts.booklet, last.isoformat()
    )


def not_in_register(changing: Changing) -> Refusal | None:
    """Refuse a household that is not active: closed, merged, or moved out by a workbook."""
    if changing.facts.status == "active":
        return None
    return refuse("rule_broken", "{0} is not in the register any more", changing.facts.booklet)


def gone_since(tx: Transaction, household_id: Id) -> date | None:
    """Return the day on which a household was closed or merged by a change of its own; None of others."""
    day: date | None = tx.value(_GONE_SINCE, household=household_id)
    return day


def newest_state(tx: Transaction, household_id: Id) -> State:
    """Return a household as it stands now."""
    row = tx.first(_NEWEST_STATE, household=household_id)
    assert row is not None
    return read_as(State, row)


def write_state(tx: Transaction, state: State, on: date, **other: Any) -> None:
    """Let a household stand otherwise from a day on; the columns named in `other` are not what they were."""
    known = read_personal(tx, [state.personal_id])
    (kept,) = keep_personal(tx, list(known.values()) or [NOTHING])
    row = structs.asdict(state) | {"since": on, "state_id": tx.new_id(), **other}
    tx.insert(household_state, row | kept.columns())
    touch(tx, HOUSEHOLD, row["household_id"])


def record(
    tx: Transaction,
    changing: Changing,
    kind: str,
    told: str,
    reason: str,
    authority: Authority,
    **more: Any,
) -> Id:
    """Write down what was changed, why and by whom; `more` are its points or the other household. Return its key."""
    key = tx.new_id()
    tx.insert(
        household_change,
        {
            "change_id": key,
            "household_id": changing.household_id,
            "kind": kind,
            "other_id": more.get("other"),
            "told": told,
            "points": more.get("points"),
            "on_date": authority.on,
            "reason": typed(reason),
            "by_user": authority.by.name,
            "approved_by": authority.approver,
            "recorded_at": tx.now,
        },
    )
    touch(tx, CHANGE, key)
    return key


def entry_of(tx: Transaction, kind: EntryKind, change: Id, reference: str, authority: Authority) -> Entry:
    """Return the entry that carries a change out, sealed over it."""
    return Entry(
        kind=kind,
        on=authority.on,
        key=derived_key(change, kind),
        by=authority.by.name,
        approved_by=authority.approver,
        reference=reference,
        document=change,
        document_hash=sealed(tx, CHANGE, change),
    )


def available_since(tx: Transaction, changing: Changing, on: date) -> Points:
    """Return what may be taken of a household's points on a day: what was there then and ever since, unfrozen."""
    return Points(max(lowest_balance_since(tx, changing.household_id, on) - changing.frozen, 0))


def not_covered(available: Points, needed: Points) -> Refusal:
    """Return the refusal of what takes more points than there are."""
    told = (format_hundredths(available), format_hundredths(needed))
    return refuse("balance", "Only {0} points are there to be taken, {1} are asked for: give less", *told)


def before_last_entry(tx: Transaction, facts: HouseholdFacts, on: date) -> Refusal | None:
    """Refuse a day before the household's last entry, where the place in time matters."""
    last = last_entry_day(tx, facts.household_id)
    if last is None or on >= last:
        return None
    return refuse(
        "rule_broken",
        "The last entry of {0} is of {1}: give that day or a later one",
        facts.booklet,
        last.isoformat(),
    )
