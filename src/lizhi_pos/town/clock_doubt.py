"""Whether the machine's clock may be wrong: held against the last moment that the books have recorded."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.models import AUDIT, USER
from lizhi_pos.db import Transaction, of_town, same_town
from lizhi_pos.journal.models import journal_entry, journal_head
from lizhi_pos.record.chain import newest_line
from lizhi_pos.record.models import record_line
from lizhi_pos.refusal import Message, message
from lizhi_pos.rulebook.adopted import today, zone

MOST_DAYS_AHEAD = 7
"""How many days after the last moment recorded the clock may be without anybody standing up for it."""

LINES_LOOKED_AT = 500
"""How many of the record's newest lines are looked through; behind them the entries alone speak."""

# Signing in is recorded too, and would take away what is to be seen: who signs in before the session is opened has
# their moment from the same clock.
_RECORDED = select(record_line.c.number, record_line.c.kind, record_line.c.recorded_at).where(
    of_town(record_line), record_line.c.number > bindparam("after")
)
_ENTERED = (
    select(journal_entry.c.recorded_at)
    .select_from(
        journal_head.join(
            journal_entry,
            same_town(journal_head, journal_entry)
            & (journal_head.c.till == journal_entry.c.till)
            & (journal_head.c.number == journal_entry.c.number),
        )
    )
    .where(of_town(journal_head))
)


class ClockDoubt(Struct, frozen=True):
    """A clock that disagrees with the books: the day it shows, and that of the last moment recorded."""

    today: date
    recorded: date

    @property
    def text(self) -> Message:
        """What is said of it, and what to do."""
        if self.today < self.recorded:
            return message(
                "the machine's clock says {0}, but the last moment recorded is of {1}: set the clock right",
                self.today.isoformat(),
                self.recorded.isoformat(),
            )
        return message(
            "the machine's clock says {0}, {1} {1:day|days} after the last moment recorded ({2}): "
            "see whether it is right",
            self.today.isoformat(),
            (self.today - self.recorded).days,
            self.recorded.isoformat(),
        )


def last_moment(tx: Transaction) -> datetime | None:
    """Return when something was recorded last, by the order of the books and not by any clock; no signing in."""
    newest, _hash = newest_line(tx)
    lines = [
        (row.number, row.recorded_at)
        for row in tx.all(_RECORDED, after=newest - LINES_LOOKED_AT)
        if row.kind not in (AUDIT.kind, USER.kind)
    ]
    moments = [row.recorded_at for row in tx.all(_ENTERED)]
    if lines:
        moments.append(max(lines)[1])
    return max(moments, default=None)


def clock_doubt(tx: Transaction) -> ClockDoubt | None:
    """Return what speaks against the clock, None where it agrees with the books."""
    moment = last_moment(tx)
    if moment is None:
        return None
    recorded, now = moment.astimezone(zone(tx)).date(), today(tx)
    if recorded <= now and (now - recorded).days <= MOST_DAYS_AHEAD:
        return None
    return ClockDoubt(now, recorded)
