"""Print jobs as rows: what waits to be printed, and how far each job came.

A job goes ``queued → sending → confirmed | sent | unknown``. It becomes ``sending`` in a transaction of its own
before the first byte leaves, so a crash can never hide that something may have been printed; ``unknown`` is
never sent again by itself, a person looks at the paper and decides. Where nothing was sent the job stays
``queued`` with the reason; ``failed`` is one that can never be sent as it stands.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, text

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.locking import lock_rows
from lizhi_pos.printqueue.models import NOT_DONE, PAPER, RECEIPTS, print_job
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Message, Refusal, message, refuse

PrintJobState = Literal["queued", "sending", "sent", "confirmed", "unknown", "failed", "abandoned"]
EndState = Literal["sent", "confirmed", "unknown"]
"""How sending ended: no way to tell, printed for sure, or perhaps printed."""


class Job(Struct, frozen=True):
    """A job that waits: what it prints, as JSON, the printer chosen for it, if one was, and why it still waits.

    `till` is where it was made, None where that does not matter.
    """

    id: Id
    kind: str
    document: bytes
    copy: int
    printer: str | None
    detail: Message | None
    till: str | None = None


class JobView(Struct, frozen=True):
    """A job as people see it; `receipt` is the number of the redemption it prints, if it prints one.

    `detail` says why it stands where it stands, None where there is nothing to say. `copy` n is 补打 第n次.
    `about` is the code, booklet or voucher that a paper without a redemption is about.
    """

    id: Id
    kind: str
    receipt: str | None
    redemption_id: Id | None
    printer: str | None
    copy: int
    state: PrintJobState
    detail: Message | None
    created_at: datetime
    changed_at: datetime
    about: str = ""


class _About(Struct):
    """What tells one document of a kind from another; `number` is the receipt that a redemption's papers are of."""

    number: str = ""
    code: str = ""
    booklet: str = ""
    voucher: str = ""

    @property
    def subject(self) -> str:
        """The code, booklet or voucher it is about."""
        return self.code or self.booklet or self.voucher


PAPERS = {
    "receipt": message("receipt"),
    "village": message("village copy"),
    "day": message("day slip"),
    "sticker": message("booklet sticker"),
    "label": message("shelf label"),
    "card": message("household card"),
    "certificate": message("gift certificate"),
    "recall": message("recall list"),
    "test": message("test page"),
}
"""What each kind of job puts on paper."""


def enqueue(
    tx: Transaction,
    *,
    kind: str,
    document: bytes,
    redemption_id: Id | None = None,
    printer: str | None = None,
    till: str | None = None,
) -> Id:
    """Add a job that waits and return its key; `document` is what it prints, as JSON, `till` where it is wanted."""
    paper = {"kind": kind, "document": document, "redemption_id": redemption_id, "copy": 0}
    return _enqueue(tx, paper, printer, till)


def _enqueue(tx: Transaction, paper: Mapping[str, Any], printer: str | None, till: str | None) -> Id:
    job_id = tx.new_id()
    waits = {"state": "queued", "detail": "", "created_at": tx.now, "changed_at": tx.now}
    tx.insert(print_job, {"job_id": job_id, "printer": printer, "till": till, **paper, **waits})
    # a redemption's own papers are under the chain with it
    if paper["redemption_id"] is None or paper["copy"] or paper["kind"] not in RECEIPTS:
        touch(tx, PAPER, job_id)
    return job_id


_WAITING = (
    select(
        print_job.c.job_id,
        print_job.c.kind,
        print_job.c.document,
        print_job.c.copy,
        print_job.c.printer,
        print_job.c.detail,
        print_job.c.till,
    )
    .where(of_town(print_job), text(NOT_DONE), print_job.c.state == "queued")
    .order_by(print_job.c.job_id)
)


def waiting(tx: Transaction, job_ids: Collection[Id] | None = None) -> list[Job]:
    """Return the jobs that wait, oldest first; or those among the ones named that do."""
    only = _WAITING if job_ids is None else _WAITING.where(print_job.c.job_id.in_(job_ids))
    return [
        Job(Id(row.job_id), row.kind, row.document, row.copy, row.printer, _read(row.detail), row.till)
        for row in tx.all(only)
    ]


def claim(tx: Transaction, job_id: Id, *, printer: str, owner: str) -> bool:
    """Take a waiting job for sending; False where somebody else has it. Commit before the first byte leaves.

    `owner` names the process that sends, for `recover`.
    """
    return _move(tx, job_id, ("queued",), "sending", message("being sent by {0}", owner), printer=printer, sender=owner)


def finish(tx: Transaction, job_id: Id, state: EndState, detail: Message | None) -> bool:
    """Return how a job that was being sent ended; False where it was not being sent."""
    return _move(tx, job_id, ("sending",), state, detail)


def defer(tx: Transaction, job_id: Id, detail: Message) -> bool:
    """Note why a waiting job could not be sent; it goes on waiting. False where it does not wait."""
    return _move(tx, job_id, ("queued",), "queued", detail)


def requeue(tx: Transaction, job_id: Id, detail: Message) -> bool:
    """Let a job wait again that was being sent, not one byte of it taken; only its sender knows that."""
    return _move(tx, job_id, ("sending",), "queued", detail)


def fail(tx: Transaction, job_id: Id, detail: Message) -> bool:
    """Set a waiting job aside that cannot be sent as it stands; False where it does not wait."""
    return _move(tx, job_id, ("queued",), "failed", detail)


def recover(tx: Transaction, is_gone: Callable[[str, datetime], bool] = lambda owner, since: True) -> int:
    """Jobs whose sender is gone become ``unknown``: something may have been printed. Returns how many.

    `is_gone` is asked with the owner that `claim` was given and the moment of the claim.
    """
    columns = print_job.c.job_id, print_job.c.sender, print_job.c.changed_at
    sending = tx.all(select(*columns).where(of_town(print_job), text(NOT_DONE), print_job.c.state == "sending"))
    gone = [Id(row.job_id) for row in sending if is_gone(row.sender or "", row.changed_at)]
    detail = message("the program stopped while this was being printed")
    return sum(_move(tx, job_id, ("sending",), "unknown", detail) for job_id in gone)


def paper_name(job: JobView) -> Message:
    """Return which paper a job is, for people: what it is and what it is about."""
    kind, about = PAPERS.get(job.kind, message("paper")), job.receipt or job.about
    named = message("{0} {1}", kind, about) if about else kind
    return message("{0}, copy {1}", named, job.copy) if job.copy else named


def retry(tx: Transaction, job_id: Id, by: Operator, printer: str | None = None) -> Id | Refusal:
    """Let a job be printed again, as a person decides; return the job to follow.

    Where nothing came out it is the same job. Where something may have (``unknown``), it is a new one that says
    so on the paper, and the old one is closed; it goes to `printer`, or to the last added. Refuses a job that is
    being sent, or has an end already.
    """
    row = tx.first(select(print_job).where(of_town(print_job), print_job.c.job_id == bindparam("job")), job=job_id)
    if row is None:
        return refuse("not_found", "there is no such print job")
    if _move(tx, job_id, ("queued", "failed"), "queued", None, printer=printer or row.printer):
        return job_id
    if not _move(tx, job_id, ("unknown",), "abandoned", message("printed again at the word of {0}", by.name)):
        return refuse("out_of_turn", "this job is being sent or has its end already: it is not printed again like this")
    return print_again(tx, row.kind, row.document, row.redemption_id, printer=printer, till=row.till)


def cancel(tx: Transaction, job_id: Id, by: Operator) -> Id | Refusal:
    """Cancel a job, which a person says needs no printing any more; refuse one being sent, or with an end already."""
    if _move(tx, job_id, ("queued", "failed", "unknown"), "abandoned", message("given up at the word of {0}", by.name)):
        return job_id
    view = job(tx, job_id)
    if view is None:
        return refuse("not_found", "there is no such print job")
    return refuse("out_of_turn", "this job is being sent or has its end already: it cannot be given up")


def reprint(
    tx: Transaction,
    redemption_id: Id,
    *,
    document: bytes | None = None,
    printer: str | None = None,
    till: str | None = None,
) -> Id | Refusal:
    """Queue a further print of a redemption's receipt, which says 补打 第n次; return the new job.

    It prints what the first print said, unless `document` is given. Refuses a redemption that was never
    queued for printing when no document is given.
    """
    document = document or first_document(tx, redemption_id, "receipt")
    if document is None:
        return refuse("not_found", "this redemption has no receipt to print again")
    return print_again(tx, "receipt", document, redemption_id, printer=printer, till=till)


def first_document(tx: Transaction, redemption_id: Id, kind: str) -> bytes | None:
    """Return what a redemption's first paper of a kind says, None where none was ever queued."""
    document: bytes | None = tx.value(_FIRST_DOCUMENT, redemption=redemption_id, of_kind=kind)
    return document


def print_again(
    tx: Transaction,
    kind: str,
    document: bytes,
    redemption_id: Id | None = None,
    *,
    printer: str | None = None,
    till: str | None = None,
) -> Id:
    """Queue a further print of a paper: of its redemption's of that kind, else of the same document."""
    same = _same_paper(document, redemption_id)
    held = lock_rows(select(print_job.c.job_id).where(same))  # so that no two prints get one number
    tx.all(held, of_kind=kind)
    last = tx.value(select(func.max(print_job.c.copy)).where(same), of_kind=kind)
    paper = {"kind": kind, "document": document, "redemption_id": redemption_id, "copy": (last or 0) + 1}
    return _enqueue(tx, paper, printer, till)


def first_about(tx: Transaction, kind: str, about: str) -> bytes | None:
    """Return what the first paper of a kind about a code, booklet or voucher says, None where none was queued."""
    documents = (row.document for row in tx.all(_OF_KIND, of_kind=kind))
    return next((document for document in documents if _about(document).subject == about), None)


def unsent(tx: Transaction, redemption_id: Id) -> list[Id]:
    """Return the jobs of a redemption that wait, oldest first.

    Its receipt, then the village's copy where there is one.
    """
    return [Id(row.job_id) for row in tx.all(_UNSENT, redemption=redemption_id)]


_of_redemption = and_(of_town(print_job), print_job.c.redemption_id == bindparam("redemption"))
_FIRST_DOCUMENT = (
    select(print_job.c.document)
    .where(_of_redemption, print_job.c.kind == bindparam("of_kind"))
    .order_by(print_job.c.job_id)
    .limit(1)
)
_OF_KIND = (
    select(print_job.c.document)
    .where(of_town(print_job), print_job.c.kind == bindparam("of_kind"))
    .order_by(print_job.c.job_id)
)
_UNSENT = select(print_job.c.job_id).where(_of_redemption, print_job.c.state == "queued").order_by(print_job.c.job_id)


def _same_paper(document: bytes, redemption_id: Id | None) -> ColumnElement[bool]:
    same = print_job.c.redemption_id == redemption_id if redemption_id else print_job.c.document == document
    return and_(of_town(print_job), print_job.c.kind == bindparam("of_kind"), same)


def queue(tx: Transaction) -> list[JobView]:
    """Return the jobs that are not done: waiting, being sent, to be decided by a person, or failed; oldest first."""
    return [_view(row) for row in tx.all(_NOT_DONE)]


def job(tx: Transaction, job_id: Id) -> JobView | None:
    """One job as it stands."""
    row = tx.first(_VIEWS.where(print_job.c.job_id == bindparam("job")), job=job_id)
    return _view(row) if row is not None else None


def jobs(tx: Transaction, job_ids: Sequence[Id]) -> list[JobView]:
    """Return these jobs as they stand, oldest first."""
    return [_view(row) for row in tx.all(_VIEWS.where(print_job.c.job_id.in_(job_ids)))]


_VIEWS: Select[Any] = (
    select(
        print_job.c.job_id,
        print_job.c.kind,
        print_job.c.redemption_id,
        print_job.c.printer,
        print_job.c.copy,
        print_job.c.state,
        print_job.c.detail,
        print_job.c.created_at,
        print_job.c.changed_at,
        print_job.c.document,
    )
    .where(of_town(print_job))
    .order_by(print_job.c.job_id)
)


_NOT_DONE = _VIEWS.where(text(f"print_job.{NOT_DONE}"))
"""Written as the index of it is, so that both planners see that it is the same."""


def _view(row: Any) -> JobView:
    values = row._asdict()
    told = _about(values.pop("document"))
    about = "" if row.redemption_id else told.subject
    receipt = told.number or None if row.redemption_id else None
    return JobView(id=values.pop("job_id"), detail=_read(values.pop("detail")), about=about, receipt=receipt, **values)


def _about(document: bytes) -> _About:
    try:
        return msgspec.json.decode(document, type=_About)
    except msgspec.DecodeError:  # the spool says what is wrong with it
        return _About()


def _move(
    tx: Transaction,
    job_id: Id,
    before: Sequence[PrintJobState],
    after: PrintJobState,
    detail: Message | None,
    **values: Any,
) -> bool:
    """One step of a job, taken only from the states it may be taken from, so that of two senders one loses."""
    moved = tx.change(
        print_job.update()
        .where(of_town(print_job), print_job.c.job_id == bindparam("job"), print_job.c.state.in_(before))
        .values(state=after, detail=_written(detail), changed_at=tx.now, **values),
        job=job_id,
    )
    return moved == 1


def _written(detail: Message | None) -> str:
    return msgspec.json.encode(detail).decode() if detail else ""


def _read(written: str) -> Message | None:
    return msgspec.json.decode(written, type=Message) if written else None
