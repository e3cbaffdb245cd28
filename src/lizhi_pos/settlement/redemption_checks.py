"""Checks of redemptions and returns, part of the proof that the books are whole."""

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from lizhi_pos.checkout.models import (
    receipt_counter,
    redeemed_lines,
    redemption,
    redemption_line,
    redemption_lot,
    redemption_return,
    redemption_return_lot,
)
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.inventory.models import stock_move
from lizhi_pos.journal.models import posting
from lizhi_pos.settlement.figures import figure, unequal


def redemptions_add_up(tx: Transaction) -> Iterator[str]:
    """Check that a redemption's lines add up to its total, and that the total left the household."""
    lines = (
        select(redemption_line.c.redemption_id, summed(redemption_line.c.amount).label("amount"))
        .where(of_town(redemption_line))
        .group_by(redemption_line.c.redemption_id)
        .subquery()
    )
    rows = (
        select(redemption, lines.c.amount.label("lines_amount"), posting.c.amount.label("posted"))
        .select_from(
            redemption.outerjoin(lines, lines.c.redemption_id == redemption.c.redemption_id).outerjoin(
                posting,
                and_(
                    same_row(posting.c.entry_id, redemption.c.points_entry),
                    posting.c.account_id == redemption.c.household_id,
                ),
            )
        )
        .where(of_town(redemption))
    )
    for row in tx.all(rows):
        if row.total != row.lines_amount or row.total != -(row.posted or 0):
            yield f"{row.receipt}: {figure(row.total)} ≠ {figure(row.lines_amount)}, {figure(row.posted)}"
        if row.balance_before - row.total != row.balance_after:
            yield f"{row.receipt}: {figure(row.balance_before)} − {figure(row.total)} ≠ {figure(row.balance_after)}"


def redemption_lines_add_up(tx: Transaction) -> Iterator[str]:
    """Check that a line is quantity × tag price, and its lots gave its quantity."""
    given = (
        select(redemption_lot.c.redemption_id, redemption_lot.c.line, summed(redemption_lot.c.quantity).label("given"))
        .where(of_town(redemption_lot))
        .group_by(redemption_lot.c.redemption_id, redemption_lot.c.line)
        .subquery()
    )
    rows = (
        select(redemption.c.receipt, redemption_line, given.c.given)
        .select_from(
            redeemed_lines.outerjoin(
                given,
                and_(given.c.redemption_id == redemption_line.c.redemption_id, given.c.line == redemption_line.c.line),
            )
        )
        .where(of_town(redemption_line))
    )
    for row in tx.all(rows):
        if row.amount != row.quantity * row.price or row.quantity != row.given:
            amount = f"{row.quantity} × {figure(row.price)} ≠ {figure(row.amount)}"
            yield f"{row.receipt} {row.line}: {amount}, {row.given}"


def redemption_lots_moved(tx: Transaction) -> Iterator[str]:
    """Check that what a redemption took out of each lot is what moved."""
    taken = (
        select(redemption.c.goods_entry, redemption_lot.c.lot_id, summed(redemption_lot.c.quantity).label("quantity"))
        .select_from(
            redemption_lot.join(
                redemption,
                same_row(redemption.c.redemption_id, redemption_lot.c.redemption_id),
            )
        )
        .where(of_town(redemption_lot))
        .group_by(redemption.c.goods_entry, redemption_lot.c.lot_id)
    )
    moved = (
        select(stock_move.c.entry_id, stock_move.c.lot_id, summed(stock_move.c.quantity).label("quantity"))
        .where(of_town(stock_move), stock_move.c.kind == "redeem")
        .group_by(stock_move.c.entry_id, stock_move.c.lot_id)
    )
    ours = {(r.goods_entry, r.lot_id): int(r.quantity) for r in tx.all(taken)}
    theirs = {(r.entry_id, r.lot_id): -int(r.quantity) for r in tx.all(moved)}
    for (entry_id, lot_id), took, went in unequal(ours, theirs):
        yield f"{entry_id.hex()} {lot_id.hex()}: {took} ≠ {went}"


def receipts_without_gaps(tx: Transaction) -> Iterator[str]:
    """Receipts of a till and year are numbered 1, 2, 3 … up to its counter."""
    rows = (
        select(
            redemption.c.till,
            redemption.c.year,
            func.count().label("number_of"),
            func.min(redemption.c.number).label("first"),
            func.max(redemption.c.number).label("last"),
        )
        .where(of_town(redemption))
        .group_by(redemption.c.till, redemption.c.year)
    )
    counters = select(receipt_counter).where(of_town(receipt_counter))
    kept = {(r.till, r.year): r.number for r in tx.all(counters)}
    for row in tx.all(rows):
        last = kept.pop((row.till, row.year), None)
        if row.first != 1 or row.number_of != row.last or row.last != last:
            yield f"{row.till}-{row.year}: {row.number_of} receipts, {row.first}–{row.last}, counter {last}"
    for (till, year), number in kept.items():
        yield f"{till}-{year}: no receipts, counter {number}"


_RETURNED = (
    select(
        redemption_return_lot.c.return_id,
        summed(redemption_return_lot.c.quantity * redemption_line.c.price).label("value"),
        summed(redemption_return_lot.c.quantity).label("quantity"),
    )
    .select_from(
        redemption_return_lot.join(
            redemption_line,
            and_(
                same_row(redemption_line.c.redemption_id, redemption_return_lot.c.redemption_id),
                redemption_line.c.line == redemption_return_lot.c.line,
            ),
        )
    )
    .where(of_town(redemption_return_lot))
    .group_by(redemption_return_lot.c.return_id)
)
_POINTS_BACK = (
    select(redemption_return.c.return_id, redemption_return.c.total, summed(posting.c.amount).label("posted"))
    .select_from(
        redemption_return.join(
            posting,
            and_(
                same_row(posting.c.entry_id, redemption_return.c.points_entry),
                posting.c.amount > 0,
            ),
        )
    )
    .where(of_town(redemption_return))
    .group_by(redemption_return.c.return_id, redemption_return.c.total)
)
_GOODS_BACK = (
    select(redemption_return.c.return_id, summed(stock_move.c.quantity).label("moved"))
    .select_from(
        redemption_return.join(
            stock_move,
            same_row(stock_move.c.entry_id, redemption_return.c.goods_entry),
        )
    )
    .where(of_town(redemption_return))
    .group_by(redemption_return.c.return_id)
)


def returns_add_up(tx: Transaction) -> Iterator[str]:
    """Check that a return gave back the points of its goods, its goods moved, and no more came than was given."""
    lots = {r.return_id: (r.value, r.quantity) for r in tx.all(_RETURNED)}
    moved = {r.return_id: r.moved for r in tx.all(_GOODS_BACK)}
    for r in tx.all(_POINTS_BACK):
        if lots.get(r.return_id) != (r.total, moved.get(r.return_id)) or r.posted != r.total:
            yield f"{r.return_id.hex()}: {figure(r.total)} ≠ {figure(r.posted)}, {lots.get(r.return_id)}"
    yield from _given_back_too_much(tx)


def _given_back_too_much(tx: Transaction) -> Iterator[str]:
    back = (
        select(
            redemption_return_lot.c.redemption_id,
            redemption_return_lot.c.line,
            redemption_return_lot.c.lot_id,
            summed(redemption_return_lot.c.quantity).label("quantity"),
        )
        .where(of_town(redemption_return_lot))
        .group_by(redemption_return_lot.c.redemption_id, redemption_return_lot.c.line, redemption_return_lot.c.lot_id)
        .subquery()
    )
    rows = (
        select(
            redemption_lot.c.redemption_id,
            redemption_lot.c.line,
            redemption_lot.c.quantity,
            back.c.quantity.label("back"),
        )
        .select_from(
            redemption_lot.join(
                back,
                and_(
                    back.c.redemption_id == redemption_lot.c.redemption_id,
                    back.c.line == redemption_lot.c.line,
                    back.c.lot_id == redemption_lot.c.lot_id,
                ),
            )
        )
        .where(of_town(redemption_lot))
    )
    for row in tx.all(rows):
        if row.back > row.quantity:
            yield f"{row.redemption_id.hex()} {row.line}: {row.back} > {row.quantity}"
