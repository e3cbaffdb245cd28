"""How many deliveries are being received and not finished."""

from sqlalchemy import bindparam, func, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.receiving.models import delivery

_OPEN = select(func.count()).where(of_town(delivery))
_OF_KIND = _OPEN.where(delivery.c.kind == bindparam("of_kind"))


def open_deliveries(tx: Transaction, kind: str | None) -> int:
    """Return how many deliveries of a kind are open, of every kind where none is named."""
    found: int = tx.value(_OPEN) if kind is None else tx.value(_OF_KIND, of_kind=kind)
    return found
