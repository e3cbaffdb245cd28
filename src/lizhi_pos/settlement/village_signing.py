"""What a village does with its statement: differences are resolved, then it confirms, or it disputes (三(四)2)."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.correction_checks import names_something
from lizhi_pos.accounts.queries import household_ids
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.settlement.answer_states import AnswerState, answer_states
from lizhi_pos.settlement.models import ANSWER, difference, difference_note, village_signature
from lizhi_pos.settlement.reconciliation import lock_answers, not_before
from lizhi_pos.text import normalize


class ResolvedDifference(Struct, frozen=True):
    """What came of a difference."""

    month: str
    village: str
    booklet: str
    ours: Points | None
    theirs: Points | None
    note: str
    entry: str | None
    on: date


_DIFFERENCE = select(difference.c.ours, difference.c.theirs).where(
    of_town(difference),
    difference.c.month == bindparam("month"),
    difference.c.village_id == bindparam("village"),
    difference.c.booklet == bindparam("number"),
)


def resolve(
    tx: Transaction, place: tuple[Month, str], booklet: str, told: tuple[str, str], authority: Authority
) -> ResolvedDifference | Refusal:
    """Keep what came of a difference: a note, and the entry that explains or corrects it where there is one.

    `place` is the month and the village, `told` the note and the entry's reference, which may be empty. A later note
    stands instead of an earlier one; both are kept.
    """
    month, number = place[0], normalize.number(booklet)
    note, reference = normalize.typed(told[0]), normalize.typed(told[1])
    state = _locked_state(tx, month, place[1])
    if isinstance(state, Refusal):
        return state
    if refusal := _why_not(tx, state, authority):
        return refusal
    row = tx.first(_DIFFERENCE, month=str(month), village=state.village_id, number=number)
    if row is None:
        return refuse("rule_broken", "{0} does not differ in {1} of {2}", number, str(month), state.village)
    if not note:
        return refuse("rule_broken", "Say what came of the difference of {0}", number)
    whose = household_ids(tx, [number])
    if reference and not (number in whose and names_something(tx, whose[number], reference)):
        return refuse("rule_broken", "{0} names nothing in the books of {1}: look at its history", reference, number)
    key = tx.new_id()
    kept = {
        "month": str(month),
        "village_id": state.village_id,
        "booklet": number,
        "ours": row.ours,
        "theirs": row.theirs,
        "note": note,
        "reference": reference or None,
        "on_date": authority.on,
        "by_user": authority.by.name,
        "recorded_at": tx.now,
    }
    tx.insert(difference_note, {"note_id": key, **kept})
    touch(tx, ANSWER, str(month), state.village_id)
    return ResolvedDifference(
        str(month), state.village, number, row.ours, row.theirs, note, reference or None, authority.on
    )


def confirm(tx: Transaction, month: Month, village: str, name: str, authority: Authority) -> AnswerState | Refusal:
    """Keep that a village confirms its statement, signed by `name`; refuse while differences are open."""
    state = _locked_state(tx, month, village)
    if isinstance(state, Refusal):
        return state
    if state.state == "confirmed":
        return refuse("out_of_turn", "{0} has confirmed {1} already", state.village, str(month))
    if refusal := _why_not(tx, state, authority):
        return refusal
    if state.open:
        return refuse(
            "out_of_turn",
            "{0} has {1} open {1:difference|differences} in {2}: resolve them first (month resolve)",
            state.village,
            state.open,
            str(month),
        )
    return _sign(tx, month, state, "confirmed", (normalize.name(name), ""), authority)


def dispute(tx: Transaction, month: Month, village: str, text: str, authority: Authority) -> AnswerState | Refusal:
    """Keep what a village disputes of its statement, until it confirms."""
    state = _locked_state(tx, month, village)
    if isinstance(state, Refusal):
        return state
    if refusal := _why_not(tx, state, authority):
        return refusal
    if not normalize.typed(text):
        return refuse("rule_broken", "Say what {0} disputes", state.village)
    return _sign(tx, month, state, "disputed", ("", normalize.typed(text)), authority)


def state_of(tx: Transaction, month: Month, village: str) -> AnswerState | Refusal:
    """Return a village's state for a closed month."""
    key = village_id(tx, village)
    if isinstance(key, Refusal):
        return key
    states = answer_states(tx, month)
    if not states:
        return refuse("month_open", "{0} is not closed yet: close it first (month close {0})", str(month))
    found = next((state for state in states if state.village_id == key), None)
    return found or refuse("not_found", "{0} has no statement of {1}", village, str(month))


def _locked_state(tx: Transaction, month: Month, village: str) -> AnswerState | Refusal:
    lock_answers(tx, month)
    return state_of(tx, month, village)


def _why_not(tx: Transaction, state: AnswerState, authority: Authority) -> Refusal | None:
    return refuse_unless_open(tx, authority.on) or not_before(state, authority.on)


def _sign(
    tx: Transaction, month: Month, state: AnswerState, kind: str, told: tuple[str, str], authority: Authority
) -> AnswerState:
    key: Id = tx.new_id()
    tx.insert(
        village_signature,
        {
            "signature_id": key,
            "month": str(month),
            "village_id": state.village_id,
            "kind": kind,
            "by_name": told[0],
            "note": told[1],
            "on_date": authority.on,
            "by_user": authority.by.name,
            "recorded_at": tx.now,
        },
    )
    touch(tx, ANSWER, str(month), state.village_id)
    (now,) = (one for one in answer_states(tx, month) if one.village_id == state.village_id)
    return now
