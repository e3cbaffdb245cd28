"""Stocktakes (盘点): compared with the books in the order things are recorded, while the shop sells."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from approvals import approval_of
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import SLIPS_TILL, Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.inventory.count_closing import close_count
from lizhi_pos.inventory.counts import add_tally, count_shown, counts, drop_count, open_count, recount
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from small_town import (
    ADMIN,
    APPROVAL,
    MARKET_DAY,
    OIL,
    SALT,
    SOAP,
    SUPERVISOR,
    gift,
    noon,
    sell,
)

LATER = date(2024, 4, 29)


def by(on: date = MARKET_DAY, approved: bool = True) -> Authority:
    return Authority(ADMIN, on, APPROVAL if approved else None)


def on_hand(tx: Transaction, day: date = LATER) -> dict[str, dict[str, int]]:
    """What stands in every lot of every product."""
    return {p.code: {x.lot: x.on_hand for x in p.lots} for p in stock_on(tx, day)}


def counted(tx: Transaction, number: int, *found: tuple[str, int]) -> None:
    for code, quantity in found:
        unwrap(add_tally(tx, number, code, quantity, "", ADMIN))


@pytest.fixture
def stocked(selling: Engine) -> Engine:
    """A town in its session, with two lots of salt and none of oil."""
    return selling
