"""The sample town's goods, and where they came from: gifts in kind (示例), purchases, and the pool's money."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from lizhi_pos.donations.import_rows import GiftKind, GiftRow, PurchaseRow
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.money import Yuan, parse_hundredths
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.people import PLACE, VILLAGES


def ean13(number: int) -> str:
    """Return an in-store EAN-13 code (prefix 20) with its check digit."""
    body = f"20{number:010d}"
    weighed = sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(body))
    return f"{body}{-weighed % 10}"


# name, specification, unit, category, tag price, 每户限量
_GOODS = """
加碘食盐      400g      袋 调味(示例) 2.50  -
酿造酱油      500ml     瓶 调味(示例) 6.50  -
香醋          340ml     瓶 调味(示例) 6.00  -
豆瓣酱        500g      瓶 调味(示例) 9.00  -
鸡精          200g      袋 调味(示例) 8.00  -
白砂糖        500g      袋 调味(示例) 5.50  -
菜籽油        1L        瓶 粮油(示例) 15.00 2
大米          5kg       袋 粮油(示例) 32.00 1
挂面          800g      把 粮油(示例) 6.80  -
纯牛奶        250ml     盒 食品(示例) 3.00  -
鲜鸡蛋        10枚      盒 食品(示例) 9.80  2
苏打饼干      400g      包 食品(示例) 8.20  -
香皂          100g      块 洗护(示例) 3.80  -
洗衣皂        2块装     组 洗护(示例) 5.00  -
洗衣粉        1.5kg     袋 洗护(示例) 12.80 -
洗洁精        1kg       瓶 洗护(示例) 8.50  -
牙膏          120g      支 洗护(示例) 6.90  -
牙刷          2支装     组 洗护(示例) 5.80  -
洗发水        400ml     瓶 洗护(示例) 18.50 -
毛巾          34×74cm   条 日用(示例) 7.50  -
抽纸          3包装     提 日用(示例) 9.90  2
卷纸          10卷      提 日用(示例) 16.80 2
垃圾袋        100只     卷 日用(示例) 6.00  -
扫把          带簸箕    套 日用(示例) 12.00 -
塑料盆        36cm      个 日用(示例) 8.80  -
保温杯        500ml     个 日用(示例) 25.00 1
电热水壶      1.8L      个 家电(示例) 49.00 1
LED灯泡       9W        只 家电(示例) 7.20  -
作业本        10本      包 文具(示例) 6.00  -
中性笔        12支      盒 文具(示例) 9.60  -
书包          小学生用  个 文具(示例) 45.00 1
晴雨伞        8骨       把 日用(示例) 16.00 -
"""

_ROWS = [line.split() for line in _GOODS.split("\n") if line]
CODES = {row[0]: ean13(number) for number, row in enumerate(_ROWS, 1)}
"""Every product's code by its name."""


def goods_rows() -> tuple[GoodsRow, ...]:
    """Return the goods with their tag prices."""
    return tuple(
        GoodsRow(
            CODES[name],
            name,
            _yuan(price),
            PLACE,
            spec=spec,
            unit=unit,
            category=category,
            monthly_limit=None if limit == "-" else int(limit),
            safety_stock=3,
        )
        for name, spec, unit, category, price, limit in _ROWS
    )


class _Came(Struct, frozen=True):
    """So many of a product that came in, at a cost for each; `keeps` days from today, None for ever."""

    name: str
    quantity: int
    cost: str
    keeps: int | None = None


_SUPERMARKET = (
    _Came("加碘食盐", 90, "2.00", 400),
    _Came("香皂", 60, "3.00", 500),
    _Came("洗衣皂", 30, "4.20", 500),
    _Came("洗衣粉", 24, "10.50", 600),
    _Came("洗洁精", 24, "6.80", 300),
    _Came("毛巾", 40, "5.50"),
    _Came("牙刷", 30, "4.00"),
    _Came("苏打饼干", 12, "6.50", -3),
)
_COMPANY = (
    _Came("作业本", 40, "4.50"),
    _Came("中性笔", 20, "7.00"),
    _Came("书包", 8, "36.00"),
    _Came("保温杯", 10, "19.00"),
    _Came("电热水壶", 2, "42.00"),
    _Came("晴雨伞", 15, "12.00"),
    _Came("LED灯泡", 30, "5.20"),
)
_STAPLES = (
    _Came("菜籽油", 30, "13.20", 280),
    _Came("大米", 20, "27.00", 120),
    _Came("挂面", 40, "5.60", 200),
    _Came("白砂糖", 40, "4.60", 380),
    _Came("酿造酱油", 30, "5.20", 330),
    _Came("香醋", 30, "4.80", 360),
    _Came("牙膏", 30, "5.50", 700),
    _Came("卷纸", 15, "13.50"),
    _Came("抽纸", 24, "8.00"),
    _Came("垃圾袋", 30, "4.60"),
    _Came("扫把", 10, "9.50"),
    _Came("塑料盆", 12, "7.00"),
)
_FRESH = (
    _Came("纯牛奶", 48, "2.40", 5),
    _Came("鲜鸡蛋", 20, "8.20", 9),
    _Came("苏打饼干", 24, "6.60", 150),
    _Came("豆瓣酱", 18, "7.40", 270),
    _Came("鸡精", 18, "6.50", 260),
    _Came("洗发水", 12, "15.00", 800),
    _Came("加碘食盐", 40, "2.00", 700),
)


def gifts(days: Days) -> tuple[tuple[GiftRow, ...], ...]:
    """Vouchers of gifts: money, village allocations, goods."""
    begun, later = days.founded, days.after_founding(20)
    return (
        _money("示例赞助001", begun, "sponsor", "示例商会", "1500.00", purpose="励志超市开办"),
        _money("示例捐款001", begun, "cash", "示例乡贤·吴示例", "800.00", purpose="助老助学"),
        _in_kind("示例实物001", days.after_founding(2), "示例超市", _SUPERMARKET, days),
        *(
            _money(f"示例村集体{v.at + 1:03d}", days.after_founding(3), "village", v.name, "400.00", village=v.name)
            for v in VILLAGES
        ),
        _in_kind("示例实物002", later, "示例企业", _COMPANY, days),
        _money("示例捐款002", later, "cash", "示例村民·热心人", "500.00", anonymous=True),
        _money("示例村集体007", days.ago(25), "village", VILLAGES[0].name, "400.00", village=VILLAGES[0].name),
    )


def purchases(days: Days) -> tuple[tuple[PurchaseRow, ...], ...]:
    """Vouchers of purchases."""
    return (
        _bought("示例采购001", days.after_founding(8), "示例粮油批发部", _STAPLES, days),
        _bought("示例采购002", days.ago(12), "示例食品批发部", _FRESH, days),
    )


def _yuan(text: str) -> Yuan:
    return Yuan(parse_hundredths(text))


def _money(
    voucher: str,
    on: date,
    kind: GiftKind,
    donor: str,
    amount: str,
    **more: Any,
) -> tuple[GiftRow, ...]:
    return (GiftRow(voucher, on, kind, donor, PLACE, amount=_yuan(amount), **more),)


def _in_kind(voucher: str, on: date, donor: str, came: Sequence[_Came], days: Days) -> tuple[GiftRow, ...]:
    return tuple(
        GiftRow(
            voucher,
            on,
            "in_kind",
            donor,
            PLACE,
            code=CODES[x.name],
            quantity=x.quantity,
            unit_value=_yuan(x.cost),
            expires_on=_expiry(x, days),
        )
        for x in came
    )


def _bought(voucher: str, on: date, supplier: str, came: Sequence[_Came], days: Days) -> tuple[PurchaseRow, ...]:
    return tuple(
        PurchaseRow(voucher, on, supplier, CODES[x.name], x.quantity, _yuan(x.cost), PLACE, expires_on=_expiry(x, days))
        for x in came
    )


def _expiry(came: _Came, days: Days) -> date | None:
    return None if came.keeps is None else days.today + timedelta(came.keeps)
