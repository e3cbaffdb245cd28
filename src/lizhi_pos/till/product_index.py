"""The goods of the session, kept in memory so that a scan needs no way to the database. Pure."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import ShelfItem

MAX_LIST_ROWS = 60
"""Rows a search shows at most: who has more in front of them types another letter."""
SHORTEST_ENDING = 3


class ProductIndex:
    """Products by code, found also by initials, by a part of the name, or by the last digits of the code."""

    def __init__(self, goods: Iterable["ShelfItem"]) -> None:
        self._by_code = {written_code(g.code): g for g in goods}

    def get(self, code: str) -> "ShelfItem | None":
        """The product with a code."""
        return self._by_code.get(code)

    def search(self, text: str) -> list["ShelfItem"]:
        """The products a text may mean, those whose initials begin with it first; for no text all of them."""
        wanted = comparable(text).lower()
        if text.isdigit():
            found = (g for g in self._by_code.values() if g.code.endswith(text))
            return list(islice(found, MAX_LIST_ROWS)) if len(text) >= SHORTEST_ENDING else []
        first, then = [], []
        for g in self._by_code.values():
            readings = g.initials.split()
            if any(r.startswith(wanted) for r in readings):
                first.append(g)
            elif wanted in comparable(g.name).lower() or any(wanted in r for r in readings):
                then.append(g)
        return [*first, *then][:MAX_LIST_ROWS]
