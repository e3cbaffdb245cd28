"""A booklet that is lost is replaced: a new number, the old one refused with a pointer to the new, history kept."""

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import begin, record
from lizhi_pos.accounts.models import HOUSEHOLD, booklet
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text import normalize


class ReplacedBooklet(Struct, frozen=True):
    """A booklet's number, and the one that holds from now on."""

    old: str
    new: str


_REPLACE = (
    update(booklet)
    .where(of_town(booklet), booklet.c.number == bindparam("old"), booklet.c.replaced_by.is_(None))
    .values(replaced_by=bindparam("new"), replaced_on=bindparam("day"))
)
_KNOWN = select(booklet.c.number).where(of_town(booklet), booklet.c.number == bindparam("wanted"))


def replace_booklet(
    tx: Transaction, old: str, new: str, reason: str, authority: Authority
) -> ReplacedBooklet | Refusal:
    """Give a household a booklet of another number; slips written before that day still count by the old one."""
    changing = begin(tx, old, reason, authority)
    if isinstance(changing, Refusal):
        return changing
    if refusal := why_not_free(tx, new):
        return refusal
    # the number was read of the day; one that was replaced since then is no longer there to be replaced
    if tx.change(_REPLACE, old=old, new=new, day=authority.on) != 1:
        return refuse("out_of_turn", "Booklet {0} was replaced meanwhile: look at the household again", old)
    tx.insert(
        booklet,
        {"number": new, "household_id": changing.household_id, "replaced_by": None, "replaced_on": None},
    )
    touch(tx, HOUSEHOLD, changing.household_id)
    record(tx, changing, "booklet", f"{old} {new}", reason, authority)
    return ReplacedBooklet(old, new)


def why_not_free(tx: Transaction, number: str) -> Refusal | None:
    """Refuse a booklet's number that is none, or that a household of the town has or had."""
    if not number or normalize.number(number) != number:
        return refuse("rule_broken", "{0} is no booklet's number", number or "–")
    if tx.value(_KNOWN, wanted=number) is not None:
        return refuse("rule_broken", "Booklet {0} is a household's already: give another number", number)
    return None
