"""The shelf as its screen shows it: products with their lots, what is amiss with each, and what a text finds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, get_args

from msgspec import Struct

from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot
from lizhi_pos.inventory.products import ProductView
from lizhi_pos.money import Yuan
from lizhi_pos.reports.product_card import CardMove
from lizhi_pos.text import normalize
from lizhi_pos.text.pinyin import is_said

Sign = Literal["recalled", "expired", "near", "short"]
"""What is amiss, the loudest first."""
_LOUDEST_FIRST: tuple[Sign, ...] = get_args(Sign)
First = Literal["near", "short"]
"""Which products stand first: those with lots near their expiry, or those that run short."""
SHORTEST_ENDING = 4
"""Digits that are looked for at the end of a code; fewer are a row's number."""


class ShelfLot(Struct, frozen=True, kw_only=True):
    """A lot; where all of it is gone, `on_hand` is 0."""

    lot_id: Id
    name: str
    source: str
    on_hand: int
    expires: date | None
    unit_cost: Yuan
    signs: tuple[Sign, ...]

    @property
    def is_recalled(self) -> bool:
        """Whether it is not given for a recall."""
        return "recalled" in self.signs

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over."""
        return "expired" in self.signs

    @property
    def cost(self) -> Yuan:
        """What its goods cost."""
        return Yuan(self.on_hand * self.unit_cost)


class ShelfRow(Struct, frozen=True, kw_only=True):
    """A product on the shelf; `sellable` of its pieces may be given today, `shown` is the price on its label."""

    product_id: Id
    code: str
    name: str
    spec: str
    unit: str
    price: Yuan
    shown: Yuan | None
    reserve: int | None
    on_hand: int
    sellable: int
    expires: date | None
    initials: str
    held: tuple[Lot, ...]
    signs: tuple[Sign, ...]

    @property
    def title(self) -> str:
        """Its name with its size."""
        return f"{self.name} {self.spec}".strip()

    @property
    def wants_label(self) -> bool:
        """Whether its label shows another price, or it never had one."""
        return self.shown != self.price


class ProductDetail(Struct, frozen=True):
    """What more is told of a product: every lot, empty ones last, and its last moves, the newest first."""

    code: str
    lots: tuple[ShelfLot, ...]
    moves: tuple[CardMove, ...]


class ShelfView(Struct, frozen=True, kw_only=True):
    """The shelf on a day; `codes` says which product every barcode means, by the product's own code."""

    day: date
    near_days: int
    rows: tuple[ShelfRow, ...]
    codes: Mapping[str, str]

    @property
    def due(self) -> int:
        """How many products want a new label."""
        return sum(row.wants_label for row in self.rows)

    @property
    def expired(self) -> tuple[ShelfLot, ...]:
        """The expired lots with goods left."""
        some = (x for row in self.rows if "expired" in row.signs for x in self.lots_of(row))
        return tuple(x for x in some if x.is_expired)

    def lots_of(self, row: ShelfRow) -> tuple[ShelfLot, ...]:
        """Return the lots of a product that hold anything, in the order in which they go."""
        return shelf_lots(row.held, self.day, self.near_days)


class Shelf:
    """The rows at hand: in their order, those that a filter leaves, one marked, and one of its lots."""

    def __init__(self, view: ShelfView, first: First) -> None:
        self.first = first
        self.filter = ""
        self.rows: list[ShelfRow] = []
        self.detail: ProductDetail | None = None
        self.marked = 0
        self.marked_lot = 0
        self.take(view)

    def take(self, view: ShelfView) -> None:
        """Take the shelf as it was read anew; the mark stays on its product and lot."""
        product = self.row.code if self.row else None
        lot = self.lot.lot_id if self.lot else None
        self.view, self.detail = view, None
        self._all = sorted(view.rows, key=_nearest if self.first == "near" else _shortest)
        self._leave(self.filter)
        self.marked = next((at for at, row in enumerate(self.rows) if row.code == product), 0)
        self.marked_lot = next((at for at, x in enumerate(self.lots) if x.lot_id == lot), 0)

    @property
    def row(self) -> ShelfRow | None:
        """The marked product."""
        return self.rows[self.marked] if self.rows else None

    @property
    def lots(self) -> tuple[ShelfLot, ...]:
        """The lots of the marked product: those that are gone, too, once they are known."""
        if self.row is None:
            return ()
        known = self.detail is not None and self.detail.code == self.row.code
        return self.detail.lots if self.detail and known else self.view.lots_of(self.row)

    @property
    def lot(self) -> ShelfLot | None:
        """The marked lot of the marked product."""
        return self.lots[self.marked_lot] if self.marked_lot < len(self.lots) else None

    @property
    def wants_detail(self) -> bool:
        """Whether nothing more than its row is known of the marked product."""
        return self.row is not None and (self.detail is None or self.detail.code != self.row.code)

    def mark(self, at: int) -> None:
        """Mark a product by its place."""
        at = min(max(at, 0), max(len(self.rows) - 1, 0))
        if at != self.marked:
            self.marked, self.marked_lot = at, 0

    def mark_lot(self, at: int) -> None:
        """Mark a lot of the marked product by its place."""
        self.marked_lot = min(max(at, 0), max(len(self.lots) - 1, 0))

    def jump(self, code: str) -> bool:
        """Mark the product that a barcode means, also where the filter hid it; False for a code of none."""
        own = self.view.codes.get(code)
        if own is None:
            return False
        if all(row.code != own for row in self.rows):
            self._leave("")
        self.mark(next(at for at, row in enumerate(self.rows) if row.code == own))
        return True

    def narrow(self, text: str) -> bool:
        """Leave only what a text may mean; False, and all as it was, where that is nothing."""
        found = [row for row in self._all if _is_meant(row, text)]
        if found:
            self.filter, self.rows = text, found
            self.marked = self.marked_lot = 0
        return bool(found)

    def widen(self) -> None:
        """Show every product again, with the mark where it was."""
        code = self.row.code if self.row else None
        lot = self.marked_lot
        self._leave("")
        self.marked = next((at for at, row in enumerate(self.rows) if row.code == code), 0)
        self.marked_lot = lot

    def _leave(self, text: str) -> None:
        self.filter = text
        self.rows = [row for row in self._all if _is_meant(row, text)] if text else list(self._all)


def shelf_row(p: ProductView, held: Sequence[Lot], shown: Yuan | None, day: date, near_days: int) -> ShelfRow:
    """Return a product with the lots that hold anything, and what is amiss."""
    last = day + timedelta(days=min(near_days, (date.max - day).days))
    on_hand = sellable = 0
    signs: set[Sign] = set()
    expires = None
    for x in held:
        amiss = _lot_signs(x, day, last)
        signs.update(amiss)
        on_hand += x.on_hand
        if x.sellable(day):
            sellable += x.on_hand
        if x.expires_on is not None and (expires is None or x.expires_on < expires):
            expires = x.expires_on
    if p.safety_stock is not None and sellable < p.safety_stock:
        signs.add("short")
    return ShelfRow(
        product_id=p.product_id,
        code=p.code,
        name=p.name,
        spec=p.spec,
        unit=p.unit,
        price=p.price,
        shown=shown,
        reserve=p.safety_stock,
        on_hand=on_hand,
        sellable=sellable,
        expires=expires,
        initials=p.initials,
        held=tuple(held),
        signs=tuple(sign for sign in _LOUDEST_FIRST if sign in signs) if signs else (),
    )


def shelf_lots(lots: Iterable[Lot], day: date, near_days: int) -> tuple[ShelfLot, ...]:
    """Return lots in the order in which they go, empty ones behind them, the newest of those first."""
    last = day + timedelta(days=min(near_days, (date.max - day).days))
    every = list(lots)
    there = sorted((x for x in every if x.on_hand), key=lambda x: x.turn)
    gone = sorted((x for x in every if not x.on_hand), key=lambda x: (x.received_on, x.voucher, x.line), reverse=True)
    return tuple(
        ShelfLot(
            lot_id=x.lot_id,
            name=x.name,
            source=x.voucher,
            on_hand=x.on_hand,
            expires=x.expires_on,
            unit_cost=x.unit_cost,
            signs=_lot_signs(x, day, last),
        )
        for x in [*there, *gone]
    )


def _lot_signs(x: Lot, day: date, last: date) -> tuple[Sign, ...]:
    if not x.recalls and (x.expires_on is None or x.expires_on > last):
        return ()
    signs: list[Sign] = ["recalled"] if x.is_recalled(day) else []
    if x.is_expired(day):
        signs.append("expired")
    elif x.expires_on is not None and x.expires_on <= last:
        signs.append("near")
    return tuple(signs)


def _nearest(row: ShelfRow) -> tuple[bool, date, str]:
    is_near = "expired" in row.signs or "near" in row.signs
    return not is_near, (row.expires or date.max) if is_near else date.max, row.code


def _shortest(row: ShelfRow) -> tuple[bool, str]:
    return "short" not in row.signs, row.code


def _is_meant(row: ShelfRow, text: str) -> bool:
    if text.isdigit():
        return len(text) >= SHORTEST_ENDING and row.code.endswith(text)
    wanted = normalize.comparable(text).lower()
    if wanted in normalize.comparable(row.title).lower() or any(wanted in i for i in row.initials.split()):
        return True
    return is_said(row.title, text)
