"""Deliveries that are being received: kept line by line as an open basket is, and nothing of them has come in yet."""

from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, func, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.models import delivery
from lizhi_pos.refusal import Refusal, refuse

DeliveryKind = Literal["gift", "purchase"]


class DeliveryHead(Struct, frozen=True, kw_only=True):
    """What is said of the whole: of a gift who gives it and what for, of a purchase who sold it."""

    kind: DeliveryKind
    voucher: str
    giver: str
    purpose: str = ""
    anonymous: bool = False
    invoice: str = ""
    received_by: str = ""
    from_gift: str = ""


class DeliveryLine(Struct, frozen=True, kw_only=True):
    """Goods of one product with one expiry."""

    code: str
    name: str
    spec: str
    unit: str
    quantity: int
    unit_value: Yuan
    expires_on: date | None = None

    @property
    def amount(self) -> Yuan:
        """What the line is worth."""
        return Yuan(self.quantity * self.unit_value)


class DeliveryContent(Struct, frozen=True):
    """A delivery as it is kept."""

    head: DeliveryHead
    lines: tuple[DeliveryLine, ...] = ()


class OpenDelivery(Struct, frozen=True):
    """A delivery that is not finished, as it was kept last; `since` is when, which says whether it changed since."""

    key: Id
    content: DeliveryContent
    by: str
    since: datetime


_COUNT = select(func.count()).where(of_town(delivery))
_COUNT_OF_KIND = _COUNT.where(delivery.c.kind == bindparam("of_kind"))
_OPEN = (
    select(delivery)
    .where(of_town(delivery), delivery.c.kind == bindparam("of_kind"))
    .order_by(delivery.c.changed_at.desc())
)
_KEEP = (
    update(delivery)
    .where(of_town(delivery), delivery.c.delivery_id == bindparam("key"), delivery.c.changed_at == bindparam("since"))
    .values(content=bindparam("new_content"), by_user=bindparam("who"), changed_at=bindparam("moment"))
)
_FORGET = delete(delivery).where(
    of_town(delivery), delivery.c.delivery_id == bindparam("key"), delivery.c.changed_at == bindparam("since")
)


def count_open(tx: Transaction, kind: DeliveryKind | None = None) -> int:
    """Return how many deliveries of a kind are open, of every kind where none is named."""
    found: int = tx.value(_COUNT) if kind is None else tx.value(_COUNT_OF_KIND, of_kind=kind)
    return found


def open_deliveries(tx: Transaction, kind: DeliveryKind) -> list[OpenDelivery]:
    """Return the deliveries of a kind that are not finished, the one that was changed last first."""
    return [
        OpenDelivery(Id(r.delivery_id), msgspec.json.decode(r.content, type=DeliveryContent), r.by_user, r.changed_at)
        for r in tx.all(_OPEN, of_kind=kind)
    ]


def begin_delivery(tx: Transaction, content: DeliveryContent, by: Operator) -> OpenDelivery:
    """Keep a new delivery."""
    key = tx.new_id()
    row = {
        "delivery_id": key,
        "kind": content.head.kind,
        "content": msgspec.json.encode(content).decode(),
        "by_user": by.name,
        "changed_at": tx.now,
    }
    tx.insert(delivery, row)
    return OpenDelivery(key, content, by.name, tx.now)


def keep_delivery(
    tx: Transaction, kept: OpenDelivery, content: DeliveryContent, by: Operator
) -> OpenDelivery | Refusal:
    """Keep a delivery as it is now; refuse where somebody else went on with it meanwhile."""
    told = msgspec.json.encode(content).decode()
    changed = tx.change(_KEEP, key=kept.key, since=kept.since, new_content=told, who=by.name, moment=tx.now)
    return OpenDelivery(kept.key, content, by.name, tx.now) if changed else _elsewhere()


def forget_delivery(tx: Transaction, kept: OpenDelivery) -> Refusal | None:
    """Forget an open delivery, finished or given up; refuse where somebody else went on with it meanwhile."""
    return None if tx.change(_FORGET, key=kept.key, since=kept.since) else _elsewhere()


def _elsewhere() -> Refusal:
    return refuse("out_of_turn", "Somebody else went on with this delivery: leave it and open it again")
