"""`donation add` and `void`, `purchase add` and `void`: one voucher as it is typed."""

from collections.abc import Sequence

from lizhi_pos.access.operators import Authority
from lizhi_pos.cell_errors import TYPED
from lizhi_pos.checkout.papers import certificate_to_keep
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.goods_commands import GIFT_KINDS
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import written_files
from lizhi_pos.cli.saving import pdf_path
from lizhi_pos.db import Transaction
from lizhi_pos.documents.gift_paper import gift_paper
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.receiving.goods_lines import GoodsLine, gift_rows, purchase_rows, read_goods_line
from lizhi_pos.receiving.typed import Received, add_gift, add_purchase
from lizhi_pos.receiving.voids import VoucherKind, void_voucher
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.text import normalize


def save_certificate(context: Context) -> Outcome:
    """Write what a donor gets for a gift as a PDF; whoever takes gifts in gives it."""
    path = pdf_path(context.args.out)
    by, voucher = context.operator("import_gifts"), normalize.number(context.args.voucher)
    made = context.write(lambda tx: certificate_to_keep(tx, voucher))
    outcome = Outcome({"voucher": made.voucher, "total": format_hundredths(made.total)})
    paper = gift_paper(made)
    files = paper if isinstance(paper, Refusal) else {path.name: paper}
    return written_files(context, path, outcome, files, (by, f"donation certificate {made.voucher}"))


def add_donation(context: Context) -> Outcome:
    """Record one gift; money and allocations are the accountant's, goods the keeper's too."""
    args = context.args
    goods = _goods(args.goods)
    kind = GIFT_KINDS[args.kind]
    if bool(goods) != (kind == "in_kind") or (args.amount is not None) == (kind == "in_kind"):
        raise Usage(message("A gift of goods names its goods, any other its --amount"))
    by = context.operator("import_gifts" if kind == "in_kind" else "keep_pool")

    def act(tx: Transaction) -> Received | Refusal:
        first = GiftRow(
            voucher=normalize.number(args.voucher),
            on=context.day(tx),
            kind=kind,  # type: ignore[arg-type]
            donor=normalize.name(args.donor),
            at=TYPED,
            amount=Yuan(args.amount) if args.amount else None,
            village=normalize.name(args.village or ""),
            purpose=normalize.typed(args.purpose or ""),
            anonymous=args.anonymous,
            basis=normalize.typed(args.basis or ""),
            resolution=normalize.typed(args.resolution or ""),
            pledge=args.pledge,
        )
        return add_gift(tx, gift_rows(first, goods), by)

    return _received(context.write(act))


def add_purchase_voucher(context: Context) -> Outcome:
    """Record one purchase with a second person's approval."""
    args = context.args
    goods = _goods(args.goods)
    if not goods:
        raise Usage(message("A purchase names its goods"))
    by = context.operator("keep_pool")
    approval = context.approval(by)

    def act(tx: Transaction) -> Received | Refusal:
        head = PurchaseRow(
            voucher=normalize.number(args.voucher),
            on=context.day(tx),
            supplier=normalize.name(args.supplier),
            code="",
            quantity=0,
            unit_cost=Yuan(0),
            at=TYPED,
            invoice=normalize.typed(args.invoice or ""),
            received_by=normalize.name(args.received_by or ""),
            from_gift=normalize.number(args.gift or ""),
        )
        return add_purchase(tx, purchase_rows(head, goods), by, approval)

    return _received(context.write(act))


def void_donation(context: Context) -> Outcome:
    """Undo a wrongly entered gift by an entry that names it."""
    return _void(context, "gift")


def void_purchase(context: Context) -> Outcome:
    """Undo a wrongly entered purchase by an entry that names it."""
    return _void(context, "purchase")


def _void(context: Context, kind: VoucherKind) -> Outcome:
    args = context.args
    by = context.operator("keep_pool")
    approval = context.approval(by)
    done = context.write(
        lambda tx: void_voucher(tx, kind, args.voucher, args.reason or "", Authority(by, context.day(tx), approval))
    )
    return Outcome(done, (message("{0} is voided: {1}", done.voucher, format_hundredths(done.amount)),))


def _goods(words: Sequence[str]) -> list[GoodsLine]:
    found = []
    for word in words:
        line = read_goods_line(word)
        if isinstance(line, Message):
            raise Usage(line)
        found.append(line)
    return found


def _received(done: Received) -> Outcome:
    words: list[Message | str] = [message("{0} is recorded: {1}", done.voucher, format_hundredths(done.amount))]
    words += [
        message(
            "    {0}: {1} × {2}, expires {3}", x.lot, x.code, x.quantity, x.expires.isoformat() if x.expires else "–"
        )
        for x in done.lots
    ]
    return Outcome(done, tuple(words))
