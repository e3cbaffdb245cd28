"""What a made-up village (示例) lives through while its month hangs on the board."""

from datetime import date, timedelta

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish
from lizhi_pos.accounts.objections import Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.accounts.officials import Appointment, appoint, end_office
from lizhi_pos.db import Transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, ADMIN, OTHER_VILLAGE, VILLAGE


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


def change_officials(tx: Transaction, on: date) -> None:
    """A village registers two of its officials, one of whom leaves office."""
    by, since = Authority(ADMIN, on), on - timedelta(100)
    unwrap(appoint(tx, OTHER_VILLAGE, Appointment("评议示例", "assessment", since, lead=True), by))
    unwrap(appoint(tx, OTHER_VILLAGE, Appointment("监督示例", "supervision", since), by))
    unwrap(end_office(tx, OTHER_VILLAGE, "评议示例", by))
