"""`return`: goods that come back over the counter."""

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import added_up
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.redeem import line_words, wanted
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.text import normalize


def return_receipt(context: Context) -> Outcome:
    """Take goods of a redemption back; without codes everything that is left of it."""
    args = context.args
    goods = added_up(wanted(word) for word in args.goods)
    by = context.operator("sell")
    approval = context.approval(by)
    done = context.write(
        lambda tx: return_goods(
            tx,
            normalize.number(args.receipt),
            goods,
            reason=args.reason or "",
            authority=Authority(by, context.day(tx), approval),
        )
    )
    lines = line_words(done.lines)
    after = message(
        "{0} points are back, the balance is {1}", format_hundredths(done.total), format_hundredths(done.balance_after)
    )
    words: list[Message | str] = [message("Return of receipt {0}  {1}", done.receipt, done.booklet), *lines, after]
    if done.cleared:
        words.append(message("A veto cleared {0} of them at once", format_hundredths(done.cleared)))
    return Outcome(done, tuple(words))
