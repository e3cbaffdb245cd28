"""A file of gifts or of purchases taken whole: every voucher with its entry and its lots, or nothing of it."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.accounts.villages import unknown_village, village_names
from lizhi_pos.cell_errors import MOST_ALIKE, CellError, with_all
from lizhi_pos.db import Transaction
from lizhi_pos.donations.gifts import record_gift
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.purchases import record_purchase
from lizhi_pos.donations.voucher_checks import by_voucher, gift_errors, lines_known, lines_told, purchase_errors
from lizhi_pos.ids import Id
from lizhi_pos.inventory.products import Taken, products
from lizhi_pos.inventory.stock import NewLot, receive
from lizhi_pos.journal.balances import lock_cash
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.journal.queries import lowest_cash_since
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable, nearest

_R = TypeVar("_R", GiftRow, PurchaseRow)


def take_gifts(tx: Transaction, rows: Sequence[GiftRow], by: Operator) -> Taken:
    """Takes a donations file. A voucher read before with the same content is passed over."""
    lock_cash(tx)
    if errors := errors_in_gifts(tx, rows):
        return Taken(0, 0, 0, errors)
    villages = {comparable(name): key for key, name in village_names(tx).items()}
    goods = _goods(tx)
    fresh, known, _ = _fresh(tx, rows, "凭证号")
    for lines in fresh:
        entry_id = record_gift(tx, lines, villages.get(comparable(lines[0].village)), by)
        if lines[0].kind == "in_kind":
            _receive(tx, entry_id, lines, goods)
    return Taken(sum(map(len, fresh)), 0, known)


def take_purchases(
    tx: Transaction, rows: Sequence[PurchaseRow], by: Operator, approval: Approval | None
) -> Taken | Refusal:
    """Takes a purchases file with a second person's approval; refused whole where the pool's cash does not cover it."""
    if approval is None:
        return refuse("approval_needed", "A purchase needs a second person: name a supervisor with --approver")
    # no other purchase spends the cash from here on until this is committed
    lock_cash(tx)
    if errors := errors_in_purchases(tx, rows):
        return Taken(0, 0, 0, errors)
    goods = _goods(tx)
    fresh, known, _ = _fresh(tx, rows, "单据号")
    if refusal := _why_not_covered(tx, fresh):
        return refusal
    for lines in fresh:
        _receive(tx, record_purchase(tx, lines, by, approval), lines, goods)
    return Taken(sum(map(len, fresh)), 0, known)


def errors_in_gifts(tx: Transaction, rows: Sequence[GiftRow]) -> tuple[CellError, ...]:
    """Everything that is wrong with a donations file, as far as it could be read; writes nothing."""
    errors = list(gift_errors(rows))
    names = list(village_names(tx).values())
    known = {comparable(name) for name in names}
    for row in with_all(rows, "村"):
        if row.village and comparable(row.village) not in known:
            errors.append(row.at.error("村", unknown_village(row.village, names).sentence))
    errors += _against_books(tx, rows, [r for r in with_all(rows, "类型", "条码") if r.kind == "in_kind"])
    return (*errors, *_fresh(tx, rows, "凭证号")[2])


def errors_in_purchases(tx: Transaction, rows: Sequence[PurchaseRow]) -> tuple[CellError, ...]:
    """Everything that is wrong with a purchases file, as far as it could be read; writes nothing."""
    errors = [*purchase_errors(rows), *_against_books(tx, rows, [*with_all(rows, "条码")])]
    return (*errors, *_fresh(tx, rows, "单据号")[2])


def _goods(tx: Transaction) -> dict[str, Id]:
    return {written_code(p.code): p.product_id for p in products(tx)}


def _why_not_covered(tx: Transaction, fresh: Sequence[Sequence[PurchaseRow]]) -> Refusal | None:
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
    goods = _goods(tx)
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


def _fresh(tx: Transaction, rows: Sequence[_R], key: str) -> tuple[list[list[_R]], int, list[CellError]]:
    """The vouchers not read before, the number of rows read before, and vouchers read before with other content."""
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


def _receive(tx: Transaction, entry_id: Id, lines: Sequence[GiftRow | PurchaseRow], goods: dict[str, Id]) -> None:
    for number, row in enumerate(lines, 1):
        cost = row.unit_cost if isinstance(row, PurchaseRow) else row.unit_value
        receive(
            tx,
            entry_id,
            NewLot(
                product_id=goods[row.code],
                voucher=row.voucher,
                line=number,
                lines=len(lines),
                received_on=row.on,
                expires_on=row.expires_on,
                unit_cost=cost or Yuan(0),
                quantity=row.quantity or 0,
            ),
        )
