"""What a committed act tells the other tills of the same PostgreSQL: that something changed, and what kind of thing.

Nothing is decided from it: who is told reads again what is shown, and every act reads under its own locks anyway. The
telling is part of the act's transaction; PostgreSQL hands it on when that is committed, and not otherwise.
"""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

SENDER = "lizhi_pos_sender"
"""The execution option of an engine that says who tells: a till does not listen to itself."""

KINDS = {
    "redemption": "sale",
    "redemption_return": "sale",
    "lot": "stock",
    "stock_move": "stock",
    "recall": "stock",
    "product": "goods",
    "product_code": "goods",
    "price": "goods",
    "market_session": "session",
    "veto": "veto",
    "household": "household",
    "household_state": "household",
    "household_change": "household",
    "booklet": "household",
    "member": "household",
    "balance": "points",
    "journal_entry": "points",
    "score": "points",
}
"""Tables whose changes the others are told of, by what they hold. A basket on a counter concerns its own till alone."""

HELD = "held"
"""A basket was held or taken back."""
ALL_KINDS = frozenset({*KINDS.values(), HELD})


def note_kind(kinds: set[str], statement: Any) -> None:
    """Add what kind of thing a statement changes, where anybody need be told."""
    if kind := KINDS.get(getattr(getattr(statement, "table", None), "name", "")):
        kinds.add(kind)


def channel(town: bytes) -> str:
    """Return the channel of a town's tills: other towns on the same server are told nothing. Pure."""
    return f"lizhi_{town.hex()}"


def telling(connection: "Connection", town: bytes, kinds: Collection[str]) -> tuple[Any, dict[str, str]]:
    """Return the statement that tells a town's tills what kinds of things changed, and its values."""
    sender = connection.get_execution_options().get(SENDER, "-")
    return _tell(), {"channel": channel(town), "told": " ".join([sender, *sorted(kinds)])}


def told(payload: str) -> tuple[str, frozenset[str]]:
    """Return who told, and what kinds of things changed. Pure."""
    sender, *kinds = payload.split()
    return sender, frozenset(kinds)


@cache
def _tell() -> Any:
    # the till's first paint, which asks for the kinds above, does not wait for SQLAlchemy
    from sqlalchemy import bindparam, func, select

    return select(func.pg_notify(bindparam("channel"), bindparam("told")))
