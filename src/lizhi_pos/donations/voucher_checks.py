"""What the rows of one voucher (凭证号, 单据号) must satisfy, and how a voucher read before is known again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import structs
from sqlalchemy import bindparam, select, union_all

from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.models import gift, purchase
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.refusal import message
from lizhi_pos.text.normalize import comparable

_TYPED = ("basis", "resolution", "pledge", "invoice", "received_by", "from_gift")
_R = TypeVar("_R", GiftRow, PurchaseRow)

_VOUCHER_LINES = union_all(
    select(gift.c.voucher, gift.c.content).where(of_town(gift), gift.c.voucher == bindparam("number")),
    select(purchase.c.voucher, purchase.c.content).where(of_town(purchase), purchase.c.voucher == bindparam("number")),
)


def by_voucher(rows: Sequence[_R]) -> Mapping[str, list[_R]]:
    """Rows with one number are one voucher of several lines, in the order of the file.

    Rows whose number could not be read are none's.
    """
    found: dict[str, list[_R]] = {}
    for row in with_all(rows, "凭证号", "单据号"):
        found.setdefault(row.voucher, []).append(row)
    return found


def content(row: GiftRow | PurchaseRow) -> str:
    """Return what a line says, wherever it stands in a file."""
    told = structs.asdict(row)
    # what only a typed voucher has came later: a line without it reads as it was kept before
    typed = {name: told[name] for name in _TYPED if told.get(name)}
    first = [value for name, value in told.items() if name not in _TYPED and name != "at"]
    return msgspec.json.encode([*first, typed] if typed else first).decode()


def lines_known(tx: Transaction, number: str) -> list[str]:
    """Return the lines of a voucher recorded before, of either kind of file, to be compared; empty for a new one."""
    return sorted(comparable(row.content) for row in tx.all(_VOUCHER_LINES, number=number))


def lines_told(rows: Sequence[GiftRow | PurchaseRow]) -> list[str]:
    """Return the lines of a voucher, to be compared with those recorded before."""
    return sorted(comparable(content(row)) for row in rows)


def gift_errors(rows: Sequence[GiftRow]) -> Iterator[CellError]:
    """Yield what is wrong within a file of gifts, before the books are asked."""
    for lines in by_voucher(rows).values():
        yield from _agree(lines, (("日期", "on"), ("类型", "kind"), ("捐赠人", "donor"), ("村", "village")), "凭证号")
    for row in with_all(rows, "类型"):
        yield from _in_kind(row) if row.kind == "in_kind" else _in_money(row)


def purchase_errors(rows: Sequence[PurchaseRow]) -> Iterator[CellError]:
    """Yield what is wrong within a file of purchases, before the books are asked."""
    for lines in by_voucher(rows).values():
        yield from _agree(lines, (("日期", "on"), ("供应商", "supplier")), "单据号")
    for row in with_all(rows, "数量"):
        if row.quantity < 1:
            yield row.at.error("数量", message("This must be a whole number from 1"))
    for row in with_all(rows, "单位进价"):
        if row.unit_cost <= 0:
            yield row.at.error("单位进价", message("This must be more than nothing"))
    for row in with_all(rows, "到期日", "日期"):
        if row.expires_on is not None and row.expires_on < row.on:
            yield row.at.error("到期日", message("These goods had expired before they came in"))


def gift_amount(row: GiftRow) -> Yuan:
    """Return what a line is worth: money as stated, goods at 数量 × 单位价值."""
    if row.kind == "in_kind":
        return Yuan((row.quantity or 0) * (row.unit_value or 0))
    return row.amount or Yuan(0)


def _agree(lines: Sequence[_R], fields: tuple[tuple[str, str], ...], key: str) -> Iterator[CellError]:
    for header, name in fields:
        told = list(with_all(lines, header))
        for row in told[1:]:
            if _alike(getattr(row, name)) != _alike(getattr(told[0], name)):
                yield row.at.error(header, message("This differs from another line of {0} {1}", key, row.voucher))


def _alike(value: object) -> object:
    return comparable(value) if isinstance(value, str) else value


def _in_money(row: GiftRow) -> Iterator[CellError]:
    has = row.at.has
    if has("金额") and (row.amount is None or row.amount <= 0):
        yield row.at.error("金额", message("A gift of money needs its amount"))
    if has("条码") and row.code:
        yield row.at.error("条码", message("A gift of money has no goods"))
    if row.kind == "village" and has("村") and not row.village:
        yield row.at.error("村", message("An allocation names its village"))


def _in_kind(row: GiftRow) -> Iterator[CellError]:
    has = row.at.has
    if has("条码") and not row.code:
        yield row.at.error("条码", message("A gift in kind needs the goods' code"))
    if has("数量") and (row.quantity is None or row.quantity < 1):
        yield row.at.error("数量", message("This must be a whole number from 1"))
    if has("单位价值") and (row.unit_value is None or row.unit_value <= 0):
        yield row.at.error("单位价值", message("A gift in kind needs its fair value for one unit"))
    elif has("金额", "数量", "单位价值") and row.amount is not None and row.amount != gift_amount(row):
        text = message(
            "数量 × 单位价值 gives {0}, not {1}", format_hundredths(gift_amount(row)), format_hundredths(row.amount)
        )
        yield row.at.error("金额", text)
    if has("到期日", "日期") and row.expires_on is not None and row.expires_on < row.on:
        yield row.at.error("到期日", message("These goods had expired before they came in"))
