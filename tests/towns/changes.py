"""What a made-up household (示例) lives through beside its village's ledgers."""

from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.changes.correcting import correct_points, correct_score
from lizhi_pos.accounts.changes.freezing import freeze, release
from lizhi_pos.accounts.changes.members import change_head, change_member
from lizhi_pos.accounts.changes.merging import merge_households
from lizhi_pos.accounts.changes.moving import move_household
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.db import Transaction
from lizhi_pos.maintenance.erasure import erase_household
from lizhi_pos.money import Points
from lizhi_pos.periods import Quarter
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import unwrap
from towns.small import ACCOUNTANT, APPROVAL, OTHER_VILLAGE

WHY = "示例:核实"


def change_households(tx: Transaction, on: date) -> None:
    """A member comes and becomes head, points are frozen and put right, a booklet is lost, a household leaves.

    Somebody leaves with a booklet of their own, moves to the other village and comes back with all of it; what was
    personal of that household is erased.
    """
    by = Authority(ACCOUNTANT, on, APPROVAL)
    unwrap(change_member(tx, "TQ0002", ("示例来客", "active", "子"), WHY, by))
    unwrap(change_member(tx, "TQ0002", ("示例来客", "left", None), WHY, by))
    unwrap(change_member(tx, "TQ0001", ("示例继任", "active", "子"), WHY, by))
    unwrap(change_head(tx, "TQ0001", "示例继任", WHY, by))
    unwrap(correct_points(tx, "TQ0001", Points(150), "2024-03", (WHY, by)))
    unwrap(freeze(tx, "TQ0001", Points(300), WHY, by))
    unwrap(release(tx, "TQ0001", Points(100), WHY, by))
    unwrap(correct_score(tx, "TQ0001", Quarter(2024, 1), 915, (WHY, by)))
    unwrap(give_booklet(tx, "TQ0003", "TQ0303", WHY, by))
    unwrap(close_household(tx, "TQ0303", "moved_out", WHY, by))
    unwrap(split_household(tx, "TQ0001", Apart("TQ0009", "示例妻", points=Points(100)), WHY, by))
    unwrap(move_household(tx, "TQ0009", (OTHER_VILLAGE, "1组"), WHY, by))
    unwrap(merge_households(tx, "TQ0009", "TQ0001", WHY, by))
    unwrap(erase_household(tx, "TQ0009", WHY, by))
