"""`report notice`: what hangs on a village's board, of a batch in publicity or of a closed month."""

from pathlib import Path
from typing import NamedTuple

from lizhi_pos.cli.context import Context, month_argument
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written_files
from lizhi_pos.db import Transaction, rehearse
from lizhi_pos.documents.month import month_notice
from lizhi_pos.office.month_files import ClosedMonth, closed_month, village_in
from lizhi_pos.office.report_files import PAPER_ENDINGS, named, report_files
from lizhi_pos.office.report_sheets import batch_notice_sheet
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.batch_notice import batch_notice
from lizhi_pos.reports.report_sheet import ReportSheet
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers
from lizhi_pos.text import normalize


class _MonthNotice(NamedTuple):
    papers: MonthPapers
    village: VillagePapers


def write(context: Context) -> Outcome:
    """Write the notice of a closed month, else that of a batch in publicity."""
    path = report_path(context.args.out, PAPER_ENDINGS)
    by, month = context.operator("see_books"), month_argument(context.args.month)
    name = normalize.name(context.args.village)
    assert path is not None
    with context.reading() as tx:
        closed = closed_month(tx, month)
        found = None if isinstance(closed, Refusal) else _of_month(tx, closed, name)
    if found is None:
        sheet = rehearse(context.engine, lambda tx: _of_batch(tx, name, month))
        village, files = name, report_files(sheet, path)
    else:
        village, files = found.village.statement.village, _month_files(found, path)
    answer = {"village": village, "month": str(month), "of": "batch" if found is None else "month"}
    return written_files(context, path, Outcome(answer), files, (by, f"report notice {village} {month}"))


def _of_month(tx: Transaction, closed: ClosedMonth, name: str) -> _MonthNotice:
    key = unwrap(village_in(tx, closed, name))
    return _MonthNotice(closed.papers, next(v for v in closed.papers.villages if v.statement.village_id == key))


def _of_batch(tx: Transaction, name: str, month: Month) -> ReportSheet:
    return batch_notice_sheet(tx, unwrap(batch_notice(tx, name, month)))


def _month_files(found: _MonthNotice, path: Path) -> dict[str, bytes] | Refusal:
    made = month_notice(found.papers, found.village, path.suffix.lower())
    return made if isinstance(made, Refusal) else dict(named(path, made))
