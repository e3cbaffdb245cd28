"""Shelf labels (货架签): which products need a new one, and what price the printed ones show."""

from collections.abc import Iterable

from sqlalchemy import func, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import PRODUCT, shelf_label
from lizhi_pos.inventory.products import ProductView, products
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch

_place = (
    func.row_number()
    .over(
        partition_by=shelf_label.c.product_id,
        order_by=(shelf_label.c.recorded_at.desc(), shelf_label.c.label_id.desc()),
    )
    .label("place")
)
_ranked = select(shelf_label.c.product_id, shelf_label.c.price, _place).where(of_town(shelf_label)).subquery()
_SHOWN = select(_ranked.c.product_id, _ranked.c.price).where(_ranked.c.place == 1)


def shown_prices(tx: Transaction) -> dict[Id, Yuan]:
    """Return the price on the newest label of each product that ever had one."""
    return {row.product_id: Yuan(row.price) for row in tx.all(_SHOWN)}


def due_labels(tx: Transaction) -> list[ProductView]:
    """Return the products, by code, whose label shows another price than the newest, or that never had a label."""
    shown = shown_prices(tx)
    return [p for p in products(tx) if shown.get(p.product_id) != p.price]


def mark_printed(tx: Transaction, printed: Iterable[ProductView], by: Operator) -> None:
    """Write down that labels of some products were printed with the price they have now."""
    shown = shown_prices(tx)
    for p in {p.product_id: p for p in printed}.values():
        if shown.get(p.product_id) == p.price:
            continue
        row = {
            "label_id": tx.new_id(),
            "product_id": p.product_id,
            "price": p.price,
            "recorded_at": tx.now,
            "by_user": by.name,
        }
        tx.insert(shelf_label, row)
        touch(tx, PRODUCT, p.product_id)
