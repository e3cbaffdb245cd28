"""The books opened so that looking changes nothing: no file is made, signed, upgraded or locked, no row written."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool, StaticPool

from lizhi_pos.clock import Clock
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.engines import sqlite_path, with_clock

CONNECT_S = 5
STATEMENT_S = 20
"""How long a server may take to answer at all, and for one question."""

_BUSY_S = 2.0


@contextmanager
def only_looked_at(url: str, clock: Clock) -> Iterator[Engine]:
    """Open books for reading alone. Raise what the driver raises where they cannot be read."""
    path = sqlite_path(url)
    with ExitStack() as opened:
        engine = _server(url) if path is None else _file(opened, path)
        opened.callback(engine.dispose)
        yield with_clock(engine, clock)


def _server(url: str) -> Engine:
    options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_S * 1000}"
    return create_engine(
        make_url(url).difference_update_query(["town"]).set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": CONNECT_S, "options": options},
        # a check that was given up may come back late: what it used is closed then, and not kept for others
        poolclass=NullPool,
        hide_parameters=True,
    )


def _file(opened: ExitStack, path: Path) -> Engine:
    module: Any = sqlite_module()
    wal, shm = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    if shm.exists():
        # others have it open: one more reader among them, who never brings their log into the file
        address = f"{path.absolute().as_uri()}?mode=ro"
    elif _has_content(wal) or _has_content(path.with_name(path.name + "-journal")):
        # what a machine that went down left: SQLite would put it right, and that on a copy
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="lizhi-doctor-")))
        for ending in ("", "-wal", "-journal"):
            if (beside := path.with_name(path.name + ending)).exists():
                shutil.copyfile(beside, folder / f"books.db{ending}")
        address = f"{(folder / 'books.db').as_uri()}?mode=rw"
    else:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return create_engine(
        "sqlite://",
        module=module,
        creator=lambda: _connected(module, address),
        poolclass=StaticPool,
        hide_parameters=True,
    )


def _connected(module: Any, address: str) -> Any:
    connection = module.connect(address, uri=True, isolation_level=None, timeout=_BUSY_S)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
