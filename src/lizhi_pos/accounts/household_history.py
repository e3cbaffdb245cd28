"""Every line of a household's points, what was left after it, and where it comes from."""

from datetime import date, datetime
from itertools import accumulate

from msgspec import Struct

from lizhi_pos.accounts.point_sources import PointSource, sources_of
from lizhi_pos.accounts.queries import facts_of_any
from lizhi_pos.db import Transaction
from lizhi_pos.journal.queries import history
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.adopted import today


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One line of an entry: `balance` is what the household had after it, `source` the cell that earned it."""

    kind: str
    date: date
    amount: Points
    balance: Points
    reference: str
    note: str
    earned_month: str | None
    by: str
    approved_by: str | None
    recorded_at: datetime
    source: PointSource | None


def household_history(tx: Transaction, number: str) -> list[HistoryEntry] | Refusal:
    """Return every line of the household that a booklet is or was of, the oldest first."""
    facts = facts_of_any(tx, number, today(tx))
    if isinstance(facts, Refusal):
        return facts
    lines = history(tx, facts.household_id)
    sources = sources_of(tx, facts.household_id, lines)
    balances = accumulate(line.amount for line in lines)
    return [
        HistoryEntry(
            kind=line.kind,
            date=line.on,
            amount=Points(line.amount),
            balance=Points(balance),
            reference=line.reference,
            note=line.note,
            earned_month=line.earned_month,
            by=line.by,
            approved_by=line.approved_by,
            recorded_at=line.recorded_at,
            source=source,
        )
        for line, balance, source in zip(lines, balances, sources, strict=True)
    ]
