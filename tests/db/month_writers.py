"""Processes of their own that write into a month until it is closed."""

from typing import Any

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.correcting import correct_points
from lizhi_pos.db import Transaction, write
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.engines import open_engine
from lizhi_pos.money import Points, Yuan
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.refusal import Refusal, Refused, unwrap
from towns.small import ACCOUNTANT, APPROVAL, MARKET_DAY, VILLAGE, at, noon


def write_until_closed(url: str, number: int) -> int:
    """Write allocations and corrections of the market day until the month is closed; return how many were taken."""
    engine = open_engine(url)
    done = 0
    try:
        while _is_taken(engine, number, done):
            done += 1
    finally:
        engine.dispose()
    return done


def _is_taken(engine: Any, number: int, turn: int) -> bool:
    act = _allocation if turn % 2 else _correction

    def one(tx: Transaction) -> Any:
        return unwrap(act(tx, f"W{number}-{turn}"))

    try:
        write(engine, one, noon(MARKET_DAY))
    except Refused as refused:
        if refused.refusal.code != "month_closed":
            raise RuntimeError(str(refused.refusal)) from None
        return False
    return True


def _correction(tx: Transaction, name: str) -> Any:
    authority = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
    return correct_points(tx, "TQ0001", Points(1), "天桥村/2024-03", (f"示例:{name}", authority))


def _allocation(tx: Transaction, name: str) -> Any:
    row = GiftRow(name, MARKET_DAY, "village", "示例村", at(), amount=Yuan(100), village=VILLAGE)
    taken = take_gifts(tx, [row], ACCOUNTANT)
    if not taken.errors:
        return taken
    return Refusal("month_closed") if "closed" in taken.errors[0].text.msgid else Refusal("rule_broken")
