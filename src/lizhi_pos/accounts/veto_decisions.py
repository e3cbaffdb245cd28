"""What two people decide besides a veto and its lifting: to dismiss a proposal, to release for the black list."""

from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.models import PROPOSAL, VETO, veto, veto_proposal
from lizhi_pos.accounts.queries import household_facts, household_not_found, lock_household
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_rows
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed


class Dismissed(Struct, frozen=True):
    """A proposal that is not followed, and who decided so."""

    booklet: str
    conduct_on: date
    clauses: tuple[str, ...]
    dismissed_on: date
    dismissed_by: str
    approved_by: str


class Released(Struct, frozen=True):
    """What of a conduct may be shown on the black list, and who decided so."""

    booklet: str
    conduct_on: date
    clauses: tuple[str, ...]
    released_on: date
    released_by: str
    approved_by: str


_PROPOSALS_OF = lock_rows(
    select(veto_proposal)
    .where(
        of_town(veto_proposal),
        veto_proposal.c.household_id == bindparam("household"),
        veto_proposal.c.conduct_on == bindparam("conduct"),
    )
    .order_by(veto_proposal.c.clause)
)
_VETOES_OF = lock_rows(
    select(veto)
    .where(of_town(veto), veto.c.household_id == bindparam("household"), veto.c.conduct_on == bindparam("conduct"))
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_DISMISS = (
    update(veto_proposal)
    .where(
        of_town(veto_proposal),
        veto_proposal.c.household_id == bindparam("household"),
        veto_proposal.c.conduct_on == bindparam("conduct"),
        veto_proposal.c.dismissed_on.is_(None),
    )
    .values(
        dismissed_on=bindparam("day"),
        dismissed_reason=bindparam("why"),
        dismissed_by=bindparam("by"),
        dismiss_approved_by=bindparam("approver"),
    )
)
_RELEASE = (
    update(veto)
    .where(of_town(veto), veto.c.veto_id == bindparam("key"), veto.c.released_on.is_(None))
    .values(
        released_on=bindparam("day"),
        released_reason=bindparam("why"),
        released_by=bindparam("by"),
        release_approved_by=bindparam("approver"),
    )
)


def dismiss_proposal(
    tx: Transaction, number: str, conduct_on: date, reason: str, authority: Authority
) -> Dismissed | Refusal:
    """Decide that what a workbook proposes of a day's conduct is not followed, two people; it stays readable."""
    household = _begin(tx, number, reason, authority)
    if isinstance(household, Refusal):
        return household
    proposed = tx.all(_PROPOSALS_OF, household=household, conduct=conduct_on)
    if not proposed:
        return refuse(
            "not_found",
            "Nothing is proposed of {0} for {1}: look at the list of vetoes",
            number,
            conduct_on.isoformat(),
        )
    if tx.all(_VETOES_OF, household=household, conduct=conduct_on):
        return refuse("out_of_turn", "A veto was recorded of this conduct: lift it instead")
    waiting = [row for row in proposed if row.dismissed_on is None]
    if not waiting:
        return refuse(
            "out_of_turn", "This proposal was dismissed on {0} already", proposed[-1].dismissed_on.isoformat()
        )
    if authority.on < conduct_on:
        return refuse("rule_broken", "It is not decided before the conduct: give a later day")
    if (refusal := _needs_two(authority)) is not None:
        return refusal
    tx.change(_DISMISS, household=household, conduct=conduct_on, **_signed(reason, authority))
    for row in waiting:
        touch(tx, PROPOSAL, household, conduct_on, row.clause)
    return Dismissed(
        number,
        conduct_on,
        tuple(row.clause for row in waiting),
        authority.on,
        authority.by.name,
        authority.second.by,
    )


def release_veto(
    tx: Transaction, number: str, conduct_on: date, reason: str, authority: Authority
) -> Released | Refusal:
    """Release the veto of a day's conduct for the black list, two people; a lifted one is not."""
    household = _begin(tx, number, reason, authority)
    if isinstance(household, Refusal):
        return household
    found = tx.all(_VETOES_OF, household=household, conduct=conduct_on)
    if not found:
        return refuse("not_found", "{0} has no veto of {1}: look at the list of vetoes", number, conduct_on.isoformat())
    standing = [row for row in found if not _is_lifted(tx, row)]
    if not standing:
        return refuse("out_of_turn", "This veto was lifted: it is on no list")
    waiting = [row for row in standing if row.released_on is None]
    if not waiting:
        return refuse("out_of_turn", "This veto was released on {0} already", standing[-1].released_on.isoformat())
    if authority.on < max(row.effective_on for row in waiting):
        return refuse("rule_broken", "A veto is released from the day it takes effect on: give a later day")
    if (refusal := _needs_two(authority)) is not None:
        return refusal
    for row in waiting:
        tx.change(_RELEASE, key=row.veto_id, **_signed(reason, authority))
        touch(tx, VETO, row.veto_id)
    return Released(
        number, conduct_on, tuple(r.clause for r in waiting), authority.on, authority.by.name, authority.second.by
    )


def _begin(tx: Transaction, number: str, reason: str, authority: Authority) -> Id | Refusal:
    """Return the household of a booklet, held; refuse a closed month, an unknown booklet and no reason."""
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    held = lock_household(tx, number)
    facts = household_facts(tx, [number], authority.on).get(number)
    if held is None or facts is None:
        return household_not_found(tx, number)
    if not typed(reason):
        return refuse("rule_broken", "Say why")
    return held


def _needs_two(authority: Authority) -> Refusal | None:
    if authority.approval is not None:
        return None
    return refuse("approval_needed", "This needs a second person: a supervisor signs with a PIN")


def _is_lifted(tx: Transaction, row: Row[Any]) -> bool:
    """Return whether a veto was lifted, or the one that it was copied from."""
    if row.lifted_on is not None or row.copied_from is None:
        return row.lifted_on is not None
    return tx.value(_LIFTED_ON, key=row.copied_from) is not None


def _signed(reason: str, authority: Authority) -> dict[str, Any]:
    by, approver = authority.by.name, authority.second.by
    return {"day": authority.on, "why": typed(reason), "by": by, "approver": approver}


_LIFTED_ON = select(veto.c.lifted_on).where(of_town(veto), veto.c.veto_id == bindparam("key"))
