"""Two households become one (合户): points and members go over by one transfer, a bar on either bars the one."""

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import (
    Changing,
    before_last_entry,
    begin,
    entry_of,
    hidden_by_later,
    newest_state,
    not_in_register,
    record,
    write_state,
)
from lizhi_pos.accounts.changes.closing import why_not_leave
from lizhi_pos.accounts.models import HOUSEHOLD, PROPOSAL, booklet, member, veto_proposal
from lizhi_pos.accounts.personal import NO_REFERENCE, NOTHING, keep_personal, read_personal
from lizhi_pos.accounts.queries import household_ids, members_of
from lizhi_pos.accounts.veto_copies import copy_vetoes
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import balance_now, lock_balances
from lizhi_pos.journal.entries import PointsPosting, post_points
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import comparable


class MergedHouseholds(Struct, frozen=True):
    """What of one household's points went to another, and what that one has now."""

    giving: str
    into: str
    transferred: Points
    balance: Points


_PASS_ON = (
    update(booklet)
    .where(of_town(booklet), booklet.c.number == bindparam("old"), booklet.c.replaced_by.is_(None))
    .values(replaced_by=bindparam("new"), replaced_on=bindparam("day"))
)
_COME_BACK = (
    update(member)
    .where(of_town(member), member.c.household_id == bindparam("household"), member.c.name == bindparam("known"))
    .values(gone=None, gone_on=None)
)
_PROPOSED = select(veto_proposal).where(
    of_town(veto_proposal),
    veto_proposal.c.household_id == bindparam("household"),
    veto_proposal.c.dismissed_on.is_(None),
)
_PROPOSED_ALREADY = select(veto_proposal.c.conduct_on, veto_proposal.c.clause).where(
    of_town(veto_proposal), veto_proposal.c.household_id == bindparam("household")
)


def merge_households(
    tx: Transaction, number: str, into: str, reason: str, authority: Authority
) -> MergedHouseholds | Refusal:
    """Let one household go into another: its points, its members and what bars it; its booklet is refused from then on.

    The scores and the residence of the one it goes into stay.
    """
    lock_alone(tx, "ledgers")
    # both in one go, so that two merges never wait for each other in a circle
    lock_balances(tx, household_ids(tx, [number, into]).values())
    giving = begin(tx, number, reason, authority)
    if isinstance(giving, Refusal):
        return giving
    taking = begin(tx, into, reason, authority)
    if isinstance(taking, Refusal):
        return taking
    if refusal := _why_not_merge(tx, giving, taking, authority):
        return refusal
    points = giving.balance
    told = f"{number} {into}"
    change = record(tx, giving, "merge", told, reason, authority, points=points, other=taking.household_id)
    write_state(tx, newest_state(tx, giving.household_id), authority.on, status="merged")
    if tx.change(_PASS_ON, old=number, new=into, day=authority.on) != 1:
        return refuse("out_of_turn", "Booklet {0} was replaced meanwhile: look at the household again", number)
    _bring_members(tx, giving, taking, authority)
    copy_vetoes(tx, giving.household_id, taking.household_id, authority.on, since=authority.on)
    _bring_proposals(tx, giving.household_id, taking.household_id)
    if points:
        lines = [
            PointsPosting(giving.household_id, Points(-points), into),
            PointsPosting(taking.household_id, points, number),
        ]
        post_points(tx, entry_of(tx, "transfer", change, number, authority), lines)
    return MergedHouseholds(number, into, points, balance_now(tx, taking.household_id))


def _why_not_merge(tx: Transaction, giving: Changing, taking: Changing, authority: Authority) -> Refusal | None:
    if giving.household_id == taking.household_id:
        return refuse("rule_broken", "{0} is one household: give the booklet of another one", giving.facts.booklet)
    return (
        why_not_leave(tx, giving, authority)
        or not_in_register(taking)
        or before_last_entry(tx, taking.facts, authority.on)
        or hidden_by_later(giving, newest_state(tx, giving.household_id).since, authority.on)
        or hidden_by_later(taking, newest_state(tx, taking.household_id).since, authority.on)
    )


def _bring_members(tx: Transaction, giving: Changing, taking: Changing, authority: Authority) -> None:
    """Let the members of a household be members of the other, too; one it has already is present if they were."""
    of = members_of(tx, [giving.household_id, taking.household_id])
    coming, known = of.get(giving.household_id, {}), of.get(taking.household_id, {})
    new = [m for key, m in coming.items() if key not in known]
    parts = read_personal(tx, [m.personal_id for m in new])
    references = keep_personal(tx, [parts.get(m.personal_id, NOTHING) if m.personal_id else NOTHING for m in new])
    for m, reference in zip(new, references, strict=True):
        row = {"household_id": taking.household_id, "name": m.name, "relation": "", "since": authority.on}
        tx.insert(member, row | {"gone": m.gone, "gone_on": m.gone_on} | reference.columns())
    for key, m in coming.items():
        if key in known and m.gone is None and known[key].gone is not None:
            tx.change(_COME_BACK, household=taking.household_id, known=known[key].name)
    head = comparable(giving.facts.head)
    if head not in coming and head not in known:
        row = {"household_id": taking.household_id, "name": giving.facts.head, "relation": "", "since": authority.on}
        tx.insert(member, row | {"gone": None, "gone_on": None} | NO_REFERENCE.columns())
    touch(tx, HOUSEHOLD, taking.household_id)


def _bring_proposals(tx: Transaction, giving: Id, taking: Id) -> None:
    """Let what a workbook proposed against a household, and nobody has acted on, stand against the other."""
    known = {(row.conduct_on, row.clause) for row in tx.all(_PROPOSED_ALREADY, household=taking)}
    for row in tx.all(_PROPOSED, household=giving):
        if (row.conduct_on, row.clause) not in known:
            tx.insert(veto_proposal, {**row._mapping, "household_id": taking})
            touch(tx, PROPOSAL, taking, row.conduct_on, row.clause)
