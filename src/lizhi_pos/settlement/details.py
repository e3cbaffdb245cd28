"""What stands behind a month's statement: every line of points, and every line of goods, by village."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.queries import former_on, register_on
from lizhi_pos.checkout.models import redeemed_lines, redemption, redemption_line
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import account, account_lines, journal_entry, posting
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.settlement.goods_taken import goods_of
from lizhi_pos.settlement.stays import stays, village_of


class PointsLine(Struct, frozen=True):
    """One movement of a household's points, signed; `earned_month` where they were earned in another month."""

    booklet: str
    head: str
    on: date
    kind: str
    amount: Points
    note: str
    reference: str


class GoodsLine(Struct, frozen=True):
    """One product of a redemption."""

    booklet: str
    head: str
    on: date
    receipt: str
    code: str
    name: str
    quantity: int
    amount: Points


class Details(Struct, frozen=True):
    """One village's lines, in order of booklet, day and entry."""

    points: tuple[PointsLine, ...]
    goods: tuple[GoodsLine, ...]


_POINTS = (
    select(
        posting.c.account_id,
        journal_entry.c.on_date,
        journal_entry.c.kind,
        posting.c.amount,
        posting.c.note,
        journal_entry.c.reference,
    )
    .select_from(account_lines)
    .where(
        of_town(posting),
        account.c.kind == "household",
        journal_entry.c.on_date.between(bindparam("first"), bindparam("last")),
    )
    .order_by(journal_entry.c.on_date, journal_entry.c.recorded_at, journal_entry.c.entry_id, posting.c.line)
)
_GOODS = (
    select(
        redemption.c.household_id,
        redemption.c.on_date,
        redemption.c.receipt,
        redemption_line.c.product_id,
        redemption_line.c.quantity,
        redemption_line.c.amount,
    )
    .select_from(redeemed_lines)
    .where(of_town(redemption), redemption.c.on_date.between(bindparam("first"), bindparam("last")))
    .order_by(redemption.c.on_date, redemption.c.till, redemption.c.number, redemption_line.c.line)
)


def details(tx: Transaction, month: Month) -> Mapping[Id, Details]:
    """Return the lines of a closed month by the village a household lived in on their day.

    Products are called as they were when it was closed.
    """
    register, former = register_on(tx, month.last_day), former_on(tx, month.last_day)
    whose = {row.household_id: row for row in (*register.values(), *former.values())}
    lived = stays(tx, month)
    span = {"first": month.first_day, "last": month.last_day}
    points: dict[Id, list[PointsLine]] = {}
    for row in tx.all(_POINTS, **span):
        state = whose[row.account_id]
        line = PointsLine(state.number, state.head, row.on_date, row.kind, Points(row.amount), row.note, row.reference)
        place = village_of(lived.get(row.account_id, ()), row.on_date, state.village_id)
        points.setdefault(place, []).append(line)
    named = {taken.product_id: taken for taken in goods_of(tx, month)}
    goods: dict[Id, list[GoodsLine]] = {}
    for row in tx.all(_GOODS, **span):
        state, of = whose[row.household_id], named[row.product_id]
        taken = GoodsLine(
            state.number, state.head, row.on_date, row.receipt, of.code, of.name, row.quantity, Points(row.amount)
        )
        place = village_of(lived.get(row.household_id, ()), row.on_date, state.village_id)
        goods.setdefault(place, []).append(taken)
    return {
        key: Details(
            tuple(sorted(points.get(key, ()), key=lambda x: x.booklet)),
            tuple(sorted(goods.get(key, ()), key=lambda x: x.booklet)),
        )
        for key in points.keys() | goods.keys()
    }
