"""收讫凭证 on A4: the facts of the printer's certificate, to be signed and stamped; no fiscal invoice."""

from typing import Any

from lizhi_pos.checkout.certificate import GiftCertificate
from lizhi_pos.documents.month_words import said_day
from lizhi_pos.documents.typeset import FONTS, pdf, texts_in, unprintable
from lizhi_pos.donations.import_rows import GiftKind
from lizhi_pos.money import format_hundredths, in_capitals
from lizhi_pos.refusal import Refusal

TEMPLATE = "gift_paper.typ"
NO_INVOICE = "非财政票据，不作税前扣除凭证"
_KINDS: dict[GiftKind, tuple[str, str]] = {
    "cash": ("捐赠人", "捐款"),
    "sponsor": ("赞助方", "赞助款"),
    "village": ("划拨单位", "村集体收益"),
    "in_kind": ("捐赠人", "捐物"),
}


def gift_paper(certificate: GiftCertificate) -> bytes | Refusal:
    """Return a gift's certificate as a PDF; refuse one with a sign that the fonts lack."""
    content = _content(certificate)
    if refusal := unprintable(texts_in(content)):
        return refusal
    return pdf(TEMPLATE, "paper", content)


def _content(of: GiftCertificate) -> dict[str, Any]:
    giver, what = _KINDS[of.kind]
    facts = [
        ("凭证号", of.voucher),
        ("收讫日期", said_day(of.on)),
        *([("开具日期", said_day(of.made_on))] if of.made_on != of.on else []),
        (giver, of.donor or "爱心人士（匿名）"),
        *([("村社", of.village)] if of.village else []),
        ("类别", what),
        ("用途", f"{of.shop} {of.purpose}".strip()),
    ]
    return {
        "fonts": FONTS,
        "title": f"收讫凭证 {of.voucher}",
        "over": f"{of.town} · {of.shop}",
        "foot": f"{of.town}{of.shop} · 凭证号 {of.voucher} · 账链 {of.chain}",
        "facts": facts,
        "goods": [
            (
                f"{x.name}（{x.unit}）" if x.unit else x.name,
                str(x.quantity),
                format_hundredths(x.unit_value),
                format_hundredths(x.amount),
            )
            for x in of.goods
        ],
        "total": format_hundredths(of.total),
        "capitals": f"人民币{in_capitals(of.total)}",
        "no_invoice": NO_INVOICE,
    }
