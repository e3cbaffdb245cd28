"""A veto bars the household that comes out of a split, and the one that takes another in, as it barred theirs."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.models import VETO, veto
from lizhi_pos.db import Transaction, of_town, read_as
from lizhi_pos.ids import Id
from lizhi_pos.record.chain import touch


class Copy(Struct, frozen=True):
    """A veto that bars another household than the one it was recorded for."""

    veto_id: Id
    household_id: Id
    effective_on: date


_STANDING = (
    select(veto)
    .where(of_town(veto), veto.c.household_id == bindparam("household"), veto.c.lifted_on.is_(None))
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_ROOTS = select(veto.c.veto_id, veto.c.copied_from).where(
    of_town(veto), veto.c.household_id == bindparam("household"), veto.c.lifted_on.is_(None)
)
_COPIES = (
    select(veto.c.veto_id, veto.c.household_id, veto.c.effective_on)
    .where(of_town(veto), veto.c.copied_from == bindparam("of"), veto.c.lifted_on.is_(None))
    .order_by(veto.c.veto_id)
)
_LIFT = (
    update(veto)
    .where(of_town(veto), veto.c.veto_id == bindparam("key"), veto.c.lifted_on.is_(None))
    .values(
        lifted_on=bindparam("day"),
        lifted_facts=bindparam("lift_facts"),
        lifted_by=bindparam("by"),
        lift_approved_by=bindparam("approver"),
    )
)


def copy_vetoes(tx: Transaction, of: Id, to: Id, on: date, since: date | None = None) -> None:
    """Let the vetoes that bar a household on a day bar another one too, from their own day or from `since` on.

    The points they cleared stay with the veto they were cleared by; lifting it lifts its copies.
    """
    known = {row.copied_from or row.veto_id for row in tx.all(_ROOTS, household=to)}
    for row in tx.all(_STANDING, household=of):
        root = row.copied_from or row.veto_id
        if root in known or not row.effective_on <= on <= date(row.effective_on.year, 12, 31):
            continue
        key = tx.new_id()
        told = {name: getattr(row, name) for name in ("clause", "facts", "conduct_on", "recorded_by", "approved_by")}
        own = {"veto_id": key, "household_id": to, "effective_on": since or row.effective_on, "recorded_at": tx.now}
        tx.insert(veto, told | own | {"cleared": 0, "copied_from": root})
        touch(tx, VETO, key)


def copies_of(tx: Transaction, veto_id: Id) -> Sequence[Copy]:
    """Return the copies of a veto that still bar somebody."""
    return [read_as(Copy, row) for row in tx.all(_COPIES, of=veto_id)]


def lift(tx: Transaction, keys: Sequence[Id], facts: str, authority: Authority) -> None:
    """Write down that a veto, and its copies, bar nobody from a day on."""
    for key in keys:
        tx.change(
            _LIFT,
            key=key,
            day=authority.on,
            lift_facts=facts,
            by=authority.by.name,
            approver=authority.second.by,
        )
        touch(tx, VETO, key)
