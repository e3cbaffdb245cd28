"""The thread that hears what other tills on the same database changed, and tells it on."""

import random
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from lizhi_pos.changes import ALL_KINDS, HELD, SENDER, channel, told
from lizhi_pos.database_failures import is_busy
from lizhi_pos.which_town import town_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

FILE_POLL_S = 0.5
"""Seconds between two looks whether another process wrote into a SQLite file."""
FIRST_PAUSE_S = 0.1
"""The longest pause before the server is tried again; it doubles before each further time."""
MAX_PAUSE_S = 3.0

_SHOWN = {
    "SELECT sum(number) FROM journal_head": frozenset({"sale", "stock", "points", "veto"}),
    "SELECT number FROM record_head": frozenset({"goods", "household", "veto"}),
    "SELECT group_concat(key || till || state) FROM (SELECT key, till, state FROM basket ORDER BY key)": frozenset(
        {HELD}
    ),
    "SELECT group_concat(hex(session_id)) FROM market_session WHERE state = 'open'": frozenset({"session"}),
}
"""What of a file other tills show, and the kinds of it: neither the goods of a basket nor print jobs."""
_STATE = f"SELECT {', '.join(f'({part})' for part in _SHOWN)}"


class ChangeListener:
    """Listens on a connection of its own, which holds no transaction and is made anew whenever it breaks.

    `on_change` is told, on this thread, what kinds of things changed: all of them once it begins to listen, also after
    a time without a connection. `on_trouble` is told what broke it.
    """

    def __init__(
        self,
        engine: "Engine",
        on_change: Callable[[frozenset[str]], None],
        on_trouble: Callable[[Exception], None],
    ) -> None:
        self._engine = engine
        self._on_change = on_change
        self._on_trouble = on_trouble
        self._ended, self._end = socket.socketpair()
        self._thread = Thread(target=self._run, name="till-listening", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the thread and its connection."""
        self._end.send(b".")
        self._thread.join(5)
        self._end.close()

    def _run(self) -> None:
        listen = self._watch_file if self._engine.dialect.name == "sqlite" else self._listen
        pause, told_of = FIRST_PAUSE_S, ""
        with closing(self._ended):
            while True:
                began = monotonic()
                try:
                    with self._connection() as (driver, town):
                        listen(driver, town)
                        return
                except Exception as error:
                    if monotonic() - began > MAX_PAUSE_S:
                        pause, told_of = FIRST_PAUSE_S, ""
                    if told_of != (told_of := repr(error)):
                        self._on_trouble(error)
                # with jitter, so that the tills of a shop do not all come at once
                if self._is_ended(random.uniform(pause / 2, pause)):
                    return
                pause = min(pause * 2, MAX_PAUSE_S)

    @contextmanager
    def _connection(self) -> Iterator[tuple[Any, bytes]]:
        """Make a connection that no pool knows, with the driver's own hands; with it the town's key."""
        with self._engine.connect() as connection:
            town = town_of(connection)
            connection.rollback()
            connection.detach()
            yield connection.connection.dbapi_connection, town.town_id if town else b""

    def _listen(self, driver: Any, town: bytes) -> None:
        own = self._engine.get_execution_options().get(SENDER)
        driver.autocommit = True
        driver.execute(f"LISTEN {channel(town)}")
        self._on_change(ALL_KINDS)
        while not self._is_ended(None, driver.fileno()):
            for notice in driver.notifies(timeout=0):
                sender, kinds = told(notice.payload)
                if sender != own:
                    self._on_change(kinds)

    def _watch_file(self, driver: Any, _town: bytes) -> None:
        driver.execute("PRAGMA busy_timeout = 0")
        version: object = None
        seen: tuple[object, ...] = ()
        while not self._is_ended(FILE_POLL_S):
            try:
                if (now := driver.execute("PRAGMA data_version").fetchone()) == version:
                    continue
                state = driver.execute(_STATE).fetchone()
            except Exception as error:
                # a writer has the file just now: another look will do
                if not is_busy(error):
                    raise
                continue
            if seen and state != seen:
                pairs = zip(seen, state, _SHOWN.values(), strict=True)
                self._on_change(frozenset().union(*(kinds for before, after, kinds in pairs if before != after)))
            elif not seen:
                self._on_change(ALL_KINDS)
            version, seen = now, state

    def _is_ended(self, within_s: float | None, *others: int) -> bool:
        """Wait until it is to end, or one of the others has something to read; return whether it is to end."""
        watched: list[Any] = [self._ended, *others]
        ready, _, _ = select.select(watched, [], [], within_s)
        return self._ended in ready
