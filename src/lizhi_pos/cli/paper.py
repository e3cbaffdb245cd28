"""`printer label`, `card`, `sticker` and `certificate`: papers beside the receipt."""

from lizhi_pos import written
from lizhi_pos.checkout import papers
from lizhi_pos.cli.answers import Outcome
from lizhi_pos.cli.context import Context, accepted
from lizhi_pos.cli.printers import sent
from lizhi_pos.db import Id, Session
from lizhi_pos.refusal import Refusal


def labels(context: Context) -> Outcome:
    """Prints shelf labels, each as often as asked."""
    context.operator("see")
    codes = [written.code(word) for word in context.args.codes]
    return sent(context, context.write(lambda session: papers.queue_labels(session, codes, context.args.copies)))


def cards(context: Context) -> Outcome:
    """Prints the cards of households."""
    context.operator("sell")
    numbers = [written.number(word) for word in context.args.booklets]
    return sent(context, context.write(lambda session: papers.queue_cards(session, numbers)))


def sticker(context: Context) -> Outcome:
    """Prints a redemption's sticker for the household's booklet."""
    context.operator("see")

    def act(session: Session) -> Id | Refusal:
        redemption = accepted(papers.redemption_of(session, written.number(context.args.receipt)))
        return papers.queue_sticker(session, redemption)

    return sent(context, [context.write(act)])


def certificate(context: Context) -> Outcome:
    """Prints what a donor gets for a gift; whoever takes gifts in gives it."""
    context.operator("import_gifts")
    voucher = written.number(context.args.voucher)
    return sent(context, [context.write(lambda session: papers.queue_certificate(session, voucher))])
