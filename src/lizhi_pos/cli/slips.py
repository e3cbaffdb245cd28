"""`slips import`: paper slips written while the power was out."""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from lizhi_pos.checkout.offline_slips import (
    AlreadyPosted,
    PostedSlip,
    RefusedSlip,
    errors_in_slips,
    post_slip,
    slips_in,
    why_not_enter,
)
from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.files import file_outcome
from lizhi_pos.cli.output import Outcome
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.i18n.render import reason_words
from lizhi_pos.inventory.products import Taken
from lizhi_pos.refusal import Message, Refused, message


def import_slips(context: Context) -> Outcome:
    """Read paper slips: each is posted once, or refused with its reasons."""
    by, path = context.operator("import_slips"), readable(context.args.file)
    approval = context.approval(by)
    read = read_slips(path)
    with context.reading() as tx:
        on = context.day(tx)
        rows = read.readable or ()
        if errors := (*read.errors, *errors_in_slips(rows, on)):
            return file_outcome(context, path, Taken(0, 0, 0, errors), read.warnings)
        slips = slips_in(rows)
        if refusal := why_not_enter(tx, slips, on, approval):
            raise Refused(refusal)
    results: list[Struct] = []
    for paper in slips:
        enter = partial(post_slip, paper=paper, by=by, approval=approval)
        results.append(context.write(enter))
        # each slip is posted on its own: whatever becomes of the next one, this stands
        context.stands = _slips_outcome(context, results, left=[later.number for later in slips[len(results) :]])
    return _slips_outcome(context, results)


def _slips_outcome(context: Context, results: Sequence[Struct], left: Sequence[str] = ()) -> Outcome:
    posted = [r for r in results if isinstance(r, PostedSlip)]
    already = [r.slip for r in results if isinstance(r, AlreadyPosted)]
    refused = [r for r in results if isinstance(r, RefusedSlip)]
    words: list[Message | str] = [message("{0}: posted as {1}", r.slip, r.receipt) for r in posted]
    words += [message("{0}: posted before", number) for number in already]
    words += [
        message("{0}: refused, {1}", r.slip, r.message or reason_words(reason, context.translate))
        for r in refused
        for reason in r.reasons
    ]
    words.append(message("Posted {0}, posted before {1}, refused {2}", len(posted), len(already), len(refused)))
    if left:
        words.append(message("Not entered yet: {0}. Read the same file again once it is put right", ", ".join(left)))
    return Outcome({"posted": posted, "already": already, "refused": refused, "left": list(left)}, tuple(words))
