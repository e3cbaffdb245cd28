"""A wrongly entered gift or purchase is undone by an entry that names it, while nothing of it is spent or away (五)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.db import Transaction, of_town, summed
from lizhi_pos.donations.models import VOID, gift, purchase, voucher_void
from lizhi_pos.donations.spending import spending
from lizhi_pos.donations.voids import void_row, voided_on
from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot, Pick
from lizhi_pos.inventory.models import GOODS, lot, stock_move
from lizhi_pos.inventory.stock import lots_by_id, lowest_since, shift, signed_moves, write_moves
from lizhi_pos.journal.balances import CASH, lock_cash
from lizhi_pos.journal.entries import Entry, YuanPosting, derived_key, post_yuan
from lizhi_pos.journal.models import posting
from lizhi_pos.journal.periods import is_closed, refuse_unless_open
from lizhi_pos.journal.queries import lowest_cash_since
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.record.chain import touch
from lizhi_pos.record.documents import digest_of
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import number, typed

VoucherKind = Literal["gift", "purchase"]


class Voided(Struct, frozen=True):
    """A voucher that was undone, and what it had been worth."""

    voucher: str
    amount: Yuan


_TABLES = {"gift": gift, "purchase": purchase}
_LINES_OF = {
    kind: select(table.c.voucher, table.c.entry_id, table.c.on_date, table.c.amount).where(
        of_town(table), table.c.voucher == bindparam("number")
    )
    for kind, table in _TABLES.items()
}
_POSTED = (
    select(posting.c.account_id, posting.c.amount)
    .where(of_town(posting), posting.c.entry_id == bindparam("entry"))
    .order_by(posting.c.line)
)
_NOT_BACK = (
    select(stock_move.c.lot_id)
    .where(
        of_town(stock_move),
        stock_move.c.lot_id.in_(bindparam("lots", expanding=True)),
        stock_move.c.kind.in_(("redeem", "return", "write_off")),
    )
    .group_by(stock_move.c.lot_id)
    .having(summed(stock_move.c.quantity) != 0)
)
_CAME_IN = select(lot.c.lot_id, lot.c.quantity).where(of_town(lot), lot.c.entry_id == bindparam("entry"))


def void_voucher(
    tx: Transaction, kind: VoucherKind, voucher: str, reason: str, authority: Authority
) -> Voided | Refusal:
    """Undo a gift or purchase as a whole, two people; its number stays used and its month must still be open."""
    voucher = number(voucher)
    lock_cash(tx)
    rows = tx.all(_LINES_OF[kind], number=voucher)
    if not rows:
        return refuse("not_found", "There is no voucher {0}: look at the number again", voucher)
    if refusal := _why_not(tx, rows[0], reason, authority):
        return refusal
    came_in = {row.lot_id: row.quantity for row in tx.all(_CAME_IN, entry=rows[0].entry_id)}
    lots = list(lots_by_id(tx, came_in).values())
    if refusal := _why_not_all_there(tx, rows[0], lots, came_in, authority.on):
        return refusal
    if refusal := _why_not_undone(tx, kind, rows[0], authority):
        return refusal
    _write(tx, rows[0], lots, typed(reason), authority)
    return Voided(voucher, Yuan(sum(row.amount for row in rows)))


def _why_not(tx: Transaction, first: Row[Any], reason: str, authority: Authority) -> Refusal | None:
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    if is_closed(tx, first.on_date):
        return refuse(
            "month_closed", "The month of voucher {0} is closed: correct it by a voucher of today", first.voucher
        )
    if (day := voided_on(tx, first.voucher)) is not None:
        return refuse("out_of_turn", "Voucher {0} was voided on {1}", first.voucher, day.isoformat())
    if authority.on < first.on_date:
        return refuse("out_of_turn", "Voucher {0} is of a later day: give that day or a later one", first.voucher)
    if not typed(reason):
        return refuse("rule_broken", "Say what is wrong with it")
    if authority.approval is None:
        return refuse("approval_needed", "Voiding needs a second person: a supervisor signs with a PIN")
    return None


def _why_not_all_there(
    tx: Transaction, first: Row[Any], lots: Sequence[Lot], came_in: Mapping[Id, int], on: date
) -> Refusal | None:
    """Refuse where goods are away, though as many others were found, or were away on a later day than the void's."""
    gone = {row.lot_id for row in tx.all(_NOT_BACK, lots=sorted(came_in))} if came_in else set()
    for one in lots:
        if one.lot_id in gone or one.on_hand != came_in[one.lot_id]:
            return refuse(
                "rule_broken",
                "Goods of {0} are away, from lot {1}: what was sold must come back whole first",
                first.voucher,
                one.name,
            )
        if lowest_since(tx, one, on) < one.on_hand:
            return refuse(
                "rule_broken",
                "Goods of {0} came back to lot {1} only after {2}: give a later day",
                first.voucher,
                one.name,
                on.isoformat(),
            )
    return None


def _why_not_undone(tx: Transaction, kind: VoucherKind, first: Row[Any], authority: Authority) -> Refusal | None:
    if kind == "purchase":
        return None
    spent = spending(tx).spent(first.voucher)
    if spent:
        return refuse(
            "rule_broken",
            "Of gift {0} {1} is spent: void the purchases first",
            first.voucher,
            format_hundredths(spent),
        )
    back = sum(row.amount for row in tx.all(_POSTED, entry=first.entry_id) if row.account_id == CASH)
    if back > lowest_cash_since(tx, authority.on):
        return refuse("rule_broken", "The pool's cash no longer covers taking {0} back", first.voucher)
    return None


def _write(tx: Transaction, first: Row[Any], lots: Sequence[Lot], reason: str, authority: Authority) -> None:
    entry_id = tx.new_id()
    row = void_row(tx, first.voucher, entry_id, Id(first.entry_id), reason, authority)
    moves = signed_moves(tx, entry_id, "void", authority.on, [Pick(x, -x.on_hand) for x in lots])
    entry = Entry(
        kind="void",
        on=authority.on,
        key=derived_key(tx.town, "void", first.voucher),
        by=authority.by.name,
        approved_by=authority.second.by,
        reference=first.voucher,
        document_hash=digest_of(VOID, (entry_id,), {voucher_void: [row]}),
        linked=Id(first.entry_id),
        entry_id=entry_id,
    )
    posted = tx.all(_POSTED, entry=first.entry_id)
    post_yuan(tx, entry, [YuanPosting(Id(p.account_id), Yuan(-p.amount), reason) for p in posted])
    tx.insert(voucher_void, row)
    if moves:
        shift(tx, moves)
        write_moves(tx, moves)
        touch(tx, GOODS, entry_id)
