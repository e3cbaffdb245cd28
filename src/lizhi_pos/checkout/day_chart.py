"""How the day goes: points by half-hour and village, for the chart on the home screen."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.accounts.models import village
from lizhi_pos.checkout.models import redemption
from lizhi_pos.checkout.session_report import of_session, with_village
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.money import Points
from lizhi_pos.rulebook.adopted import zone

_MINUTES = 30


class HalfHour(Struct, frozen=True):
    """What was redeemed in half an hour from `start`, town time: each village's points, in the chart's order."""

    start: time
    points: tuple[Points, ...]


class DayChart(Struct, frozen=True):
    """A session's half-hours from the first to the last with a redemption, empty ones between them too."""

    villages: tuple[str, ...]
    half_hours: tuple[HalfHour, ...]


_TIMES = (
    select(redemption.c.recorded_at, redemption.c.total, village.c.name)
    .select_from(with_village)
    .where(*of_session)
    .order_by(village.c.village_id)
)


def day_chart(tx: Transaction, market: Id, day: date) -> DayChart:
    """Return the chart of a session as it stands now; returns are left out, they are no custom."""
    local = zone(tx)
    rows = tx.all(_TIMES, market=market, day=day)
    moments: Sequence[tuple[datetime, int, str]] = [(r.recorded_at.astimezone(local), r.total, r.name) for r in rows]
    villages = tuple(dict.fromkeys(name for _, _, name in moments))
    sums: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(villages, 0))
    for moment, total, name in moments:
        sums[(moment.hour * 60 + moment.minute) // _MINUTES][name] += total
    slots = range(min(sums), max(sums) + 1) if sums else range(0)
    return DayChart(
        villages,
        tuple(
            HalfHour(
                time(slot * _MINUTES // 60, slot * _MINUTES % 60),
                tuple(Points(sums[slot][name]) for name in villages),
            )
            for slot in slots
        ),
    )
