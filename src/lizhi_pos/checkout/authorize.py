"""Whether a basket may be redeemed: every rule that applies is judged, and every reason that fails is said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, bindparam, func, select

from lizhi_pos.accounts.changes.after_merge import Merge, merge_of, points_after
from lizhi_pos.accounts.eligibility import HouseholdFacts, standing
from lizhi_pos.accounts.kinship import sharing_limits
from lizhi_pos.accounts.queries import holds_now, household_facts, lock_household
from lizhi_pos.checkout.basket import Basket, PricedLine, over_limit, own_codes, total
from lizhi_pos.checkout.models import redeemed_lines, redemption, redemption_line, redemption_return_lot, session_price
from lizhi_pos.checkout.redemption_facts import MarketSession, RedemptionFacts
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot, Pick, Shortage, allocate
from lizhi_pos.inventory.codes import other_codes
from lizhi_pos.inventory.count_closing import CountMove, lots_of, taken_by_later_counts
from lizhi_pos.inventory.models import price, product
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import lots_for
from lizhi_pos.journal.balances import frozen_of, lock_balance
from lizhi_pos.journal.queries import lowest_balance_since
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points, Yuan, format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Reason, Refusal, message
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.text.normalize import code as written_code


class Authorized(Struct, frozen=True, kw_only=True):
    """A basket that may be redeemed, with all that its writing needs.

    `taken_back` is what a paper slip first takes back of what counts wrote off of its goods, and `lots` what is held.
    """

    household: HouseholdFacts
    session_id: Id
    session_approved_by: str
    session_reason: str
    lines: tuple[PricedLine, ...]
    picks: Mapping[Id, tuple[Pick, ...]]
    taken_back: tuple[CountMove, ...]
    lots: tuple[Lot, ...]
    total: Points
    balance: Points
    merge: Merge | None = None


class _Given(Struct, frozen=True):
    """Which lots give the goods, and what comes back to them first."""

    picks: Mapping[Id, tuple[Pick, ...]]
    taken_back: tuple[CountMove, ...] = ()
    lots: tuple[Lot, ...] = ()


_KNOWN_NOW = (
    select(price.c.price)
    .where(same_row(price.c.product_id, product.c.product_id))
    .order_by(price.c.recorded_at.desc(), price.c.price_id.desc())
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_FIRST_PRICE = (
    select(price.c.price)
    .where(same_row(price.c.product_id, product.c.product_id))
    .order_by(price.c.recorded_at, price.c.price_id)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
"""For goods that came after the session was opened: a change of their price waits as every other does."""

_PRODUCTS = select(
    product.c.product_id, product.c.code, product.c.name, product.c.monthly_limit, _KNOWN_NOW.label("price")
).where(of_town(product), product.c.code.in_(bindparam("codes", expanding=True)))
_AT_SESSION = straight(
    select(
        product.c.product_id,
        product.c.code,
        product.c.name,
        product.c.monthly_limit,
        func.coalesce(session_price.c.price, _FIRST_PRICE).label("price"),
    )
    .select_from(
        product.outerjoin(
            session_price,
            same_row(session_price.c.product_id, product.c.product_id)
            & (session_price.c.session_id == bindparam("market")),
        )
    )
    .where(of_town(product), product.c.code.in_(bindparam("codes", expanding=True)))
)
_given_back = (
    select(
        redemption_return_lot.c.town_id,
        redemption_return_lot.c.redemption_id,
        redemption_return_lot.c.line,
        summed(redemption_return_lot.c.quantity).label("quantity"),
    )
    .where(of_town(redemption_return_lot))
    .group_by(redemption_return_lot.c.town_id, redemption_return_lot.c.redemption_id, redemption_return_lot.c.line)
    .subquery()
)
_TAKEN = straight(
    select(
        redemption_line.c.product_id,
        summed(redemption_line.c.quantity - func.coalesce(_given_back.c.quantity, 0)).label("quantity"),
    )
    .select_from(
        redeemed_lines.outerjoin(
            _given_back,
            same_row(_given_back.c.redemption_id, redemption_line.c.redemption_id)
            & (_given_back.c.line == redemption_line.c.line),
        )
    )
    .where(
        of_town(redemption),
        redemption.c.household_id.in_(bindparam("households", expanding=True)),
        redemption.c.on_date.between(bindparam("first"), bindparam("last")),
        redemption_line.c.product_id.in_(bindparam("products", expanding=True)),
    )
    .group_by(redemption_line.c.product_id)
)


def authorize(
    tx: Transaction, basket: Basket, rules: Rulebook, on: date, stands_on: RedemptionFacts
) -> Authorized | Refusal:
    """Judge a basket by the facts as they stood on a day and the books as they stand now.

    A paper slip may be of a session that was closed since; anything else needs an open one. Holds the
    household's balance and the lots until the transaction ends.
    """
    lock_household(tx, basket.booklet)
    household = household_facts(tx, [basket.booklet], on).get(basket.booklet)
    if household is None:
        return Refusal(reasons=(_why_nobody(tx, basket.booklet),))
    market = _market(stands_on, basket)
    reasons = list(standing(household, rules, on))
    if market is None:
        reasons.append(Reason("no_session", (on.isoformat(),)))
    if stands_on.is_closed(on):
        reasons.append(Reason("month_closed", (str(Month.of(on)),)))
    lines, unknown = _meant(tx, basket, market.session_id if market else None)
    if unknown:
        return Refusal(reasons=(*reasons, Reason("unknown_product", unknown)))
    # a slip of before a merge is paid by what went over
    merge = merge_of(tx, household.household_id) if on != today(tx) else None
    balance, available = _points(tx, household.household_id, on, merge)
    reasons.extend(_over_balance(total(lines), available))
    reasons.extend(_over_limit(tx, household.household_id, lines, on))
    given = _allocate(tx, lines, on, is_slip=bool(basket.slip))
    if isinstance(given, Reason):
        reasons.append(given)
    if reasons or isinstance(given, Reason) or market is None:
        return Refusal(reasons=tuple(reasons))
    return Authorized(
        household=household,
        session_id=market.session_id,
        session_approved_by=market.approved_by,
        session_reason=market.reason,
        lines=lines,
        picks=given.picks,
        taken_back=given.taken_back,
        lots=given.lots,
        total=total(lines),
        balance=balance,
        merge=merge,
    )


def _meant(tx: Transaction, basket: Basket, market: Id | None) -> tuple[tuple[PricedLine, ...], tuple[str, ...]]:
    """Return the basket's lines at the prices of a session, and the codes that mean no product.

    A carton's code means its pieces, and a second barcode the product: what means one product is one line.
    """
    found = price_lines(tx, basket, market)
    missing = [w.code for w in basket.wanted if w.code not in found]
    if others := other_codes(tx, missing) if missing else {}:
        basket = replace(basket, wanted=own_codes(basket.wanted, others))
        found = price_lines(tx, basket, market)
        missing = [w.code for w in basket.wanted if w.code not in found]
    return tuple(found[w.code] for w in basket.wanted if w.code in found), tuple(missing)


def price_lines(tx: Transaction, basket: Basket, market: Id | None) -> Mapping[str, PricedLine]:
    """Return the basket's known products at the prices of a session; without one at the prices known now."""
    rows = {row.code: row for row in _priced(tx, [w.code for w in basket.wanted], market)}
    if missing := {w.code for w in basket.wanted} - rows.keys():
        # products of before codes had one form are kept as they were printed
        printed = [p.code for p in products(tx) if written_code(p.code) in missing]
        rows |= {written_code(row.code): row for row in _priced(tx, printed, market)}
    return {
        w.code: PricedLine(
            product_id=rows[w.code].product_id,
            code=rows[w.code].code,
            name=rows[w.code].name,
            quantity=w.quantity,
            price=Yuan(rows[w.code].price),
            monthly_limit=rows[w.code].monthly_limit,
        )
        for w in basket.wanted
        if w.code in rows
    }


def _priced(tx: Transaction, codes: Sequence[str], market: Id | None) -> Sequence[Row[Any]]:
    return tx.all(_AT_SESSION, codes=codes, market=market) if market else tx.all(_PRODUCTS, codes=codes)


def _market(stands_on: RedemptionFacts, basket: Basket) -> MarketSession | None:
    found = stands_on.market
    if found is None or not (found.is_open or basket.slip):
        return None
    return found


def _points(tx: Transaction, household_id: Id, on: date, merge: Merge | None) -> tuple[Points, Points]:
    """Return the balance now, and what of it may be spent on a day: what was there then and ever since, unfrozen."""
    if merge is not None:
        return points_after(tx, household_id, merge, on)
    balance, frozen = Points(lock_balance(tx, household_id)), frozen_of(tx, household_id)
    least = balance if on == today(tx) else Points(lowest_balance_since(tx, household_id, on))
    return balance, Points(max(least - frozen, 0))


def _why_nobody(tx: Transaction, number: str) -> Reason:
    """Return why no household has a booklet on the day: it was replaced, or it is nobody's."""
    now = holds_now(tx, number)
    return Reason("booklet_replaced", (number, now)) if now else Reason("unknown_household", (number,))


def _over_balance(needed: Points, available: Points) -> list[Reason]:
    if needed <= available:
        return []
    return [Reason("balance", (message("{0} < {1}", format_hundredths(available), format_hundredths(needed)),))]


def _over_limit(tx: Transaction, household_id: Id, lines: Sequence[PricedLine], on: date) -> list[Reason]:
    scarce = [line.product_id for line in lines if line.monthly_limit is not None]
    if not scarce:
        return []
    month = Month.of(on)
    together = sharing_limits(tx, household_id, month)
    if len(together) > 1:
        # each holds its own balance only: of two that share a limit one waits for the other
        lock_alone(tx, "shared limits")
    rows = tx.all(_TAKEN, households=together, first=month.first_day, last=month.last_day, products=scarce)
    taken = {row.product_id: int(row.quantity) for row in rows}
    over = over_limit(lines, taken)
    return [Reason("limit", tuple(_over(x, taken.get(x.product_id, 0)) for x in over))] if over else []


def _over(line: PricedLine, taken: int) -> Message:
    limit = message("{0} + {1} > {2}", taken, line.quantity, str(line.monthly_limit))
    return message("{0} {1}", line.name, limit)


def _allocate(tx: Transaction, lines: Sequence[PricedLine], on: date, *, is_slip: bool) -> _Given | Reason:
    wanted = {line.product_id: line.quantity for line in lines}
    if is_slip:
        lots = lots_of(tx, wanted)
        back = taken_by_later_counts(tx, wanted, on, lots)
        more = Counter[Id]()
        for one in back:
            more[one.lot_id] += one.quantity
        standing_there = [replace(x, on_hand=x.on_hand + more[x.lot_id]) for x in lots]
        found, given = allocate(wanted, standing_there, on), (tuple(back), tuple(lots))
    else:
        found, given = allocate(wanted, lots_for(tx, wanted), on), ((), ())
    if not isinstance(found, Shortage):
        return _Given(found, *given)
    short = [line for line in lines if line.product_id in found.available]
    return Reason("stock", tuple(_short(x, found) for x in short))


def _short(line: PricedLine, found: Shortage) -> Message:
    fact = message("{0} {1}", line.name, message("{0} < {1}", found.available[line.product_id], line.quantity))
    if expired := found.expired[line.product_id]:
        fact = message("{0}, expired {1}", fact, expired)
    if recalled := found.recalled[line.product_id]:
        fact = message("{0}, recalled {1}", fact, recalled)
    return fact
