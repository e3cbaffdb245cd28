"""The list of who took goods of a lot (召回通知单), for whoever goes and tells them."""

from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.checkout.recalled_goods import TookOfLot, who_took
from lizhi_pos.checkout.receipt import SHOP
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot, product, recall
from lizhi_pos.printqueue.print_jobs import enqueue
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today


class RecallNotice(Struct, frozen=True, kw_only=True):
    """Who has goods of a lot, heads in full: they must be told. `reason` is empty where the lot is not recalled."""

    shop: str
    code: str
    name: str
    spec: str
    unit: str
    lot: str
    made_on: date
    reason: str
    households: tuple[TookOfLot, ...]


_LOT = (
    select(lot.c.name.label("lot"), product.c.code, product.c.name, product.c.spec, product.c.unit)
    .select_from(lot.join(product, same_row(product.c.product_id, lot.c.product_id)))
    .where(of_town(lot), lot.c.lot_id == bindparam("key"))
)
_WHY = select(recall.c.reason).where(
    of_town(recall), recall.c.lot_id == bindparam("key"), recall.c.released_on.is_(None)
)


def queue_recall_notice(tx: Transaction, lot_id: Id) -> Id | Refusal:
    """Queue the list of who has goods of a lot; return its print job. Refuse one that nobody has anything of."""
    row = tx.first(_LOT, key=lot_id)
    households = who_took(tx, lot_id)
    if row is None or not households:
        return refuse("not_found", "Nobody took goods of this lot: there is nobody to tell")
    notice = RecallNotice(
        shop=SHOP,
        code=row.code,
        name=row.name,
        spec=row.spec,
        unit=row.unit,
        lot=row.lot,
        made_on=today(tx),
        reason=tx.value(_WHY, key=lot_id) or "",
        households=households,
    )
    return enqueue(tx, kind="recall", document=msgspec.json.encode(notice))
