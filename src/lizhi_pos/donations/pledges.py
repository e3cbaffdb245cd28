"""Pledges (认捐): what donors promised, and what of it came."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.cell_errors import CellError
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.donors import donor_id
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.donations.models import PLEDGE, donor, gift, pledge, voucher_void
from lizhi_pos.ids import Id
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.text import normalize

PledgeState = Literal["open", "part", "paid", "overdue"]


class Pledge(Struct, frozen=True, kw_only=True):
    """A pledge by its number and what came of it, as it stood on a day; `paid` counts what gifts name it for."""

    pledge: int
    donor: str
    amount: Yuan
    paid: Yuan
    due: date
    purpose: str
    state: PledgeState


class PledgedBy(Struct, frozen=True):
    """Whose pledge a number is."""

    pledge_id: Id
    donor: str


_NEWEST = select(func.coalesce(func.max(pledge.c.number), 0)).where(of_town(pledge))
_OF = (
    select(pledge.c.pledge_id, donor.c.name.label("donor"))
    .select_from(pledge.join(donor, same_row(donor.c.donor_id, pledge.c.donor_id)))
    .where(of_town(pledge), pledge.c.number == bindparam("of_number"))
)
_PLEDGES = (
    select(pledge, donor.c.name.label("donor"))
    .select_from(pledge.join(donor, same_row(donor.c.donor_id, pledge.c.donor_id)))
    .where(of_town(pledge), pledge.c.pledged_on <= bindparam("day"))
    .order_by(pledge.c.number)
)
_PAID = (
    select(gift.c.pledge_id, summed(gift.c.amount).label("amount"))
    .select_from(gift.outerjoin(voucher_void, same_row(voucher_void.c.voucher, gift.c.voucher)))
    .where(
        of_town(gift),
        gift.c.pledge_id.is_not(None),
        gift.c.on_date <= bindparam("day"),
        func.coalesce(voucher_void.c.on_date > bindparam("day"), True),
    )
    .group_by(gift.c.pledge_id)
)


def add_pledge(
    tx: Transaction, name: str, amount: Yuan, due: date, purpose: str, authority: Authority
) -> Pledge | Refusal:
    """Record what a donor promises; nothing of it is in the pool before a gift names the pledge."""
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    if not normalize.name(name):
        return refuse("rule_broken", "A pledge names its donor")
    if amount <= 0:
        return refuse("rule_broken", "A pledge is of more than nothing")
    if due < authority.on:
        return refuse("rule_broken", "A pledge is due on the day it is made or later")
    lock_alone(tx, "pledges")
    number, key = tx.value(_NEWEST) + 1, tx.new_id()
    row = {
        "pledge_id": key,
        "number": number,
        "donor_id": donor_id(tx, name),
        "amount": amount,
        "due_on": due,
        "purpose": normalize.typed(purpose),
        "pledged_on": authority.on,
        "recorded_by": authority.by.name,
        "recorded_at": tx.now,
    }
    tx.insert(pledge, row)
    touch(tx, PLEDGE, key)
    return next(p for p in pledges_on(tx, authority.on) if p.pledge == number)


def pledges_on(tx: Transaction, day: date) -> list[Pledge]:
    """Return every pledge made by a day, by number, with what had come of it by then."""
    paid = {row.pledge_id: row.amount for row in tx.all(_PAID, day=day)}
    return [
        Pledge(
            pledge=row.number,
            donor=row.donor,
            amount=Yuan(row.amount),
            paid=Yuan(paid.get(row.pledge_id, 0)),
            due=row.due_on,
            purpose=row.purpose,
            state=_state(row.amount, paid.get(row.pledge_id, 0), row.due_on, day),
        )
        for row in tx.all(_PLEDGES, day=day)
    ]


def pledge_of(tx: Transaction, row: GiftRow) -> PledgedBy | None:
    """Return the pledge that a gift's line names; None where it names none, or one there is not."""
    found = tx.first(_OF, of_number=row.pledge) if row.pledge is not None else None
    return PledgedBy(found.pledge_id, found.donor) if found else None


def pledge_errors(tx: Transaction, row: GiftRow) -> Iterator[CellError]:
    """Yield what is wrong with the pledge that a gift's line names."""
    if row.pledge is None:
        return
    found = pledge_of(tx, row)
    if found is None:
        yield row.at.error("认捐", message("There is no pledge {0}: look at the list of pledges", row.pledge))
    elif normalize.comparable(found.donor) != normalize.comparable(row.donor):
        yield row.at.error("认捐", message("Pledge {0} is of {1}, not of {2}", row.pledge, found.donor, row.donor))


def _state(amount: int, paid: int, due: date, day: date) -> PledgeState:
    if paid >= amount:
        return "paid"
    if due < day:
        return "overdue"
    return "part" if paid else "open"
