"""What could not be read whole is looked at as far as it could, without writing, on both databases."""

from datetime import date
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from lizhi_pos.accounts.import_batch import look_at_unsound
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import reading, rehearse, transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.vouchers import errors_in_gifts, errors_in_purchases
from lizhi_pos.refusal import unwrap
from towns.small import MARKET_DAY, SALT, act, found, household, noon, workbook

APRIL = date(2024, 4, 3)


def place(row: int, *headers: str, unread: str = "") -> RowAt:
    columns = {header: chr(ord("A") + index) for index, header in enumerate(headers)}
    return RowAt("表", row, 1, columns, frozenset(unread.split()))


def cells(errors: Any) -> list[str | None]:
    return sorted(error.cell for error in errors)


def town(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)


def test_of_a_workbook_with_unread_cells_all_else_is_told(engine: Engine) -> None:
    town(engine)
    registers = ("手册编号", "户主", "居住起始日")
    acts = ("手册编号", "姓名", "日期", "项目", "分值", "次数")
    nothing: Any = None
    book = workbook(
        households=[
            structs.replace(household("TQ0001"), at=place(2, *registers, unread="居住起始日"), residence_start=nothing),
            structs.replace(household("TQ0001"), at=place(3, *registers)),
            structs.replace(household("TQ0002"), at=place(4, *registers, unread="手册编号"), booklet=nothing),
        ],
        acts=[
            structs.replace(act("TQ0001", date(2024, 3, 5)), at=place(2, *acts, unread="日期 分值"), on=nothing),
            structs.replace(act("TQ0001", date(2024, 3, 5)), at=place(3, *acts, unread="次数"), item="没有的"),
            structs.replace(act("TQ0002", date(2024, 3, 5)), at=place(4, *acts)),
        ],
    )
    looked = rehearse(engine, lambda tx: unwrap(look_at_unsound(tx, book)), noon(MARKET_DAY))
    # TQ0002 may be the household whose number could not be read
    assert cells(looked.errors) == ["A3", "D3"]


def test_of_vouchers_with_unread_cells_all_else_is_told(engine: Engine) -> None:
    town(engine)
    nothing: Any = None
    gifts = ("凭证号", "日期", "类型", "捐赠人", "金额", "条码", "数量", "单位价值")
    bought = ("单据号", "日期", "供应商", "条码", "数量", "单位进价")
    told = [
        GiftRow("S1", nothing, "in_kind", "示例", place(2, *gifts, unread="日期"), code="1", quantity=0),
        GiftRow(nothing, APRIL, "cash", nothing, place(3, *gifts, unread="凭证号 捐赠人")),
        GiftRow("S2", APRIL, nothing, "示例", place(4, *gifts, unread="类型"), amount=Yuan(1)),
    ]
    paid = [
        PurchaseRow("D1", date(2224, 1, 1), "示例", SALT, nothing, Yuan(0), place(2, *bought, unread="数量")),
        PurchaseRow("D1", nothing, "另一", nothing, 1, Yuan(1), place(3, *bought, unread="日期 条码")),
    ]
    with reading(engine, noon(MARKET_DAY)) as tx:
        assert cells(errors_in_gifts(tx, told)) == ["E3", "F2", "G2", "H2"]
        assert cells(errors_in_purchases(tx, paid)) == ["B2", "C3", "F2"]
