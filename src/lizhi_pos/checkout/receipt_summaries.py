"""The receipts that went out, read only: a day's, one by its number, a till's last, and what came back of each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout.models import redemption, redemption_line, redemption_return, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import product
from lizhi_pos.money import Points, Yuan


class LastAtTill(Struct, frozen=True):
    """The redemption that a till did last, and for whom."""

    redemption_id: Id
    head: str
    village: str


class ReceiptSummary(Struct, frozen=True, kw_only=True):
    """A receipt of the day; `back` are the points for goods of it that came back."""

    redemption_id: Id
    receipt: str
    at: datetime
    booklet: str
    head: str
    total: Points
    back: Points
    clerk: str


class ReceiptLineSummary(Struct, frozen=True, kw_only=True):
    """A line of a receipt, and how many of it came back."""

    code: str
    name: str
    quantity: int
    back: int
    price: Yuan
    amount: Points

    @property
    def left(self) -> int:
        """How many may still come back."""
        return self.quantity - self.back


_points_back = (
    select(summed(redemption_return.c.total))
    .where(
        same_row(redemption_return.c.redemption_id, redemption.c.redemption_id),
    )
    .correlate(redemption)
    .scalar_subquery()
    .label("points_back")
)
"""Asked of each receipt: a join would tempt a planner to walk through every return there ever was."""

_ISSUED = (
    select(redemption, _points_back)
    .where(of_town(redemption), redemption.c.on_date == bindparam("day"))
    .order_by(redemption.c.recorded_at.desc(), redemption.c.redemption_id.desc())
)
_ISSUED_AS = select(redemption, _points_back).where(of_town(redemption), redemption.c.receipt == bindparam("number"))
_LAST_AT = (
    select(redemption.c.redemption_id, redemption.c.booklet)
    .where(
        of_town(redemption),
        redemption.c.till == bindparam("of_till"),
        redemption.c.year == bindparam("of_year"),
        redemption.c.on_date == bindparam("day"),
    )
    .order_by(redemption.c.number.desc())
    .limit(1)
)
_LINES_OF_RECEIPT = (
    select(redemption_line, product.c.code, product.c.name)
    .select_from(
        redemption_line.join(
            product,
            same_row(product.c.product_id, redemption_line.c.product_id),
        )
    )
    .where(of_town(redemption_line), redemption_line.c.redemption_id == bindparam("redemption"))
    .order_by(redemption_line.c.line)
)
_GOODS_BACK = (
    select(redemption_return_lot.c.line, summed(redemption_return_lot.c.quantity).label("quantity"))
    .where(of_town(redemption_return_lot), redemption_return_lot.c.redemption_id == bindparam("redemption"))
    .group_by(redemption_return_lot.c.line)
)


def last_at_till(tx: Transaction, till: str, day: date) -> LastAtTill | None:
    """Return what a till redeemed last on a day."""
    row = tx.first(_LAST_AT, of_till=till, of_year=day.year, day=day)
    if row is None:
        return None
    facts = household_facts(tx, [row.booklet], day).get(row.booklet)
    return LastAtTill(row.redemption_id, facts.head if facts else "", facts.village if facts else "")


def receipts_on(tx: Transaction, day: date) -> list[ReceiptSummary]:
    """Return the receipts of a day at every till, newest first."""
    return _issued(tx, tx.all(_ISSUED, day=day), day)


def receipt_numbered(tx: Transaction, receipt: str) -> ReceiptSummary | None:
    """Return a receipt by its number, of whatever day; None where there is none."""
    row = tx.first(_ISSUED_AS, number=receipt)
    return _issued(tx, [row], row.on_date)[0] if row is not None else None


def _issued(tx: Transaction, rows: Sequence[Row[Any]], day: date) -> list[ReceiptSummary]:
    facts = household_facts(tx, [row.booklet for row in rows], day)
    return [
        ReceiptSummary(
            redemption_id=row.redemption_id,
            receipt=row.receipt,
            at=row.recorded_at,
            booklet=row.booklet,
            head=facts[row.booklet].head if row.booklet in facts else "",
            total=Points(row.total),
            back=Points(row.points_back),
            clerk=row.clerk,
        )
        for row in rows
    ]


def lines_of_receipt(tx: Transaction, redemption_id: Id) -> list[ReceiptLineSummary]:
    """Return the lines of a receipt."""
    back = {row.line: row.quantity for row in tx.all(_GOODS_BACK, redemption=redemption_id)}
    return [
        ReceiptLineSummary(
            code=row.code,
            name=row.name,
            quantity=row.quantity,
            back=back.get(row.line, 0),
            price=Yuan(row.price),
            amount=Points(row.amount),
        )
        for row in tx.all(_LINES_OF_RECEIPT, redemption=redemption_id)
    ]
