"""Reading redemptions: as they are answered, shown again and listed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.checkout.models import redemption, redemption_line, redemption_lot
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import fefo
from lizhi_pos.inventory.models import lot, product
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printqueue.models import print_job
from lizhi_pos.refusal import InvariantViolated


class TakenLot(Struct, frozen=True):
    """So many units out of one lot."""

    lot: str
    quantity: int
    expires: date | None


class RedeemedLine(Struct, frozen=True):
    """One product of a redemption: tag price in yuan, what it cost in points, and the lots it came from."""

    code: str
    name: str
    quantity: int
    price: Yuan
    amount: Points
    lots: tuple[TakenLot, ...]


class PrintJobRef(Struct, frozen=True):
    """A print job and where it stands."""

    id: Id
    state: str


class Redemption(Struct, frozen=True, kw_only=True):
    """A redemption as it stands in the books."""

    receipt: str
    booklet: str
    date: date
    total: Points
    balance_before: Points
    balance_after: Points
    lines: tuple[RedeemedLine, ...]
    print_job: PrintJobRef | None
    clerk: str
    proxy: str
    relation: str
    approved_by: str | None
    recorded_at: datetime
    redemption_id: Id


_REDEMPTION = select(redemption).where(of_town(redemption), redemption.c.redemption_id == bindparam("key"))
_REDEMPTION_LINES = (
    select(redemption_line, product.c.code, product.c.name)
    .select_from(
        redemption_line.join(
            product,
            same_row(product.c.product_id, redemption_line.c.product_id),
        )
    )
    .where(of_town(redemption_line), redemption_line.c.redemption_id == bindparam("key"))
    .order_by(redemption_line.c.line)
)
_LOTS = (
    select(
        redemption_lot.c.line,
        redemption_lot.c.quantity,
        lot.c.name,
        lot.c.expires_on,
        lot.c.received_on,
        lot.c.voucher,
        lot.c.line.label("voucher_line"),
    )
    .select_from(redemption_lot.join(lot, same_row(lot.c.lot_id, redemption_lot.c.lot_id)))
    .where(of_town(redemption_lot), redemption_lot.c.redemption_id == bindparam("key"))
)
_JOB = (
    select(print_job.c.job_id, print_job.c.state)
    .where(
        of_town(print_job),
        print_job.c.redemption_id == bindparam("key"),
        print_job.c.kind == "receipt",
        print_job.c.copy == 0,
    )
    .limit(1)
)


def find_redemption(tx: Transaction, key: Id) -> Redemption:
    """Return a redemption by its key; raise InvariantViolated where there is none."""
    row = tx.first(_REDEMPTION, key=key)
    if row is None:
        raise InvariantViolated("a redemption is missing")
    job = tx.first(_JOB, key=key)
    return Redemption(
        receipt=row.receipt,
        booklet=row.booklet,
        date=row.on_date,
        total=Points(row.total),
        balance_before=Points(row.balance_before),
        balance_after=Points(row.balance_after),
        lines=_lines(tx.all(_REDEMPTION_LINES, key=key), tx.all(_LOTS, key=key)),
        print_job=PrintJobRef(job.job_id, job.state) if job else None,
        clerk=row.clerk,
        proxy=row.proxy,
        relation=row.relation,
        approved_by=row.approved_by,
        recorded_at=row.recorded_at,
        redemption_id=key,
    )


def _lines(lines: Sequence[Row[Any]], lots: Sequence[Row[Any]]) -> tuple[RedeemedLine, ...]:
    # not by the database, which has an order of letters of its own
    taken = sorted(lots, key=lambda x: fefo(x.expires_on, x.received_on, x.voucher, x.voucher_line))
    return tuple(
        RedeemedLine(
            line.code,
            line.name,
            line.quantity,
            Yuan(line.price),
            Points(line.amount),
            tuple(TakenLot(x.name, x.quantity, x.expires_on) for x in taken if x.line == line.line),
        )
        for line in lines
    )
