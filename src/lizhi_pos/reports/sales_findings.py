"""What is to be looked at of redemptions and returns: who collected, what was equal, what was late, who served (五)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from msgspec import Struct
from sqlalchemy import bindparam, case, select

from lizhi_pos.access.models import app_user
from lizhi_pos.accounts.models import booklet, veto
from lizhi_pos.accounts.queries import chunks
from lizhi_pos.checkout.models import market_session, redemption, redemption_line, redemption_return
from lizhi_pos.db import Transaction, of_town, read_as, same_row
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.findings import Days, Finding
from lizhi_pos.reports.veto_rows import LIFTED_ON, VETOES
from lizhi_pos.rulebook.adopted import rules_on, zone
from lizhi_pos.text.normalize import comparable

MANY_HOUSEHOLDS, MANY_EQUAL, MANY_RETURNS = 3, 3, 3
"""So many are worth a look."""


class _Sale(Struct, frozen=True):
    redemption_id: Id
    receipt: str
    till: str
    session_id: Id
    household_id: Id
    on_date: date
    recorded_at: datetime
    clerk: str
    approved_by: str | None
    proxy: str
    total: int


_in_days = redemption.c.on_date.between(bindparam("first"), bindparam("last"))
_SALES = (
    select(*(redemption.c[name] for name in _Sale.__struct_fields__))
    .where(of_town(redemption), _in_days)
    .order_by(redemption.c.on_date, redemption.c.till, redemption.c.year, redemption.c.number)
)
_LINES = (
    select(redemption_line.c.redemption_id, redemption_line.c.product_id, redemption_line.c.quantity)
    .where(of_town(redemption_line), redemption_line.c.redemption_id.in_(bindparam("keys", expanding=True)))
    .order_by(redemption_line.c.redemption_id, redemption_line.c.product_id)
)
_SESSIONS = (
    select(market_session)
    .where(of_town(market_session), market_session.c.on_date.between(bindparam("first"), bindparam("last")))
    .order_by(market_session.c.on_date)
)
_RETURNS = (
    select(
        redemption.c.receipt,
        redemption.c.household_id,
        redemption_return.c.on_date,
        redemption_return.c.by_user,
        redemption_return.c.approved_by,
    )
    .select_from(
        redemption_return.join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
    )
    .where(of_town(redemption_return), redemption_return.c.on_date.between(bindparam("first"), bindparam("last")))
    .order_by(redemption_return.c.on_date, redemption_return.c.by_user, redemption_return.c.return_id)
)
_OWN = (
    select(app_user.c.name, booklet.c.household_id, booklet.c.number)
    .select_from(
        app_user.join(booklet, (booklet.c.town_id == app_user.c.town_id) & (booklet.c.number == app_user.c.booklet))
    )
    .where(of_town(app_user))
    .order_by(app_user.c.name)
)
_FROM = case((veto.c.copied_from.is_(None), veto.c.conduct_on), else_=veto.c.effective_on)
"""A copy bars another household than the one whose conduct it was: that one's redemptions from its effect on count."""
_BESIDE_VETO = (
    select(
        redemption.c.receipt,
        redemption.c.booklet,
        redemption.c.on_date,
        veto.c.clause,
        veto.c.conduct_on,
        veto.c.effective_on,
        LIFTED_ON,
    )
    .select_from(VETOES.join(redemption, same_row(redemption.c.household_id, veto.c.household_id)))
    .where(of_town(veto), redemption.c.on_date >= _FROM, _in_days)
    .order_by(redemption.c.on_date, redemption.c.receipt, veto.c.effective_on)
)


def sales_findings(tx: Transaction, days: Days) -> Iterator[Finding]:
    """Yield what is to be looked at of what was redeemed and returned in some days."""
    sales = [read_as(_Sale, row) for row in tx.all(_SALES, **days.span)]
    yield from _one_collector(sales)
    yield from _same_baskets(tx, sales)
    yield from _entered_late(tx, sales)
    yield from _odd_sessions(tx, days)
    yield from _own_households(tx, sales, days)
    yield from _beside_vetoes(tx, days)
    yield from _many_returns(tx, days)


def _one_collector(sales: Sequence[_Sale]) -> Iterator[Finding]:
    """Yield each name that collected for several households in one session."""
    found: dict[tuple[Id, str], list[_Sale]] = {}
    for sale in sales:
        if sale.proxy:
            found.setdefault((sale.session_id, comparable(sale.proxy)), []).append(sale)
    for some in found.values():
        households = {sale.household_id for sale in some}
        if len(households) >= MANY_HOUSEHOLDS:
            facts = (some[0].proxy, some[0].on_date.isoformat(), str(len(households)))
            yield Finding("one_collector", facts, tuple(sale.receipt for sale in some))


def _same_baskets(tx: Transaction, sales: Sequence[_Sale]) -> Iterator[Finding]:
    """Yield runs of equal baskets at a till in a session; lines are read only where the totals are equal too."""
    runs = [
        run
        for _, alike in groupby(sales, key=lambda sale: (sale.till, sale.session_id, sale.total))
        if len(run := list(alike)) >= MANY_EQUAL
    ]
    baskets: dict[Id, list[tuple[Id, int]]] = {}
    for keys in chunks([sale.redemption_id for run in runs for sale in run]):
        for row in tx.all(_LINES, keys=keys):
            baskets.setdefault(row.redemption_id, []).append((row.product_id, row.quantity))
    for run in runs:
        for _, alike in groupby(run, key=lambda sale: baskets.get(sale.redemption_id)):
            if len(same := list(alike)) >= MANY_EQUAL:
                facts = (same[0].till, same[0].on_date.isoformat(), str(len(same)), same[0].clerk)
                yield Finding("same_baskets", facts, tuple(sale.receipt for sale in same))


def _entered_late(tx: Transaction, sales: Sequence[_Sale]) -> Iterator[Finding]:
    here = zone(tx)
    for sale in sales:
        entered = sale.recorded_at.astimezone(here).date()
        if entered != sale.on_date:
            facts = (sale.on_date.isoformat(), entered.isoformat(), sale.clerk, sale.approved_by or "")
            yield Finding("entered_late", tuple(filter(None, facts)), (sale.receipt,))


def _odd_sessions(tx: Transaction, days: Days) -> Iterator[Finding]:
    """Yield sessions that somebody had to approve, or that were held on no redemption day."""
    for row in tx.all(_SESSIONS, **days.span):
        rules = rules_on(tx, row.on_date)
        as_ruled = not isinstance(rules, Refusal) and rules.is_redemption_day(row.on_date)
        if row.approved_by is not None or not as_ruled:
            told = (row.on_date.isoformat(), row.opened_by, row.approved_by, row.reason)
            yield Finding("odd_session", tuple(filter(None, told)), (row.on_date.isoformat(),))


def _own_households(tx: Transaction, sales: Sequence[_Sale], days: Days) -> Iterator[Finding]:
    """Yield what somebody of the shop did, or stood behind, for their own household."""
    own: dict[Id, dict[str, str]] = {}
    for row in tx.all(_OWN):
        own.setdefault(row.household_id, {})[row.name] = row.number
    acts = [(s.receipt, s.household_id, s.on_date, (s.clerk, s.approved_by)) for s in sales if s.household_id in own]
    acts += [
        (r.receipt, r.household_id, r.on_date, (r.by_user, r.approved_by))
        for r in tx.all(_RETURNS, **days.span)
        if r.household_id in own
    ]
    for receipt, household, on, people in acts:
        for name in people:
            if name in own[household]:
                yield Finding("own_household", (name, own[household][name], on.isoformat()), (receipt,))


def _beside_vetoes(tx: Transaction, days: Days) -> Iterator[Finding]:
    """Yield redemptions between a veto's conduct and its effect, and while it barred."""
    for row in tx.all(_BESIDE_VETO, **days.span):
        over = row.on_date.year > row.effective_on.year or (row.lifted_on is not None and row.on_date >= row.lifted_on)
        if not over:
            told = (row.booklet, row.on_date, row.clause, row.conduct_on, row.effective_on)
            yield Finding("after_veto", tuple(str(fact) for fact in told), (row.receipt, row.booklet))


def _many_returns(tx: Transaction, days: Days) -> Iterator[Finding]:
    rows = tx.all(_RETURNS, **days.span)
    for (on, by), of_one in groupby(rows, key=lambda row: (row.on_date, row.by_user)):
        receipts = [row.receipt for row in of_one]
        if len(receipts) >= MANY_RETURNS:
            facts = (by, on.isoformat(), str(len(receipts)))
            yield Finding("many_returns", facts, tuple(dict.fromkeys(receipts)))
