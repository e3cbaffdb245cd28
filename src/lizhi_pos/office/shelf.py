"""The acts at the shelf: prices, barcodes, write-offs, recalls, labels. On the database thread."""

from datetime import date
from typing import TypeVar

from msgspec import Struct

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.checkout.recall_notice import queue_recall_notice
from lizhi_pos.checkout.recalled_goods import TookOfLot, who_took
from lizhi_pos.checkout.shelf_labels import print_labels
from lizhi_pos.db import Transaction, reading
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot
from lizhi_pos.inventory.codes import Meaning, other_codes
from lizhi_pos.inventory.count_closing import lots_of
from lizhi_pos.inventory.labels import due_labels, shown_prices
from lizhi_pos.inventory.near_expiry import near_days
from lizhi_pos.inventory.products import ProductView, products, set_price
from lizhi_pos.inventory.recalls import RecalledLot, recall_lot, release_lot
from lizhi_pos.inventory.stock import lots_on
from lizhi_pos.inventory.writeoffs import LossReason, WriteOff, write_off, write_off_expired
from lizhi_pos.money import Yuan
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.other_numbers import what_else
from lizhi_pos.office.shelf_rows import ProductDetail, ShelfRow, ShelfView, shelf_lots, shelf_row
from lizhi_pos.printqueue.printers import printers
from lizhi_pos.receiving.products import carton_code, second_code
from lizhi_pos.refusal import Message, Refusal, unwrap
from lizhi_pos.reports.product_card import product_card
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text import normalize

_T = TypeVar("_T")


class Recalled(Struct, frozen=True):
    """A lot that is recalled, and who has goods of it."""

    lot: RecalledLot
    households: tuple[TookOfLot, ...]


class ShelfService(JobService):
    """The shelf of one database; every act asks for its right when it runs."""

    def read(self) -> ShelfView:
        """Return the shelf as it stands today."""
        with reading(self.engine) as tx:
            day = today(tx)
            near = near_days(tx, day)
            by_product: dict[Id, list[Lot]] = {}
            for one in lots_on(tx, day):
                by_product.setdefault(one.product_id, []).append(one)
            every, shown = products(tx), shown_prices(tx)
            codes = {code: meant.code for code, meant in other_codes(tx).items()}
            codes |= {normalize.code(p.code): p.code for p in every}
        rows = tuple(shelf_row(p, by_product.get(p.product_id, ()), shown.get(p.product_id), day, near) for p in every)
        return ShelfView(day=day, near_days=near, rows=rows, codes=codes)

    def detail(self, row: ShelfRow, most: int) -> ProductDetail:
        """Return what more is told of a product: its lots, also empty ones, and its last moves."""
        with reading(self.engine) as tx:
            day = today(tx)
            card = product_card(tx, row.code, date.min, day)
            lots = shelf_lots(lots_of(tx, [row.product_id]), day, near_days(tx, day))
        moves = () if isinstance(card, Refusal) else tuple(reversed(card.moves[-most:]))
        return ProductDetail(row.code, lots, moves)

    def what_else(self, code: str) -> Message | None:
        """Return what a code is that means no product; None where it is nothing known."""
        with reading(self.engine) as tx:
            return what_else(tx, code)

    def set_price(self, code: str, amount: Yuan, by: Operator) -> ProductView | Refusal:
        """Give a product another tag price, which waits for the next session where one is open."""
        if refusal := by.refusal_to("import_products"):
            return refusal
        return self.write(lambda tx: set_price(tx, normalize.code(code), amount, by), by)

    def give_code(self, code: str, other: str, pieces: int, by: Operator) -> Meaning | Refusal:
        """Let another barcode mean a product, or so many pieces of it."""
        if refusal := by.refusal_to("import_products"):
            return refusal
        own = normalize.code(code)
        if pieces == 1:
            return self.write(lambda tx: second_code(tx, own, other, by), by)
        return self.write(lambda tx: carton_code(tx, own, other, pieces, by), by)

    def write_off(
        self, lot: str, quantity: int, reason: LossReason, by: Operator, approval: Approval
    ) -> WriteOff | Refusal:
        """Write goods of a lot off; what the second person said is its note."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(
            lambda tx: write_off(tx, lot, quantity, reason, approval.reason, Authority(by, today(tx), approval)), by
        )

    def write_off_expired(self, by: Operator, approval: Approval) -> tuple[WriteOff, ...] | Refusal:
        """Write every expired lot off, in one act."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(lambda tx: write_off_expired(tx, Authority(by, today(tx), approval)), by)

    def recall(self, lot: str, by: Operator, approval: Approval) -> Recalled | Refusal:
        """Recall a lot, and say who has goods of it."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal

        def act(tx: Transaction) -> Recalled:
            done = unwrap(recall_lot(tx, lot, approval.reason, Authority(by, today(tx), approval)))
            return Recalled(done, who_took(tx, done.lot_id))

        return self.write(act, by)

    def release(self, lot: str, by: Operator, approval: Approval) -> RecalledLot | Refusal:
        """Let a recalled lot be given again."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(lambda tx: release_lot(tx, lot, approval.reason, Authority(by, today(tx), approval)), by)

    def who_took(self, lot_id: Id, by: Operator) -> tuple[TookOfLot, ...] | Refusal:
        """Return who has goods of a lot, for those who may follow goods to a household."""
        if refusal := by.refusal_to("trace"):
            return refusal
        with reading(self.engine) as tx:
            return who_took(tx, lot_id)

    def print_who_took(self, lot_id: Id, by: Operator) -> Id | Refusal:
        """Print the list of who has goods of a lot."""
        if refusal := by.refusal_to("trace") or by.refusal_to("print"):
            return refusal
        return self.write(lambda tx: queue_recall_notice(tx, lot_id), by)

    def print_label(self, code: str, by: Operator) -> list[Id] | Refusal:
        """Print a product's label."""
        if refusal := by.refusal_to("print"):
            return refusal
        return self.write(lambda tx: print_labels(tx, [normalize.code(code)], by), by)

    def print_due_labels(self, by: Operator) -> list[Id] | Refusal:
        """Print the labels of all products whose price changed since theirs were printed."""
        if refusal := by.refusal_to("print"):
            return refusal
        return self.write(lambda tx: print_labels(tx, [normalize.code(p.code) for p in due_labels(tx)], by), by)

    def has_printer(self) -> bool:
        """Return whether what is printed comes out anywhere."""
        with reading(self.engine) as tx:
            return bool(printers(tx))
