"""What was scanned by one end of a scanner: one code as a rule, two where the end between them was lost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lizhi_pos.refusal import Message, message
from lizhi_pos.till.scanner import SHORTEST_BURST, Scanned
from lizhi_pos.till.typed_input import TypedInput, read_typed

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter, ShelfItem
    from lizhi_pos.till.lookup import Lookup
    from lizhi_pos.till.pick_list import PickList

Found = tuple["ShelfItem | HouseholdAtCounter | PickList | Message", TypedInput]
"""What an entry means, or the words for nothing, with the entry."""

SHORTEST_BOOKLET = 3
TWO_IN_ONE = message("Two codes came as one: nothing was taken, scan each again")


async def read_scan(lookup: "Lookup", scanned: Scanned, *, serving: bool, has_lines: bool) -> Sequence[Found]:
    """Return all that was scanned, in order: no known code in it is passed over."""
    entry = read_typed(scanned.text)
    found = await lookup.find(entry, serving=serving, has_lines=has_lines)
    if found is not None:
        return [(found, entry)]
    pairs = await _pairs(lookup, entry)
    if pairs:
        return pairs[0] if len(pairs) == 1 else [(TWO_IN_ONE, entry)]
    if scanned.burst and scanned.burst != scanned.text:
        rest = read_typed(scanned.text.removesuffix(scanned.burst))
        entry = read_typed(scanned.burst)
        found = await lookup.find(entry, serving=serving, has_lines=has_lines)
        if found is not None and len(rest.text) >= SHORTEST_BURST:
            # as long as that it is a code that nobody knows, not a few digits left in the field
            return [(TWO_IN_ONE, rest)]
        if found is not None:
            return [(found, entry)]
    return [(await lookup.unknown(entry), entry)]


async def _pairs(lookup: "Lookup", entry: TypedInput) -> list[list[Found]]:
    """Return every way to part a text into two codes that are known, at least one of them goods."""
    found: list[list[Found]] = []
    if entry.is_barcode:
        return found
    for at in range(SHORTEST_BOOKLET, len(entry.text) - SHORTEST_BOOKLET + 1):
        first, second = TypedInput(entry.text[:at], entry.quantity), TypedInput(entry.text[at:])
        goods = [_goods(lookup, part) for part in (first, second)]
        if not any(goods):
            continue
        known = [product or await _household(lookup, e) for product, e in zip(goods, (first, second), strict=True)]
        if all(known):
            found.append([(what, e) for what, e in zip(known, (first, second), strict=True) if what is not None])
    return found


def _goods(lookup: "Lookup", part: TypedInput) -> "ShelfItem | None":
    goods = lookup.shelf.get(part.code) if len(part.text) >= SHORTEST_BURST else None
    # what may be a booklet as well is asked, so it is to be scanned alone
    return None if goods is None or goods.is_booklet else goods


async def _household(lookup: "Lookup", part: TypedInput) -> "HouseholdAtCounter | None":
    return await lookup.booklet(part.text) if part.could_be_booklet else None
