"""The supervisor's own signature: which days were looked through, how much was found, and what there is to say."""

from datetime import date

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town, read_as
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.settlement.models import SUPERVISION_NOTE, supervision_note
from lizhi_pos.text.normalize import typed


class SignOff(Struct, frozen=True):
    """Days that a supervisor has looked through; `findings` is how many there were then."""

    from_date: date
    to_date: date
    findings: int
    note: str
    on_date: date
    by_user: str


_NOTES = select(supervision_note).where(of_town(supervision_note)).order_by(supervision_note.c.note_id)


def sign_off(
    tx: Transaction, days: tuple[date, date], findings: int, note: str, authority: Authority
) -> SignOff | Refusal:
    """Keep that a supervisor has looked through some days, up to the day it is signed on, and what they say of them."""
    first, last = days
    if refusal := authority.by.refusal_to("sign_off") or not_in_future(tx, authority.on):
        return refusal
    if first > last:
        return refuse("rule_broken", "The first day lies after the last one")
    if last > authority.on:
        return refuse("rule_broken", "{0} is not over when it is signed: give a day up to then", last.isoformat())
    if not typed(note):
        return refuse("rule_broken", "Say what there is to say of these days, even if it is that nothing was found")
    signed = SignOff(first, last, findings, typed(note), authority.on, authority.by.name)
    key = tx.new_id()
    tx.insert(
        supervision_note,
        {
            "note_id": key,
            "from_date": signed.from_date,
            "to_date": signed.to_date,
            "findings": signed.findings,
            "note": signed.note,
            "on_date": signed.on_date,
            "by_user": signed.by_user,
            "recorded_at": tx.now,
        },
    )
    touch(tx, SUPERVISION_NOTE, key)
    return signed


def signed_off(tx: Transaction) -> list[SignOff]:
    """Return everything that supervisors signed, in the order in which they did."""
    return [read_as(SignOff, row) for row in tx.all(_NOTES)]
