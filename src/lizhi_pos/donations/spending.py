"""How the pool's money is spent: in the order it came, a named gift first (五). Pure but for `money_book`.

Nothing of it is stored: it is worked out from the gifts and purchases that stand, so that a voucher of an earlier day
finds its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import func, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import gift, purchase
from lizhi_pos.donations.voids import voided
from lizhi_pos.money import Yuan


class MoneyIn(Struct, frozen=True):
    """Money that came into the pool with one voucher."""

    voucher: str
    on: date
    amount: Yuan


class MoneyOut(Struct, frozen=True):
    """A purchase, and the gift that it spends first where it names one."""

    voucher: str
    on: date
    amount: Yuan
    from_gift: str = ""


class Spending(Struct, frozen=True):
    """What of each gift each purchase spent: by purchase the gifts with their part, by gift the purchases."""

    of_purchase: Mapping[str, Mapping[str, Yuan]]
    of_gift: Mapping[str, Mapping[str, Yuan]]

    def spent(self, voucher: str) -> Yuan:
        """Return how much of a gift is spent."""
        return Yuan(sum(self.of_gift.get(voucher, {}).values()))


_MONEY = (
    select(gift.c.voucher, func.min(gift.c.on_date).label("on_date"), func.sum(gift.c.amount).label("amount"))
    .where(of_town(gift), gift.c.kind != "in_kind")
    .group_by(gift.c.voucher)
)
_PURCHASES = (
    select(
        purchase.c.voucher,
        func.min(purchase.c.on_date).label("on_date"),
        func.sum(purchase.c.amount).label("amount"),
        func.max(purchase.c.from_gift).label("from_gift"),
    )
    .where(of_town(purchase))
    .group_by(purchase.c.voucher)
)


def spend(gifts: Iterable[MoneyIn], purchases: Iterable[MoneyOut]) -> Spending:
    """Work out which gift paid for what: by date, then voucher; a named gift first, the rest in order. Pure."""
    queue = sorted(gifts, key=lambda g: (g.on, g.voucher))
    left = {g.voucher: int(g.amount) for g in queue}
    of_purchase: dict[str, dict[str, Yuan]] = {}
    of_gift: dict[str, dict[str, Yuan]] = {g.voucher: {} for g in queue}
    first = 0
    for bought in sorted(purchases, key=lambda p: (p.on, p.voucher)):
        while first < len(queue) and not left[queue[first].voucher]:
            first += 1
        named = [g for g in queue if g.voucher == bought.from_gift and g.on <= bought.on]
        to_pay = int(bought.amount)
        for source in (*named, *queue[first:]):
            part = min(to_pay, left[source.voucher])
            if part:
                left[source.voucher] -= part
                to_pay -= part
                of_purchase.setdefault(bought.voucher, {})[source.voucher] = Yuan(part)
                of_gift[source.voucher][bought.voucher] = Yuan(part)
            if not to_pay:
                break
    return Spending(of_purchase, of_gift)


def money_in(tx: Transaction) -> Sequence[MoneyIn]:
    """Return every voucher of money that stands, allocations too."""
    gone = voided(tx)
    rows = tx.all(_MONEY)
    return [MoneyIn(r.voucher, r.on_date, Yuan(int(r.amount))) for r in rows if r.voucher not in gone]


def money_out(tx: Transaction) -> Sequence[MoneyOut]:
    """Return every purchase that stands."""
    gone = voided(tx)
    rows = tx.all(_PURCHASES)
    return [
        MoneyOut(r.voucher, r.on_date, Yuan(int(r.amount)), r.from_gift or "") for r in rows if r.voucher not in gone
    ]


def spending(tx: Transaction) -> Spending:
    """Return how all money that came in has been spent."""
    return spend(money_in(tx), money_out(tx))
