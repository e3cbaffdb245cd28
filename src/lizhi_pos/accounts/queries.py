"""Reading the register: households as they stood on a day, by booklet, for one or for ten thousand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, ScalarSelect, Table, bindparam, func, select

from lizhi_pos.accounts.eligibility import HouseholdFacts, PostedScore, VetoFact
from lizhi_pos.accounts.models import (
    booklet,
    household,
    household_state,
    member,
    score,
    score_correction,
    veto,
    village,
)
from lizhi_pos.db import Transaction, of_town, read_all_as, read_as, same_row
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import KeptBalance, remember_locked
from lizhi_pos.journal.models import balance
from lizhi_pos.locking import lock_rows
from lizhi_pos.periods import Quarter
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.text.normalize import comparable, nearest

_T = TypeVar("_T")
_CHUNK = 500


class RegisteredHousehold(Struct, frozen=True, gc=False):
    """A household as the register has it on a day, under the number of its booklet."""

    number: str
    household_id: Id
    village_id: Id
    village_name: str
    head: str
    village_group: str
    people: int
    status: str
    residence_start: date
    personal_id: Id | None


class RegisteredMember(Struct, frozen=True):
    """A member of a household as the register has them; `gone` says how they left it, `gone_on` on which day."""

    household_id: Id
    name: str
    relation: str
    gone: str | None
    gone_on: date | None
    personal_id: Id | None


def newest_state(column: ColumnElement[Any], of: Table) -> ScalarSelect[Any]:
    """Return a column of the state that the household of a row of `of` has had since last, on the bound `day`."""
    return (
        select(column)
        .where(
            same_row(household_state.c.household_id, of.c.household_id),
            household_state.c.since <= bindparam("day"),
        )
        .order_by(household_state.c.since.desc(), household_state.c.state_id.desc())
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )


def holds_on(day: str) -> ColumnElement[bool]:
    """Return the condition that a booklet is its household's on the bound day, not replaced by then."""
    return booklet.c.replaced_by.is_(None) | (booklet.c.replaced_on > bindparam(day))


_next = booklet.alias("next_booklet")
_passed_on = (
    select(_next.c.number)
    .where(
        same_row(_next.c.number, booklet.c.replaced_by),
        _next.c.household_id != booklet.c.household_id,
    )
    .correlate(booklet)
    .exists()
)
"""The last booklet of a household that was merged into another one, whose booklet holds instead."""


def last_of_its_own() -> ColumnElement[bool]:
    """Return the condition that a booklet is the newest of its household, also of one merged into another."""
    return booklet.c.replaced_by.is_(None) | _passed_on


_RIGHT = (
    select(score_correction.c.tenths)
    .where(
        same_row(score_correction.c.household_id, score.c.household_id),
        score_correction.c.quarter == score.c.quarter,
        score_correction.c.on_date <= bindparam("day"),
    )
    .order_by(score_correction.c.on_date.desc(), score_correction.c.change_id.desc())
    .limit(1)
    .correlate(score)
    .scalar_subquery()
)
RIGHT_TENTHS = func.coalesce(_RIGHT, score.c.tenths).label("tenths")
"""A posted score as it was put right by the bound `day`."""

_STATES = (
    select(
        booklet.c.number,
        booklet.c.household_id,
        booklet.c.replaced_on,
        village.c.name.label("village_name"),
        household_state,
    )
    .select_from(
        booklet.join(household, same_row(booklet.c.household_id, household.c.household_id))
        .join(household_state, same_row(booklet.c.household_id, household_state.c.household_id))
        .join(village, same_row(household_state.c.village_id, village.c.village_id))
    )
    .where(
        of_town(booklet),
        household.c.registered_on <= bindparam("day"),
        household_state.c.since <= bindparam("day"),
    )
    .order_by(household_state.c.since, household_state.c.state_id)
)
_REGISTER = _STATES.where(holds_on("day"))
_FORMER = _STATES.where(~holds_on("day"), _passed_on)
_STATES_OF = _REGISTER.where(booklet.c.number.in_(bindparam("numbers", expanding=True)))
_SCORES_OF = (
    select(score.c.household_id, score.c.quarter, RIGHT_TENTHS)
    .where(
        of_town(score),
        score.c.household_id.in_(bindparam("households", expanding=True)),
        score.c.posted_on <= bindparam("day"),
    )
    .order_by(score.c.household_id, score.c.quarter)
)
_VETOES_OF = (
    select(veto.c.household_id, veto.c.clause, veto.c.facts, veto.c.effective_on, veto.c.lifted_on)
    .where(of_town(veto), veto.c.household_id.in_(bindparam("households", expanding=True)))
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_ANY_HOUSEHOLD = (
    select(
        booklet.c.number,
        booklet.c.household_id,
        village.c.name.label("village_name"),
        household_state.c.head,
        household_state.c.village_group,
        household_state.c.status,
        household_state.c.residence_start,
        score.c.quarter,
        RIGHT_TENTHS,
        veto.c.veto_id,
        veto.c.clause,
        veto.c.facts,
        veto.c.effective_on,
        veto.c.lifted_on,
    )
    .select_from(
        booklet.join(household, same_row(booklet.c.household_id, household.c.household_id))
        .join(
            household_state,
            same_row(booklet.c.household_id, household_state.c.household_id)
            & (household_state.c.since <= bindparam("day"))
            & (household_state.c.state_id == newest_state(household_state.c.state_id, booklet)),
        )
        .join(village, same_row(household_state.c.village_id, village.c.village_id))
        .outerjoin(
            score, same_row(booklet.c.household_id, score.c.household_id) & (score.c.posted_on <= bindparam("day"))
        )
        .outerjoin(veto, same_row(booklet.c.household_id, veto.c.household_id))
    )
    .where(of_town(booklet), booklet.c.number == bindparam("number"), household.c.registered_on <= bindparam("day"))
)
_HOUSEHOLD = straight(_ANY_HOUSEHOLD.where(holds_on("day")))
"""A household with each of its scores beside each of its vetoes: few of these, and one way to the database."""
_MEMBERS_OF = (
    select(member)
    .where(of_town(member), member.c.household_id.in_(bindparam("households", expanding=True)))
    .order_by(member.c.household_id, member.c.name)
)
_BOOKLETS = (
    select(booklet.c.number, booklet.c.replaced_by)
    .where(of_town(booklet), booklet.c.household_id == bindparam("household"))
    .order_by(booklet.c.number)
)
_HOUSEHOLD_OF = select(booklet.c.household_id, booklet.c.replaced_by).where(
    of_town(booklet), booklet.c.number == bindparam("number")
)


_HOUSEHOLD_FOR_UPDATE = straight(
    lock_rows(
        select(booklet.c.household_id, balance.c.amount, balance.c.place, balance.c.frozen)
        .select_from(booklet.join(balance, same_row(booklet.c.household_id, balance.c.account_id)))
        .where(of_town(booklet), booklet.c.number == bindparam("number")),
        of=balance,
    )
)


def household_facts(tx: Transaction, booklets: Collection[str], on: date) -> Mapping[str, HouseholdFacts]:
    """Each known household's facts as they stood on a day; a booklet unknown on that day is left out."""
    if len(booklets) == 1:
        return _facts_of_one(tx, next(iter(booklets)), on)
    found: dict[str, HouseholdFacts] = {}
    for numbers in chunks(sorted(set(booklets))):
        states = {row.number: row for row in tx.all(_STATES_OF, numbers=numbers, day=on)}
        ids = [row.household_id for row in states.values()]
        if not ids:
            continue
        scores = _grouped(tx.all(_SCORES_OF, households=ids, day=on))
        vetoes = _grouped(tx.all(_VETOES_OF, households=ids))
        found.update((n, _facts(r, scores[r.household_id], vetoes[r.household_id])) for n, r in states.items())
    return found


def facts_of_any(tx: Transaction, number: str, on: date) -> HouseholdFacts | Refusal:
    """Return the facts of the household that a booklet is or was of; refuse one that nobody had by that day."""
    return _one(tx.all(_ANY_HOUSEHOLD, number=number, day=on), number).get(number) or household_not_found(tx, number)


def _facts_of_one(tx: Transaction, number: str, on: date) -> Mapping[str, HouseholdFacts]:
    # a till asks for one household at every scan of a booklet: no list is expanded into the statement
    return _one(tx.all(_HOUSEHOLD, number=number, day=on), number)


def _one(rows: Sequence[Row[Any]], number: str) -> Mapping[str, HouseholdFacts]:
    if not rows:
        return {}
    scores = {row.quarter: row for row in rows if row.quarter is not None}
    vetoes = {row.veto_id: row for row in rows if row.veto_id is not None}
    in_order = sorted(vetoes.values(), key=lambda row: (row.effective_on, row.veto_id))
    return {number: _facts(rows[0], [scores[quarter] for quarter in sorted(scores)], in_order)}


def lock_household(tx: Transaction, number: str) -> Id | None:
    """Return the household of a booklet, None where nobody has it, and hold its balance until the transaction ends.

    Whatever changes its points, its standing or its vetoes holds the same balance: what is read of it from here on
    still holds when the act is committed.
    """
    row = tx.first(_HOUSEHOLD_FOR_UPDATE, number=number)
    if row is None:
        return None
    remember_locked(tx, row.household_id, KeptBalance(row.amount, row.place, row.frozen))
    return Id(row.household_id)


def register_on(tx: Transaction, day: date) -> Mapping[str, RegisteredHousehold]:
    """Return every household as it stood on a day, by the booklet that held on it; without those merged by then."""
    return _by_number(tx.all(_REGISTER, day=day))


def former_on(tx: Transaction, day: date) -> Mapping[str, RegisteredHousehold]:
    """Return every household that was merged into another one by a day, by the last booklet of its own."""
    return _by_number(tx.all(_FORMER, day=day))


def _by_number(rows: Sequence[Row[Any]]) -> Mapping[str, RegisteredHousehold]:
    # rows come oldest state first: the newest one stays
    newest = {row.number: row for row in rows}
    held: dict[Id, Row[Any]] = {}
    for row in newest.values():
        _number, key, replaced_on, *_rest = tuple(row)
        # of two that no other replaces by that day, the one that another replaced later was in use on it
        if key not in held or (replaced_on or date.max) < (held[key].replaced_on or date.max):
            held[key] = row
    return {one.number: one for one in read_all_as(RegisteredHousehold, list(held.values()))}


def members_of(tx: Transaction, households: Collection[Id]) -> Mapping[Id, Mapping[str, RegisteredMember]]:
    """Return the members of each household by their comparable names."""
    members: dict[Id, dict[str, RegisteredMember]] = {}
    for ids in chunks(sorted(households)):
        for row in tx.all(_MEMBERS_OF, households=ids):
            members.setdefault(row.household_id, {})[comparable(row.name)] = read_as(RegisteredMember, row)
    return members


def booklet_of(tx: Transaction, household_id: Id) -> str:
    """Return the number of the booklet that a household has now, of one merged into another the last of its own."""
    return booklets_of(tx, household_id)[0]


def booklets_of(tx: Transaction, household_id: Id) -> list[str]:
    """Return the numbers of all booklets that a household has had, the newest first."""
    rows = tx.all(_BOOKLETS, household=household_id)
    replaced = {row.replaced_by: row.number for row in rows}
    own = {row.number for row in rows}
    found: list[str] = []
    number = next((row.number for row in rows if row.replaced_by not in own), None)
    while number is not None and number not in found:
        found.append(number)
        number = replaced.get(number)
    return found


def holds_now(tx: Transaction, number: str) -> str | None:
    """Return the number that holds now for a booklet that was replaced, or whose household was merged into another.

    None for one that holds, or that nobody has.
    """
    row = tx.first(_HOUSEHOLD_OF, number=number)
    if row is None or row.replaced_by is None:
        return None
    passed = {number}
    while row is not None and row.replaced_by is not None and row.replaced_by not in passed:
        number = row.replaced_by
        passed.add(number)
        row = tx.first(_HOUSEHOLD_OF, number=number)
    return number


def household_ids(tx: Transaction, numbers: Iterable[str]) -> Mapping[str, Id]:
    """Return the households that booklets are or were of; nobody's are left out."""
    found = {number: tx.first(_HOUSEHOLD_OF, number=number) for number in numbers}
    return {number: Id(row.household_id) for number, row in found.items() if row is not None}


def is_same_household(tx: Transaction, one: str, other: str) -> bool:
    """Return whether two booklets are one household's now."""
    return one == other or (holds_now(tx, one) or one) == (holds_now(tx, other) or other)


def heir_of(tx: Transaction, household_id: Id) -> Id:
    """Return the household that has the points of one that was merged into another, itself of any other."""
    row = tx.first(_HOUSEHOLD_OF, number=holds_now(tx, number := booklet_of(tx, household_id)) or number)
    return Id(row.household_id) if row is not None else household_id


def household_not_found(tx: Transaction, number: str) -> Refusal:
    """Return the refusal of a booklet nobody has; a replaced one points to the number that holds now."""
    if (now := holds_now(tx, number)) is not None:
        return Refusal(
            "booklet_replaced",
            text=message("Booklet {0} was replaced: take {1}", number, now),
            details=(("booklet", number), ("replaced_by", now)),
        )
    return refuse("unknown_household", "No household has booklet {0}: look at the number again", number)


def not_a_member(name: str, number: str, known: Iterable[str]) -> Message:
    """Return that nobody of a household has a name, and which of the `known` names was likely meant."""
    close = nearest(name, known)
    if close is None:
        return message("{0} is not a member of household {1}", name, number)
    return message("{0} is not a member of household {1}; is it {2}?", name, number, close)


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Slices short enough for one statement's parameters."""
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))


def _grouped(rows: Sequence[Row[Any]]) -> defaultdict[Id, list[Row[Any]]]:
    groups: defaultdict[Id, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.household_id].append(row)
    return groups


def _facts(state: Row[Any], scores: Sequence[Row[Any]], vetoes: Sequence[Row[Any]]) -> HouseholdFacts:
    return HouseholdFacts(
        household_id=state.household_id,
        booklet=state.number,
        head=state.head,
        village=state.village_name,
        village_group=state.village_group,
        status=state.status,
        residence_start=state.residence_start,
        scores=tuple(PostedScore(Quarter.parse(s.quarter), s.tenths) for s in scores),
        vetoes=tuple(VetoFact(v.clause, v.facts, v.effective_on, v.lifted_on) for v in vetoes),
    )
