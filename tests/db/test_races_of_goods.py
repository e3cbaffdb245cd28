"""The decisions about goods in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from test_races import (
    LOCKS,
    MAY,
    Act,
    Race,
    back,
    begin,
    bought,
    goods_of_its_number,
    month_end,
    new_goods,
    newcomer,
    of,
    posting_newcomer,
    refused_for,
    run,
    sale,
    shop,
    shut,
    sold,
)

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.posting import PostedBatch
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.db import Transaction
from lizhi_pos.donations.pledges import add_pledge
from lizhi_pos.inventory.codes import Meaning
from lizhi_pos.inventory.count_closing import ClosedCount, close_count
from lizhi_pos.inventory.counts import CountSheet, Seen, add_tally, drop_count, open_count
from lizhi_pos.inventory.products import Taken
from lizhi_pos.inventory.recalls import RecalledLot, recall_lot, release_lot
from lizhi_pos.inventory.writeoffs import LossReason, WriteOff, write_off
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.products import carton_code, second_code
from lizhi_pos.receiving.voids import Voided, VoucherKind, void_voucher
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.statement import Statement
from towns.small import ACCOUNTANT, ADMIN, APPROVAL, MARKET_DAY, OIL, SALT, SOAP

BY = Authority(ADMIN, MARKET_DAY, APPROVAL)


def written_off(lot: str, quantity: int, reason: LossReason = "broken") -> Act:
    return lambda tx: write_off(tx, lot, quantity, reason, "", BY)


def recalled(tx: Transaction) -> Any:
    return recall_lot(tx, "SW-3", "示例:厂家通知", BY)


def released(tx: Transaction) -> Any:
    return release_lot(tx, "SW-3", "示例:检验合格", BY)


def was_recalled(tx: Transaction) -> None:
    """The oil is recalled."""
    unwrap(recalled(tx))


def was_released(tx: Transaction) -> None:
    """… and released."""
    was_recalled(tx)
    unwrap(released(tx))


def counting(code: str) -> Act:
    return lambda tx: open_count(tx, [code], False, BY)


def counted(quantity: int) -> Act:
    return lambda tx: add_tally(tx, 1, Seen(OIL, quantity), ADMIN)


def closing_count(tx: Transaction) -> Any:
    return close_count(tx, 1, "keep", BY)


def sheet(tx: Transaction) -> None:
    """A count of oil is open."""
    unwrap(counting(OIL)(tx))


def short_sheet(tx: Transaction) -> None:
    """… and of three there is one."""
    sheet(tx)
    unwrap(counted(1)(tx))


def voiding(kind: VoucherKind, voucher: str) -> Act:
    return lambda tx: void_voucher(tx, kind, voucher, "示例:记错了", Authority(ACCOUNTANT, MARKET_DAY, APPROVAL))


def bought_oil(tx: Transaction) -> None:
    """Oil was bought for nearly all the pool has."""
    unwrap(bought("CG-1")(tx))


def carton(code: str) -> Act:
    return lambda tx: carton_code(tx, SALT, code, 24, ADMIN)


def another(code: str, of_product: str = SOAP) -> Act:
    return lambda tx: second_code(tx, of_product, code, ADMIN)


def pledging(tx: Transaction) -> Any:
    made = add_pledge(tx, "示例商会", Yuan(5000), MARKET_DAY + timedelta(30), "", BY)
    return made if isinstance(made, Refusal) else made.pledge


NEW_CODE = "6901234567892"

RACES: dict[str, Race] = {
    "write-off: sold meanwhile": Race(
        before=(shop,),
        first=sale("TQ0001", (OIL, 2)),
        second=written_off("SW-3", 2),
        answers=refused_for(Redemption, "rule_broken"),
    ),
    "redeem: written off meanwhile": Race(
        before=(shop,),
        first=written_off("SW-3", 2),
        second=sale("TQ0001", (OIL, 2)),
        answers=refused_for(WriteOff, "stock"),
    ),
    "write-off: number": Race(
        before=(shop,),
        first=written_off("SW-3", 1),
        second=written_off("SW-2", 1),
        answers=lambda a, b: (a.writeoff, b.writeoff) == ("W-2024-000001", "W-2024-000002"),
    ),
    "write-off: released meanwhile": Race(
        before=(shop, was_recalled),
        first=released,
        second=written_off("SW-3", 1, "recalled"),
        answers=refused_for(RecalledLot, "rule_broken"),
    ),
    "recall: redeem": Race(
        before=(shop,), first=recalled, second=sale("TQ0001", (OIL, 1)), answers=refused_for(RecalledLot, "stock")
    ),
    "recall: again, and redeem": Race(
        before=(shop, was_released),
        first=recalled,
        second=sale("TQ0001", (OIL, 1)),
        answers=refused_for(RecalledLot, "stock"),
    ),
    "recall: sold meanwhile": Race(
        before=(shop,),
        first=sale("TQ0001", (OIL, 1)),
        second=recalled,
        answers=lambda a, b: of(Redemption, RecalledLot)(a, b) and b.on_hand == 2,
    ),
    "recall: twice": Race(
        before=(shop,), first=recalled, second=recalled, answers=refused_for(RecalledLot, "out_of_turn")
    ),
    "recall: release": Race(
        before=(shop, was_recalled), first=released, second=released, answers=refused_for(RecalledLot, "out_of_turn")
    ),
    "count: products": Race(
        before=(shop,), first=counting(OIL), second=counting(OIL), answers=refused_for(CountSheet, "out_of_turn")
    ),
    "count: number": Race(
        before=(shop,),
        first=counting(OIL),
        second=counting(SALT),
        answers=lambda a, b: (a.count, b.count) == (1, 2),
    ),
    "count: what the books have": Race(
        before=(shop, sheet),
        first=sale("TQ0001", (OIL, 1)),
        second=counted(2),
        answers=lambda a, b: isinstance(a, Redemption) and (b.counted, b.book) == (2, 2),
    ),
    "count: close after a sale": Race(
        before=(shop, short_sheet),
        first=sale("TQ0001", (OIL, 2)),
        second=closing_count,
        answers=refused_for(Redemption, "rule_broken"),
    ),
    "count: redeem what it took": Race(
        before=(shop, short_sheet),
        first=closing_count,
        second=sale("TQ0001", (OIL, 2)),
        answers=refused_for(ClosedCount, "stock"),
    ),
    "count: close": Race(
        before=(shop, short_sheet),
        first=closing_count,
        second=closing_count,
        answers=refused_for(ClosedCount, "out_of_turn"),
    ),
    "count: counted as it closes": Race(
        before=(shop, short_sheet),
        first=closing_count,
        second=counted(1),
        answers=refused_for(ClosedCount, "out_of_turn"),
    ),
    "count: close what was dropped": Race(
        before=(shop, short_sheet),
        first=lambda tx: drop_count(tx, 1, BY),
        second=closing_count,
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "count: write-off meanwhile": Race(
        before=(shop, short_sheet),
        first=written_off("SW-3", 2),
        second=closing_count,
        answers=refused_for(WriteOff, "rule_broken"),
    ),
    "void: goods away": Race(
        before=(shop,),
        first=sale("TQ0001", (OIL, 1)),
        second=voiding("gift", "SW-3"),
        answers=refused_for(Redemption, "rule_broken"),
    ),
    "void: redeem": Race(
        before=(shop,),
        first=voiding("gift", "SW-3"),
        second=sale("TQ0001", (OIL, 1)),
        answers=refused_for(Voided, "stock"),
    ),
    "void: goods back": Race(
        before=(shop, sold), first=back(2), second=voiding("gift", "SW-1"), answers=lambda a, b: isinstance(b, Voided)
    ),
    "void: money spent": Race(
        before=(shop,),
        first=bought("CG-1"),
        second=voiding("gift", "XJ-1"),
        answers=refused_for(Taken, "rule_broken"),
    ),
    "void: money to spend": Race(
        before=(shop,),
        first=voiding("gift", "XJ-1"),
        second=bought("CG-1"),
        answers=refused_for(Voided, "rule_broken"),
    ),
    "void: twice": Race(
        before=(shop, bought_oil),
        first=voiding("purchase", "CG-1"),
        second=voiding("purchase", "CG-1"),
        answers=refused_for(Voided, "out_of_turn"),
    ),
    "void: counted meanwhile": Race(
        before=(shop, short_sheet),
        first=voiding("gift", "SW-3"),
        second=closing_count,
        answers=refused_for(Voided, "rule_broken"),
    ),
    "goods: a second code": Race(
        before=(shop,),
        first=another(NEW_CODE),
        second=another(NEW_CODE, SALT),
        answers=refused_for(Meaning, "out_of_turn"),
    ),
    "goods: a second code of a new product": Race(
        before=(shop,),
        first=new_goods,
        second=another(NEW_CODE),
        answers=lambda a, b: isinstance(b, Refusal) and b.code == "out_of_turn",
    ),
    "goods: a carton of a new booklet's number": Race(
        before=(shop, newcomer),
        first=carton("0012"),
        second=posting_newcomer,
        answers=refused_for(Meaning, "rule_broken"),
    ),
    "ledger: a new carton's code": Race(
        before=(shop, newcomer),
        first=posting_newcomer,
        second=carton("0012"),
        answers=refused_for(PostedBatch, "rule_broken"),
    ),
    "goods: a file's code that is a carton's": Race(
        before=(shop,),
        first=carton("0012"),
        second=goods_of_its_number,
        answers=lambda a, b: of(Meaning, Taken)(a, b) and bool(b.errors),
    ),
    "pledge: number": Race(before=(shop,), first=pledging, second=pledging, answers=lambda a, b: (a, b) == (1, 2)),
    "month: write-off": Race(
        before=(shop, shut),
        on=MAY,
        first=month_end,
        second=written_off("SW-3", 1),
        answers=refused_for(Statement, "month_closed"),
    ),
    "month: count": Race(
        before=(shop, short_sheet, shut),
        on=MAY,
        first=closing_count,
        second=month_end,
        answers=lambda a, b: isinstance(a, ClosedCount) and isinstance(b, Statement),
    ),
    "month: void": Race(
        before=(shop, shut),
        on=MAY,
        first=month_end,
        second=voiding("gift", "SW-3"),
        answers=refused_for(Statement, "month_closed"),
    ),
    "month: recall": Race(
        before=(shop, shut), on=MAY, first=month_end, second=recalled, answers=refused_for(Statement, "month_closed")
    ),
    "month: pledge": Race(
        before=(shop, shut), on=MAY, first=month_end, second=pledging, answers=refused_for(Statement, "month_closed")
    ),
    "month: recall on its way": Race(
        before=(shop, shut), on=MAY, first=recalled, second=month_end, answers=of(RecalledLot, Statement)
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_goods_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_every_decision_of_goods_is_on_the_list_and_has_its_race() -> None:
    table = LOCKS.read_text(encoding="utf-8").partition("\n## Goods\n")[2].partition("\n## Households\n")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(RACES)
