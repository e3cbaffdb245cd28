"""Everything that a second person stood behind, as the rooms keep it (两人)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Select, bindparam, select

from lizhi_pos.accounts.models import household_change, veto, veto_proposal
from lizhi_pos.checkout.models import market_session, redemption, redemption_return
from lizhi_pos.db import Transaction, same_row
from lizhi_pos.donations.models import consent, purchase, voucher_void
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot, recall, stock_count, writeoff
from lizhi_pos.reports.findings import Days

_Column = ColumnElement[Any]


class Approved(Struct, frozen=True):
    """What somebody stood behind: the day it counts for, and the moment it was done, where the books keep that too.

    `named` is what commands know it by.
    """

    by: str
    on: date
    at: datetime | None
    what: str
    named: str


class _Approved(NamedTuple):
    """Where the approvals of one kind lie; `named` is a household by its key, or what it is named by."""

    what: str
    by: _Column
    on: _Column
    at: _Column | None
    named: _Column
    rows: FromClause | None = None


_returned = redemption_return.join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
_recalled = recall.join(lot, same_row(lot.c.lot_id, recall.c.lot_id))
_r, _s, _v, _p, _h = redemption.c, market_session.c, veto.c, veto_proposal.c, household_change.c
_APPROVED = (
    _Approved("session", _s.approved_by, _s.on_date, _s.opened_at, _s.on_date),
    _Approved("redemption", _r.approved_by, _r.on_date, _r.recorded_at, _r.receipt),
    _Approved(
        *("return", redemption_return.c.approved_by, redemption_return.c.on_date, redemption_return.c.recorded_at),
        *(_r.receipt, _returned),
    ),
    _Approved("veto", _v.approved_by, _v.effective_on, _v.recorded_at, _v.household_id),
    _Approved("lifting", _v.lift_approved_by, _v.lifted_on, None, _v.household_id),
    _Approved("release", _v.release_approved_by, _v.released_on, None, _v.household_id),
    _Approved("dismissal", _p.dismiss_approved_by, _p.dismissed_on, None, _p.household_id),
    _Approved("household", _h.approved_by, _h.on_date, _h.recorded_at, _h.household_id),
    _Approved("purchase", purchase.c.approved_by, purchase.c.on_date, purchase.c.recorded_at, purchase.c.voucher),
    _Approved(
        *("void", voucher_void.c.approved_by, voucher_void.c.on_date, voucher_void.c.recorded_at),
        voucher_void.c.voucher,
    ),
    _Approved("consent", consent.c.approved_by, consent.c.on_date, consent.c.recorded_at, consent.c.voucher),
    _Approved("writeoff", writeoff.c.approved_by, writeoff.c.on_date, writeoff.c.recorded_at, writeoff.c.number),
    _Approved(
        *("count", stock_count.c.approved_by, stock_count.c.ended_on, stock_count.c.ended_at, stock_count.c.number),
    ),
    _Approved(
        *("recall", recall.c.recall_approved_by, recall.c.recalled_on, recall.c.recalled_at, lot.c.name, _recalled),
    ),
    _Approved(
        *("clearance", recall.c.release_approved_by, recall.c.released_on, recall.c.released_at),
        *(lot.c.name, _recalled),
    ),
)


def _statement(one: _Approved) -> Select[Any]:
    found: Any = one.by
    moment = one.on.label("moment") if one.at is None else one.at.label("moment")
    statement = (
        select(one.by.label("approver"), one.on.label("day"), moment, one.named.label("named"))
        .select_from(found.table if one.rows is None else one.rows)
        .where(
            found.table.c.town_id == bindparam("town"),
            one.by.is_not(None),
            one.on.between(bindparam("first"), bindparam("last")),
        )
    )
    if found.table is veto:
        # a copy was approved with the split that made it
        statement = statement.where(veto.c.copied_from.is_(None))
    return statement.distinct() if found.table is purchase else statement


_STATEMENTS = tuple((one.what, _statement(one)) for one in _APPROVED)
KINDS = tuple(one.what for one in _APPROVED)


def approvals(tx: Transaction, days: Days, booklets: Mapping[Id, str]) -> Iterator[Approved]:
    """Yield what counts for some days, kind by kind; `booklets` names the households."""
    for what, statement in _STATEMENTS:
        for row in tx.all(statement, **days.span):
            named = booklets.get(Id(row.named), "") if isinstance(row.named, bytes) else str(row.named)
            moment = row.moment if isinstance(row.moment, datetime) else None
            yield Approved(row.approver, row.day, moment, what, named)
