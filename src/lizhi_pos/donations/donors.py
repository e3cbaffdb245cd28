"""Who gave: donors, found by name, however it was typed."""

from sqlalchemy import bindparam, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import DONOR, donor
from lizhi_pos.ids import Id
from lizhi_pos.record.chain import touch
from lizhi_pos.text import normalize

_BY_NAME = select(donor.c.donor_id).where(of_town(donor), donor.c.name == bindparam("donor_name"))
_DONORS = select(donor.c.donor_id, donor.c.name).where(of_town(donor)).order_by(donor.c.donor_id)


def donor_id(tx: Transaction, name: str) -> Id:
    """Return a donor's key, made where the name is new."""
    name = normalize.name(name)
    key = tx.value(_BY_NAME, donor_name=name)
    if key is None:
        alike = normalize.comparable(name)
        key = next((row.donor_id for row in tx.all(_DONORS) if normalize.comparable(row.name) == alike), None)
    if key is None:
        key = tx.new_id()
        tx.insert(donor, {"donor_id": key, "name": name})
        touch(tx, DONOR, key)
    return Id(key)
