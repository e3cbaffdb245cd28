"""The acts of the villages' ledgers: the board, a look into a batch, its steps, objections, and reading files.

On the database thread, but for what touches files. Every act asks for its right when it runs.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct

from lizhi_pos.access.operators import Authority, Operator, Right
from lizhi_pos.accounts import batches
from lizhi_pos.accounts.batch_board import BatchBoard, batch_board, publicity_ends
from lizhi_pos.accounts.batch_card import batch_card
from lizhi_pos.accounts.batch_difference import BatchDifference, batch_difference
from lizhi_pos.accounts.batch_look import BatchContents, BatchSummary, batch_contents, batch_summary
from lizhi_pos.accounts.batches import BatchView
from lizhi_pos.accounts.import_batch import Drafted
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.objections import Objected, Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.accounts.posting import PostedBatch
from lizhi_pos.accounts.villages import known_as, village_names
from lizhi_pos.db import Transaction, reading, rehearse
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.office.batch_files import FileRead, file_read, look_at_unread
from lizhi_pos.office.job_service import JobService
from lizhi_pos.periods import Month
from lizhi_pos.receiving.codes import import_workbook, post_workbook
from lizhi_pos.refusal import Refusal, Refused, refuse, unwrap
from lizhi_pos.reports.batch_preview import BatchPreview, batch_preview
from lizhi_pos.rulebook.adopted import today

_T = TypeVar("_T")
Step = Literal["publish", "review", "reject"]
Place = tuple[str, str]
"""A village and a month."""
FileState = Literal["taken", "same", "changes", "errors"]
"""A file that was taken, says nothing new, changes a batch that is there and waits for a word, or has errors."""


class ReadIn(Struct, frozen=True, kw_only=True):
    """What a file came to. Of one that `changes` a batch: what it changes, and how the batch stood then."""

    file: FileRead
    state: FileState
    difference: BatchDifference | None = None
    batch: BatchView | None = None
    steps: int = 0
    workbook: VillageWorkbook | None = None


_STEPS: dict[Step, Right] = {"publish": "step_ledger", "review": "review_ledger", "reject": "review_ledger"}


class LedgersService(JobService):
    """The villages' ledgers on one database; `folder` is where files were read from last."""

    folder: Path | None = None

    def board(self, by: Operator) -> BatchBoard | Refusal:
        """Return where every village stands with every month."""
        return self._seen(by, batch_board)

    def summary(self, village: str, month: str, by: Operator) -> BatchSummary | Refusal:
        """Return what happened to a batch and how much is in it."""
        return self._seen(by, lambda tx: batch_summary(tx, village, Month.parse(month)))

    def contents(self, village: str, month: str, by: Operator) -> BatchContents | Refusal:
        """Return a batch with every row."""
        return self._seen(by, lambda tx: batch_contents(tx, village, Month.parse(month)))

    def preview(self, village: str, month: str, by: Operator) -> BatchPreview | Refusal:
        """Return what posting a batch today would do."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        return rehearse(self.engine, lambda tx: batch_preview(tx, village, Month.parse(month), today(tx)))

    def publicity_ends(self, published_on: date, by: Operator) -> date | Refusal:
        """Return the day from which a batch that is published on a day may be reviewed."""
        return self._seen(by, lambda tx: publicity_ends(tx, published_on, published_on))

    def day(self) -> date:
        """Return the town's today."""
        with reading(self.engine) as tx:
            return today(tx)

    def why_not(self, step: Step | Literal["post"], place: Place, by: Operator) -> Refusal | None:
        """Return why a step cannot be taken today, before anything is asked; nothing is written.

        Of posting that is the batch's state alone: what it brings, or what else is in its way, `preview` says.
        """
        if refusal := by.refusal_to("step_ledger" if step == "post" else _STEPS[step]):
            return refusal
        village, month = place[0], Month.parse(place[1])

        def act(tx: Transaction) -> BatchView | PostedBatch | Refusal:
            authority = Authority(by, today(tx))
            if step != "post":
                return _take_step(tx, step, place, authority, "–")
            view = batches.batch_view(tx, village, month)
            if isinstance(view, Refusal) or view.state == "reviewed":
                return view
            return post_workbook(tx, village, month, authority)

        answer = rehearse(self.engine, act)
        return answer if isinstance(answer, Refusal) else None

    def step(self, step: Step, place: Place, day: date, by: Operator, reason: str = "") -> BatchView | Refusal:
        """Publish a batch, review it, or send it back for a reason."""
        return self._keep(by, _STEPS[step], lambda tx: _take_step(tx, step, place, Authority(by, day), reason))

    def post(self, place: Place, day: date, by: Operator) -> PostedBatch | Refusal:
        """Post a reviewed batch."""
        village, month = place[0], Month.parse(place[1])
        return self._keep(by, "step_ledger", lambda tx: post_workbook(tx, village, month, Authority(by, day)))

    def raise_objection(self, place: Place, told: Objection, day: date, by: Operator) -> Objected | Refusal:
        """Take an objection to a published batch."""
        village, month = place[0], Month.parse(place[1])
        return self._keep(by, "step_ledger", lambda tx: raise_objection(tx, village, month, told, Authority(by, day)))

    def settle(self, place: Place, number: int, answer: tuple[Verdict, date], by: Operator) -> Objected | Refusal:
        """Answer an objection."""
        village, month, (verdict, day) = place[0], Month.parse(place[1]), answer
        return self._keep(
            by,
            "step_ledger",
            lambda tx: settle_objection(tx, village, month, number, (verdict, Authority(by, day))),
        )

    def villages(self, by: Operator) -> list[str] | Refusal:
        """Return the names by which a workbook's village is known, for whoever reads files."""
        if refusal := by.refusal_to("import_ledger"):
            return refusal
        with reading(self.engine) as tx:
            return list(village_names(tx).values())

    def read_in(self, path: Path, read: Reading[VillageWorkbook], by: Operator) -> ReadIn | Refusal:
        """Check what was read of a file and take it, unless there is a batch that it would change: that is asked."""
        if refusal := by.refusal_to("import_ledger"):
            return refusal
        workbook = read.content
        if workbook is None:
            looked = rehearse(self.engine, lambda tx: look_at_unread(tx, read))
            return looked if isinstance(looked, Refusal) else ReadIn(file=file_read(path, read, looked), state="errors")
        try:
            before = rehearse(self.engine, lambda tx: _against_the_batch(tx, path, read, by))
        except Refused as refused:
            return refused.refusal
        if before is not None:
            return before
        found = ReadIn(file=file_read(path, read, None), state="taken", workbook=workbook)
        drafted = self.take(found, by)
        if isinstance(drafted, Refusal):
            return drafted
        file = file_read(path, read, drafted)
        return ReadIn(file=file, state="errors" if file.errors else "taken", workbook=workbook)

    def take(self, read: ReadIn, by: Operator) -> Drafted | Refusal:
        """Take a workbook in the place of the batch that it was compared with, if that is still as it was."""
        workbook, known = read.workbook, read.steps
        assert workbook is not None

        def act(tx: Transaction) -> Drafted | Refusal:
            card = batch_card(tx, known_as(tx, workbook.village) or workbook.village, workbook.month)
            if (0 if isinstance(card, Refusal) else len(card.steps)) != known:
                whose = (workbook.village, str(workbook.month))
                return refuse("out_of_turn", "The batch of {0} {1} changed meanwhile: read the file again", *whose)
            return import_workbook(tx, workbook, by, read.file.path.name)

        return self._keep(by, "import_ledger", act)

    def _seen(self, by: Operator, look: Callable[[Transaction], _T | Refusal]) -> _T | Refusal:
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            return look(tx)

    def _keep(self, by: Operator, right: Right, act: Callable[[Transaction], _T | Refusal]) -> _T | Refusal:
        refusal = by.refusal_to(right)
        return refusal if refusal is not None else self.write(act, by)


def _take_step(tx: Transaction, step: Step, place: Place, authority: Authority, reason: str) -> BatchView | Refusal:
    village, month = place[0], Month.parse(place[1])
    if step == "reject":
        return batches.reject(tx, village, month, authority, reason)
    return (batches.publish if step == "publish" else batches.review)(tx, village, month, authority)


def _against_the_batch(tx: Transaction, path: Path, read: Reading[VillageWorkbook], by: Operator) -> ReadIn | None:
    """Return what a workbook does to the batch that is there; None where there is none."""
    workbook = read.content
    assert workbook is not None
    name = known_as(tx, workbook.village)
    before = batch_card(tx, name, workbook.month) if name is not None else None
    if before is None or isinstance(before, Refusal):
        return None
    difference = unwrap(batch_difference(tx, workbook))
    drafted = unwrap(import_workbook(tx, workbook, by, path.name))
    file = file_read(path, read, drafted)
    after = unwrap(batch_card(tx, before.batch.village, workbook.month))
    state: FileState = "errors" if file.errors else "same" if len(after.steps) == len(before.steps) else "changes"
    return ReadIn(
        file=file,
        state=state,
        difference=difference,
        batch=before.batch,
        steps=len(before.steps),
        workbook=workbook,
    )
