"""Stocktakes (盘点): what was counted, scan by scan, beside what the books had at that moment.

The shop may sell meanwhile: a product is compared with the books as they stood when it was last counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select, update

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot
from lizhi_pos.inventory.codes import Meaning, meaning_of, meanings
from lizhi_pos.inventory.models import COUNT, TALLY, count_product, count_tally, stock_count
from lizhi_pos.inventory.products import ProductView, products
from lizhi_pos.inventory.stock import lots_called, lots_for
from lizhi_pos.inventory.tallies import Tally, counted_and_book
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_alone, lock_rows
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Reason, Refusal, refuse
from lizhi_pos.text.normalize import code as written_code

CountState = Literal["open", "closed", "dropped"]


class CountLine(Struct, frozen=True):
    """A product of a count: `counted` is None before it is counted, `book` while a blind count is open."""

    code: str
    name: str
    counted: int | None
    book: int | None
    difference: int | None


class StockCount(Struct, frozen=True):
    """A count by its number, with its products by code."""

    count: int
    state: CountState
    lines: tuple[CountLine, ...]


class SheetLine(Struct, frozen=True):
    """A product to be counted; `book` is None where it is counted blind."""

    code: str
    name: str
    book: int | None


class CountSheet(Struct, frozen=True):
    """A count that was opened, and what is to be counted."""

    count: int
    lines: tuple[SheetLine, ...]


class CountSummary(Struct, frozen=True):
    """A count in a list: how many products it has, and how many of them are counted."""

    count: int
    state: CountState
    opened_on: date
    products: int
    counted: int


class Tallied(Struct, frozen=True):
    """What is counted of a product by now; `book` is None where it is counted blind."""

    count: int
    code: str
    name: str
    counted: int | None
    book: int | None


class Seen(Struct, frozen=True):
    """So many of a product on the shelf, in one lot where `lot` names it; a carton's code is its pieces.

    `source` is the digest of the file it comes from, empty for a scan.
    """

    code: str
    quantity: int
    lot: str = ""
    source: str = ""


class OpenCount(Struct, frozen=True):
    """A count that is open, held until the transaction ends."""

    count_id: Id
    number: int
    blind: bool
    opened_on: date


_NEWEST = select(func.coalesce(func.max(stock_count.c.number), 0)).where(of_town(stock_count))
_COUNT = select(stock_count).where(of_town(stock_count), stock_count.c.number == bindparam("of_number"))
_COUNT_FOR_UPDATE = lock_rows(_COUNT)
_COUNTS = select(stock_count).where(of_town(stock_count)).order_by(stock_count.c.number)
_OPEN_COUNTS = select(func.count()).where(of_town(stock_count), stock_count.c.state == "open")
_PRODUCTS_OF = select(count_product.c.product_id).where(
    of_town(count_product), count_product.c.count_id == bindparam("key")
)
_IS_ON_SHEET = select(count_product.c.product_id).where(
    of_town(count_product), count_product.c.count_id == bindparam("key"), count_product.c.product_id == bindparam("one")
)
_IN_OPEN = select(count_product.c.product_id).where(of_town(count_product), count_product.c.is_open == 1)
_TALLIES = (
    select(count_tally)
    .where(of_town(count_tally), count_tally.c.count_id == bindparam("key"), count_tally.c.forgotten == 0)
    .order_by(count_tally.c.tally_id)
)
_TALLIES_OF_ONE = (
    select(count_tally)
    .where(
        of_town(count_tally),
        count_tally.c.count_id == bindparam("key"),
        count_tally.c.product_id == bindparam("product"),
        count_tally.c.forgotten == 0,
    )
    .order_by(count_tally.c.tally_id)
)
_COUNTED = (
    select(count_tally.c.count_id, func.count(count_tally.c.product_id.distinct()).label("counted"))
    .where(of_town(count_tally), count_tally.c.forgotten == 0)
    .group_by(count_tally.c.count_id)
)
_ON_SHEETS = (
    select(count_product.c.count_id, func.count().label("products"))
    .where(of_town(count_product))
    .group_by(count_product.c.count_id)
)
_FORGET = (
    update(count_tally)
    .where(
        of_town(count_tally),
        count_tally.c.count_id == bindparam("key"),
        count_tally.c.product_id == bindparam("product"),
        count_tally.c.forgotten == 0,
    )
    .values(forgotten=1)
)
_END = (
    update(stock_count)
    .where(of_town(stock_count), stock_count.c.count_id == bindparam("key"))
    .values(
        state=bindparam("new_state"),
        uncounted=bindparam("uncounted_are"),
        ended_on=bindparam("day"),
        ended_by=bindparam("who"),
        approved_by=bindparam("second"),
        ended_at=bindparam("moment"),
        entry_id=bindparam("entry"),
    )
)
_SHUT = (
    update(count_product).where(of_town(count_product), count_product.c.count_id == bindparam("key")).values(is_open=0)
)


def open_count(tx: Transaction, codes: Sequence[str], blind: bool, authority: Authority) -> CountSheet | Refusal:
    """Open a count of some products, of all where no code is given; two open counts share none."""
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    known = meanings(tx)
    if unknown := tuple(code for code in codes if written_code(code) not in known):
        return Refusal(reasons=(Reason("unknown_product", unknown),))
    lock_alone(tx, "counts")
    chosen = {known[written_code(code)].product_id for code in codes}
    on_sheet = [p for p in products(tx) if not codes or p.product_id in chosen]
    taken = {row.product_id for row in tx.all(_IN_OPEN)}
    if both := next((p for p in on_sheet if p.product_id in taken), None):
        return refuse("out_of_turn", "{0} is on the sheet of an open count: close or drop that one first", both.name)
    if not on_sheet:
        return refuse("rule_broken", "There are no products to count")
    key, number = tx.new_id(), tx.value(_NEWEST) + 1
    tx.insert(stock_count, _count_row(tx, key, number, blind, authority))
    tx.insert(count_product, *({"count_id": key, "product_id": p.product_id, "is_open": 1} for p in on_sheet))
    touch(tx, COUNT, key)
    stock = _on_hand(lots_for(tx, [p.product_id for p in on_sheet]))
    lines = tuple(SheetLine(p.code, p.name, None if blind else stock.get(p.product_id, 0)) for p in on_sheet)
    return CountSheet(number, lines)


def add_tally(tx: Transaction, number: int, seen: Seen, by: Operator) -> Tallied | Refusal:
    """Record that so many more of a product were counted, or of one lot; 0 says that there is none."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    found = _on_sheet(tx, held, seen.code)
    if isinstance(found, Refusal):
        return found
    if seen.quantity < 0:
        return refuse("rule_broken", "What is counted is 0 or more")
    before = [_tally(r) for r in tx.all(_TALLIES_OF_ONE, key=held.count_id, product=found.product_id)]
    lots = lots_for(tx, [found.product_id])
    one = _lot_of(tx, found, seen.lot) if seen.lot else None
    if isinstance(one, Refusal):
        return one
    if before and (before[0].lot_id is None) != (one is None):
        return refuse("rule_broken", "{0} is counted by its lots or as a whole, not both: recount it", found.name)
    book = one.on_hand if one else sum(x.on_hand for x in lots)
    tally = Tally(found.product_id, one.lot_id if one else None, seen.quantity * found.pieces, book, seen.source)
    write_tally(tx, held.count_id, tally, by)
    return _tallied(held, found, [*before, tally])


def recount(tx: Transaction, number: int, code: str) -> Tallied | Refusal:
    """Forget what was counted of a product, so that it is counted again."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    found = _on_sheet(tx, held, code)
    if isinstance(found, Refusal):
        return found
    for row in tx.all(_TALLIES_OF_ONE, key=held.count_id, product=found.product_id):
        touch(tx, TALLY, row.tally_id)
    tx.change(_FORGET, key=held.count_id, product=found.product_id)
    return _tallied(held, found, [])


def drop_count(tx: Transaction, number: int, authority: Authority) -> StockCount | Refusal:
    """Give a count up: nothing of it changes the books."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    end_count(tx, held, "dropped", authority)
    return count_shown(tx, number)


def count_shown(tx: Transaction, number: int) -> StockCount | Refusal:
    """Return a count as it stands."""
    row = tx.first(_COUNT, of_number=number)
    if row is None:
        return _no_count(number)
    told, named = tallies(tx, row.count_id), {p.product_id: p for p in products(tx)}
    keys = [r.product_id for r in tx.all(_PRODUCTS_OF, key=row.count_id)]
    books = _on_hand(lots_for(tx, keys)) if row.state == "open" else {}
    sheet = sorted((named[key] for key in keys), key=lambda p: p.code)
    blind = bool(row.blind) and row.state == "open"
    return StockCount(number, row.state, tuple(_line(p, told.get(p.product_id), books, blind) for p in sheet))


def counts(tx: Transaction) -> list[CountSummary]:
    """Return every count, by number."""
    counted = {row.count_id: row.counted for row in tx.all(_COUNTED)}
    on_sheets = {row.count_id: row.products for row in tx.all(_ON_SHEETS)}
    return [
        CountSummary(r.number, r.state, r.opened_on, on_sheets.get(r.count_id, 0), counted.get(r.count_id, 0))
        for r in tx.all(_COUNTS)
    ]


def is_blind(tx: Transaction, number: int) -> bool:
    """Return whether a count is counted blind; False for one there is not."""
    row = tx.first(_COUNT, of_number=number)
    return row is not None and bool(row.blind)


def open_counts(tx: Transaction) -> int:
    """Return how many counts are open."""
    return int(tx.value(_OPEN_COUNTS))


def hold_open(tx: Transaction, number: int) -> OpenCount | Refusal:
    """Return an open count, held until the transaction ends; refuse one that is over, or none."""
    row = tx.first(_COUNT if tx.only_reads else _COUNT_FOR_UPDATE, of_number=number)
    if row is None:
        return _no_count(number)
    if row.state != "open":
        return refuse("out_of_turn", "Count {0} is over: open another one", number)
    return OpenCount(row.count_id, row.number, bool(row.blind), row.opened_on)


def tallies(tx: Transaction, count_id: Id) -> dict[Id, list[Tally]]:
    """Return what was counted of each product and is not forgotten, in the order it was recorded."""
    found: dict[Id, list[Tally]] = {}
    for r in tx.all(_TALLIES, key=count_id):
        found.setdefault(r.product_id, []).append(_tally(r))
    return found


def write_tally(tx: Transaction, count_id: Id, tally: Tally, by: Operator) -> None:
    """Write one act of counting."""
    key = tx.new_id()
    row = {
        "tally_id": key,
        "count_id": count_id,
        "product_id": tally.product_id,
        "lot_id": tally.lot_id,
        "quantity": tally.quantity,
        "book": tally.book,
        "source": tally.source,
        "forgotten": 0,
        "by_user": by.name,
        "recorded_at": tx.now,
    }
    tx.insert(count_tally, row)
    touch(tx, TALLY, key)


def end_count(
    tx: Transaction,
    held: OpenCount,
    state: CountState,
    authority: Authority,
    uncounted: str | None = None,
    entry: Id | None = None,
) -> None:
    """Write that a count is over; its products may be counted anew."""
    tx.change(
        _END,
        key=held.count_id,
        new_state=state,
        uncounted_are=uncounted,
        day=authority.on,
        who=authority.by.name,
        second=authority.approver,
        moment=tx.now,
        entry=entry,
    )
    tx.change(_SHUT, key=held.count_id)
    touch(tx, COUNT, held.count_id)


def product_ids(tx: Transaction, count_id: Id) -> list[Id]:
    """Return the products on a count's sheet."""
    return [row.product_id for row in tx.all(_PRODUCTS_OF, key=count_id)]


def _count_row(tx: Transaction, key: Id, number: int, blind: bool, authority: Authority) -> dict[str, Any]:
    return {
        "count_id": key,
        "number": number,
        "state": "open",
        "blind": int(blind),
        "opened_on": authority.on,
        "opened_by": authority.by.name,
        "opened_at": tx.now,
    }


def _no_count(number: int) -> Refusal:
    return refuse("not_found", "There is no count {0}: look at the list of counts", number)


def _on_sheet(tx: Transaction, held: OpenCount, code: str) -> Meaning | Refusal:
    found = meaning_of(tx, written_code(code))
    if found is None:
        return Refusal(reasons=(Reason("unknown_product", (code,)),))
    if tx.value(_IS_ON_SHEET, key=held.count_id, one=found.product_id) is None:
        return refuse("rule_broken", "{0} is not on the sheet of count {1}", found.name, held.number)
    return found


def _tally(row: Row[Any]) -> Tally:
    return Tally(row.product_id, row.lot_id, row.quantity, row.book, row.source)


def _lot_of(tx: Transaction, found: Meaning, name: str) -> Lot | Refusal:
    own = [x for x in lots_called(tx, name) if x.product_id == found.product_id]
    return own[0] if own else refuse("not_found", "{0} has no lot {1}: look at the list of lots", found.name, name)


def _tallied(held: OpenCount, found: Meaning, told: Sequence[Tally]) -> Tallied:
    counted, book = counted_and_book(told) if told else (None, None)
    return Tallied(held.number, found.code, found.name, counted, None if held.blind else book)


def _line(p: ProductView, told: Sequence[Tally] | None, books: Mapping[Id, int], blind: bool) -> CountLine:
    if not told:
        return CountLine(p.code, p.name, None, None if blind else books.get(p.product_id), None)
    counted, book = counted_and_book(told)
    return CountLine(p.code, p.name, counted, *((None, None) if blind else (book, counted - book)))


def _on_hand(lots: Iterable[Lot]) -> dict[Id, int]:
    found: dict[Id, int] = {}
    for one in lots:
        found[one.product_id] = found.get(one.product_id, 0) + one.on_hand
    return found
