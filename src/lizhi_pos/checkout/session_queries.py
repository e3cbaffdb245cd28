"""Which market-day session there is; what a sale needs to know of it, and no more."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.checkout.models import market_session
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id


class StoredSession(Struct, frozen=True):
    """A market-day session as the books keep it; `state` is *open* or *closed*."""

    session_id: Id
    on_date: date
    state: str
    opened_by: str
    approved_by: str | None
    reason: str
    closed_by: str | None


SESSION_COLUMNS = tuple(market_session.c[name] for name in StoredSession.__struct_fields__)
SESSION_ON = select(*SESSION_COLUMNS).where(of_town(market_session), market_session.c.on_date == bindparam("day"))


def session_on(tx: Transaction, day: date) -> StoredSession | None:
    """Return the session of a day, open or closed."""
    return tx.first_as(StoredSession, SESSION_ON, day=day)
