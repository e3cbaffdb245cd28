"""What donors gave and what became of it; households are counted, never named, and anonymous donors stay so (五)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.donations.cash_book import changed_purposes
from lizhi_pos.donations.models import donor, gift
from lizhi_pos.donations.spending import Spending, spending
from lizhi_pos.donations.voids import voided
from lizhi_pos.money import Yuan, format_hundredths, half_up
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.reports.lots import LotFate, fates, lots_of_vouchers
from lizhi_pos.text.normalize import comparable

ANONYMOUS = "爱心人士"
"""What a donor who stays anonymous is called, in public and to whoever need not know."""
KINDS = {"cash": "money", "sponsor": "sponsor", "village": "village", "in_kind": "goods"}


class DonorSum(Struct, frozen=True):
    """What a donor gave in all: money, goods at their value, and with how many vouchers."""

    donor: str
    money: Yuan
    goods: Yuan
    gifts: int


class PaidPart(Struct, frozen=True):
    """What of a gift a purchase spent."""

    purchase: str
    amount: Yuan


class GiftLot(Struct, frozen=True, kw_only=True):
    """A lot that a gift became, whole; `share` is the part of it that the gift paid, two decimals."""

    lot: str
    code: str
    name: str
    quantity: int
    on_hand: int
    written_off: int
    redeemed: int
    households: int
    villages: tuple[str, ...]
    share: str


class GiftStory(Struct, frozen=True, kw_only=True):
    """A gift and what it became; of goods nothing is `spent` or `left`."""

    voucher: str
    date: date
    kind: str
    amount: Yuan
    purpose: str
    spent: Yuan | None
    left: Yuan | None
    purchases: tuple[PaidPart, ...]
    lots: tuple[GiftLot, ...]


class DonorStory(Struct, frozen=True):
    """A donor's page."""

    donor: str
    gifts: tuple[GiftStory, ...]


class DonorRow(Struct, frozen=True):
    """A donor in the list to be published."""

    donor: str
    money: Yuan
    goods: Yuan
    purpose: str


class Gift(Struct, frozen=True, kw_only=True):
    """One voucher of a gift that stands, under the name by which it may be told."""

    voucher: str
    on: date
    kind: str
    donor: str
    amount: Yuan
    purpose: str


_GIFTS = (
    select(gift, donor.c.name.label("donor"))
    .select_from(gift.join(donor, same_row(donor.c.donor_id, gift.c.donor_id)))
    .where(of_town(gift))
    .order_by(gift.c.on_date, gift.c.voucher, gift.c.line)
)
_SOME_GIFTS = _GIFTS.where(gift.c.voucher.in_(bindparam("vouchers", expanding=True)))


def may_name(by: Operator) -> bool:
    """Return whether somebody's work needs the names of anonymous donors."""
    return by.can("see_books")


def gifts(
    tx: Transaction, *, named: bool, only: Collection[str] | None = None, with_voided: bool = False
) -> list[Gift]:
    """Return every gift, or `only` some vouchers, by date and voucher; anonymous donors by name only where `named`.

    Those that were undone are left out unless they are asked for.
    """
    gone, purposes = voided(tx), changed_purposes(tx)
    found: dict[str, Gift] = {}
    for row in tx.all(_GIFTS) if only is None else tx.all(_SOME_GIFTS, vouchers=sorted(only)):
        if row.voucher in gone and not with_voided:
            continue
        before = found.get(row.voucher)
        found[row.voucher] = Gift(
            voucher=row.voucher,
            on=row.on_date,
            kind=row.kind,
            donor=row.donor if named or not row.anonymous else ANONYMOUS,
            amount=Yuan(row.amount + (before.amount if before else 0)),
            purpose=purposes.get(row.voucher, row.purpose),
        )
    return list(found.values())


def donors(tx: Transaction, by: Operator) -> list[DonorSum]:
    """Return every donor by name, with what they gave."""
    return [
        DonorSum(name, *_sums(own), len(own)) for name, own in sorted(_by_donor(gifts(tx, named=may_name(by))).items())
    ]


def donor_story(tx: Transaction, name: str, by: Operator) -> DonorStory | Refusal:
    """Return what each gift of a donor became."""
    own = [g for g in gifts(tx, named=may_name(by)) if comparable(g.donor) == comparable(name)]
    if not own:
        return refuse("not_found", "There is no donor {0}: look at the list of donors", name)
    spent = spending(tx)
    return DonorStory(own[0].donor, stories(tx, own, spent))


def stories(tx: Transaction, own: Sequence[Gift], spent: Spending) -> tuple[GiftStory, ...]:
    """Return what some gifts became."""
    sources: dict[str, Mapping[str, Yuan]] = {g.voucher: spent.of_gift.get(g.voucher, {}) for g in own}
    vouchers = {g.voucher for g in own if g.kind == "in_kind"} | {p for parts in sources.values() for p in parts}
    became: dict[str, list[LotFate]] = {}
    for fate in fates(tx, lots_of_vouchers(tx, vouchers)):
        became.setdefault(fate.voucher, []).append(fate)
    return tuple(_story(g, sources[g.voucher], became, spent) for g in own)


def to_publish(tx: Transaction, year: int) -> list[DonorRow]:
    """Return the donors of a year as they are published, anonymous ones together."""
    of_year = [g for g in gifts(tx, named=False) if g.on.year == year]
    return [
        DonorRow(name, *_sums(own), "；".join(dict.fromkeys(g.purpose for g in own if g.purpose)))
        for name, own in sorted(_by_donor(of_year).items())
    ]


def _by_donor(found: Iterable[Gift]) -> dict[str, list[Gift]]:
    by_donor: dict[str, list[Gift]] = {}
    for one in found:
        by_donor.setdefault(one.donor, []).append(one)
    return by_donor


def _sums(own: Sequence[Gift]) -> tuple[Yuan, Yuan]:
    money = sum(g.amount for g in own if g.kind != "in_kind")
    return Yuan(money), Yuan(sum(g.amount for g in own) - money)


def _story(one: Gift, parts: Mapping[str, Yuan], became: Mapping[str, Sequence[LotFate]], spent: Spending) -> GiftStory:
    in_kind = one.kind == "in_kind"
    lots = [_lot(fate, Fraction(1)) for fate in became.get(one.voucher, ())] if in_kind else []
    for purchase, part in sorted(parts.items()):
        whole = sum(spent.of_purchase[purchase].values())
        lots += [_lot(fate, Fraction(part, whole)) for fate in became.get(purchase, ())]
    used = Yuan(sum(parts.values()))
    return GiftStory(
        voucher=one.voucher,
        date=one.on,
        kind=KINDS[one.kind],
        amount=one.amount,
        purpose=one.purpose,
        spent=None if in_kind else used,
        left=None if in_kind else Yuan(one.amount - used),
        purchases=tuple(PaidPart(p, part) for p, part in sorted(parts.items())),
        lots=tuple(lots),
    )


def _lot(fate: LotFate, share: Fraction) -> GiftLot:
    return GiftLot(
        lot=fate.lot,
        code=fate.code,
        name=fate.name,
        quantity=fate.quantity,
        on_hand=fate.on_hand,
        written_off=fate.written_off,
        redeemed=fate.redeemed,
        households=fate.households,
        villages=fate.villages,
        share=format_hundredths(half_up(share * 100)),
    )
