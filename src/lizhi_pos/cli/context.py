"""What a command works with: the database, who acts, who approves, the language."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from getpass import getpass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Operator, PinCheck, Right, approval, sign_in
from lizhi_pos.catalog import Translate, translator
from lizhi_pos.db import Session, reading, transaction
from lizhi_pos.driver import open_engine, sqlite_path
from lizhi_pos.journal.periods import open_day
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, Text, refuse, say
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.upgrade import upgrade

_T = TypeVar("_T")


class Refused(Exception):
    """A refusal on its way to the user."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class Usage(Exception):
    """Bad usage or unreadable input, in words for the user."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.message)
        self.text = text


class Context:
    """One run of the program."""

    def __init__(self, args: Namespace, lang: str) -> None:
        self.args = args
        self.lang = lang

    @property
    def translate(self) -> Translate:
        """The way into the user's language."""
        return translator(self.lang)

    @property
    def url(self) -> str:
        """The database's address: `--db`, else `LIZHI_DB`, else a file in the user's data folder."""
        given = self.args.db or os.environ.get("LIZHI_DB")
        if not given:
            from platformdirs import user_data_path

            return f"sqlite:///{user_data_path('lizhi-pos') / 'lizhi.db'}"
        return given if "://" in given else f"sqlite:///{Path(given).absolute()}"

    @cached_property
    def engine(self) -> Engine:
        """The database, brought to today's shape. Refuses a SQLite file that does not exist."""
        path = sqlite_path(self.url)
        if path is not None and not path.exists():
            raise Refused(no_town())
        engine = open_engine(self.url)
        upgrade(engine)
        return engine

    @cached_property
    def new_engine(self) -> Engine:
        """The database, made where there is none."""
        path = sqlite_path(self.url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        engine = open_engine(self.url)
        upgrade(engine)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One act's transaction; a refusal raised inside rolls it back."""
        with transaction(self.engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with reading(self.engine) as session:
            yield session

    def operator(self, right: Right) -> Operator:
        """Who acts, with a right PIN and the right to do this."""
        name = self.args.operator or os.environ.get("LIZHI_OPERATOR") or self._ask("Name")
        check = self._try(name, os.environ.get("LIZHI_PIN") or self._ask_pin("PIN of {0}", name))
        if check.operator is None:
            raise Refused(check.refusal or refuse("bad_pin", "Name or PIN is not right: try again"))
        if refusal := check.operator.may(right):
            raise Refused(refusal)
        return check.operator

    def approval(self, by: Operator) -> Approval | None:
        """The second person of `--approver`, if one was named; a wrong PIN is refused."""
        name = getattr(self.args, "approver", None)
        if not name:
            return None
        pin = os.environ.get("LIZHI_APPROVER_PIN") or self._ask_pin("PIN of {0}", name)
        return accepted(approval(self._try(name, pin), by, getattr(self.args, "reason", None) or ""))

    def new_pin(self, name: str, variable: str) -> str:
        """A PIN to be set, from the environment or asked for twice."""
        if given := os.environ.get(variable):
            return given
        first = self._ask_pin("New PIN of {0} (six digits or more)", name)
        if self._ask_pin("Once more, the new PIN of {0}", name) != first:
            raise Usage(say("The two PINs differ: nothing was changed"))
        return first

    def day(self, session: Session) -> date:
        """The day of `--on`, the town's today where it is not given."""
        given: date | None = getattr(self.args, "on", None)
        return given or today(session)

    def open_day(self, session: Session) -> date:
        """The day of `--on`, for a command that writes: neither to come nor in a closed month."""
        on = self.day(session)
        if refusal := open_day(session, on):
            raise Refused(refusal)
        return on

    def _try(self, name: str, pin: str) -> PinCheck:
        # its own transaction: the count of wrong PINs stays also when the command is refused
        with transaction(self.engine) as session:
            return sign_in(session, name, pin)

    def _ask(self, prompt: str) -> str:
        if not sys.stdin.isatty():
            raise Usage(say("Who acts is not said: give --operator NAME and set LIZHI_PIN"))
        print(f"{self.translate(prompt)}: ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()

    def _ask_pin(self, prompt: str, name: str) -> str:
        if not sys.stdin.isatty():
            raise Usage(say("There is no terminal to ask for the PIN of {0}: set it in the environment", name))
        return getpass(f"{self.translate(prompt).format(name)}: ", stream=sys.stderr)


def no_town() -> Refusal:
    """The refusal of a database that holds no town yet."""
    return refuse("out_of_turn", "This database has no town yet: start one with `init`, or try `demo`")


def accepted(answer: _T | Refusal) -> _T:
    """An answer that is no refusal; raises Refused for one, which also rolls the transaction back."""
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def month_argument(text: str) -> Month:
    """A month given on the command line."""
    try:
        return Month.parse(text)
    except ValueError:
        raise Usage(say("{0} is not a month: write it like 2024-03", text)) from None


def readable(path: str) -> Path:
    """A file given on the command line; raises Usage where there is none."""
    found = Path(path)
    if not found.is_file():
        raise Usage(say("There is no file {0}", path))
    return found
