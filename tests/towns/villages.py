"""What a made-up village (示例) lives through while its month hangs on the board."""

from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish
from lizhi_pos.accounts.objections import Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.db import Transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, VILLAGE


def object_to_batch(tx: Transaction, month: Month, on: date) -> None:
    """Three objections to a published batch: one is upheld and it is published anew, one dismissed, one open."""
    by = Authority(ACCOUNTANT, on)
    told = (Objection("示例:多记一次", "TQ0001", "示例邻居"), Objection("示例:漏记"), Objection("示例:日期不对"))
    for one in told[:2]:
        unwrap(raise_objection(tx, VILLAGE, month, one, by))
    unwrap(settle_objection(tx, VILLAGE, month, 1, (Verdict("upheld", "示例:核实是多记"), by)))
    unwrap(publish(tx, VILLAGE, month, by))
    unwrap(settle_objection(tx, VILLAGE, month, 2, (Verdict("dismissed", "示例:已经记了"), by)))
    unwrap(raise_objection(tx, VILLAGE, month, told[2], by))
