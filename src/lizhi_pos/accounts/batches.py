"""A village's monthly batch: draft → publicised → reviewed → posted, or back to draft (三(四)2, 四(三))."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Row, bindparam, delete, func, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batch_checks import errors_in
from lizhi_pos.accounts.batch_facts import batch_facts
from lizhi_pos.accounts.correction_checks import look_at
from lizhi_pos.accounts.identity_numbers import as_stored
from lizhi_pos.accounts.import_rows import SignatureRow, VillageWorkbook
from lizhi_pos.accounts.models import (
    BATCH,
    BATCH_STATES,
    batch,
    batch_signature,
    batch_step,
    village,
)
from lizhi_pos.accounts.objection_list import COUNTS, ObjectionCounts, counts_in, refuse_while_open
from lizhi_pos.accounts.officials import GROUP_WORDS, refuse_unless_in_office
from lizhi_pos.accounts.personal import joined, read_part
from lizhi_pos.accounts.posting_plan import Due
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_rows
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import DEADLINE_DAY, Rulebook
from lizhi_pos.text.normalize import comparable, typed


class BatchView(Struct, frozen=True, kw_only=True):
    """Where a batch stands. It is `due` to be published by that day; `late` says that it first was, or is, after it.

    `warnings` are what whoever publishes or reviews it must look at.
    """

    village: str
    month: str
    state: str
    published_on: date | None
    reviewed_on: date | None
    posted_on: date | None
    imported_by: str
    due: date
    late: bool = False
    objections: ObjectionCounts = ObjectionCounts()
    warnings: tuple[Message, ...] = ()


class MissingBatch(Struct, frozen=True):
    """A month that has ended and of which a village has no batch, and the day by which it was to be published."""

    village: str
    month: str
    due: date


class StoredBatch(Struct, frozen=True, kw_only=True):
    """A batch as the books keep it. `content` is its packed workbook but for what is personal, see `content_of`."""

    batch_id: Id
    village_id: Id
    month: str
    state: str
    content: bytes
    content_hash: bytes
    personal_id: Id | None
    imported_by: str
    published_on: date | None
    reviewed_on: date | None
    posted_on: date | None


_FIRST_PUBLISHED = (
    select(func.min(batch_step.c.on_date))
    .where(same_row(batch_step.c.batch_id, batch.c.batch_id), batch_step.c.step == "publish")
    .correlate(batch)
    .scalar_subquery()
    .label("first_published_on")
)
_VIEW = select(batch, village.c.name.label("village_name"), _FIRST_PUBLISHED, *COUNTS).select_from(
    batch.join(village, same_row(batch.c.village_id, village.c.village_id))
)
_BATCH = _VIEW.where(of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month"))
_BATCH_FOR_UPDATE = lock_rows(
    select(batch).where(of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month"))
)
_BATCHES = _VIEW.where(of_town(batch)).order_by(batch.c.month, village.c.village_id)
_MONTHS = select(batch.c.village_id, batch.c.month).where(of_town(batch))
_WAITING = (
    select(batch.c.state, func.count().label("number_of"))
    .where(of_town(batch), batch.c.state.in_([state for state in BATCH_STATES if state != "posted"]))
    .group_by(batch.c.state)
)
_THE_BATCH = (of_town(batch), batch.c.batch_id == bindparam("batch"))
_STEP = (
    update(batch)
    .where(*_THE_BATCH, batch.c.state == bindparam("before"))
    .values(
        state=bindparam("after"),
        published_on=bindparam("published"),
        reviewed_on=bindparam("reviewed"),
        posted_on=bindparam("posted"),
    )
)
_LAST_STEP = (
    select(batch_step.c.step, batch_step.c.on_date)
    .where(of_town(batch_step), batch_step.c.batch_id == bindparam("batch"))
    .order_by(batch_step.c.step_id.desc())
    .limit(1)
)
_FORGET_SIGNATURES = delete(batch_signature).where(
    of_town(batch_signature), batch_signature.c.batch_id == bindparam("batch")
)


def publish(tx: Transaction, village_name: str, month: Month, authority: Authority) -> BatchView | Refusal:
    """Start the publicity of a draft: signed by both groups, each exactly so many and all different (三(四))."""
    return _step(tx, village_name, month, authority, "publish")


def review(tx: Transaction, village_name: str, month: Month, authority: Authority) -> BatchView | Refusal:
    """Return the town's review after the publicity is over (四(三)); whoever imported the batch does not review it."""
    return _step(tx, village_name, month, authority, "review")


def reject(tx: Transaction, village_name: str, month: Month, authority: Authority, reason: str) -> BatchView | Refusal:
    """Send a batch back to draft, for a reason that is shown with it; its publicity starts anew."""
    if not typed(reason):
        return refuse("rule_broken", "Say why the batch goes back")
    return _step(tx, village_name, month, authority, "reject", typed(reason))


def batches(tx: Transaction) -> list[BatchView]:
    """Return every batch, by month and village."""
    return [_view(tx, row) for row in tx.all(_BATCHES)]


def missing_batches(tx: Transaction) -> list[MissingBatch]:
    """Return what villages owe: each ended month since the town's first batch of which one has none (三(四)2)."""
    there = {(row.village_id, row.month) for row in tx.all(_MONTHS)}
    month, now = min((Month.parse(month) for _, month in there), default=None), Month.of(today(tx))
    found: list[MissingBatch] = []
    while month is not None and month < now:
        due = due_on(tx, month)
        found += [
            MissingBatch(name, str(month), due)
            for key, name in village_names(tx).items()
            if (key, str(month)) not in there
        ]
        month = month.next()
    return found


def waiting_batches(tx: Transaction) -> Mapping[str, int]:
    """Return how many batches wait in each state before they are posted."""
    return {row.state: row.number_of for row in tx.all(_WAITING)}


def locked_batch(tx: Transaction, village_name: str, month: Month) -> StoredBatch | Refusal:
    """Return the batch of a village and month, held until the transaction ends."""
    place = village_id(tx, village_name)
    if isinstance(place, Refusal):
        return place
    stored = stored_batch(tx, place, month)
    if stored is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", village_name, str(month))
    return stored


def record_step(tx: Transaction, stored: StoredBatch, step: str, authority: Authority, reason: str = "") -> int:
    """Move a batch on and keep the step; return the number of batches moved, 0 where another was faster."""
    after = {"publish": "publicised", "review": "reviewed", "reject": "draft", "post": "posted"}[step]
    keep_step(tx, stored.batch_id, step, authority, reason)
    return tx.change(
        _STEP,
        batch=stored.batch_id,
        before=stored.state,
        after=after,
        published={"publish": authority.on, "reject": None}.get(step, stored.published_on),
        reviewed={"review": authority.on, "reject": None, "publish": None}.get(step, stored.reviewed_on),
        posted=authority.on if step == "post" else None,
    )


def batch_view(tx: Transaction, village_name: str, month: Month) -> BatchView | Refusal:
    """Return where one batch stands."""
    place = village_id(tx, village_name)
    row = None if isinstance(place, Refusal) else tx.first(_BATCH, village=place, month=str(month))
    if row is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", village_name, str(month))
    return _view(tx, row)


def not_before_last_step(tx: Transaction, stored: StoredBatch, on: date) -> Refusal | None:
    """Refuses a day before the step that this one follows; reading a workbook is no dated step."""
    last = tx.first(_LAST_STEP, batch=stored.batch_id)
    if last is None or last.step == "import" or on >= last.on_date:
        return None
    return refuse("out_of_turn", "A step is not dated before the one it follows: give a later day")


def stored_batch(tx: Transaction, place: Id, month: Month) -> StoredBatch | None:
    """Return the batch of a village and month, if there is one, and hold it until the transaction ends."""
    return tx.first_as(StoredBatch, _BATCH_FOR_UPDATE, village=place, month=str(month))


def discard_signatures(tx: Transaction, key: Id) -> None:
    """Discard the signatures of a batch that goes back to draft: it is signed anew."""
    tx.change(_FORGET_SIGNATURES, batch=key)


def packed(workbook: VillageWorkbook) -> bytes:
    """Return a workbook as a batch keeps it: a tenth of its size."""
    return zlib.compress(msgspec.json.encode(workbook))


def unpacked(content: bytes) -> bytes:
    """Return the msgspec JSON of the workbook that a batch keeps."""
    return zlib.decompress(content)


def content_of(stored: StoredBatch) -> VillageWorkbook:
    """Return the workbook a batch was drafted from, but for what is personal in it."""
    return msgspec.json.decode(unpacked(stored.content), type=VillageWorkbook)


def workbook_of(tx: Transaction, stored: StoredBatch) -> VillageWorkbook:
    """Return the workbook a batch that is not posted was drafted from, under its village's name of today.

    It is whole, but for identity numbers where the town stores none by now.
    """
    name = village_names(tx)[stored.village_id]
    whole = structs.replace(joined(content_of(stored), read_part(tx, stored.personal_id)), village=name)
    return as_stored(tx, whole)


def batch_content(tx: Transaction, village_name: str, month: Month) -> tuple[VillageWorkbook, bool] | Refusal:
    """Return the workbook of a village's batch, and whether it is posted: then without what is personal in it."""
    place = village_id(tx, village_name)
    if isinstance(place, Refusal):
        return place
    stored = tx.first_as(StoredBatch, _BATCH, village=place, month=str(month))
    if stored is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", village_name, str(month))
    posted = stored.state == "posted"
    return (content_of(stored) if posted else workbook_of(tx, stored)), posted


def keep_step(tx: Transaction, key: Id, step: str, authority: Authority, reason: str = "") -> None:
    """Write a step of a batch: who took it, when, and for which day."""
    tx.insert(
        batch_step,
        {
            "step_id": tx.new_id(),
            "batch_id": key,
            "step": step,
            "on_date": authority.on,
            "recorded_at": tx.now,
            "by_user": authority.by.name,
            "reason": reason,
        },
    )
    touch(tx, BATCH, key)


def _step(
    tx: Transaction, village_name: str, month: Month, authority: Authority, step: str, reason: str = ""
) -> BatchView | Refusal:
    stored = locked_batch(tx, village_name, month)
    if isinstance(stored, Refusal):
        return stored
    rules = rules_on(tx, authority.on)
    if isinstance(rules, Refusal):
        return rules
    if (
        refusal := refuse_unless_open(tx, authority.on)
        or _WHY_NOT[step](tx, stored, rules, authority)
        or not_before_last_step(tx, stored, authority.on)
    ):
        return refusal
    warnings = () if step == "reject" else _warnings(tx, stored, rules, authority.on)
    if step == "publish":
        _sign(tx, stored)
    record_step(tx, stored, step, authority, reason)
    view = batch_view(tx, village_name, month)
    return view if isinstance(view, Refusal) else structs.replace(view, warnings=warnings)


def _warnings(tx: Transaction, stored: StoredBatch, rules: Rulebook, on: date) -> tuple[Message, ...]:
    workbook = workbook_of(tx, stored)
    books = batch_facts(tx, workbook)
    if isinstance(books, Refusal) or errors_in(workbook, books):
        return ()
    return look_at(tx, Due(tx, workbook, books, rules, on))


def _sign(tx: Transaction, stored: StoredBatch) -> None:
    names = {(s.group, s.name) for s in content_of(stored).signatures}
    discard_signatures(tx, stored.batch_id)
    tx.insert(
        batch_signature,
        *({"batch_id": stored.batch_id, "village_group": group, "name": name} for group, name in sorted(names)),
    )


def _why_not_publish(tx: Transaction, stored: StoredBatch, rules: Rulebook, authority: Authority) -> Refusal | None:
    if stored.state != "draft":
        return refuse("out_of_turn", "Only a draft can be published, this batch is {0}", message(stored.state))
    if authority.on < Month.parse(stored.month).first_day:
        return refuse("rule_broken", "{0} is before the batch's month: give a later day", authority.on.isoformat())
    signatures = content_of(stored).signatures
    if problems := [*_wrong_signatures(signatures, rules)]:
        return Refusal("rule_broken", text=reduce(lambda told, one: message("{0}; {1}", told, one), problems))
    return refuse_unless_in_office(tx, stored.village_id, [(s.group, s.name) for s in signatures], authority.on)


def _wrong_signatures(signatures: Sequence[SignatureRow], rules: Rulebook) -> Iterator[Message]:
    """Yield what is wrong with who signed: each group has so many different names, and no name is in both (三(四))."""
    wanted = (("assessment", rules.batch.assessment_group), ("supervision", rules.batch.supervision_group))
    for group, number in wanted:
        names = [comparable(s.name) for s in signatures if s.group == group]
        if len(names) != number or len(set(names)) != number:
            yield message(
                "{0} must sign with {1} different names, sheet 签字 has {2}",
                GROUP_WORDS[group],
                number,
                len(set(names)),
            )
    both = [{comparable(s.name) for s in signatures if s.group == group} for group, _ in wanted]
    if both[0] & both[1]:
        yield message("One name stands in both groups: the one group watches the other")


def _why_not_review(tx: Transaction, stored: StoredBatch, rules: Rulebook, authority: Authority) -> Refusal | None:
    if stored.state != "publicised":
        return refuse("out_of_turn", "Only a published batch can be reviewed, this one is {0}", message(stored.state))
    if stored.imported_by == authority.by.name:
        return refuse("not_allowed", "{0} imported this batch: another person must review it", authority.by.name)
    if refusal := refuse_while_open(tx, stored.batch_id):
        return refusal
    assert stored.published_on is not None
    first = stored.published_on + timedelta(rules.batch.publicity_days)
    if authority.on < first:
        return refuse("rule_broken", "The publicity lasts until {0}: review it from that day on", first.isoformat())
    return None


def _why_not_reject(_: Transaction, stored: StoredBatch, rules: Rulebook, authority: Authority) -> Refusal | None:
    if stored.state not in ("publicised", "reviewed"):
        return refuse(
            "out_of_turn", "Only a published or reviewed batch can be sent back, this one is {0}", message(stored.state)
        )
    return None


def _view(tx: Transaction, row: Row[Any]) -> BatchView:
    due = due_on(tx, Month.parse(row.month))
    return BatchView(
        village=row.village_name,
        month=row.month,
        state=row.state,
        published_on=row.published_on,
        reviewed_on=row.reviewed_on,
        posted_on=row.posted_on,
        imported_by=row.imported_by,
        due=due,
        late=(row.first_published_on or today(tx)) > due,
        objections=counts_in(row),
    )


def due_on(tx: Transaction, month: Month) -> date:
    """Return the day of the next month by which a month's batch is to be published."""
    rules = rules_on(tx, month.last_day)
    day = rules.batch.deadline_day if isinstance(rules, Rulebook) else DEADLINE_DAY
    return month.next().first_day.replace(day=day)


_WHY_NOT: Mapping[str, Callable[[Transaction, StoredBatch, Rulebook, Authority], Refusal | None]] = {
    "publish": _why_not_publish,
    "review": _why_not_review,
    "reject": _why_not_reject,
}
