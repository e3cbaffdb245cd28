"""One batch as a reviewer looks at it: its steps with their reasons, who signed, what was objected."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.batches import BatchView, batch_view
from lizhi_pos.accounts.models import batch, batch_signature, batch_step
from lizhi_pos.accounts.objection_list import ObjectionView, objections_of
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal


class BatchStep(Struct, frozen=True):
    """A step that a batch took: when, by whom, and why where a reason was given."""

    step: str
    on: date
    by: str
    reason: str


class Signature(Struct, frozen=True):
    """Who signed a batch, for which of the two groups."""

    group: str
    name: str


class BatchCard(Struct, frozen=True, kw_only=True):
    """A batch with all that happened to it; `file` is the name of the file that it was read from."""

    batch: BatchView
    file: str | None
    steps: tuple[BatchStep, ...]
    signatures: tuple[Signature, ...]
    objections: tuple[ObjectionView, ...]


_KEY = select(batch.c.batch_id, batch.c.file).where(
    of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month")
)
_STEPS = (
    select(batch_step)
    .where(of_town(batch_step), batch_step.c.batch_id == bindparam("batch"))
    .order_by(batch_step.c.step_id)
)
_SIGNATURES = (
    select(batch_signature)
    .where(of_town(batch_signature), batch_signature.c.batch_id == bindparam("batch"))
    .order_by(batch_signature.c.village_group, batch_signature.c.name)
)


def batch_card(tx: Transaction, village_name: str, month: Month) -> BatchCard | Refusal:
    """Return everything the books know of a village's batch but its rows."""
    view = batch_view(tx, village_name, month)
    if isinstance(view, Refusal):
        return view
    row = tx.first(_KEY, village=village_id(tx, village_name), month=str(month))
    assert row is not None
    return BatchCard(
        batch=view,
        file=row.file,
        steps=tuple(BatchStep(s.step, s.on_date, s.by_user, s.reason) for s in tx.all(_STEPS, batch=row.batch_id)),
        signatures=tuple(Signature(s.village_group, s.name) for s in tx.all(_SIGNATURES, batch=row.batch_id)),
        objections=tuple(objections_of(tx, row.batch_id)),
    )
