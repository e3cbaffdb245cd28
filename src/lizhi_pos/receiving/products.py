"""A product and its barcodes, typed or scanned one by one: no code means two products, nor a household's booklet."""

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.models import booklet
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.inventory.barcodes import checked_code
from lizhi_pos.inventory.codes import Meaning, give_code, meanings
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import ProductView, add_product, the_product
from lizhi_pos.locking import lock_alone
from lizhi_pos.refusal import Message, Refusal, refuse

_BOOKLET = select(booklet.c.number).where(of_town(booklet), booklet.c.number == bindparam("number"))


def new_product(tx: Transaction, row: GoodsRow, by: Operator) -> ProductView | Refusal:
    """Add one product with its tag price, known from the next scan on."""
    code = _free_code(tx, row.code)
    if isinstance(code, Refusal):
        return code
    return add_product(tx, replace(row, code=code), by)


def second_code(tx: Transaction, code: str, other: str, by: Operator) -> Meaning | Refusal:
    """Let a second barcode mean the same product; said again it changes nothing."""
    return _another(tx, code, other, 1, by)


def carton_code(tx: Transaction, code: str, pack: str, pieces: int, by: Operator) -> Meaning | Refusal:
    """Let a carton's barcode mean so many pieces of a product wherever it is scanned; said again it changes nothing."""
    if pieces < 2:
        return refuse("rule_broken", "A carton holds 2 pieces or more; a second barcode is given apart")
    return _another(tx, code, pack, pieces, by)


def _another(tx: Transaction, code: str, other: str, pieces: int, by: Operator) -> Meaning | Refusal:
    lock_alone(tx, "goods")
    found = the_product(tx, code)
    if isinstance(found, Refusal):
        return found
    meant = Meaning(found.product_id, found.code, found.name, pieces)
    free = checked_code(other)
    if not isinstance(free, Message) and meanings(tx).get(free) == meant:
        return meant
    free_code = _free_code(tx, other)
    if isinstance(free_code, Refusal):
        return free_code
    give_code(tx, found.product_id, free_code, pieces, by)
    return meant


def _free_code(tx: Transaction, text: str) -> str | Refusal:
    """Return a code that means nothing yet, in the form in which it is kept."""
    code = checked_code(text)
    if isinstance(code, Message):
        return Refusal("rule_broken", text=code)
    lock_alone(tx, "goods")
    if (meant := meanings(tx).get(code)) is not None:
        return refuse("out_of_turn", "Code {0} means {1} already", code, meant.name)
    if tx.value(_BOOKLET, number=code) is not None:
        return refuse("rule_broken", "Booklet {0} has this number: give the product another code", code)
    return code
