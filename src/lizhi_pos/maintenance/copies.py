"""Where copies of the books lie, how they are named, which of them are kept, and what one holds."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from typing import Any

from msgspec import Struct
from platformdirs import user_data_path
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from lizhi_pos.database_file import OUR_TABLES, sqlite_module
from lizhi_pos.db import reading
from lizhi_pos.ids import Id
from lizhi_pos.journal.chain import chain_head, entry_count
from lizhi_pos.migrations import HEAD
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE

FOLDER = "backups"
ENDING = ".db"

LAST_COPIES = 14
MONTH_ENDS = 12
"""How many automatic copies are kept: the newest ones, and the last one of each of so many months before them."""

_NAME = re.compile(r"lizhi-([0-9a-f]{8})-(\d{8})-(\d{6})-(\d{6})Z-[0-9a-f]{4}\.db", re.ASCII)
_MAGIC = b"SQLite format 3\x00"


class Copy(Struct, frozen=True):
    """A copy as it lies in a folder; `entries` and `head` are None where it cannot be read."""

    file: str
    taken_at: datetime
    entries: int | None
    head: bytes | None
    ok: bool


def automatic_folder(database: Path | None) -> Path:
    """Return where automatic copies go: beside a SQLite file, else in the user's data folder.

    >>> automatic_folder(Path("/shop/town.db"))
    PosixPath('/shop/backups')
    """
    return (database.parent if database is not None else user_data_path("lizhi-pos")) / FOLDER


def automatic_name(town_id: Id | None, moment: datetime) -> str:
    """Return the name of a new automatic copy: names sort by town and moment, and no two are alike."""
    town = (town_id or bytes(16)).hex()[-8:]
    return f"lizhi-{town}-{moment.astimezone(UTC):%Y%m%d-%H%M%S-%f}Z-{token_hex(2)}{ENDING}"


def moment_of(name: str) -> datetime | None:
    """Return when an automatic copy was taken, None for a file that is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime("".join(found.groups()[1:]), "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None


def superseded(copies: Mapping[str, datetime], now: datetime, zone: tzinfo = DEFAULT_ZONE) -> list[str]:
    """Return the automatic copies that need not be kept any more, the oldest first. Pure.

    The last fourteen stay, the last one of each of the twelve months before the newest one's, and of every year. One
    that was taken later than `now`, by a clock that was ahead, stays too and takes no other's place.
    """
    known = sorted((moment, name) for name, moment in copies.items() if moment <= now)
    local = [(moment.astimezone(zone), name) for moment, name in known]
    months = _last_of(local, "%Y-%m")
    kept = {name for _, name in local[-LAST_COPIES:]}
    kept.update(months[:-1][-MONTH_ENDS:], _last_of(local, "%Y"))
    return [name for _, name in local if name not in kept]


def _last_of(copies: Iterable[tuple[datetime, str]], period: str) -> list[str]:
    """Return the last copy of each period, in order."""
    return [list(some)[-1][1] for _, some in groupby(copies, key=lambda copy: copy[0].strftime(period))]


def automatic_copies(folder: Path, town_id: Id | None) -> dict[str, datetime]:
    """Return a town's automatic copies in a folder by their names. Raise OSError where it cannot be read."""
    town = (town_id or bytes(16)).hex()[-8:]
    names = {entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)}
    found = {name: moment for name in names if (moment := moment_of(name)) is not None}
    return {name: moment for name, moment in found.items() if name.split("-")[1] == town}


def listed(folder: Path) -> list[Copy]:
    """Return every copy in a folder, the newest first, with what it holds; nothing of it is changed.

    A broken one is not `ok`: the database's own check finds something, or it is none of ours. Empty where there is no
    such folder; raise OSError where it cannot be read.
    """
    try:
        paths = [Path(entry.path) for entry in os.scandir(folder) if entry.is_file() and not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    copies = [look_at(path) for path in paths if path.suffix == ENDING or _is_sqlite(path)]
    return sorted(copies, key=lambda copy: (copy.taken_at, copy.file), reverse=True)


def look_at(path: Path) -> Copy:
    """Return a copy with what it holds; nothing of it is changed. Raise OSError where there is no such file."""
    taken_at = moment_of(path.name) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    entries, head, is_ok = None, None, False
    try:
        with opened_for_reading(path) as engine:
            is_ok = not why_not_sound(engine)
            entries, head = counted(engine)
    except (DBAPIError, OSError, ValueError, LookupError):
        is_ok = False
    return Copy(str(path), taken_at, entries, head, ok=is_ok and entries is not None)


@contextmanager
def opened_for_reading(path: Path) -> Iterator[Engine]:
    """Open a copy so that neither it nor its folder is written, not even for SQLite's own locks.

    Where another process writes into the file meanwhile, what is read is not to be relied on.
    """
    module: Any = sqlite_module()
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    engine = create_engine(
        "sqlite://",
        module=module,
        creator=lambda: _connected(module, address),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    try:
        yield engine
    finally:
        engine.dispose()


def _connected(module: Any, address: str) -> Any:
    connection = module.connect(address, uri=True, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def why_not_sound(engine: Engine) -> list[str]:
    """Return what speaks against a file of ours: the database's own check, its shape. Quicker than `verify`."""
    with engine.connect() as connection:
        tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
        if not tables >= OUR_TABLES:
            return ["not a copy of ours"]
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if not revision or revision > HEAD:
            return [f"shape {revision}"]
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        facts = [str(fact) for fact in found if fact != "ok"]
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return facts + [f"{table} {row}: {other}" for table, row, other, _key in broken]


def counted(engine: Engine) -> tuple[int | None, bytes | None]:
    """Return how many entries the books have and the head of their chain; None for what they do not have.

    Books without a town have neither, and those from before there was a record have no such head.
    """
    with reading(engine) as tx:
        if tx.town_id is None:
            return None, None
        tables = set(tx.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
        return entry_count(tx), chain_head(tx) if "record_head" in tables else None


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
