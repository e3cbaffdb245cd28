"""A receipt as somebody looks at it: its goods, the lots they were taken of, and who gave or paid for those."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.checkout.models import redemption, redemption_lot
from lizhi_pos.checkout.receipt_summaries import lines_of_receipt
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.trace import Source, trace


class LotOfReceipt(Struct, frozen=True):
    """So many pieces of a lot that came in by a voucher; `givers` gave or paid for it, nobody where it is not told."""

    lot: str
    voucher: str
    quantity: int
    givers: tuple[Source, ...]


class GoodsOfReceipt(Struct, frozen=True, kw_only=True):
    """A line of a receipt; `back` of it came back."""

    code: str
    name: str
    quantity: int
    back: int
    price: Yuan
    amount: Points
    lots: tuple[LotOfReceipt, ...]


class ReceiptStory(Struct, frozen=True, kw_only=True):
    """A receipt: when, at which till, by whom and for whom, and its goods with where they come from."""

    receipt: str
    on: date
    recorded_at: datetime
    booklet: str
    till: str
    clerk: str
    approved_by: str | None
    proxy: str
    relation: str
    total: Points
    goods: tuple[GoodsOfReceipt, ...]


_RECEIPT = select(redemption).where(of_town(redemption), redemption.c.receipt == bindparam("number"))
_LOTS = (
    select(redemption_lot.c.line, redemption_lot.c.quantity, lot.c.name, lot.c.voucher)
    .select_from(redemption_lot.join(lot, same_row(lot.c.lot_id, redemption_lot.c.lot_id)))
    .where(of_town(redemption_lot), redemption_lot.c.redemption_id == bindparam("redemption"))
    .order_by(redemption_lot.c.line, lot.c.received_on, lot.c.voucher, lot.c.line)
)


def receipt_story(tx: Transaction, number: str, by: Operator) -> ReceiptStory | None:
    """Return a receipt with its goods; who gave them only to those who may follow goods."""
    row = tx.first(_RECEIPT, number=number)
    if row is None:
        return None
    return ReceiptStory(
        receipt=row.receipt,
        on=row.on_date,
        recorded_at=row.recorded_at,
        booklet=row.booklet,
        till=row.till,
        clerk=row.clerk,
        approved_by=row.approved_by,
        proxy=row.proxy,
        relation=row.relation,
        total=Points(row.total),
        goods=tuple(_goods(tx, row, by)),
    )


def _goods(tx: Transaction, of: Row[Any], by: Operator) -> list[GoodsOfReceipt]:
    givers = _givers(tx, of.receipt, by)
    lots: dict[int, list[LotOfReceipt]] = defaultdict(list)
    for row in tx.all(_LOTS, redemption=of.redemption_id):
        lots[row.line].append(LotOfReceipt(row.name, row.voucher, row.quantity, givers.get(row.voucher, ())))
    # lines of a receipt are counted from 1, in the order in which they are read
    return [
        GoodsOfReceipt(
            code=line.code,
            name=line.name,
            quantity=line.quantity,
            back=line.back,
            price=line.price,
            amount=line.amount,
            lots=tuple(lots[at]),
        )
        for at, line in enumerate(lines_of_receipt(tx, Id(of.redemption_id)), 1)
    ]


def _givers(tx: Transaction, receipt: str, by: Operator) -> dict[str, tuple[Source, ...]]:
    """Return by voucher who gave the goods of a receipt; of a purchase who sold them, and whose money paid."""
    traced = trace(tx, receipt, by) if by.can("trace") else None
    found: dict[str, tuple[Source, ...]] = {}
    bought = ""
    for source in traced.up if traced is not None and not isinstance(traced, Refusal) else ():
        if source.kind == "purchase":
            bought, found[source.voucher] = source.voucher, (source,)
        elif bought:
            # the gifts that paid for a purchase follow it
            found[bought] = (*found[bought], source)
        else:
            found[source.voucher] = (source,)
    return found
