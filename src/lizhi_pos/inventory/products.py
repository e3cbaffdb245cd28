"""Products and their tag prices, read from the goods file."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Subquery, bindparam, func, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.cell_errors import CellError, RowAt, already_in, as_refusal
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.models import PRODUCT, price, product
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import InvariantViolated, Reason, Refusal, message, refuse, unwrap
from lizhi_pos.text import normalize
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.pinyin import initials


class ProductView(Struct, frozen=True, gc=False):
    """A product and the tag price known now, in hundredths of a yuan."""

    product_id: Id
    code: str
    name: str
    spec: str
    unit: str
    category: str
    price: Yuan
    monthly_limit: int | None
    safety_stock: int | None
    initials: str
    shelf_days: int | None


class Taken(Struct, frozen=True):
    """What a file came to: rows new, changed and known before, or everything wrong with it."""

    new: int
    changed: int
    same: int
    errors: tuple[CellError, ...] = ()
    warnings: tuple[CellError, ...] = ()


def _columns(price_now: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a `ProductView`, in its order."""
    return [price_now if name == "price" else product.c[name] for name in ProductView.__struct_fields__]


def _ranked(*order: ColumnElement[Any]) -> Subquery:
    """Return every price of a product with its place in an order, 1 the first."""
    place = func.row_number().over(partition_by=price.c.product_id, order_by=order).label("place")
    return select(price.c.product_id, price.c.price, place).where(of_town(price)).subquery()


_newest = _ranked(price.c.recorded_at.desc(), price.c.price_id.desc())
_oldest = _ranked(price.c.recorded_at, price.c.price_id)
_FIRST_PRICES = select(_oldest.c.product_id, _oldest.c.price).where(_oldest.c.place == 1)
_PRODUCTS = (
    select(*_columns(_newest.c.price))
    .select_from(product.join(_newest, (product.c.product_id == _newest.c.product_id) & (_newest.c.place == 1)))
    .where(of_town(product))
    .order_by(product.c.code)
)
_PRICE_NOW = (
    select(price.c.price)
    .where(same_row(price.c.product_id, product.c.product_id))
    .order_by(price.c.recorded_at.desc(), price.c.price_id.desc())
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_ONE = select(*_columns(_PRICE_NOW)).where(of_town(product), product.c.product_id == bindparam("key"))
_CHANGE = (
    update(product)
    .where(of_town(product), product.c.product_id == bindparam("key"))
    .values(
        code=bindparam("new_code"),
        name=bindparam("new_name"),
        spec=bindparam("new_spec"),
        unit=bindparam("new_unit"),
        category=bindparam("new_category"),
        monthly_limit=bindparam("new_limit"),
        safety_stock=bindparam("new_safety"),
        initials=bindparam("new_initials"),
    )
)


_RENAME = (
    update(product)
    .where(of_town(product), product.c.product_id == bindparam("key"))
    .values(name=bindparam("new_name"), initials=bindparam("new_initials"))
)


def take_goods(tx: Transaction, rows: Sequence[GoodsRow], by: Operator) -> Taken:
    """Take a goods file whole: new products, changed ones, and prices, which wait for the next session."""
    errors = errors_in_goods(rows)
    if errors:
        return Taken(0, 0, 0, errors)
    # what a row changes is told by what the file before it left
    lock_alone(tx, "goods")
    # a code kept as it was printed, with hyphens, is that product's all the same
    known = {written_code(p.code): p for p in products(tx)}
    new = changed = 0
    for row in rows:
        old = known.get(row.code)
        if old is None:
            _add(tx, row, by)
            new += 1
        elif _told(row) != _told(old):
            _alter(tx, old, row, by)
            changed += 1
    return Taken(new, changed, len(rows) - new - changed)


def products(tx: Transaction) -> list[ProductView]:
    """Return every product with its newest price, by code."""
    return [ProductView(*tuple(row)) for row in tx.all(_PRODUCTS)]


def product_of(tx: Transaction, key: Id) -> ProductView:
    """Return a product by its key, with its newest price; raise InvariantViolated where there is none."""
    row = tx.first(_ONE, key=key)
    if row is None:
        raise InvariantViolated("there is no such product")
    return ProductView(*tuple(row))


def first_prices(tx: Transaction) -> Mapping[Id, Yuan]:
    """Each product's first tag price: what it costs in a session that was opened before the product came."""
    return {row.product_id: Yuan(row.price) for row in tx.all(_FIRST_PRICES)}


def errors_in_goods(rows: Sequence[GoodsRow]) -> tuple[CellError, ...]:
    """Everything that is wrong with a goods file, as far as it could be read."""
    errors: list[CellError] = []
    first: dict[str, RowAt] = {}
    for row in rows:
        if row.at.has("条码"):
            if row.code in first:
                errors.append(row.at.error("条码", already_in(first[row.code], "条码")))
            first.setdefault(row.code, row.at)
        if row.at.has("积分价") and row.price <= 0:
            errors.append(row.at.error("积分价", message("This must be more than nothing")))
        if row.at.has("每户限量") and row.monthly_limit is not None and row.monthly_limit < 1:
            errors.append(row.at.error("每户限量", message("This must be a whole number from 1")))
        if row.at.has("安全库存") and row.safety_stock is not None and row.safety_stock < 0:
            errors.append(row.at.error("安全库存", message("This must not be negative")))
    return tuple(errors)


def add_product(tx: Transaction, row: GoodsRow, by: Operator) -> ProductView | Refusal:
    """Add one product; refuse a code that is a product's already. Whose else it is, is asked in `receiving`."""
    if errors := errors_in_goods([row]):
        return as_refusal(errors)
    lock_alone(tx, "goods")
    if same := product_called(tx, row.code):
        return refuse("out_of_turn", "Code {0} is {1} already: change its price or name instead", row.code, same.name)
    _add(tx, row, by)
    return unwrap(the_product(tx, row.code))


def set_price(tx: Transaction, code: str, amount: Yuan, by: Operator) -> ProductView | Refusal:
    """Give a product another tag price, which waits for the next session where one is open."""
    if amount <= 0:
        return refuse("rule_broken", "A tag price must be more than nothing")
    lock_alone(tx, "goods")
    found = the_product(tx, code)
    if isinstance(found, Refusal):
        return found
    if found.price != amount:
        _tag(tx, found.product_id, amount, by)
        touch(tx, PRODUCT, found.product_id)
    return structs.replace(found, price=amount)


def rename(tx: Transaction, code: str, name: str) -> ProductView | Refusal:
    """Give a product another name; its history goes on under it."""
    name = normalize.name(name)
    if not name:
        return refuse("rule_broken", "A product needs a name")
    lock_alone(tx, "goods")
    found = the_product(tx, code)
    if isinstance(found, Refusal):
        return found
    if found.name != name:
        tx.change(_RENAME, key=found.product_id, new_name=name, new_initials=initials(name))
        touch(tx, PRODUCT, found.product_id)
    return structs.replace(found, name=name)


def product_called(tx: Transaction, code: str) -> ProductView | None:
    """Return the product whose own code this is, however it is written; None for none."""
    wanted = written_code(code)
    return next((p for p in products(tx) if written_code(p.code) == wanted), None)


def the_product(tx: Transaction, code: str) -> ProductView | Refusal:
    """Return the product whose own code this is; refuse a code that is none's."""
    found = product_called(tx, code)
    return found or Refusal(reasons=(Reason("unknown_product", (code,)),))


def _told(p: GoodsRow | ProductView) -> tuple[object, ...]:
    return (p.code, p.name, p.price, p.spec, p.unit, p.category, p.monthly_limit, p.safety_stock)


def _add(tx: Transaction, row: GoodsRow, by: Operator) -> None:
    key = tx.new_id()
    tx.insert(
        product,
        {
            "product_id": key,
            "code": row.code,
            "name": row.name,
            "spec": row.spec,
            "unit": row.unit,
            "category": row.category,
            "monthly_limit": row.monthly_limit,
            "safety_stock": row.safety_stock,
            "initials": initials(row.name),
            "shelf_days": row.shelf_days,
        },
    )
    touch(tx, PRODUCT, key)
    _tag(tx, key, row.price, by)


def _alter(tx: Transaction, old: ProductView, row: GoodsRow, by: Operator) -> None:
    tx.change(
        _CHANGE,
        key=old.product_id,
        new_code=row.code,
        new_name=row.name,
        new_spec=row.spec,
        new_unit=row.unit,
        new_category=row.category,
        new_limit=row.monthly_limit,
        new_safety=row.safety_stock,
        new_initials=old.initials if old.name == row.name else initials(row.name),
    )
    touch(tx, PRODUCT, old.product_id)
    if old.price != row.price:
        _tag(tx, old.product_id, row.price, by)


def _tag(tx: Transaction, key: Id, amount: Yuan, by: Operator) -> None:
    tx.insert(
        price,
        {
            "price_id": tx.new_id(),
            "product_id": key,
            "price": amount,
            "recorded_at": tx.now,
            "by_user": by.name,
        },
    )
