"""`ledger preview` and `ledger diff`: what a posting would do, what a corrected workbook changes. Neither writes."""

from typing import Any

from msgspec import structs

from lizhi_pos.accounts.batch_difference import BatchDifference, ChangedField, RowKey, batch_difference
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import grouped
from lizhi_pos.cli.context import Context, month_argument, readable
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import rehearse
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.i18n.render import cell_words
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message, unwrap
from lizhi_pos.reports.batch_preview import BatchPreview, batch_preview


def preview(context: Context) -> Outcome:
    """Return what posting a batch would do."""
    context.operator("see_books")
    args = context.args
    month = month_argument(args.month)
    seen = unwrap(rehearse(context.engine, lambda tx: batch_preview(tx, args.village, month, context.day(tx))))
    return Outcome(seen, tuple(_preview_words(seen)))


def _preview_words(seen: BatchPreview) -> list[Message]:
    points = [format_hundredths(p) for p in (seen.base, seen.volunteer, seen.adjusted)]
    words = [
        message("{0} {1} would post: base {2}, volunteer {3}, adjusted {4}", seen.village, seen.month, *points),
        message("Households: {0} new, {1} changed", seen.households.new, seen.households.changed),
        message("Coverage {0} before, {1} after", seen.coverage_before or "–", seen.coverage_after or "–"),
    ]
    if seen.cap is not None:
        within = message("within it") if seen.within_cap else message("more than it")
        words.append(message("The cap for a village and month is {0}: {1}", format_hundredths(seen.cap), within))
    return [*words, *(message("Look at this: {0}", warning) for warning in seen.warnings)]


def diff(context: Context) -> Outcome:
    """Return what a corrected workbook changes against its batch."""
    context.operator("see_books")
    path = readable(context.args.file)
    with context.reading() as tx:
        read = read_village_workbook(path, list(village_names(tx).values()))
        if read.content is None:
            nothing: dict[str, Any] = {"added": [], "removed": [], "changed": [], "errors": list(grouped(read.errors))}
            told = tuple(
                message("{0}: error, {1}", path.name, cell_words(e, context.translate)) for e in grouped(read.errors)
            )
            known = read.readable
            whose = {"village": known.village or None if known else None, "month": str(known.month) if known else None}
            return Outcome({**whose, **nothing}, told, 1)
        found = unwrap(batch_difference(tx, read.content))
    return Outcome({**structs.asdict(found), "errors": []}, tuple(_diff_words(found)))


def _diff_words(found: BatchDifference) -> list[Message]:
    words = [message("added: {0}", _key_words(row)) for row in found.added]
    words += [message("removed: {0}", _key_words(row)) for row in found.removed]
    words += [
        message("changed: {0}, {1} from {2} to {3}", _key_words(c), c.field, c.was or "–", c.now or "–")
        for c in found.changed
    ]
    return words or [message("This workbook changes nothing in {0} {1}", found.village, found.month)]


def _key_words(row: RowKey | ChangedField) -> str:
    return " ".join(filter(None, (row.sheet, row.key, row.of)))
