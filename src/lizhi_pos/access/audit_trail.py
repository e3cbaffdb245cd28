"""The audit as it is read: who signed in, looked, wrote data out, changed settings or who may do what."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.models import audit_event
from lizhi_pos.db import Transaction, of_town

Kind = Literal["sign_in", "wrong_pin", "approval", "look", "export", "setting", "user", "backup"]

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "sign_in": "sign_in",
        "wrong_pin": "wrong_pin",
        "look": "look",
        "export": "export",
        "village.template": "export",
        "setting": "setting",
        "printer.add": "setting",
        "rulebook.adopt": "setting",
        "village.add": "setting",
        "village.rename": "setting",
        "official.add": "setting",
        "official.end": "setting",
        "user.add": "user",
        "user.pin": "user",
        "user.role": "user",
        "user.end": "user",
        "backup": "backup",
        "restore": "backup",
        "move": "backup",
    }
)
"""What the books call an action, and the kind it is read under. What is not named here the books show elsewhere."""


class AuditEvent(Struct, frozen=True):
    """Something that was done in somebody's name; `at` is its moment, `facts` what there is to say of it.

    Approvals are not among them here: the rooms keep them with what was approved (`reports/audit.py`).
    """

    at: datetime
    user: str
    kind: Kind
    facts: tuple[str, ...]


_EVENTS = (
    select(audit_event)
    .where(
        of_town(audit_event),
        audit_event.c.action.in_(list(_KINDS)),
        audit_event.c.at >= bindparam("start"),
        audit_event.c.at < bindparam("end"),
    )
    .order_by(audit_event.c.at, audit_event.c.event_id)
)


def audit_trail(tx: Transaction, start: datetime, end: datetime) -> Iterator[AuditEvent]:
    """Yield what happened from one moment until before another, in order."""
    for row in tx.all(_EVENTS, start=start, end=end):
        more = row.action.partition(".")[2]
        behind = f"+ {row.approved_by}" if row.approved_by else ""
        facts = tuple(fact for fact in (more, row.subject, behind, row.reason) if fact)
        yield AuditEvent(row.at, row.by_user, _KINDS[row.action], facts)
