"""The town whose books these are."""

from sqlalchemy import select

from lizhi_pos.access import operators
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction
from lizhi_pos.journal.entries import open_town_accounts
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text import normalize
from lizhi_pos.town.models import TOWN, town
from lizhi_pos.which_town import named_town


def create_town(tx: Transaction, name: str, admin: str, pin: str) -> Operator | Refusal:
    """Make a town with its first administrator: in an empty database, or beside others where the address names it."""
    name = normalize.name(name)
    if not name:
        return refuse("rule_broken", "A town needs a name")
    lock_alone(tx, "town")
    others = {row.name for row in tx.connection.execute(select(town.c.name))}
    if tx.town_id is not None or (others and named_town(tx.connection) is None) or name in others:
        return refuse("out_of_turn", "This database already has a town: take another file for a new one")
    if (named := named_town(tx.connection)) and named != name:
        return refuse("rule_broken", "The database's address names {0}: found a town of that name", named)
    tx.town_id, tx.town_name = tx.new_id(), name
    tx.connection.execute(town.insert(), {"town_id": tx.town_id, "name": name, "created_at": tx.now})
    touch(tx, TOWN, tx.town_id)
    open_town_accounts(tx)
    return operators.add_user(tx, admin, "admin", pin)
