"""`year archive`: a year's books in a folder that a stranger can verify."""

from collections.abc import Mapping
from pathlib import Path

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import MachineFailed
from lizhi_pos.cli.months import statement_answer
from lizhi_pos.cli.output import Outcome, encode, plain
from lizhi_pos.cli.saving import with_problems
from lizhi_pos.cli.streams import complain
from lizhi_pos.db import Transaction
from lizhi_pos.documents.month import Options
from lizhi_pos.file_writing import problem
from lizhi_pos.i18n.render import render
from lizhi_pos.maintenance.archive import Archive, ArchivedMonth, Order, write_archive
from lizhi_pos.office.month_files import MonthFiles, closed_month
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, message, unwrap
from lizhi_pos.settlement.closing import closed_statement, warnings_of


def write(context: Context) -> Outcome:
    """Write a year's archive into a folder of its own."""
    by, args = context.operator("see_books"), context.args

    def files_of(tx: Transaction, month: Month) -> ArchivedMonth:
        statement = unwrap(closed_statement(tx, month))
        told = encode(statement_answer(statement, warnings_of(tx, month)), context.translate)
        return ArchivedMonth(f"{told}\n".encode(), month_papers(tx, month))

    def tell(words: Message) -> None:
        if not args.json:
            complain([f"{render(words, context.translate)} …"])

    folder = Path(args.out)
    order = Order(year=args.year, so_far=args.so_far, folder=folder, by=by, files_of=files_of, tell=tell)
    try:
        archive = unwrap(write_archive(context.engine, order))
    except OSError as error:
        raise MachineFailed(message("Nothing was written: {0}", problem(error, folder))) from error
    context.wrote = True
    return _outcome(context, archive)


def month_papers(tx: Transaction, month: Month) -> Mapping[str, bytes]:
    """Return every paper of a closed month, by its file's name; one whose signs no font has is left out."""
    return dict(MonthFiles(unwrap(closed_month(tx, month)), Options()))


def _outcome(context: Context, archive: Archive) -> Outcome:
    answer = {**plain(archive, context.translate), "ok": not archive.problems}
    written = message(
        "The archive of {0} is in {1}: {2} {2:month|months}, {3} {3:entry|entries}, {4} {4:file|files}",
        *(archive.year, archive.folder, len(archive.months), archive.entries, archive.files),
    )
    if archive.problems:
        wrong = message("The archive is written, but its books do not agree: {0}", "\n".join(archive.problems))
        return with_problems(context, answer, (written,), (wrong,))
    return Outcome(answer, (written, message("Anybody can verify it with Python alone: {0}", "python3 verify.py")))
