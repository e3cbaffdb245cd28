"""`product add`, `price`, `rename`, `pack` and `code`: one product at a time."""

from lizhi_pos.cell_errors import TYPED
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.inventory.codes import Meaning
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import ProductView, rename, set_price
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.receiving.products import carton_code, new_product, second_code
from lizhi_pos.refusal import message
from lizhi_pos.text import normalize


def add(context: Context) -> Outcome:
    """Add one product."""
    by, args = context.operator("import_products"), context.args
    row = GoodsRow(
        code=normalize.code(args.code),
        name=normalize.name(args.name),
        price=Yuan(args.price),
        at=TYPED,
        spec=normalize.typed(args.spec or ""),
        unit=normalize.typed(args.unit or ""),
        category=normalize.typed(args.category or ""),
        monthly_limit=args.limit,
        safety_stock=args.reserve,
        shelf_days=args.shelf_days,
    )
    return _product(context.write(lambda tx: new_product(tx, row, by)))


def price(context: Context) -> Outcome:
    """Give a product another tag price; it waits for the next session where one is open."""
    by, args = context.operator("import_products"), context.args
    return _product(context.write(lambda tx: set_price(tx, normalize.code(args.code), Yuan(args.price), by)))


def rename_product(context: Context) -> Outcome:
    """Give a product another name."""
    context.operator("import_products")
    return _product(context.write(lambda tx: rename(tx, normalize.code(context.args.code), context.args.name)))


def pack(context: Context) -> Outcome:
    """Give a product the barcode of its carton."""
    by, args = context.operator("import_products"), context.args
    code = normalize.code(args.code)
    return _meaning(args.pack, context.write(lambda tx: carton_code(tx, code, args.pack, args.quantity, by)))


def other_code(context: Context) -> Outcome:
    """Give a product a second barcode."""
    by, args = context.operator("import_products"), context.args
    return _meaning(args.other, context.write(lambda tx: second_code(tx, normalize.code(args.code), args.other, by)))


def _product(found: ProductView) -> Outcome:
    price = format_hundredths(found.price)
    return Outcome({"code": found.code, "name": found.name, "price": price}, (f"{found.code}  {found.name}  {price}",))


def _meaning(other: str, meant: Meaning) -> Outcome:
    code = normalize.code(other)
    answer = {"code": meant.code, "name": meant.name, "other": code, "pieces": meant.pieces}
    return Outcome(answer, (message("{0} means {1} × {2}", code, meant.name, meant.pieces),))
