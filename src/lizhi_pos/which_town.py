"""Which town's books a database is opened for: its one town, or the one that the address names."""

from typing import NamedTuple

from sqlalchemy import Connection

TOWN = "lizhi_pos_town"
"""The execution option of an engine whose address names a town (``?town=NAME``)."""


class SeveralTowns(Exception):
    """The database holds several towns, and the address does not say which."""


class Found(NamedTuple):
    """A town by its key and name."""

    town_id: bytes
    name: str


def named_town(connection: Connection) -> str | None:
    """Return the town that the address names; others may stand beside it in the same database."""
    name: str | None = connection.get_execution_options().get(TOWN)
    return name


def town_of(connection: Connection) -> Found | None:
    """Return the town whose books these are, None before it was founded; raises SeveralTowns."""
    found = connection.exec_driver_sql("SELECT town_id, name FROM town ORDER BY town_id").all()
    if (name := named_town(connection)) is not None:
        found = [row for row in found if row[1] == name]
    if len(found) > 1:
        raise SeveralTowns
    return Found(bytes(found[0][0]), found[0][1]) if found else None
