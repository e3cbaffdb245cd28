"""What was done in whose name, where no journal entry says it."""

from lizhi_pos.access.models import AUDIT, audit_event
from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.db import Transaction
from lizhi_pos.record.chain import touch


def record(tx: Transaction, by: Operator, action: str, subject: str, approval: Approval | None = None) -> None:
    """Keep who did what to what, and who stood behind it with which reason."""
    key = tx.new_id()
    touch(tx, AUDIT, key)
    tx.insert(
        audit_event,
        {
            "event_id": key,
            "at": tx.now,
            "by_user": by.name,
            "approved_by": approval.by if approval else None,
            "action": action,
            "subject": subject,
            "reason": approval.reason if approval else "",
        },
    )
