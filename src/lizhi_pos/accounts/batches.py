"""A village's monthly batch: draft → publicised → reviewed → posted, or back to draft (三(四)2, 四(三))."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Row, bindparam, delete, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.batch_checks import Books, errors_in, warnings_in
from lizhi_pos.accounts.models import (
    batch,
    batch_signature,
    batch_step,
    booklet,
    score,
    village,
)
from lizhi_pos.accounts.queries import chunks, member_names, register_on
from lizhi_pos.accounts.villages import unknown_village, village_id
from lizhi_pos.accounts.workbook import HouseholdRow, VillageWorkbook
from lizhi_pos.cells import CellError
from lizhi_pos.db import Id, Session, lock_rows, new_id, of_town
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, refuse, say
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook


class HouseholdCounts(Struct, frozen=True):
    """Rows of `户籍` against the batch's last reading or, where there is none, the register."""

    new: int
    changed: int
    same: int


class Drafted(Struct, frozen=True, kw_only=True):
    """What reading a workbook came to. `errors` keep it from being taken; `warnings` are for the reviewer."""

    village: str
    month: str
    households: HouseholdCounts
    base: int
    volunteer: int
    vetoes: int
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]


class BatchView(Struct, frozen=True, kw_only=True):
    """Where a batch stands. `late` says that its month's deadline passed before it was published."""

    village: str
    month: str
    state: str
    published_on: date | None
    reviewed_on: date | None
    posted_on: date | None
    imported_by: str
    late: bool = False


GROUP_WORDS = {
    "assessment": say("The assessment group"),
    "supervision": say("The supervision group"),
}

_May = Callable[[Row[Any], Rulebook, date, Operator], Refusal | None]

_VIEW = select(batch, village.c.name.label("village_name")).select_from(
    batch.join(village, (village.c.town_id == batch.c.town_id) & (village.c.village_id == batch.c.village_id))
)
_BATCH = _VIEW.where(of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month"))
_LOCKED = lock_rows(
    select(batch).where(of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month"))
)
_ALL = _VIEW.where(of_town(batch)).order_by(batch.c.month, village.c.village_id)
_ONE = (of_town(batch), batch.c.batch_id == bindparam("batch"))
_REPLACE = (
    update(batch)
    .where(*_ONE)
    .values(
        content=bindparam("new_content"),
        content_hash=bindparam("new_hash"),
        imported_by=bindparam("by"),
        state="draft",
        published_on=None,
        reviewed_on=None,
    )
)
_STEP = (
    update(batch)
    .where(*_ONE, batch.c.state == bindparam("before"))
    .values(
        state=bindparam("after"),
        published_on=bindparam("published"),
        reviewed_on=bindparam("reviewed"),
        posted_on=bindparam("posted"),
    )
)
_FORGET_SIGNATURES = delete(batch_signature).where(
    of_town(batch_signature), batch_signature.c.batch_id == bindparam("batch")
)
_REPLACED = select(booklet.c.number, booklet.c.replaced_by).where(of_town(booklet), booklet.c.replaced_by.is_not(None))
_POSTED_SCORES = select(score.c.household_id, score.c.quarter, score.c.tenths).where(
    of_town(score), score.c.household_id.in_(bindparam("households", expanding=True))
)


def draft(session: Session, workbook: VillageWorkbook, by: Operator) -> Drafted | Refusal:
    """Takes a workbook as its village's batch of the month, replacing an earlier reading that is not yet posted.

    The same content again changes nothing; another content sets the batch back to draft.
    """
    place = village_id(session, workbook.village)
    if isinstance(place, Refusal):
        unknown = CellError(None, None, place.text or say("The file cannot be taken"))
        return _drafted(workbook, HouseholdCounts(0, 0, 0), (unknown,), ())
    digest = content_hash(workbook)
    stored = session.first(_LOCKED, village=place, month=str(workbook.month))
    if stored is not None and stored.content_hash == digest:
        return _drafted(workbook, HouseholdCounts(0, 0, len(workbook.households)), (), ())
    if stored is not None and stored.state == "posted":
        text = say(
            "{0} of {1} is posted: put it right in sheet 更正 of a later month", str(workbook.month), workbook.village
        )
        return _drafted(workbook, HouseholdCounts(0, 0, 0), (CellError(None, None, text),), ())
    books = books_for(session, workbook)
    if isinstance(books, Refusal):
        return books
    counts = _counts(workbook, stored, books)
    errors = errors_in(workbook, books)
    if not errors:
        _store(session, workbook, digest, place, stored, by)
    return _drafted(workbook, counts, errors, warnings_in(workbook, books))


def publish(session: Session, village_name: str, month: Month, on: date, by: Operator) -> BatchView | Refusal:
    """Starts the publicity of a draft: signed by both groups, each exactly so many and all different (三(四))."""
    return _step(session, village_name, month, on, by, "publish", _may_publish)


def review(session: Session, village_name: str, month: Month, on: date, by: Operator) -> BatchView | Refusal:
    """The town's review after the publicity is over (四(三)); whoever imported the batch does not review it."""
    return _step(session, village_name, month, on, by, "review", _may_review)


def reject(
    session: Session, village_name: str, month: Month, on: date, by: Operator, reason: str
) -> BatchView | Refusal:
    """Sends a batch back to draft when an objection is upheld; its publicity starts anew."""
    return _step(session, village_name, month, on, by, "reject", _may_reject, reason)


def batches(session: Session) -> list[BatchView]:
    """Every batch, by month and village."""
    return [_view(session, row) for row in session.all(_ALL)]


def locked_batch(session: Session, village_name: str, month: Month) -> Row[Any] | Refusal:
    """The batch of a village and month, held until the transaction ends."""
    place = village_id(session, village_name)
    if isinstance(place, Refusal):
        return unknown_village(village_name)
    row = session.first(_LOCKED, village=place, month=str(month))
    if row is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", village_name, str(month))
    return row


def record_step(session: Session, row: Row[Any], step: str, on: date, by: Operator, reason: str = "") -> int:
    """Moves a batch on and keeps the step; the number of batches moved, 0 where another was faster."""
    after = {"publish": "publicised", "review": "reviewed", "reject": "draft", "post": "posted"}[step]
    session.insert(batch_step, _step_row(session, row.batch_id, step, on, by, reason))
    return session.change(
        _STEP,
        batch=row.batch_id,
        before=row.state,
        after=after,
        published={"publish": on, "reject": None}.get(step, row.published_on),
        reviewed={"review": on, "reject": None, "publish": None}.get(step, row.reviewed_on),
        posted=on if step == "post" else None,
    )


def batch_view(session: Session, village_name: str, month: Month) -> BatchView | Refusal:
    """Where one batch stands."""
    place = village_id(session, village_name)
    row = None if isinstance(place, Refusal) else session.first(_BATCH, village=place, month=str(month))
    if row is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", village_name, str(month))
    return _view(session, row)


def content_of(row: Row[Any]) -> VillageWorkbook:
    """The workbook a batch was drafted from."""
    return msgspec.json.decode(row.content, type=VillageWorkbook)


def content_hash(workbook: VillageWorkbook) -> bytes:
    """SHA-256 of what a workbook says, wherever in its sheets it stands."""
    sheets = [workbook.village, str(workbook.month)]
    rows = [
        [structs.astuple(structs.replace(row, at=None)) for row in sheet] for sheet in structs.astuple(workbook)[2:]
    ]
    return hashlib.sha256(msgspec.json.encode([sheets, rows])).digest()


def books_for(session: Session, workbook: VillageWorkbook) -> Books | Refusal:
    """What the checks of a workbook need to know, or the refusal that no rulebook is in force."""
    rules: dict[int, Rulebook] = {}
    years = (
        {workbook.month.year} | {row.on.year for row in workbook.acts} | {p.conduct_on.year for p in workbook.proposals}
    )
    for year in years:
        found = rules_on(session, date(year, 12, 31))
        if isinstance(found, Refusal):
            if year == workbook.month.year:
                return found
            continue
        rules[year] = found
    register = register_on(session, today(session))
    ids = [r.household_id for r in register.values() if r.village_name == workbook.village]
    scores: dict[Id, dict[str, int]] = {}
    for some in chunks(ids):
        for row in session.all(_POSTED_SCORES, households=some):
            scores.setdefault(row.household_id, {})[row.quarter] = row.tenths
    replaced = {row.number: row.replaced_by for row in session.all(_REPLACED)}
    return Books(register, replaced, member_names(session, ids), scores, rules)


def _drafted(
    workbook: VillageWorkbook,
    counts: HouseholdCounts,
    errors: tuple[CellError, ...],
    warnings: tuple[CellError, ...],
) -> Drafted:
    return Drafted(
        village=workbook.village,
        month=str(workbook.month),
        households=counts,
        base=len(workbook.scores),
        volunteer=len(workbook.acts),
        vetoes=len(workbook.proposals),
        errors=errors,
        warnings=warnings,
    )


def _store(
    session: Session, workbook: VillageWorkbook, digest: bytes, place: Id, stored: Row[Any] | None, by: Operator
) -> None:
    content = msgspec.json.encode(workbook)
    if stored is not None:
        key = Id(stored.batch_id)
        session.change(_REPLACE, batch=key, new_content=content, new_hash=digest, by=by.name)
        session.change(_FORGET_SIGNATURES, batch=key)
    else:
        key = new_id()
        row = {
            "batch_id": key,
            "village_id": place,
            "month": str(workbook.month),
            "state": "draft",
            "content": content,
            "content_hash": digest,
            "imported_by": by.name,
            "published_on": None,
            "reviewed_on": None,
            "posted_on": None,
        }
        session.insert(batch, row)
    session.insert(batch_step, _step_row(session, key, "import", today(session), by, ""))


def _step_row(session: Session, key: Id, step: str, on: date, by: Operator, reason: str) -> dict[str, Any]:
    return {
        "step_id": new_id(),
        "batch_id": key,
        "step": step,
        "on_date": on,
        "recorded_at": session.now,
        "by_user": by.name,
        "reason": reason,
    }


def _counts(workbook: VillageWorkbook, stored: Row[Any] | None, books: Books) -> HouseholdCounts:
    if stored is not None:
        known: dict[str, Any] = {r.booklet: told_of_row(r) for r in content_of(stored).households}
    else:
        known = {number: told_of_state(row) for number, row in books.register.items()}
    new = sum(r.booklet not in known for r in workbook.households)
    same = sum(known.get(r.booklet) == told_of_row(r) for r in workbook.households)
    return HouseholdCounts(new, len(workbook.households) - new - same, same)


def told_of_row(row: HouseholdRow) -> tuple[Any, ...]:
    """What a workbook tells of a household, to be compared with another telling."""
    return (row.head, row.residence_start, row.group, row.id_number, row.phone, row.people, row.status, row.note)


def told_of_state(row: Row[Any]) -> tuple[Any, ...]:
    """What the register holds of a household, in the shape of what a workbook tells of one."""
    return (
        row.head,
        row.residence_start,
        row.village_group,
        row.id_number,
        row.phone,
        row.people,
        row.status,
        row.note,
    )


def _step(
    session: Session, village_name: str, month: Month, on: date, by: Operator, step: str, may: _May, reason: str = ""
) -> BatchView | Refusal:
    row = locked_batch(session, village_name, month)
    if isinstance(row, Refusal):
        return row
    rules = rules_on(session, on)
    if isinstance(rules, Refusal):
        return rules
    refusal: Refusal | None = may(row, rules, on, by)
    if refusal:
        return refusal
    if step == "publish":
        _sign(session, row)
    record_step(session, row, step, on, by, reason)
    return batch_view(session, village_name, month)


def _sign(session: Session, row: Row[Any]) -> None:
    names = {(s.group, s.name) for s in content_of(row).signatures}
    session.change(_FORGET_SIGNATURES, batch=row.batch_id)
    session.insert(
        batch_signature,
        *({"batch_id": row.batch_id, "village_group": group, "name": name} for group, name in sorted(names)),
    )


def _may_publish(row: Row[Any], rules: Rulebook, on: date, by: Operator) -> Refusal | None:
    if row.state != "draft":
        return refuse("out_of_turn", "Only a draft can be published, this batch is {0}", say(row.state))
    if on < Month.parse(row.month).first_day:
        return refuse("rule_broken", "{0} is before the batch's month: give a later day", on.isoformat())
    signatures = content_of(row).signatures
    wanted = (("assessment", rules.batch.assessment_group), ("supervision", rules.batch.supervision_group))
    for group, number in wanted:
        names = [s.name for s in signatures if s.group == group]
        if len(names) != number or len(set(names)) != number:
            return refuse(
                "rule_broken",
                "{0} must sign with {1} different names, sheet 签字 has {2}",
                GROUP_WORDS[group],
                number,
                len(set(names)),
            )
    if len({s.name for s in signatures}) != len(signatures):
        return refuse("rule_broken", "One name stands in both groups: the one group watches the other")
    return None


def _may_review(row: Row[Any], rules: Rulebook, on: date, by: Operator) -> Refusal | None:
    if row.state != "publicised":
        return refuse("out_of_turn", "Only a published batch can be reviewed, this one is {0}", say(row.state))
    if row.imported_by == by.name:
        return refuse("not_allowed", "{0} imported this batch: another person must review it", by.name)
    first = row.published_on + timedelta(rules.batch.publicity_days)
    if on < first:
        return refuse("rule_broken", "The publicity lasts until {0}: review it from that day on", first.isoformat())
    return None


def _may_reject(row: Row[Any], rules: Rulebook, on: date, by: Operator) -> Refusal | None:
    if row.state not in ("publicised", "reviewed"):
        return refuse(
            "out_of_turn", "Only a published or reviewed batch can be sent back, this one is {0}", say(row.state)
        )
    if on < (row.reviewed_on or row.published_on):
        return refuse("out_of_turn", "A step is not dated before the one it follows: give a later day")
    return None


def _view(session: Session, row: Row[Any]) -> BatchView:
    rules = rules_on(session, Month.parse(row.month).last_day)
    late = False
    if isinstance(rules, Rulebook) and row.published_on:
        deadline = Month.parse(row.month).next().first_day.replace(day=rules.batch.deadline_day)
        late = row.published_on > deadline
    return BatchView(
        village=row.village_name,
        month=row.month,
        state=row.state,
        published_on=row.published_on,
        reviewed_on=row.reviewed_on,
        posted_on=row.posted_on,
        imported_by=row.imported_by,
        late=late,
    )
