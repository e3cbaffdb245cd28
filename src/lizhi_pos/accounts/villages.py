"""The villages that keep their own ledgers."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from lizhi_pos import written
from lizhi_pos.accounts.models import VILLAGE, village
from lizhi_pos.db import Id, Session, new_id, of_town
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse

_BY_NAME = select(village.c.village_id).where(of_town(village), village.c.name == bindparam("village_name"))
_ALL = select(village.c.village_id, village.c.name).where(of_town(village)).order_by(village.c.village_id)


def add_village(session: Session, name: str) -> Id | Refusal:
    """A new village; refuses a name in use, however it is typed."""
    name = written.name(name)
    if not name:
        return refuse("rule_broken", "A village needs a name without blanks around it")
    if (known := known_as(session, name)) is not None:
        return refuse("out_of_turn", "There is a village named {0} already", known)
    key = new_id()
    session.insert(village, {"village_id": key, "name": name, "created_at": session.now})
    touch(session, VILLAGE, key)
    return key


def village_id(session: Session, name: str) -> Id | Refusal:
    """A village's key by its name."""
    key = session.value(_BY_NAME, village_name=name)
    if key is None:
        alike = written.comparable(name)
        names = village_names(session)
        key = next((key for key, known in names.items() if written.comparable(known) == alike), None)
    return Id(key) if key else unknown_village(name, village_names(session).values())


def known_as(session: Session, name: str) -> str | None:
    """The name under which a village is registered, however it is typed here; None where it is not."""
    alike = written.comparable(name)
    return next((known for known in village_names(session).values() if written.comparable(known) == alike), None)


def village_names(session: Session) -> dict[Id, str]:
    """Every village by its key, in the order they were added."""
    return {Id(row.village_id): row.name for row in session.all(_ALL)}


def unknown_village(name: str, known: Iterable[str] = ()) -> Refusal:
    """The refusal of a village that is not in the town's list, with the nearest of those that are."""
    if (close := written.nearest(name, known)) is not None:
        return refuse("not_found", "There is no village named {0}; is it {1}? See `village list`", name, close)
    return refuse("not_found", "There is no village named {0}: see `village list`", name)
