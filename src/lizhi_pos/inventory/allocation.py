"""First expired, first out: which lots a basket takes. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from lizhi_pos.ids import Id
from lizhi_pos.money import Yuan

Turn = tuple[date, date, str, int]
"""What lots are sorted by, in the order in which they go."""

Span = tuple[date, date | None]
"""From a day on, and until which day, that one not included; None where it has no end yet."""


def fefo(expires_on: date | None, received_on: date, voucher: str, line: int) -> Turn:
    """Return a lot's turn: earliest expiry first, undated last; then receipt date, voucher and its line. Pure."""
    return (expires_on or date.max, received_on, voucher, line)


class Lot(Struct, frozen=True, gc=False):
    """A lot as it stands: `on_hand` counts units, `unit_cost` is hundredths of a yuan."""

    lot_id: Id
    product_id: Id
    name: str
    voucher: str
    line: int
    received_on: date
    expires_on: date | None
    unit_cost: Yuan
    on_hand: int
    recalls: tuple[Span, ...] = ()

    @property
    def turn(self) -> Turn:
        """When it goes, see `fefo`."""
        return fefo(self.expires_on, self.received_on, self.voucher, self.line)

    def sellable(self, on: date) -> bool:
        """Return whether it may be given on a day: from its receipt date through its expiry date, unless recalled."""
        return self.received_on <= on and not self.is_expired(on) and not self.is_recalled(on)

    def is_expired(self, on: date) -> bool:
        """Return whether its last day lies before a day."""
        return self.expires_on is not None and self.expires_on < on

    def is_recalled(self, on: date) -> bool:
        """Return whether a recall (召回) holds on a day."""
        return bool(self.recalls) and any(begin <= on and (end is None or on < end) for begin, end in self.recalls)


class Pick(Struct, frozen=True):
    """So many units out of one lot."""

    lot: Lot
    quantity: int


class Shortage(Struct, frozen=True):
    """Products whose sellable lots do not cover what is wanted: what may be given.

    What stands there and may not be given is `expired`, or else `recalled`.
    """

    available: Mapping[Id, int]
    expired: Mapping[Id, int]
    recalled: Mapping[Id, int]


def allocate(wanted: Mapping[Id, int], lots: Sequence[Lot], on: date) -> Mapping[Id, tuple[Pick, ...]] | Shortage:
    """Return the picks for each product, in the lots' turn, or what is missing."""
    queue = sorted((lot for lot in lots if lot.sellable(on) and lot.on_hand > 0), key=lambda lot: lot.turn)
    picks: dict[Id, list[Pick]] = {product: [] for product in wanted}
    missing = dict(wanted)
    for lot in queue:
        take = min(lot.on_hand, missing.get(lot.product_id, 0))
        if take:
            picks[lot.product_id].append(Pick(lot, take))
            missing[lot.product_id] -= take
    if any(missing.values()):
        short = {product: wanted[product] - left for product, left in missing.items() if left}
        gone = {x.lot_id: x for x in lots if x.is_expired(on)}
        held = [x for x in lots if x.is_recalled(on) and x.lot_id not in gone]
        return Shortage(short, _on_hand(gone.values(), short), _on_hand(held, short))
    return {product: tuple(found) for product, found in picks.items()}


def _on_hand(lots: Collection[Lot], of: Iterable[Id]) -> dict[Id, int]:
    return {product: sum(lot.on_hand for lot in lots if lot.product_id == product) for product in of}
