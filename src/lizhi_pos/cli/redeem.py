"""`redeem`: goods over the counter, from a script."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted, added_up
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import RedeemedLine, Redemption
from lizhi_pos.cli.argument_types import whole_number
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.money import format_hundredths
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import Message, message
from lizhi_pos.text import normalize

if TYPE_CHECKING:
    from lizhi_pos.checkout.returns import ReturnedLine


def redeem_basket(context: Context) -> Outcome:
    """One redemption, the till's own path."""
    args = context.args
    goods = added_up(wanted(word) for word in args.goods)
    by = context.operator("sell")
    approval = context.approval(by)
    basket = Basket(
        booklet=normalize.number(args.booklet),
        wanted=goods,
        key=args.key or context.clock.new_id().hex(),
        till=args.till,
        proxy=normalize.name(args.proxy or ""),
        relation=args.relation or "",
    )
    done = context.write(lambda tx: redeem(tx, basket, Authority(by, context.day(tx), approval)))
    context.stands = Outcome(done, _redemption_words(done))
    if args.print_it:
        done = _print(context, done)
    return Outcome(done, _redemption_words(done))


def _print(context: Context, done: Redemption) -> Redemption:
    from lizhi_pos.checkout.redemptions import find_redemption
    from lizhi_pos.cli.printers import print_to_screen
    from lizhi_pos.printing.spool import Spool

    if done.print_job:
        with context.reading() as tx:
            papers = print_jobs.unsent(tx, done.redemption_id)
        Spool(context.engine, show=print_to_screen(context)).flush(papers)
    with context.reading() as tx:
        return find_redemption(tx, done.redemption_id)


def wanted(word: str) -> Wanted:
    """Goods as they are typed, CODE or CODE*QUANTITY; raises Usage for anything else."""
    code, star, quantity = word.partition("*")
    count = whole_number(quantity) if star else 1
    if not count or not code.strip():
        raise Usage(message("{0} is not CODE or CODE*QUANTITY", word))
    return Wanted(normalize.code(code), count)


def line_words(lines: "Sequence[RedeemedLine] | Sequence[ReturnedLine]") -> list[str]:
    """Goods with price, quantity and amount, one line each."""
    return [f"{x.name}  {format_hundredths(x.price)} × {x.quantity}  {format_hundredths(x.amount)}" for x in lines]


def _redemption_words(done: Redemption) -> tuple[Message | str, ...]:
    lines = line_words(done.lines)
    return (
        message("Receipt {0}  {1}", done.receipt, done.booklet),
        *lines,
        message(
            "Total {0}, before {1}, after {2}",
            *(format_hundredths(a) for a in (done.total, done.balance_before, done.balance_after)),
        ),
    )
