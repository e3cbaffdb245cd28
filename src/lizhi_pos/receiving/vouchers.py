"""Vouchers of gifts and purchases, read from a file or typed: what is wrong with them, and their goods as lots."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from lizhi_pos.accounts.villages import unknown_village, village_names
from lizhi_pos.cell_errors import MOST_ALIKE, CellError, with_all
from lizhi_pos.db import Transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.pledges import pledge_errors
from lizhi_pos.donations.spending import money_in, spending
from lizhi_pos.donations.voucher_checks import by_voucher, gift_errors, lines_known, lines_told, purchase_errors
from lizhi_pos.ids import Id
from lizhi_pos.inventory.codes import Meaning, meanings, meanings_of
from lizhi_pos.inventory.stock import NewLot, receive
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.journal.queries import lowest_cash_since
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable, nearest

_R = TypeVar("_R", GiftRow, PurchaseRow)


def in_pieces(tx: Transaction, rows: Sequence[_R]) -> list[_R]:
    """Return lines with every carton as its pieces, under the product's own code: two cartons at V a piece."""
    known = meanings(tx)
    return [_as_pieces(row, known.get(row.code)) for row in rows]


def errors_in_gifts(tx: Transaction, rows: Sequence[GiftRow]) -> tuple[CellError, ...]:
    """Everything that is wrong with a donations file, as far as it could be read; writes nothing."""
    errors = list(gift_errors(rows))
    names = list(village_names(tx).values())
    known = {comparable(name) for name in names}
    for row in with_all(rows, "村"):
        if row.village and comparable(row.village) not in known:
            errors.append(row.at.error("村", unknown_village(row.village, names).sentence))
    for row in rows:
        errors += pledge_errors(tx, row)
    errors += _against_books(tx, rows, [r for r in with_all(rows, "类型", "条码") if r.kind == "in_kind"])
    return (*errors, *fresh_vouchers(tx, rows, "凭证号")[2])


def errors_in_purchases(tx: Transaction, rows: Sequence[PurchaseRow]) -> tuple[CellError, ...]:
    """Everything that is wrong with a purchases file, as far as it could be read; writes nothing."""
    errors = [*purchase_errors(rows), *_against_books(tx, rows, [*with_all(rows, "条码")])]
    return (*errors, *_from_gifts(tx, rows), *fresh_vouchers(tx, rows, "单据号")[2])


def _as_pieces(row: _R, meant: Meaning | None) -> _R:
    if meant is None:
        return row
    row = replace(row, code=written_code(meant.code))
    return row if meant.pieces == 1 or row.quantity is None else replace(row, quantity=row.quantity * meant.pieces)


def _from_gifts(tx: Transaction, rows: Sequence[PurchaseRow]) -> Iterator[CellError]:
    named = [row for row in rows if row.from_gift]
    if not named:
        return
    gifts, spent = {g.voucher: g for g in money_in(tx)}, spending(tx)
    for row in named:
        source = gifts.get(row.from_gift)
        if source is None:
            yield row.at.error("捐赠", message("No gift of money has voucher {0}", row.from_gift))
        elif source.on > row.on:
            yield row.at.error("捐赠", message("Gift {0} came after this purchase", row.from_gift))
        elif spent.spent(source.voucher) >= source.amount and not lines_known(tx, row.voucher):
            yield row.at.error("捐赠", message("Gift {0} is all spent", row.from_gift))


def why_not_covered(tx: Transaction, fresh: Sequence[Sequence[PurchaseRow]]) -> Refusal | None:
    """Refuse purchases that the pool's cash does not cover on their date and ever since (五)."""
    spent = 0
    for lines in sorted(fresh, key=lambda v: v[0].on):
        spent += sum(row.quantity * row.unit_cost for row in lines)
        cash = lowest_cash_since(tx, lines[0].on)
        if spent > cash:
            return refuse(
                "rule_broken",
                "The pool's cash does not cover purchase {0}: {1} is needed, {2} is there",
                lines[0].voucher,
                format_hundredths(spent),
                format_hundredths(cash),
            )
    return None


def _against_books(tx: Transaction, rows: Sequence[_R], with_goods: Sequence[_R]) -> Iterator[CellError]:
    for row in with_all(rows, "日期"):
        if refusal := refuse_unless_open(tx, row.on):
            yield row.at.error("日期", refusal.sentence)
    goods = meanings(tx)
    unknown: dict[str, Message] = {}
    for row in with_goods:
        if row.code and row.code not in goods:
            if row.code not in unknown:
                unknown[row.code] = _no_product(row.code, goods if len(unknown) < MOST_ALIKE else ())
            yield row.at.error("条码", unknown[row.code])


def _no_product(code: str, known: Collection[str]) -> Message:
    close = nearest(code, known)
    if close is None:
        return message("There is no product with code {0}: import it first", code)
    return message("There is no product with code {0}; is it {1}? Else import it first", code, close)


def fresh_vouchers(tx: Transaction, rows: Sequence[_R], key: str) -> tuple[list[list[_R]], int, list[CellError]]:
    """Return the vouchers not read before, the number of rows read before, and those read before with other content."""
    fresh: list[list[_R]] = []
    known, conflicts = 0, []
    for number, lines in by_voucher(rows).items():
        if not all(row.at.unread == frozenset() for row in lines):
            continue
        recorded = lines_known(tx, number)
        if not recorded:
            fresh.append(lines)
        elif recorded == lines_told(lines):
            known += len(lines)
        else:
            text = message("{0} was recorded with another content: a recorded voucher is not changed", number)
            conflicts.append(lines[0].at.error(key, text))
    return fresh, known, conflicts


def receive_lines(tx: Transaction, entry_id: Id, lines: Sequence[GiftRow | PurchaseRow]) -> None:
    """Let the goods of a voucher be lots, each line one; its codes are products' own."""
    goods = meanings_of(tx, {row.code for row in lines})
    for number, row in enumerate(lines, 1):
        cost = row.unit_cost if isinstance(row, PurchaseRow) else row.unit_value
        receive(
            tx,
            entry_id,
            NewLot(
                product_id=goods[row.code].product_id,
                voucher=row.voucher,
                line=number,
                lines=len(lines),
                received_on=row.on,
                expires_on=row.expires_on,
                unit_cost=cost or Yuan(0),
                quantity=row.quantity or 0,
            ),
        )
