"""Which market-day session there is; what a sale needs to know of it, and no more."""

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from lizhi_pos.checkout.models import market_session
from lizhi_pos.db import Transaction, of_town

SESSION_COLUMNS = (
    market_session.c.session_id,
    market_session.c.on_date,
    market_session.c.state,
    market_session.c.opened_by,
    market_session.c.approved_by,
    market_session.c.reason,
    market_session.c.closed_by,
)
SESSION_ON = select(*SESSION_COLUMNS).where(of_town(market_session), market_session.c.on_date == bindparam("day"))


def session_on(tx: Transaction, day: date) -> Row[Any] | None:
    """The session of a day, open or closed."""
    return tx.first(SESSION_ON, day=day)
