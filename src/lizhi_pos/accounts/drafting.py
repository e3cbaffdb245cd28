"""Reading a village's workbook into its draft batch (三(四)2): checked against the books, taken whole or not at all."""

import hashlib
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Row, bindparam, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.batch_checks import Books, errors_in, warnings_in
from lizhi_pos.accounts.batches import content_of, forget_signatures, step_row, stored_batch
from lizhi_pos.accounts.models import batch, batch_step, booklet, score
from lizhi_pos.accounts.queries import chunks, member_names, register_on
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.accounts.workbook import HouseholdRow, VillageWorkbook
from lizhi_pos.cells import CellError
from lizhi_pos.db import Id, Session, new_id, of_town
from lizhi_pos.refusal import Refusal, say
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


_REPLACE = (
    update(batch)
    .where(of_town(batch), batch.c.batch_id == bindparam("batch"))
    .values(
        content=bindparam("new_content"),
        content_hash=bindparam("new_hash"),
        imported_by=bindparam("by"),
        state="draft",
        published_on=None,
        reviewed_on=None,
    )
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
    stored = stored_batch(session, place, workbook.month)
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
        forget_signatures(session, key)
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
    session.insert(batch_step, step_row(session, key, "import", today(session), by))


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
