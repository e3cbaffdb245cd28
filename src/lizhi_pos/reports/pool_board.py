"""What came into the pool and what was bought of it, voucher by voucher, and what became of each (五).

Who may not know an anonymous donor's name reads another in its place, here as everywhere.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.donations.cash_book import BankView, CashLine, bank_on, cash_book
from lizhi_pos.donations.models import consent, gift, pledge, purchase, voucher_void
from lizhi_pos.donations.pledges import Pledge, pledges_on
from lizhi_pos.donations.spending import spending
from lizhi_pos.donations.voids import voided
from lizhi_pos.journal.balances import CASH
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.money import Yuan
from lizhi_pos.reports.donors import Gift, GiftStory, gifts, may_name, stories
from lizhi_pos.reports.lots import LotFate, fates, lots_of_vouchers
from lizhi_pos.rulebook.adopted import today


class Purchase(Struct, frozen=True, kw_only=True):
    """One voucher of a purchase, whether it stands or was undone."""

    voucher: str
    on: date
    supplier: str
    amount: Yuan
    invoice: str
    received_by: str
    recorded_by: str
    approved_by: str


class Undone(Struct, frozen=True):
    """That a voucher was undone: when, by whom with whom, and why."""

    on: date
    by: str
    approved_by: str
    reason: str


class Reassigned(Struct, frozen=True):
    """That a gift has another purpose since a day, with its donor's consent."""

    on: date
    purpose: str
    reason: str


class PaidBy(Struct, frozen=True):
    """A gift that paid a part of a purchase."""

    voucher: str
    donor: str
    amount: Yuan


class PoolBoard(Struct, frozen=True, kw_only=True):
    """The pool's vouchers, newest first; what somebody may not see is empty, `cash` and `bank` are None then.

    `left` is what of each gift of money is not spent, `voided` when a voucher was undone.
    """

    day: date
    gifts: tuple[Gift, ...]
    left: Mapping[str, Yuan]
    voided: Mapping[str, date]
    pledges: tuple[Pledge, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    book: tuple[CashLine, ...] = ()
    cash: Yuan | None = None
    bank: BankView | None = None


class GiftDetail(Struct, frozen=True, kw_only=True):
    """A gift and what it became: households are counted, never named. `story` is None of one that was undone."""

    gift: Gift
    story: GiftStory | None
    consents: tuple[Reassigned, ...]
    undone: Undone | None


class PurchaseDetail(Struct, frozen=True, kw_only=True):
    """A purchase, the gifts that paid it, and what became of its goods."""

    purchase: Purchase
    paid_by: tuple[PaidBy, ...]
    lots: tuple[LotFate, ...]
    undone: Undone | None


class PledgeDetail(Struct, frozen=True):
    """A pledge and the gifts that keep it."""

    pledge: Pledge
    gifts: tuple[Gift, ...]


_PURCHASES = (
    select(
        purchase.c.voucher,
        func.min(purchase.c.on_date).label("on_date"),
        func.min(purchase.c.supplier).label("supplier"),
        func.sum(purchase.c.amount).label("amount"),
        func.max(purchase.c.invoice).label("invoice"),
        func.max(purchase.c.received_by).label("received_by"),
        func.max(purchase.c.recorded_by).label("recorded_by"),
        func.max(purchase.c.approved_by).label("approved_by"),
    )
    .where(of_town(purchase))
    .group_by(purchase.c.voucher)
)
_UNDONE = select(voucher_void).where(of_town(voucher_void), voucher_void.c.voucher == bindparam("number"))
_CONSENTS = (
    select(consent.c.on_date, consent.c.purpose, consent.c.reason)
    .where(of_town(consent), consent.c.voucher == bindparam("number"))
    .order_by(consent.c.consent_id)
)
_KEEPS = (
    select(gift.c.voucher)
    .select_from(gift.join(pledge, same_row(pledge.c.pledge_id, gift.c.pledge_id)))
    .where(of_town(gift), pledge.c.number == bindparam("of_number"))
)


def pool_board(tx: Transaction, by: Operator) -> PoolBoard:
    """Return the pool's vouchers as somebody may see them: without the books, the gifts alone."""
    day, named, spent = today(tx), may_name(by), spending(tx)
    came = gifts(tx, named=named, with_voided=True)[::-1]
    gone = voided(tx)
    left = {
        g.voucher: Yuan(g.amount - spent.spent(g.voucher))
        for g in came
        if g.kind != "in_kind" and g.voucher not in gone
    }
    if not by.can("see_books"):
        return PoolBoard(day=day, gifts=tuple(came), left={}, voided=gone)
    return PoolBoard(
        day=day,
        gifts=tuple(came),
        left=left,
        voided=gone,
        pledges=tuple(pledges_on(tx, day)[::-1]),
        purchases=tuple(purchases(tx)),
        book=tuple(cash_book(tx, BEFORE_ALL, date.max)[::-1]),
        cash=Yuan(balance_on(tx, CASH, day)),
        bank=bank_on(tx, day),
    )


def purchases(tx: Transaction) -> list[Purchase]:
    """Return every purchase, newest first, also those that were undone."""
    found = [
        Purchase(
            voucher=row.voucher,
            on=row.on_date,
            supplier=row.supplier,
            amount=Yuan(int(row.amount)),
            invoice=row.invoice or "",
            received_by=row.received_by or "",
            recorded_by=row.recorded_by,
            approved_by=row.approved_by,
        )
        for row in tx.all(_PURCHASES)
    ]
    return sorted(found, key=lambda p: (p.on, p.voucher), reverse=True)


def gift_detail(tx: Transaction, voucher: str, by: Operator) -> GiftDetail | None:
    """Return what a gift became, None where no gift has this voucher."""
    found = next(iter(gifts(tx, named=may_name(by), only=[voucher], with_voided=True)), None)
    if found is None:
        return None
    undone = _undone(tx, voucher)
    story = None if undone else stories(tx, [found], spending(tx))[0]
    consents = tuple(Reassigned(row.on_date, row.purpose, row.reason) for row in tx.all(_CONSENTS, number=voucher))
    return GiftDetail(gift=found, story=story, consents=consents, undone=undone)


def purchase_detail(tx: Transaction, voucher: str, by: Operator) -> PurchaseDetail | None:
    """Return which gifts paid a purchase and what became of it, None where none has this voucher."""
    found = next((p for p in purchases(tx) if p.voucher == voucher), None)
    if found is None:
        return None
    return PurchaseDetail(
        purchase=found,
        paid_by=_paid_by(tx, voucher, by),
        lots=tuple(fates(tx, lots_of_vouchers(tx, {voucher}))),
        undone=_undone(tx, voucher),
    )


def pledge_detail(tx: Transaction, number: int, by: Operator) -> PledgeDetail | None:
    """Return a pledge and the gifts that keep it, None for one there is not."""
    found = next((p for p in pledges_on(tx, today(tx)) if p.pledge == number), None)
    if found is None:
        return None
    keeps = {row.voucher for row in tx.all(_KEEPS, of_number=number)}
    return PledgeDetail(found, tuple(gifts(tx, named=may_name(by), only=keeps)))


def _paid_by(tx: Transaction, voucher: str, by: Operator) -> tuple[PaidBy, ...]:
    parts = spending(tx).of_purchase.get(voucher, {})
    came = gifts(tx, named=may_name(by), only=parts)
    return tuple(PaidBy(g.voucher, g.donor, parts[g.voucher]) for g in came)


def _undone(tx: Transaction, voucher: str) -> Undone | None:
    row = tx.first(_UNDONE, number=voucher)
    return Undone(row.on_date, row.by_user, row.approved_by, row.reason) if row is not None else None
