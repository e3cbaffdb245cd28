"""Papers beside the receipt, made from the books and queued for printing: stickers, labels, cards, certificates.

Stickers and certificates are of record: a further print says what the first said, and that it is a further one.
Labels and cards are not; they say what holds now.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.accounts.queries import booklet_of, household_facts, household_not_found
from lizhi_pos.checkout.certificate import GiftCertificate, gift_certificate
from lizhi_pos.checkout.models import redemption
from lizhi_pos.checkout.receipt import SHOP, head_on_paper, short_hash
from lizhi_pos.checkout.redemptions import find_redemption
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.inventory.products import ProductView, products
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printqueue.print_jobs import enqueue, first_about, first_document, print_again
from lizhi_pos.refusal import Reason, Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.town.settings import settings

MOST_COPIES = 200
"""Of one label at a time; more are a slip of the finger."""


class StickerLine(Struct, frozen=True):
    """One product of a redemption and how many of it."""

    name: str
    quantity: int


class Sticker(Struct, frozen=True, kw_only=True):
    """One redemption as a slip that is glued into the household's booklet (手册贴条).

    `balance_after` is the balance right after it, as on its receipt; `booklet` is the one the household has now.
    """

    shop: str
    number: str
    on: date
    booklet: str
    head: str
    goods: tuple[StickerLine, ...]
    total: Points
    balance_after: Points
    chain: str


class ShelfLabel(Struct, frozen=True, kw_only=True):
    """A product on the shelf (货架签) with the tag price known now, which tills take from the next session on."""

    code: str
    name: str
    spec: str
    unit: str
    price: Yuan
    monthly_limit: int | None


class HouseholdCard(Struct, frozen=True, kw_only=True):
    """A card that says whose booklet it is, for a scanner (兑换卡); it pays for nothing and passes to nobody."""

    shop: str
    town: str
    booklet: str
    head: str
    village: str
    group: str


_BY_RECEIPT = select(redemption.c.redemption_id).where(of_town(redemption), redemption.c.receipt == bindparam("number"))
_REDEMPTION = select(redemption).where(of_town(redemption), redemption.c.redemption_id == bindparam("key"))
_SEALED = select(journal_entry.c.hash).where(of_town(journal_entry), journal_entry.c.entry_id == bindparam("entry"))


def redemption_of(tx: Transaction, receipt: str) -> Id | Refusal:
    """Return the redemption with a receipt's number."""
    key = tx.value(_BY_RECEIPT, number=receipt)
    return Id(key) if key else refuse("not_found", "There is no receipt {0}: look at the number again", receipt)


def queue_sticker(tx: Transaction, redemption_id: Id, till: str | None = None) -> Id | Refusal:
    """Queue a redemption's sticker for the booklet, wanted at a till; return its print job.

    Refuse one there is not.
    """
    lock_alone(tx, f"sticker {redemption_id.hex()}")
    row = tx.first(_REDEMPTION, key=redemption_id)
    if row is None:
        return refuse("not_found", "There is no such redemption: look at the number again")
    if first := first_document(tx, redemption_id, "sticker"):
        return print_again(tx, "sticker", first, redemption_id, till=till)
    document = msgspec.json.encode(_sticker(tx, row))
    return enqueue(tx, kind="sticker", document=document, redemption_id=redemption_id, till=till)


def queue_labels(tx: Transaction, codes: Sequence[str], copies: int = 1) -> list[Id] | Refusal:
    """Shelf labels, each printed so many times; returns their print jobs, one for each paper.

    Refuses all of them where a code is no product's, and more than `MOST_COPIES` of each.
    """
    if not 1 <= copies <= MOST_COPIES:
        return refuse("rule_broken", "Of one label 1 to {0} are printed at a time, not {1}", MOST_COPIES, copies)
    found = labelled_products(tx, codes)
    if isinstance(found, Refusal):
        return found
    labels = [msgspec.json.encode(shelf_label(product)) for product in found]
    return [enqueue(tx, kind="label", document=label) for label in labels for _ in range(copies)]


def labelled_products(tx: Transaction, codes: Sequence[str]) -> list[ProductView] | Refusal:
    """Return the products that labels are asked of, as often as each is; refuse all where a code is no product's."""
    known = {written_code(p.code): p for p in products(tx)}
    if unknown := tuple(code for code in codes if code not in known):
        return Refusal(reasons=(Reason("unknown_product", unknown),))
    return [known[code] for code in codes]


def queue_cards(tx: Transaction, booklets: Sequence[str]) -> list[Id] | Refusal:
    """Cards of households; returns their print jobs.

    Refuses all of them where a booklet is no household's, or its household is no longer in the register.
    """
    facts, town = household_facts(tx, booklets, today(tx)), settings(tx)
    cards = []
    for number in booklets:
        if number not in facts:
            return household_not_found(tx, number)
        found = facts[number]
        if found.status != "active":
            return refuse("rule_broken", "{0} is no longer in its village's register: it gets no card", number)
        cards.append(
            HouseholdCard(
                shop=SHOP,
                town=tx.town_name,
                booklet=number,
                head=head_on_paper(found.head, town),
                village=found.village,
                group=found.village_group,
            )
        )
    return [enqueue(tx, kind="card", document=msgspec.json.encode(card)) for card in cards]


def queue_certificate(tx: Transaction, voucher: str) -> Id | Refusal:
    """Queue the certificate of a gift that came in; return its print job. Refuse a voucher that no gift has."""
    made = gift_certificate(tx, voucher)
    if isinstance(made, Refusal):
        return made
    if first := first_about(tx, "certificate", voucher):
        return print_again(tx, "certificate", first)
    return enqueue(tx, kind="certificate", document=msgspec.json.encode(made))


def certificate_to_keep(tx: Transaction, voucher: str) -> GiftCertificate | Refusal:
    """Return a gift's certificate as it was printed first, or as it would be printed now; refuse as printing does."""
    made = gift_certificate(tx, voucher)
    if isinstance(made, Refusal):
        return made
    first = first_about(tx, "certificate", voucher)
    return msgspec.json.decode(first, type=GiftCertificate) if first else made


def _sticker(tx: Transaction, row: Row[Any]) -> Sticker:
    done = find_redemption(tx, row.redemption_id)
    booklet = booklet_of(tx, row.household_id)
    head = household_facts(tx, [booklet], done.date)[booklet].head
    return Sticker(
        shop=SHOP,
        number=done.receipt,
        on=done.date,
        booklet=booklet,
        head=head_on_paper(head, settings(tx)),
        goods=tuple(StickerLine(line.name, line.quantity) for line in done.lines),
        total=done.total,
        balance_after=done.balance_after,
        chain=short_hash(tx.value(_SEALED, entry=row.points_entry)),
    )


def shelf_label(product: ProductView) -> ShelfLabel:
    """Return what a product's label says."""
    return ShelfLabel(
        code=product.code,
        name=product.name,
        spec=product.spec,
        unit=product.unit,
        price=product.price,
        monthly_limit=product.monthly_limit,
    )
