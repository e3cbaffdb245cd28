"""A copy that is to be restored: proved whole on a scratch file of ours, so that the given one is never touched."""

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import BESIDE, NotOurs, kind_of, sqlite_module
from lizhi_pos.db import reading
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.books_copy import address_of
from lizhi_pos.maintenance.copies import why_not_sound
from lizhi_pos.refusal import InvariantViolated, Message, message
from lizhi_pos.settlement.verification import verify
from lizhi_pos.upgrade import NewerDatabase, is_current, upgrade

_MOST_FACTS = 5


class BadCopy(Exception):
    """A file that cannot be restored, in words for people."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.msgid)
        self.text = text


class CheckedCopy(Struct, frozen=True):
    """Books in today's shape that were proved whole, in a file of their own at `path`."""

    path: Path
    entries: int
    head: bytes


def checked_copy(file: Path, scratch: Path, clock: Clock) -> CheckedCopy:
    """Copy a file to a scratch one, bring that to today's shape, give it the guards, and prove it whole.

    Raise BadCopy for a file that is no copy of ours, is damaged, or was made by a newer program; OSError where the
    given one cannot be read or the scratch file not written.
    """
    _copy(file, scratch)
    engine = None
    try:
        if kind_of(scratch) != "ours":
            raise BadCopy(message("{0} is no copy of the books", str(file)))
        engine = open_engine(address_of(scratch), clock)
        is_current(engine)
        if facts := why_not_sound(engine):
            raise _damaged(file, facts)
        upgrade(engine)
        _guard(engine)
        return _proved(file, scratch, engine)
    except NotOurs:
        raise BadCopy(message("{0} is no copy of the books", str(file))) from None
    except NewerDatabase:
        raise BadCopy(message("{0} was made by a newer program: install that one", str(file))) from None
    except (DBAPIError, sqlite_module().Error) as error:
        words = str(error.orig if isinstance(error, DBAPIError) else error)
        if "full" in words or "readonly" in words:
            raise OSError(errno.ENOSPC if "full" in words else errno.EROFS, words, str(scratch)) from error
        raise _damaged(file, [words]) from error
    except InvariantViolated as error:
        raise _damaged(file, [str(error)]) from error
    finally:
        if engine is not None:
            engine.dispose()


def _guard(engine: Engine) -> None:
    """Let the database refuse what it must: whoever had the file may have taken a guard away, or put something in."""
    from lizhi_pos.migrations.guards import install, remove

    with engine.begin() as connection:
        remove(connection)
        install(connection)


def _copy(file: Path, scratch: Path) -> None:
    """Copy a file and what SQLite keeps beside it, as the file of a till that was killed has it."""
    for ending in ("", *BESIDE):
        source = file.with_name(file.name + ending)
        if ending == "-shm" or (ending and not source.is_file()):
            continue
        target = scratch.with_name(scratch.name + ending)
        with source.open("rb") as given, open(target, "wb", opener=_private) as copy:
            shutil.copyfileobj(given, copy, 1 << 20)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _proved(file: Path, scratch: Path, engine: Engine) -> CheckedCopy:
    with reading(engine) as tx:
        if tx.town_id is None:
            raise BadCopy(message("{0} is no copy of the books", str(file)))
        proof = verify(tx)
    if not proof.ok:
        raise _damaged(file, [fact for check in proof.checks for fact in check.facts])
    return CheckedCopy(scratch, proof.entries, proof.head)


def _damaged(file: Path, facts: Sequence[str]) -> BadCopy:
    return BadCopy(message("{0} is damaged: {1}", str(file), "; ".join(facts[:_MOST_FACTS])))
