"""Lots and their moves: what comes in, what goes out, what stands on the shelf."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct, structs
from sqlalchemy import Select, bindparam, case, func, select, update

from lizhi_pos.db import INT, Transaction, of_town, summed
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot, Pick, Span
from lizhi_pos.inventory.models import GOODS, lot, recall, stock_move
from lizhi_pos.inventory.products import ProductView, products
from lizhi_pos.journal.models import entries_dated, journal_entry
from lizhi_pos.locking import lock_rows
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch
from lizhi_pos.record.documents import digest_of
from lizhi_pos.text.normalize import number

MoveKind = Literal["receive", "redeem", "return", "write_off", "count", "void"]


class NewLot(Struct, frozen=True, kw_only=True):
    """Goods that come in with one line of a voucher."""

    product_id: Id
    voucher: str
    line: int
    lines: int
    received_on: date
    expires_on: date | None
    unit_cost: Yuan
    quantity: int


class Move(Struct, frozen=True, kw_only=True):
    """Goods into a lot (`quantity` above 0) or out of it (below), at the lot's cost; the fields are its columns."""

    entry_id: Id
    move_id: Id
    lot_id: Id
    kind: MoveKind
    on_date: date
    quantity: int
    cost: Yuan
    recorded_at: datetime


class LotView(Struct, frozen=True):
    """A lot as it stood on a day."""

    lot: str
    on_hand: int
    expires: date | None
    unit_cost: Yuan
    source: str
    recalled: bool


class ProductStock(Struct, frozen=True, kw_only=True):
    """A product's stock on a day: `on_hand` stands on the shelf, `sellable` may be sold on that day."""

    code: str
    name: str
    price: Yuan
    on_hand: int
    sellable: int
    lots: tuple[LotView, ...]


class ShortProduct(Struct, frozen=True, kw_only=True):
    """A product of which less may be sold than its reserve (安全库存)."""

    code: str
    name: str
    sellable: int
    reserve: int


_COLUMNS = (
    lot.c.lot_id,
    lot.c.product_id,
    lot.c.name,
    lot.c.voucher,
    lot.c.line,
    lot.c.received_on,
    lot.c.expires_on,
    lot.c.unit_cost,
    lot.c.on_hand,
    lot.c.was_recalled,
)
_LOTS_OF_PRODUCTS = (
    select(*_COLUMNS)
    .where(of_town(lot), lot.c.product_id.in_(bindparam("products", expanding=True)), lot.c.on_hand > 0)
    .order_by(lot.c.lot_id)
)
_LOTS_FOR_UPDATE = straight(lock_rows(_LOTS_OF_PRODUCTS))
_TAKE = (
    update(lot).where(of_town(lot), lot.c.lot_id == bindparam("key")).values(on_hand=lot.c.on_hand - bindparam("take"))
)
_PUT_BACK = (
    update(lot).where(of_town(lot), lot.c.lot_id == bindparam("key")).values(on_hand=lot.c.on_hand + bindparam("back"))
)
_SHIFT = (
    update(lot)
    .where(of_town(lot), lot.c.lot_id == bindparam("key"))
    .values(
        on_hand=lot.c.on_hand + bindparam("by"),
        found=case(
            (bindparam("more", type_=INT) > 0, func.coalesce(lot.c.found, 0) + bindparam("more")), else_=lot.c.found
        ),
    )
)
_LOTS_BY_ID = (
    select(*_COLUMNS).where(of_town(lot), lot.c.lot_id.in_(bindparam("lots", expanding=True))).order_by(lot.c.lot_id)
)
_LOTS_BY_ID_FOR_UPDATE = lock_rows(_LOTS_BY_ID)
_LOTS_CALLED = select(*_COLUMNS).where(of_town(lot), lot.c.name == bindparam("lot_name")).order_by(lot.c.lot_id)
_LOTS_CALLED_FOR_UPDATE = lock_rows(_LOTS_CALLED)
_MOVES_SINCE = select(stock_move.c.on_date, stock_move.c.quantity).where(
    of_town(stock_move),
    stock_move.c.lot_id == bindparam("key"),
    stock_move.c.entry_id.in_(entries_dated(journal_entry.c.on_date > bindparam("day"))),
)
_MOVED_SINCE = (
    select(stock_move.c.lot_id, summed(stock_move.c.quantity).label("quantity"))
    .where(of_town(stock_move), stock_move.c.entry_id.in_(entries_dated(journal_entry.c.on_date > bindparam("day"))))
    .group_by(stock_move.c.lot_id)
)
_HOLDING = select(*_COLUMNS).where(of_town(lot), lot.c.on_hand > 0)
_OF_THESE = select(*_COLUMNS).where(of_town(lot), lot.c.lot_id.in_(bindparam("lots", expanding=True)))
_RECALLS = select(recall.c.lot_id, recall.c.recalled_on, recall.c.released_on).where(
    of_town(recall), recall.c.lot_id.in_(bindparam("lots", expanding=True))
)
_LOTS_AT_ONCE = 500


def receive(tx: Transaction, entry_id: Id, new: NewLot) -> Id:
    """Add a lot with its first move and return its key; `entry_id` is the gift or purchase it comes with."""
    key = tx.new_id()
    tx.insert(
        lot,
        {
            "lot_id": key,
            "product_id": new.product_id,
            "name": new.voucher if new.lines == 1 else f"{new.voucher}/{new.line}",
            "voucher": new.voucher,
            "line": new.line,
            "received_on": new.received_on,
            "expires_on": new.expires_on,
            "unit_cost": new.unit_cost,
            "quantity": new.quantity,
            "on_hand": new.quantity,
            "entry_id": entry_id,
        },
    )
    cost = Yuan(new.quantity * new.unit_cost)
    write_moves(
        tx,
        [
            Move(
                entry_id=entry_id,
                move_id=tx.new_id(),
                lot_id=key,
                kind="receive",
                on_date=new.received_on,
                quantity=new.quantity,
                cost=cost,
                recorded_at=tx.now,
            )
        ],
    )
    touch(tx, GOODS, entry_id)
    return key


def held_by_recall(day: str) -> Select[Any]:
    """Return the query for the lots that a recall holds on the day of a parameter's name."""
    return select(recall.c.lot_id).where(
        of_town(recall),
        recall.c.recalled_on <= bindparam(day),
        (recall.c.released_on.is_(None)) | (recall.c.released_on > bindparam(day)),
    )


def lots_for(tx: Transaction, product_ids: Collection[Id]) -> list[Lot]:
    """Return the lots of some products that hold anything, in one fixed order; held until a writing act ends."""
    return _lots(tx, tx.all(_LOTS_OF_PRODUCTS if tx.only_reads else _LOTS_FOR_UPDATE, products=sorted(product_ids)))


def take(tx: Transaction, picks: Iterable[Pick]) -> None:
    """Take goods out of their lots; the database refuses one that no longer holds them (never_negative)."""
    # in the order of the lots' keys, so that two tills never wait for each other in a circle
    ordered = sorted(picks, key=lambda p: p.lot.lot_id)
    moves = [{"town": tx.town, "key": p.lot.lot_id, "take": p.quantity} for p in ordered]
    tx.send(_TAKE, moves)


def restock(tx: Transaction, given: Iterable[Pick]) -> None:
    """Put goods back into their own lots; the database refuses more than came in (no_more_than_received)."""
    ordered = sorted(given, key=lambda p: p.lot.lot_id)
    moves = [{"town": tx.town, "key": p.lot.lot_id, "back": p.quantity} for p in ordered]
    tx.send(_PUT_BACK, moves)


def moves_of(tx: Transaction, entry_id: Id, kind: MoveKind, on: date, picks: Iterable[Pick]) -> list[Move]:
    """Return an entry's moves, out for a redemption, in for a return: to be hashed, then written."""
    sign = -1 if kind == "redeem" else 1
    return signed_moves(tx, entry_id, kind, on, [Pick(p.lot, sign * p.quantity) for p in picks])


def signed_moves(tx: Transaction, entry_id: Id, kind: MoveKind, on: date, picks: Iterable[Pick]) -> list[Move]:
    """Return an entry's moves: into a lot where a pick's quantity is above 0, out of it where it is below."""
    ordered = sorted(picks, key=lambda p: p.lot.lot_id)
    return [
        Move(
            entry_id=entry_id,
            move_id=tx.new_id(),
            lot_id=p.lot.lot_id,
            kind=kind,
            on_date=on,
            quantity=p.quantity,
            cost=Yuan(p.quantity * p.lot.unit_cost),
            recorded_at=tx.now,
        )
        for p in ordered
    ]


def moves_digest(entry_id: Id, moves: Iterable[Move]) -> bytes:
    """Return the digest of an entry's goods, where no lot came in with them. Pure."""
    return digest_of(GOODS, (entry_id,), {stock_move: [structs.asdict(move) for move in moves]})


def shift(tx: Transaction, moves: Iterable[Move]) -> None:
    """Let lots hold what moves of one entry leave; the database refuses less than nothing and more than there can be.

    What a count found may be more than came in: it is kept beside the lot.
    """
    for move in moves:
        found = move.quantity if move.kind == "count" and move.quantity > 0 else 0
        tx.send(_SHIFT, {"town": tx.town, "key": move.lot_id, "by": move.quantity, "more": found}, 1, "a lot is gone")


def write_moves(tx: Transaction, moves: Iterable[Move]) -> None:
    """Write moves of goods; their entry stands."""
    tx.insert(stock_move, *(structs.asdict(move) for move in moves))


def lots_by_id(tx: Transaction, ids: Collection[Id]) -> Mapping[Id, Lot]:
    """Return some lots by key, in one fixed order; held until a writing act ends."""
    return {
        lot.lot_id: lot
        for lot in _lots(tx, tx.all(_LOTS_BY_ID if tx.only_reads else _LOTS_BY_ID_FOR_UPDATE, lots=sorted(ids)))
    }


def lots_called(tx: Transaction, name: str) -> list[Lot]:
    """Return the lots of a name, as `stock list` says it, most often one; held until a writing act ends."""
    return _lots(tx, tx.all(_LOTS_CALLED if tx.only_reads else _LOTS_CALLED_FOR_UPDATE, lot_name=number(name)))


def lowest_since(tx: Transaction, one: Lot, day: date) -> int:
    """Return the least a lot held at the end of a day and of every later one: what an act of that day may take."""
    moved: dict[date, int] = {}
    for row in tx.all(_MOVES_SINCE, key=one.lot_id, day=day):
        moved[row.on_date] = moved.get(row.on_date, 0) + row.quantity
    held = lowest = one.on_hand
    for later in sorted(moved, reverse=True):
        held -= moved[later]
        lowest = min(lowest, held)
    return lowest


def lots_on(tx: Transaction, day: date) -> list[Lot]:
    """Return every lot that held anything at a day's end, with what it held.

    That is what it holds now, without the moves since.
    """
    holding = tx.all(_HOLDING)
    since = {row.lot_id: int(row.quantity) for row in tx.all(_MOVED_SINCE, day=day)}
    if not since:
        return _lots(tx, holding)
    moved = sorted(since)
    rows = {row.lot_id: row for row in holding}
    for start in range(0, len(moved), _LOTS_AT_ONCE):
        rows |= {row.lot_id: row for row in tx.all(_OF_THESE, lots=moved[start : start + _LOTS_AT_ONCE])}
    lots = _lots(tx, list(rows.values()))
    then = [structs.replace(one, on_hand=one.on_hand - since.get(one.lot_id, 0)) for one in lots]
    return [one for one in then if one.on_hand > 0]


def stock_on(tx: Transaction, day: date) -> list[ProductStock]:
    """Return every product's stock as it stood at the end of a day, also of one with nothing, by code."""
    by_product: dict[Id, list[Lot]] = {}
    for found in lots_on(tx, day):
        by_product.setdefault(found.product_id, []).append(found)
    return [_product_stock(p, by_product.get(p.product_id, []), day) for p in products(tx)]


def short_on(tx: Transaction, day: date) -> list[ShortProduct]:
    """Return the products of which less may be sold on a day than their reserve, by code."""
    sellable: dict[Id, int] = {}
    for found in lots_on(tx, day):
        if found.sellable(day):
            sellable[found.product_id] = sellable.get(found.product_id, 0) + found.on_hand
    return [
        ShortProduct(code=p.code, name=p.name, sellable=there, reserve=p.safety_stock)
        for p in products(tx)
        if p.safety_stock is not None and (there := sellable.get(p.product_id, 0)) < p.safety_stock
    ]


def _lots(tx: Transaction, rows: Sequence[Sequence[Any]]) -> list[Lot]:
    """Return lots as they were read, with their recalls where there ever was one."""
    recalled = [lot_id for lot_id, *_, was_recalled in rows if was_recalled]
    spans: dict[Id, tuple[Span, ...]] = {}
    for start in range(0, len(recalled), _LOTS_AT_ONCE):
        for row in tx.all(_RECALLS, lots=recalled[start : start + _LOTS_AT_ONCE]):
            spans[row.lot_id] = (*spans.get(row.lot_id, ()), (row.recalled_on, row.released_on))
    return [Lot(*(*row[:-1], spans.get(row[0], ()))) for row in rows]


def _product_stock(p: ProductView, lots: Sequence[Lot], day: date) -> ProductStock:
    ordered = sorted(lots, key=lambda x: x.turn)
    return ProductStock(
        code=p.code,
        name=p.name,
        price=p.price,
        on_hand=sum(x.on_hand for x in lots),
        sellable=sum(x.on_hand for x in lots if x.sellable(day)),
        lots=tuple(
            LotView(x.name, x.on_hand, x.expires_on, x.unit_cost, x.voucher, x.is_recalled(day)) for x in ordered
        ),
    )
