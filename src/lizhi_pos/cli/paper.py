"""`printer label`, `card`, `sticker` and `certificate`: papers beside the receipt."""

from lizhi_pos import written
from lizhi_pos.checkout import papers
from lizhi_pos.cli.answers import Outcome
from lizhi_pos.cli.context import Context, accepted
from lizhi_pos.cli.printers import sent


def labels(context: Context) -> Outcome:
    """Prints shelf labels, each as often as asked."""
    context.operator("see")
    codes = [written.code(word) for word in context.args.codes]
    with context.writing() as session:
        queued = accepted(papers.queue_labels(session, codes, context.args.copies))
    return sent(context, queued)


def cards(context: Context) -> Outcome:
    """Prints the cards of households."""
    context.operator("sell")
    numbers = [written.number(word) for word in context.args.booklets]
    with context.writing() as session:
        queued = accepted(papers.queue_cards(session, numbers))
    return sent(context, queued)


def sticker(context: Context) -> Outcome:
    """Prints a redemption's sticker for the household's booklet."""
    context.operator("see")
    with context.writing() as session:
        redemption = accepted(papers.redemption_of(session, written.number(context.args.receipt)))
        queued = accepted(papers.queue_sticker(session, redemption))
    return sent(context, [queued])


def certificate(context: Context) -> Outcome:
    """Prints what a donor gets for a gift; whoever takes gifts in gives it."""
    context.operator("import_gifts")
    with context.writing() as session:
        queued = accepted(papers.queue_certificate(session, written.number(context.args.voucher)))
    return sent(context, [queued])
