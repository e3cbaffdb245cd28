"""Checks of goods on the shelf, part of the proof: write-offs, counts, recalls, and vouchers that were undone."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import gift, purchase, voucher_void
from lizhi_pos.inventory.counts import tallies
from lizhi_pos.inventory.models import count_product, lot, recall, stock_count, stock_move, writeoff
from lizhi_pos.inventory.tallies import counted_and_book
from lizhi_pos.journal.models import journal_entry, posting
from lizhi_pos.settlement.figures import figure, unequal


def lots_marked(tx: Transaction) -> Iterator[str]:
    """Check that a lot keeps what counts found beyond what came in, and whether it was ever recalled."""
    found = (
        select(stock_move.c.lot_id, summed(stock_move.c.quantity).label("quantity"))
        .where(of_town(stock_move), stock_move.c.kind == "count", stock_move.c.quantity > 0)
        .group_by(stock_move.c.lot_id)
    )
    recalls = {row.lot_id for row in tx.all(select(recall.c.lot_id).where(of_town(recall)))}
    by_counts = {row.lot_id: int(row.quantity) for row in tx.all(found)}
    for row in tx.all(select(lot.c.lot_id, lot.c.name, lot.c.found, lot.c.was_recalled).where(of_town(lot))):
        if row.found != by_counts.get(row.lot_id):
            yield f"{row.name}: {row.found} ≠ {by_counts.get(row.lot_id)}"
        if row.was_recalled != (1 if row.lot_id in recalls else None):
            yield f"{row.name}: {row.was_recalled}"


def writeoffs_agree(tx: Transaction) -> Iterator[str]:
    """Check that a write-off took out of its lot what its entry moved, and that their numbers have no gaps."""
    rows = tx.all(select(writeoff).where(of_town(writeoff)).order_by(writeoff.c.year, writeoff.c.place))
    moves = select(stock_move.c.entry_id, stock_move.c.lot_id, stock_move.c.quantity, stock_move.c.cost).where(
        of_town(stock_move), stock_move.c.kind == "write_off"
    )
    ours = {(r.entry_id, r.lot_id): (-r.quantity, -r.cost) for r in rows}
    theirs = {(r.entry_id, r.lot_id): (r.quantity, r.cost) for r in tx.all(moves)}
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            yield f"{key[0].hex()} {key[1].hex()}: {ours.get(key)} ≠ {theirs.get(key)}"
    last: dict[int, int] = {}
    for row in rows:
        last[row.year] = last.get(row.year, 0) + 1
        if (row.place, row.number) != (last[row.year], f"W-{row.year}-{row.place:06}") or row.on_date.year != row.year:
            yield f"{row.number}: {row.year}, {row.place} ≠ {last[row.year]}"


def counts_agree(tx: Transaction) -> Iterator[str]:
    """Check that a closed count moved, of each product, what was counted more or less than the books had then."""
    moved = (
        select(stock_move.c.entry_id, lot.c.product_id, summed(stock_move.c.quantity).label("quantity"))
        .select_from(stock_move.join(lot, same_row(lot.c.lot_id, stock_move.c.lot_id)))
        .where(of_town(stock_move), stock_move.c.kind == "count")
        .group_by(stock_move.c.entry_id, lot.c.product_id)
    )
    by_entry: dict[bytes, dict[bytes, int]] = {}
    for row in tx.all(moved):
        if row.quantity:
            by_entry.setdefault(row.entry_id, {})[row.product_id] = int(row.quantity)
    for row in tx.all(select(stock_count).where(of_town(stock_count)).order_by(stock_count.c.number)):
        told = tallies(tx, row.count_id) if row.state == "closed" else {}
        ours = {key: counted_and_book(of_one) for key, of_one in told.items()}
        differ: dict[bytes, int] = {key: counted - book for key, (counted, book) in ours.items() if counted != book}
        for key, difference, went in unequal(differ, by_entry.get(row.entry_id, {}), default=0):
            yield f"C-{row.number} {key.hex()}: {difference} ≠ {went}"
    yield from _sheets(tx)
    yield from _entries_of_counts(tx)


def _sheets(tx: Transaction) -> Iterator[str]:
    """Check that a product is held by its count as long as that is open."""
    rows = (
        select(stock_count.c.number, stock_count.c.state, count_product.c.is_open)
        .select_from(count_product.join(stock_count, same_row(stock_count.c.count_id, count_product.c.count_id)))
        .where(of_town(count_product))
    )
    for row in tx.all(rows):
        if row.is_open != int(row.state == "open"):
            yield f"C-{row.number}: {row.state}, {row.is_open}"


def _entries_of_counts(tx: Transaction) -> Iterator[str]:
    """Check that an entry of a count is the one that closed it, or takes back a part of that one."""
    closing = {row.entry_id: row.count_id for row in tx.all(select(stock_count).where(of_town(stock_count)))}
    entries = select(journal_entry).where(of_town(journal_entry), journal_entry.c.kind == "count")
    for row in tx.all(entries):
        if closing.get(row.linked_entry or row.entry_id) != row.document_id:
            yield f"{row.reference}: {row.entry_id.hex()}"


_VOIDS = (
    select(voucher_void, journal_entry.c.kind, journal_entry.c.linked_entry)
    .select_from(
        voucher_void.outerjoin(journal_entry, same_row(journal_entry.c.entry_id, voucher_void.c.entry_id)),
    )
    .where(of_town(voucher_void))
    .order_by(voucher_void.c.voucher)
)
_OF_VOUCHERS = [
    select(table.c.voucher, table.c.entry_id).where(of_town(table)).distinct() for table in (gift, purchase)
]
_POSTED = select(posting.c.account_id.label("key"), posting.c.amount.label("quantity"), posting.c.amount).where(
    of_town(posting), posting.c.entry_id == bindparam("entry")
)
_MOVED = select(stock_move.c.lot_id.label("key"), stock_move.c.quantity, stock_move.c.cost.label("amount")).where(
    of_town(stock_move), stock_move.c.entry_id == bindparam("entry")
)


def voids_agree(tx: Transaction) -> Iterator[str]:
    """Check that what undid a voucher names its entry and is the negative of it, line by line."""
    entries = {row.voucher: row.entry_id for query in _OF_VOUCHERS for row in tx.all(query)}
    for row in tx.all(_VOIDS):
        if row.kind != "void" or not row.voided_entry == row.linked_entry == entries.get(row.voucher):
            yield f"{row.voucher}: {row.kind} {row.voided_entry.hex()}"
        for query in (_POSTED, _MOVED):
            undone = sorted((r.key, -r.quantity, -r.amount) for r in tx.all(query, entry=row.voided_entry))
            undoing = sorted((r.key, r.quantity, r.amount) for r in tx.all(query, entry=row.entry_id))
            if undone != undoing:
                yield f"{row.voucher}: {figure(sum(x[2] for x in undone))} ≠ {figure(sum(x[2] for x in undoing))}"
