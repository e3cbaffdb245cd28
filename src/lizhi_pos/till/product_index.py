"""The goods of the session, kept in memory so that a scan needs no way to the database. Pure."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import Sounds, begins, spoken

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import ShelfItem

MAX_LIST_ROWS = 60
"""Rows a search shows at most: who has more in front of them types another letter."""
SHORTEST_ENDING = 3


class ProductIndex:
    """Products by code, found also as they are said, by a part of the name, or by the last digits of the code.

    `heard` is how names are said, as far as that is known; their initials are known always.
    """

    def __init__(self, goods: Iterable["ShelfItem"], heard: Mapping[str, Sounds] | None = None) -> None:
        self._by_code = {written_code(g.code): g for g in goods}
        self._others = {code: (g, pieces) for g in self._by_code.values() for code, pieces in g.others}
        self._heard = heard if heard is not None else {}

    @property
    def names(self) -> frozenset[str]:
        """What the products are called."""
        return frozenset(g.name for g in self._by_code.values())

    def get(self, code: str) -> "ShelfItem | None":
        """Return the product that a code means, its own, a second barcode's or a carton's."""
        return self._by_code.get(code) or self._others.get(code, (None, 0))[0]

    def pieces(self, code: str) -> int:
        """Return how many of its product a code means: 1, or what is in a carton."""
        return 1 if code in self._by_code else self._others.get(code, (None, 1))[1]

    def search(self, text: str) -> list["ShelfItem"]:
        """Return the products a text may mean, those whose initials begin with it first; for no text all of them."""
        wanted = comparable(text).lower()
        if text.isdigit():
            found = (g for g in self._by_code.values() if g.code.endswith(text))
            return list(islice(found, MAX_LIST_ROWS)) if len(text) >= SHORTEST_ENDING else []
        typed = spoken(text)
        first, then = [], []
        for g in self._by_code.values():
            readings, heard = g.initials.split(), self._heard.get(g.name, ())
            if any(r.startswith(wanted) for r in readings) or begins(heard, typed):
                first.append(g)
            elif wanted in comparable(g.name).lower() or any(wanted in r for r in readings) or _within(heard, typed):
                then.append(g)
        return [*first, *then][:MAX_LIST_ROWS]


def _within(heard: Sounds, typed: str) -> bool:
    """Return whether a part of a name begins so, as ``cu`` does in ``xiang cu``."""
    return any(begins(heard[at:], typed) for at in range(1, len(heard)))
