"""A made-up month (示例) as papers say it, of any size, without a database."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256

from lizhi_pos.ids import Id
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month, add_months
from lizhi_pos.refusal import message
from lizhi_pos.settlement.details import Details, GoodsLine, PointsLine
from lizhi_pos.settlement.month_ends import MonthEnd
from lizhi_pos.settlement.month_papers import (
    CategoryTaken,
    Changes,
    ClosingWarning,
    MonthPapers,
    MonthPoints,
    VillagePapers,
)
from lizhi_pos.settlement.statement import AMOUNTS, Amounts, StatementLine, VillageStatement

APRIL = Month(2024, 4)
CLOSED = date(2024, 5, 8)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴欧阳", "小明建国桂英淑贞秀兰志强玉梅海涛"
VILLAGES = ("天桥村", "华平村", "古镇社区")
CATEGORIES = ("粮油", "调味品", "洗护用品", "文具", "厨房用具", "床上用品", "农具", "")
IDENTITY, PHONE = "110101199003070011", "13900000001"


def month(villages: int = 3, households: int = 9) -> MonthPapers:
    """Return a town's month; the same numbers give the same month."""
    made = tuple(_village(at, households) for at in range(villages))
    sums: dict[str, tuple[int, int]] = {}
    for v in made:
        for c in v.goods:
            quantity, amount = sums.get(c.category, (0, 0))
            sums[c.category] = (quantity + c.quantity, amount + c.amount)
    goods = [CategoryTaken(name, quantity, Points(amount)) for name, (quantity, amount) in sums.items()]
    months = [Month.of(add_months(APRIL.first_day, at)) for at in range(-11, 1)]
    return MonthPapers(
        town="示例镇",
        month=APRIL,
        closed_on=CLOSED,
        closed_by="会计示例",
        head=sha256(b"head").digest(),
        object_until=CLOSED + timedelta(7),
        villages=made,
        goods=tuple(sorted(goods, key=lambda c: -c.amount)),
        warnings=(
            ClosingWarning("bank", message("{0}: {1}", "银行", "示例:四月没有对账单"), None),
            *(w for v in made for w in v.warnings if w.village_id),
        ),
        month_ends=tuple(
            MonthEnd(
                m,
                outstanding=Points(800000 + 31000 * at),
                stock_at_cost=Yuan(450000 + 20000 * at),
                cash=Yuan(400000 - 15000 * at),
                stock_at_tag=Yuan(500000 + 20000 * at) if at else None,
            )
            for at, m in enumerate(months)
        ),
    )


def name_of(village: int, number: int) -> str:
    """Return the made-up head of a household: three signs, sometimes two or four."""
    at = village * 31 + number * 7
    surname = "欧阳" if at % 11 == 0 else SURNAMES[at % 10]
    given = GIVEN[at % 16] + ("" if at % 13 == 0 else GIVEN[(at * 5 + 3) % 16])
    return surname + given


def _village(at: int, households: int) -> VillagePapers:
    key = Id(at.to_bytes(16))
    lines = tuple(_line(at, number) for number in range(1, households + 1))
    totals = {name: Points(sum(getattr(line, name) for line in lines)) for name in AMOUNTS}
    value = totals["redeemed"] - totals["returned"]
    statement = VillageStatement(
        village=VILLAGES[at] if at < len(VILLAGES) else f"示例{at}村",
        village_id=key,
        households=lines,
        totals=Amounts(**totals),
        goods_value=Yuan(value),
        contributed=Yuan(50000 * at),
        drawn=Yuan(value),
    )
    shares = (value * 4 // 10, value * 3 // 10, value * 2 // 10)
    goods = [
        CategoryTaken(name, 9 - i, Points(amount))
        for i, (name, amount) in enumerate(zip(CATEGORIES[:3], shares, strict=True))
    ]
    rest = value - sum(shares)
    goods += [CategoryTaken(CATEGORIES[3 + at % 5], 2, Points(rest))] if rest else []
    warnings = [ClosingWarning("bank", message("{0}: {1}", "银行", "示例:四月没有对账单"), None)]
    if at == 0:
        warnings.append(ClosingWarning("batches", message("{0}: {1}", "台账", "示例:天桥村四月台账未到"), key))
    return VillagePapers(
        statement=statement,
        goods=tuple(goods),
        warnings=tuple(warnings),
        year=tuple(_year(at, totals, value)),
        changes=Changes(
            joined=tuple(line.booklet for line in lines[-2:]) if at == 0 else (),
            left=(),
            vetoed=tuple(line.booklet for line in lines if line.vetoed),
            restored=(),
            adjusted=tuple(line.booklet for line in lines if line.adjusted),
            transferred=(),
        ),
    )


def _line(village: int, number: int) -> StatementLine:
    at = village * 31 + number
    opening, base, volunteer = at * 731 % 9000, 898 if at % 3 else 0, at * 350 % 1800
    redeemed = min(opening + base, at * 513 % 4000) if at % 4 else 0
    returned = 250 if redeemed > 2500 else 0
    adjusted = -100 if at % 17 == 0 and opening > 100 else 0
    left = opening + base + volunteer - redeemed + returned + adjusted
    vetoed = left if at % 23 == 0 else 0
    amounts = {
        "opening": opening,
        "base": base,
        "volunteer": volunteer,
        "redeemed": redeemed,
        "returned": returned,
        "vetoed": vetoed,
        "adjusted": adjusted,
        "closing": left - vetoed,
    }
    return StatementLine(
        booklet=f"{'TQ' if village == 0 else f'V{village:02d}'}{number:04d}",
        head=name_of(village, number),
        household_id=Id(at.to_bytes(16)),
        receipts=(f"2024-1-{at:06d}",) if redeemed else (),
        **{name: Points(amount) for name, amount in amounts.items()},
    )


def _year(at: int, totals: Mapping[str, Points], value: int) -> Iterator[MonthPoints]:
    for back in range(-11, 0):
        m = Month.of(add_months(APRIL.first_day, back))
        yield MonthPoints(m, Points(3000 + (back * 977 + at * 311) % 9000), Points((back * 613 + at * 97) % 8000))
    yield MonthPoints(APRIL, Points(totals["base"] + totals["volunteer"]), Points(value))


def lines_behind(papers: MonthPapers) -> dict[Id, Details]:
    """Return the lines that stand behind a made-up month, as `details` reads them."""
    found = {}
    for v in papers.villages:
        points, goods = [], []
        for line in v.statement.households:
            for kind, amount in (("base", line.base), ("volunteer", line.volunteer), ("redeem", -line.redeemed)):
                if amount:
                    day = date(2024, 4, 28 if kind == "redeem" else 12)
                    note = "" if kind == "redeem" else "清扫村道 示例"
                    points.append(PointsLine(line.booklet, line.head, day, kind, Points(amount), note, "示例"))
            for receipt in line.receipts:
                goods.append(
                    GoodsLine(
                        line.booklet,
                        line.head,
                        date(2024, 4, 28),
                        receipt,
                        "6920181360936",
                        "海星加碘盐400g",
                        1,
                        line.redeemed,
                    )
                )
        found[v.statement.village_id] = Details(tuple(points), tuple(goods))
    return found
