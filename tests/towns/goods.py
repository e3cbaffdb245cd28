"""What a made-up town (示例) lives through with its goods: received, counted, recalled, written off, undone."""

from datetime import date, timedelta

import msgspec

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction
from lizhi_pos.donations.cash_book import change_purpose, say_bank
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.pledges import add_pledge
from lizhi_pos.inventory.count_closing import close_count
from lizhi_pos.inventory.counts import Seen, add_tally, drop_count, open_count, recount
from lizhi_pos.inventory.models import PRODUCT, shelf_label
from lizhi_pos.inventory.products import the_product
from lizhi_pos.inventory.recalls import recall_lot, release_lot
from lizhi_pos.inventory.writeoffs import write_off, write_off_expired
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.models import delivery
from lizhi_pos.receiving.products import carton_code, second_code
from lizhi_pos.receiving.typed import add_gift, add_purchase
from lizhi_pos.receiving.voids import void_voucher
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, APPROVAL, OIL, SALT, SOAP, VILLAGE, at, sell

CARTON, OTHER_CODE = "16920181360933", "96385074"
DONOR = "示例商会"


def receive_goods(tx: Transaction, on: date) -> None:
    """Codes, a pledge with the gift that keeps it, an allocation, goods of two lines, one to expire, a purchase."""
    authority = Authority(ACCOUNTANT, on, APPROVAL)
    unwrap(carton_code(tx, SALT, CARTON, 24, ACCOUNTANT))
    unwrap(second_code(tx, SOAP, OTHER_CODE, ACCOUNTANT))
    pledged = unwrap(add_pledge(tx, DONOR, Yuan(50000), on + timedelta(30), "示例用途", authority))
    kept = GiftRow("XJ-11", on, "cash", DONOR, at(), Yuan(20000), purpose="示例用途", pledge=pledged.pledge)
    unwrap(add_gift(tx, [kept], ACCOUNTANT))
    unwrap(change_purpose(tx, "XJ-11", "示例新用途", "示例:来函同意", authority))
    allocated = GiftRow("CJT-11", on, "village", VILLAGE, at(), Yuan(10000), village=VILLAGE, resolution="示例决议1")
    unwrap(add_gift(tx, [allocated], ACCOUNTANT))
    goods = GiftRow("SW-11", on, "in_kind", DONOR, at(), basis="示例发票", anonymous=True)
    lines = [
        msgspec.structs.replace(goods, code=CARTON, quantity=1, unit_value=Yuan(150), expires_on=on),
        msgspec.structs.replace(goods, code=SOAP, quantity=6, unit_value=Yuan(250)),
    ]
    unwrap(add_gift(tx, lines, ACCOUNTANT))
    bought = PurchaseRow("CG-11", on, "示例批发部", OIL, 4, Yuan(1200), at(), invoice="示例发票2", from_gift="XJ-11")
    unwrap(add_purchase(tx, [msgspec.structs.replace(bought, received_by="示例验收人")], ACCOUNTANT, APPROVAL))
    unwrap(say_bank(tx, on, Yuan(100000), ACCOUNTANT))
    _keep_open(tx)


def _keep_open(tx: Transaction) -> None:
    """What is under way: a delivery, and a label that hangs at the shelf."""
    soap = unwrap(the_product(tx, SOAP))
    label = {"label_id": tx.new_id(), "product_id": soap.product_id, "price": soap.price}
    tx.insert(shelf_label, {**label, "recorded_at": tx.now, "by_user": ACCOUNTANT.name})
    touch(tx, PRODUCT, soap.product_id)
    open_one = {"delivery_id": tx.new_id(), "kind": "gift", "content": "{}"}
    tx.insert(delivery, {**open_one, "by_user": ACCOUNTANT.name, "changed_at": tx.now})


def void_vouchers(tx: Transaction, on: date) -> None:
    """Two gifts and a purchase entered wrongly and undone, one of them after what was sold of it came back."""
    authority = Authority(ACCOUNTANT, on, APPROVAL)
    unwrap(add_gift(tx, [GiftRow("XJ-12", on, "cash", DONOR, at(), Yuan(900))], ACCOUNTANT))
    goods = GiftRow("SW-12", on, "in_kind", DONOR, at(), code=OIL, quantity=3, unit_value=Yuan(900), expires_on=on)
    unwrap(add_gift(tx, [goods], ACCOUNTANT))
    receipt = unwrap(sell(tx, "TQ0001", (OIL, 2), on=on, key="sale-12")).receipt
    unwrap(return_goods(tx, receipt, [Wanted(OIL, 2)], reason="示例:拿错", authority=authority))
    unwrap(add_purchase(tx, [PurchaseRow("CG-12", on, "示例批发部", OIL, 1, Yuan(1000), at())], ACCOUNTANT, APPROVAL))
    unwrap(void_voucher(tx, "gift", "XJ-12", "示例:记重了", authority))
    unwrap(void_voucher(tx, "gift", "SW-12", "示例:不是捐赠", authority))
    unwrap(void_voucher(tx, "purchase", "CG-12", "示例:退货了", authority))


def keep_shelf(tx: Transaction, on: date) -> None:
    """Written off for each reason, one lot recalled, one recalled and released."""
    authority = Authority(ACCOUNTANT, on, APPROVAL)
    for name in ("SW-2", "SW-1"):
        unwrap(recall_lot(tx, name, "示例:厂家通知", authority))
    unwrap(write_off(tx, "SW-2", 2, "recalled", "示例", authority))
    unwrap(release_lot(tx, "SW-1", "示例:检验合格", authority))
    unwrap(write_off(tx, "SW-1", 1, "broken", "", authority))
    unwrap(write_off(tx, "CG-1", 1, "missing", "", authority))
    assert [x.lot for x in unwrap(write_off_expired(tx, authority))] == ["SW-11/1"]


def take_stock(tx: Transaction, on: date) -> None:
    """Counts closed, with a shortage and with goods found, dropped, and open; by lots, with a recount."""
    authority = Authority(ACCOUNTANT, on, APPROVAL)
    first = unwrap(open_count(tx, [SOAP, OIL], False, authority)).count
    unwrap(add_tally(tx, first, Seen(SOAP, 17, "SW-2"), ACCOUNTANT))
    unwrap(recount(tx, first, SOAP))
    unwrap(add_tally(tx, first, Seen(SOAP, 15, "SW-2"), ACCOUNTANT))
    unwrap(add_tally(tx, first, Seen(SOAP, 7, "SW-11/2"), ACCOUNTANT))
    unwrap(close_count(tx, first, "keep", authority))
    second = unwrap(open_count(tx, [OIL], True, authority)).count
    unwrap(add_tally(tx, second, Seen(OIL, 5), ACCOUNTANT))
    unwrap(add_tally(tx, second, Seen(OIL, 5), ACCOUNTANT))
    unwrap(close_count(tx, second, "zero", authority))
    unwrap(drop_count(tx, unwrap(open_count(tx, [OIL], True, authority)).count, authority))
    third = unwrap(open_count(tx, [SALT], True, authority)).count
    unwrap(add_tally(tx, third, Seen(SALT, 3), ACCOUNTANT))
