"""`product …`, `donation …`, `purchase …`, `pool …`, `stock …`."""

from collections.abc import Sequence

from msgspec import structs

from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.files import take_file
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.pool import bank_words
from lizhi_pos.db import Transaction
from lizhi_pos.donations.cash_book import bank_on
from lizhi_pos.donations.import_rows import PurchaseRow
from lizhi_pos.exchange.donations import read_donations
from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.inventory.products import Taken, products
from lizhi_pos.inventory.stock import short_on, stock_on
from lizhi_pos.money import format_hundredths
from lizhi_pos.receiving.codes import errors_in_goods_file, import_goods
from lizhi_pos.receiving.files import take_gifts, take_purchases
from lizhi_pos.receiving.vouchers import errors_in_gifts, errors_in_purchases
from lizhi_pos.refusal import Message, Refused, message, unwrap
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.settlement.coverage import PoolView, pool_view


def import_products(context: Context) -> Outcome:
    """Read goods and tag prices."""
    by, path = context.operator("import_products"), readable(context.args.file)
    return take_file(context, path, read_goods(path), lambda s, rows: import_goods(s, rows, by), errors_in_goods_file)


def list_products(context: Context) -> Outcome:
    """Return every product and the tag price known now."""
    context.operator("see")
    with context.reading() as tx:
        found = products(tx)
    answer = [
        {
            "code": p.code,
            "name": p.name,
            "spec": p.spec,
            "unit": p.unit,
            "category": p.category,
            "price": format_hundredths(p.price),
            "monthly_limit": p.monthly_limit,
            "safety_stock": p.safety_stock,
            "shelf_days": p.shelf_days,
        }
        for p in found
    ]
    return Outcome({"products": answer}, tuple(f"{p.code}  {p.name}  {format_hundredths(p.price)}" for p in found))


def import_donations(context: Context) -> Outcome:
    """Read gifts and allocations; gifts in kind become lots."""
    by, path = context.operator("import_gifts"), readable(context.args.file)
    read = read_donations(path)
    if any(row.kind != "in_kind" for row in read.content or ()) and (refusal := by.refusal_to("keep_pool")):
        raise Refused(refusal)
    return take_file(context, path, read, lambda s, rows: take_gifts(s, rows, by), errors_in_gifts)


def import_purchases(context: Context) -> Outcome:
    """Read purchases paid from the pool; needs a second person."""
    by, path = context.operator("import_purchases"), readable(context.args.file)
    approval = context.approval(by)

    def take(tx: Transaction, rows: Sequence[PurchaseRow]) -> Taken:
        return unwrap(take_purchases(tx, rows, by, approval))

    return take_file(context, path, read_purchases(path), take, errors_in_purchases)


def show_pool(context: Context) -> Outcome:
    """Return the fund pool as it stood at the end of a day."""
    context.operator("see_books")
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        found, at_bank = pool_view(tx, on), bank_on(tx, on)
    answer = {**structs.asdict(found), **_amounts(found), "bank": at_bank}
    return Outcome(answer, (*_pool_words(found), *((bank_words(at_bank),) if at_bank else ())))


def _amounts(p: PoolView) -> dict[str, str]:
    """Return the pool's amounts as scripts read them."""
    return {name: format_hundredths(value) for name, value in structs.asdict(p).items() if isinstance(value, int)}


def _pool_words(p: PoolView) -> tuple[Message, ...]:
    return (
        message("Cash {0}", format_hundredths(p.cash)),
        message(
            "Stock at cost {0}, at tag price {1}", format_hundredths(p.stock_at_cost), format_hundredths(p.stock_at_tag)
        ),
        message(
            "Gifts of money {0}, in kind {1}", format_hundredths(p.gifts_money), format_hundredths(p.gifts_in_kind)
        ),
        message("Village allocations {0}", format_hundredths(p.allocations)),
        message(
            "Goods redeemed at cost {0}, losses {1}", format_hundredths(p.redeemed_at_cost), format_hundredths(p.losses)
        ),
        message("Points outstanding {0}, coverage {1}", format_hundredths(p.outstanding_points), p.coverage or "–"),
    )


def list_short(context: Context) -> Outcome:
    """Return the products of which less may be sold than their reserve (安全库存)."""
    context.operator("see_stock")
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        found = short_on(tx, on)
    words = [message("{0}  {1}  sellable {2}, reserve {3}", p.code, p.name, p.sellable, p.reserve) for p in found]
    return Outcome({"products": found}, tuple(words) or (message("Nothing is below its reserve (安全库存)"),))


def list_stock(context: Context) -> Outcome:
    """Return every product's lots as they stood at the end of a day."""
    context.operator("see_stock")
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        found = stock_on(tx, on)
    words = []
    for p in found:
        words.append(message("{0}  {1}  on hand {2}, sellable {3}", p.code, p.name, p.on_hand, p.sellable))
        words += [
            message("    {0}: {1}, expires {2}", x.lot, x.on_hand, x.expires.isoformat() if x.expires else "–")
            for x in p.lots
            if x.on_hand
        ]
    return Outcome({"products": found}, tuple(words))
