"""Objections to a published batch: taken during its publicity, each answered before the town's review (三(四)2)."""

from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import StoredBatch, content_of, locked_batch, not_before_last_step, record_step
from lizhi_pos.accounts.models import OBJECTION, objection
from lizhi_pos.accounts.objection_list import STATE_WORDS
from lizhi_pos.accounts.queries import household_facts, household_not_found
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import share_name
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.text import normalize


class Objection(Struct, frozen=True):
    """What is objected. `booklet` is the household it is about, `by` who objects; both may be empty."""

    text: str
    booklet: str = ""
    by: str = ""


class Verdict(Struct, frozen=True):
    """How an objection is answered, and why."""

    state: Literal["upheld", "dismissed"]
    text: str


class Objected(Struct, frozen=True):
    """An objection by its number within its batch, and its state."""

    village: str
    month: str
    objection: int
    state: str


_NEXT = select(func.coalesce(func.max(objection.c.number), 0) + 1).where(
    of_town(objection), objection.c.batch_id == bindparam("batch")
)
_ONE = select(objection).where(
    of_town(objection), objection.c.batch_id == bindparam("batch"), objection.c.number == bindparam("wanted")
)
_SETTLE = (
    update(objection)
    .where(of_town(objection), objection.c.batch_id == bindparam("batch"), objection.c.number == bindparam("wanted"))
    .values(
        state=bindparam("verdict"),
        answer=bindparam("told_back"),
        settled_on=bindparam("day"),
        settled_by=bindparam("by"),
    )
)


def raise_objection(
    tx: Transaction, village_name: str, month: Month, told: Objection, authority: Authority
) -> Objected | Refusal:
    """Take an objection to a batch that is published; it is numbered within the batch."""
    stored = locked_batch(tx, village_name, month)
    if isinstance(stored, Refusal):
        return stored
    number = normalize.number(told.booklet)
    # a month that is being closed counts the objections that are open
    share_name(tx, "objections")
    if refusal := refuse_unless_open(tx, authority.on) or _why_not_object(tx, stored, told, number, authority):
        return refusal
    place: int = tx.value(_NEXT, batch=stored.batch_id)
    tx.insert(
        objection,
        {
            "batch_id": stored.batch_id,
            "number": place,
            "booklet": number or None,
            "told": normalize.typed(told.text),
            "by_name": normalize.name(told.by),
            "on_date": authority.on,
            "recorded_by": authority.by.name,
            "recorded_at": tx.now,
            "state": "open",
            "answer": None,
            "settled_on": None,
            "settled_by": None,
        },
    )
    touch(tx, OBJECTION, stored.batch_id, place)
    return _answer(tx, stored, place, "open")


def settle_objection(
    tx: Transaction, village_name: str, month: Month, number: int, answer: tuple[Verdict, Authority]
) -> Objected | Refusal:
    """Answer an open objection; one that is upheld sends a published batch back, and its publicity starts anew."""
    verdict, authority = answer
    stored = locked_batch(tx, village_name, month)
    if isinstance(stored, Refusal):
        return stored
    known = tx.first(_ONE, batch=stored.batch_id, wanted=number)
    if known is None:
        return refuse("not_found", "{0} {1} has no objection {2}", village_name, str(month), number)
    if refusal := refuse_unless_open(tx, authority.on) or _why_not_settle(tx, stored, known, answer):
        return refusal
    text = normalize.typed(verdict.text)
    tx.change(
        _SETTLE,
        batch=stored.batch_id,
        wanted=number,
        verdict=verdict.state,
        told_back=text,
        day=authority.on,
        by=authority.by.name,
    )
    touch(tx, OBJECTION, stored.batch_id, number)
    if verdict.state == "upheld" and stored.state == "publicised":
        record_step(tx, stored, "reject", authority, text)
    return _answer(tx, stored, number, verdict.state)


def _why_not_object(
    tx: Transaction, stored: StoredBatch, told: Objection, number: str, authority: Authority
) -> Refusal | None:
    if stored.state != "publicised":
        return refuse(
            "out_of_turn", "Objections are taken during the publicity alone, this batch is {0}", message(stored.state)
        )
    if not normalize.typed(told.text):
        return refuse("rule_broken", "Say what is objected")
    if number and not _is_known(tx, stored, number, authority):
        return household_not_found(tx, number)
    return not_before_last_step(tx, stored, authority.on)


def _is_known(tx: Transaction, stored: StoredBatch, number: str, authority: Authority) -> bool:
    """Whether a booklet is a household's; one that is new in the batch is not in the register yet."""
    if number in household_facts(tx, [number], authority.on):
        return True
    return any(row.booklet == number for row in content_of(stored).households)


def _why_not_settle(
    tx: Transaction, stored: StoredBatch, known: Row[Any], answer: tuple[Verdict, Authority]
) -> Refusal | None:
    verdict, authority = answer
    if known.state != "open":
        return refuse(
            "out_of_turn", "Objection {0} is answered already: it is {1}", known.number, STATE_WORDS[known.state]
        )
    if not normalize.typed(verdict.text):
        return refuse("rule_broken", "Say what is answered to it")
    if authority.on < known.on_date:
        return refuse("out_of_turn", "It was objected on {0}: give that day or a later one", known.on_date.isoformat())
    return not_before_last_step(tx, stored, authority.on)


def _answer(tx: Transaction, stored: StoredBatch, number: int, state: str) -> Objected:
    return Objected(village_names(tx)[stored.village_id], stored.month, number, state)
