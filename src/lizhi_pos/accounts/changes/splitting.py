"""A household splits (分户): those who leave take a booklet of their own, and of the points what they earned."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, structs
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.booklets import why_not_free
from lizhi_pos.accounts.changes.changing import (
    Changing,
    available_since,
    before_last_entry,
    begin,
    entry_of,
    gone_since,
    hidden_by_later,
    newest_state,
    not_covered,
    not_in_register,
    record,
    write_state,
)
from lizhi_pos.accounts.models import (
    CHANGE,
    HOUSEHOLD,
    act,
    base_credit,
    booklet,
    household,
    household_change,
    member,
    score,
)
from lizhi_pos.accounts.personal import NOTHING, keep_personal, read_personal
from lizhi_pos.accounts.queries import RIGHT_TENTHS, RegisteredMember, members_of, not_a_member
from lizhi_pos.accounts.veto_copies import copy_vetoes
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import balance_now
from lizhi_pos.journal.entries import PointsPosting, open_household_accounts, post_points
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text.normalize import comparable, name, typed


class Apart(Struct, frozen=True):
    """Who leaves a household, under which booklet, and which of its points they take with them."""

    number: str
    head: str
    members: tuple[str, ...] = ()
    points: Points = Points(0)
    group: str | None = None


class SplitHousehold(Struct, frozen=True):
    """The two households, who is in the new one, what went over, and what each has now."""

    booklet: str
    new: str
    head: str
    members: tuple[str, ...]
    transferred: Points
    balance: Points
    new_balance: Points


_BETWEEN = "、"
"""Between the names of those who left, in what is told of a split."""

_LEAVE = (
    update(member)
    .where(of_town(member), member.c.household_id == bindparam("household"), member.c.name == bindparam("known"))
    .values(gone="left", gone_on=bindparam("last_day"))
)
_EARNED = select(act.c.name, act.c.points).where(of_town(act), act.c.household_id == bindparam("household"))
_SPLITS = select(household_change.c.points, household_change.c.told).where(
    of_town(household_change),
    household_change.c.household_id == bindparam("household"),
    household_change.c.kind == "split",
)
_SCORES = select(score.c.quarter, RIGHT_TENTHS, score.c.posted_on).where(
    of_town(score), score.c.household_id == bindparam("household")
)
_CREDITED = select(base_credit.c.window_name).where(
    of_town(base_credit), base_credit.c.household_id == bindparam("household")
)


def split_household(
    tx: Transaction, number: str, apart: Apart, reason: str, authority: Authority
) -> SplitHousehold | Refusal:
    """Let members of a household have a household of their own from that day on.

    It has the old one's village, residence and every posted score, and what bars the one bars the other.
    """
    changing = begin(tx, number, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    known = members_of(tx, [changing.household_id]).get(changing.household_id, {})
    leaving = _leaving(changing, known, apart)
    if isinstance(leaving, Refusal):
        return leaving
    refusal = _why_not_split(tx, changing, apart, leaving, authority)
    if refusal:
        return refusal
    new = tx.new_id()
    names = [m.name for m in leaving]
    told = f"{number} {apart.number} {_BETWEEN.join(names)}"
    change = record(tx, changing, "split", told, reason, authority, points=apart.points, other=new)
    _found(tx, changing, new, (apart, leaving), authority)
    _copy_scores(tx, changing.household_id, new, change, today(tx))
    copy_vetoes(tx, changing.household_id, new, authority.on)
    if apart.points:
        lines = [
            PointsPosting(changing.household_id, Points(-apart.points), apart.number),
            PointsPosting(new, apart.points, number),
        ]
        post_points(tx, entry_of(tx, "transfer", change, number, authority), lines)
    return SplitHousehold(
        booklet=number,
        new=apart.number,
        head=names[0],
        members=tuple(names),
        transferred=apart.points,
        balance=balance_now(tx, changing.household_id),
        new_balance=balance_now(tx, new),
    )


def _leaving(
    changing: Changing, known: Mapping[str, RegisteredMember], apart: Apart
) -> Sequence[RegisteredMember] | Refusal:
    """Return the members who leave, the new head first; refuse who is not present, or is the head that stays."""
    found: dict[str, RegisteredMember] = {}
    present = {key: m.name for key, m in known.items() if m.gone is None}
    for called in (apart.head, *apart.members):
        key = comparable(name(called))
        if not key:
            return refuse("rule_broken", "Say who it is")
        if key == comparable(changing.facts.head):
            return refuse("rule_broken", "{0} is head of household {1} and stays in it", called, changing.facts.booklet)
        if key not in present:
            return Refusal("rule_broken", text=not_a_member(called, changing.facts.booklet, present.values()))
        found[key] = known[key]
    return list(found.values())


def _why_not_split(
    tx: Transaction, changing: Changing, apart: Apart, leaving: Sequence[RegisteredMember], authority: Authority
) -> Refusal | None:
    if gone_since(tx, changing.household_id) is not None:
        return refuse("out_of_turn", "{0} is out of the register already", changing.facts.booklet)
    state = newest_state(tx, changing.household_id)
    refusal = (
        not_in_register(changing)
        or why_not_free(tx, apart.number)
        or hidden_by_later(changing, state.since, authority.on)
    )
    if refusal or not apart.points:
        return refusal
    if apart.points < 0:
        return refuse("rule_broken", "Give an amount above nothing")
    earned = _earned(tx, changing.household_id, leaving)
    if apart.points > earned:
        told = (format_hundredths(earned), format_hundredths(apart.points))
        return refuse("balance", "Those who leave earned {0} of these points by service, {1} are asked for", *told)
    if refusal := before_last_entry(tx, changing.facts, authority.on):
        return refusal
    available = available_since(tx, changing, authority.on)
    return not_covered(available, apart.points) if apart.points > available else None


def _earned(tx: Transaction, household_id: Id, leaving: Sequence[RegisteredMember]) -> Points:
    """Return the volunteer points that members earned for a household and that no earlier split took along."""
    names = {comparable(m.name) for m in leaving}
    earned = sum(row.points for row in tx.all(_EARNED, household=household_id) if comparable(row.name) in names)
    for row in tx.all(_SPLITS, household=household_id):
        gone = {comparable(text) for text in row.told.split(" ", 2)[2].split(_BETWEEN)}
        if gone & names:
            earned -= row.points
    return Points(max(earned, 0))


def _found(
    tx: Transaction, changing: Changing, new: Id, of: tuple[Apart, Sequence[RegisteredMember]], authority: Authority
) -> None:
    """Write the new household into the register, and those who leave out of the old one."""
    apart, leaving = of
    tx.insert(household, {"household_id": new, "registered_on": authority.on})
    tx.insert(booklet, {"number": apart.number, "household_id": new, "replaced_by": None, "replaced_on": None})
    open_household_accounts(tx, [new])
    state = newest_state(tx, changing.household_id)
    group = state.village_group if apart.group is None else typed(apart.group)
    own = {"household_id": new, "head": leaving[0].name, "village_group": group, "people": len(leaving)}
    write_state(tx, structs.replace(state, personal_id=None), authority.on, **own)
    parts = read_personal(tx, [m.personal_id for m in leaving])
    kept = keep_personal(tx, [parts.get(m.personal_id, NOTHING) if m.personal_id else NOTHING for m in leaving])
    for m, reference in zip(leaving, kept, strict=True):
        row = {"household_id": new, "name": m.name, "relation": "", "since": authority.on, "gone": None}
        tx.insert(member, row | {"gone_on": None} | reference.columns())
        last = authority.on - timedelta(days=1)
        tx.change(_LEAVE, household=changing.household_id, known=m.name, last_day=last)
    touch(tx, HOUSEHOLD, new)
    touch(tx, HOUSEHOLD, changing.household_id)


def _copy_scores(tx: Transaction, of: Id, to: Id, change: Id, on: date) -> None:
    """Give the new household the posted scores of the old one, and no window that was credited there."""
    scores = tx.all(_SCORES, household=of, day=on)
    own = {"household_id": to, "batch_id": None, "change_id": change}
    tx.insert(
        score,
        *({**own, "quarter": r.quarter, "tenths": r.tenths, "posted_on": r.posted_on} for r in scores),
    )
    credited = tx.all(_CREDITED, household=of)
    tx.insert(base_credit, *({**own, "window_name": r.window_name, "points": 0} for r in credited))
    touch(tx, CHANGE, change)
