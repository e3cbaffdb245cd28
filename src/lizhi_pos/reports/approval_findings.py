"""Every approval, by who gave it: the supervisor's own work is looked at too (五)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, bindparam, select

from lizhi_pos.accounts.models import household_change, veto, veto_proposal
from lizhi_pos.checkout.models import market_session, redemption, redemption_return
from lizhi_pos.db import Transaction, same_row
from lizhi_pos.donations.models import consent, purchase, voucher_void
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot, recall, stock_count, writeoff
from lizhi_pos.reports.findings import Days, Finding

_Column = ColumnElement[Any]


class _Approved(NamedTuple):
    """What somebody approves: who did, on which day, and what it is named by; a household by its booklet."""

    what: str
    by: _Column
    on: _Column
    named: _Column
    rows: FromClause


def _of(what: str, by: _Column, on: _Column, named: _Column, rows: FromClause | None = None) -> _Approved:
    table: Any = by
    return _Approved(what, by, on, named, table.table if rows is None else rows)


_returned = redemption_return.join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
_recalled = recall.join(lot, same_row(lot.c.lot_id, recall.c.lot_id))
_APPROVED = (
    _of("session", market_session.c.approved_by, market_session.c.on_date, market_session.c.on_date),
    _of("redemption", redemption.c.approved_by, redemption.c.on_date, redemption.c.receipt),
    _of("return", redemption_return.c.approved_by, redemption_return.c.on_date, redemption.c.receipt, _returned),
    _of("veto", veto.c.approved_by, veto.c.effective_on, veto.c.household_id),
    _of("lifting", veto.c.lift_approved_by, veto.c.lifted_on, veto.c.household_id),
    _of("release", veto.c.release_approved_by, veto.c.released_on, veto.c.household_id),
    _of("dismissal", veto_proposal.c.dismiss_approved_by, veto_proposal.c.dismissed_on, veto_proposal.c.household_id),
    _of("household", household_change.c.approved_by, household_change.c.on_date, household_change.c.household_id),
    _of("purchase", purchase.c.approved_by, purchase.c.on_date, purchase.c.voucher),
    _of("void", voucher_void.c.approved_by, voucher_void.c.on_date, voucher_void.c.voucher),
    _of("consent", consent.c.approved_by, consent.c.on_date, consent.c.voucher),
    _of("writeoff", writeoff.c.approved_by, writeoff.c.on_date, writeoff.c.number),
    _of("count", stock_count.c.approved_by, stock_count.c.ended_on, stock_count.c.number),
    _of("recall", recall.c.recall_approved_by, recall.c.recalled_on, lot.c.name, _recalled),
    _of("clearance", recall.c.release_approved_by, recall.c.released_on, lot.c.name, _recalled),
)


def _statement(one: _Approved) -> Any:
    found: Any = one.by
    statement = (
        select(one.by.label("approver"), one.on.label("day"), one.named.label("named"))
        .select_from(one.rows)
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


def approval_findings(tx: Transaction, days: Days, booklets: Mapping[Id, str]) -> Iterator[Finding]:
    """Yield what each approver stood behind in some days: how often, and each by what commands know it by."""
    found: dict[str, list[tuple[Any, str, str]]] = {}
    for what, statement in _STATEMENTS:
        for row in tx.all(statement, **days.span):
            named = booklets.get(Id(row.named), "") if isinstance(row.named, bytes) else str(row.named)
            found.setdefault(row.approver, []).append((row.day, what, named))
    for approver in sorted(found):
        rows = sorted(found[approver])
        often = Counter(what for _, what, _ in rows)
        facts = (approver, str(len(rows)), *(f"{what} {often[what]}" for what, _ in _STATEMENTS if often[what]))
        yield Finding("approvals", facts, tuple(dict.fromkeys(named for _, _, named in rows)))
