"""Returns: the whole or part of a redemption, goods to their own lots and points to the household, never money.

With a second person's approval, before the redemption's month is closed; it counts in the month of its own date.
Voiding a wrong basket is a return.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import Row, bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.queries import heir_of
from lizhi_pos.accounts.vetoes import clear_again, veto_after, veto_since
from lizhi_pos.checkout.basket import Wanted, own_codes
from lizhi_pos.checkout.models import (
    RETURN,
    redemption,
    redemption_line,
    redemption_lot,
    redemption_return,
    redemption_return_lot,
)
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Pick
from lizhi_pos.inventory.codes import other_codes
from lizhi_pos.inventory.models import product
from lizhi_pos.inventory.stock import Move, lots_by_id, moves_digest, moves_of, restock, write_moves
from lizhi_pos.journal.balances import balance_now, lock_balance, town_account
from lizhi_pos.journal.entries import Entry, PointsPosting, YuanPosting, derived_key, post_linked
from lizhi_pos.journal.periods import is_closed, refuse_unless_open
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points, Yuan, points_for
from lizhi_pos.record.documents import digest_of
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import code as code_form
from lizhi_pos.text.normalize import typed


class ReturnedLine(Struct, frozen=True):
    """Goods that came back, and the points for them."""

    code: str
    name: str
    quantity: int
    price: Yuan
    amount: Points


class Return(Struct, frozen=True, kw_only=True):
    """A return as it stands in the books; `cleared` is what of its points a veto took at once."""

    receipt: str
    booklet: str
    date: date
    total: Points
    cleared: Points
    balance_after: Points
    lines: tuple[ReturnedLine, ...]
    reason: str
    approved_by: str


class _Left(Struct, frozen=True):
    """What of one line's lot may still come back."""

    line: int
    lot_id: Id
    code: str
    name: str
    price: Yuan
    quantity: int


_HOUSEHOLD = select(redemption.c.household_id).where(of_town(redemption), redemption.c.receipt == bindparam("number"))
_REDEMPTION = select(redemption).where(of_town(redemption), redemption.c.receipt == bindparam("number"))
_back = (
    select(
        redemption_return_lot.c.line,
        redemption_return_lot.c.lot_id,
        summed(redemption_return_lot.c.quantity).label("quantity"),
    )
    .where(of_town(redemption_return_lot), redemption_return_lot.c.redemption_id == bindparam("key"))
    .group_by(redemption_return_lot.c.line, redemption_return_lot.c.lot_id)
)
_GIVEN = (
    select(
        redemption_lot.c.line,
        redemption_lot.c.lot_id,
        redemption_lot.c.quantity,
        redemption_line.c.price,
        product.c.code,
        product.c.name,
    )
    .select_from(
        redemption_lot.join(
            redemption_line,
            same_row(redemption_line.c.redemption_id, redemption_lot.c.redemption_id)
            & (redemption_line.c.line == redemption_lot.c.line),
        ).join(
            product,
            same_row(product.c.product_id, redemption_line.c.product_id),
        )
    )
    .where(of_town(redemption_lot), redemption_lot.c.redemption_id == bindparam("key"))
    .order_by(redemption_lot.c.line, redemption_lot.c.lot_id)
)


def return_goods(
    tx: Transaction, receipt: str, wanted: Sequence[Wanted], *, reason: str, authority: Authority
) -> Return | Refusal:
    """Take goods of a redemption back; without `wanted` all that is left of it."""
    reason = typed(reason)
    whose = tx.value(_HOUSEHOLD, number=receipt)
    if whose is None:
        return refuse("not_found", "There is no receipt {0}: look at the number again", receipt)
    # its points, its vetoes and what else of it comes back stand still until this is committed
    lock_balance(tx, whose)
    # one that was merged into another household has its points there
    heir = heir_of(tx, whose)
    lock_balance(tx, heir)
    row = _held(tx, receipt)
    if refusal := _why_not_return(tx, row, authority.on, reason):
        return refusal
    others = other_codes(tx, {w.code for w in wanted}) if wanted else {}
    back = _chosen(_left(tx, row.redemption_id), own_codes(wanted, others))
    if isinstance(back, Refusal):
        return back
    if authority.approval is None:
        return refuse("approval_needed", "A return needs a second person: a supervisor signs with a PIN")
    total = Points(sum(x.quantity * points_for(x.price) for x in back))
    key = tx.new_id()
    _write(
        tx,
        _rows(tx, key, row, back, Authority(authority.by, authority.on, authority.approval.because(reason))),
        row,
        heir,
    )
    veto = veto_since(tx, row.household_id, row.on_date, authority.on)
    cleared = clear_again(tx, veto, (key, row.booklet, heir), total, authority) if veto else Points(0)
    return Return(
        receipt=receipt,
        booklet=row.booklet,
        date=authority.on,
        total=total,
        cleared=cleared,
        balance_after=balance_now(tx, heir),
        lines=_lines(back),
        reason=reason,
        approved_by=authority.approval.by,
    )


def _held(tx: Transaction, receipt: str) -> Row[Any]:
    """Return the redemption of a receipt, of which nobody else takes goods back until this is committed."""
    lock_alone(tx, f"return {receipt}")
    row = tx.first(_REDEMPTION, number=receipt)
    assert row is not None
    return row


def _why_not_return(tx: Transaction, row: Row[Any], on: date, reason: str) -> Refusal | None:
    if refusal := refuse_unless_open(tx, on):
        return refusal
    if is_closed(tx, row.on_date):
        return refuse("month_closed", "The month of receipt {0} is closed: nothing of it comes back", row.receipt)
    if on < row.on_date:
        return refuse("out_of_turn", "A return is not dated before its redemption: give a later day")
    if later := veto_after(tx, row.household_id, on):
        return refuse(
            "rule_broken", "A veto took effect on {0}: date the return on that day or later", later.isoformat()
        )
    if not reason.strip():
        return refuse("rule_broken", "Say why the goods come back")
    return None


def _left(tx: Transaction, key: Id) -> list[_Left]:
    back = {(r.line, r.lot_id): r.quantity for r in tx.all(_back, key=key)}
    given = [
        _Left(r.line, r.lot_id, r.code, r.name, Yuan(r.price), r.quantity - back.get((r.line, r.lot_id), 0))
        for r in tx.all(_GIVEN, key=key)
    ]
    return [x for x in given if x.quantity]


def _chosen(left: Sequence[_Left], wanted: Sequence[Wanted]) -> list[_Left] | Refusal:
    if not left:
        return refuse("out_of_turn", "Everything of this receipt came back before")
    if not wanted:
        return list(left)
    # a product of before codes had one form is found by what a scanner sends, too
    missing = Counter[str]()
    for w in wanted:
        missing[code_form(w.code)] += w.quantity
    chosen = []
    for x in left:
        take = min(x.quantity, missing[code_form(x.code)])
        if take:
            chosen.append(structs.replace(x, quantity=take))
            missing[code_form(x.code)] -= take
    too_much = [code for code, quantity in missing.items() if quantity]
    if too_much:
        return refuse("rule_broken", "Of {0} less was redeemed, or came back before: look at the receipt", too_much[0])
    return chosen


class _Rows(Struct, frozen=True):
    """A return as it is hashed and then written."""

    row: dict[str, Any]
    lots: list[dict[str, Any]]
    moves: list[Move]
    picks: list[Pick]


def _rows(tx: Transaction, key: Id, of: Row[Any], back: Sequence[_Left], authority: Authority) -> _Rows:
    row = {
        "return_id": key,
        "redemption_id": of.redemption_id,
        "on_date": authority.on,
        "recorded_at": tx.now,
        "by_user": authority.by.name,
        "approved_by": authority.second.by,
        "reason": authority.second.reason,
        "total": Points(sum(x.quantity * points_for(x.price) for x in back)),
        "points_entry": tx.new_id(),
        "goods_entry": tx.new_id(),
    }
    own = {"return_id": key, "redemption_id": of.redemption_id}
    lots = lots_by_id(tx, {x.lot_id for x in back})
    picks = [Pick(lots[x.lot_id], x.quantity) for x in back]
    return _Rows(
        row,
        [{**own, "line": x.line, "lot_id": x.lot_id, "quantity": x.quantity} for x in back],
        moves_of(tx, row["goods_entry"], "return", authority.on, picks),
        picks,
    )


def _write(tx: Transaction, written: _Rows, of: Row[Any], heir: Id) -> None:
    """Post the two entries, points to the household `heir` and goods at cost to the shelf, then write the rest."""
    row, key = written.row, written.row["return_id"]
    tables = {redemption_return: [row], redemption_return_lot: written.lots}
    entry = Entry(
        kind="return",
        on=row["on_date"],
        key=derived_key(key, "points"),
        by=row["by_user"],
        approved_by=row["approved_by"],
        reference=of.receipt,
        till=of.till,
        document=key,
        document_hash=digest_of(RETURN, (key,), tables),
        linked=of.points_entry,
        entry_id=row["points_entry"],
    )
    goods = structs.replace(
        entry,
        kind="goods_back",
        key=derived_key(key, "goods"),
        document_hash=moves_digest(row["goods_entry"], written.moves),
        entry_id=row["goods_entry"],
    )
    total, cost = row["total"], Yuan(sum(move.cost for move in written.moves))
    points = [PointsPosting(heir, total), PointsPosting(town_account("redeemed"), Points(-total))]
    yuan = [YuanPosting(town_account("stock"), cost), YuanPosting(town_account("goods_redeemed"), Yuan(-cost))]
    post_linked(tx, (entry, points), (goods, yuan))
    restock(tx, written.picks)
    write_moves(tx, written.moves)
    for table, rows in tables.items():
        tx.insert(table, *rows)


def _lines(back: Sequence[_Left]) -> tuple[ReturnedLine, ...]:
    found: dict[str, ReturnedLine] = {}
    for x in back:
        before = found[x.code].quantity if x.code in found else 0
        quantity = before + x.quantity
        found[x.code] = ReturnedLine(x.code, x.name, quantity, x.price, Points(quantity * points_for(x.price)))
    return tuple(found.values())
