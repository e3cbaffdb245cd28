"""The decisions about households in `docs/locks.md`, made twice at once on PostgreSQL, as in test_races.py."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from test_races import (
    LOCKS,
    MAY,
    Act,
    Race,
    begin,
    month_end,
    newcomer,
    of,
    posting_newcomer,
    refused_for,
    run,
    sale,
    shop,
    shut,
)

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.booklets import ReplacedBooklet
from lizhi_pos.accounts.changes.closing import ClosedHousehold, close_household
from lizhi_pos.accounts.changes.correcting import Corrected, CorrectedScore, correct_points, correct_score
from lizhi_pos.accounts.changes.freezing import Frozen, freeze
from lizhi_pos.accounts.changes.members import ChangedHead, change_head, change_member
from lizhi_pos.accounts.posting import PostedBatch
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.db import Transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Quarter
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.statement import Statement
from towns.small import ACCOUNTANT, APPROVAL, MARKET_DAY, SALT

BY = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
WHY = "示例:核实"
ALL = 5000
"""All the points that the household has, in hundredths."""


def freezing(points: int) -> Act:
    return lambda tx: freeze(tx, "TQ0001", Points(points), WHY, BY)


def lost(new: str) -> Act:
    return lambda tx: give_booklet(tx, "TQ0001", new, WHY, BY)


def leaving(tx: Transaction) -> Any:
    return close_household(tx, "TQ0001", "moved_out", WHY, BY)


def taking(points: int) -> Act:
    return lambda tx: correct_points(tx, "TQ0001", Points(-points), "2024-03", (WHY, BY))


def right_score(tenths: int) -> Act:
    return lambda tx: correct_score(tx, "TQ0001", Quarter(2024, 1), tenths, (WHY, BY))


def heirs(tx: Transaction) -> None:
    for name in ("李示例", "王示例"):
        unwrap(change_member(tx, "TQ0001", (name, "active", "子"), WHY, BY))


def heading(name: str) -> Act:
    return lambda tx: change_head(tx, "TQ0001", name, WHY, BY)


RACES: dict[str, Race] = {
    "freeze: twice": Race(
        before=(shop,), first=freezing(ALL), second=freezing(1), answers=refused_for(Frozen, "balance")
    ),
    "freeze: and redeem": Race(
        before=(shop,), first=freezing(ALL), second=sale("TQ0001", (SALT, 1)), answers=refused_for(Frozen, "refused")
    ),
    "freeze: redeemed meanwhile": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1)),
        second=freezing(ALL),
        answers=refused_for(Redemption, "balance"),
    ),
    "correct: redeemed meanwhile": Race(
        before=(shop,), first=sale("TQ0001", (SALT, 1)), second=taking(ALL), answers=refused_for(Redemption, "balance")
    ),
    "correct: twice": Race(
        before=(shop,), first=taking(ALL), second=taking(1), answers=refused_for(Corrected, "balance")
    ),
    "score: twice": Race(
        before=(shop,),
        first=right_score(880),
        second=right_score(880),
        answers=refused_for(CorrectedScore, "out_of_turn"),
    ),
    "booklet: twice": Race(
        before=(shop,),
        first=lost("TQ0101"),
        second=lost("TQ0102"),
        answers=refused_for(ReplacedBooklet, "booklet_replaced"),
    ),
    "booklet: and redeem": Race(
        before=(shop,),
        first=lost("TQ0101"),
        second=sale("TQ0001", (SALT, 1)),
        answers=refused_for(ReplacedBooklet, "refused"),
    ),
    "booklet: a newcomer's number": Race(
        before=(shop, newcomer),
        first=posting_newcomer,
        second=lost("0012"),
        answers=refused_for(PostedBatch, "rule_broken"),
    ),
    "head: twice": Race(
        before=(shop, heirs),
        first=heading("李示例"),
        second=heading("王示例"),
        answers=lambda a, b: of(ChangedHead, ChangedHead)(a, b) and b.was == "李示例",
    ),
    "close: and redeem": Race(
        before=(shop,),
        first=leaving,
        second=sale("TQ0001", (SALT, 1)),
        answers=refused_for(ClosedHousehold, "refused"),
    ),
    "close: redeemed meanwhile": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1)),
        second=leaving,
        answers=lambda a, b: of(Redemption, ClosedHousehold)(a, b) and b.closed_out == a.balance_after,
    ),
    "close: twice": Race(
        before=(shop,), first=leaving, second=leaving, answers=refused_for(ClosedHousehold, "out_of_turn")
    ),
    "month: close of a household": Race(
        before=(shop, shut), on=MAY, first=month_end, second=leaving, answers=refused_for(Statement, "month_closed")
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_what_decides_of_households_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


def test_every_decision_of_households_is_on_the_list_and_has_its_race() -> None:
    table = LOCKS.read_text(encoding="utf-8").partition("\n## Households\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(RACES)
