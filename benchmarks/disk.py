"""What the disk alone takes for a sale: plain sqlite3, as many pages, as durable."""

import time
from pathlib import Path
from shutil import copyfile
from types import TracebackType
from typing import Any, Self

from benchmarks.town import ADMIN, booklets, codes
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.rulebook.adopted import today

SPREAD = 2000
"""Rows of one page each, among which a commit's pages lie."""
_FRAME = 24
"""Bytes that the write-ahead log adds to a page."""


class Disk:
    """A file whose commits change so many pages, written as the till's own are."""

    def __init__(self, path: Path, pages: int) -> None:
        path.unlink(missing_ok=True)
        self._pages = pages
        self._at = 0
        self._connection: Any = sqlite_module().connect(path, isolation_level=None)
        for setting in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute("CREATE TABLE page (number INTEGER PRIMARY KEY, filling BLOB)")
        self._connection.execute("BEGIN")
        filling = [(number, bytes(4000)) for number in range(SPREAD)]
        self._connection.executemany("INSERT INTO page VALUES (?, ?)", filling)
        self._connection.execute("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def commit(self) -> float:
        """The seconds of one commit."""
        self._connection.execute("BEGIN IMMEDIATE")
        for _ in range(self._pages):
            self._at = (self._at + 37) % SPREAD
            self._connection.execute("UPDATE page SET filling = randomblob(4000) WHERE number = ?", (self._at,))
        start = time.perf_counter()
        self._connection.execute("COMMIT")
        return time.perf_counter() - start


def pages_of_a_sale(town: Path) -> int:
    """How many pages a sale of five lines writes, seen in the write-ahead log of a copy."""
    path = town.with_name("pages.db")
    copyfile(town, path)
    engine = open_engine(f"sqlite:///{path}")
    log = path.with_name(f"{path.name}-wal")
    sizes = []
    for number in range(2):
        wanted = tuple(Wanted(code, 1) for code in codes(5))
        basket = Basket(booklet=booklets(2)[number], wanted=wanted, key=MACHINE_CLOCK.new_id().hex())
        with transaction(engine) as tx:
            assert isinstance(redeem(tx, basket, Authority(ADMIN, today(tx))), Redemption)
        sizes.append(log.stat().st_size if log.exists() else 0)
    page_size = engine.connect().exec_driver_sql("PRAGMA page_size").scalar() or 4096
    engine.dispose()
    return max((sizes[1] - sizes[0]) // (page_size + _FRAME), 1)
