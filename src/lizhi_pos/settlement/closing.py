"""Closing a month: fixes every village's statement; nothing may be dated into the month afterwards (三(四)2)."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batch_board import publicity_ends
from lizhi_pos.checkout.models import market_session
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.chain import chain_head
from lizhi_pos.journal.models import period
from lizhi_pos.journal.periods import last_closed, lock_month
from lizhi_pos.journal.queries import first_day
from lizhi_pos.journal.sums import fix_sums
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.settlement.goods_taken import fix_goods_taken
from lizhi_pos.settlement.models import MONTH, statement_line, statement_village
from lizhi_pos.settlement.statement import (
    AMOUNTS,
    Statement,
    StatementLine,
    VillageStatement,
    compute_statement,
    load_statement,
)

_OPEN_SESSION = select(market_session.c.on_date).where(
    of_town(market_session), market_session.c.state == "open", market_session.c.on_date <= bindparam("last")
)
_CLOSED = select(period.c.month).where(of_town(period), period.c.month == bindparam("month"))


def close_month(tx: Transaction, month: Month, authority: Authority) -> Statement | Refusal:
    """Close a month: in order, after its last day, with its sessions closed."""
    # whatever is dated into the month is either committed before this or refused after it
    lock_month(tx, month)
    if refusal := not_in_future(tx, authority.on) or _why_not_close(tx, month, authority.on):
        return refusal
    statement = compute_statement(tx, month)
    tx.insert(
        period,
        {
            "month": str(month),
            "closed_on": authority.on,
            "closed_at": tx.now,
            "closed_by": authority.by.name,
            "head": chain_head(tx),
            "object_until": publicity_ends(tx, authority.on, authority.on),
        },
    )
    for found in statement.villages:
        _fix(tx, str(month), found)
    fix_goods_taken(tx, month)
    fix_sums(tx, month)
    touch(tx, MONTH, str(month))
    return load_statement(tx, month)


def closed_statement(tx: Transaction, month: Month) -> Statement | Refusal:
    """Return the statement of a closed month, exactly as closing it answered."""
    if tx.value(_CLOSED, month=str(month)) is None:
        return refuse("month_open", "{0} is not closed yet: close it first (month close {0})", str(month))
    return load_statement(tx, month)


def _why_not_close(tx: Transaction, month: Month, on: date) -> Refusal | None:
    last, first = last_closed(tx), first_day(tx)
    if first is None:
        return refuse("out_of_turn", "There is nothing in the books to close")
    due = last.next() if last else Month.of(first)
    if month < due:
        return refuse("out_of_turn", "{0} is closed already or lies before the books begin", str(month))
    if month > due:
        return refuse("out_of_turn", "Months close in order: close {0} first", str(due))
    if on <= month.last_day:
        return refuse("out_of_turn", "{0} is not over: close it after {1}", str(month), month.last_day.isoformat())
    running = tx.value(_OPEN_SESSION, last=month.last_day)
    if running:
        return refuse("out_of_turn", "The session of {0} is still open: close it first", running.isoformat())
    return None


def _fix(tx: Transaction, month: str, found: VillageStatement) -> None:
    tx.insert(
        statement_village,
        {
            "month": month,
            "village_id": found.village_id,
            "goods_value": found.goods_value,
            "contributed": found.contributed,
            "name": found.village,
        },
    )
    tx.insert(statement_line, *(_row(month, found, line) for line in found.households))


def _row(month: str, found: VillageStatement, line: StatementLine) -> dict[str, Any]:
    return {
        "month": month,
        "household_id": line.household_id,
        "village_id": found.village_id,
        "booklet": line.booklet,
        "head": line.head,
        **{name: getattr(line, name) for name in AMOUNTS},
    }
