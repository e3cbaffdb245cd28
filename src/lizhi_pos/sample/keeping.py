"""What waits for the sample town's keeper: a recalled lot, an open count, a delivery half received."""

from datetime import timedelta

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.db import Transaction
from lizhi_pos.inventory.counts import Seen, add_tally, open_count
from lizhi_pos.inventory.products import the_product
from lizhi_pos.inventory.recalls import recall_lot
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.deliveries import DeliveryContent, DeliveryHead, DeliveryLine, begin_delivery
from lizhi_pos.receiving.products import carton_code
from lizhi_pos.refusal import unwrap
from lizhi_pos.sample import people
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.goods import CODES

KEEPER = Operator(people.KEEPER.name, "keeper")
RECALLED = "示例实物001/1"
"""A lot of which households took something before it was recalled."""
CARTON = "12000000000012"
"""A carton of salt, as it is scanned."""
_COUNTED = (("加碘食盐", 0), ("酿造酱油", 0), ("香醋", -1), ("白砂糖", 0))
"""What was counted so far beside what the books have."""
_DELIVERED = (("卷纸", 12, 1350, None), ("苏打饼干", 24, 660, 150), ("作业本", 30, 450, None))


def keep(tx: Transaction, days: Days, approval: Approval) -> None:
    """Leave the shelf as a keeper finds it this morning."""
    unwrap(carton_code(tx, CODES["加碘食盐"], CARTON, 50, KEEPER))
    unwrap(recall_lot(tx, RECALLED, "示例:包装漏气", Authority(KEEPER, days.today, approval)))
    names = [name for name, _ in _COUNTED] + ["豆瓣酱", "鸡精"]
    sheet = unwrap(open_count(tx, [CODES[name] for name in names], False, Authority(KEEPER, days.today)))
    books = {line.code: line.book or 0 for line in sheet.lines}
    for name, more in _COUNTED:
        code = CODES[name]
        unwrap(add_tally(tx, sheet.count, Seen(code, max(books[code] + more, 0)), KEEPER))
    head = DeliveryHead(kind="gift", voucher="示例实物004", giver="示例企业", purpose="慰问")
    begin_delivery(tx, DeliveryContent(head, tuple(_line(tx, days, *goods) for goods in _DELIVERED)), KEEPER)


def _line(tx: Transaction, days: Days, name: str, quantity: int, value: int, keeps: int | None) -> DeliveryLine:
    product = unwrap(the_product(tx, CODES[name]))
    return DeliveryLine(
        code=product.code,
        name=product.name,
        spec=product.spec,
        unit=product.unit,
        quantity=quantity,
        unit_value=Yuan(value),
        expires_on=None if keeps is None else days.today + timedelta(keeps),
    )
