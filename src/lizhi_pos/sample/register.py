"""What happened to the sample town's households beside their ledgers, and what somebody objects to."""

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.accounts.batches import batches
from lizhi_pos.accounts.changes.freezing import freeze
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.objections import Objection, raise_objection
from lizhi_pos.accounts.veto_decisions import release_veto
from lizhi_pos.db import Transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import unwrap
from lizhi_pos.sample import people
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.households import VETOED
from lizhi_pos.sample.people import village_of

ACCOUNTANT = Operator(people.ACCOUNTANT.name, "accountant")
SPLIT, NEW = "MZ0005", "MZ0021"
"""A household whose child set up house, and the booklet the child was given."""
LOST, FOUND = "HP0004", "HP0021"
"""A booklet that was lost, and the one that holds since."""
DISPUTED = "DT0009"
"""A household of whose points some are disputed."""
MOST_FROZEN = Points(200)


def change_households(tx: Transaction, days: Days, approval: Approval) -> None:
    """Let a household split, a booklet be lost, points be disputed, a veto be released for the black list."""
    by = Authority(ACCOUNTANT, days.today, approval)
    child = village_of(SPLIT).members(int(SPLIT[2:]))[1]
    unwrap(split_household(tx, SPLIT, Apart(NEW, child), "示例:成家分户", by))
    unwrap(give_booklet(tx, LOST, FOUND, "示例:手册遗失", by))
    held = unwrap(household_card(tx, DISPUTED, days.today)).available
    if held:
        unwrap(freeze(tx, DISPUTED, min(held, MOST_FROZEN), "示例:邻居说清扫的不是这一户", by))
    unwrap(release_veto(tx, VETOED, days.conduct, "示例:监督小组同意上榜", by))


def object_to_batches(tx: Transaction, days: Days) -> None:
    """Let somebody object to a batch that hangs on the board, where one does."""
    for one in batches(tx):
        if one.state == "publicised":
            text = Objection("示例:河道捡拾那天他家没人来", by="示例邻居")
            unwrap(raise_objection(tx, one.village, Month.parse(one.month), text, Authority(ACCOUNTANT, days.today)))
            return
