"""What a command works with: the database, who acts, who approves, the language."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from getpass import getpass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Operator, Right, approve, sign_in
from lizhi_pos.cli.environment import Environment, Usage
from lizhi_pos.cli.streams import complain
from lizhi_pos.db import Transaction, reading, write
from lizhi_pos.i18n.render import render
from lizhi_pos.moved import mark_at, refusal_of_moved
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, Refused, message, unwrap
from lizhi_pos.rulebook.adopted import today

_T = TypeVar("_T")


class Context(Environment):
    """A run that acts on the books in somebody's name."""

    def write(self, act: Callable[[Transaction], _T | Refusal], engine: Engine | None = None) -> _T:
        """Run one act in its transaction and return its answer; a refusal writes nothing and is raised as Refused."""

        def tried(tx: Transaction) -> _T:
            self.committing = False
            answer = unwrap(act(tx))
            self.committing = True
            return answer

        books = engine or self.engine
        try:
            answer = write(books, tried)
        except Refused as refused:
            if refused.refusal.code != "moved" and (mark := mark_at(books)) is not None:
                # whatever else stands against it: it is not done here
                raise Refused(refusal_of_moved(mark)) from refused
            raise
        self.committing, self.wrote = False, True
        return answer

    def tell(self, lines: Sequence[Message]) -> None:
        complain([render(line, self.translate) for line in lines])

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that only reads."""
        with reading(self.engine) as tx:
            yield tx

    def operator(self, right: Right) -> Operator:
        """Who acts, with a right PIN and the right to do this."""
        name = _readable(self.args.operator or os.environ.get("LIZHI_OPERATOR") or "") or self.ask(
            message("Name"), message("Who acts is not said: give --operator NAME and set LIZHI_PIN")
        )
        pin = os.environ.get("LIZHI_PIN") or self._ask_pin(message("PIN of {0}", name), "LIZHI_PIN")
        # its own transaction: the count of wrong PINs stays also when the command is refused
        by = unwrap(write(self.engine, lambda tx: sign_in(tx, name, pin)))
        if refusal := by.refusal_to(right):
            raise Refused(refusal)
        return by

    def approval(self, by: Operator) -> Approval | None:
        """Return the second person of `--approver`, if one was named; a wrong PIN is refused."""
        name = getattr(self.args, "approver", None)
        if not name:
            return None
        pin = os.environ.get("LIZHI_APPROVER_PIN") or self._ask_pin(message("PIN of {0}", name), "LIZHI_APPROVER_PIN")
        reason = getattr(self.args, "reason", None) or ""
        return unwrap(write(self.engine, lambda tx: approve(tx, name, pin, by, reason)))

    def new_pin(self, name: str, variable: str) -> str:
        """Return a PIN to be set, from the environment or asked for twice."""
        if given := os.environ.get(variable):
            return given
        first = self._ask_pin(message("New PIN of {0} (six digits or more)", name), variable)
        if self._ask_pin(message("Once more, the new PIN of {0}", name), variable) != first:
            raise Usage(message("The two PINs differ: nothing was changed"))
        return first

    def day(self, tx: Transaction) -> date:
        """Return the day of `--on`, the town's today where it is not given."""
        given: date | None = getattr(self.args, "on", None)
        return given or today(tx)

    def ask(self, prompt: Message, otherwise: Message) -> str:
        """One line from whoever types; raises Usage, with what to do otherwise, where there is no terminal."""
        if not sys.stdin.isatty():
            raise Usage(otherwise)
        complain([f"{render(prompt, self.translate)}:"])
        return sys.stdin.readline().strip()

    def _ask_pin(self, prompt: Message, variable: str) -> str:
        if not sys.stdin.isatty():
            raise Usage(message("There is no terminal to ask for a PIN: set it in {0}", variable))
        return getpass(f"{render(prompt, self.translate)}: ", stream=sys.stderr)


def month_argument(text: str) -> Month:
    """Return a month given on the command line."""
    try:
        return Month.parse(text)
    except ValueError:
        raise Usage(message("{0} is not a month: write it like 2024-03", text)) from None


def readable(path: str) -> Path:
    """Return a file given on the command line; raise Usage where there is none."""
    found = Path(path)
    try:
        is_there = found.is_file()
    except OSError:  # no file is called so: too long, or a sign that this system has not
        is_there = False
    if not is_there:
        raise Usage(message("There is no file {0}", path))
    return found


def _readable(name: str) -> str:
    # in a locale without UTF-8 Python hands Chinese from outside on as bytes it could not read
    return os.fsencode(name).decode("utf-8", "replace")
