"""What a till shows, read only: the day, the shelf at the session's prices, a household's verdict."""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, func, or_, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.models import booklet
from lizhi_pos.accounts.queries import household_facts, household_not_found, is_same_household, register_on
from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.checkout.models import (
    session_price,
)
from lizhi_pos.checkout.open_baskets import OpenBasket
from lizhi_pos.checkout.session_queries import session_on
from lizhi_pos.db import Transaction, of_town, summed
from lizhi_pos.ids import Id
from lizhi_pos.inventory.codes import other_codes
from lizhi_pos.inventory.models import lot, product
from lizhi_pos.inventory.products import ProductView, first_prices, products
from lizhi_pos.inventory.stock import held_by_recall
from lizhi_pos.journal.balances import balance_now, frozen_now
from lizhi_pos.journal.queries import last_lines
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import Message, Reason, Refusal
from lizhi_pos.rulebook.adopted import rules_on, today, zone
from lizhi_pos.town.clock_doubt import clock_doubt


class TradingDay(Struct, frozen=True, kw_only=True):
    """The town's day at the counter.

    `market_session` is the open one of today; `other_open` the day of one that was left open; `closed_today`
    says that today's was closed already, `redemption_day` that today is the month's last market day. `redemption_on` is
    that day of this month, else the next one; None where no market day is known. `clock_doubt` says why the day may be
    wrong.
    """

    town: str
    day: date
    zone: ZoneInfo
    market_session: Id | None
    other_open: date | None
    closed_today: bool
    redemption_day: bool
    redemption_on: date | None = None
    clock_doubt: Message | None = None


class ShelfItem(Struct, frozen=True, kw_only=True):
    """A product on the shelf at the session's tag price.

    `expires` is the earliest day among what may be sold, `in_stock` how much that is. `is_booklet` says that a
    household's booklet has the same number as this code. `others` are its
    other barcodes, each with the pieces it means.
    """

    code: str
    name: str
    spec: str
    price: Yuan
    initials: str
    monthly_limit: int | None = None
    expires: date | None = None
    in_stock: int = 0
    is_booklet: bool = False
    others: tuple[tuple[str, int], ...] = ()


class HouseholdMatch(Struct, frozen=True):
    """A household in a list, with what tells it from its namesakes."""

    booklet: str
    head: str
    village: str
    group: str


class RecentEntry(Struct, frozen=True):
    """One of a household's last entries: what it did, and the points after it."""

    on: date
    kind: str
    amount: Points
    after: Points
    reference: str


class HouseholdAtCounter(Struct, frozen=True, kw_only=True):
    """A household at the counter: who it is, its points, and every reason why it may not redeem.

    `pending` are points that its village wrote down and that are not posted yet: they cannot be redeemed.
    """

    booklet: str
    head: str
    village: str
    group: str
    balance: Points
    reasons: tuple[Reason, ...]
    own: bool
    """Whether it is the clerk's own household, whom they do not serve."""
    pending: Points = Points(0)
    frozen: Points = Points(0)
    """What of its balance is disputed: not to be redeemed."""
    held: tuple[OpenBasket, ...] = ()
    """Its baskets that are held, at whichever till."""


_LAST_DIGITS = re.compile(r"[0-9]+$")
_PRICES = select(session_price.c.product_id, session_price.c.price).where(
    of_town(session_price), session_price.c.session_id == bindparam("market")
)
_SELLABLE = (
    select(lot.c.product_id, func.min(lot.c.expires_on).label("expires"), summed(lot.c.on_hand).label("in_stock"))
    .where(
        of_town(lot),
        lot.c.on_hand > 0,
        lot.c.received_on <= bindparam("day"),
        or_(lot.c.expires_on.is_(None), lot.c.expires_on >= bindparam("day")),
        or_(lot.c.was_recalled.is_(None), lot.c.lot_id.not_in(held_by_recall("day"))),
    )
    .group_by(lot.c.product_id)
)
_CODES_OF_BOOKLETS = select(booklet.c.number).where(
    of_town(booklet), booklet.c.number.in_(select(product.c.code).where(of_town(product)))
)
_ENDING = (
    select(booklet.c.number)
    .where(of_town(booklet), booklet.c.replaced_by.is_(None), booklet.c.number.like(bindparam("ending")))
    .order_by(booklet.c.number)
)


def trading_day(tx: Transaction) -> TradingDay | Refusal:
    """Return the day as the till begins it; refused where no rulebook is in force."""
    day = today(tx)
    rules = rules_on(tx, day)
    if isinstance(rules, Refusal):
        return rules
    running = open_session_now(tx)
    open_today = running is not None and running.on_date == day
    known, doubt = session_on(tx, day), clock_doubt(tx)
    return TradingDay(
        town=tx.town_name,
        day=day,
        zone=zone(tx),
        market_session=running.session_id if running is not None and open_today else None,
        other_open=running.on_date if running is not None and not open_today else None,
        closed_today=known is not None and known.state != "open",
        redemption_day=rules.is_redemption_day(day),
        redemption_on=rules.nearest_redemption_day(day),
        clock_doubt=doubt.text if doubt else None,
    )


def counter_left_open(tx: Transaction) -> TradingDay | Refusal:
    """Return the day of the session that was left open, as it is sold on past its midnight; else today as it stands."""
    now, running = trading_day(tx), open_session_now(tx)
    if isinstance(now, Refusal) or now.other_open is None or running is None:
        return now
    return replace(now, day=running.on_date, market_session=running.session_id, other_open=None, closed_today=False)


def shelf_items(tx: Transaction, market: Id | None, day: date) -> list[ShelfItem]:
    """Return every product at a session's prices, one added since at its first.

    Without a session at the prices known now.
    """
    prices: dict[Id, Yuan] = {}
    if market:
        prices = {**first_prices(tx), **{r.product_id: Yuan(r.price) for r in tx.all(_PRICES, market=market)}}
    stock = {row.product_id: (row.expires, row.in_stock) for row in tx.all(_SELLABLE, day=day)}
    booklets = {row.number for row in tx.all(_CODES_OF_BOOKLETS)}
    others: dict[Id, tuple[tuple[str, int], ...]] = {}
    for code, meant in other_codes(tx).items():
        others[meant.product_id] = (*others.get(meant.product_id, ()), (code, meant.pieces))
    return [
        replace(
            _goods(p, prices.get(p.product_id, p.price), *stock.get(p.product_id, (None, 0)), p.code in booklets),
            others=others.get(p.product_id, ()),
        )
        for p in products(tx)
    ]


def household_at_counter(tx: Transaction, number: str, on: date, by: Operator) -> HouseholdAtCounter | Refusal:
    """Return a household by its booklet, with its points and its standing; refused where no household has it."""
    facts = household_facts(tx, [number], on).get(number)
    if facts is None:
        return household_not_found(tx, number)
    rules = rules_on(tx, on)
    if isinstance(rules, Refusal):
        return rules
    return HouseholdAtCounter(
        booklet=facts.booklet,
        head=facts.head,
        village=facts.village,
        group=facts.village_group,
        balance=balance_now(tx, facts.household_id),
        frozen=frozen_now(tx, facts.household_id),
        reasons=standing(facts, rules, on),
        own=bool(by.booklet) and is_same_household(tx, by.booklet, facts.booklet),
    )


def recent_entries(tx: Transaction, number: str, on: date, most: int) -> list[RecentEntry]:
    """Return a household's last entries as they were written, the newest first, with the balance after each.

    None where nobody has the booklet.
    """
    facts = household_facts(tx, [number], on).get(number)
    if facts is None:
        return []
    after, found = int(balance_now(tx, facts.household_id)), []
    for line in last_lines(tx, facts.household_id, most):
        found.append(RecentEntry(line.on, line.kind, Points(line.amount), Points(after), line.reference))
        after -= line.amount
    return found


def with_digits(tx: Transaction, digits: str, on: date) -> list[HouseholdMatch]:
    """Return the households whose booklet ends with this number, as ``GZ0012`` does with ``0012`` or ``12``."""
    wanted = int(digits)
    rows = tx.all(_ENDING, ending=f"%{wanted}")
    numbers = [r.number for r in rows if (last := _LAST_DIGITS.search(r.number)) and int(last.group()) == wanted]
    facts = household_facts(tx, numbers, on)
    return [HouseholdMatch(n, facts[n].head, facts[n].village, facts[n].village_group) for n in numbers if n in facts]


def households(tx: Transaction, on: date) -> Sequence[HouseholdMatch]:
    """Return every household of the register on a day, by booklet."""
    rows = register_on(tx, on)
    return [HouseholdMatch(n, r.head, r.village_name, r.village_group) for n, r in sorted(rows.items())]


def _goods(p: ProductView, price: Yuan, expires: date | None, in_stock: int, is_booklet: bool) -> ShelfItem:
    return ShelfItem(
        code=p.code,
        name=p.name,
        spec=p.spec,
        price=price,
        initials=p.initials,
        monthly_limit=p.monthly_limit,
        expires=expires,
        in_stock=in_stock,
        is_booklet=is_booklet,
    )
