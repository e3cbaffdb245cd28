"""A stocktake at hand: its sheet, what was counted so far, the marked product. In memory: a scan waits for nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from lizhi_pos.inventory.counts import CountState
from lizhi_pos.text import normalize
from lizhi_pos.text.pinyin import is_said

View = Literal["all", "left", "differ"]
"""Every product, those that are not counted yet, or those that differ from the books."""
MANY = 9_999
"""Pieces counted at once from which it is asked whether they are so many."""
SHORTEST_ENDING = 4


class SheetProduct(Struct, frozen=True, kw_only=True):
    """A product of a count; `counted` is None before it is counted, `book` where it is not told."""

    code: str
    name: str
    spec: str
    unit: str
    initials: str
    counted: int | None = None
    book: int | None = None

    @property
    def title(self) -> str:
        """Its name with its size."""
        return f"{self.name} {self.spec}".strip()

    @property
    def difference(self) -> int | None:
        """What was counted less what the books had, None where either is not known."""
        return None if self.counted is None or self.book is None else self.counted - self.book


class SheetView(Struct, frozen=True, kw_only=True):
    """A count as it stands in the books; `codes` says of every barcode of the shop which product and how many it means.

    `names` are those of the products that are not on the sheet.
    """

    number: int
    state: CountState
    opened_on: date
    is_blind: bool
    products: tuple[SheetProduct, ...]
    codes: Mapping[str, tuple[str, int]]
    names: Mapping[str, str]


class CountSheet:
    """The sheet at hand: what of it is shown, one product marked."""

    def __init__(self, view: SheetView) -> None:
        self.head = view
        self.shown: View = "all" if view.state == "open" else "differ"
        self.filter = ""
        self.marked = 0
        self.rows: list[SheetProduct] = []
        """The products that are shown."""
        self._products: dict[str, SheetProduct] = {}
        self._waiting: dict[str, int] = {}
        self.take(view)

    def take(self, view: SheetView) -> None:
        """Take the count as it was read anew."""
        code = self.product.code if self._products and self.product else None
        self.head = view
        self._products = {p.code: p for p in view.products}
        self._waiting = {}
        self._arrange(code)

    @property
    def is_open(self) -> bool:
        """Whether it is still counted."""
        return self.head.state == "open"

    @property
    def tells_books(self) -> bool:
        """Whether what the books say is shown."""
        return not (self.head.is_blind and self.is_open)

    @property
    def products(self) -> Sequence[SheetProduct]:
        """Every product of the sheet."""
        return list(self._products.values())

    @property
    def counted(self) -> int:
        """How many products are counted."""
        return sum(p.counted is not None for p in self._products.values())

    @property
    def product(self) -> SheetProduct | None:
        """The marked product."""
        return self.rows[self.marked] if self.marked < len(self.rows) else None

    def __contains__(self, code: str) -> bool:
        return code in self._products

    def mark(self, at: int) -> None:
        """Mark a product by its place."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def jump(self, code: str) -> None:
        """Mark a product of the sheet, also where it is not shown now."""
        if all(code != p.code for p in self.rows):
            self.filter, self.shown = "", "all"
        self._arrange(code)

    def count(self, code: str, pieces: int) -> SheetProduct:
        """Let so many more of a product be counted, and mark it; it is to be written."""
        found = self._products[code]
        self._products[code] = replace(found, counted=(found.counted or 0) + pieces)
        self._waiting[code] = self._waiting.get(code, 0) + 1
        self.jump(code)
        return self._products[code]

    def written(self, code: str, counted: int | None, book: int | None) -> None:
        """Take what the books say of a product after a scan of it was written, others' scans with it."""
        left = self._waiting.get(code, 1) - 1
        self._waiting[code] = left
        if left <= 0:
            self._put(replace(self._products[code], counted=counted, book=book))

    def show_next(self) -> View:
        """Show another part of the sheet: all, what is left, and what differs where that may be told."""
        views: list[View] = ["all", "left", "differ"] if self.tells_books else ["all", "left"]
        code = self.product.code if self.product else None
        self.filter = ""
        self.shown = views[(views.index(self.shown) + 1) % len(views)]
        self._arrange(code)
        return self.shown

    def narrow(self, text: str) -> bool:
        """Show only what a text may mean; False, and all as it was, where that is nothing."""
        if not any(_is_meant(p, text) for p in self._products.values()):
            return False
        self.filter, self.shown = text, "all"
        self._arrange(None)
        return True

    def widen(self) -> None:
        """Show every product again, with the mark where it was."""
        code = self.product.code if self.product else None
        self.filter = ""
        self._arrange(code)

    def _put(self, found: SheetProduct) -> None:
        self._products[found.code] = found
        self.rows = [found if p.code == found.code else p for p in self.rows]

    def _arrange(self, code: str | None) -> None:
        self.rows = [p for p in self._products.values() if self._is_shown(p) or p.code == code]
        self.marked = next((at for at, p in enumerate(self.rows) if p.code == code), 0)

    def _is_shown(self, p: SheetProduct) -> bool:
        if self.filter:
            return _is_meant(p, self.filter)
        if self.shown == "left":
            return p.counted is None
        return self.shown == "all" or bool(p.difference)


def _is_meant(p: SheetProduct, text: str) -> bool:
    if text.isdigit():
        return len(text) >= SHORTEST_ENDING and p.code.endswith(text)
    wanted = normalize.comparable(text).lower()
    if wanted in normalize.comparable(p.title).lower() or any(wanted in i for i in p.initials.split()):
        return True
    return is_said(p.title, text)
