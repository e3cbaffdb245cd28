"""`printer label`, `card`, `sticker` and `certificate`: papers beside the receipt."""

from lizhi_pos.checkout import papers
from lizhi_pos.checkout.shelf_labels import print_labels
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.printers import sent
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.text import normalize


def labels(context: Context) -> Outcome:
    """Print shelf labels, each as often as asked."""
    by = context.operator("print")
    codes = [normalize.code(word) for word in context.args.codes]
    return sent(context, context.write(lambda tx: print_labels(tx, codes, by, context.args.copies)))


def cards(context: Context) -> Outcome:
    """Print the cards of households."""
    context.operator("sell")
    numbers = [normalize.number(word) for word in context.args.booklets]
    return sent(context, context.write(lambda tx: papers.queue_cards(tx, numbers)))


def sticker(context: Context) -> Outcome:
    """Print a redemption's sticker for the household's booklet."""
    context.operator("print")

    def act(tx: Transaction) -> Id | Refusal:
        redemption = unwrap(papers.redemption_of(tx, normalize.number(context.args.receipt)))
        return papers.queue_sticker(tx, redemption)

    return sent(context, [context.write(act)])


def certificate(context: Context) -> Outcome:
    """Print what a donor gets for a gift; whoever takes gifts in gives it."""
    context.operator("import_gifts")
    voucher = normalize.number(context.args.voucher)
    return sent(context, [context.write(lambda tx: papers.queue_certificate(tx, voucher))])
