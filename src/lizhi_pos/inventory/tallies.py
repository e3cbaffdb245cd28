"""What was counted of a product beside what the books had of it then. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from lizhi_pos.ids import Id


class Tally(Struct, frozen=True):
    """One act of counting a product, or one of its lots, beside what the books had of it then."""

    product_id: Id
    lot_id: Id | None
    quantity: int
    book: int
    source: str


def counted_and_book(told: Iterable[Tally]) -> tuple[int, int]:
    """Return what was counted, and what the books had when it was last counted, each lot by itself. Pure."""
    book: dict[Id | None, int] = {}
    counted = 0
    for tally in told:
        counted += tally.quantity
        book[tally.lot_id] = tally.book
    return counted, sum(book.values())
