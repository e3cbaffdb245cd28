"""`stock near`, `writeoff`, `recall` and `release`: what becomes of goods on the shelf."""

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.recalled_goods import TookOfLot, who_took
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.inventory.near_expiry import near_on
from lizhi_pos.inventory.recalls import RecalledLot, recall_lot, release_lot
from lizhi_pos.inventory.writeoffs import WriteOff, write_off, write_off_expired
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refused, message, unwrap
from lizhi_pos.rulebook.adopted import not_in_future


def near(context: Context) -> Outcome:
    """Show the lots near their expiry, expired ones first."""
    context.operator("see_stock")
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        found = near_on(tx, on, context.args.days)
    words = [
        message("{0}  {1}  {2}: {3}, expires {4}", x.code, x.name, x.lot, x.on_hand, x.expires.isoformat())
        for x in found.lots
    ]
    return Outcome(found, tuple(words) or (message("Nothing expires within {0} {0:day|days}", found.days),))


def writeoff(context: Context) -> Outcome:
    """Write goods of one lot off, or every expired lot, with a second person's approval."""
    args = context.args
    one = args.lot is not None and args.quantity is not None and args.reason is not None
    if args.expired == one or (args.expired and (args.lot or args.reason)):
        raise Usage(message("Give LOT QTY --reason, or --expired alone"))
    by = context.operator("keep_stock")
    approval = context.approval(by)

    def authority(tx: Transaction) -> Authority:
        return Authority(by, context.day(tx), approval)

    if args.expired:
        done = context.write(lambda tx: write_off_expired(tx, authority(tx)))
        return Outcome({"writeoffs": done}, tuple(map(_words, done)) or (message("No expired goods are left"),))
    single = context.write(
        lambda tx: write_off(tx, args.lot, args.quantity, args.reason, args.note or "", authority(tx))
    )
    return Outcome(single, (_words(single),))


def recall(context: Context) -> Outcome:
    """Recall a lot, and say who took of it."""
    args = context.args
    by = context.operator("keep_stock")
    approval = context.approval(by)

    def act(tx: Transaction) -> tuple[RecalledLot, tuple[TookOfLot, ...]]:
        done = unwrap(recall_lot(tx, args.lot, args.reason or "", Authority(by, context.day(tx), approval)))
        return done, who_took(tx, done.lot_id)

    done, households = context.write(act)
    words: list[Message] = [message("Lot {0} is recalled: {1} on the shelf", done.lot, done.on_hand)]
    words += [
        message("{0}  {1}  {2}  {3}  {4}: {5}", x.booklet, x.head, x.village, x.receipt, str(x.date), x.quantity)
        for x in households
    ]
    answer = {"lot": done.lot, "on_hand": done.on_hand, "households": households}
    return Outcome(answer, tuple(words))


def release(context: Context) -> Outcome:
    """Let a recalled lot be given again."""
    args = context.args
    by = context.operator("keep_stock")
    approval = context.approval(by)
    done = context.write(
        lambda tx: release_lot(tx, args.lot, args.reason or "", Authority(by, context.day(tx), approval))
    )
    return Outcome({"lot": done.lot, "on_hand": done.on_hand}, (message("Lot {0} may be given again", done.lot),))


def _words(x: WriteOff) -> Message:
    return message("{0}: {1} of lot {2}, cost {3}", x.writeoff, x.quantity, x.lot, format_hundredths(x.cost))
