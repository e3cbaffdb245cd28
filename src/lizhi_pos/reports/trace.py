"""A trace both ways: from a lot, voucher or receipt up to who gave it, and down to what became of it (五)."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.checkout.models import redemption, redemption_lot, redemption_return, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import purchase
from lizhi_pos.donations.spending import spending
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot, product, stock_move
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.reports.donors import KINDS, gifts, may_name
from lizhi_pos.text.normalize import number


class Source(Struct, frozen=True):
    """Where goods come from: a gift, or a purchase and what gifts paid of it; of a purchase `donor` sold the goods."""

    kind: str
    voucher: str
    date: date
    donor: str
    amount: Yuan


class TracedLot(Struct, frozen=True):
    """A lot on the way."""

    lot: str
    code: str
    name: str
    quantity: int
    on_hand: int


class Use(Struct, frozen=True, gc=False):
    """What became of goods: quantities below 0 went away, above 0 came back; `booklet` where a household took them."""

    kind: str
    reference: str
    date: date
    booklet: str | None
    quantity: int


class Trace(Struct, frozen=True):
    """What leads up to goods and down from them."""

    of: str
    up: tuple[Source, ...]
    lots: tuple[TracedLot, ...]
    down: tuple[Use, ...]


_LOTS = (
    select(
        lot.c.lot_id,
        lot.c.name,
        lot.c.voucher,
        lot.c.quantity,
        lot.c.on_hand,
        product.c.code,
        product.c.name.label("product_name"),
    )
    .select_from(lot.join(product, same_row(product.c.product_id, lot.c.product_id)))
    .where(of_town(lot), lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .order_by(lot.c.received_on, lot.c.voucher, lot.c.line)
)
_CALLED = select(lot.c.lot_id).where(of_town(lot), lot.c.name == bindparam("called"))
_WITH = select(lot.c.lot_id).where(of_town(lot), lot.c.voucher.in_(bindparam("vouchers", expanding=True)))
_OF_RECEIPT = (
    select(redemption_lot.c.lot_id)
    .select_from(redemption.join(redemption_lot, same_row(redemption_lot.c.redemption_id, redemption.c.redemption_id)))
    .where(of_town(redemption), redemption.c.receipt == bindparam("called"))
)
_PURCHASES = (
    select(
        purchase.c.voucher,
        func.min(purchase.c.on_date).label("on_date"),
        func.min(purchase.c.supplier).label("supplier"),
        summed(purchase.c.amount).label("amount"),
    )
    .where(of_town(purchase), purchase.c.voucher.in_(bindparam("vouchers", expanding=True)))
    .group_by(purchase.c.voucher)
    .order_by(func.min(purchase.c.on_date), purchase.c.voucher)
)
_sold = (
    select(
        redemption_lot.c.town_id, redemption_lot.c.redemption_id, summed(redemption_lot.c.quantity).label("quantity")
    )
    .where(of_town(redemption_lot), redemption_lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(redemption_lot.c.town_id, redemption_lot.c.redemption_id)
    .cte("sold")
)
_SOLD = select(redemption.c.receipt, redemption.c.on_date, redemption.c.booklet, -_sold.c.quantity).select_from(
    _sold.join(redemption, same_row(redemption.c.redemption_id, _sold.c.redemption_id))
)
"""What each redemption took away of lots. Its lines are summed first, so that its receipt is looked up once."""
_CAME_BACK = (
    select(
        redemption.c.receipt,
        redemption_return.c.on_date,
        redemption.c.booklet,
        summed(redemption_return_lot.c.quantity).label("quantity"),
    )
    .select_from(
        redemption_return_lot.join(
            redemption_return, same_row(redemption_return.c.return_id, redemption_return_lot.c.return_id)
        ).join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
    )
    .where(of_town(redemption_return_lot), redemption_return_lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(redemption.c.receipt, redemption_return.c.on_date, redemption.c.booklet)
)
_OTHERS = (
    select(
        journal_entry.c.reference,
        stock_move.c.on_date,
        stock_move.c.kind,
        summed(stock_move.c.quantity).label("quantity"),
    )
    .select_from(stock_move.join(journal_entry, same_row(journal_entry.c.entry_id, stock_move.c.entry_id)))
    .where(
        of_town(stock_move),
        stock_move.c.lot_id.in_(bindparam("lots", expanding=True)),
        stock_move.c.kind.in_(("write_off", "count", "void")),
        stock_move.c.kind != "redeem",
    )
    .group_by(journal_entry.c.reference, stock_move.c.on_date, stock_move.c.kind)
)
_KINDS = {"write_off": "writeoff", "count": "count", "void": "void"}


def trace(tx: Transaction, name: str, by: Operator) -> Trace | Refusal:
    """Return what leads to and from a lot, a voucher or a receipt, whichever goes by the name."""
    called = number(name)
    given = gifts(tx, named=may_name(by), only=[called])
    bought = {row.voucher: row for row in tx.all(_PURCHASES, vouchers=[called])}
    if given and given[0].kind != "in_kind":
        lots = _keys(tx.all(_WITH, vouchers=sorted(spending(tx).of_gift.get(called, {}))))
        one = given[0]
        return Trace(
            called,
            (Source(KINDS[one.kind], called, one.on, one.donor, one.amount),),
            _lots(tx, lots)[0],
            _uses(tx, lots),
        )
    lots = _keys(tx.all(_WITH, vouchers=[called]) or tx.all(_CALLED, called=called))
    of_receipt = [] if lots or bought else _keys(tx.all(_OF_RECEIPT, called=called))
    if not (lots or of_receipt or bought):
        return refuse("not_found", "{0} is no lot, no voucher and no receipt: look at the number again", name)
    told, vouchers = _lots(tx, lots or of_receipt)
    down = _uses(tx, lots or of_receipt)
    if of_receipt:
        down = tuple(use for use in down if use.reference == called)
    return Trace(called, _sources(tx, {*vouchers, *bought}, by), told, down)


def _sources(tx: Transaction, vouchers: Iterable[str], by: Operator) -> tuple[Source, ...]:
    named, of = may_name(by), sorted(vouchers)
    up = [Source(KINDS[g.kind], g.voucher, g.on, g.donor, g.amount) for g in gifts(tx, named=named, only=of)]
    rows = tx.all(_PURCHASES, vouchers=of)
    paid = spending(tx).of_purchase if rows else {}
    payers = {source for row in rows for source in paid.get(row.voucher, {})}
    known = {g.voucher: g for g in gifts(tx, named=named, only=payers)}
    for row in rows:
        up.append(Source("purchase", row.voucher, row.on_date, row.supplier, Yuan(row.amount)))
        for source, part in paid.get(row.voucher, {}).items():
            one = known[source]
            up.append(Source(KINDS[one.kind], source, one.on, one.donor, part))
    return tuple(up)


def _keys(rows: Sequence[object]) -> list[Id]:
    return sorted({Id(row.lot_id) for row in rows})  # type: ignore[attr-defined]


def _lots(tx: Transaction, keys: Sequence[Id]) -> tuple[tuple[TracedLot, ...], set[str]]:
    rows = tx.all(_LOTS, lots=list(keys))
    told = tuple(TracedLot(r.name, r.code, r.product_name, r.quantity, r.on_hand) for r in rows)
    return told, {row.voucher for row in rows}


def _uses(tx: Transaction, keys: Sequence[Id]) -> tuple[Use, ...]:
    some = list(keys)
    uses = [Use("redemption", *tuple(row)) for row in tx.all(_SOLD, lots=some)]
    uses += [Use("return", *tuple(row)) for row in tx.all(_CAME_BACK, lots=some)]
    uses += [Use(_KINDS[r.kind], r.reference, r.on_date, None, r.quantity) for r in tx.all(_OTHERS, lots=some)]
    return tuple(sorted(uses, key=lambda use: (use.date, use.reference, use.kind)))
