"""Who took goods of a lot and still has them: whom to tell of a recall."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout.models import redemption, redemption_lot, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.rulebook.adopted import today


class TookOfLot(Struct, frozen=True):
    """What a household took of a lot with one receipt, without what it gave back; its head is named in full."""

    booklet: str
    head: str
    village: str
    receipt: str
    date: date
    quantity: int


_BACK = (
    select(redemption_return_lot.c.redemption_id, summed(redemption_return_lot.c.quantity).label("quantity"))
    .where(of_town(redemption_return_lot), redemption_return_lot.c.lot_id == bindparam("key"))
    .group_by(redemption_return_lot.c.redemption_id)
)
_TOOK = (
    select(
        redemption.c.redemption_id,
        redemption.c.booklet,
        redemption.c.receipt,
        redemption.c.on_date,
        summed(redemption_lot.c.quantity).label("quantity"),
    )
    .select_from(redemption_lot.join(redemption, same_row(redemption.c.redemption_id, redemption_lot.c.redemption_id)))
    .where(of_town(redemption_lot), redemption_lot.c.lot_id == bindparam("key"))
    .group_by(redemption.c.redemption_id, redemption.c.booklet, redemption.c.receipt, redemption.c.on_date)
    .order_by(redemption.c.on_date, redemption.c.receipt)
)


def who_took(tx: Transaction, lot_id: Id) -> tuple[TookOfLot, ...]:
    """Return who took of a lot and has not given it back, by day and receipt."""
    back = {row.redemption_id: row.quantity for row in tx.all(_BACK, key=lot_id)}
    rows = [row for row in tx.all(_TOOK, key=lot_id) if row.quantity > back.get(row.redemption_id, 0)]
    facts = household_facts(tx, sorted({row.booklet for row in rows}), today(tx))
    return tuple(
        TookOfLot(
            booklet=row.booklet,
            head=facts[row.booklet].head if row.booklet in facts else "",
            village=facts[row.booklet].village if row.booklet in facts else "",
            receipt=row.receipt,
            date=row.on_date,
            quantity=row.quantity - back.get(row.redemption_id, 0),
        )
        for row in rows
    )
