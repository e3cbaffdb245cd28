"""Products' codes and booklets share the till's one field: none may be both."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from msgspec.structs import replace
from sqlalchemy import select

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batch_preview import DuePoints, due_points
from lizhi_pos.accounts.changes import splitting
from lizhi_pos.accounts.changes.booklets import ReplacedBooklet, replace_booklet
from lizhi_pos.accounts.changes.splitting import Apart, SplitHousehold
from lizhi_pos.accounts.import_batch import Drafted, draft, look_at_unsound
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.models import booklet
from lizhi_pos.accounts.posting import PostedBatch, post_batch
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.inventory.barcodes import checked_code
from lizhi_pos.inventory.codes import meaning_of, meanings, other_codes
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import Taken, errors_in_goods, products, take_goods
from lizhi_pos.locking import lock_alone
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.text.normalize import code as written_code

_CODE_IT_IS = "The shop's product {0} has this number as its code: give the booklet another"
_BOOKLETS = select(booklet.c.number).where(of_town(booklet))


def import_goods(tx: Transaction, rows: Sequence[GoodsRow], by: Operator) -> Taken:
    """Take a goods file whole; one with a new product whose code is a booklet is not taken."""
    lock_alone(tx, "goods")
    if conflicts := [*_not_free(tx, rows)]:
        return Taken(0, 0, 0, (*errors_in_goods(rows), *conflicts))
    return take_goods(tx, rows, by)


def errors_in_goods_file(tx: Transaction, rows: Sequence[GoodsRow]) -> tuple[CellError, ...]:
    """Return everything that is wrong with a goods file, as far as it could be read."""
    return (*errors_in_goods(rows), *_not_free(tx, rows))


def import_workbook(
    tx: Transaction, workbook: VillageWorkbook, by: Operator, file: str | None = None
) -> Drafted | Refusal:
    """Draft a village's month from a file; one with a new booklet whose number is a product's code is not taken."""
    if not any(_products_among(tx, workbook)):
        return draft(tx, workbook, by, file)
    return look_at_workbook(tx, workbook)


def post_workbook(tx: Transaction, village_name: str, month: Month, authority: Authority) -> PostedBatch | Refusal:
    """Post a reviewed batch; not one with a new booklet whose number a product has got since the batch was drafted."""
    # a product that comes at the same time waits, and then finds the booklet
    lock_alone(tx, "goods")
    return post_batch(tx, village_name, month, authority, partial(_products_among, tx))


def preview_workbook(tx: Transaction, village_name: str, month: Month, on: date) -> DuePoints | Refusal:
    """Return what posting a batch on a day would do; refuse what a posting would for the codes of its booklets."""
    return due_points(tx, village_name, month, on, partial(_products_among, tx))


def give_booklet(tx: Transaction, old: str, new: str, reason: str, authority: Authority) -> ReplacedBooklet | Refusal:
    """Replace a lost booklet; refuse a number that is a product's code."""
    lock_alone(tx, "goods")
    if (meant := meaning_of(tx, new)) is not None:
        return refuse("rule_broken", _CODE_IT_IS, meant.name)
    return replace_booklet(tx, old, new, reason, authority)


def split_household(
    tx: Transaction, number: str, apart: Apart, reason: str, authority: Authority
) -> SplitHousehold | Refusal:
    """Let members leave a household with a booklet of their own; refuse a number that is a product's code."""
    lock_alone(tx, "goods")
    if (meant := meaning_of(tx, apart.number)) is not None:
        return refuse("rule_broken", _CODE_IT_IS, meant.name)
    return splitting.split_household(tx, number, apart, reason, authority)


def look_at_workbook(tx: Transaction, workbook: VillageWorkbook) -> Drafted | Refusal:
    """Return everything that is wrong with a workbook, as far as it could be read; writes nothing."""
    looked = look_at_unsound(tx, workbook)
    if isinstance(looked, Refusal):
        return looked
    return replace(looked, errors=(*looked.errors, *_products_among(tx, workbook)))


def _not_free(tx: Transaction, rows: Sequence[GoodsRow]) -> Iterator[CellError]:
    # what stands in both already cannot be undone by refusing its file for ever: the till asks
    known = {written_code(product.code) for product in products(tx)}
    numbers = {written_code(row.number): row.number for row in tx.all(_BOOKLETS)}
    others = other_codes(tx)
    for row in with_all(rows, "条码"):
        if row.code in known:
            continue
        if row.code in numbers:
            text = message("Booklet {0} has this number: give the product another code", numbers[row.code])
            yield row.at.error("条码", text)
        if row.code in others:
            yield row.at.error("条码", message("Code {0} means {1} already", row.code, others[row.code].name))
        elif isinstance(checked := checked_code(row.code), Message):
            yield row.at.error("条码", checked)


def _products_among(tx: Transaction, workbook: VillageWorkbook) -> Iterator[CellError]:
    known = {row.number for row in tx.all(_BOOKLETS)}
    codes = {code: meant.name for code, meant in meanings(tx).items()}
    for row in with_all(workbook.households, "手册编号"):
        if (code := written_code(row.booklet)) in codes and row.booklet not in known:
            yield row.at.error("手册编号", message(_CODE_IT_IS, codes[code]))
