"""Closing a month: fixes every village's statement; nothing may be dated into the month afterwards (三(四)2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batch_board import publicity_ends
from lizhi_pos.checkout.printed_heads import keep_head
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.models import period
from lizhi_pos.journal.periods import lock_month
from lizhi_pos.journal.sums import fix_sums
from lizhi_pos.locking import lock_alone
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.settlement.closing_checks import WARNS, Check, Fact, Tell, check_closing, nobody
from lizhi_pos.settlement.closing_words import fact_words
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.goods_taken import fix_goods_taken
from lizhi_pos.settlement.models import MONTH, closing_warning, statement_line, statement_village
from lizhi_pos.settlement.statement import (
    AMOUNTS,
    Statement,
    StatementLine,
    VillageStatement,
    load_statement,
)

_CLOSED = select(period.c.month).where(of_town(period), period.c.month == bindparam("month"))
_WARNINGS = (
    select(closing_warning)
    .where(of_town(closing_warning), closing_warning.c.month == bindparam("month"))
    .order_by(closing_warning.c.name, closing_warning.c.line)
)
_told = msgspec.json.Decoder(tuple[str, ...])
_MOST_TOLD = 5
"""Facts of one check that are read aloud; scripts get all of them."""


def close_month(
    tx: Transaction, month: Month, authority: Authority, tell: Tell = nobody, *, proved: bool = False
) -> Statement | Refusal:
    """Close a month unless a check blocks it; what it is warned of is kept with it.

    With `proved` whoever asks has just seen that `why_not_close` finds nothing, without keeping a till waiting.
    """
    # whatever is dated into the month is either committed before this or refused after it
    lock_month(tx, month)
    for name in ("objections", "counts"):
        lock_alone(tx, name)
    if refusal := not_in_future(tx, authority.on):
        return refusal
    checked = check_closing(tx, month, authority.on, tell, proved=proved)
    if checked.blocking or checked.statement is None:
        return _blocked(month, checked.blocking)
    tx.insert(
        period,
        {
            "month": str(month),
            "closed_on": authority.on,
            "closed_at": tx.now,
            "closed_by": authority.by.name,
            "head": keep_head(tx, authority.by.name),
            "stock_at_tag": pool_view(tx, month.last_day).stock_at_tag,
            "object_until": publicity_ends(tx, authority.on, authority.on),
        },
    )
    for found in checked.statement.villages:
        _fix(tx, str(month), found)
    fix_goods_taken(tx, month)
    _keep_warnings(tx, month, checked.warnings)
    fix_sums(tx, month)
    touch(tx, MONTH, str(month))
    return load_statement(tx, month)


def why_not_close(tx: Transaction, month: Month, on: date, tell: Tell = nobody) -> Refusal | None:
    """Return why a month cannot be closed on a day; every check is made, nothing is written."""
    if refusal := not_in_future(tx, on):
        return refusal
    checked = check_closing(tx, month, on, tell)
    return _blocked(month, checked.blocking) if checked.blocking else None


def closed_statement(tx: Transaction, month: Month) -> Statement | Refusal:
    """Return the statement of a closed month, exactly as closing it answered."""
    if tx.value(_CLOSED, month=str(month)) is None:
        return refuse("month_open", "{0} is not closed yet: close it first (month close {0})", str(month))
    return load_statement(tx, month)


def warnings_of(tx: Transaction, month: Month) -> tuple[Check, ...]:
    """Return what a closed month was closed in spite of, each check once in the order of its name."""
    kept: dict[str, list[Fact]] = {}
    for row in tx.all(_WARNINGS, month=str(month)):
        kept.setdefault(row.name, []).append(Fact(_told.decode(row.fact), row.village_id))
    return tuple(Check(name, "warn", tuple(kept[name])) for name in WARNS if name in kept)


def _blocked(month: Month, blocking: Sequence[Check]) -> Refusal:
    """Return the refusal of a closing: a sentence for each fact, and the checks for scripts."""
    sentences = [fact_words(check.name, fact.told) for check in blocking for fact in check.facts[:_MOST_TOLD]]
    text = (
        sentences[0] if blocking[0].name == "order" else message("{0} cannot be closed: {1}", str(month), sentences[0])
    )
    for further in sentences[1:]:
        text = message("{0}; {1}", text, further)
    checks: list[dict[str, str | list[str]]] = [
        {"name": c.name, "level": c.level, "facts": [fact.text for fact in c.facts]} for c in blocking
    ]
    return Refusal("out_of_turn", text=text, details=(("checks", checks),))


def _keep_warnings(tx: Transaction, month: Month, warnings: Sequence[Check]) -> None:
    tx.insert(
        closing_warning,
        *(
            {
                "month": str(month),
                "name": check.name,
                "line": line,
                "village_id": fact.village_id,
                "fact": msgspec.json.encode(fact.told).decode(),
            }
            for check in warnings
            for line, fact in enumerate(check.facts, 1)
        ),
    )


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
