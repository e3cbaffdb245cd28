"""What each village's households took in a month, product by product, at tag prices (五)."""

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.queries import former_on, register_on
from lizhi_pos.checkout.models import (
    redeemed_lines,
    redemption,
    redemption_line,
    redemption_return,
    redemption_return_lot,
)
from lizhi_pos.db import Day, Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import product
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.settlement.models import statement_goods
from lizhi_pos.settlement.stays import stays, village_of


class GoodsTaken(Struct, frozen=True, kw_only=True):
    """One product of a village's month: redeemed less what came back, both by their own days."""

    village_id: Id
    product_id: Id
    code: str
    name: str
    category: str
    quantity: int
    amount: Points


_first, _last = bindparam("first", type_=Day), bindparam("last", type_=Day)
# by their days first, not by a walk through every line there ever was
_redeemed = select(redemption.c.redemption_id).where(of_town(redemption), redemption.c.on_date.between(_first, _last))
_returned = select(journal_entry.c.document_id).where(
    of_town(journal_entry), journal_entry.c.kind == "return", journal_entry.c.on_date.between(_first, _last)
)
_TAKEN = (
    select(
        redemption.c.household_id,
        redemption_line.c.product_id,
        redemption.c.on_date,
        summed(redemption_line.c.quantity).label("quantity"),
        summed(redemption_line.c.amount).label("amount"),
    )
    .select_from(redeemed_lines)
    .where(of_town(redemption_line), redemption_line.c.redemption_id.in_(_redeemed.correlate(None)))
    .group_by(redemption.c.household_id, redemption_line.c.product_id, redemption.c.on_date)
)
_BACK = (
    select(
        redemption.c.household_id,
        redemption_line.c.product_id,
        redemption_return.c.on_date,
        summed(redemption_return_lot.c.quantity).label("quantity"),
        summed(redemption_return_lot.c.quantity * redemption_line.c.price).label("amount"),
    )
    .select_from(
        redemption_return.join(
            redemption_return_lot, same_row(redemption_return_lot.c.return_id, redemption_return.c.return_id)
        )
        .join(
            redemption_line,
            same_row(redemption_line.c.redemption_id, redemption_return_lot.c.redemption_id)
            & (redemption_line.c.line == redemption_return_lot.c.line),
        )
        .join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
    )
    .where(of_town(redemption_return), redemption_return.c.return_id.in_(_returned.correlate(None)))
    .group_by(redemption.c.household_id, redemption_line.c.product_id, redemption_return.c.on_date)
)
_PRODUCTS = select(product.c.product_id, product.c.code, product.c.name, product.c.category).where(of_town(product))
_FIXED = (
    select(statement_goods)
    .where(of_town(statement_goods), statement_goods.c.month == bindparam("month"))
    .order_by(statement_goods.c.village_id, statement_goods.c.code)
)


def goods_taken(tx: Transaction, month: Month) -> list[GoodsTaken]:
    """Return what a month's households took, each in the village it lived in on that day."""
    lived = stays(tx, month)
    register = (*register_on(tx, month.last_day).values(), *former_on(tx, month.last_day).values())
    home = {row.household_id: row.village_id for row in register}
    sums: dict[tuple[Id, Id], list[int]] = {}
    span = {"first": month.first_day, "last": month.last_day}
    for sign, statement in ((1, _TAKEN), (-1, _BACK)):
        for row in tx.all(statement, **span):
            places = lived.get(row.household_id, ())
            place = village_of(places, row.on_date, home[row.household_id])
            held = sums.setdefault((place, row.product_id), [0, 0])
            held[0] += sign * int(row.quantity)
            held[1] += sign * int(row.amount)
    named = {row.product_id: row for row in tx.all(_PRODUCTS)}
    return [
        GoodsTaken(
            village_id=place,
            product_id=key,
            code=named[key].code,
            name=named[key].name,
            category=named[key].category,
            quantity=quantity,
            amount=Points(amount),
        )
        for (place, key), (quantity, amount) in sorted(sums.items())
    ]


def fix_goods_taken(tx: Transaction, month: Month) -> None:
    """Keep what a month that is being closed gave out, under the names that the products have now."""
    tx.insert(
        statement_goods,
        *(
            {
                "month": str(month),
                "village_id": taken.village_id,
                "product_id": taken.product_id,
                "code": taken.code,
                "name": taken.name,
                "category": taken.category,
                "quantity": taken.quantity,
                "amount": taken.amount,
            }
            for taken in goods_taken(tx, month)
        ),
    )


def goods_of(tx: Transaction, month: Month) -> list[GoodsTaken]:
    """Return what a closed month gave out as its closing fixed it, by village and code.

    Of a month that was closed before closings kept it, with the names of today.
    """
    fixed = [
        GoodsTaken(
            village_id=row.village_id,
            product_id=row.product_id,
            code=row.code,
            name=row.name,
            category=row.category,
            quantity=row.quantity,
            amount=Points(row.amount),
        )
        for row in tx.all(_FIXED, month=str(month))
    ]
    return fixed or sorted(goods_taken(tx, month), key=lambda taken: (taken.village_id, taken.code))
