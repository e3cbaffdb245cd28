"""One line of the audit as it is written; whoever acts has been found by then, or is only named."""

from lizhi_pos.access.models import AUDIT, audit_event
from lizhi_pos.db import Transaction
from lizhi_pos.record.chain import touch


def note(tx: Transaction, by: str, action: str, subject: str, *, approved_by: str | None = None, why: str = "") -> None:
    """Write down that somebody of this name did something, to what, who stood behind it and why."""
    key = tx.new_id()
    touch(tx, AUDIT, key)
    tx.insert(
        audit_event,
        {
            "event_id": key,
            "at": tx.now,
            "by_user": by,
            "approved_by": approved_by,
            "action": action,
            "subject": subject,
            "reason": why,
        },
    )
