"""The market-day session: opened on the last market day of the month, or with an approver (三(五)1)."""

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.models import SESSION, market_session, session_price
from lizhi_pos.checkout.open_baskets import OpenBasket, basket_words, discard_all, open_baskets
from lizhi_pos.checkout.printed_heads import keep_head
from lizhi_pos.checkout.receipt import SHOP
from lizhi_pos.checkout.session_queries import SESSION_COLUMNS, SESSION_ON, StoredSession
from lizhi_pos.checkout.session_report import VillageDay, session_report
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.inventory.products import products
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_rows
from lizhi_pos.money import Points
from lizhi_pos.printqueue.print_jobs import enqueue
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import InvariantViolated, Refusal, message, refuse
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.text.normalize import typed
from lizhi_pos.town.clock_doubt import clock_doubt


class MarketView(Struct, frozen=True, kw_only=True):
    """A session, and what was redeemed in it so far or altogether."""

    date: date
    state: str
    opened_by: str
    approved_by: str | None
    reason: str
    households: int
    redemptions: int
    units: int
    points: Points
    returns: int
    returned: Points
    villages: tuple[VillageDay, ...]
    receipts: tuple[str, ...]
    unknown_jobs: int
    chain: str


_SESSION_ON_FOR_UPDATE = lock_rows(SESSION_ON)
_OPEN_SESSION = select(*SESSION_COLUMNS).where(of_town(market_session), market_session.c.state == "open")
_OPEN_SESSION_FOR_UPDATE = lock_rows(_OPEN_SESSION)
_LATEST = select(*SESSION_COLUMNS).where(of_town(market_session)).order_by(market_session.c.on_date.desc()).limit(1)
_REOPEN = (
    update(market_session)
    .where(of_town(market_session), market_session.c.session_id == bindparam("key"))
    .values(
        state="open",
        opened_at=bindparam("at"),
        opened_by=bindparam("by"),
        approved_by=bindparam("approver"),
        reason=bindparam("open_reason"),
        closed_at=None,
        closed_by=None,
    )
)
_CLOSE = (
    update(market_session)
    .where(of_town(market_session), market_session.c.session_id == bindparam("key"), market_session.c.state == "open")
    .values(state="closed", closed_at=bindparam("at"), closed_by=bindparam("by"))
)


def open_session(tx: Transaction, authority: Authority, reason: str = "") -> MarketView | Refusal:
    """Open the shop for a day with that moment's prices fixed.

    Another day than today, one that is no redemption day, a day closed before, and a clock that disagrees with what
    was recorded last need approval and a reason.
    """
    reason = typed(reason)
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    # whoever reopens this day holds its row: first it, then what stands open
    before = tx.first(_SESSION_ON_FOR_UPDATE, day=authority.on)
    running = tx.first(_OPEN_SESSION_FOR_UPDATE)
    if running is not None and running.on_date == authority.on:
        return refuse("out_of_turn", "The session of {0} is open already: go on selling", authority.on.isoformat())
    if running is not None:
        return refuse("out_of_turn", "The session of {0} is still open: close it first", running.on_date.isoformat())
    refusal = _why_not_alone(tx, authority.on, before is not None)
    if refusal and (authority.approval is None or not reason.strip()):
        return refusal
    if before is not None:
        touch(tx, SESSION, before.session_id)
        tx.change(
            _REOPEN,
            key=before.session_id,
            at=tx.now,
            by=authority.by.name,
            approver=authority.approver,
            open_reason=reason or before.reason,
        )
    else:
        _open_new(tx, authority, reason)
    record(
        tx,
        authority.by,
        "market.open",
        authority.on.isoformat(),
        authority.approval.because(reason) if authority.approval else None,
    )
    return market_view(tx, authority.on)


def open_in_rehearsal(tx: Transaction, authority: Authority) -> Refusal | None:
    """Open a day's session that nobody needs to approve: its transaction is rolled back whatever it does."""
    if not tx.is_rehearsal:
        raise InvariantViolated("a session that counts is opened by `open_session`")
    rules = rules_on(tx, authority.on)
    if isinstance(rules, Refusal):
        return rules
    if (refusal := refuse_unless_open(tx, authority.on)) is not None:
        return refusal
    before = tx.first(_SESSION_ON_FOR_UPDATE, day=authority.on)
    if before is None:
        _open_new(tx, authority, "")
    else:
        tx.change(_REOPEN, key=before.session_id, at=tx.now, by=authority.by.name, approver=None, open_reason="")
    return None


def close_session(tx: Transaction, authority: Authority, *, discard_baskets: bool = False) -> MarketView | Refusal:
    """Close the open session of a day; the day's slip waits to be printed.

    Refused while a basket of it is open, on a counter or held, unless they are to be forgotten.
    """
    running = tx.first(_OPEN_SESSION_FOR_UPDATE)
    if running is None or running.on_date != authority.on:
        return refuse("out_of_turn", "No session of {0} is open", authority.on.isoformat())
    if left := open_baskets(tx, running.session_id):
        if not discard_baskets:
            return _left_open(left)
        discard_all(tx, running.session_id)
        record(tx, authority.by, "market.forget_baskets", " ".join(b.booklet for b in left))
    tx.change(_CLOSE, key=running.session_id, at=tx.now, by=authority.by.name)
    touch(tx, SESSION, running.session_id)
    record(tx, authority.by, "market.close", authority.on.isoformat())
    keep_head(tx, authority.by.name)
    slip = session_report(tx, SHOP, running.session_id, authority.on, authority.by.name)
    enqueue(tx, kind="day", document=msgspec.json.encode(slip))
    return market_view(tx, authority.on)


def _left_open(left: Sequence[OpenBasket]) -> Refusal:
    words = basket_words(left[0])
    for one in left[1:]:
        words = message("{0}; {1}", words, basket_words(one))
    return refuse("out_of_turn", "Baskets are open: redeem them or take them off the counter first: {0}", words)


def open_session_now(tx: Transaction) -> StoredSession | None:
    """Return the one session that is open, whatever its day."""
    return tx.first_as(StoredSession, _OPEN_SESSION)


def market_view(tx: Transaction, on: date | None = None) -> MarketView | Refusal:
    """Return a day's session; without a day the open one, else the latest."""
    row = tx.first(SESSION_ON, day=on) if on else (tx.first(_OPEN_SESSION) or tx.first(_LATEST))
    if row is None:
        return refuse("not_found", "There has been no session yet: open one with `market open DATE`")
    day = session_report(tx, SHOP, row.session_id, row.on_date, row.closed_by or "")
    return MarketView(
        date=row.on_date,
        state=row.state,
        opened_by=row.opened_by,
        approved_by=row.approved_by,
        reason=row.reason,
        households=day.households,
        redemptions=day.redemptions,
        units=day.units,
        points=day.points,
        returns=day.returns,
        returned=day.returned,
        villages=day.villages,
        receipts=day.receipts,
        unknown_jobs=day.unknown_jobs,
        chain=day.chain,
    )


def _why_not_alone(tx: Transaction, on: date, again: bool) -> Refusal | None:
    rules = rules_on(tx, on)
    if isinstance(rules, Refusal):
        return rules
    if again:
        return refuse(
            "approval_needed", "{0} was closed: reopening needs a supervisor's PIN and a reason", on.isoformat()
        )
    if on != today(tx):
        return refuse(
            "approval_needed", "{0} is not today: opening it needs a supervisor's PIN and a reason", on.isoformat()
        )
    if (doubt := clock_doubt(tx)) is not None:
        return refuse("approval_needed", "{0}; opening needs a supervisor's PIN and a reason", doubt.text)
    if not rules.is_redemption_day(on):
        nearest = rules.nearest_redemption_day(on)
        return refuse(
            "approval_needed",
            "{0} is no redemption day, that is {1}: opening needs a supervisor's PIN and a reason",
            on.isoformat(),
            nearest.isoformat() if nearest else "–",
        )
    return None


def _open_new(tx: Transaction, authority: Authority, reason: str) -> None:
    key = tx.new_id()
    touch(tx, SESSION, key)
    tx.insert(
        market_session,
        {
            "session_id": key,
            "on_date": authority.on,
            "state": "open",
            "opened_at": tx.now,
            "opened_by": authority.by.name,
            "approved_by": authority.approver,
            "reason": reason,
            "closed_at": None,
            "closed_by": None,
        },
    )
    tx.insert(
        session_price,
        *({"session_id": key, "product_id": p.product_id, "price": p.price} for p in products(tx)),
    )
