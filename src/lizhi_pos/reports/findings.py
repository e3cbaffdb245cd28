"""What a supervisor looks at: a finding, and the days in which it is looked for."""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.accounts.models import booklet
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id

FindingKind = Literal[
    "one_collector",
    "same_baskets",
    "entered_late",
    "odd_session",
    "own_household",
    "after_veto",
    "approvals",
    "many_returns",
    "big_corrections",
]
"""A name that collects for many, equal baskets in a row, what was entered on another day, a session on an odd day, a
clerk's own household, a redemption beside a veto, who approved what, many returns by one clerk, corrections."""
KINDS: tuple[FindingKind, ...] = get_args(FindingKind)


class Finding(Struct, frozen=True):
    """Something to look at; `facts` are names, days and amounts, `references` what commands take."""

    kind: FindingKind
    facts: tuple[str, ...]
    references: tuple[str, ...]


class Days(Struct, frozen=True):
    """The first and the last day that are looked at."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.first <= day <= self.last

    @property
    def span(self) -> dict[str, date]:
        """What a statement binds."""
        return {"first": self.first, "last": self.last}


_BOOKLETS = select(booklet.c.number, booklet.c.household_id, booklet.c.replaced_by).where(of_town(booklet))


def newest_booklets(tx: Transaction) -> dict[Id, str]:
    """Return the number of each household's last booklet, also of one that was merged into another."""
    rows = tx.all(_BOOKLETS)
    owner = {row.number: row.household_id for row in rows}
    return {row.household_id: row.number for row in rows if owner.get(row.replaced_by) != row.household_id}
