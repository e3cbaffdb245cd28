"""What the next market day is likely to ask for, and what to buy for it with the pool's cash.

Each product's demand is smoothed over the market days behind it: the newest counts for most, each older one for less.
How far that was off is said beside what "as last time" would have been.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.checkout.models import redeemed_lines, redemption, redemption_line, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import purchase
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import lots_on
from lizhi_pos.journal.balances import CASH
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Yuan, format_hundredths, half_up
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.rulebook.adopted import today

WEIGHT = Fraction(3, 5)
"""How much the newest market day counts for; what was expected of it keeps the rest."""
FARTHEST = timedelta(days=366)
_SCALE = 1000
_FIRST_TESTED = 2
"""Market days behind the first one that a forecast is tried on: it is the third."""

METHOD = message(
    "Each product's demand is an average of the market days before, in which the newest day counts three fifths and "
    "all earlier ones together two fifths. What is missing from that is bought as far as the pool's cash reaches, at "
    "the last price paid."
)


class ForecastLine(Struct, frozen=True):
    """A product: `expected` to be asked for, `sellable` then, `suggested` to buy, and what that costs."""

    code: str
    name: str
    expected: int
    sellable: int
    suggested: int
    cost: Yuan


class BackTest(Struct, frozen=True):
    """The mean absolute error for a product and market day, in units: ours, and that of "as last time"."""

    error: str | None
    naive_error: str | None
    market_days: int


class Forecast(Struct, frozen=True):
    """What a market day is likely to ask for."""

    date: date
    method: Message
    products: tuple[ForecastLine, ...]
    cash: Yuan
    total_cost: Yuan
    backtest: BackTest


_GIVEN = (
    select(redemption.c.on_date, redemption_line.c.product_id, summed(redemption_line.c.quantity).label("quantity"))
    .select_from(redeemed_lines)
    .where(of_town(redemption), redemption.c.on_date < bindparam("day"))
    .group_by(redemption.c.on_date, redemption_line.c.product_id)
)
_GIVEN_BACK = (
    select(
        redemption.c.on_date, redemption_line.c.product_id, summed(redemption_return_lot.c.quantity).label("quantity")
    )
    .select_from(
        redemption_return_lot.join(
            redemption_line,
            same_row(redemption_line.c.redemption_id, redemption_return_lot.c.redemption_id)
            & (redemption_line.c.line == redemption_return_lot.c.line),
        ).join(redemption, same_row(redemption.c.redemption_id, redemption_line.c.redemption_id))
    )
    .where(of_town(redemption_return_lot), redemption.c.on_date < bindparam("day"))
    .group_by(redemption.c.on_date, redemption_line.c.product_id)
)
_PAID = (
    select(lot.c.product_id, lot.c.unit_cost)
    .where(
        of_town(lot),
        lot.c.voucher.in_(select(purchase.c.voucher).where(of_town(purchase)).correlate(None)),
        lot.c.received_on <= bindparam("day"),
    )
    .order_by(lot.c.received_on, lot.c.voucher, lot.c.line)
)

Series = Mapping[Id, Sequence[int]]
"""What each product was given away of on each market day, in order of the days."""


def forecast(tx: Transaction, day: date) -> Forecast | Refusal:
    """Return what a day up to a year ahead is likely to ask for, from the market days before it."""
    now = today(tx)
    if day > now + FARTHEST:
        return refuse("rule_broken", "{0} is more than a year ahead: give an earlier day", day.isoformat())
    series, days = _series(tx, day)
    known = min(day, now)
    cash = Yuan(max(balance_on(tx, CASH, known), 0))
    lines = _lines(tx, day, known, {key: _expected(told) for key, told in series.items()}, cash)
    cost = Yuan(sum(line.cost for line in lines))
    return Forecast(day, METHOD, lines, cash, cost, back_test(series, days))


def back_test(series: Series, days: int) -> BackTest:
    """Try the forecast on every market day from the third on, each from those before it. Pure."""
    ours = naive = tried = 0
    for told in series.values():
        levels = _levels(told)
        for at in range(_FIRST_TESTED, days):
            ours += abs(levels[at - 1] - told[at] * _SCALE)
            naive += abs(told[at - 1] - told[at])
            tried += 1
    if not tried:
        return BackTest(None, None, max(days - _FIRST_TESTED, 0))
    return BackTest(
        format_hundredths(half_up(Fraction(ours * 100, _SCALE * tried))),
        format_hundredths(half_up(Fraction(naive * 100, tried))),
        days - _FIRST_TESTED,
    )


def _levels(told: Sequence[int]) -> list[int]:
    """Return what is expected after each market day, in thousandths of a unit."""
    level, levels = told[0] * _SCALE, []
    for quantity in told:
        level += half_up(WEIGHT * (quantity * _SCALE - level))
        levels.append(level)
    return levels


def _expected(told: Sequence[int]) -> int:
    return half_up(Fraction(_levels(told)[-1], _SCALE))


def _series(tx: Transaction, day: date) -> tuple[Series, int]:
    given: dict[tuple[date, Id], int] = {}
    for row in tx.all(_GIVEN, day=day):
        given[row.on_date, row.product_id] = row.quantity
    for row in tx.all(_GIVEN_BACK, day=day):
        given[row.on_date, row.product_id] -= row.quantity
    days = sorted({on for on, _ in given})
    found = {key for _, key in given}
    return {key: [given.get((on, key), 0) for on in days] for key in found}, len(days)


def _lines(tx: Transaction, day: date, known: date, expected: Mapping[Id, int], cash: Yuan) -> tuple[ForecastLine, ...]:
    sellable: dict[Id, int] = {}
    for one in lots_on(tx, known):
        if one.sellable(day):
            sellable[one.product_id] = sellable.get(one.product_id, 0) + one.on_hand
    paid = {row.product_id: Yuan(row.unit_cost) for row in tx.all(_PAID, day=known)}
    goods = [p for p in products(tx) if expected.get(p.product_id, 0) or sellable.get(p.product_id, 0)]
    missing = {p.product_id: max(expected.get(p.product_id, 0) - sellable.get(p.product_id, 0), 0) for p in goods}
    left, bought = int(cash), dict[Id, int]()
    # what runs out first of what is asked for comes first; of equals the one with the lower code
    by_need = sorted(
        (p for p in goods if missing[p.product_id]),
        key=lambda p: (-Fraction(missing[p.product_id], expected[p.product_id]), p.code),
    )
    for p in by_need:
        price = paid.get(p.product_id, p.price)
        bought[p.product_id] = min(missing[p.product_id], left // price)
        left -= bought[p.product_id] * price
    return tuple(
        ForecastLine(
            p.code,
            p.name,
            expected.get(p.product_id, 0),
            sellable.get(p.product_id, 0),
            bought.get(p.product_id, 0),
            Yuan(bought.get(p.product_id, 0) * paid.get(p.product_id, p.price)),
        )
        for p in goods
    )
