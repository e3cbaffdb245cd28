"""Which product a code means, and how many of it: its own code, a second barcode, a carton's (件装码)."""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import PRODUCT, product, product_code
from lizhi_pos.inventory.products import products
from lizhi_pos.record.chain import touch
from lizhi_pos.text.normalize import code as written_code


class Meaning(Struct, frozen=True):
    """What a code means when it is scanned: `pieces` of the product whose own code is `code`."""

    product_id: Id
    code: str
    name: str
    pieces: int


_OTHERS = (
    select(
        product_code.c.code.label("other"), product_code.c.pieces, product.c.product_id, product.c.code, product.c.name
    )
    .select_from(product_code.join(product, same_row(product.c.product_id, product_code.c.product_id)))
    .where(of_town(product_code))
    .order_by(product_code.c.code)
)
_OWN = select(product.c.product_id, product.c.code, product.c.name).where(
    of_town(product), product.c.code.in_(bindparam("codes", expanding=True))
)
_FEW = 500
"""Codes that are asked for by name; of more, all are read."""
_SOME_OTHERS = _OTHERS.where(product_code.c.code.in_(bindparam("codes", expanding=True)))


def meanings(tx: Transaction) -> dict[str, Meaning]:
    """Return every code of the shop as a scanner sends it, with what it means."""
    own = {written_code(p.code): Meaning(p.product_id, p.code, p.name, 1) for p in products(tx)}
    return {**other_codes(tx), **own}


def meanings_of(tx: Transaction, codes: Collection[str]) -> Mapping[str, Meaning]:
    """Return what some codes mean as a scanner sends them, without those that mean nothing; few are read quickly."""
    known: Mapping[str, Meaning] = {}
    if len(codes) <= _FEW:
        own = {row.code: Meaning(row.product_id, row.code, row.name, 1) for row in tx.all(_OWN, codes=sorted(codes))}
        known = {**other_codes(tx, codes), **own}
    # a code kept as it was printed, with hyphens, is found among all of them only
    if any(code not in known for code in codes):
        known = meanings(tx)
    return {code: known[code] for code in codes if code in known}


def meaning_of(tx: Transaction, code: str) -> Meaning | None:
    """Return what one code means as a scanner sends it, None for nothing."""
    return meanings_of(tx, [code]).get(code)


def other_codes(tx: Transaction, only: Collection[str] | None = None) -> Mapping[str, Meaning]:
    """Return the second barcodes and cartons' codes, of all or `only` some, with what they mean."""
    rows = tx.all(_OTHERS) if only is None else tx.all(_SOME_OTHERS, codes=sorted(only))
    return {row.other: Meaning(row.product_id, row.code, row.name, row.pieces) for row in rows}


def give_code(tx: Transaction, product_id: Id, code: str, pieces: int, by: Operator) -> None:
    """Let another code mean a product, or so many pieces of it; what else it might mean is asked in `receiving`."""
    tx.insert(
        product_code,
        {"code": code, "product_id": product_id, "pieces": pieces, "recorded_at": tx.now, "by_user": by.name},
    )
    touch(tx, PRODUCT, product_id)
