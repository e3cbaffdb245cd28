"""Proof of the statements that closing fixed: the journal says the same, and each opens as the last one closed."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import period
from lizhi_pos.journal.sums import sums_fixed, sums_on
from lizhi_pos.periods import Month
from lizhi_pos.settlement.figures import figure, unequal
from lizhi_pos.settlement.statement import AMOUNTS, Statement, StatementLine, compute_statement, load_statement


def statements_recomputed(tx: Transaction) -> Iterator[str]:
    """Check closed months' statements against the journal, and that each month opens as the last closed."""
    months = select(period.c.month).where(of_town(period)).order_by(period.c.month)
    before: Mapping[bytes, int] = {}
    for (text,) in tx.all(months):
        month = Month.parse(text)
        fixed, now = _lines_of(load_statement(tx, month)), _lines_of(compute_statement(tx, month))
        for key in sorted(fixed.keys() ^ now.keys()):
            yield f"{text} {(fixed.get(key) or now[key]).booklet}"
        for key, line in fixed.items():
            if key in now and _figures(line) != _figures(now[key]):
                yield f"{text} {line.booklet}"
        opened, closed = _by_household(fixed, "opening"), _by_household(fixed, "closing")
        numbers: dict[bytes, str] = {household_id: line.booklet for (_village, household_id), line in fixed.items()}
        for household_id, then, opening in unequal(before, opened, default=0):
            yield f"{text} {numbers.get(household_id, household_id.hex())}: {figure(then)} ≠ {figure(opening)}"
        before = closed
        sums, kept = sums_on(tx, month.last_day), sums_fixed(tx, month)
        for kind, at_closing, now_held in unequal(kept, sums, default=0):
            yield f"{text} {kind}: {figure(at_closing)} ≠ {figure(now_held)}"


def _lines_of(statement: Statement) -> Mapping[tuple[Id, Id], StatementLine]:
    return {(v.village_id, line.household_id): line for v in statement.villages for line in v.households}


def _by_household(lines: Mapping[tuple[Id, Id], StatementLine], name: str) -> Mapping[bytes, int]:
    sums: dict[bytes, int] = {}
    for (_village, household_id), line in lines.items():
        sums[household_id] = sums.get(household_id, 0) + getattr(line, name)
    return sums


def _figures(line: StatementLine) -> tuple[int, ...]:
    return tuple(getattr(line, name) for name in AMOUNTS)
