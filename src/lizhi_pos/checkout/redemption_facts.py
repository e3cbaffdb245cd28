"""What a redemption stands on, read in one go: an earlier one of its key, rulebooks, session, settings, closed months.

A till on another machine waits for the network at every statement. Nothing here is held: a key given twice, a session
or a month closed meanwhile are guarded by the database itself (`docs/locks.md`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select

from lizhi_pos.checkout.models import market_session, redemption
from lizhi_pos.db import Transaction, of_town, same_town
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import period
from lizhi_pos.journal.periods import is_up_to
from lizhi_pos.periods import Month
from lizhi_pos.rulebook.adopted import remember_adopted
from lizhi_pos.rulebook.models import rulebook
from lizhi_pos.town.models import setting
from lizhi_pos.town.settings import SETTINGS


class MarketSession(Struct, frozen=True):
    """The session of the day, open or closed; `approved_by` and `reason` say why, where it was held out of turn."""

    session_id: Id
    is_open: bool
    approved_by: str
    reason: str


class EarlierRedemption(Struct, frozen=True):
    """The redemption that was done before under the same key."""

    redemption_id: Id
    content_hash: bytes
    on: date


class RedemptionFacts(Struct, frozen=True):
    """What a redemption of a day stands on; `settings` are the town's own."""

    kept: EarlierRedemption | None
    market: MarketSession | None
    last_closed: Month | None
    settings: Mapping[str, str]

    def is_closed(self, day: date) -> bool:
        """Return whether the month of a day is closed."""
        return is_up_to(self.last_closed, day)


_ON_PAPER = ("receipt-head", "village-copy")


def _setting(name: str) -> Any:
    value = select(setting.c.value).where(same_town(setting, rulebook), setting.c.name == name, setting.c.till == "")
    return value.scalar_subquery().label(name)


_FACTS = straight(
    select(
        rulebook.c.rulebook_id,
        rulebook.c.year,
        select(func.max(period.c.month)).where(same_town(period, rulebook)).scalar_subquery().label("last_closed"),
        *(_setting(name) for name in _ON_PAPER),
        market_session.c.session_id,
        market_session.c.state,
        market_session.c.approved_by,
        market_session.c.reason,
        redemption.c.redemption_id.label("kept"),
        redemption.c.content_hash,
        redemption.c.on_date.label("kept_on"),
    )
    .select_from(
        rulebook.outerjoin(
            market_session,
            same_town(market_session, rulebook) & (market_session.c.on_date == bindparam("day")),
        ).outerjoin(redemption, same_town(redemption, rulebook) & (redemption.c.key == bindparam("of_key")))
    )
    .where(of_town(rulebook))
    .order_by(rulebook.c.year.desc(), rulebook.c.version.desc())
)


def redemption_facts(tx: Transaction, key: str, day: date) -> RedemptionFacts:
    """Read what a redemption under a key on a day stands on; nothing but the settings before a rulebook is adopted."""
    rows = tx.all(_FACTS, of_key=key, day=day)
    remember_adopted(tx, [(row.rulebook_id, row.year) for row in rows])
    return _facts(rows)


def _facts(rows: Sequence[Row[Any]]) -> RedemptionFacts:
    town = {name: SETTINGS[name].values[0] for name in _ON_PAPER}
    if not rows:
        return RedemptionFacts(None, None, None, town)
    row = rows[0]
    told = row._mapping
    town |= {name: told[name] for name in _ON_PAPER if told[name] is not None}
    return RedemptionFacts(
        kept=EarlierRedemption(row.kept, row.content_hash, row.kept_on) if row.kept is not None else None,
        market=MarketSession(Id(row.session_id), row.state == "open", row.approved_by or "", row.reason)
        if row.session_id is not None
        else None,
        last_closed=Month.parse(row.last_closed) if row.last_closed else None,
        settings=town,
    )
