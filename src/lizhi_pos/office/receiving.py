"""The acts of receiving: what a code means, a new product, a delivery kept and finished. On the database thread."""

from datetime import date
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.cell_errors import TYPED
from lizhi_pos.checkout.papers import queue_certificate
from lizhi_pos.checkout.shelf_labels import print_labels
from lizhi_pos.db import Transaction, of_town, reading, write
from lizhi_pos.donations.models import donor, gift, purchase
from lizhi_pos.inventory.codes import meaning_of
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.models import lot
from lizhi_pos.inventory.products import ProductView, product_of, products
from lizhi_pos.journal.balances import CASH
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Yuan
from lizhi_pos.office.delivery import Delivery, KnownProduct
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.other_numbers import is_booklet, is_receipt
from lizhi_pos.receiving.deliveries import (
    DeliveryContent,
    DeliveryKind,
    OpenDelivery,
    begin_delivery,
    forget_delivery,
    keep_delivery,
    open_deliveries,
)
from lizhi_pos.receiving.products import new_product
from lizhi_pos.receiving.typed import Received, add_gift, add_purchase
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text import normalize
from lizhi_pos.text.pinyin import is_said

_T = TypeVar("_T")


class NewGoods(Struct, frozen=True, kw_only=True):
    """A product as it is typed at the receiving screen."""

    code: str
    name: str
    price: Yuan
    unit: str = ""
    category: str = ""
    shelf_days: int | None = None


MOST_FOUND = 9
"""Products that a text is asked about: each has a number of one digit."""

_LAST_VALUE = (
    select(lot.c.unit_cost)
    .where(of_town(lot), lot.c.product_id == bindparam("product"))
    .order_by(lot.c.received_on.desc(), lot.c.lot_id.desc())
    .limit(1)
)
_GIVERS = {
    "gift": select(donor.c.name).where(of_town(donor)).order_by(donor.c.donor_id.desc()).limit(9),
    "purchase": select(purchase.c.supplier.label("name"))
    .where(of_town(purchase))
    .group_by(purchase.c.supplier)
    .order_by(func.max(purchase.c.on_date).desc())
    .limit(9),
}
_TAKEN = {
    "gift": select(gift.c.voucher).where(of_town(gift), gift.c.voucher.like(bindparam("begin"))),
    "purchase": select(purchase.c.voucher).where(of_town(purchase), purchase.c.voucher.like(bindparam("begin"))),
}
_LETTERS: dict[DeliveryKind, str] = {"gift": "SW", "purchase": "CG"}


class ReceivingService(JobService):
    """Receiving on one database; every act asks for its right when it runs."""

    def day(self) -> date:
        """Return the town's day."""
        with reading(self.engine) as tx:
            return today(tx)

    def open_deliveries(self, kind: DeliveryKind) -> list[OpenDelivery]:
        """Return the deliveries that are not finished, the one that was changed last first."""
        with reading(self.engine) as tx:
            return open_deliveries(tx, kind)

    def proposals(self, kind: DeliveryKind) -> tuple[str, tuple[str, ...]]:
        """Return a voucher's number that is free, by the day, and who gave or sold last."""
        with reading(self.engine) as tx:
            begin = f"{_LETTERS[kind]}-{today(tx):%y%m%d}-"
            taken = {row.voucher for row in tx.all(_TAKEN[kind], begin=f"{begin}%")}
            taken |= {one.content.head.voucher for one in self.open_deliveries(kind)}
            names = tuple(row.name for row in tx.all(_GIVERS[kind]))
        number = next(n for n in range(1, len(taken) + 2) if f"{begin}{n}" not in taken)
        return f"{begin}{number}", names

    def pool_left(self) -> Yuan:
        """Return the pool's cash now."""
        with reading(self.engine) as tx:
            return Yuan(balance_on(tx, CASH, today(tx)))

    def look_up(self, code: str) -> KnownProduct | Message | None:
        """Return what a code means, why it is no goods, or None for an unknown one."""
        with reading(self.engine) as tx:
            meant = meaning_of(tx, code)
            if meant is None:
                return self._what_else(tx, code)
            return self._known(tx, product_of(tx, meant.product_id), meant.pieces)

    def search(self, text: str) -> list[KnownProduct]:
        """Return at most nine products that a text may mean, by a part of the name or how it is said."""
        wanted = normalize.comparable(text).lower()
        with reading(self.engine) as tx:
            found = [
                p
                for p in products(tx)
                if wanted in normalize.comparable(p.name).lower()
                or any(i.startswith(wanted) for i in p.initials.split())
                or is_said(p.name, text)
            ]
            return [self._known(tx, p, 1) for p in found[:MOST_FOUND]]

    def add_product(self, goods: NewGoods, by: Operator) -> KnownProduct | Refusal:
        """Add a product that was scanned for the first time."""
        if refusal := by.refusal_to("import_products"):
            return refusal
        row = GoodsRow(
            code=normalize.code(goods.code),
            name=goods.name,
            price=goods.price,
            at=TYPED,
            unit=goods.unit,
            category=goods.category,
            shelf_days=goods.shelf_days,
        )

        def act(tx: Transaction) -> KnownProduct | Refusal:
            added = new_product(tx, row, by)
            return added if isinstance(added, Refusal) else self._known(tx, added, 1)

        return self.write(act, by)

    def begin(self, content: DeliveryContent, by: Operator) -> OpenDelivery | Refusal:
        """Keep a new delivery."""
        if refusal := self._refusal(content.head.kind, by):
            return refusal
        return write(self.engine, lambda tx: begin_delivery(tx, content, by))

    def keep(self, kept: OpenDelivery, content: DeliveryContent, by: Operator) -> OpenDelivery | Refusal:
        """Keep a delivery as it is now; refuse where somebody else went on with it meanwhile."""
        if refusal := self._refusal(content.head.kind, by):
            return refusal
        return self.write(lambda tx: keep_delivery(tx, kept, content, by), by)

    def discard(self, kept: OpenDelivery, by: Operator) -> Refusal | None:
        """Forget a delivery of which nothing has come in."""
        if refusal := self._refusal(kept.content.head.kind, by):
            return refusal
        return self.write(lambda tx: forget_delivery(tx, kept), by)

    def finish(
        self, kept: OpenDelivery, at_hand: Delivery, by: Operator, approval: Approval | None = None
    ) -> Received | Refusal:
        """Write voucher and lots and forget the open delivery, in one transaction."""
        if refusal := self._refusal(at_hand.head.kind, by):
            return refusal
        if not at_hand.lines:
            return refuse("rule_broken", "Nothing is scanned yet")

        def act(tx: Transaction) -> Received | Refusal:
            if refusal := forget_delivery(tx, kept):
                return refusal
            day = today(tx)
            if at_hand.head.kind == "gift":
                return add_gift(tx, at_hand.gift(day), by)
            return add_purchase(tx, at_hand.purchase(day), by, approval)

        return self.write(act, by)

    def print_papers(self, done: Received, kind: DeliveryKind, by: Operator) -> int | Refusal:
        """Print the giver's certificate and a label for each product; return how many papers that is."""
        if refusal := by.refusal_to("print"):
            return refusal
        codes = list(dict.fromkeys(normalize.code(lot.code) for lot in done.lots))

        def act(tx: Transaction) -> int | Refusal:
            labels = print_labels(tx, codes, by)
            if isinstance(labels, Refusal):
                return labels
            if kind == "purchase":
                return len(labels)
            certificate = queue_certificate(tx, done.voucher)
            return certificate if isinstance(certificate, Refusal) else len(labels) + 1

        return self.write(act, by)

    def _known(self, tx: Transaction, product: ProductView, pieces: int) -> KnownProduct:
        return KnownProduct(
            code=product.code,
            name=product.name,
            spec=product.spec,
            unit=product.unit,
            category=product.category,
            pieces=pieces,
            last_value=Yuan(tx.value(_LAST_VALUE, product=product.product_id) or product.price),
            shelf_days=product.shelf_days,
        )

    def _what_else(self, tx: Transaction, code: str) -> Message | None:
        if is_booklet(tx, code):
            return message("{0} is a household's booklet: nothing was received", code)
        if is_receipt(tx, code):
            return message("{0} is a receipt: nothing was received", code)
        return None

    def _refusal(self, kind: DeliveryKind, by: Operator) -> Refusal | None:
        return by.refusal_to("import_gifts" if kind == "gift" else "keep_pool")
