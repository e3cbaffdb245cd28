"""Closing a stocktake: shortages leave their lots, what was found goes back, two people (五).

Missing goods leave first expired first, expired ones too. Found goods go back to the lots that earlier counts took
them from, the latest first, else to the newest lot.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot, Pick
from lizhi_pos.inventory.counts import (
    CountState,
    OpenCount,
    end_count,
    hold_open,
    product_ids,
    tallies,
    write_tally,
)
from lizhi_pos.inventory.goods_entries import Loss, post_loss
from lizhi_pos.inventory.models import lot, stock_move
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import lots_by_id, lowest_since
from lizhi_pos.inventory.tallies import Tally, counted_and_book
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import Message, Refusal, message, refuse

Uncounted = Literal["keep", "zero"]


class LotDifference(Struct, frozen=True):
    """What a count put into a lot, or took out of it (below 0)."""

    lot: str
    quantity: int


class ClosedLine(Struct, frozen=True):
    """A product of a closed count; one that differs has its lots, and what it adds to the losses."""

    code: str
    name: str
    counted: int | None
    book: int | None
    difference: int | None
    lots: tuple[LotDifference, ...] = ()
    cost: Yuan | None = None


class ClosedCount(Struct, frozen=True):
    """A closed count; `cost` of its lines together is what it adds to the losses."""

    count: int
    state: CountState
    lines: tuple[ClosedLine, ...]


class CountMove(Struct, frozen=True):
    """What a count moved in a lot: the count it belongs to, the day it is dated, and the entry it stands in."""

    lot_id: Id
    quantity: int
    count_id: Id
    on: date
    entry_id: Id


_COUNT_MOVES = (
    select(
        stock_move.c.lot_id,
        stock_move.c.quantity,
        stock_move.c.on_date,
        stock_move.c.entry_id,
        journal_entry.c.document_id,
    )
    .select_from(
        stock_move.join(journal_entry, same_row(journal_entry.c.entry_id, stock_move.c.entry_id)).join(
            lot, same_row(lot.c.lot_id, stock_move.c.lot_id)
        )
    )
    .where(
        of_town(stock_move),
        stock_move.c.kind == "count",
        stock_move.c.kind != "redeem",
        lot.c.product_id.in_(bindparam("products", expanding=True)),
    )
    .order_by(stock_move.c.recorded_at, stock_move.c.move_id)
)
_REFERENCE = select(journal_entry.c.reference).where(
    of_town(journal_entry), journal_entry.c.entry_id == bindparam("entry")
)
_LOTS_OF = (
    select(lot.c.lot_id, lot.c.product_id)
    .where(
        of_town(lot),
        lot.c.product_id.in_(bindparam("products", expanding=True)),
        lot.c.lot_id.not_in(
            select(stock_move.c.lot_id).where(of_town(stock_move), stock_move.c.kind == "void").correlate(None)
        ),
    )
    .order_by(lot.c.lot_id)
)


def close_count(tx: Transaction, number: int, uncounted: Uncounted, authority: Authority) -> ClosedCount | Refusal:
    """Bring the books to what was counted; products that were not stay as they are, or are none where `zero`."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    if refusal := _why_not(tx, held, authority):
        return refusal
    plan = _planned(tx, held, uncounted, authority.on)
    if isinstance(plan, Refusal):
        return plan
    for tally in plan.unwritten:
        write_tally(tx, held.count_id, tally, authority.by)
    every = [pick for found in plan.picks.values() for pick in found]
    entry = post_loss(tx, Loss("count", f"C-{number}", held.count_id), every, authority) if every else None
    end_count(tx, held, "closed", authority, uncounted, entry)
    return ClosedCount(number, "closed", _lines(tx, plan))


def plan_close(tx: Transaction, number: int, uncounted: Uncounted, on: date) -> ClosedCount | Refusal:
    """Return what closing an open count would come to, for whoever is to stand behind it; it stays open."""
    held = hold_open(tx, number)
    if isinstance(held, Refusal):
        return held
    plan = _planned(tx, held, uncounted, on)
    return plan if isinstance(plan, Refusal) else ClosedCount(number, "open", _lines(tx, plan))


class _Plan(NamedTuple):
    """What closing a count comes to: its products, what was counted of them, and what moves."""

    keys: Sequence[Id]
    told: Mapping[Id, Sequence[Tally]]
    picks: Mapping[Id, Sequence[Pick]]
    unwritten: Sequence[Tally]


def _planned(tx: Transaction, held: OpenCount, uncounted: Uncounted, on: date) -> _Plan | Refusal:
    keys = product_ids(tx, held.count_id)
    lots: dict[Id, list[Lot]] = {}
    for one in lots_of(tx, keys):
        lots.setdefault(one.product_id, []).append(one)
    told, unwritten = tallies(tx, held.count_id), []
    for key in keys:
        if uncounted == "zero" and key not in told:
            none = Tally(key, None, 0, sum(x.on_hand for x in lots.get(key, ())), "")
            unwritten.append(none)
            told[key] = [none]
    taken = outstanding(_moves(tx, keys))
    picks: dict[Id, list[Pick]] = {}
    for key, counted in told.items():
        found = _differences(tx, counted, lots.get(key, []), taken, on)
        if isinstance(found, Message):
            name = next(p.name for p in products(tx) if p.product_id == key)
            return refuse("rule_broken", "{0}: {1}", name, found)
        picks[key] = found
    return _Plan(keys, told, picks, unwritten)


def outstanding(moves: Iterable[CountMove]) -> list[CountMove]:
    """Return what counts took out of lots and nobody put back, the latest first; quantities above 0. Pure."""
    left: list[CountMove] = []
    for move in moves:
        if move.quantity < 0:
            left.append(replace(move, quantity=-move.quantity))
            continue
        back = move.quantity
        for at in range(len(left) - 1, -1, -1):
            if left[at].lot_id == move.lot_id and back:
                part = min(back, left[at].quantity)
                left[at] = replace(left[at], quantity=left[at].quantity - part)
                back -= part
    return [x for x in reversed(left) if x.quantity]


def taken_by_later_counts(tx: Transaction, wanted: Mapping[Id, int], day: date, lots: Sequence[Lot]) -> list[CountMove]:
    """Return what a paper slip of a day first takes back of what later counts wrote off, at most what it asks for.

    The goods were gone because of the slip: `lots` are those of its products, held by whoever calls.
    """
    of = {x.lot_id: x.product_id for x in lots}
    left, back = dict(wanted), []
    for one in outstanding(_moves(tx, sorted(wanted))):
        product = of.get(one.lot_id)
        part = min(one.quantity, left[product]) if product is not None and one.on > day else 0
        if product is not None and part:
            left[product] -= part
            back.append(replace(one, quantity=part))
    return back


def post_taken_back(tx: Transaction, back: Sequence[CountMove], lots: Sequence[Lot], authority: Authority) -> None:
    """Post what a paper slip takes back of counts, an entry for each, dated as the count and linked to it."""
    held = {x.lot_id: x for x in lots}
    by_entry: dict[Id, list[CountMove]] = {}
    for one in back:
        by_entry.setdefault(one.entry_id, []).append(one)
    for entry_id, moves in by_entry.items():
        picks = [Pick(held[x.lot_id], x.quantity) for x in moves]
        dated = Authority(authority.by, moves[0].on, authority.approval)
        reference = tx.value(_REFERENCE, entry=entry_id)
        post_loss(tx, Loss("count", reference, moves[0].count_id, entry_id), picks, dated)


def _why_not(tx: Transaction, held: OpenCount, authority: Authority) -> Refusal | None:
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    if authority.on < held.opened_on:
        return refuse(
            "out_of_turn",
            "Count {0} was opened on {1}: give that day or a later one",
            held.number,
            held.opened_on.isoformat(),
        )
    if authority.approval is None:
        return refuse("approval_needed", "Closing a count needs a second person: a supervisor signs with a PIN")
    return None


def lots_of(tx: Transaction, product_ids: Iterable[Id]) -> list[Lot]:
    """Return every lot of some products, empty ones too but no voided one, held until the transaction ends."""
    rows = tx.all(_LOTS_OF, products=sorted(product_ids))
    return list(lots_by_id(tx, [row.lot_id for row in rows]).values())


def _moves(tx: Transaction, keys: Sequence[Id]) -> list[CountMove]:
    rows = tx.all(_COUNT_MOVES, products=sorted(keys))
    return [CountMove(r.lot_id, r.quantity, r.document_id, r.on_date, r.entry_id) for r in rows]


def _differences(
    tx: Transaction, told: Sequence[Tally], lots: Sequence[Lot], taken: Sequence[CountMove], on: date
) -> list[Pick] | Message:
    """Return what leaves the lots of one product, or comes back to them."""
    if told[0].lot_id is not None:
        picks: list[Pick] = []
        for lot_id in dict.fromkeys(t.lot_id for t in told):
            counted, book = counted_and_book(t for t in told if t.lot_id == lot_id)
            own = [x for x in lots if x.lot_id == lot_id]
            found = _difference(tx, counted - book, own, [t for t in taken if t.lot_id == lot_id], on)
            if isinstance(found, Message):
                return found
            picks += found
        return picks
    counted, book = counted_and_book(told)
    keys = {x.lot_id for x in lots}
    return _difference(tx, counted - book, lots, [t for t in taken if t.lot_id in keys], on)


def _difference(
    tx: Transaction, difference: int, lots: Sequence[Lot], taken: Sequence[CountMove], on: date
) -> list[Pick] | Message:
    if difference > 0:
        return _found(difference, [x for x in lots if x.received_on <= on], taken)
    picks, missing = [], -difference
    for one in sorted(lots, key=lambda x: x.turn):
        part = min(missing, one.on_hand, lowest_since(tx, one, on)) if missing else 0
        if part > 0:
            picks.append(Pick(one, -part))
            missing -= part
    if missing:
        return message("more of it was sold since than the count leaves, recount it")
    return picks


def _found(surplus: int, lots: Sequence[Lot], taken: Sequence[CountMove]) -> list[Pick] | Message:
    if not lots:
        return message("goods that never came in cannot be found, receive them as a gift")
    by_key = {x.lot_id: x for x in lots}
    back: dict[Id, int] = {}
    for one in taken:
        part = min(surplus, one.quantity) if one.lot_id in by_key else 0
        back[one.lot_id] = back.get(one.lot_id, 0) + part
        surplus -= part
    newest = max(lots, key=lambda x: (x.received_on, x.voucher, x.line))
    back[newest.lot_id] = back.get(newest.lot_id, 0) + surplus
    return [Pick(by_key[key], quantity) for key, quantity in back.items() if quantity]


def _lines(tx: Transaction, plan: _Plan) -> tuple[ClosedLine, ...]:
    told, picks = plan.told, plan.picks
    on_sheet = [p for p in products(tx) if p.product_id in set(plan.keys)]
    lines = []
    for p in on_sheet:
        if p.product_id not in told:
            lines.append(ClosedLine(p.code, p.name, None, None, None))
            continue
        counted, book = counted_and_book(told[p.product_id])
        own = picks.get(p.product_id, ())
        cost = Yuan(-sum(x.quantity * x.lot.unit_cost for x in own)) if own else None
        moved = tuple(LotDifference(x.lot.name, x.quantity) for x in own)
        lines.append(ClosedLine(p.code, p.name, counted, book, counted - book, moved, cost))
    return tuple(lines)
