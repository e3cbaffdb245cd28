"""A stock count's file taken whole: into an open count, or as a count of its own."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.cell_errors import CellError, RowAt, already_in, with_all
from lizhi_pos.db import Transaction
from lizhi_pos.inventory.codes import Meaning, meanings
from lizhi_pos.inventory.count_closing import ClosedCount, close_count
from lizhi_pos.inventory.count_rows import CountRow
from lizhi_pos.inventory.counts import Seen, add_tally, hold_open, open_count, product_ids, tallies
from lizhi_pos.inventory.stock import lots_called
from lizhi_pos.refusal import Refusal, message, unwrap
from lizhi_pos.text.normalize import code as written_code


class CountTaken(Struct, frozen=True):
    """What a file came to: rows new and read before, or everything wrong with it; the count where one was closed."""

    new: int
    same: int
    errors: tuple[CellError, ...] = ()
    closed: ClosedCount | None = None


def read_into_count(tx: Transaction, number: int, rows: Sequence[CountRow], by: Operator) -> CountTaken | Refusal:
    """Take a file into an open count; what of it was read before and is not forgotten changes nothing."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    errors = [*errors_in_count(tx, rows), *_off_sheet(tx, product_ids(tx, held.count_id), rows)]
    if errors:
        return CountTaken(0, 0, tuple(errors))
    source = _digest(rows)
    known = meanings(tx)
    read_before = {t.product_id for told in tallies(tx, held.count_id).values() for t in told if t.source == source}
    fresh = [row for row in rows if known[row.code].product_id not in read_before]
    for row in fresh:
        unwrap(add_tally(tx, number, Seen(row.code, row.quantity, row.lot, source), by))
    return CountTaken(len(fresh), len(rows) - len(fresh))


def count_file(tx: Transaction, rows: Sequence[CountRow], authority: Authority) -> CountTaken | Refusal:
    """Open a count of a file's products, read the file into it and close it, two people."""
    if errors := errors_in_count(tx, rows):
        return CountTaken(0, 0, errors)
    opened = open_count(tx, list(dict.fromkeys(row.code for row in rows)), False, authority)
    if isinstance(opened, Refusal):
        return opened
    taken = unwrap(read_into_count(tx, opened.count, rows, authority.by))
    closed = close_count(tx, opened.count, "keep", authority)
    if isinstance(closed, Refusal):
        return closed
    return CountTaken(taken.new, taken.same, (), closed)


def errors_in_count(tx: Transaction, rows: Sequence[CountRow]) -> tuple[CellError, ...]:
    """Return everything that is wrong with a count's file, as far as it could be read; writes nothing."""
    known = meanings(tx)
    return tuple(error for row in with_all(rows, "条码") for error in _wrong(tx, row, known)) + tuple(_twice(rows))


def _wrong(tx: Transaction, row: CountRow, known: dict[str, Meaning]) -> Iterator[CellError]:
    meant = known.get(written_code(row.code))
    if meant is None:
        yield row.at.error("条码", message("There is no product with code {0}: import it first", row.code))
    elif row.at.has("批次") and row.lot and not any(x.product_id == meant.product_id for x in lots_called(tx, row.lot)):
        yield row.at.error("批次", message("{0} has no lot {1}: look at the list of lots", meant.name, row.lot))


def _twice(rows: Sequence[CountRow]) -> Iterator[CellError]:
    first: dict[tuple[str, str], RowAt] = {}
    by_lots: dict[str, bool] = {}
    for row in with_all(rows, "条码", "批次"):
        key = (row.code, row.lot)
        if key in first:
            yield row.at.error("条码", already_in(first[key], "条码"))
        elif by_lots.setdefault(row.code, bool(row.lot)) != bool(row.lot):
            yield row.at.error("批次", message("A product is counted by its lots or as a whole, not both"))
        first.setdefault(key, row.at)


def _off_sheet(tx: Transaction, on_sheet: Sequence[bytes], rows: Sequence[CountRow]) -> Iterator[CellError]:
    known, products = meanings(tx), set(on_sheet)
    for row in with_all(rows, "条码"):
        meant = known.get(row.code)
        if meant is not None and meant.product_id not in products:
            yield row.at.error("条码", message("{0} is not on the sheet of this count", meant.name))


def _digest(rows: Sequence[CountRow]) -> str:
    told = sorted((row.code, row.lot, row.quantity, row.note) for row in rows)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()
