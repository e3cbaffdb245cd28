"""What `doctor` looks at in the books: the database, its soundness and shape, its copies, and the clock beside them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lizhi_pos.file_writing import unwritable
from lizhi_pos.maintenance.doctor import Fact, Subject, bad, ok, warn
from lizhi_pos.refusal import message

FIRST_YEAR = 2024
"""Before it nobody can have used the program: the clock lost its battery."""

MOST_SECONDS_APART = 120
"""How far the clocks of this machine and of the server may be apart."""

_RESTORE = message("rename it, and bring the last copy back with `restore`; see `backup list`")
_NAME = re.compile(r"'[^']*'|\"[^\"]*\"")
_MOST_FACTS = 5


def database(subject: Subject) -> Iterator[Fact]:
    """Look whether the books are there, whose they are, where they lie, and whether anybody keeps them locked."""
    if subject.path is None:
        yield from _server(subject)
        return
    yield from _place(subject.path, subject.url)
    if (trouble := _no_books(subject)) is not None:
        yield trouble
        return
    if why := unwritable(subject.path):
        yield bad(message("{0} cannot be written ({1}): give this user the right to it", str(subject.path), why))
    from lizhi_pos.maintenance.lock_holder import lasting_writer

    if holder := lasting_writer(subject.path):
        yield bad(message("process {0} keeps the books locked: end that program, or start the machine anew", holder))
    yield from _whose(subject)


def _place(path: Path, url: str) -> Iterator[Fact]:
    from sqlalchemy import make_url

    from lizhi_pos.engines import NETWORK
    from lizhi_pos.network_drive import network_kind

    if (kind := network_kind(path)) is not None:
        # whoever insists is told all the same
        level = warn if make_url(url).query.get(NETWORK) == "yes" else bad
        yield level(
            message(
                "{0} lies on a network drive ({1}), where books get damaged: keep them on a disk of this machine, "
                "several tills share a PostgreSQL",
                str(path),
                kind,
            )
        )


def _no_books(subject: Subject) -> Fact | None:
    """Return why there are no books of ours to be looked at further, None where there are."""
    from lizhi_pos.database_file import kind_of

    path = subject.path
    if path is None:
        return None
    match kind_of(path):
        case "none":
            return warn(message("there are no books at {0}: start them with `init`, or give --db", str(path)))
        case "empty":
            return warn(message("{0} is empty: start books in it with `init`, or give --db", str(path)))
        case "other":
            return bad(message("{0} is no book of this program: give the right file with --db", str(path)))
    return None


def _whose(subject: Subject) -> Iterator[Fact]:
    from lizhi_pos.db import reading
    from lizhi_pos.journal.chain import entry_count
    from lizhi_pos.maintenance.looking import only_looked_at

    try:
        with only_looked_at(subject.url, subject.clock) as engine, reading(engine) as tx:
            if tx.town_id is None:
                yield warn(message("there is no town in the books yet: start it with `init`"))
            else:
                count = entry_count(tx)
                yield ok(message("the books of {0}: {1} {1:entry|entries}", tx.town_name, count))
    except Exception as error:
        yield _unread(error, subject)


def _server(subject: Subject) -> Iterator[Fact]:
    from sqlalchemy import make_url

    try:
        at = make_url(subject.url)
    except Exception:
        yield bad(message("this is no address of a database: give a file, or postgresql+psycopg://… with --db"))
        return
    for fact in _whose(subject):
        yield fact
        if fact.level != "bad":
            yield ok(message("they lie on the server {0}", at.host or "localhost"))


def _unread(error: Exception, subject: Subject) -> Fact:
    """Return what it means that the database did not answer; raise what says nothing of the database."""
    from sqlalchemy.exc import DBAPIError

    from lizhi_pos.database_file import sqlite_module

    if not isinstance(error, DBAPIError | sqlite_module().Error):
        raise error
    said = str(getattr(error, "orig", None) or error)
    if subject.path is None:
        if "does not exist" in said and "relation" in said:
            return warn(message("there is no town in the books yet: start it with `init`"))
        return bad(message("the server does not answer: is it on, is the network, are name and password right?"))
    if "locked" in said or "busy" in said:
        return bad(message("another program keeps {0} locked: end it, or start the machine anew", str(subject.path)))
    if "no such table" in said:
        return warn(message("there is no town in the books yet: start it with `init`"))
    return bad(message("{0} cannot be read, it is damaged: {1}", str(subject.path), _RESTORE))


def integrity(subject: Subject) -> Iterator[Fact]:
    """Look whether the file is whole, as the database itself tells."""
    if (absent := _no_books(subject)) is not None:
        yield _left(absent)
        return
    if subject.path is None:
        yield ok(message("the server sees to its files itself; `verify` proves the books"))
        return
    facts = _unsound(subject)
    if facts:
        # a till that has begun meanwhile may have written into what was taken for a file at rest
        facts = _unsound(subject)
    for fact in facts[:_MOST_FACTS]:
        yield bad(message("the file is damaged ({0}): {1}", fact, _RESTORE))
    if not facts:
        yield ok(message("the database's own check finds nothing; `verify` proves the books"))


def _unsound(subject: Subject) -> list[str]:
    from sqlalchemy.exc import DBAPIError

    from lizhi_pos.maintenance.looking import only_looked_at

    try:
        with only_looked_at(subject.url, subject.clock) as engine, engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    except DBAPIError as error:
        # in the driver's words, without what it quotes
        return [_NAME.sub("…", str(error.orig))]
    return [str(fact) for fact in found if fact != "ok"] + [f"{row[0]} {row[1]}" for row in broken]


def migrations(subject: Subject) -> Iterator[Fact]:
    """Look whether the books have the shape that this program knows."""
    from lizhi_pos.migrations import HEAD

    if (absent := _no_books(subject)) is not None:
        yield _left(absent)
        return
    try:
        revision = revision_of(subject)
    except Exception as error:
        yield _unread(error, subject)
        return
    if revision is None:
        yield ok(message("there is nothing to bring to today's shape"))
    elif revision > HEAD:
        yield bad(message("the books were made by a newer program ({0}): install that one on this machine", revision))
    elif revision < HEAD:
        yield warn(
            message("the books are of an older release ({0}): the next start copies them and upgrades them", revision)
        )
    else:
        yield ok(message("the books have today's shape ({0})", revision))


def revision_of(subject: Subject) -> str | None:
    """Return the books' shape, None where they have none yet. Raise what the driver raises."""
    from sqlalchemy import inspect

    from lizhi_pos.maintenance.looking import only_looked_at

    with only_looked_at(subject.url, subject.clock) as engine, engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return revision


def _left(absent: Fact) -> Fact:
    if absent.level != "warn":
        return absent
    return ok(message("there is nothing to look at: see what is said of the books"))


def backups(subject: Subject) -> Iterator[Fact]:
    """Look how old the newest copy is, where it lies, and whether the named further places are there."""
    from lizhi_pos.maintenance.automatic_backup import further_folders
    from lizhi_pos.maintenance.copies import automatic_folder

    own = automatic_folder(subject.path)
    newest: list[tuple[datetime, Path]] = []
    for place in (own, *further_folders()):
        if place != own and not place.is_dir():
            yield warn(message("the place for copies {0} is not there: plug the stick in, or name another", str(place)))
            continue
        newest += _newest(place)
    if not newest:
        yield warn(
            message("there is no copy of the books in {0}: take one with `backup --auto`, onto a stick", str(own))
        )
        return
    yield from _age(subject, *max(newest))
    if {path.parent for _moment, path in newest} <= {own}:
        yield ok(message("all copies lie beside the books: one on a stick (--to) outlasts the disk"))


def _newest(place: Path) -> list[tuple[datetime, Path]]:
    from lizhi_pos.maintenance.copies import ENDING, moment_of

    try:
        files = [file for file in place.iterdir() if file.suffix == ENDING and file.is_file()]
    except FileNotFoundError:
        return []
    dated = [(moment_of(file.name) or datetime.fromtimestamp(file.stat().st_mtime, UTC), file) for file in files]
    return [max(dated)] if dated else []


def _age(subject: Subject, taken_at: datetime, file: Path) -> Iterator[Fact]:
    from lizhi_pos.maintenance.copies import look_at
    from lizhi_pos.rulebook.adopted import DEFAULT_ZONE

    now = subject.clock.now().astimezone(DEFAULT_ZONE)
    when = taken_at.astimezone(DEFAULT_ZONE)
    told = f"{when:%Y-%m-%d %H:%M}"
    if not look_at(file).ok:
        yield bad(message("the newest copy {0} is damaged: take another with `backup --auto`", str(file)))
    elif (when.year, when.month) < (now.year, now.month):
        yield warn(message("the newest copy is of {0}, a month has ended since: take one with `backup --auto`", told))
    else:
        yield ok(message("the newest copy is of {0}: {1}", told, str(file)))


def clock(subject: Subject) -> Iterator[Fact]:
    """Look whether the clock agrees with what was recorded last, and with the server's."""
    from lizhi_pos.migrations import HEAD

    now = subject.clock.now()
    if now.year < FIRST_YEAR:
        yield bad(message("the machine's clock says {0}: set it right; does it need a new battery?", now.year))
        return
    if _no_books(subject) is not None:
        yield ok(message("the machine's clock says {0}", f"{now.astimezone():%Y-%m-%d %H:%M}"))
        return
    try:
        revision = revision_of(subject)
    except Exception as error:
        yield _unread(error, subject)
        return
    yield from _beside_books(subject, is_known=revision == HEAD)


def _beside_books(subject: Subject, *, is_known: bool) -> Iterator[Fact]:
    from lizhi_pos.db import reading
    from lizhi_pos.maintenance.looking import only_looked_at
    from lizhi_pos.town.clock_doubt import clock_doubt

    with only_looked_at(subject.url, subject.clock) as engine, reading(engine) as tx:
        doubt = clock_doubt(tx) if is_known and tx.town_id is not None else None
        apart = 0.0
        if subject.path is None:
            server: Any = tx.connection.exec_driver_sql("SELECT clock_timestamp()").scalar()
            apart = (subject.clock.now() - server).total_seconds()
    if doubt is not None:
        yield warn(doubt.text)
    if abs(apart) > MOST_SECONDS_APART:
        yield warn(
            message("this machine's clock and the server's are {0} seconds apart: set both right", round(abs(apart)))
        )
    if doubt is None and abs(apart) <= MOST_SECONDS_APART:
        told = f"{subject.clock.now().astimezone():%Y-%m-%d %H:%M}"
        yield ok(message("the machine's clock says {0}, as the books do", told))
