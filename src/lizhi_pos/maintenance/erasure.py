"""What is personal of a household that is gone is taken out of the books for good, and out of the file."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.erasing import begin_erasing, erase_personal_parts, record_erasure
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.db import Transaction
from lizhi_pos.evidence.erasing import erase_pictures
from lizhi_pos.refusal import Refusal, refuse

FIELDS = ("id_number", "phone", "note", "picture")
"""What may be erased, in the order in which people list it."""


class Erased(Struct, frozen=True):
    """A household of which something was erased, and what."""

    booklet: str
    erased: Sequence[str]


def erase_household(tx: Transaction, number: str, reason: str, authority: Authority) -> Erased | Refusal:
    """Erase identity and phone numbers, notes and pictures of a household and its members, two people standing for it.

    Names stay where they were signed, and so do the reasons of what was decided: they are records of the books.
    """
    erasing = begin_erasing(tx, number, reason, authority)
    if isinstance(erasing, Refusal):
        return erasing
    parts, fields = erase_personal_parts(tx, erasing)
    pictures = erase_pictures(tx, erasing.booklets)
    if not parts and not pictures:
        return refuse("out_of_turn", "Nothing personal of {0} is kept any more", erasing.booklets[0])
    record_erasure(tx, erasing, [*parts, *pictures], reason, authority)
    found = {*fields, *(["picture"] if pictures else [])}
    return Erased(erasing.booklets[0], [name for name in FIELDS if name in found])


def wipe(engine: Engine) -> bool:
    """Let nothing of what was erased stand in unused parts of a SQLite file; False while others have it in use.

    PostgreSQL uses the space anew by and by; whoever owns the database may hurry it with VACUUM FULL.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("VACUUM")
            (is_busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite_module().OperationalError:
            return False
    return not is_busy
