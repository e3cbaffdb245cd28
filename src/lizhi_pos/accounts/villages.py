"""The villages that keep their own ledgers."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from lizhi_pos.accounts.models import VILLAGE, village
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.file_writing import FORBIDDEN_SIGNS, file_name
from lizhi_pos.ids import Id
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text import normalize

_BY_NAME = select(village.c.village_id).where(of_town(village), village.c.name == bindparam("village_name"))
_RENAME = (
    update(village)
    .where(of_town(village), village.c.village_id == bindparam("village"))
    .values(name=bindparam("new_name"))
)
_VILLAGES = select(village.c.village_id, village.c.name).where(of_town(village)).order_by(village.c.village_id)

MOST_NAME_LENGTH = 40
"""The longest name of a village, in characters."""


def add_village(tx: Transaction, name: str) -> Id | Refusal:
    """Add a village; refuse a name in use, however it is typed, and one that cannot be in the names of its files."""
    name = normalize.name(name)
    if refusal := _why_not_name(tx, name):
        return refusal
    key = tx.new_id()
    tx.insert(village, {"village_id": key, "name": name, "created_at": tx.now})
    touch(tx, VILLAGE, key)
    return key


def rename_village(tx: Transaction, name: str, new: str) -> Id | Refusal:
    """Give a village another name; its books, batches and statements are the same village's."""
    key, new = village_id(tx, name), normalize.name(new)
    if isinstance(key, Refusal):
        return key
    if refusal := _why_not_name(tx, new, village_names(tx)[key]):
        return refusal
    tx.change(_RENAME, village=key, new_name=new)
    touch(tx, VILLAGE, key)
    return key


def village_id(tx: Transaction, name: str) -> Id | Refusal:
    """Return a village's key by its name."""
    key = tx.value(_BY_NAME, village_name=name)
    if key is None:
        alike = normalize.comparable(name)
        names = village_names(tx)
        key = next((key for key, known in names.items() if normalize.comparable(known) == alike), None)
    return Id(key) if key else unknown_village(name, village_names(tx).values())


def known_as(tx: Transaction, name: str) -> str | None:
    """Return the name under which a village is registered, however it is typed here; None where it is not."""
    alike = normalize.comparable(name)
    return next((known for known in village_names(tx).values() if normalize.comparable(known) == alike), None)


def village_names(tx: Transaction) -> dict[Id, str]:
    """Return every village by its key, in the order they were added."""
    return {Id(row.village_id): row.name for row in tx.all(_VILLAGES)}


def _why_not_name(tx: Transaction, name: str, now: str = "") -> Refusal | None:
    """Refuses a name for a village that is called `now`, if it is there already."""
    if not name:
        return refuse("rule_broken", "A village needs a name without blanks around it")
    if len(name) > MOST_NAME_LENGTH:
        return refuse("rule_broken", "A village's name has at most {0} characters", MOST_NAME_LENGTH)
    if file_name(name) != name:
        return refuse(
            "rule_broken",
            "{0} cannot be the name of a village: its files are named after it, so no {1} and no dot at the end",
            name,
            FORBIDDEN_SIGNS,
        )
    # of two names alike, only one is a village's: no key of the table sees that
    lock_alone(tx, "villages")
    known = known_as(tx, name)
    if known is not None and (known != now or name == now):
        return refuse("out_of_turn", "There is a village named {0} already", known)
    return None


def unknown_village(name: str, known: Iterable[str] = ()) -> Refusal:
    """Return the refusal of a village that is not in the town's list, with the nearest of those that are."""
    if (close := normalize.nearest(name, known)) is not None:
        return refuse("not_found", "There is no village named {0}; is it {1}?", name, close)
    return refuse("not_found", "There is no village named {0}: look at the list of villages", name)
