"""Baskets that are not redeemed yet, kept as they are scanned: on a till's counter, or held for later.

A basket is no promise: it takes no points and no stock, its redemption may still be refused. Its row goes in the
transaction that redeems it, so that after a power cut there is either the basket or its redemption.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, delete, func, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.changes import HELD
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.models import basket, market_session, redemption
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.locking import share_rows
from lizhi_pos.refusal import Message, Refusal, message, refuse


class OpenBasket(Struct, frozen=True, kw_only=True):
    """A basket that is not redeemed yet; `on` is the day of its session, `head` and `village` its household's."""

    key: str
    till: str
    state: Literal["counter", "held"]
    on: date
    booklet: str
    head: str
    village: str
    wanted: tuple[Wanted, ...]
    proxy: str
    relation: str
    clerk: str
    changed_at: datetime

    @property
    def units(self) -> int:
        """How many pieces lie in it."""
        return sum(w.quantity for w in self.wanted)

    @property
    def where(self) -> Message:
        """Where it lies, for people."""
        return message("held") if self.state == "held" else message("on the counter of till {0}", self.till)


_goods = msgspec.json.Decoder(tuple[Wanted, ...])
_CHANGE = (
    update(basket)
    .where(of_town(basket), basket.c.key == bindparam("basket_key"), basket.c.state == "counter")
    .values(
        goods=bindparam("all_goods"),
        proxy=bindparam("proxy_name"),
        relation=bindparam("related"),
        clerk=bindparam("user_name"),
        changed_at=bindparam("at"),
    )
)
_OPEN_SESSION = share_rows(
    select(market_session.c.session_id).where(
        of_town(market_session), market_session.c.session_id == bindparam("market"), market_session.c.state == "open"
    )
)
_REDEEMED = select(redemption.c.redemption_id).where(of_town(redemption), redemption.c.key == bindparam("basket_key"))
_DISCARD = delete(basket).where(of_town(basket), basket.c.key == bindparam("basket_key"))
_DISCARD_ALL = delete(basket).where(of_town(basket), basket.c.session_id == bindparam("market"))
_MOVE = (
    update(basket)
    .where(of_town(basket), basket.c.key == bindparam("basket_key"), basket.c.state == bindparam("before"))
    .values(state=bindparam("after"), till=bindparam("of_till"), changed_at=bindparam("at"))
)
_BASKETS = (
    select(basket, market_session.c.on_date)
    .select_from(
        basket.join(
            market_session,
            same_row(market_session.c.session_id, basket.c.session_id),
        )
    )
    .where(of_town(basket))
    .order_by(basket.c.changed_at, basket.c.key)
)
_HELD_BASKETS = _BASKETS.where(basket.c.state == "held")
_HELD_OF = _HELD_BASKETS.where(basket.c.booklet == bindparam("number"))
_HELD_COUNT = select(func.count()).select_from(basket).where(of_town(basket), basket.c.state == "held")
_OF_SESSION = _BASKETS.where(basket.c.session_id == bindparam("market"))
_BASKET_BY_KEY = _BASKETS.where(basket.c.key == bindparam("basket_key"))
_ON_COUNTER = _BASKETS.where(basket.c.state == "counter", basket.c.till == bindparam("of_till"))


def save(tx: Transaction, now: Basket, market: Id, by: Operator) -> Refusal | None:
    """Save the basket on a till's counter as it is now; one without goods is discarded.

    Refuses a basket that was redeemed already, a first line after the session was closed, and a second counter of one
    till.
    """
    if not now.wanted:
        discard(tx, now.key)
        return None
    row = {
        "all_goods": msgspec.json.encode(now.wanted).decode(),
        "proxy_name": now.proxy,
        "related": now.relation,
        "user_name": by.name,
        "at": tx.now,
    }
    if tx.change(_CHANGE, basket_key=now.key, **row):
        return None
    if tx.value(_REDEEMED, basket_key=now.key) is not None:
        return refuse("out_of_turn", "This basket was redeemed already: scan the next booklet")
    if tx.value(_OPEN_SESSION, market=market) is None:
        return refuse("out_of_turn", "The session was closed: open it again before goods are scanned")
    if (there := on_counter(tx, now.till)) is not None:
        return refuse("out_of_turn", "Till {0} is open twice: its other window serves {1}", now.till, there.head)
    tx.insert(
        basket,
        {
            "key": now.key,
            "till": now.till,
            "session_id": market,
            "state": "counter",
            "booklet": now.booklet,
            "goods": row["all_goods"],
            "proxy": now.proxy,
            "relation": now.relation,
            "clerk": by.name,
            "changed_at": tx.now,
        },
    )
    return None


def discard(tx: Transaction, key: str) -> None:
    """Discards a basket: it is redeemed, or was taken off the counter."""
    tx.send(_DISCARD, {"town": tx.town, "basket_key": key})


def discard_all(tx: Transaction, market: Id) -> None:
    """Discards every basket of a session."""
    tx.change(_DISCARD_ALL, market=market)


def hold(tx: Transaction, key: str, till: str) -> Refusal | None:
    """Put the basket on a counter aside."""
    if tx.change(_MOVE, basket_key=key, before="counter", after="held", of_till=till, at=tx.now):
        tx.changed.add(HELD)
        return None
    return refuse("out_of_turn", "There is no such basket on the counter: nothing was held")


def recall(tx: Transaction, key: str, till: str) -> OpenBasket | Refusal:
    """Take a held basket, of whichever till, onto a till's counter; refuse where goods lie on it."""
    if (there := on_counter(tx, till)) is not None:
        return refuse("out_of_turn", "First finish {0}: its goods lie on this till's counter", there.head)
    if not tx.change(_MOVE, basket_key=key, before="held", after="counter", of_till=till, at=tx.now):
        return refuse("out_of_turn", "This basket is held no longer: another till took it, or it is redeemed")
    tx.changed.add(HELD)
    (found,) = _views(tx, tx.all(_BASKET_BY_KEY, basket_key=key))
    return found


def on_counter(tx: Transaction, till: str) -> OpenBasket | None:
    """Return the basket that lay on a till's counter when it was last heard of."""
    found = _views(tx, tx.all(_ON_COUNTER, of_till=till))
    return found[0] if found else None


def held(tx: Transaction) -> list[OpenBasket]:
    """Return every held basket, the longest held first."""
    return _views(tx, tx.all(_HELD_BASKETS))


def held_of(tx: Transaction, booklet: str) -> list[OpenBasket]:
    """Return every held basket of a booklet, of whichever till, the longest held first."""
    return _views(tx, tx.all(_HELD_OF, number=booklet))


def held_count(tx: Transaction) -> int:
    """Return how many baskets are held."""
    return int(tx.value(_HELD_COUNT))


def open_baskets(tx: Transaction, market: Id) -> list[OpenBasket]:
    """Return every basket of a session, on counters and held."""
    return _views(tx, tx.all(_OF_SESSION, market=market))


def basket_words(one: OpenBasket) -> Message:
    """Return where a basket is and whose, for a refusal."""
    return message("{0} {1} ({2})", one.booklet, one.head, one.where)


def _views(tx: Transaction, rows: Sequence[Row[Any]]) -> list[OpenBasket]:
    return [_view(tx, row) for row in rows]


def _view(tx: Transaction, row: Row[Any]) -> OpenBasket:
    facts = household_facts(tx, [row.booklet], row.on_date).get(row.booklet)
    return OpenBasket(
        key=row.key,
        till=row.till,
        state=row.state,
        on=row.on_date,
        booklet=row.booklet,
        head=facts.head if facts else "",
        village=facts.village if facts else "",
        wanted=_goods.decode(row.goods),
        proxy=row.proxy,
        relation=row.relation,
        clerk=row.clerk,
        changed_at=row.changed_at,
    )
