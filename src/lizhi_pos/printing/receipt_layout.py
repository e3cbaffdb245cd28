"""Receipts and their village copies, the day's slip and the test page as paper elements: data in, elements out."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.checkout.session_report import SessionReport, VillageDay
from lizhi_pos.money import format_hundredths, in_capitals
from lizhi_pos.printing.elements import (
    TOTAL,
    Barcode,
    Cell,
    Cells,
    Cut,
    Element,
    Feed,
    Line,
    QrCode,
    Rule,
    paper_width,
    placed,
    printable,
    row_lines,
    screen_width,
    wrap,
)

WIDE = 40
"""From so many columns on a receipt has name, quantity and amount on one line."""


class TrialPage(Struct, frozen=True):
    """What a test page says beside its patterns: which printer, which profile, when (local time)."""

    printer: str
    profile: str
    printed_at: str


def receipt_elements(receipt: Receipt, columns: int, copy: int = 0) -> list[Element]:
    """Return a redemption's receipt for paper of so many columns; `copy` n is the n-th print after the first."""
    return [
        *_heading(receipt, copy),
        *_facts(receipt, columns),
        Line("积分只兑物品,不兑现金"),
        Line("领取人签字:"),
        Feed(2),
        Line(f"账链 {receipt.chain}"),
        *(_TRAINING if receipt.training else ()),
        Barcode(receipt.number),
        Cut(),
    ]


def village_elements(receipt: Receipt, columns: int, copy: int = 0) -> list[Element]:
    """Return the village's copy of a receipt.

    Its facts to read, nothing to sign and no barcode that a return could scan.
    """
    return [
        *_heading(receipt, copy, "村级查阅联 不作凭证"),
        *_facts(receipt, columns),
        Line(f"账链 {receipt.chain}"),
        *(_TRAINING if receipt.training else ()),
        Cut(),
    ]


_TRAINING = (Line("训练  不入账", align="center", size="double", bold=True),)


def _heading(receipt: Receipt, copy: int, part: str = "") -> Iterator[Element]:
    if receipt.training:
        yield from _TRAINING
    yield Line(receipt.shop, align="center", size="double")
    yield Line(f"{receipt.town}文明积分兑换小票", align="center", bold=True)
    if part:
        yield Line(part, align="center", size="tall", bold=True)
    yield from copy_mark(copy)


def copy_mark(copy: int) -> tuple[Element, ...]:
    """Return what tells a further print of a paper from the first, which has no mark."""
    return (Line(f"补打 第{copy}次", align="center", size="tall", bold=True),) if copy else ()


def _facts(receipt: Receipt, columns: int) -> Iterator[Element]:
    yield Rule()
    yield from _who(receipt, columns)
    yield Rule()
    for line in receipt.lines:
        yield from goods(line.name, line.price, line.quantity, line.amount, columns)
    yield Rule()
    yield from _totals(receipt, columns)
    yield Rule()


def _who(receipt: Receipt, columns: int) -> Iterator[Element]:
    yield Line(f"单号 {receipt.number}")
    yield pair(f"赶场 {receipt.on.isoformat()}", f"收银 {receipt.clerk}", columns)
    yield Line(f"时间 {receipt.printed_at}")
    if receipt.session_approved_by:
        yield Line(f"开场批准 {receipt.session_approved_by}")
        yield Line(f"开场原因 {receipt.session_reason}")
    yield pair(f"手册 {receipt.booklet}", f"户主 {receipt.head}", columns)
    if receipt.village:
        yield Line(f"村社 {receipt.village}")
    if receipt.proxy:
        yield Line(f"代领 {receipt.proxy}" + (f"({receipt.relation})" if receipt.relation else ""))
    if receipt.approved_by:
        yield Line(f"批准 {receipt.approved_by}")
    if receipt.approval_reason:
        yield Line(f"原因 {receipt.approval_reason}")
    if receipt.slip:
        yield Line(f"纸质单号 {receipt.slip}")


def goods(name: str, price: int, quantity: int, amount: int, columns: int) -> Iterator[Element]:
    """Name and figures; a name that does not fit beside them stands above, in as many lines as it needs.

    `price` and `amount` are hundredths.
    """
    name = printable(name).strip()
    wide = columns >= WIDE
    room = columns - 25 if wide else 0
    beside = wide and paper_width(name) < room
    if not beside:
        yield Line(name)
    yield Cells(
        (
            Cell(name if beside else "", room),
            Cell(format_hundredths(price), 8 if wide else 14, "right"),
            Cell(f" × {quantity}", 7 if wide else 8),
            Cell(format_hundredths(amount), 10, "right"),
        )
    )


def _totals(receipt: Receipt, columns: int) -> Iterator[Element]:
    yield pair(TOTAL, format_hundredths(receipt.total), columns, bold=True)
    yield Line(f"{in_capitals(receipt.total)}(积分)", align="right")
    before, after = format_hundredths(receipt.balance_before), format_hundredths(receipt.balance_after)
    yield pair(f"兑前 {before}", f"兑后 {after}", columns)


def pair(left: str, right: str, columns: int, bold: bool = False) -> Cells:
    """Two texts at the two edges, at least one blank between them."""
    needed = paper_width(printable(right))
    return Cells((Cell(left, max(columns - needed - 1, 0)), Cell(right, needed + 1, "right")), bold)


def day_elements(slip: SessionReport, columns: int, copy: int = 0) -> list[Element]:
    """Return the day's slip, to be kept with the books: counts by village, and the journal's head."""
    counts = [
        ("户数", str(slip.households)),
        ("兑换", f"{slip.redemptions}单 {slip.units}件"),
        ("积分", format_hundredths(slip.points)),
    ]
    if slip.returns:
        counts.append(("退货", f"{slip.returns}单 {format_hundredths(slip.returned)}"))
        counts.append(("净积分", format_hundredths(slip.points - slip.returned)))
    if slip.unknown_jobs:
        counts.append(("小票不明", f"{slip.unknown_jobs}张"))
    return [
        Line(slip.shop, align="center", size="double"),
        Line(f"{slip.town}赶场日结单", align="center", bold=True),
        *copy_mark(copy),
        Rule(),
        pair(f"日期 {slip.date.isoformat()}", f"收场 {slip.closed_by}", columns),
        Line(f"打印 {slip.printed_at}"),
        Rule(),
        *(line for v in slip.villages for line in _village_counts(v, columns)),
        Rule(),
        *(pair(name, value, columns, bold=name in ("积分", "净积分")) for name, value in counts),
        *(Line(f"单号 {numbers}") for numbers in slip.receipts),
        Rule(),
        Line("收银签字:"),
        Feed(2),
        Line("监督签字:"),
        Feed(2),
        Line(f"账链 {slip.chain}"),
        Cut(),
    ]


def _village_counts(v: VillageDay, columns: int) -> Iterator[Element]:
    yield pair(f"{v.village} {v.households}户 {v.redemptions}单", format_hundredths(v.points), columns)
    if v.returned:
        yield pair("  净积分", format_hundredths(v.points - v.returned), columns)


_RARE = "䶮 㛃 𬭎"
"""Characters of people's names that GBK lacks: they show whether lines are drawn."""


def trial_elements(page: TrialPage, columns: int) -> list[Element]:
    """Return a page that shows what a printer can do: ruler, Chinese, sizes, rare characters, codes, the cut."""
    ruler = "".join(str(n % 10) for n in range(1, columns + 1))
    return [
        Line("打印测试", align="center", size="double"),
        Line("双倍高 ABC 123", align="center", size="tall"),
        Rule(),
        Line(ruler),
        pair("左边", "右边", columns),
        Line("居中", align="center"),
        Line("加粗 大同镇文明积分", bold=True),
        Line("汉字 一二三四五六七八九十百千万"),
        Line("符号 ￥ × · ° ￥1.00 № ①"),
        Line(f"生僻字 {_RARE}"),
        Cells((Cell("12.50", 14, "right"), Cell(" × 2", 8), Cell("25.00", columns - 22, "right"))),
        Rule(),
        Line(f"打印机 {page.printer}"),
        Line(f"型号 {page.profile}"),
        Line(f"时间 {page.printed_at}"),
        Barcode("1-2024-000123"),
        QrCode("1-2024-000123"),
        Line("各行对齐,字清楚,条码能扫", align="center"),
        Cut(),
    ]


def as_text(elements: Sequence[Element], columns: int) -> str:
    """Return the paper as plain text, for a screen: sizes and bold are lost, codes are shown by a pattern."""
    return "\n".join(line for element in elements for line in _text_of(element, columns))


def _text_of(element: Element, columns: int) -> list[str]:
    match element:
        case Line(text, align):
            return [placed(t, columns, align, screen_width) for t in wrap(printable(text), columns, screen_width)]
        case Cells():
            return row_lines(element, columns, screen_width)
        case Rule() | Cut():
            return ["-" * columns]
        case Barcode(text=text):
            return [placed("║▌║█║▌│║▌█║▌║", columns, "center", screen_width), placed(text, columns, "center", len)]
        case QrCode(text):
            return [placed(f"[二维码 {text}]", columns, "center", screen_width)]
        case Feed(lines):
            return [""] * lines
