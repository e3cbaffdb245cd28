"""`ledger …`: a village's month, step by step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lizhi_pos.access.operators import Authority, Operator, Right
from lizhi_pos.accounts import batches
from lizhi_pos.accounts.batches import BatchView
from lizhi_pos.accounts.import_batch import Corrections, Drafted, HouseholdCounts
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import grouped
from lizhi_pos.cli.context import Context, month_argument, readable
from lizhi_pos.cli.marked_copies import told_of_copies
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction, rehearse
from lizhi_pos.exchange.marked_copies import mark_copies
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.i18n.render import cell_words
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.office.batch_files import FileRead, file_read, look_at_unread
from lizhi_pos.periods import Month
from lizhi_pos.receiving.codes import import_workbook, post_workbook
from lizhi_pos.refusal import Message, Refusal, message, unwrap

STATE_WORDS = {
    "draft": message("draft"),
    "publicised": message("publicised"),
    "reviewed": message("reviewed"),
    "posted": message("posted"),
}


def _answer(read: FileRead) -> dict[str, Any]:
    drafted = read.drafted
    return {
        "file": read.path.name,
        "village": drafted.village if drafted else None,
        "month": drafted.month if drafted else None,
        "households": drafted.households if drafted else HouseholdCounts(0, 0, 0),
        "base": drafted.base if drafted else 0,
        "volunteer": drafted.volunteer if drafted else 0,
        "vetoes": drafted.vetoes if drafted else 0,
        "corrections": drafted.corrections if drafted else Corrections(0, Points(0)),
        "errors": list(grouped(read.errors)),
        "warnings": list(grouped(read.warnings)),
    }


def import_files(context: Context) -> Outcome:
    """Read village workbooks, each whole or not at all; good files are kept though others have errors."""
    by = context.operator("import_ledger")
    paths = [readable(file) for file in context.args.files]
    found: list[FileRead] = []
    answers: list[dict[str, Any]] = []
    for path in paths:
        found.append(_import(context, path, by))
        answers.append(_answer(found[-1]))
        # each file is taken on its own: whatever becomes of the next one, this stands
        context.stands = _files_outcome(context, answers)
    if context.args.marked is None:
        return _files_outcome(context, answers)
    copies = mark_copies(
        Path(context.args.marked), [(f.path, f.errors, f.warnings) for f in found], replace=context.args.replace
    )
    for answer, copy in zip(answers, copies.paths, strict=True):
        answer["marked"] = str(copy) if copy else None
    return told_of_copies(context, copies, _files_outcome(context, answers))


def _files_outcome(context: Context, answers: list[dict[str, Any]]) -> Outcome:
    failed = any(a["errors"] for a in answers)
    words = tuple(line for a in answers for line in _file_words(context, a))
    return Outcome({"files": list(answers)}, words, 1 if failed else 0)


def _import(context: Context, path: Path, by: Operator) -> FileRead:
    with context.reading() as tx:
        villages = list(village_names(tx).values())
    read = read_village_workbook(path, villages)
    if read.content is not None:
        return file_read(path, read, _draft(context, path, read.content, by))
    return file_read(path, read, unwrap(rehearse(context.engine, lambda tx: look_at_unread(tx, read))))


def _draft(context: Context, path: Path, workbook: VillageWorkbook, by: Operator) -> Drafted:
    def act(tx: Transaction) -> Drafted:
        return unwrap(import_workbook(tx, workbook, by, path.name))

    if context.args.dry_run:
        return rehearse(context.engine, act)
    wrote = context.wrote
    drafted = context.write(act)
    context.wrote = wrote or not drafted.errors
    return drafted


def _file_words(context: Context, a: dict[str, Any]) -> list[Message | str]:
    file = a["file"]
    words: list[Message | str] = [
        message("{0}: error, {1}", file, cell_words(e, context.translate)) for e in a["errors"]
    ]
    words += [message("{0}: look at this, {1}", file, cell_words(w, context.translate)) for w in a["warnings"]]
    if a["errors"]:
        return [
            *words,
            message("{0}: nothing was taken, put it right and read it again", file),
            *_marked_words(a),
        ]
    counts = a["households"]
    done = message(
        "{0}: {1} {2}, households {3} new {4} changed {5} same, scores {6}, acts {7}",
        file,
        a["village"],
        a["month"],
        counts.new,
        counts.changed,
        counts.same,
        a["base"],
        a["volunteer"],
    )
    found = a["corrections"]
    if found.rows:
        done = message("{0}, corrections {1}: {2}", done, found.rows, format_hundredths(found.points))
    return [*words, done, *_marked_words(a)]


def _marked_words(a: dict[str, Any]) -> list[Message]:
    return [message("{0}: its faulty cells are marked in {1}", a["file"], a["marked"])] if a.get("marked") else []


def status(context: Context) -> Outcome:
    """Return where every batch stands."""
    context.operator("see_books")
    with context.reading() as tx:
        found, missing = batches.batches(tx), batches.missing_batches(tx)
    words = [batch_words(b) for b in found]
    words += [message("{0} {1}  missing, due by {2}", m.month, m.village, m.due.isoformat()) for m in missing]
    return Outcome({"batches": found, "missing": missing}, tuple(words))


def publish(context: Context) -> Outcome:
    """Start a batch's publicity."""
    return _step(context, "step_ledger", batches.publish)


def review(context: Context) -> Outcome:
    """Review a published batch for the town."""
    return _step(context, "review_ledger", batches.review)


def reject(context: Context) -> Outcome:
    """Send a batch back to draft."""
    reason = context.args.reason or ""

    def step(tx: Transaction, village: str, month: Month, authority: Authority) -> BatchView | Refusal:
        return batches.reject(tx, village, month, authority, reason)

    return _step(context, "review_ledger", step)


def post(context: Context) -> Outcome:
    """Post a reviewed batch: its points can be spent from that day on."""
    by, args = context.operator("step_ledger"), context.args
    month = month_argument(args.month)
    posted = context.write(lambda tx: post_workbook(tx, args.village, month, Authority(by, context.day(tx))))
    words = message(
        "{0} {1} is posted: base {2}, volunteer {3}, adjusted {4}",
        posted.village,
        posted.month,
        format_hundredths(posted.base),
        format_hundredths(posted.volunteer),
        format_hundredths(posted.adjusted),
    )
    return Outcome(posted, (words,))


def _step(
    context: Context, right: Right, step: Callable[[Transaction, str, Month, Authority], BatchView | Refusal]
) -> Outcome:
    by, args = context.operator(right), context.args
    month = month_argument(args.month)
    view = context.write(lambda tx: step(tx, args.village, month, Authority(by, context.day(tx))))
    return Outcome(view, (batch_words(view), *(message("Look at this: {0}", warning) for warning in view.warnings)))


def batch_words(b: BatchView) -> Message:
    """Return where a batch stands, in words."""
    words = message("{0} {1}  {2}", b.month, b.village, STATE_WORDS[b.state])
    if b.late:
        words = message("{0} (after the month's deadline)", words)
    if b.objections.open:
        words = message("{0}, {1} {1:objection|objections} not answered", words, b.objections.open)
    return words
