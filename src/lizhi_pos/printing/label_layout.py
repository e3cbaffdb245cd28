"""Stickers for booklets, shelf labels, household cards and gift certificates as paper elements."""

from collections.abc import Iterator, Mapping, Sequence

from lizhi_pos.checkout.certificate import GiftCertificate
from lizhi_pos.checkout.papers import HouseholdCard, ShelfLabel, Sticker, StickerLine
from lizhi_pos.donations.import_rows import GiftKind
from lizhi_pos.money import format_hundredths, in_capitals
from lizhi_pos.printing.elements import Barcode, Cut, Element, Feed, Line, Rule, paper_width, printable, wrap
from lizhi_pos.printing.receipt_layout import copy_mark, goods, pair

_LINES_OF_GOODS = 2
"""How much of a sticker its goods may take: a page of the booklet holds many."""
_GIFTS: Mapping[GiftKind, tuple[str, str]] = {
    "cash": ("捐赠人", "捐款"),
    "sponsor": ("赞助方", "赞助款"),
    "village": ("划拨单位", "村集体收益"),
    "in_kind": ("捐赠人", "捐物"),
}
"""What the giver of each kind is called, and the gift."""


def sticker_elements(sticker: Sticker, columns: int, copy: int = 0) -> list[Element]:
    """Return a redemption's slip for the booklet, as low as it can be; `copy` n is the n-th print after the first."""
    return [
        *copy_mark(copy),
        Rule(),
        pair(f"{sticker.shop} 手册贴条", sticker.on.isoformat(), columns, bold=True),
        pair(f"手册 {sticker.booklet}", f"户主 {sticker.head}", columns),
        Line(f"单号 {sticker.number}"),
        *(Line(text) for text in _in_short(sticker.goods, columns)),
        pair(f"兑换 {format_hundredths(sticker.total)}", f"余额 {format_hundredths(sticker.balance_after)}", columns),
        Line(f"账链 {sticker.chain}"),
        Line("经办签章:"),
        Feed(2),
        Rule(),
        Cut(),
    ]


def _in_short(lines: Sequence[StickerLine], columns: int) -> list[str]:
    """As many goods as fit into two lines, none broken but one too long by itself; then how many there are in all."""
    told = [f"{printable(line.name).strip()}×{line.quantity}" for line in lines]
    rest = f"等{len(lines)}种{sum(line.quantity for line in lines)}件"
    for shown in range(len(told), 0, -1):
        packed = _packed(told[:shown] + ([rest] if shown < len(told) else []), columns)
        if sum(len(wrap(text, columns)) for text in packed) <= _LINES_OF_GOODS:
            return packed
    return [told[0], *([rest] if len(told) > 1 else [])]


def _packed(texts: Sequence[str], columns: int) -> list[str]:
    """Return the texts in lines, as many in each as fit; one that is too long has a line of its own."""
    lines: list[str] = []
    for text in texts:
        longer = f"{lines[-1]} {text}" if lines else text
        if lines and paper_width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def label_elements(label: ShelfLabel) -> list[Element]:
    """Return a product's label for the shelf, its tag price as large as it gets."""
    price, points = format_hundredths(label.price), f"积分/{label.unit}" if label.unit else "积分"
    return [
        Line(label.name, align="center", size="tall", bold=True),
        *([Line(label.spec, align="center")] if label.spec and label.spec not in label.name else []),
        Line(price, align="center", size="huge"),
        Line(f"{points} = 标价{price}元", align="center"),
        *([Line(f"每户每月限{label.monthly_limit}件", align="center", bold=True)] if label.monthly_limit else []),
        Barcode(label.code, "ean" if _is_ean(label.code) else "code128"),
        Cut(),
    ]


def _is_ean(code: str) -> bool:
    from stdnum import ean

    return len(code) in (8, 13) and ean.is_valid(code)


def card_elements(card: HouseholdCard) -> list[Element]:
    """Return a household's card: whose booklet it is, for the scanner and for the eye."""
    return [
        Line(card.shop, align="center", size="double"),
        Line(f"{card.town}文明积分兑换卡", align="center", bold=True),
        Rule(),
        Line(card.booklet, align="center", size="double", bold=True),
        Line(f"户主 {card.head}"),
        Line(f"村社 {card.village} {card.group}".rstrip()),
        Rule(),
        Barcode(card.booklet),
        Line("不作支付凭证,仅供查询识别", align="center", bold=True),
        Line("仅限本户使用,不得转让", align="center"),
        Cut(),
    ]


def certificate_elements(certificate: GiftCertificate, columns: int, copy: int = 0) -> list[Element]:
    """Return what a donor gets for a gift, to be signed and stamped; `copy` n is the n-th print after the first."""
    return [
        Line("收讫凭证", align="center", size="double"),
        Line(f"{certificate.town}{certificate.shop}", align="center", bold=True),
        *copy_mark(copy),
        Rule(),
        *_gift(certificate),
        Rule(),
        *_given(certificate, columns),
        Rule(),
        Line("以上款物已收讫,谨致谢忱。"),
        Line("非财政票据,不作税前扣除凭证"),
        Line("财政票据号:"),
        Feed(1),
        Line("经收人签字:"),
        Feed(2),
        Line("监督人签字:"),
        Feed(2),
        Line("单位(盖章):"),
        Feed(3),
        Line(f"账链 {certificate.chain}"),
        Barcode(certificate.voucher),
        Cut(),
    ]


def _gift(certificate: GiftCertificate) -> Iterator[Element]:
    yield Line(f"凭证号 {certificate.voucher}")
    yield Line(f"收讫日期 {certificate.on.isoformat()}")
    if certificate.made_on != certificate.on:
        yield Line(f"开具日期 {certificate.made_on.isoformat()}")
    giver, what = _GIFTS[certificate.kind]
    yield Line(f"{giver} {certificate.donor or '爱心人士(匿名)'}")
    if certificate.village:
        yield Line(f"村社 {certificate.village}")
    yield Line(f"类别 {what}")
    yield Line(f"用途 {certificate.shop}" + (f" {certificate.purpose}" if certificate.purpose else ""))


def _given(certificate: GiftCertificate, columns: int) -> Iterator[Element]:
    for given in certificate.goods:
        name = f"{given.name}({given.unit})" if given.unit else given.name
        yield from goods(name, given.unit_value, given.quantity, given.amount, columns)
    if certificate.goods:
        yield Line("单价为公允价值,单位元", align="right")
        yield Rule()
    yield pair("合计(元)", format_hundredths(certificate.total), columns, bold=True)
    yield Line(f"人民币{in_capitals(certificate.total)}", align="right")
