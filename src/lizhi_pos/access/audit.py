"""What was done in whose name, where no journal entry says it."""

from lizhi_pos.access.audit_events import note
from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.db import Transaction


def record(tx: Transaction, by: Operator, action: str, subject: str, approval: Approval | None = None) -> None:
    """Keep who did what to what, and who stood behind it with which reason."""
    note(
        *(tx, by.name, action, subject),
        approved_by=approval.by if approval else None,
        why=approval.reason if approval else "",
    )
