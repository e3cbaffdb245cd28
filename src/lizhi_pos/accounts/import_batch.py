"""Reading a village's workbook into its draft batch (三(四)2): checked against the books, taken whole or not at all."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import bindparam, update

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batch_checks import errors_in, warnings_in
from lizhi_pos.accounts.batch_facts import BatchFacts, batch_facts, told_of_row, told_of_state
from lizhi_pos.accounts.batches import (
    StoredBatch,
    content_of,
    discard_signatures,
    keep_step,
    packed,
    stored_batch,
    workbook_of,
)
from lizhi_pos.accounts.correction_checks import correction_warnings
from lizhi_pos.accounts.identity_numbers import as_stored
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.models import batch
from lizhi_pos.accounts.personal import PersonalPart, erase_personal, is_same_part, keep_personal, split
from lizhi_pos.accounts.posting_plan import Due
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.text.normalize import comparable


class HouseholdCounts(Struct, frozen=True):
    """Rows of `户籍` against the batch's last reading or, where there is none, the register."""

    new: int
    changed: int
    same: int


class Corrections(Struct, frozen=True):
    """Rows of `更正`, and the points they come to, signed."""

    rows: int
    points: Points


class Drafted(Struct, frozen=True, kw_only=True):
    """What reading a workbook came to. `errors` keep it from being taken; `warnings` are for the reviewer."""

    village: str
    month: str
    households: HouseholdCounts
    base: int
    volunteer: int
    vetoes: int
    corrections: Corrections
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]


_REPLACE = (
    update(batch)
    .where(of_town(batch), batch.c.batch_id == bindparam("batch"))
    .values(
        content=bindparam("new_content"),
        content_hash=bindparam("new_hash"),
        file=bindparam("new_file"),
        imported_by=bindparam("by"),
        personal_id=bindparam("new_personal"),
        personal_hash=bindparam("new_personal_hash"),
        state="draft",
        published_on=None,
        reviewed_on=None,
    )
)


def draft(tx: Transaction, workbook: VillageWorkbook, by: Operator, file: str | None = None) -> Drafted | Refusal:
    """Take a workbook as its village's batch of the month, replacing an earlier reading that is not yet posted.

    The same content again changes nothing; another content sets the batch back to draft. `file` is the name of the
    file that it was read from, without its folder.
    """
    place = village_id(tx, workbook.village)
    if isinstance(place, Refusal):
        return look_at_unsound(tx, workbook)
    stored = stored_batch(tx, place, workbook.month)
    whole, workbook = workbook, as_stored(tx, workbook)
    public, private = split(workbook)
    # what was posted stays as it was read, also where the town has stored no identity numbers since
    readings = [(public, private), split(whole)] if stored and stored.state == "posted" else [(public, private)]
    if stored is not None and any(_was_read_before(tx, stored, *reading) for reading in readings):
        return _drafted(workbook, HouseholdCounts(0, 0, len(workbook.households)), (), ())
    if stored is not None and stored.state == "posted":
        text = message(
            "{0} of {1} is posted: put it right in sheet 更正 of a later month", str(workbook.month), workbook.village
        )
        return _drafted(workbook, HouseholdCounts(0, 0, 0), (CellError(None, None, text),), ())
    books = batch_facts(tx, workbook)
    if isinstance(books, Refusal):
        return books
    counts = _counts(tx, workbook, stored, books)
    errors = errors_in(workbook, books)
    warnings = warnings_in(workbook, books)
    if not errors:
        warnings = (*warnings, *_warnings_of_posting(tx, workbook, books))
        _store(tx, (public, private), (place, stored), by, file)
    return _drafted(workbook, counts, errors, warnings)


def look_at_unsound(tx: Transaction, workbook: VillageWorkbook) -> Drafted | Refusal:
    """Everything that is wrong with a workbook that cannot be taken, as far as it could be read; writes nothing.

    A workbook that names no village has an empty one.
    """
    place, workbook = village_id(tx, workbook.village), as_stored(tx, workbook)
    errors: tuple[CellError, ...] = ()
    stored = None
    if isinstance(place, Refusal):
        # of a workbook that names none this is told already
        errors = (CellError(None, None, place.sentence),) if workbook.village else ()
    else:
        stored = stored_batch(tx, place, workbook.month)
    books = batch_facts(tx, workbook)
    if isinstance(books, Refusal):
        return _drafted(workbook, HouseholdCounts(0, 0, 0), (*errors, CellError(None, None, books.sentence)), ())
    errors += errors_in(workbook, books, known_village=not isinstance(place, Refusal))
    return _drafted(workbook, _counts(tx, workbook, stored, books), errors, warnings_in(workbook, books))


def content_hash(public: VillageWorkbook) -> bytes:
    """SHA-256 of what a workbook says, but for what is personal, wherever in its sheets it stands."""
    return hashlib.sha256(_told(public)).digest()


def _told(public: VillageWorkbook) -> bytes:
    told = {
        name: [structs.replace(row, at=None) for row in sheet] if isinstance(sheet, tuple) else sheet
        for name, sheet in zip(public.__struct_fields__, structs.astuple(public), strict=True)
    }
    return msgspec.json.encode(told)


def _was_read_before(tx: Transaction, stored: StoredBatch, public: VillageWorkbook, private: PersonalPart) -> bool:
    same = stored.content_hash == content_hash(public)
    if not same and stored.state == "posted":
        # nothing of it is changed any more, so names typed in another form are no other content
        same = comparable(_told(content_of(stored)).decode()) == comparable(_told(public).decode())
    return same and is_same_part(tx, stored.personal_id, private)


def _warnings_of_posting(tx: Transaction, workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    """Yield what posting would refuse, or a reviewer must look at, told as early as it can be known."""
    rules = rules_on(tx, today(tx))
    if isinstance(rules, Refusal):
        return
    due = Due(tx, workbook, books, rules, today(tx))
    yield from correction_warnings(tx, due)
    if over := due.over_cap():
        yield CellError(None, None, over)


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
        corrections=Corrections(
            len(workbook.corrections),
            Points(sum(c.points for c in with_all(workbook.corrections, "积分"))),
        ),
        errors=errors,
        warnings=warnings,
    )


def _store(
    tx: Transaction,
    parts: tuple[VillageWorkbook, PersonalPart],
    where: tuple[Id, StoredBatch | None],
    by: Operator,
    file: str | None,
) -> None:
    (public, private), (place, stored) = parts, where
    content, digest = packed(public), content_hash(public)
    (kept,) = keep_personal(tx, [private])
    if stored is not None:
        key = stored.batch_id
        erase_personal(tx, stored.personal_id)
        tx.change(
            _REPLACE,
            batch=key,
            new_content=content,
            new_hash=digest,
            new_file=file,
            by=by.name,
            new_personal=kept.personal_id,
            new_personal_hash=kept.personal_hash,
        )
        discard_signatures(tx, key)
    else:
        key = tx.new_id()
        row = {
            "batch_id": key,
            "village_id": place,
            "month": str(public.month),
            "state": "draft",
            "content": content,
            "content_hash": digest,
            "file": file,
            "imported_by": by.name,
            "published_on": None,
            "reviewed_on": None,
            "posted_on": None,
            **kept.columns(),
        }
        tx.insert(batch, row)
    keep_step(tx, key, "import", Authority(by, today(tx)))


def _counts(
    tx: Transaction, workbook: VillageWorkbook, stored: StoredBatch | None, books: BatchFacts
) -> HouseholdCounts:
    if stored is not None:
        known: dict[str, Any] = {r.booklet: told_of_row(r) for r in workbook_of(tx, stored).households}
    else:
        known = {number: told_of_state(row, books.personal_of(row)) for number, row in books.register.items()}
    new = sum(r.booklet not in known for r in workbook.households)
    same = sum(known.get(r.booklet) == told_of_row(r) for r in workbook.households)
    return HouseholdCounts(new, len(workbook.households) - new - same, same)
