"""The town whose books these are."""

from sqlalchemy import select

from lizhi_pos.access import operators
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Session, lock_alone, new_id
from lizhi_pos.journal.entries import open_town_accounts
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text import normalize
from lizhi_pos.town.models import TOWN, town


def create_town(session: Session, name: str, admin: str, pin: str) -> Operator | Refusal:
    """A town with its first administrator, in an empty database."""
    name = normalize.name(name)
    if not name:
        return refuse("rule_broken", "A town needs a name")
    lock_alone(session, "founding")
    if session.town_id is not None or session.connection.execute(select(town)).first() is not None:
        return refuse("out_of_turn", "This database already has a town: take another file for a new one")
    session.town_id, session.town_name = new_id(), name
    session.connection.execute(town.insert(), {"town_id": session.town_id, "name": name, "created_at": session.now})
    touch(session, TOWN, session.town_id)
    open_town_accounts(session)
    return operators.add_user(session, admin, "admin", pin)
