"""What a donor gets (收讫凭证): a gift as it came in; no fiscal invoice, which a township may not issue."""

from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, and_, bindparam, select

from lizhi_pos.accounts.models import village
from lizhi_pos.checkout.receipt import SHOP, short_hash
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.donations.import_rows import GiftKind
from lizhi_pos.donations.models import donor, gift
from lizhi_pos.donations.voids import voided_on
from lizhi_pos.inventory.models import lot, product
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today


class GivenGoods(Struct, frozen=True, kw_only=True):
    """Goods of a gift at their fair value, in hundredths of a yuan; `name` says the size too."""

    name: str
    unit: str
    quantity: int
    unit_value: Yuan
    amount: Yuan


class GiftCertificate(Struct, frozen=True, kw_only=True):
    """One voucher's gift, in hundredths of a yuan; `goods` is empty where it was money.

    `donor` is empty where the donor stays anonymous, also on paper; `on` is the day it came in, `made_on` the day of
    the first print; `chain` is the short form of the journal hash that seals it.
    """

    shop: str
    town: str
    voucher: str
    on: date
    made_on: date
    kind: GiftKind
    donor: str
    village: str
    purpose: str
    goods: tuple[GivenGoods, ...]
    total: Yuan
    chain: str


_GIFT_LINES = (
    select(
        gift.c.kind,
        gift.c.on_date,
        gift.c.amount,
        gift.c.purpose,
        gift.c.anonymous,
        donor.c.name.label("donor"),
        village.c.name.label("village"),
        journal_entry.c.hash,
        lot.c.quantity,
        lot.c.unit_cost,
        product.c.name.label("product"),
        product.c.spec,
        product.c.unit,
    )
    .select_from(
        gift.join(donor, same_row(donor.c.donor_id, gift.c.donor_id))
        .join(
            journal_entry,
            same_row(journal_entry.c.entry_id, gift.c.entry_id),
        )
        .outerjoin(village, same_row(village.c.village_id, gift.c.village_id))
        .outerjoin(
            lot,
            and_(same_row(lot.c.entry_id, gift.c.entry_id), lot.c.line == gift.c.line),
        )
        .outerjoin(product, same_row(product.c.product_id, lot.c.product_id))
    )
    .where(of_town(gift), gift.c.voucher == bindparam("number"))
    .order_by(gift.c.line)
)


def gift_certificate(tx: Transaction, voucher: str) -> GiftCertificate | Refusal:
    """Return the certificate of a gift by its voucher's number; holds the gift until the transaction ends.

    Refuses a number that no gift has, and a gift that was undone.
    """
    lock_alone(tx, f"certificate {voucher}")
    lines = tx.all(_GIFT_LINES, number=voucher)
    if not lines:
        return refuse("not_found", "No gift has voucher {0}: look at the number again", voucher)
    if voided_on(tx, voucher) is not None:
        return refuse("rule_broken", "The gift of {0} was undone: it has no certificate", voucher)
    first = lines[0]
    purposes = dict.fromkeys(line.purpose for line in lines if line.purpose)
    return GiftCertificate(
        shop=SHOP,
        town=tx.town_name,
        voucher=voucher,
        on=first.on_date,
        made_on=today(tx),
        kind=first.kind,
        donor="" if any(line.anonymous for line in lines) else first.donor,
        village=first.village or "",
        purpose="、".join(purposes),
        goods=tuple(_goods(line) for line in lines if line.quantity is not None),
        total=Yuan(sum(line.amount for line in lines)),
        chain=short_hash(first.hash),
    )


def _goods(line: Row[Any]) -> GivenGoods:
    told = line.product if line.spec in line.product else f"{line.product} {line.spec}"
    return GivenGoods(
        name=told,
        unit=line.unit,
        quantity=line.quantity,
        unit_value=Yuan(line.unit_cost),
        amount=Yuan(line.amount),
    )
