"""What stands where a copy is to be restored: how it is named that is kept, and when it stands in the way."""

from datetime import datetime

from lizhi_pos.refusal import Refusal, refuse


def stands() -> Refusal:
    """Return the refusal of a place that has books."""
    return refuse("rule_broken", "There are books here already: say that they may be replaced; they are kept aside")


def in_use() -> Refusal:
    """Return the refusal of books that somebody has open."""
    return refuse("out_of_turn", "The books are in use: close every till and every command first, then do it again")


def aside_name(stem: str, moment: datetime) -> str:
    """Return the dated name of what is kept aside.

    >>> aside_name("town", datetime(2024, 4, 28, 8, 30))
    'town-replaced-20240428-083000-000000'
    """
    return f"{stem}-replaced-{moment:%Y%m%d-%H%M%S-%f}"
