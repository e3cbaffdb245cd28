"""The whole audit: what no entry says, and what the rooms keep of who stood behind what."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from operator import attrgetter

from msgspec import Struct

from lizhi_pos.access.audit_trail import AuditEvent, audit_trail
from lizhi_pos.access.operators import known_as
from lizhi_pos.db import Transaction
from lizhi_pos.reports.approvals import approvals
from lizhi_pos.reports.findings import Days, newest_booklets
from lizhi_pos.rulebook.adopted import zone

_FIRST_DAY, _LAST_DAY = date.min + timedelta(days=1), date.max - timedelta(days=2)
"""Days whose beginning is a moment in every time zone."""


class Asked(Struct, frozen=True):
    """Which part of the audit is asked for: the town's days, both included, and whose acts; all where nothing is."""

    first: date | None = None
    last: date | None = None
    user: str = ""


def audit(tx: Transaction, asked: Asked) -> list[AuditEvent]:
    """Return the events of some days, in the order in which they happened.

    An approval is of the moment of the act; where the books keep only its day, of the beginning of that day.
    """
    start = _begin(tx, max(asked.first or _FIRST_DAY, _FIRST_DAY))
    end = _begin(tx, min(asked.last or _LAST_DAY, _LAST_DAY) + timedelta(days=1))
    events = [*audit_trail(tx, start, end), *(one for one in _approvals(tx) if start <= one.at < end)]
    if asked.user:
        name = known_as(tx, asked.user)
        events = [one for one in events if one.user == name]
    return sorted(events, key=attrgetter("at"))


def _approvals(tx: Transaction) -> Iterator[AuditEvent]:
    # by the moment, not by the day an act counts for, which may be long before
    for one in approvals(tx, Days(_FIRST_DAY, _LAST_DAY), newest_booklets(tx)):
        yield AuditEvent(one.at or _begin(tx, one.on), one.by, "approval", (one.what, one.named))


def _begin(tx: Transaction, day: date) -> datetime:
    """Return the moment at which a day begins in the town."""
    return datetime.combine(day, time(), zone(tx))
