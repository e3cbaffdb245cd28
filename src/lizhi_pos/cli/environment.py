"""What every command has, the till too: its arguments, the language, the database. Imports nothing heavy itself."""

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lizhi_pos.i18n.catalogue import Translate, translator
from lizhi_pos.refusal import Message, Refusal, Refused, echoed, message, refuse

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lizhi_pos.cli.output import Outcome
    from lizhi_pos.clock import Clock
    from lizhi_pos.database_file import Kind


class Usage(Exception):
    """Bad usage or unreadable input, in words for the user."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.msgid)
        self.text = echoed(text)


class MachineFailed(Exception):
    """What this machine does not do just now, in words for the user."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.msgid)
        self.text = text


class Environment:
    """One run of the program. The database is opened when it is first asked for.

    `wrote` says whether anything was committed, `committing` whether a commit was on its way, and `stands` is the
    answer as far as it has come: it is given where what is left of the command fails.
    """

    def __init__(self, args: Namespace, lang: str) -> None:
        self.args = args
        self.lang = lang
        self.wrote = False
        self.committing = False
        self.stands: Outcome | None = None

    @property
    def translate(self) -> Translate:
        """The way into the user's language."""
        return translator(self.lang)

    @cached_property
    def clock(self) -> "Clock":
        """What tells the time and makes keys in this run, and in the database that it opens: the machine's own."""
        from lizhi_pos.clock import MACHINE_CLOCK

        return MACHINE_CLOCK

    @property
    def url(self) -> str:
        """The database's address: `--db`, else `LIZHI_DB`, else a file in the user's data folder."""
        given: str = self.args.db or os.environ.get("LIZHI_DB", "")
        if not given:
            from platformdirs import user_data_dir

            return _address(os.path.join(user_data_dir("lizhi-pos"), "lizhi.db"))
        return given if "://" in given else _address(given)

    @property
    def log(self) -> Path:
        """Where failures are written."""
        # the way to the database's name leads through SQLAlchemy, which the first paint does not wait for
        from lizhi_pos.engines import sqlite_path
        from lizhi_pos.log import log_file

        return log_file(sqlite_path(self.url))

    @property
    def log_or_default(self) -> Path:
        """The same, and the one of the user's data folder where the database's address cannot be read."""
        from lizhi_pos.log import log_file

        try:
            return self.log
        except Exception:
            return log_file(None)

    @cached_property
    def engine(self) -> "Engine":
        """The database, brought to today's shape; raises Refused for a SQLite file that holds none yet."""
        if self._file_kind() in ("none", "empty"):
            raise Refused(no_town())
        return self._opened()

    @cached_property
    def new_engine(self) -> "Engine":
        """The database, made where there is none."""
        from lizhi_pos.engines import sqlite_path

        if self._file_kind() == "none" and (path := sqlite_path(self.url)):
            from lizhi_pos.file_writing import problem

            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise MachineFailed(message("Nothing was written: {0}", problem(error, path))) from error
        return self._opened()

    @contextmanager
    def new_books(self) -> Iterator["Engine"]:
        """Open the database for a new town; where that is refused, take away a file that was made for it."""
        from lizhi_pos.database_file import remove
        from lizhi_pos.engines import sqlite_path

        path = sqlite_path(self.url) if self._file_kind() == "none" else None
        try:
            yield self.new_engine
        except Refused:
            if path is not None:
                self.new_engine.dispose()
                remove(path)
            raise

    def close(self) -> None:
        """Close the database, where it was opened."""
        for name in ("engine", "new_engine"):
            if engine := self.__dict__.get(name):
                engine.dispose()

    def _opened(self) -> "Engine":
        from lizhi_pos.cli.database_place import place_trouble
        from lizhi_pos.database_file import NotOurs
        from lizhi_pos.engines import open_engine
        from lizhi_pos.upgrade import is_current, sign

        if trouble := place_trouble(self.url):
            raise MachineFailed(trouble)
        engine = open_engine(self.url, self.clock)
        try:
            if is_current(engine):
                sign(engine)
                self._arrived(engine)
            else:
                self._upgrade(engine)
        except NotOurs:
            engine.dispose()
            raise MachineFailed(
                message("This database is another program's: give one that is empty, or made by `init`")
            ) from None
        except BaseException:
            # nobody else knows of it who could close it
            engine.dispose()
            raise
        return engine

    def _arrived(self, engine: "Engine") -> None:
        """Let books be written that a move brought here which was stopped at its very end."""
        from lizhi_pos.moved import mark_at

        mark = mark_at(engine)
        if mark is not None and mark.state == "arriving":
            from lizhi_pos.maintenance.move import finish_arrival

            finish_arrival(engine)

    def _upgrade(self, engine: "Engine") -> None:
        """Make a new database, or bring an older one to today's shape after it was copied."""
        from lizhi_pos.file_writing import problem
        from lizhi_pos.maintenance.automatic_backup import own_folder, upgrade_after_copy

        try:
            self.tell(upgrade_after_copy(engine))
        except OSError as error:
            why = problem(error, own_folder(engine))
            raise MachineFailed(
                message("Nothing was changed: the older books could not be copied: {0}", why)
            ) from error

    def tell(self, lines: Sequence[Message]) -> None:
        """Say what went wrong beside what is being done, where there is somebody who reads it."""

    def refuse_network(self) -> None:
        """Raise MachineFailed for books on a network drive; before anything of them is looked at."""
        from lizhi_pos.cli.database_place import network_trouble

        if trouble := network_trouble(self.url):
            raise MachineFailed(trouble)

    def _file_kind(self) -> "Kind":
        """Return what lies where the SQLite file should be; raise MachineFailed for what is no database of ours."""
        from lizhi_pos.database_file import kind_of
        from lizhi_pos.engines import sqlite_path

        path = sqlite_path(self.url)
        if path is None:
            return "ours"
        self.refuse_network()
        kind = kind_of(path)
        if kind == "other":
            raise MachineFailed(message("{0} is not a book of this program: give a file that `init` made", str(path)))
        return kind


def _address(path: str) -> str:
    """Return the address of a SQLite file; in a plain path every sign is a sign of its name."""
    return f"sqlite:///{os.path.abspath(path).replace('%', '%25').replace('?', '%3F')}"


def no_town() -> Refusal:
    """Return the refusal of a database that holds no town yet."""
    return refuse("out_of_turn", "This database has no town yet: start one with `init`, or try `demo`")
